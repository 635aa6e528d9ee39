"""Positions as the Language Server Protocol counts them: the only place where lines are cut into code units.

A peer counts columns in UTF-16 code units unless it agreed on UTF-8 bytes or UTF-32 code points (LSP 3.17,
`general.positionEncodings`). Whatever lies outside of the text is clamped into it: a peer that is one edit ahead or
behind must get an answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from polycell.core.text import LineIndex, Span

Encoding: TypeAlias = Literal["utf-8", "utf-16", "utf-32"]


def width(character: str, encoding: Encoding) -> int:
    """Code units of one code point. A lone surrogate is one unit of UTF-16 and three bytes of (generalised) UTF-8."""
    code = ord(character)
    if encoding == "utf-32":
        return 1
    if encoding == "utf-16":
        return 2 if code > 0xFFFF else 1
    return 1 if code < 0x80 else 2 if code < 0x800 else 3 if code < 0x10000 else 4


def units(text: str, encoding: Encoding) -> int:
    """The length of `text` in code units."""
    if encoding == "utf-32" or text.isascii():
        return len(text)
    return sum(width(character, encoding) for character in text)


def points(line: str, column: int, encoding: Encoding) -> int:
    """How many code points of `line` lie before `column`; a column inside a character counts as before it."""
    if column <= 0:
        return 0
    if encoding == "utf-32" or line.isascii():
        return min(column, len(line))
    for index, character in enumerate(line):
        column -= width(character, encoding)
        if column < 0:
            return index
        if column == 0:
            return index + 1
    return len(line)


def offset_at(lines: LineIndex, line: int, character: int, encoding: Encoding) -> int:
    """The offset of a peer's position, clamped to its line and to the text."""
    if line < 0:
        return 0
    span = lines.line_span(line)
    return span.start + points(span.of(lines.text), character, encoding)


def column_at(lines: LineIndex, offset: int, encoding: Encoding) -> tuple[int, int]:
    """The peer's (line, character) of an offset; inside a line end, that of the line's last character."""
    place = lines.position(offset)
    span = lines.line_span(place.line)
    before = lines.text[span.start : min(span.start + place.column, span.end)]
    return place.line, units(before, encoding)


def position(lines: LineIndex, offset: int, encoding: Encoding) -> dict[str, int]:
    line, character = column_at(lines, offset, encoding)
    return {"line": line, "character": character}


def range_of(lines: LineIndex, span: Span, encoding: Encoding) -> dict[str, dict[str, int]]:
    return {"start": position(lines, span.start, encoding), "end": position(lines, span.end, encoding)}


def span_of(lines: LineIndex, value: Any, encoding: Encoding) -> Span | None:
    """The span of a peer's range in plain JSON; None for what is none."""
    if not isinstance(value, Mapping):
        return None
    ends = []
    for key in ("start", "end"):
        place = value.get(key)
        line = place.get("line") if isinstance(place, Mapping) else None
        character = place.get("character") if isinstance(place, Mapping) else None
        if not isinstance(line, int) or not isinstance(character, int):
            return None
        ends.append(offset_at(lines, line, character, encoding))
    return Span(ends[0], max(ends))
