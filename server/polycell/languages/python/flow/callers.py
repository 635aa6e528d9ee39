"""What the functions of a notebook are called with, told to whoever asks inside of their bodies.

`def clean(frame): frame["…"]` says nothing of `frame`; `clean(customers)` further down does. A function may be called
with something else next, so this serves completion and hover and what follows from them, and never a finding: nothing
that is kept is made from it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from polycell.core.service import Context
from polycell.core.types import UNKNOWN, Row, Series, Table, Type
from polycell.core.values import replace
from polycell.languages.python.column_arguments import GIVEN
from polycell.languages.python.flow.definitions import without_values
from polycell.languages.python.flow.exports import run, source_of
from polycell.languages.python.flow.interpreter import Interpreter
from polycell.languages.python.flow.state import join
from polycell.languages.python.frames import rules
from polycell.languages.python.source import PythonSource

MOST = 3  # calls that are looked at

Definition = ast.FunctionDef | ast.AsyncFunctionDef


def called_with(context: Context, function: Definition) -> Mapping[str, Type]:
    """Parameter → what the calls below hand over for it. A table is open; where some call hands over nobody knows what
    its columns have no origin, so that none of them is taken for a place that a rename must change."""
    if function.col_offset:
        return {}  # a method, or a function inside of one
    found: dict[str, list[Type]] = {}
    sure = True
    for count, (given, unread) in enumerate(_calls(context, function)):
        if count == MOST:
            sure = False
            break
        sure = sure and not unread
        for name, type_ in given.items():
            found.setdefault(name, []).append(type_)
    return {name: made for name, types in found.items() if (made := _one(types, sure=sure)) is not None}


def _one(types: list[Type], *, sure: bool) -> Type | None:
    known = [without_values(type_) for type_ in types if type_ != UNKNOWN]
    if not known:
        return None
    joined = known[0]
    for type_ in known[1:]:
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


def _calls(context: Context, function: Definition) -> Iterator[tuple[dict[str, Type], bool]]:
    """What each call gives, by parameter, and whether it may give more than can be read."""
    first = 0 if context.host.order == "any" else context.index
    cells = context.notebook.cells
    for index in range(first, len(cells)):
        cell = cells[index]
        if cell.kind != "code" or cell.language != "python" or function.name not in cell.text:
            continue
        there = context if index == context.index else context.neighbour(index)
        source = source_of(there)
        for statement, call in _named(source, function):
            yield _given(run(there, source.span(statement).start), function, call)


def _named(source: PythonSource, function: Definition) -> Iterator[tuple[ast.stmt, ast.Call]]:
    """The calls of a function, each with the innermost statement that it stands in; those in its own body left out."""
    waiting: list[tuple[ast.stmt, ast.AST]] = [(s, s) for s in reversed(source.tree.body)] if source.tree else []
    while waiting:
        statement, node = waiting.pop()
        if isinstance(node, Definition) and node.name == function.name:
            continue
        if isinstance(node, ast.Call) and (_is(node.func, function) or any(_is(a, function) for a in node.args[:1])):
            yield statement, node
        inner = [(part if isinstance(part, ast.stmt) else statement, part) for part in ast.iter_child_nodes(node)]
        waiting += reversed(inner)


def _is(node: ast.expr, function: Definition) -> bool:
    return isinstance(node, ast.Name) and node.id == function.name


def _given(made: Interpreter, function: Definition, call: ast.Call) -> tuple[dict[str, Type], bool]:
    plain = [a.arg for a in (*function.args.posonlyargs, *function.args.args)]
    arguments = call.args
    given: dict[str, Type] = {}
    if not _is(call.func, function):  # `df.pipe(clean)`, `df.apply(row_total, axis=1)`
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


def _handed(type_: Type, method: str) -> Type | None:
    """What a method of a frame hands to a function."""
    kind = GIVEN.get((rules.flavour_of(type_), method))
    table = getattr(type_, "table", type_)
    if kind is None or not isinstance(table, Table):
        return None
    return Row(table, "series") if kind == "row" else table
