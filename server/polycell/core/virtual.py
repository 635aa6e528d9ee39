"""Texts made out of other texts, and the way back.

A `VirtualDocument` is made by one function from pieces: copied pieces keep a `Segment` that maps them back, glue has
none, so what an engine says about glue maps to nothing. The same map serves the other direction for files: a percent
script or the JSON of an .ipynb is a document whose segments are its cells.

A segment whose two lengths are equal maps offset by offset; one whose lengths differ is an atom (a JSON escape such as
`\\u00e9`, six characters for one) and maps as a whole.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from msgspec import Struct

from polycell.core.text import Span


class Segment(Struct, frozen=True):
    """`document_length` characters at `document` stand for `cell_length` characters at `start` of cell `cell`."""

    cell: str
    start: int
    cell_length: int
    document: int
    document_length: int

    @property
    def is_atom(self) -> bool:
        return self.cell_length != self.document_length


class Piece(Struct, frozen=True):
    """A part of a virtual text: a copy of `text` from `cell` at `start`, or glue when `cell` is None."""

    text: str
    cell: str | None = None
    start: int = 0


class Place(Struct, frozen=True):
    """An offset in a cell."""

    cell: str
    offset: int


class SegmentMap:
    """Segments of one document, sorted both ways. Segments of one cell must not overlap."""

    __slots__ = ("_by_cell", "_documents", "segments")

    def __init__(self, segments: Iterable[Segment]) -> None:
        self.segments: Sequence[Segment] = sorted(segments, key=lambda s: (s.document, s.document_length))
        self._documents = [s.document for s in self.segments]
        by_cell: dict[str, list[Segment]] = {}
        for segment in self.segments:
            by_cell.setdefault(segment.cell, []).append(segment)
        self._by_cell = {
            cell: ([s.start for s in found], found)
            for cell, found in (
                (cell, sorted(found, key=lambda s: (s.start, s.cell_length))) for cell, found in by_cell.items()
            )
        }

    def to_cell(self, offset: int) -> Place | None:
        """The place that a document offset stands for; an offset at a segment's end belongs to it. None in glue."""
        at = bisect_right(self._documents, offset) - 1
        if at < 0:
            return None
        segment = self.segments[at]
        inside = offset - segment.document
        if inside > segment.document_length:
            return None
        if inside == 0 and at > 0 and segment.document_length == 0:
            previous = self.segments[at - 1]
            if previous.cell == segment.cell and previous.document + previous.document_length == offset:
                segment, inside = previous, previous.document_length
        if segment.is_atom:
            inside = 0 if inside < segment.document_length else segment.cell_length
        return Place(segment.cell, segment.start + inside)

    def to_document(self, cell: str, offset: int) -> int | None:
        """Where a cell's offset stands in the document; None for text that was left out."""
        starts, found = self._by_cell.get(cell, ([], []))
        at = bisect_right(starts, offset) - 1
        if at < 0:
            return None
        segment = found[at]
        inside = offset - segment.start
        if inside > segment.cell_length:
            return None
        if segment.is_atom:
            inside = 0 if inside < segment.cell_length else segment.document_length
        return segment.document + inside

    def span_to_cell(self, span: Span) -> tuple[str, Span] | None:
        """A document span as a span of one cell; None where it leaves its cell or lies in glue."""
        start, end = self.to_cell(span.start), self.to_cell(span.end)
        if start is None or end is None or start.cell != end.cell or end.offset < start.offset:
            return None
        return start.cell, Span(start.offset, end.offset)

    def span_to_document(self, cell: str, span: Span) -> Span | None:
        start, end = self.to_document(cell, span.start), self.to_document(cell, span.end)
        if start is None or end is None or end < start:
            return None
        return Span(start, end)


class VirtualDocument(Struct, frozen=True):
    text: str
    map: SegmentMap


def build(pieces: Iterable[Piece]) -> VirtualDocument:
    """Join pieces into one text together with its map."""
    texts: list[str] = []
    segments: list[Segment] = []
    length = 0
    for piece in pieces:
        if piece.cell is not None:
            segments.append(Segment(piece.cell, piece.start, len(piece.text), length, len(piece.text)))
        texts.append(piece.text)
        length += len(piece.text)
    return VirtualDocument("".join(texts), SegmentMap(segments))
