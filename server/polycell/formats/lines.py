"""Cutting a text document into cells: the texts of the cells and the map back come out of the same spans.

A format says which spans of the document a cell keeps; what it leaves out (comment prefixes, indentation, fences,
markers) is simply not among them. `Sheet` joins the spans, so a cell's text can never differ from what its map says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from msgspec import Struct, field

from polycell.core.notebook import Cell, CellKind, Notebook
from polycell.core.text import Span
from polycell.core.values import replace
from polycell.core.virtual import Segment, SegmentMap
from polycell.formats.cells import make_cell
from polycell.formats.model import CellSource, Document, DocumentProblem


class Line(Struct, frozen=True):
    """One line: `[start, end)` is its text without the line end, `next` where the following line starts."""

    start: int
    end: int
    next: int

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


def line_at(text: str, start: int, end: int) -> Line:
    """The line that begins at `start`, looking no further than `end`. Lines end at LF, CRLF and CR, as in LSP."""
    feed = text.find("\n", start, end)
    stop = end if feed < 0 else feed
    carriage = text.find("\r", start, stop)
    if carriage >= 0:
        return Line(start, carriage, carriage + 2 if carriage + 1 == feed else carriage + 1)
    return Line(start, stop, end if feed < 0 else feed + 1)


def lines_in(text: str, start: int, end: int) -> Iterator[Line]:
    """The lines of `text[start:end]`. An empty range has none; a line end at the very end opens no further line."""
    while start < end:
        line = line_at(text, start, end)
        yield line
        start = line.next


def line_start(text: str, offset: int) -> int:
    """Where the line that holds `offset` begins."""
    return max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1


def without_last_line_end(text: str, start: int, end: int) -> int:
    """`end`, moved before one line end that stands directly before it."""
    if end > start and text[end - 1] == "\n":
        end -= 1
    if end > start and text[end - 1] == "\r":
        end -= 1
    return end


def is_blank(text: str, start: int, end: int) -> bool:
    return start >= end or text[start:end].isspace()


def trim_blank_lines(text: str, start: int, end: int) -> Span:
    """`[start, end)` without the blank lines at either end, and without the last line end. Indentation stays."""
    while end > start and text[end - 1].isspace():
        end -= 1
    first = start
    while first < end and text[first].isspace():
        first += 1
    return Span(max(start, line_start(text, first)), end) if first < end else Span(start, start)


@lru_cache(maxsize=16)
def _comment_pattern(comment: str) -> re.Pattern[str]:
    return re.compile(rf"(?:^|(?<=\r))[ \t]*({re.escape(comment)} ?)", re.MULTILINE)


def uncommented(text: str, start: int, end: int, comment: str) -> list[Span]:
    """The spans of `[start, end)` without `comment` and one space at each line's start; other lines stay whole."""
    spans = []
    for match in _comment_pattern(comment).finditer(text, start, end):
        begin, after = match.span(1)
        if begin > start:
            spans.append(Span(start, begin))
        start = after
    if end > start:
        spans.append(Span(start, end))
    return spans


def all_commented(text: str, start: int, end: int, comment: str) -> bool:
    """Whether every line that is not blank is a comment, and there is one."""
    found = False
    for line in lines_in(text, start, end):
        content = text[line.start : line.end].lstrip()
        if content:
            if not content.startswith(comment):
                return False
            found = True
    return found


class _Kept(Struct):
    """Cells made before, by everything they are made of. Cells are frozen, so readings and documents share them."""

    cells: dict[tuple[str, ...], Cell] = field(default_factory=dict)
    size: int = 0

    def put(self, key: tuple[str, ...], cell: Cell) -> None:
        self.size += len(cell.text) + CELL_SIZE
        if self.size > MOST_KEPT:
            self.cells.clear()
            self.size = len(cell.text) + CELL_SIZE
        self.cells[key] = cell


CELL_SIZE = 500  # what a cell takes beside its text
MOST_KEPT = 12_000_000  # characters
_KEPT = _Kept()


class Sheet(Struct):
    """Collects the cells of one notebook of a document, in order. Ids are `prefix` and a number unless given."""

    text: str
    notebook: Notebook
    prefix: str = "c"
    cells: list[Cell] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    _problems: list[DocumentProblem] = field(default_factory=list)
    signature: str = ""

    def __post_init__(self) -> None:
        notebook = self.notebook
        self.signature = f"{notebook.host} {notebook.language} {notebook.metadata!r}"

    def add(
        self,
        spans: Iterable[Span],
        kind: CellKind = "code",
        *,
        declared: str = "",
        metadata: Mapping[str, Any] | None = None,
        name: str = "",
        result: str = "",
        execution_count: int | None = None,
        cell_id: str = "",
    ) -> Cell:
        """A cell made of `spans` of the document, which must be in order and must not overlap."""
        cell_id = cell_id or f"{self.prefix}{len(self.cells)}"
        text = self._keep(cell_id, spans)
        # Every keystroke reads the whole document again: what did not change is the very same cell as before.
        key = (self.signature, cell_id, text, kind, declared, repr(metadata) if metadata else "", name, result)
        cell = _KEPT.cells.get(key)
        if cell is not None and execution_count is None:
            self.cells.append(cell)
            return cell
        source = CellSource(
            cell_id,
            text,
            kind,
            declared=declared,
            metadata=metadata or {},
            # The format's own word on the cell, which is stronger than an editor's guess (`cells.make_cell`).
            outer={"language": declared} if declared else {},
            name=name,
            result=result,
            execution_count=execution_count,
        )
        cell = make_cell(source, self.notebook)
        _KEPT.put(key, cell)
        self.cells.append(cell)
        return cell

    def problem(self, message: str, span: Span) -> None:
        self._problems.append(DocumentProblem(message, span))

    def _keep(self, cell_id: str, spans: Iterable[Span]) -> str:
        parts: list[str] = []
        length = 0
        start = end = -1
        for span in spans:
            if span.start == end:
                end = span.end
                continue
            if start >= 0:
                self.segments.append(Segment(cell_id, length, end - start, start, end - start))
                parts.append(self.text[start:end])
                length += end - start
            start, end = span.start, span.end
        if start >= 0:
            self.segments.append(Segment(cell_id, length, end - start, start, end - start))
            parts.append(self.text[start:end])
        return "".join(parts)

    def finished(self) -> Notebook:
        return replace(self.notebook, cells=tuple(self.cells))

    def document(self) -> Document:
        return Document((self.finished(),), SegmentMap(self.segments), tuple(self._problems))
