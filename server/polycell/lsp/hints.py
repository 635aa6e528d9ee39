"""textDocument/inlayHint: each kind is off until its setting is on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lsprotocol import types

from polycell.core.guard import answered
from polycell.core.notebook import Cell
from polycell.core.results import Hint, HintKind
from polycell.core.text import Span
from polycell.lsp.asked import BOUND, unchanged
from polycell.lsp.convert import to_offset
from polycell.lsp.requests import left_to_another
from polycell.lsp.scheduler import settle
from polycell.lsp.settings import Settings
from polycell.lsp.state import State

_KINDS: Mapping[HintKind, types.InlayHintKind] = {
    "type": types.InlayHintKind.Type,
    "argument": types.InlayHintKind.Parameter,
}


async def inlay_hints(state: State, params: types.InlayHintParams) -> list[types.InlayHint]:
    """The hints of the cells in the range that is shown."""
    asked = BOUND.get()
    kinds = _kinds(state.settings)
    if asked is None or not kinds:
        return []
    face, encoding = asked.face, state.client.encoding
    start = to_offset(face.lines, params.range.start, encoding)
    end = to_offset(face.lines, params.range.end, encoding)
    shown, made = set(face.cells), []
    for snapshot in asked.snapshots:
        for index, cell in enumerate(snapshot.notebook.cells):
            whole = face.to_face(cell.id, Span(0, len(cell.text))) if cell.id in shown else None
            if cell.kind != "code" or whole is None or whole.end < start or whole.start > end:
                continue
            await settle(snapshot, index)
            service, context = state.session.services.of(cell.language), snapshot.analysis.context(index)
            nothing: Sequence[Hint] = ()
            for hint in await answered("hints", cell, nothing, service.hints(context, _left(state, cell, kinds))):
                place = face.to_face(cell.id, Span(hint.offset, hint.offset))
                if place is not None and start <= place.start <= end:
                    where = face.range(place, encoding)
                    made.append(_hint(hint, where.start if hint.kind == "argument" else where.end))
    return made if made and unchanged(state, asked) else []


def _hint(hint: Hint, where: types.Position) -> types.InlayHint:
    kind = _KINDS.get(hint.kind)
    return types.InlayHint(
        where, hint.text, kind=kind, tooltip=hint.tooltip or None, padding_left=True if hint.kind == "table" else None
    )


def _kinds(settings: Settings) -> tuple[HintKind, ...]:
    wanted: tuple[tuple[HintKind, bool], ...] = (
        ("table", settings.inlay_hints),
        ("type", settings.type_hints),
        ("argument", settings.argument_hints),
    )
    return tuple(kind for kind, on in wanted if on)


def _left(state: State, cell: Cell, kinds: tuple[HintKind, ...]) -> tuple[HintKind, ...]:
    """What is not left to another Python server."""
    return tuple(kind for kind in kinds if kind == "table") if left_to_another(state, cell) else kinds
