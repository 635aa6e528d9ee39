"""Positions: the three encodings, lines as the protocol counts them, and texts that nobody expects."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polycell.bridge.positions import Encoding
from polycell.core.text import LineIndex, Span
from polycell.lsp.client import choose_encoding
from polycell.lsp.convert import apply_changes, offset_at, points, to_position, to_range, units
from tests.lsp.client import position

CODECS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}
ENCODINGS: list[Encoding] = ["utf-8", "utf-16", "utf-32"]
strange = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("\n\r\f\v\x00\u2028\u2029\x85\ud800\udfff\U0001f600\u0301漢é"),
    ),
    max_size=40,
)


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        (None, "utf-16"),
        ([], "utf-16"),
        (["utf-16"], "utf-16"),
        (["utf-8", "utf-16"], "utf-8"),
        (["utf-8", "utf-32", "utf-16"], "utf-32"),
        (["utf-7"], "utf-16"),
        ("utf-8", "utf-16"),
        (3, "utf-16"),
    ],
)
def test_the_encoding_is_one_that_the_client_offers(offered: Any, chosen: str) -> None:
    assert choose_encoding(offered) == chosen


@pytest.mark.parametrize(
    ("character", "widths"),
    [("a", (1, 1, 1)), ("é", (2, 1, 1)), ("漢", (3, 1, 1)), ("\U0001f600", (4, 2, 1)), ("\u0301", (2, 1, 1))],
)
def test_widths(character: str, widths: tuple[int, int, int]) -> None:
    assert tuple(units(character, encoding) for encoding in ENCODINGS) == widths


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_lone_surrogate_counts_as_the_codec_counts_it(encoding: Encoding) -> None:
    codec, size = CODECS[encoding]
    text = "a\ud800b\udfff"
    assert units(text, encoding) == len(text.encode(codec, "surrogatepass")) // size


@pytest.mark.parametrize(
    ("text", "line", "column", "offset"),
    [
        ("a\r\nb", 1, 0, 3),
        ("a\rb", 1, 1, 3),
        ("a\n\rb", 2, 0, 3),
        ("a\fb\nc", 1, 0, 4),
        ("a\u2028b\nc", 1, 1, 5),
        ("a\x85b\vc", 0, 9, 5),
        ("ab\r\ncd", 0, 9, 2),
        ("ab\n", 1, 0, 3),
        ("ab", 9, 9, 2),
        ("ab", -1, 5, 0),
        ("ab", 0, -3, 0),
        ("", 0, 0, 0),
    ],
)
def test_lines_end_as_the_protocol_says_and_positions_are_clamped(
    text: str, line: int, column: int, offset: int
) -> None:
    assert offset_at(LineIndex(text), line, column, "utf-16") == offset


def test_a_column_inside_of_a_character_is_before_it() -> None:
    assert points("\U0001f600x", 1, "utf-16") == 0
    assert points("\U0001f600x", 2, "utf-16") == 1
    assert points("éx", 1, "utf-8") == 0


@given(strange, st.sampled_from(ENCODINGS), st.data())
def test_positions_go_back_and_forth(text: str, encoding: Encoding, data: st.DataObject) -> None:
    lines = LineIndex(text)
    offset = data.draw(st.integers(0, len(text)))
    where = to_position(lines, offset, encoding)
    back = offset_at(lines, where.line, where.character, encoding)
    # Inside of a line end there is no position; every other offset comes back.
    assert back == offset or (text[offset - 1 : offset + 1] == "\r\n" and back == offset - 1)


@given(strange, st.sampled_from(ENCODINGS), st.data())
def test_columns_agree_with_the_codecs(text: str, encoding: Encoding, data: st.DataObject) -> None:
    codec, size = CODECS[encoding]
    line = text.replace("\n", "").replace("\r", "")
    cut = data.draw(st.integers(0, len(line)))
    column = sum(len(c.encode(codec, "surrogatepass")) // size for c in line[:cut])
    assert units(line[:cut], encoding) == column
    assert points(line, column, encoding) == cut


@given(strange, strange, st.sampled_from(ENCODINGS), st.data())
def test_an_edit_by_range_is_the_edit_by_offsets(text: str, new: str, encoding: Encoding, data: st.DataObject) -> None:
    lines = LineIndex(text)
    first, second = sorted((data.draw(st.integers(0, len(text))), data.draw(st.integers(0, len(text)))))
    where = to_range(lines, Span(first, second), encoding)
    start = offset_at(lines, where.start.line, where.start.character, encoding)
    end = offset_at(lines, where.end.line, where.end.character, encoding)
    change = {
        "range": {
            "start": position(where.start.line, where.start.character),
            "end": position(where.end.line, where.end.character),
        },
        "text": new,
    }
    assert apply_changes(text, [change], encoding) == text[:start] + new + text[end:]


def test_edits_are_applied_one_after_the_other_and_garbage_is_left_out() -> None:
    whole: dict[str, Any] = {"text": "one\ntwo"}
    inside = {"range": {"start": position(1, 0), "end": position(1, 3)}, "text": "2"}
    backwards = {"range": {"start": position(0, 3), "end": position(0, 0)}, "text": "1"}
    assert apply_changes("x", [whole, inside, None, {"range": {}}, {"text": 3}, backwards], "utf-16") == "1\n2"
