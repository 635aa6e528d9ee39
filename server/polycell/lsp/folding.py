"""textDocument/foldingRange: cells of a document, and what can be folded inside of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from polycell.core.folding import folds
from polycell.core.results import Fold
from polycell.core.text import Span
from polycell.lsp.asked import BOUND
from polycell.lsp.convert import Json
from polycell.lsp.state import Face, State

if TYPE_CHECKING:
    from lsprotocol import types

_KINDS = frozenset({"imports", "comment", "region"})  # that the protocol has a name for


async def folding(state: State, params: types.FoldingRangeParams) -> list[Json]:
    """By whole lines: every client can do these. In the JSON of a notebook its editor folds better than we could.

    As plain JSON: a chart with its data in it has thousands of folds."""
    asked = BOUND.get()
    if asked is None or asked.face.json:
        return []
    face = asked.face
    shown = set(face.cells)
    made: dict[int, Json] = {}
    for snapshot in asked.snapshots:
        for index, cell in enumerate(snapshot.notebook.cells):
            if cell.id not in shown:
                continue
            inner = list(folds(snapshot, state.session.services, index))
            if face.map is not None and len(shown) > 1:
                inner.insert(0, Fold(Span(0, len(cell.text)), "cell"))
            for fold in inner:
                found = _range(face, cell.id, fold)
                if found is not None:
                    made.setdefault(found["startLine"], found)
    return list(made.values())


def _range(face: Face, cell: str, fold: Fold) -> Json | None:
    span = face.to_face(cell, fold.span)
    if span is None:
        return None
    start, end = (face.lines.position(offset).line for offset in (span.start, span.end))
    if fold.kind == "cell" and start > 0:
        start -= 1  # the line of the cell's marker stays in sight
    if end <= start:
        return None
    return {"startLine": start, "endLine": end, **({"kind": fold.kind} if fold.kind in _KINDS else {})}
