"""Assignment: what binding or changing a target does to the store."""

from __future__ import annotations

import ast

from polycell.core.types import (
    UNKNOWN,
    Certainty,
    Class,
    Collection,
    Module,
    Record,
    Row,
    Scalar,
    Series,
    Table,
    Type,
    Unknown,
)
from polycell.core.values import replace
from polycell.languages.python.flow import containers
from polycell.languages.python.flow.interpreter import Interpreter
from polycell.languages.python.flow.state import holds, mutable, opened
from polycell.languages.python.frames import frame_access
from polycell.languages.python.frames.columns import axis_named
from polycell.languages.python.syntax.shapes import nodes
from polycell.languages.python.syntax.values import element_of, items_of, value_of


def assign(
    run: Interpreter, target: ast.expr, type_: Type, value: ast.expr | None = None, *, shared: bool = False
) -> None:
    """Bind or change a target. `value` is the expression assigned, where one stands in the text; `shared`: the value
    is an item of something, which may hold an object that has a name."""
    if isinstance(target, ast.Name):
        address = run.address_of(value) if value is not None else None
        if value is not None and address is None and (held := containers.part_of(run, value, type_)) is not None:
            run.bind(target.id, type_, target, value=value, address=held)
            return
        address = run.bind(target.id, type_, target, value=value, address=address)
        if value is not None and isinstance(type_, (Unknown, Collection)) and _column_expression(run, value):
            run.expressions[address] = value
        if shared and mutable(type_):
            run.state.escaped.add(address)
        if value is not None and mutable(type_) and not fresh(run, value):
            run.state.escaped.add(address)
            containers.taken_from(run, value)
            for part in nodes(value):
                if isinstance(part, ast.Name) and not isinstance(value, (ast.Subscript, ast.Attribute)):
                    run.escape(part)
        elif value is None or not holds(type_) or run.address_of(value) is not None:
            return
        elif not containers.alone(run, value):
            run.state.holders.add(address)
            containers.taken_from(run, value)
        return
    if isinstance(target, ast.Starred):
        assign(run, target.value, Collection("list"))
    elif isinstance(target, (ast.Tuple, ast.List)):
        _unpack(run, target, type_, value, shared)
    elif isinstance(target, ast.Subscript):
        _assign_item(run, target, type_, value)
    elif isinstance(target, ast.Attribute):
        _assign_attribute(run, target, type_, value)


def _column_expression(run: Interpreter, value: ast.expr) -> bool:
    """Whether a value is an expression over columns (`pl.col("a").sum()`), or a list of some, whose only names are
    modules: such a one means the same wherever it is used."""
    if not isinstance(value, (ast.Call, ast.BinOp, ast.List, ast.Compare, ast.UnaryOp)):
        return False
    libraries = False
    for part in nodes(value):
        if isinstance(part, ast.Name):
            type_ = run.type_of(part.id) if run.slot(part.id) is not None else None
            if not isinstance(type_, Module):
                return False
            libraries = libraries or type_.qualified.startswith(("polars", "pyspark.sql"))
    return libraries


def fresh(run: Interpreter, value: ast.expr) -> bool:
    """Whether an expression's value is a new object, or one that a name stands for."""
    if isinstance(value, (ast.Name, ast.NamedExpr)):
        return True
    if isinstance(value, ast.Call):
        if isinstance(value.func, ast.Attribute) and value.func.attr in ("get", "pop", "setdefault"):
            return isinstance(run.evaluate(value.func.value), Table)
        return id(value) not in run.lent
    if isinstance(value, ast.Subscript):
        base = value.value.value if isinstance(value.value, ast.Attribute) else value.value
        return isinstance(run.evaluate(base), Table)
    return not isinstance(value, (ast.Attribute, ast.IfExp, ast.BoolOp, ast.Await))


def _unpack(run: Interpreter, target: ast.Tuple | ast.List, type_: Type, value: ast.expr | None, shared: bool) -> None:
    elements = target.elts
    starred = any(isinstance(e, ast.Starred) for e in elements)
    nodes: list[ast.expr | None] = [None] * len(elements)
    if isinstance(value, (ast.Tuple, ast.List)) and len(value.elts) == len(elements) and not starred:
        nodes = list(value.elts)
        addresses = [run.address_of(n) if n is not None else None for n in nodes]
        types = [run.object(a) if a is not None else None for a in addresses]
        items = items_of(type_) or (UNKNOWN,) * len(elements)
        for element, node, address, known, item in zip(elements, nodes, addresses, types, items, strict=False):
            if address is not None and known is not None and isinstance(element, ast.Name):
                run.bind(element.id, known, element, value=node, address=address)
            else:
                assign(run, element, item, shared=node is not None and not containers.alone(run, node))
                if node is not None and mutable(item):
                    containers.taken_from(run, node)
        return
    parts = items_of(type_)
    if value is not None and holds(type_) and not containers.alone(run, value):
        shared = True
        containers.taken_from(run, value)
    for i, element in enumerate(elements):
        if parts is not None and not starred and len(parts) == len(elements):
            assign(run, element, parts[i], shared=shared)
        else:
            assign(run, element, element_of(type_) if not starred else UNKNOWN, shared=shared)
    if value is not None and value is not target:
        for element, text in ((e, run.text_of(value)) for e in elements):
            if isinstance(element, ast.Name) and element.id in run.state.names:
                run.state.names[element.id] = replace(run.state.names[element.id], source=text)


def _assign_item(run: Interpreter, target: ast.Subscript, type_: Type, value: ast.expr | None) -> None:
    owner = target.value
    base = run.evaluate(owner)
    tied = isinstance(base, Record) and base.name == "dict" and containers.put_at(run, target, value, type_)
    if value is not None and not tied:
        run.escape(value)
    if run.uses is not None and (watcher := run.watcher) is not None:
        watcher.store(run, target)
    if isinstance(owner, ast.Attribute) and owner.attr in ("loc", "iloc", "at", "iat"):
        base = run.evaluate(owner.value)
        address = run.address_of(owner.value)
        if isinstance(base, Table):
            made = frame_access.set_located(run, base, owner.attr, target.slice, type_, value or target)
            store(run, owner.value, address, made)
        elif isinstance(base, Series) and address is not None:
            run.change(address, _with_one_more(base))
        elif address is None:
            run.change_unseen()
        return
    address = run.address_of(owner)
    names = owner.value if isinstance(owner, ast.Attribute) and owner.attr == "values" else owner
    if isinstance(names, ast.Attribute) and names.attr == "columns" and isinstance(run.evaluate(names.value), Table):
        table = run.address_of(names.value)  # df.columns.values[0] = …
        if table is not None:
            run.open_up(table)
        return
    if isinstance(base, Table):
        store(run, owner, address, frame_access.set_item(run, base, target.slice, type_, value or target))
        return
    key = value_of(run.evaluate(target.slice)) if not isinstance(target.slice, ast.Slice) else None
    if isinstance(base, Record) and base.name == "dict":
        if isinstance(key, str):
            fields = {**dict(base.fields), key: type_}
            store(run, owner, address, replace(base, fields=tuple(fields.items())))
        else:
            store(run, owner, address, opened(base))
        if not tied:
            containers.put_in(run, containers.root(run, owner), type_, value)
    elif isinstance(base, (Collection, Row)):
        store(run, owner, address, opened(base))
    elif address is None:
        run.change_unseen()
    else:
        if isinstance(base, Series):
            run.change(address, _with_one_more(base))
        if address in run.state.escaped:
            run.change_unseen(besides=address)


def _with_one_more(series: Series) -> Series:
    """A series some value of which was set: under a new label, one of another type is taken."""
    return replace(series, column=replace(series.column, type_certainty=Certainty.LIKELY))


def store(run: Interpreter, owner: ast.expr, address: int | None, type_: Type) -> None:
    """What `owner` means, the object at `address` where that has a name, was changed in place."""
    if address is None:
        containers.change_at(run, owner, type_)
    else:
        run.change(address, type_)


def _assign_attribute(run: Interpreter, target: ast.Attribute, type_: Type, value: ast.expr | None) -> None:
    owner = target.value
    base = run.evaluate(owner)
    address = run.address_of(owner)
    tied = isinstance(base, Record) and base.name != "dict" and containers.put_at(run, target, value, type_)
    if value is not None and not tied:
        run.escape(value)
    if isinstance(base, Table):
        store(run, owner, address, frame_access.set_attribute(run, base, target, type_, value or target))
    elif isinstance(owner, ast.Attribute) and isinstance(holder := run.evaluate(owner.value), (Table, Series)):
        # df.index.name = …, df.index.names = […], df.columns.name = …
        if owner.attr == "index" and target.attr in ("name", "names"):
            run.forget_indexes(holder.index)  # frames made from one another share their index
            index = frame_access.index_renamed(holder.index, target.attr, type_)
            store(run, owner.value, run.address_of(owner.value), replace(holder, index=index))
        elif owner.attr == "columns" and isinstance(holder, Table) and value_of(type_) is not None:
            store(run, owner.value, run.address_of(owner.value), axis_named(holder))
    elif isinstance(base, Series) and target.attr == "name" and address is not None:
        name = value_of(type_)
        origin = run.place(value, name) if value is not None and isinstance(name, str) else None
        run.change(address, replace(base, column=base.column.named(name if isinstance(name, str) else "", origin)))
    elif isinstance(base, Record) and base.name != "dict":
        fields = {**dict(base.fields), target.attr: type_}
        store(run, owner, address, replace(base, fields=tuple(fields.items())))
        if not tied:
            containers.put_in(run, containers.root(run, owner), type_, value)
    elif isinstance(base, Class) and address is not None:
        others = tuple((name, held) for name, held in base.constants if name != target.attr)
        made = ((target.attr, type_),) if isinstance(type_, Scalar) else ()
        members = tuple((name, UNKNOWN if name == target.attr else held) for name, held in base.members)
        run.change(address, replace(base, constants=(*others, *made), members=members))
        run.forget_objects(base.name)
