"""Where the characters of a YAML scalar stand in the file.

The scalar's value comes from the YAML parser; here it is followed through the file's text, piece by piece. When the
pieces do not add up to the value the answer is no pieces at all: unmapped is right where exact is impossible.
Source: YAML 1.1, chapters 8 and 9 (block and flow scalar styles).
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from polycell.core.patterns import pattern
from polycell.formats.lines import line_at, lines_in

_INDICATOR = pattern(r"[|>](?:[+-]?([1-9])?[+-]?)[ \t]*(?:#[^\r\n]*)?(?=[\r\n]|\Z)")
_HEX = {"x": 2, "u": 4, "U": 8}
_ESCAPES = dict(
    zip('0abt\tnvfre "/\\N_LP', '\0\a\b\t\t\n\v\f\r\x1b "/\\\x85\xa0\u2028\u2029', strict=True),
)


class Scalar(Struct, frozen=True):
    """`style` is `|`, `>`, `'`, `"` or empty (plain); `[start, end)` what the parser says, a little wide."""

    value: str
    style: str
    start: int
    end: int


class ScalarPiece(Struct, frozen=True):
    """`document_length` characters at `document` stand for `length` characters at `start` of the value."""

    start: int
    length: int
    document: int
    document_length: int


def pieces(text: str, scalar: Scalar) -> tuple[ScalarPiece, ...]:
    """The pieces of a scalar, in order; () when the file's text and the value do not agree."""
    walk = {"|": _literal, ">": _folded, "'": _single, '"': _double}.get(scalar.style, _plain)
    found: list[ScalarPiece] = []
    length = 0
    for value, document, document_length in walk(text, scalar):
        if not scalar.value.startswith(value, length):
            return ()
        last = found[-1] if found else None
        straight = len(value) == document_length
        if last and straight and last.length == last.document_length and last.document + last.length == document:
            found[-1] = ScalarPiece(last.start, last.length + len(value), last.document, last.length + len(value))
        elif value:
            found.append(ScalarPiece(length, len(value), document, document_length))
        length += len(value)
    return tuple(found) if length == len(scalar.value) else ()


_Walk = Iterator[tuple[str, int, int]]


def _block(text: str, scalar: Scalar) -> tuple[int, int] | None:
    """Where a block scalar's first line begins, and its indentation."""
    at = scalar.start
    while at < len(text) and text[at] in " \t":
        at += 1
    match = _INDICATOR.match(text, at)
    if not match:
        return None
    first = line_at(text, match.end(), len(text)).next
    if not match[1]:
        for line in lines_in(text, first, len(text)):
            content = text[line.start : line.end]
            if content.strip(" "):
                return first, len(content) - len(content.lstrip(" "))
        return None
    # An indentation indicator counts from the parent's own, which only the value can tell: try the likely ones.
    line = line_at(text, first, len(text))
    head = scalar.value.split("\n", 1)[0]
    content = text[line.start : line.end]
    return (first, len(content) - len(head)) if content.endswith(head) else None


def _literal(text: str, scalar: Scalar) -> _Walk:
    found = _block(text, scalar)
    if found is None:
        return
    first, indent = found
    left = len(scalar.value)
    for line in lines_in(text, first, len(text)):
        if left <= 0:
            return
        start = min(line.start + indent, line.end)
        if text[line.start : start].strip(" "):
            return
        content = text[start : line.end][:left]
        if content:
            yield content, start, len(content)
            left -= len(content)
        if left > 0 and line.next > line.end:
            yield "\n", line.end, line.next - line.end
            left -= 1


def _folded(text: str, scalar: Scalar) -> _Walk:
    """Line ends between two plain lines are blanks of the value; elsewhere folding is left to the check in `pieces`."""
    found = _block(text, scalar)
    if found is None:
        return
    first, indent = found
    left = scalar.value
    for line in lines_in(text, first, len(text)):
        if not left:
            return
        start = min(line.start + indent, line.end)
        content = text[start : line.end]
        if not left.startswith(content):
            return
        if content:
            yield content, start, len(content)
            left = left[len(content) :]
        elif not left.startswith("\n"):
            continue  # the first of several line ends is folded away
        if left and left[0] in " \n" and line.next > line.end:
            # "a\n\nb" folds to one line end: whichever of the two carries it, the next line's text must fit.
            following = line_at(text, line.next, len(text)) if line.next < len(text) else None
            blank = following is not None and not text[following.start : following.end].strip(" ")
            if not (blank and left[0] == "\n" and content and not content.startswith((" ", "\t"))):
                yield left[0], line.end, line.next - line.end
                left = left[1:]


def _flow_lines(text: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """A flow scalar's text with its folded line ends: (kind, start, end), kind `text`, ` ` or line ends."""
    at = start
    while at < end:
        line = line_at(text, at, end)
        stop = line.end
        if line.next >= end and line.next == line.end:
            yield "text", at, stop
            return
        while stop > at and text[stop - 1] in " \t":
            stop -= 1
        yield "text", at, stop
        following = line.next
        breaks = 0
        while following < end:
            ahead = following
            while ahead < end and text[ahead] in " \t":
                ahead += 1
            if ahead < end and text[ahead] in "\r\n":
                breaks += 1
                following = line_at(text, ahead, end).next
                continue
            following = ahead
            break
        yield "\n" * breaks or " ", stop, following
        at = following


def _plain(text: str, scalar: Scalar) -> _Walk:
    start = scalar.start
    while start < scalar.end and text[start] in " \t\r\n":
        start += 1
    end = scalar.end
    if scalar.value and not scalar.value[-1].isspace():
        while end > start and text[end - 1].isspace():
            end -= 1
    for kind, begin, stop in _flow_lines(text, start, end):
        if kind == "text":
            yield text[begin:stop], begin, stop - begin
        else:
            yield kind, begin, stop - begin


def _quoted(text: str, scalar: Scalar, quote: str) -> tuple[int, int] | None:
    start = scalar.start
    while start < scalar.end and text[start] in " \t\r\n":
        start += 1
    end = scalar.end
    while end > start + 1 and text[end - 1] != quote:
        end -= 1
    return (start + 1, end - 1) if text.startswith(quote, start) and end - 1 > start else None


def _single(text: str, scalar: Scalar) -> _Walk:
    found = _quoted(text, scalar, "'")
    if found is None:
        return
    for kind, begin, stop in _flow_lines(text, *found):
        if kind != "text":
            yield kind, begin, stop - begin
            continue
        at = begin
        while (double := text.find("''", at, stop)) >= 0:
            yield text[at:double], at, double - at
            yield "'", double, 2
            at = double + 2
        yield text[at:stop], at, stop - at


def _double(text: str, scalar: Scalar) -> _Walk:
    found = _quoted(text, scalar, '"')
    if found is None:
        return
    for kind, begin, stop in _flow_lines(text, *found):
        if kind != "text":
            if text[begin - 1 : begin] == "\\":
                continue  # an escaped line end joins the lines
            yield kind, begin, stop - begin
            continue
        at = begin
        while (slash := text.find("\\", at, stop)) >= 0:
            if slash > at:
                yield text[at:slash], at, slash - at
            letter = text[slash + 1 : slash + 2] if slash + 1 < stop else ""
            digits = _HEX.get(letter, 0)
            if digits:
                try:
                    value = chr(int(text[slash + 2 : slash + 2 + digits], 16))
                except (ValueError, OverflowError):
                    return
            else:
                value = _ESCAPES.get(letter, "")
            at = slash + 2 + digits if letter else slash + 1
            if value:
                yield value, slash, at - slash
        if stop > at:
            yield text[at:stop], at, stop - at
