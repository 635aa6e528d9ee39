"""Columns that a drawing call names in texts: Altair's encodings and transforms, plotly, seaborn.

The one enumeration of them. What is said of a column that is not there, and what a rename does, is decided elsewhere.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from polycell.core.text import Span
from polycell.core.types import Chart, Module, Table
from polycell.core.values import replace
from polycell.languages.python.flow.interpreter import Interpreter
from polycell.languages.python.frames.columns import index_known
from polycell.languages.python.frames.registry import Argument
from polycell.languages.python.known.chart_arguments import DRAWS, Draws
from polycell.tables.charts.altair import words as altair
from polycell.tables.charts.names import column_of, is_path
from polycell.tables.charts.shorthand import parse

_VECTORS = frozenset({"x", "y", "z", "hue", "size", "color", "text"})  # parameters whose lists may be values


class ChartColumn(Struct, frozen=True):
    """`name` is a column of `table`, the frame that `owner` stands for, as a text in the call names it. `span` is the
    name in the cell's text where it stands there as it is (`exact`), else the whole text's.

    `needed`: the library says an error, or draws nothing, where the column is not there. `later`: a transform that the
    chart gets afterwards may make it.
    """

    name: str
    span: Span
    table: Table
    owner: ast.expr
    exact: bool
    needed: bool = True
    later: bool = False

    @property
    def lacking(self) -> bool:
        """Whether the column is certainly not there."""
        if not self.needed or not self.table.proves_absence or is_path(self.name):
            return False
        if column_of(self.table, self.name) is not None or any(c.name == self.name for c in self.table.index):
            return False
        return self.table.flavour != "pandas" or not self.table.index or index_known(self.table)


# -- altair


def of_method(
    run: Interpreter, method: ast.Attribute, chart: Chart, positional: Sequence[Argument], named: Mapping[str, Argument]
) -> Iterator[ChartColumn]:
    """Those of `chart.<method>(…)`."""
    owner, table = method.value, chart.table
    if method.attr == "encode":
        channels = [a.node for n, a in named.items() if n in altair.CHANNELS]
        for node in (*(a.node for a in positional), *channels):
            yield from _encoded(run, node, table, owner)
        return
    if method.attr == "facet":
        for node in (*(a.node for a in positional), *(named[n].node for n in ("facet", "row", "column") if n in named)):
            yield from _encoded(run, node, table, owner)
        return
    name = method.attr.removeprefix("transform_")
    parameters = altair.PARAMETERS.get(name, ()) if method.attr.startswith("transform_") else ()
    fields = altair.FIELDS.get(name, frozenset())
    for at, argument in enumerate(positional):
        if at < len(parameters) and parameters[at] in fields:
            yield from _fields(run, argument.node, table, owner)
    for keyword, argument in named.items():
        if keyword in fields and keyword in parameters:
            yield from _fields(run, argument.node, table, owner)
        elif parameters and keyword not in parameters and name in altair.BY_SHORTHAND:
            yield from _shorthand(run, argument.node, table, owner)


def _encoded(run: Interpreter, node: ast.expr, table: Table, owner: ast.expr) -> Iterator[ChartColumn]:
    """`"price:Q"`, `["a", "b"]`, `alt.X("price")`, `alt.X("price").scale(…)`."""
    if isinstance(node, ast.List):
        for element in node.elts:
            yield from _encoded(run, element, table, owner)
    elif isinstance(node, ast.Call):
        while isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Call):
            node = node.func.value
        callee = run.evaluate(node.func)
        qualified = callee.qualified if isinstance(callee, Module) else ""
        if qualified.startswith("altair.") and qualified.rpartition(".")[2] in altair.CLASSES:
            said = next((k.value for k in node.keywords if k.arg == "shorthand"), node.args[0] if node.args else None)
            # Keywords may say the type, or name another field.
            typed = any(k.arg in ("type", "field", "aggregate", "timeUnit", None) for k in node.keywords)
            for found in _shorthand(run, said, table, owner) if said is not None else ():
                yield replace(found, later=found.later or typed)
            for keyword in node.keywords:
                if keyword.arg == "field":
                    yield from _fields(run, keyword.value, table, owner)
    else:
        yield from _shorthand(run, node, table, owner)


def _shorthand(run: Interpreter, node: ast.expr, table: Table, owner: ast.expr) -> Iterator[ChartColumn]:
    text = node.value if isinstance(node, ast.Constant) else None
    if not isinstance(text, str) or not text or table.column(text) is not None:
        return
    read = parse(text)
    if read.field:
        # Without a letter Altair looks the type up in the data, where the field must be then.
        later = read.type is not None or bool(read.operation)
        yield _named(run, node, read.field, read.field_span, table, owner, later=later)


def _fields(run: Interpreter, node: ast.expr, table: Table, owner: ast.expr) -> Iterator[ChartColumn]:
    for element in node.elts if isinstance(node, (ast.List, ast.Tuple)) else [node]:
        if isinstance(element, ast.Constant) and isinstance(element.value, str) and element.value:
            yield _named(run, element, element.value, Span(0, len(element.value)), table, owner, later=True)


# -- plotly, seaborn


def of_function(
    run: Interpreter, qualified: str, positional: Sequence[Argument], named: Mapping[str, Argument]
) -> Iterator[ChartColumn]:
    """Those of `px.bar(df, x="…")`, `sns.barplot(data=df, x="…")`."""
    draws = DRAWS.get(qualified)
    if draws is None:
        return
    given = {**dict(zip(draws.order, positional, strict=False)), **named}
    frame = given.get(draws.frame)
    if frame is None or not isinstance(frame.type, Table):
        return
    wide = draws.wide if not all(n in given and isinstance(given[n].value, str) for n in ("x", "y")) else frozenset()
    for keyword, argument in given.items():
        if keyword not in draws.names:
            continue
        node, listed = argument.node, isinstance(argument.node, (ast.List, ast.Tuple))
        for element in node.elts if isinstance(node, (ast.List, ast.Tuple)) else [node]:
            if isinstance(element, ast.Constant) and isinstance(element.value, str):
                needed = _is_needed(draws, element.value, wide, vector=listed and keyword in _VECTORS)
                whole = Span(0, len(element.value))
                found = _named(run, element, element.value, whole, frame.type, frame.node)
                yield replace(found, needed=needed)


def _is_needed(draws: Draws, name: str, wide: frozenset[str], *, vector: bool) -> bool:
    return draws.closed and not vector and name not in wide


def _named(
    run: Interpreter, node: ast.expr, name: str, inside: Span, table: Table, owner: ast.expr, *, later: bool = False
) -> ChartColumn:
    """`inside` is the name's span in the text's value."""
    span = run.source.span(node)
    shown = span.of(run.source.code)
    # One quote on each side and no escapes: the value stands in the cell as it is.
    exact = shown[1:-1] == getattr(node, "value", None)
    placed = inside.shift(span.start + 1) if exact else span
    return ChartColumn(name, placed, table, owner, exact, later=later)
