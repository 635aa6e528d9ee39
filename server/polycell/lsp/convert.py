"""Positions between the client's encoding and ours: the only place where LSP's columns are counted.

Inside, everything is an offset in code points. A client counts columns in UTF-16 code units unless it agreed on UTF-8
bytes or UTF-32 code points (LSP 3.17, `general.positionEncodings`). Lines end as LSP says, which `LineIndex` knows.
Whatever lies outside of the text is clamped into it: a client that is one edit ahead or behind must get an answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lsprotocol import types

from polycell.core.text import LineIndex, Span
from polycell.lsp.client import Encoding


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


def to_offset(lines: LineIndex, position: types.Position, encoding: Encoding) -> int:
    """The offset of a client's position, clamped to its line and to the text."""
    return offset_at(lines, position.line, position.character, encoding)


def offset_at(lines: LineIndex, line: int, character: int, encoding: Encoding) -> int:
    if line < 0:
        return 0
    span = lines.line_span(line)
    return span.start + points(span.of(lines.text), character, encoding)


def to_position(lines: LineIndex, offset: int, encoding: Encoding) -> types.Position:
    """The client's position of an offset. An offset inside a line end is that of the line's last character."""
    place = lines.position(offset)
    span = lines.line_span(place.line)
    before = lines.text[span.start : min(span.start + place.column, span.end)]
    return types.Position(place.line, units(before, encoding))


def to_range(lines: LineIndex, span: Span, encoding: Encoding) -> types.Range:
    return types.Range(to_position(lines, span.start, encoding), to_position(lines, span.end, encoding))


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
