"""Laying out the text of one cell: the cell's language says how, and what it says must be sound."""

from __future__ import annotations

import logging

from polycell.core.actions import fits
from polycell.core.guard import answered
from polycell.core.results import NOT_FORMATTED, Formatted, Layout
from polycell.core.service import Services
from polycell.core.session import Snapshot
from polycell.core.text import Span

log = logging.getLogger(__name__)


async def formatted(
    snapshot: Snapshot, services: Services, index: int, layout: Layout, span: Span | None = None
) -> Formatted:
    """Edits for what `span` touches (None: the whole cell), each within the cell; an edit that changes nothing is left
    out. What a language answers wrongly is answered by nothing."""
    cell = snapshot.notebook.cells[index]
    if cell.kind != "code":
        return NOT_FORMATTED
    snapshot.analysis.settle(until=index - 1)
    whole = Span(0, len(cell.text))
    if span is not None:
        whole = Span(max(span.start, 0), min(max(span.end, span.start), len(cell.text)))
    service, context = services.of(cell.language), snapshot.analysis.context(index)
    found = await answered("formatting", cell, NOT_FORMATTED, service.format(context, whole, layout))
    edits = tuple(e for e in found.edits if e.span.of(cell.text) != e.text)
    if any(e.cell != cell.id for e in edits) or not fits(snapshot, edits):
        log.error("formatting of cell %s (%s) gave edits that do not fit", cell.id, cell.language)
        return NOT_FORMATTED
    return Formatted(edits, found.refusal)
