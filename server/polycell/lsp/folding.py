"""textDocument/foldingRange: cells of a document, and what can be folded inside of them."""

from __future__ import annotations

from lsprotocol import types

from polycell.core.folding import folds
from polycell.core.results import Fold
from polycell.core.text import Span
from polycell.lsp.asked import BOUND
from polycell.lsp.state import Face, State

_KINDS = {
    "imports": types.FoldingRangeKind.Imports,
    "comment": types.FoldingRangeKind.Comment,
    "region": types.FoldingRangeKind.Region,
}


async def folding(state: State, params: types.FoldingRangeParams) -> list[types.FoldingRange]:
    """By whole lines: every client can do these. In the JSON of a notebook its editor folds better than we could."""
    asked = BOUND.get()
    if asked is None or asked.face.json:
        return []
    face = asked.face
    shown = set(face.cells)
    made: dict[int, types.FoldingRange] = {}
    for snapshot in asked.snapshots:
        for index, cell in enumerate(snapshot.notebook.cells):
            if cell.id not in shown:
                continue
            inner = list(folds(snapshot, state.session.services, index))
            if face.map is not None and len(shown) > 1:
                inner.insert(0, Fold(Span(0, len(cell.text)), "cell"))
            for fold in inner:
                found = _range(state, face, cell.id, fold)
                if found is not None:
                    made.setdefault(found.start_line, found)
    return list(made.values())


def _range(state: State, face: Face, cell: str, fold: Fold) -> types.FoldingRange | None:
    span = face.to_face(cell, fold.span)
    if span is None:
        return None
    where = face.range(span, state.client.encoding)
    start = where.start.line
    if fold.kind == "cell" and start > 0:
        start -= 1  # the line of the cell's marker stays in sight
    if where.end.line <= start:
        return None
    return types.FoldingRange(start, where.end.line, kind=_KINDS.get(fold.kind))
