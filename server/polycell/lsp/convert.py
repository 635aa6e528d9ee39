"""Positions between the client's encoding and ours, as JSON and as the protocol library types them.

Inside, everything is an offset in code points. A client counts columns in UTF-16 code units unless it agreed on UTF-8
bytes or UTF-32 code points (LSP 3.17, `general.positionEncodings`). Lines end as LSP says, which `LineIndex` knows.
Whatever lies outside of the text is clamped into it: a client that is one edit ahead or behind must get an answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from polycell.bridge.positions import Encoding, column_at, offset_at, points, units, width
from polycell.core.text import LineIndex, Span

if TYPE_CHECKING:
    from lsprotocol import types

Json = dict[str, Any]

__all__ = [
    "Json",
    "Position",
    "apply_changes",
    "offset_at",
    "points",
    "range_json",
    "to_offset",
    "to_position",
    "to_range",
    "units",
    "width",
]


class Position(Protocol):
    """A place as clients count it, from 0."""

    @property
    def line(self) -> int: ...

    @property
    def character(self) -> int: ...


def to_offset(lines: LineIndex, position: Position, encoding: Encoding) -> int:
    """The offset of a client's position, clamped to its line and to the text."""
    return offset_at(lines, position.line, position.character, encoding)


def to_position(lines: LineIndex, offset: int, encoding: Encoding) -> types.Position:
    """The client's position of an offset. An offset inside a line end is that of the line's last character."""
    from lsprotocol import types

    return types.Position(*column_at(lines, offset, encoding))


def to_range(lines: LineIndex, span: Span, encoding: Encoding) -> types.Range:
    from lsprotocol import types

    return types.Range(to_position(lines, span.start, encoding), to_position(lines, span.end, encoding))


def range_json(lines: LineIndex, span: Span, encoding: Encoding) -> Json:
    """The same as plain JSON, for what is written without the protocol library."""
    ends = (column_at(lines, offset, encoding) for offset in (span.start, span.end))
    start, end = ({"line": line, "character": character} for line, character in ends)
    return {"start": start, "end": end}


def apply_changes(text: str, changes: Iterable[Any], encoding: Encoding) -> str:
    """The text after `contentChanges` (plain JSON), applied one after the other; one without a range replaces all."""
    for change in changes:
        if not isinstance(change, Mapping) or not isinstance(change.get("text"), str):
            continue
        where = change.get("range")
        if not isinstance(where, Mapping):
            text = change["text"]
            continue
        lines = LineIndex(text)
        start, end = _raw_offset(lines, where.get("start"), encoding), _raw_offset(lines, where.get("end"), encoding)
        text = text[: min(start, end)] + change["text"] + text[max(start, end) :]
    return text


def _raw_offset(lines: LineIndex, position: object, encoding: Encoding) -> int:
    if not isinstance(position, Mapping):
        return 0
    line, character = position.get("line"), position.get("character")
    return offset_at(
        lines, line if isinstance(line, int) else 0, character if isinstance(character, int) else 0, encoding
    )
