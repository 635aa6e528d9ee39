"""Reading .ipynb: against nbformat, over broken files, and the map back into the JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polycell.core.text import Span
from polycell.formats import read_document, read_text
from polycell.formats.ipynb import read, read_raw
from polycell.formats.jsontext import JsonReader
from polycell.formats.model import Document
from tests.shared import SHARED, needs_shared

NOTEBOOKS = sorted((SHARED / "notebooks").rglob("*.ipynb")) if (SHARED / "notebooks").is_dir() else []


def notebook(*cells: dict[str, Any], **more: Any) -> str:
    return json.dumps({"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **more}, indent=1)


def code(*source: str, **more: Any) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": [], "source": list(source), **more}


def texts(document: Document) -> list[str]:
    return [cell.text for cell in document.notebooks[0].cells]


def check_map(text: str, document: Document) -> None:
    """Every character of every cell stands where the map says, and the map finds the way back."""
    for cell in document.notebooks[0].cells:
        for segment in document.map.segments:
            if segment.cell != cell.id:
                continue
            raw = text[segment.document : segment.document + segment.document_length]
            piece = cell.text[segment.start : segment.start + segment.cell_length]
            assert raw == piece if not segment.is_atom else json.loads(f'"{raw}"', strict=False) == piece
        mapped = sum(s.cell_length for s in document.map.segments if s.cell == cell.id)
        lead = len(cell.text) - mapped
        for offset in range(lead, len(cell.text) + 1):
            there = document.map.to_document(cell.id, offset)
            assert there is not None
            place = document.map.to_cell(there)
            assert place is not None
            assert (place.cell, place.offset) == (cell.id, offset)


# -- nbformat as the oracle


@needs_shared
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_the_same_sources_as_nbformat(path: Path) -> None:
    text = read_text(path)
    document = read(text, path.as_uri(), str(path))
    assert not document.problems
    expected = nbformat.convert(nbformat.reads(text, nbformat.NO_CONVERT), 4)
    assert texts(document) == [cell.get("source", "") for cell in expected.cells]
    for cell, theirs in zip(document.notebooks[0].cells, expected.cells, strict=True):
        if cell.magic is None and "language" not in theirs.metadata:
            assert cell.kind == {"code": "code", "markdown": "markup"}.get(theirs.cell_type, "raw")
    assert dict(document.notebooks[0].metadata) == json.loads(text.lstrip("\ufeff"))["metadata"]
    assert len({cell.id for cell in document.notebooks[0].cells}) == len(document.notebooks[0].cells)


@needs_shared
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_every_real_cell_maps_to_its_json(path: Path) -> None:
    text = read_text(path)
    document = read(text, path.as_uri(), str(path))
    for cell in document.notebooks[0].cells:
        for offset in {0, 1, len(cell.text) // 2, len(cell.text)} & set(range(len(cell.text) + 1)):
            there = document.map.to_document(cell.id, offset)
            if there is None:
                assert cell.text.startswith("#")  # the sign that nbformat 3's headings get
                continue
            place = document.map.to_cell(there)
            assert place is not None
            assert (place.cell, place.offset) == (cell.id, offset)
    if len(text) < 100_000:
        check_map(text, document)


# -- the reader


def test_positions_around_escapes() -> None:
    source = 'a = "\\"\n😀 = é\u2028\tend'
    for ascii_only in (True, False):
        text = json.dumps({"cells": [code(source)], "nbformat": 4, "metadata": {}}, ensure_ascii=ascii_only)
        document = read(text)
        assert texts(document) == [source]
        check_map(text, document)
    at = source.index("end")
    span = document.map.span_to_document("#0", Span(at, at + 3))
    assert span is not None
    assert text[span.start : span.end] == "end"


def test_a_lone_surrogate_survives() -> None:
    document = read('{"cells": [{"cell_type": "code", "source": "\\ud83d x \\ude00"}], "nbformat": 4}')
    assert texts(document) == ["\ud83d x \ude00"]
    assert not document.problems


def test_ids() -> None:
    document = read(notebook(code("a", id="x"), code("b", id="x"), code("c"), code("d", id="#2"), code("e", id=5)))
    ids = [cell.id for cell in document.notebooks[0].cells]
    assert ids[0] == "x"
    assert ids[3] == "#2"
    assert len(set(ids)) == 5


@pytest.mark.parametrize("source", [None, 5, [], "", [None, 3], {"a": 1}, [[]], True])
def test_odd_sources_are_empty_cells(source: Any) -> None:
    document = read(notebook({"cell_type": "code", "source": source}, code("x")))
    assert texts(document) == ["", "x"]
    assert not document.problems
    assert document.map.to_document("#0", 0) is not None


def test_a_cell_without_source_and_cells_of_the_future() -> None:
    document = read(
        notebook({"cell_type": "code"}, {"cell_type": "future", "source": "x", "key": 1}, {"cell_type": "raw"})
    )
    cells = document.notebooks[0].cells
    assert [(c.kind, c.language) for c in cells] == [("code", "python"), ("raw", ""), ("raw", "")]
    places = [document.map.to_document(c.id, 0) for c in cells]
    assert None not in places
    assert len(set(places)) == 3


def test_unknown_keys_are_kept_and_counts_read() -> None:
    text = notebook(
        code("x", execution_count=7, metadata={"tags": ["parameters"], "odd": {"a": [1]}}), metadata={"uv.lock": "…"}
    )
    read_one = read(text).notebooks[0]
    assert read_one.metadata == {"uv.lock": "…"}
    assert read_one.cells[0].metadata == {"tags": ["parameters"], "odd": {"a": [1]}}
    assert read_one.cells[0].execution_count == 7


def test_nbformat_3() -> None:
    text = json.dumps(
        {
            "nbformat": 3,
            "metadata": {"name": "", "language": "julia"},
            "worksheets": [
                {"cells": [{"cell_type": "heading", "level": 2, "source": ["Title"]}]},
                {
                    "cells": [
                        {"cell_type": "code", "input": ["a = 1", "b = 2"], "language": "python", "prompt_number": 4},
                        {"cell_type": "code", "input": ["a\n", "b"], "language": "python"},
                        {"cell_type": "html", "source": "<b/>"},
                    ]
                },
            ],
        }
    )
    document = read(text)
    cells = document.notebooks[0].cells
    assert texts(document) == ["## Title", "a = 1\nb = 2", "a\nb", "<b/>"]
    assert [c.language for c in cells] == ["markdown", "julia", "julia", "markdown"]
    assert cells[1].execution_count == 4
    assert document.map.to_document("#0", 0) is None
    assert text[document.map.to_document("#0", 3) or 0] == "T"
    assert text[document.map.to_document("#1", 6) or 0] == "b"
    check_map(text, document)


def test_outputs_are_left_where_they_stand() -> None:
    saved = [{"output_type": "stream", "name": "stdout", "text": ["]}\n", '"']}]
    text = notebook(code("x", outputs=saved), {"cell_type": "markdown", "source": "y"})
    raw = read_raw(text)
    span = raw.cells[0].outputs
    assert span is not None
    assert json.loads(text[span.start : span.end]) == saved
    assert raw.cells[1].outputs is None


# -- broken files


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty"),
        (" \n\t\ufeff ", "empty"),
        ("\n<!DOCTYPE html>\n<html>", "HTML page"),
        ("<html lang='en'>", "HTML page"),
        ("version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "git lfs pull"),
        ("[]", "not a notebook"),
        ("print(1)", "not a notebook"),
        ("{}", 'no "cells"'),
        ('{"a": 1}', 'no "cells"'),
        ('{"cells": 3}', 'no "cells"'),
        ('{"cells": []} x', "does not belong"),
        ('{"cells": [3]}', "not a cell"),
        ("{cells: []}", "key in double quotes"),
        ('{"cells" []}', "colon"),
        ('{"cells": [', "file ends"),
        ('{"cells": [{"source": "abc', "no end"),
    ],
)
def test_a_broken_file_says_what_it_is(text: str, message: str) -> None:
    document = read(text)
    assert len(document.problems) == 1
    problem = document.problems[0]
    assert message in problem.message
    assert 0 <= problem.span.start <= problem.span.end <= len(text)
    assert len(document.notebooks) == 1


WHOLE = notebook(*(code(f"x{n} = {n}\n", "y", outputs=[{"text": "é\n"}]) for n in range(3)))


def test_cells_before_a_break_are_read() -> None:
    for cut in range(len(WHOLE)):
        document = read(WHOLE[:cut])
        assert document.problems
        whole = [f"x{n} = {n}\ny" for n in range(3)]
        read_cells = texts(document)
        assert read_cells[:-1] == whole[: max(0, len(read_cells) - 1)]
    third = WHOLE.index("x2")
    assert texts(read(WHOLE[: third + 1]))[:2] == ["x0 = 0\ny", "x1 = 1\ny"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"cells": [', '"cells": [,', "comma too many"),
        ('"metadata": {}', '"metadata": {},,', "comma too many"),
        ('"execution_count": null,', '"execution_count": null', "comma is missing"),
        ('"execution_count": null', '"execution_count": nul', "value should stand here"),
        ('"execution_count": null', '"execution_count": ', "value should stand here"),
        ('"y"', '"y",', "comma too many"),
        ('"y"', '"\\q"', "wrong escape"),
        ('"y"', '\n<<<<<<< HEAD\n"y"\n=======\n"z"\n>>>>>>> theirs', "merge conflict"),
        ('"text": ', '"text" ', "colon should follow"),
    ],
)
def test_a_small_mistake_costs_no_other_cell(old: str, new: str, message: str) -> None:
    text = WHOLE.replace(old, new, 1)
    assert text != WHOLE
    document = read(text)
    assert message in document.problems[0].message
    cells = texts(document)
    assert len(cells) == 3
    assert cells[1:] == ["x1 = 1\ny", "x2 = 2\ny"]


def test_a_merge_conflict_is_told_once() -> None:
    conflict = '\n<<<<<<< HEAD\n"a"\n=======\n"b"\n>>>>>>> theirs'
    document = read(WHOLE.replace('"y"', conflict))
    assert [p.message for p in document.problems if "merge" in p.message] == [document.problems[0].message]


def test_what_the_scanner_refuses_is_stepped_over() -> None:
    deep = "[" * 100_000 + "]" * 100_000
    for odd in (deep, "9" * 10_000, '{"a": NaN}'):
        text = WHOLE.replace('"metadata": {}', f'"metadata": {odd}', 1)
        assert len(texts(read(text))) == 3


# -- anything at all


@settings(deadline=None)
@given(st.text())
def test_any_text_is_read(text: str) -> None:
    for document in (read(text), read('{"cells": [' + text), read_document(text, "file:///x.ipynb")):
        for problem in document.problems:
            assert problem.message


@settings(deadline=None)
@given(st.integers(0, len(WHOLE)), st.integers(0, 30), st.text(alphabet='{}[]",:\\n<=é\ud800 ', max_size=12))
def test_any_damage_is_read(at: int, length: int, junk: str) -> None:
    text = WHOLE[:at] + junk + WHOLE[at + length :]
    document = read(text)
    for problem in document.problems:
        assert 0 <= problem.span.start <= problem.span.end <= len(text)
    for cell in document.notebooks[0].cells:
        document.map.to_document(cell.id, 0)


_sources = st.lists(st.text(max_size=20), max_size=4)


@settings(deadline=None)
@given(st.lists(_sources | st.text(max_size=30), max_size=4), st.booleans(), st.sampled_from([None, 1]))
def test_round_trip(sources: list[Any], ascii_only: bool, indent: int | None) -> None:
    cells = [{"cell_type": "code", "metadata": {}, "source": source} for source in sources]
    text = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}, ensure_ascii=ascii_only, indent=indent)
    document = read(text)
    assert not document.problems
    assert texts(document) == ["".join(source) for source in sources]
    check_map(text, document)


_values = st.recursive(
    st.none() | st.floats() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x), max_leaves=20
)


@settings(deadline=None)
@given(_values)
def test_any_json_value_is_skipped_whole(value: Any) -> None:
    text = json.dumps(value)
    reader = JsonReader(f" {text}]")
    span = reader.skip()
    assert (span, reader.problems) == (Span(1, 1 + len(text)), [])


def test_one_mistake_is_one_problem() -> None:
    book = {"cells": [{"cell_type": "code", "metadata": {}, "source": ["a = 1\n", "b"], "outputs": []}]}
    text = json.dumps({**book, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)
    broken = [
        text.replace('"a = 1\\n",', '"a = 1\\n'),
        text.replace('"outputs": []', '"outputs": ['),
        text.replace('"cells": [', '"cells": ', 1),
        *(text[:end] for end in range(2, len(text), 7)),
    ]
    for one in broken:
        assert len(read_document(one, "file:///a.ipynb", "/a.ipynb").problems) == 1, one
