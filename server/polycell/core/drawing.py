"""Charts as pictures: which chart stands at a place, and the rows that its data are, as far as the notebook's text says
them. Nothing is run; a chart whose rows only a run would give has a reason instead of a picture.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from polycell.core.charts import Drawing, FileRows, Refusal, Rows
from polycell.core.guard import guard
from polycell.core.service import Context, Services
from polycell.core.session import Snapshot
from polycell.core.site import site
from polycell.core.values import replace

MOST_ROWS = 5_000


def drawing(snapshot: Snapshot, services: Services, cell_id: str, offset: int) -> Drawing | Refusal | None:
    """The chart at a place, with the rows of the frames that it draws; gaps that are left name files. None: no chart
    is there."""
    found = site(snapshot, services, cell_id, offset)
    if found is None:
        return None
    snapshot.analysis.settle(until=found.context.index)
    own = {b.name: b for b in snapshot.analysis.exports(found.context.index).bindings}
    after = replace(found.context, view=found.context.view.with_overlay(own))
    none: Drawing | Refusal | None = None
    for draw in services.drawers:
        drawn = guard("drawing", found.context.cell, none, lambda draw=draw: draw(after, found.offset))  # type: ignore[misc]
        if isinstance(drawn, Drawing):
            return _with_rows(snapshot, services, after, drawn)
        if drawn is not None:
            return drawn
    return None


def _with_rows(snapshot: Snapshot, services: Services, context: Context, drawn: Drawing) -> Drawing | Refusal:
    left = []
    content = drawn.content
    for gap in drawn.gaps:
        if not gap.name:
            left.append(gap)
            continue
        rows = _rows(snapshot, services, context, gap.name)
        if isinstance(rows, Refusal):
            return rows
        if isinstance(rows, FileRows):
            left.append(replace(gap, name="", file=rows))
        else:
            content = filled(content, gap.path, {"values": [dict(row) for row in rows]})
    return replace(drawn, content=content, gaps=tuple(left))


def filled(content: Any, path: Sequence[str | int], data: Mapping[str, Any]) -> Any:
    """The specification with `data` put into the data object at `path`, in place of where its rows come from."""
    if not path:
        kept = {k: v for k, v in content.items() if k not in ("url", "values")} if isinstance(content, Mapping) else {}
        return {**kept, **data}
    step, *rest = path
    if isinstance(content, list) and isinstance(step, int):
        return [filled(item, rest, data) if at == step else item for at, item in enumerate(content)]
    found = content if isinstance(content, Mapping) else {}
    return {**found, step: filled(found.get(step), rest, data)}


def _rows(snapshot: Snapshot, services: Services, context: Context, name: str) -> Rows | FileRows | Refusal:
    binding = context.view.lookup(name)
    index = snapshot.notebook.index(binding.origin.cell) if binding is not None and binding.origin is not None else None
    if binding is None or index is None:
        return Refusal(f"`{name}` is not made by a cell above.")
    language = snapshot.notebook.cells[index].language
    span = range(index, context.index + 1)
    cells = [snapshot.analysis.context(i) for i in span if snapshot.notebook.cells[i].language == language]
    none: Rows | FileRows | None = None
    cell = snapshot.notebook.cells[index]
    rows = guard("rows", cell, none, lambda: services.of(language).rows(cells, binding))
    if rows is None:
        return Refusal(f"`{name}` has rows only when cell {index + 1} is run.")
    if not isinstance(rows, FileRows) and len(rows) > MOST_ROWS:
        return Refusal(f"`{name}` has more than {MOST_ROWS:,} rows.")
    return rows
