"""textDocument/selectionRange: what a selection grows to."""

from __future__ import annotations

from lsprotocol import types

from polycell.core.selection import selections
from polycell.core.text import Span
from polycell.lsp.asked import BOUND
from polycell.lsp.convert import to_offset
from polycell.lsp.scheduler import settle
from polycell.lsp.state import Asked, State


async def selection_ranges(state: State, params: types.SelectionRangeParams) -> list[types.SelectionRange] | None:
    """One chain for each position, in order, as the protocol wants it; None where one of them is in no cell."""
    asked = BOUND.get()
    if asked is None:
        return None
    made = []
    for position in params.positions:
        found = await _chain(state, asked, position)
        if found is None:
            return None
        made.append(found)
    return made


async def _chain(state: State, asked: Asked, position: types.Position) -> types.SelectionRange | None:
    target = asked.target(to_offset(asked.face.lines, position, state.client.encoding))
    if target is None:
        return None
    await settle(target.snapshot, target.index)
    inner = selections(target.snapshot, state.session.services, target.cell, target.offset)
    placed = [span for one in inner if (span := asked.face.to_face(target.cell, one)) is not None]
    if asked.face.map is not None:
        placed.append(Span(0, len(asked.face.text)))
    made: types.SelectionRange | None = None
    for span in reversed(placed):
        where = asked.face.range(span, state.client.encoding)
        if made is None or where != made.range:
            made = types.SelectionRange(where, made)
    return made or types.SelectionRange(types.Range(position, position))
