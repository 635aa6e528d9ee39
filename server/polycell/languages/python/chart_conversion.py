"""An Altair chart as a Vega-Lite cell."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from polycell.core.results import Action, NewCell
from polycell.core.service import Context
from polycell.core.text import Span
from polycell.core.types import Module, Table
from polycell.languages.python.at_cursor import enclosing
from polycell.languages.python.source import PythonSource
from polycell.tables.charts.altair_code import frame_of, specification
from polycell.tables.charts.written import SCHEMA, written


def as_vega_lite(context: Context, span: Span) -> Sequence[Action]:
    """The chart under the cursor as a new cell below. The context's view is the one below its cell, as the new cell's
    is; a frame that changes between the chart and there is not converted."""
    source = context.facts.analysis
    if (
        not isinstance(source, PythonSource)
        or source.tree is None
        or context.host.name == "polynote"
        or "Chart(" not in context.cell.text
    ):
        return ()
    for node in enclosing(source, span.start):
        module = _module(node)
        frame = frame_of(node, module) if module and isinstance(node, ast.expr) else ""
        # One layer of `a + b` or of `alt.layer(a, b)` alone would not be the chart that people see.
        if isinstance(node, ast.BinOp) or (
            isinstance(node, ast.Call) and module and not frame and _is_altair(context, module)
        ):
            return ()
        if not frame or not isinstance(node, ast.expr):
            continue
        # A name that is a module only at the end, or inside a function, may be something else here.
        binding = context.view.lookup(frame)
        table = binding.type if binding is not None else None
        if not isinstance(table, Table) or not _is_altair(context, module) or _changed_behind(source.tree, frame, node):
            return ()
        content = specification(node, module, table)
        if content is None:
            return ()
        return (Action("Convert to a Vega-Lite cell", "refactor.rewrite", insert_cell=_cell(context, frame, content)),)
    return ()


def _is_altair(context: Context, name: str) -> bool:
    binding = context.view.lookup(name)
    return binding is not None and isinstance(binding.type, Module) and binding.type.qualified == "altair"


def _cell(context: Context, frame: str, content: dict[str, Any]) -> NewCell:
    """In the way that the notebook has: by altair's magic where one of its cells is."""
    if any(c.language == "vega-lite" and c.magic is not None for c in context.notebook.cells):
        return NewCell(context.cell.id, context.notebook.language, f"%%vegalite {frame}\n{written(content)}")
    text = written({"$schema": SCHEMA, "data": {"name": frame}, **content})
    return NewCell(context.cell.id, "vega-lite", text)


def _module(node: ast.AST) -> str:
    """`alt` of a chain on `alt.Chart(…)`."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        node = node.func.value
    return node.id if isinstance(node, ast.Name) else ""


def _changed_behind(tree: ast.Module, name: str, chart: ast.expr) -> bool:
    """Whether the variable may get another value, or other columns, behind the chart; functions are never certain."""
    end = (chart.end_lineno or chart.lineno, chart.end_col_offset or chart.col_offset)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            if node.lineno <= chart.lineno <= (node.end_lineno or node.lineno):
                return True
        elif isinstance(node, ast.Name) and node.id == name and (node.lineno, node.col_offset) >= end:
            return True  # `df["a"] = 1`, `df.drop(…, inplace=True)`: any further use may change it
    return False
