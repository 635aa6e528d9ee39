"""What the functions of a notebook are called with, told to whoever asks inside of their bodies.

`def clean(frame): frame["…"]` says nothing of `frame`; `clean(customers)` further down does. A function may be called
with something else next, so this serves completion and hover and what follows from them, and never a finding: nothing
that is kept is made from it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from itertools import islice

from polycell.core.service import Context
from polycell.core.types import UNKNOWN, Function, Record, Row, Series, Table, Type
from polycell.core.values import replace
from polycell.languages.python.flow.exports import run, source_of
from polycell.languages.python.flow.interpreter import Interpreter
from polycell.languages.python.flow.state import join
from polycell.languages.python.frames import rules
from polycell.languages.python.known.column_arguments import GIVEN
from polycell.languages.python.syntax.shapes import defaulted
from polycell.languages.python.syntax.source import PythonSource

MOST = 3  # calls that are looked at

Definition = ast.FunctionDef | ast.AsyncFunctionDef


def called_with(context: Context, node: Definition | ast.ClassDef, owner: ast.ClassDef | None) -> Mapping[str, Type]:
    """Parameter → what the calls below hand over for it; of a class, field → what the objects have that are made below.
    `owner` is the class whose method it is. A table is open; where some call hands over nobody knows what its columns
    have no origin, so that none of them is taken for a place that a rename must change."""
    if isinstance(node, ast.ClassDef):
        return _fields(context, node)
    if (node.col_offset and owner is None) or (owner is not None and node.decorator_list):
        return {}  # a function inside of one, which others call
    found: dict[str, list[Type]] = {}
    sure = True
    for count, (made, call) in enumerate(_calls(context, node, owner)):
        if count == MOST:
            sure = False
            break
        given, unread = _given(made, node, owner, call)
        sure = sure and not unread
        for name, type_ in given.items():
            found.setdefault(name, []).append(type_)
    handed = ((name, _one(types, sure=sure)) for name, types in found.items())
    return {name: type_ for name, type_ in handed if type_ is not None}


def _fields(context: Context, node: ast.ClassDef) -> Mapping[str, Type]:
    for made, call in islice(_calls(context, node, None), MOST):
        value = made.evaluate(call)
        if isinstance(value, Record) and value.name == node.name:
            held = ((n, t) for n, t in value.fields if not isinstance(t, Function))
            return {name: opened for name, type_ in held if (opened := _open(type_, sure=False)) is not None}
    return {}


def _one(types: list[Type], *, sure: bool) -> Type | None:
    """Of frames what any of them has; of anything else what the first call hands over, values included, so that what
    the body makes of them is seen as it is there."""
    known = [type_ for type_ in types if type_ != UNKNOWN]
    if not known:
        return None
    joined = known[0]
    for type_ in known[1:]:
        if isinstance(joined, Table) and isinstance(type_, Table):
            joined = join(joined, type_)
    return _open(joined, sure=sure and len(known) == len(types))


def _open(type_: Type, *, sure: bool) -> Type | None:
    if isinstance(type_, Row):
        table = _open(type_.table, sure=sure)
        return replace(type_, table=table) if isinstance(table, Table) else None
    if isinstance(type_, Table):
        columns = type_.columns if sure else tuple(replace(c, origin=None, also=()) for c in type_.columns)
        return replace(type_, columns=columns, open=True)
    if isinstance(type_, Series) and not sure:
        return replace(type_, column=replace(type_.column, origin=None, also=()))
    return type_ if type_ != UNKNOWN else None


def _calls(
    context: Context, node: Definition | ast.ClassDef, owner: ast.ClassDef | None
) -> Iterator[tuple[Interpreter, ast.Call]]:
    """The calls of a function, of a method, or of a class, each with the state before its statement."""
    name = owner.name if owner is not None and node.name == "__init__" else node.name
    first = 0 if context.host.order == "any" else context.index
    cells = context.notebook.cells
    mentioned = re.compile(rf"(?<!\w){re.escape(name)}\s*[(,)]")  # called, or handed to whoever calls it
    for index in range(first, len(cells)):
        cell = cells[index]
        if cell.kind != "code" or cell.language != "python" or not mentioned.search(cell.text):
            continue
        there = context if index == context.index else context.neighbour(index)
        source = source_of(there)
        for statement, call in _named(source, name, method=owner is not None and node.name != "__init__"):
            made = run(there, source.span(statement).start)
            if isinstance(call.func, ast.Attribute) and call.func.attr == name:
                receiver = made.evaluate(call.func.value)
                if not (isinstance(receiver, Record) and owner is not None and receiver.name == owner.name):
                    continue  # a method of something else
            yield made, call


def _named(source: PythonSource, name: str, *, method: bool) -> Iterator[tuple[ast.stmt, ast.Call]]:
    """The calls of a name, or of what is called so of any object, each with the innermost statement that it stands in;
    those in its own body left out."""
    wanted = {id(call) for call in source.calls if _calls_it(call, name, method=method)}
    waiting: list[tuple[ast.stmt, ast.AST]] = [(s, s) for s in reversed(source.tree.body)] if source.tree else []
    while wanted and waiting:
        statement, node = waiting.pop()
        if isinstance(node, Definition) and node.name == name:
            continue
        if id(node) in wanted and isinstance(node, ast.Call):
            wanted.remove(id(node))
            yield statement, node
        inner = [(part if isinstance(part, ast.stmt) else statement, part) for part in ast.iter_child_nodes(node)]
        waiting += reversed(inner)


def _calls_it(call: ast.Call, name: str, *, method: bool) -> bool:
    if method:
        return isinstance(call.func, ast.Attribute) and call.func.attr == name
    return _is(call.func, name) or any(_is(argument, name) for argument in call.args[:1])


def _is(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _given(
    made: Interpreter, function: Definition, owner: ast.ClassDef | None, call: ast.Call
) -> tuple[dict[str, Type], bool]:
    """What a call gives, by parameter, and whether it may give more than can be read."""
    plain = [a.arg for a in (*function.args.posonlyargs, *function.args.args)]
    arguments = call.args
    given = _defaults(made, function)
    if owner is not None:
        plain = plain[1:]
    elif not _is(call.func, function.name):  # `df.pipe(clean)`, `df.apply(row_total, axis=1)`
        if not isinstance(call.func, ast.Attribute) or not plain:
            return {}, True
        handed = _handed(made.evaluate(call.func.value), call.func.attr)
        if handed is None:
            return {}, True
        given[plain.pop(0)] = handed
        arguments = arguments[1:]
    unread = any(isinstance(a, ast.Starred) for a in arguments) or any(k.arg is None for k in call.keywords)
    for name, argument in zip(plain, arguments, strict=False):
        if isinstance(argument, ast.Starred):
            break
        given[name] = made.evaluate(argument)
    known = {*plain, *(a.arg for a in function.args.kwonlyargs)}
    given |= {k.arg: made.evaluate(k.value) for k in call.keywords if k.arg in known}
    return given, unread


def _defaults(made: Interpreter, function: Definition) -> dict[str, Type]:
    """What parameters hold that a call may leave out, as far as literals say so."""
    return {
        argument.arg: made.evaluate(default)
        for argument, default in defaulted(function.args)
        if isinstance(default, ast.Constant) and default.value is not None
    }


def _handed(type_: Type, method: str) -> Type | None:
    """What a method of a frame hands to a function."""
    kind = GIVEN.get((rules.flavour_of(type_), method))
    table = getattr(type_, "table", type_)
    if kind is None or not isinstance(table, Table):
        return None
    return Row(table, "series") if kind == "row" else table
