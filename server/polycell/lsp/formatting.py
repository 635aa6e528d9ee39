"""textDocument/formatting and rangeFormatting: each code cell of the document by its own language."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from lsprotocol import types

from polycell.core.formatting import formatted
from polycell.core.results import Edit, Layout
from polycell.core.text import Span
from polycell.core.virtual import Place
from polycell.lsp.asked import BOUND, unchanged
from polycell.lsp.convert import to_offset
from polycell.lsp.edits import text_edits
from polycell.lsp.requests import left_to_another
from polycell.lsp.scheduler import settle
from polycell.lsp.state import State

log = logging.getLogger(__name__)


async def whole(state: State, params: types.DocumentFormattingParams) -> list[types.TextEdit]:
    return await _answer(state, None, params.options)


async def within(state: State, params: types.DocumentRangeFormattingParams) -> list[types.TextEdit]:
    return await _answer(state, params.range, params.options)


async def _answer(state: State, where: types.Range | None, options: types.FormattingOptions) -> list[types.TextEdit]:
    """Cells whose edits would not come out as meant in the document stay as they are."""
    asked = BOUND.get()
    if asked is None:
        return []
    face, encoding = asked.face, state.client.encoding
    start, end = 0, len(face.text)
    if where is not None:
        start, end = to_offset(face.lines, where.start, encoding), to_offset(face.lines, where.end, encoding)
    layout = Layout(max(1, min(options.tab_size, 16)), options.insert_spaces)
    wanted, changed = set(face.cells), list[Sequence[Edit]]()
    for snapshot in asked.snapshots:
        await settle(snapshot, max((snapshot.notebook.index(cell) or 0 for cell in wanted), default=0))
        for index, cell in enumerate(snapshot.notebook.cells):
            whole = face.to_face(cell.id, Span(0, len(cell.text))) if cell.id in wanted else None
            if cell.kind != "code" or whole is None or whole.end < start or whole.start > end:
                continue
            if left_to_another(state, cell):
                continue
            span = _inside(face.to_cell(max(start, whole.start)), face.to_cell(min(end, whole.end))) if where else None
            answer = await formatted(snapshot, state.session.services, index, layout, span)
            if answer.refusal:
                log.info("cell %s is not formatted: %s", cell.id, answer.refusal)
            if answer.edits:
                changed.append(sorted(answer.edits, key=lambda e: e.span))
    together = text_edits(state, asked, [e for edits in changed for e in edits])
    # Reading a document anew costs; cell by cell only where one of them does not come out.
    made = together if together is not None else [e for edits in changed for e in text_edits(state, asked, edits) or ()]
    return made if made and unchanged(state, asked) else []


def _inside(first: Place | None, last: Place | None) -> Span | None:
    """What of a cell a selection covers; None, which is all of it, where that cannot be told."""
    if first is None or last is None or first.cell != last.cell:
        return None
    return Span(first.offset, max(first.offset, last.offset))
