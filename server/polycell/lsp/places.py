"""Spans of cells as places that the protocol library types."""

from __future__ import annotations

from lsprotocol import types

from polycell.core.text import Span
from polycell.lsp.state import Face, Group, State


def location(
    group: Group, state: State, cell: str, span: Span, uri: str = "", prefer: Face | None = None
) -> types.Location | None:
    """A span of a cell as the client knows it, in `prefer` where the cell lies in that; None when it is not shown."""
    if uri:
        start = types.Position(0, 0)
        return types.Location(uri, types.Range(start, start))
    for face in (prefer, group.home(cell)):
        placed = face.to_face(cell, span) if face is not None else None
        if face is not None and placed is not None:
            return types.Location(face.uri, face.range(placed, state.client.encoding))
    return None
