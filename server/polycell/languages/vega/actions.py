"""What can be done about charts: draw a table, turn a viz cell of Polynote into a Vega cell, or a
Vega-Lite cell into Altair code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from polycell.core.environment import Binding
from polycell.core.results import Action, NewCell
from polycell.core.service import Context
from polycell.core.text import Span
from polycell.core.types import Table
from polycell.languages.vega.check import of_schema
from polycell.languages.vega.data import plain, table_of
from polycell.languages.vega.reading import given, read
from polycell.languages.vega.suggest import Chart, altair, charts, encoding
from polycell.languages.vega.tree import Tree
from polycell.languages.vega.viz import specification
from polycell.tables.charts.altair.writing import code
from polycell.tables.charts.altair.writing.names import views
from polycell.tables.charts.written import SCHEMA, Unquoted, written

_DRAWABLE = frozenset({"pandas", "polars", "arrow"})  # frames that Altair takes as they are
# What makes one of those out of other tables. A table that no variable holds is not drawn.
_MADE = {
    **dict.fromkeys(_DRAWABLE, ""),
    "polars-lazy": ".collect()",
    "spark": ".toPandas()",
    "duckdb": ".df()",
    "result-set": ".DataFrame()",
}
_POLYNOTES = "https://vega.github.io/schema/vega-lite/v4.json"


def charts_of_tables(context: Context, span: Span) -> Sequence[Action]:
    """Charts of the table whose name is under the cursor, each as a new cell below, in the way the notebook has."""
    name = next((r.name for r in context.facts.references if r.span.touches(span.start)), "")
    binding = context.view.lookup(name) if name else None
    table = table_of(binding.type) if binding is not None else None
    if table is None or not name.isidentifier():
        return ()
    cells = ((chart, _cell(chart, name, table, context)) for chart in charts(table))
    return tuple(
        Action(f"New cell: {chart.title[0].lower()}{chart.title[1:]}", "refactor", insert_cell=cell)
        for chart, cell in cells
        if cell is not None
    )


def _cell(chart: Chart, name: str, table: Table, context: Context) -> NewCell | None:
    own = context.cell.id
    if context.host.name == "polynote":
        content = {"$schema": _POLYNOTES, "data": {"name": name, "values": Unquoted(name)}, **_drawn(chart)}
        return NewCell(own, "vega", written(content))
    used = [c for c in context.notebook.cells if c.language == "vega-lite" and c.kind == "code"]
    if any(c.magic is not None for c in used):
        return NewCell(own, context.notebook.language, f"%%vegalite {name}\n{written(_drawn(chart))}")
    if used:
        return NewCell(own, "vega-lite", written({"$schema": SCHEMA, "data": {"name": name}, **_drawn(chart)}))
    frame = _MADE.get(table.flavour)
    if frame is None:
        return None
    return NewCell(own, "python", altair(chart, f"{name}{frame}", imported=_has_altair(context)))


def _has_altair(context: Context) -> bool:
    return context.view.module("alt", "python") == "altair"


def _drawn(chart: Chart) -> dict[str, Any]:
    return {"mark": chart.mark, "encoding": encoding(chart)}


def to_altair(context: Context) -> Iterator[Action]:
    """A Vega-Lite chart of a table from above as Altair code in a new cell below."""
    reading = read(context)
    root = reading.tree.root
    if root is None or reading.tree.mistakes or reading.library.library != "vega-lite":
        return
    content = plain(root)
    if not isinstance(content, dict) or context.host.name == "polynote":
        return
    if any(of_schema(reading, root, context)):
        return  # Altair would refuse it
    below = context.view.with_overlay({}, "python")  # what the new cell sees
    frames = {name: name for name in _names_of_data(content) if _is_drawable(below.lookup(name))}
    drawn = next((g.variable for g in given(context.cell) if not g.name), "")
    if drawn and not _is_drawable(below.lookup(drawn)):
        return
    if not drawn and not any("data" in view for view in views(content)):
        return
    taken = {binding.name for binding in below.bindings()}
    text = code(content, frames, given=drawn, imported=_has_altair(context), taken=taken)
    if text is not None:
        new = NewCell(context.cell.id, "python", text)
        yield Action("Convert to Altair code", "refactor.rewrite", insert_cell=new)


def _is_drawable(binding: Binding | None) -> bool:
    return binding is not None and isinstance(binding.type, Table) and binding.type.flavour in _DRAWABLE


def _names_of_data(value: Any) -> Iterator[str]:
    """Names that data of a specification have, its own among them."""
    if isinstance(value, list):
        for inner in value:
            yield from _names_of_data(inner)
    elif isinstance(value, dict):
        data = value.get("data")
        if isinstance(data, dict) and isinstance(data.get("name"), str) and data["name"].isidentifier():
            yield data["name"]
        for inner in value.values():
            yield from _names_of_data(inner)


def of_viz_cell(context: Context) -> Iterator[Action]:
    """A plot that was made with Polynote's editor, as the Vega cell that the editor itself would write."""
    tree = context.facts.analysis
    if not isinstance(tree, Tree) or tree.root is None or tree.mistakes:
        return
    made = specification(plain(tree.root))
    if made is not None:
        value, expression, content = made
        content = {"$schema": _POLYNOTES, "data": {"name": value, "values": Unquoted(expression)}, **content}
        yield Action(
            "Convert to a Vega cell", "refactor.rewrite", insert_cell=NewCell(context.cell.id, "vega", written(content))
        )
