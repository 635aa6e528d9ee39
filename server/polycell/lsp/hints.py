"""textDocument/inlayHint: off until the setting `inlayHints` is on."""

from __future__ import annotations

from collections.abc import Sequence

from lsprotocol import types

from polycell.core.guard import answered
from polycell.core.results import Hint
from polycell.core.text import Span
from polycell.lsp.convert import to_offset
from polycell.lsp.requests import BOUND, unchanged
from polycell.lsp.scheduler import settle
from polycell.lsp.state import State


async def inlay_hints(state: State, params: types.InlayHintParams) -> list[types.InlayHint]:
    """The hints of the cells in the range that is shown."""
    asked = BOUND.get()
    if asked is None or not state.settings.inlay_hints:
        return []
    face, encoding = asked.face, state.client.encoding
    start = to_offset(face.lines, params.range.start, encoding)
    end = to_offset(face.lines, params.range.end, encoding)
    shown, made = set(face.cells), []
    for snapshot in asked.snapshots:
        await settle(snapshot)
        for index, cell in enumerate(snapshot.notebook.cells):
            whole = face.to_face(cell.id, Span(0, len(cell.text))) if cell.id in shown else None
            if cell.kind != "code" or whole is None or whole.end < start or whole.start > end:
                continue
            service, context = state.session.services.of(cell.language), snapshot.analysis.context(index)
            nothing: Sequence[Hint] = ()
            for hint in await answered("hints", cell, nothing, service.hints(context)):
                place = face.to_face(cell.id, Span(hint.offset, hint.offset))
                if place is not None and start <= place.start <= end:
                    where = face.range(place, encoding).end
                    made.append(types.InlayHint(where, hint.text, tooltip=hint.tooltip or None, padding_left=True))
    return made if made and unchanged(state, asked) else []
