from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from polycell.core.text import LineIndex, Position, Span, common_end, common_start

TEXT = st.text(alphabet="ab\n\r\f\u2028😀é", max_size=40)


def test_lines_end_where_lsp_says() -> None:
    lines = LineIndex("a\r\nb\rc\nd\fe\u2028f")
    assert lines.starts == [0, 3, 5, 7]
    assert [lines.line_span(i).of(lines.text) for i in range(len(lines))] == ["a", "b", "c", "d\fe\u2028f"]


def test_positions_outside_are_clamped() -> None:
    lines = LineIndex("ab\ncd")
    assert lines.offset(Position(0, 99)) == 2
    assert lines.offset(Position(9, 0)) == 5
    assert lines.offset(Position(1, -4)) == 3
    assert lines.offset(Position(-1, 0)) == 0
    assert lines.position(99) == Position(1, 2)


@given(TEXT)
def test_offsets_and_positions_round_trip(text: str) -> None:
    lines = LineIndex(text)
    for offset in range(len(text) + 1):
        # An offset between \r and \n is no place of its own: it comes back as the end of the line.
        back = lines.offset(lines.position(offset))
        inside_line_end = text[max(offset - 1, 0) : offset + 1] == "\r\n"
        assert back == (offset - 1 if inside_line_end else offset)


def test_spans() -> None:
    assert Span(1, 3).of("abcd") == "bc"
    assert 3 not in Span(1, 3)
    assert Span(1, 3).touches(3)
    assert Span(1, 3).shift(2) == Span(3, 5)


@given(TEXT, TEXT)
def test_what_texts_have_in_common(a: str, b: str) -> None:
    start, end = common_start(a, b), common_end(a, b)
    assert a[:start] == b[:start]
    assert a[start : start + 1] != b[start : start + 1] or start == min(len(a), len(b))
    assert a[len(a) - end :] == b[len(b) - end :]
    before = a[: len(a) - end][-1:], b[: len(b) - end][-1:]
    assert before[0] != before[1] or end == min(len(a), len(b))
