"""An Altair chart as the specification that it makes: a Vega-Lite cell, or a picture."""

from __future__ import annotations

import ast
import os
from collections.abc import Container, Iterable, Iterator, Sequence
from typing import Any

from polycell.core.charts import Drawing, FileRows, Gap, Refusal
from polycell.core.patterns import pattern
from polycell.core.results import Action, Hover, NewCell
from polycell.core.service import Context
from polycell.core.text import Span
from polycell.core.types import Table
from polycell.languages.python.flow.at_cursor import enclosing
from polycell.languages.python.syntax.source import PythonSource
from polycell.languages.python.syntax.sql_texts import bound_once
from polycell.tables.charts.altair.reading import Names, data_of, frames_of, specification
from polycell.tables.charts.written import SCHEMA, written

_SINKS = frozenset({"display", "save", "show", "to_dict", "to_html", "to_json"})
_WORDS = pattern(r"(?<=\.)(?:Chart|mark_[a-z]+)(?=\()")
_JOINING = frozenset({"layer", "hconcat", "vconcat", "concat"})


def as_vega_lite(context: Context, span: Span) -> Sequence[Action]:
    """The chart under the cursor as a new cell below. The context's view is the one below its cell, as the new cell's
    is; a frame that changes between the chart and there is not converted."""
    source = _source(context)
    if source is None or source.tree is None or context.host.name == "polynote":
        return ()
    names = _names(context, source.tree)
    chart = _outermost(enclosing(source, span.start), names)
    content = specification(chart, names) if chart is not None else None
    if chart is None or content is None:
        return ()
    frames = frames_of(content)
    if any(names.table(frame) is None for frame in frames) or _may_change(source.tree, frames, chart, names):
        return ()
    cell = _cell(context, frames, content)
    return (Action("Convert to a Vega-Lite cell", "refactor.rewrite", insert_cell=cell),) if cell is not None else ()


def altair_chart_at(context: Context, offset: int) -> Drawing | Refusal | None:
    """The Altair chart at an offset of a Python cell, or else the last one of the cell, which is the one shown."""
    source = _source(context)
    if context.cell.language != "python" or source is None or source.tree is None:
        return None
    names = _names(context, source.tree)
    chart = _outermost(enclosing(source, offset), names) or _last(source.tree, names)
    if chart is None:
        return None
    content = specification(chart, names)
    if content is None:
        return Refusal("Only a run can tell what this chart is.")
    frames = frames_of(content)
    if _may_change(source.tree, frames, chart, names):
        return Refusal("The chart's data change behind it.")
    folder = os.path.dirname(context.notebook.path)
    return Drawing("vega-lite", content, tuple(_gaps(content)), folder=folder)


def drawn_at(context: Context, offset: int) -> Hover | None:
    """What is told of a chart where `Chart` or its mark stands."""
    text = context.cell.text
    if "Chart(" not in text:
        return None
    word = next((Span(*m.span()) for m in _WORDS.finditer(text) if Span(*m.span()).touches(offset)), None)
    source = _source(context) if word is not None else None
    if word is None or source is None or source.tree is None:
        return None
    chart = _outermost(enclosing(source, offset), _names(context, source.tree))
    return Hover(f"**{word.of(text)}** · chart", word, draws=True) if chart is not None else None


def _source(context: Context) -> PythonSource | None:
    source = context.facts.analysis
    return source if isinstance(source, PythonSource) and "Chart(" in context.cell.text else None


def _names(context: Context, tree: ast.Module) -> Names:
    def table(name: str) -> Table | None:
        # A name that is a frame only at the end, or inside a function, may be something else where the chart is.
        binding = context.view.lookup(name)
        return binding.type if binding is not None and isinstance(binding.type, Table) else None

    owners = (node.value for node in ast.walk(tree) if isinstance(node, ast.Attribute))
    used = sorted({owner.id for owner in owners if isinstance(owner, ast.Name)})
    modules = [name for name in used if context.view.module(name, "python") == "altair"]
    return Names(modules[0] if len(modules) == 1 else "", table, bound_once(tree))


def _outermost(around: Iterable[ast.AST], names: Names) -> ast.expr | None:
    """The largest expression around a place that is a chart: of `(a | b).properties(…)` all of it."""
    for node in around:
        if isinstance(node, ast.expr) and _is_chart(node, names):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _SINKS:
                return node.func.value
            return node
    return None


def _is_chart(node: ast.AST, names: Names) -> bool:
    """Whether an expression is `alt.Chart(…)`, a chain on it, or several charts put together."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        owner = node.func.value
        if isinstance(owner, ast.Name) and owner.id == names.module and names.module:
            return node.func.attr == "Chart" or node.func.attr in _JOINING
        node = owner
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.BitOr | ast.BitAnd):
        return _is_chart(node.left, names) or _is_chart(node.right, names)
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names.bound:
        bound = names.bound[node.id]
        return not isinstance(bound, ast.Name) and bound is not node and _is_chart(bound, names)
    return False


def _last(tree: ast.Module, names: Names) -> ast.expr | None:
    """The last statement that is a chart, or gives one a name."""
    for statement in reversed(tree.body):
        if isinstance(statement, ast.Expr | ast.Assign) and _is_chart(statement.value, names):
            return statement.value
    return None


def _gaps(content: dict[str, Any]) -> Iterator[Gap]:
    frames = frames_of(content)
    for path, data in data_of(content):
        if data.get("name") in frames:
            yield Gap(path, str(data["name"]))
        elif isinstance(data.get("url"), str):
            said = data.get("format")
            kind = said.get("type") if isinstance(said, dict) else None
            yield Gap(path, file=FileRows(data["url"], kind or data["url"].rpartition(".")[2].lower()))


def _cell(context: Context, frames: set[str], content: dict[str, Any]) -> NewCell | None:
    """In the way that the notebook has: by altair's magic where one of its cells is."""
    if any(c.language == "vega-lite" and c.magic is not None for c in context.notebook.cells):
        named = [(path, data["name"]) for path, data in data_of(content) if data.get("name") in frames]
        if [path for path, _ in named] != [("data",)]:
            return None  # the magic gives the whole chart one frame
        frame = named[0][1]
        own = {key: value for key, value in content.items() if key != "data"}
        return NewCell(context.cell.id, context.notebook.language, f"%%vegalite {frame}\n{written(own)}")
    return NewCell(context.cell.id, "vega-lite", written({"$schema": SCHEMA, **content}))


def _may_change(tree: ast.Module, frames: Container[str], chart: ast.expr, names: Names) -> bool:
    """Whether a frame may have another value, or other columns, behind the place where the chart takes it: any further
    use may change it (`df["a"] = 1`, `df.drop(…, inplace=True)`). In a function nothing is certain."""
    parts = _parts(chart, names)
    first = min((part.lineno, part.col_offset) for part in parts)
    behind = False
    own = {id(inner) for part in parts for inner in ast.walk(part)}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            if any(node.lineno <= part.lineno <= (node.end_lineno or node.lineno) for part in parts):
                return True
        elif isinstance(node, ast.Name) and node.id in frames and id(node) not in own:
            behind = behind or (node.lineno, node.col_offset) >= first
    return behind


def _parts(chart: ast.expr, names: Names) -> list[ast.expr]:
    """The chart, and what the names in it stand for."""
    found = [chart]
    for part in found:
        for node in ast.walk(part):
            bound = names.bound.get(node.id) if isinstance(node, ast.Name) else None
            if bound is not None and bound not in found and _is_chart(bound, names):
                found.append(bound)
    return found
