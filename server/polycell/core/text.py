"""Text positions. Everything inside Polycell counts code points from 0; LSP encodings exist in `lsp` alone.

A `Span` is a half-open range of offsets into one text. A `Position` is a (line, column) pair, used only where a
person or a protocol wants lines. Lines end as LSP says: at `\\n`, `\\r\\n` and `\\r`, and nowhere else (not at form
feed, not at U+2028), which is why `str.splitlines` is never used here.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate

from msgspec import Struct

from polycell.core.patterns import pattern

_LINE_END = pattern(r"\r\n|\n|\r")


def has_any(text: str, words: Iterable[str]) -> bool:
    """Whether one of the words is somewhere in the text. Asked before a regular expression of alternatives, which is
    tried at each character and takes twenty times as long to find that a text has none of them."""
    for word in words:  # noqa: SIM110  (a generator would take as long as all the searching)
        if word in text:
            return True
    return False


class Span(Struct, frozen=True, order=True):
    """Half-open range `[start, end)` of code-point offsets."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start

    def __contains__(self, offset: int) -> bool:
        return self.start <= offset < self.end

    def touches(self, offset: int) -> bool:
        """True also for an offset just behind the last character: where a cursor still belongs to a word."""
        return self.start <= offset <= self.end

    def shift(self, by: int) -> Span:
        return Span(self.start + by, self.end + by)

    def of(self, text: str) -> str:
        return text[self.start : self.end]


class Position(Struct, frozen=True, order=True):
    """0-based line and column, both in code points."""

    line: int
    column: int


class LineIndex:
    """Line starts of one text; converts between offsets and positions, clamping what lies outside."""

    __slots__ = ("starts", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        if "\r" in text:
            self.starts = [0, *[m.end() for m in _LINE_END.finditer(text)]]
        else:  # as nearly always, and without a step of ours for each line
            self.starts = [*accumulate(map((1).__add__, map(len, text.split("\n")[:-1])), initial=0)]

    def __len__(self) -> int:
        return len(self.starts)

    def line_span(self, line: int) -> Span:
        """The line without its line end; an empty span at the end of the text for lines behind the last."""
        if line >= len(self.starts):
            return Span(len(self.text), len(self.text))
        start = self.starts[line]
        end = self.starts[line + 1] if line + 1 < len(self.starts) else len(self.text)
        while end > start and self.text[end - 1] in "\r\n":
            end -= 1
        return Span(start, end)

    def position(self, offset: int) -> Position:
        offset = min(max(offset, 0), len(self.text))
        line = bisect_right(self.starts, offset) - 1
        return Position(line, offset - self.starts[line])

    def offset(self, position: Position) -> int:
        if position.line < 0:
            return 0
        span = self.line_span(position.line)
        return min(span.start + max(position.column, 0), span.end)


def common_start(a: str, b: str) -> int:
    """How many characters two texts have in common at their beginning. Told by halves, since texts are long and
    comparing slices is quick."""
    low, high = 0, min(len(a), len(b))
    while low < high:
        middle = (low + high + 1) // 2
        if a[low:middle] == b[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def common_end(a: str, b: str) -> int:
    """The same at their end."""
    low, high = 0, min(len(a), len(b))
    while low < high:
        middle = (low + high + 1) // 2
        if a[len(a) - middle : len(a) - low] == b[len(b) - middle : len(b) - low]:
            low = middle
        else:
            high = middle - 1
    return low
