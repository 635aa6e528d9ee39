"""What can be done about charts: draw a table, turn a viz cell of Polynote into a Vega cell."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from polycell.core.results import Action, NewCell
from polycell.core.service import Context
from polycell.core.text import Span
from polycell.core.types import Module
from polycell.languages.vega.data import plain, table_of
from polycell.languages.vega.suggest import Chart, altair, charts, encoding
from polycell.languages.vega.tree import Tree
from polycell.languages.vega.viz import specification

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
_POLYNOTES = "https://vega.github.io/schema/vega-lite/v4.json"


def charts_of_tables(context: Context, span: Span) -> Sequence[Action]:
    """Charts of the table whose name is under the cursor, each as a new cell below, in the way the notebook has."""
    name = next((r.name for r in context.facts.references if r.span.touches(span.start)), "")
    binding = context.view.lookup(name) if name else None
    table = table_of(binding.type) if binding is not None else None
    if table is None or not name.isidentifier():
        return ()
    return tuple(
        Action(
            f"New cell: {chart.title[0].lower()}{chart.title[1:]}", "refactor", insert_cell=_cell(chart, name, context)
        )
        for chart in charts(table)
    )


def _cell(chart: Chart, name: str, context: Context) -> NewCell:
    own = context.cell.id
    if context.host.name == "polynote":
        content = {"$schema": _POLYNOTES, "data": {"name": name, "values": _Name(name)}, **_drawn(chart)}
        return NewCell(own, "vega", written(content))
    used = [c for c in context.notebook.cells if c.language == "vega-lite" and c.kind == "code"]
    if any(c.magic is not None for c in used):
        return NewCell(own, context.notebook.language, f"%%vegalite {name}\n{written(_drawn(chart))}")
    if used:
        return NewCell(own, "vega-lite", written({"$schema": SCHEMA, "data": {"name": name}, **_drawn(chart)}))
    module = context.view.lookup("alt")
    imported = module is not None and isinstance(module.type, Module)
    return NewCell(own, "python", altair(chart, name, imported=imported))


def _drawn(chart: Chart) -> dict[str, Any]:
    return {"mark": chart.mark, "encoding": encoding(chart)}


class _Name(str):
    """A value of a cell above, written without quotes."""


def written(content: Any, indent: str = "") -> str:
    """A specification as people write it: outer objects over several lines, inner ones on one."""
    if isinstance(content, _Name):
        return str(content)
    if not isinstance(content, dict) or not content:
        return json.dumps(content, ensure_ascii=False)
    flat = _flat(content)
    if indent and len(flat) + len(indent) <= 90:
        return flat
    inner = f"{indent}  "
    lines = [f"{inner}{json.dumps(key)}: {written(value, inner)}" for key, value in content.items()]
    return "{\n" + ",\n".join(lines) + f"\n{indent}}}"


def _flat(content: Any) -> str:
    if isinstance(content, _Name):
        return str(content)
    if isinstance(content, dict):
        return "{" + ", ".join(f"{json.dumps(k)}: {_flat(v)}" for k, v in content.items()) + "}"
    return json.dumps(content, ensure_ascii=False)


def of_viz_cell(context: Context) -> Iterator[Action]:
    """A plot that was made with Polynote's editor, as the Vega cell that the editor itself would write."""
    tree = context.facts.analysis
    if not isinstance(tree, Tree) or tree.root is None or tree.mistakes:
        return
    made = specification(plain(tree.root))
    if made is not None:
        value, expression, content = made
        content = {"$schema": _POLYNOTES, "data": {"name": value, "values": _Name(expression)}, **content}
        yield Action(
            "Convert to a Vega cell", "refactor.rewrite", insert_cell=NewCell(context.cell.id, "vega", written(content))
        )
