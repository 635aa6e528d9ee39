from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from polycell.core.text import Span
from polycell.core.virtual import Piece, Place, Segment, SegmentMap, build

GLUE = st.builds(Piece, st.text(alphabet="xy\n", max_size=5))
COPIES = st.lists(st.text(alphabet="ab\r\n\f\u2028😀", max_size=8), max_size=6)


@given(copies=COPIES, glue=st.lists(GLUE, min_size=7, max_size=7))
def test_every_copied_character_maps_there_and_back(copies: list[str], glue: list[Piece]) -> None:
    pieces = []
    for number, text in enumerate(copies):
        pieces += [glue[number], Piece(text, f"c{number}", 0)]
    pieces.append(glue[len(copies)])
    document = build(pieces)
    for number, text in enumerate(copies):
        for offset in range(len(text)):
            at = document.map.to_document(f"c{number}", offset)
            assert at is not None
            assert document.text[at] == text[offset]
            assert document.map.to_cell(at) == Place(f"c{number}", offset)


def test_glue_maps_to_nothing() -> None:
    document = build([Piece("glue "), Piece("abc", "c"), Piece(" more glue")])
    assert document.map.to_cell(2) is None
    assert document.map.to_cell(5) == Place("c", 0)
    assert document.map.to_cell(8) == Place("c", 3), "the end of a segment is still its cell's"
    assert document.map.to_cell(9) is None
    assert document.map.span_to_cell(Span(5, 12)) is None


def test_an_atom_maps_as_a_whole() -> None:
    # "a\u00e9b" in JSON: one character of the cell is six of the document
    made = SegmentMap([Segment("c", 0, 1, 10, 1), Segment("c", 1, 1, 11, 6), Segment("c", 2, 1, 17, 1)])
    assert made.to_document("c", 1) == 11
    assert made.to_document("c", 2) == 17
    assert [made.to_cell(at) for at in (11, 13, 16)] == [Place("c", 1)] * 3
    assert made.to_cell(17) == Place("c", 2)
    assert made.span_to_document("c", Span(1, 2)) == Span(11, 17)


def test_text_that_was_left_out_maps_to_nothing() -> None:
    document = build([Piece("abc", "c", 0), Piece("xyz", "c", 10)])
    assert document.map.to_document("c", 2) == 2
    assert document.map.to_document("c", 7) is None
    assert document.map.to_document("c", 11) == 4
    assert document.map.to_document("other", 0) is None


def test_an_empty_cell_has_a_place() -> None:
    document = build([Piece("g\n"), Piece("", "empty"), Piece("\ng")])
    assert document.map.to_cell(2) == Place("empty", 0)
    assert document.map.to_document("empty", 0) == 2
