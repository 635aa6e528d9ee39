"""Where a request points to, at the state that it was asked at (`BOUND`, set as the message came in)."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable
from contextvars import ContextVar
from typing import TypeVar

from polycell.core.guard import answered
from polycell.core.text import Span
from polycell.lsp.convert import Position, to_offset
from polycell.lsp.state import Asked, State, Target

T = TypeVar("T")


class Stale(Exception):  # noqa: N818
    """The text was changed since it was asked about: an answer would point at the wrong place."""


BOUND: ContextVar[Asked | None] = ContextVar("asked", default=None)


def target_of(state: State, position: Position) -> tuple[Asked, Target] | None:
    """The document that the request names, and the place in a cell that it means."""
    asked = BOUND.get()
    if asked is None:
        return None
    target = asked.target(to_offset(asked.face.lines, position, state.client.encoding))
    return (asked, target) if target is not None else None


def value_at(state: State, position: Position) -> tuple[Asked, tuple[str | int, ...], Span, int] | None:
    """The text of a notebook's metadata at a position of its JSON: its path, its span without quotes, the offset."""
    asked = BOUND.get()
    if asked is None or not asked.face.json or len(asked.snapshots) != 1:
        return None
    from polycell.formats.ipynb import metadata_path, metadata_span

    offset = to_offset(asked.face.lines, position, state.client.encoding)
    path = metadata_path(asked.face.text, offset)
    span = metadata_span(asked.face.text, path) if path else None
    return (asked, path, span, offset) if path and span is not None and span.touches(offset) else None


def unchanged(state: State, asked: Asked, found: Iterable[str] = ()) -> bool:
    """Whether what was asked about, and the cells `found`, still have their texts; so positions in them are right.

    Otherwise raises Stale, where the client knows what that means, or answers no.
    """
    now = state.asked(asked.face.uri)
    if now is not None and now.face.text == asked.face.text:
        homes = {key for cell in found if (key := asked.group.homes.get(cell)) is not None}
        before, after = asked.group.faces, now.group.faces
        if all(key in before and key in after and before[key].text == after[key].text for key in homes):
            return True
    if state.client.stale_requests:
        raise Stale("the text was changed meanwhile")
    return False


async def guarded(what: str, target: Target, answer: Awaitable[T], default: T) -> T:
    """A service that fails costs one answer, which is empty, and a line in the log with its cell."""
    return await answered(what, target.snapshot.notebook.cells[target.index], default, answer)
