"""A tolerant JSON reader that knows where its strings stand.

Values that nobody asks about are read, or skipped, by the standard library's C scanner; only the objects on the way to
the strings of interest are walked here. What is broken is noted at its position and reading goes on where that is
possible: over a missing or surplus comma, the marks of a merge conflict, the end of a file that was cut off.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from polycell.core.patterns import pattern
from polycell.core.text import Span
from polycell.core.virtual import Segment, SegmentMap
from polycell.formats.model import DocumentProblem

_SPACE = pattern(r"[ \t\n\r\ufeff]*")
_CONFLICT = pattern(r"^(?:<{7}|={7}|>{7}|\|{7})(?: .*)?$", re.MULTILINE)
# Strings and brackets, for stepping over a value that the scanner refuses.
_STRUCTURE = pattern(r'"[^"\\]*(?:\\.[^"\\]*)*"?|[\[\]{}]', re.DOTALL)
_PIECES = pattern(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|[^\\]+", re.DOTALL)
_SCALAR_END = pattern(r"[,\]}\s]")
# The standard library's C functions, which typeshed leaves out; lenient about raw line breaks and tabs in strings.
_scan: Callable[[str, int], tuple[Any, int]] = getattr(json.JSONDecoder(strict=False), "scan_once")  # noqa: B009
_scan_string: Callable[[str, int, bool], tuple[str, int]] = getattr(json.decoder, "scanstring")  # noqa: B009

# The scanner's messages in our words.
_PLAIN = {
    "Expecting ':' delimiter": "a colon should follow the key",
    "Expecting ',' delimiter": "a comma is missing before this",
    "Expecting property name enclosed in double quotes": "a key in double quotes should stand here",
    "Unterminated string starting at": "this string has no end",
}

MAX_PROBLEMS = 20
_BROKEN = "Broken JSON:"


class JsonString(NamedTuple):
    """A string's value and the span of its raw text between the quotes."""

    value: str
    span: Span


class Broken(Exception):  # noqa: N818 - not an error of the program: how a reader leaves what cannot be read on
    """The text cannot be read any further; the problem has been noted."""


class JsonReader:
    """A cursor over one text. `problems` are what was met so far, at most `MAX_PROBLEMS`."""

    __slots__ = ("at", "problems", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.problems: list[DocumentProblem] = []

    # -- noting problems

    def note(self, message: str, at: int | None = None, length: int = 1) -> None:
        """One mistake makes one problem: what is amiss behind broken JSON mostly comes from that place."""
        if len(self.problems) >= MAX_PROBLEMS or any(p.message.startswith(_BROKEN) for p in self.problems):
            return
        at = min(self.at if at is None else at, len(self.text))
        self.problems.append(DocumentProblem(message, Span(at, min(at + length, len(self.text)))))

    def _give_up(self, message: str) -> Broken:
        self.note(message)
        return Broken()

    # -- moving

    def peek(self) -> str:
        """The next character that is not white space; "" at the end."""
        match = _SPACE.match(self.text, self.at)
        self.at = match.end() if match else self.at
        following = self.text[self.at : self.at + 1]
        if following and following in "<=>|" and self._skip_conflict():
            return self.peek()
        return following

    def _skip_conflict(self) -> bool:
        mark = _CONFLICT.match(self.text, self.at)
        if mark is None:
            return False
        if not any(p.message.startswith("A merge conflict") for p in self.problems):
            self.note(
                "A merge conflict is left in the file: choose one side and delete these marks", length=len(mark[0])
            )
        self.at = mark.end()
        return True

    def members(self) -> Iterator[str]:
        """Keys of the object at the cursor, which stands at each value when its key is given.

        The caller reads or skips the value before the next key. Raises `Broken` when the object cannot be read on.
        """
        yield from self._items("{", "}", "an object")

    def elements(self) -> Iterator[int]:
        """Numbers of the elements of the array at the cursor, in the same manner."""
        for number, _ in enumerate(self._items("[", "]", "an array")):
            yield number

    def _items(self, opening: str, closing: str, what: str) -> Iterator[str]:
        if self.peek() != opening:
            raise self._give_up(f"Broken JSON: {what} should begin here")
        self.at += 1
        first = True
        while True:
            following = self.peek()
            comma = False
            if following == ",":
                comma = True
                if first:
                    self.note("Broken JSON: a comma too many")
                where = self.at
                self.at += 1
                following = self.peek()
                while following == ",":
                    self.note("Broken JSON: a comma too many")
                    self.at += 1
                    following = self.peek()
                if following == closing:
                    self.note("Broken JSON: a comma too many", where)
            if following == closing:
                self.at += 1
                return
            if not following:
                raise self._give_up(f"Broken JSON: the file ends inside {what}; it was cut off or not saved completely")
            if not first and not comma:
                self.note("Broken JSON: a comma is missing before this")
            first = False
            before = self.at
            if opening == "{":
                if following != '"':
                    raise self._give_up("Broken JSON: a key in double quotes should stand here")
                key = self.string().value
                if self.peek() != ":":
                    raise self._give_up("Broken JSON: a colon should follow the key")
                self.at += 1
                yield key
            else:
                yield ""
            if self.at == before:
                raise self._give_up("Broken JSON: a value should stand here")

    # -- values

    def string(self) -> JsonString:
        """The string at the cursor. Raises `Broken` where it never ends."""
        start = self.at + 1
        try:
            value, self.at = _scan_string(self.text, start, False)
        except ValueError:
            return self._broken_string(start)
        return JsonString(value, Span(start, self.at - 1))

    def _broken_string(self, start: int) -> JsonString:
        """A string with a wrong escape is read with the escape as it stands; one without end ends the reading."""
        match = _STRUCTURE.match(self.text, start - 1)
        end = match.end() if match else len(self.text)
        if match is None or end - start < 1 or self.text[end - 1] != '"':
            self.at = start - 1
            self.note("Broken JSON: this string has no end; the file was cut off or not saved completely")
            self.at = len(self.text)
            raise Broken
        self.note("Broken JSON: a wrong escape in this string", start, end - 1 - start)
        self.at = end
        span = Span(start, end - 1)
        return JsonString("".join(value for value, _ in _unescape(self.text, span)), span)

    def value(self) -> Any:
        """The value at the cursor, any JSON; None where it is broken and had to be stepped over."""
        following = self.peek()
        if following == '"':
            return self.string().value
        start = self.at
        try:
            found, self.at = _scan(self.text, self.at)
        except StopIteration as stop:
            self._step_over(start, stop.value if isinstance(stop.value, int) else start)
        except json.JSONDecodeError as error:
            self._step_over(start, error.pos, error.msg)
        except (ValueError, RecursionError):
            # A number of thousands of digits, nesting of thousands of levels: sound JSON that nobody needs.
            self._step_over(start, None)
        else:
            return found
        return None

    def skip(self) -> Span:
        """Step over the value at the cursor; its span."""
        self.peek()
        start = self.at
        self.value()
        return Span(start, self.at)

    def _step_over(self, start: int, wrong: int | None, what: str = "a value should stand here") -> None:
        if wrong is not None:
            conflict = _CONFLICT.match(self.text, wrong)
            if conflict:
                self.at = wrong
                self._skip_conflict()
            else:
                self.note(f"Broken JSON: {_PLAIN.get(what) or what[:1].lower() + what[1:]}", wrong)
        if self.text[start : start + 1] not in ("[", "{"):
            end = _SCALAR_END.search(self.text, start)
            self.at = end.start() if end else len(self.text)
            return
        depth = 0
        for token in _STRUCTURE.finditer(self.text, start):
            sign = token[0]
            if sign in ("[", "{"):
                depth += 1
            elif sign in ("]", "}"):
                depth -= 1
                if depth == 0:
                    self.at = token.end()
                    return
        self.at = len(self.text)
        raise Broken


def _unescape(text: str, span: Span) -> Iterator[tuple[str, int]]:
    """(decoded piece, raw length) of a raw string, escapes one by one; a wrong escape stands for itself."""
    for match in _PIECES.finditer(text, span.start, span.end):
        raw = match[0]
        if raw[0] != "\\":
            yield raw, len(raw)
            continue
        try:
            yield _scan_string(f'{raw}"', 0, False)[0], len(raw)
        except ValueError:
            yield raw, len(raw)


def segments(text: str, cell: str, start: int, strings: Iterable[JsonString], joint: int = 0) -> Iterator[Segment]:
    """How `strings`, joined, make the text of `cell` from its offset `start`: plain runs and escapes as atoms.

    `joint` characters of the cell stand between two strings without standing in the document.
    """
    offset = start
    for number, string in enumerate(strings):
        if number:
            offset += joint
        at = string.span.start
        if len(string.value) == len(string.span):
            # A wrong escape may stand for itself; any right one is longer than what it means.
            yield Segment(cell, offset, len(string.value), at, len(string.span))
            offset += len(string.value)
            continue
        for piece, length in _unescape(text, string.span):
            yield Segment(cell, offset, len(piece), at, length)
            offset += len(piece)
            at += length


class LazyMap(SegmentMap):
    """A map whose segments are made when somebody first asks: most readers of a file never do."""

    __slots__ = ("_make",)

    def __init__(self, make: Callable[[], Iterable[Segment]]) -> None:
        self._make = make

    def __getattr__(self, name: str) -> Any:
        # Reached only for a slot that is not filled yet.
        if name not in SegmentMap.__slots__:
            raise AttributeError(name)
        super().__init__(self._make())
        return object.__getattribute__(self, name)
