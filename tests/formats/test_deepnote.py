"""Deepnote projects, and where YAML's scalars stand."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from polycell.core.notebook import Cell
from polycell.formats.deepnote import FORMAT, read
from polycell.formats.scalars import Scalar, pieces
from tests.formats.reading import check_map, edited, file_text
from tests.shared import SHARED, examples, needs_shared

PROJECT = """\
metadata:
  createdAt: '2025-11-04T03:58:18.554Z'
project:
  id: p
  name: Two notebooks
  notebooks:
    - id: n1
      name: First
      blocks:
        - id: b1
          type: markdown
          content: |-
            # A title

              indented
        - id: b2
          type: code
          content: "x = \\"é\\\\n\\"\\ny = 2"
          executionCount: 3
        - id: b3
          type: sql
          content: |
            SELECT *
            FROM x
          metadata:
            deepnote_variable_name: df_1
            sql_integration_id: deepnote-dataframe-sql
        - id: b4
          type: input-select
          content: ''
          metadata:
            deepnote_variable_name: choice
        - id: b5
          type: visualization
          content: ''
    - id: n2
      name: Second
      blocks:
        - id: b1
          type: text-cell-h1
          content: Hello there
        - type: code
          content: 'print(''a'')'
version: 1.0.0
"""


def by_id(text: str) -> dict[str, Cell]:
    document = read(text, "file:///p.deepnote", "p.deepnote")
    check_map(document, text)
    return {c.id: c for n in document.notebooks for c in n.cells}


def test_a_project_holds_several_notebooks() -> None:
    document = read(PROJECT, "file:///p.deepnote", "p.deepnote")
    first, second = document.notebooks
    assert (first.host, first.metadata["name"], len(first.cells)) == ("deepnote", "First", 5)
    assert (second.metadata["name"], len(second.cells)) == ("Second", 2)
    assert first.uri != second.uri


def test_blocks() -> None:
    found = by_id(PROJECT)
    assert [(c.kind, c.language, c.text, c.result) for c in found.values()] == [
        ("markup", "markdown", "# A title\n\n  indented", ""),
        ("code", "python", 'x = "é\\n"\ny = 2', ""),
        ("code", "sql", "SELECT *\nFROM x\n", "df_1"),
        ("code", "", "", "choice"),
        ("code", "", "", ""),
        ("markup", "markdown", "Hello there", ""),
        ("code", "python", "print('a')", ""),
    ]
    assert found["b2"].execution_count == 3
    assert found["b3"].metadata["sql_integration_id"] == "deepnote-dataframe-sql"


def test_a_place_in_a_block_is_a_place_in_the_file() -> None:
    document = read(PROJECT, "file:///p.deepnote", "p.deepnote")
    assert document.map.to_document("b3", 9) == PROJECT.index("FROM x")
    assert document.map.to_document("b2", 5) == PROJECT.index("é")
    place = document.map.to_cell(PROJECT.index("indented"))
    assert place is not None
    assert (place.cell, place.offset) == ("b1", 13)


@pytest.mark.parametrize(
    "written",
    [
        "|\n  a\n\n    b\n  c\n",
        "|-\n  a\n  b\n",
        "|+\n  a\n\n\nend: 1\n",
        "|  # a comment\n  a\n",
        "|2\n    a\n   b\n",
        "|\r\n  a\r\n  b\r\n",
        "|\n\n\n  a\n",
        ">\n  a\n  b\n\n  c\n",
        ">-\n  one line only\n",
        "plain words\n",
        "plain\n  over\n\n  lines\n",
        "'it''s'\n",
        "'a\n\n  b'\n",
        '"a\\tb\\u00e9\\x41 \\"q\\" \\\\"\n',
        '"a\\\n  b\n  c"\n',
        "''\n",
        "x y # comment\n",
    ],
)
@pytest.mark.parametrize("before", ["", "\ufeff", "é: 😀\n"])
def test_scalars_are_mapped_exactly(written: str, before: str) -> None:
    text = f"{before}k: {written}"
    node = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    value = next(v for k, v in node.value if k.value == "k")
    shift = 1 if text.startswith("\ufeff") else 0
    scalar = Scalar(value.value, value.style or "", value.start_mark.index + shift, value.end_mark.index + shift)
    found = pieces(text, scalar)
    assert sum(p.length for p in found) == len(value.value)
    for piece in found:
        if piece.length == piece.document_length:
            here = value.value[piece.start : piece.start + piece.length]
            assert " ".join(here.split()) == " ".join(text[piece.document : piece.document + piece.length].split())


def test_a_scalar_that_does_not_agree_is_left_unmapped() -> None:
    assert pieces("k: |\n  abc\n", Scalar("abd\n", "|", 3, 11)) == ()
    assert pieces("k: abc\n", Scalar("xyz", "", 3, 6)) == ()


def test_broken_yaml_is_one_problem() -> None:
    document = read("project: [\n  a: b: c", "file:///p.deepnote", "p.deepnote")
    assert document.notebooks == ()
    assert len(document.problems) == 1
    assert "YAML" in document.problems[0].message


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "project: 1",
        "project:\n  notebooks: 1",
        "project:\n  notebooks:\n    - 1\n    - blocks: {a: 1}\n    - blocks: [1, [2], {content: [1]}]",
        "project: &a\n  notebooks: [*a, *a]",
        "project: {notebooks: [{blocks: [&b {id: x, type: code, content: a, metadata: {m: 1}}, *b]}]}",
        "a: \ud800",
        "a: \x00",
    ],
)
def test_odd_projects_are_read(text: str) -> None:
    # A block that an alias repeats stands in the file only once.
    check_map(read(text, "file:///p.deepnote", "p.deepnote"), text, whole="*b" not in text)


def test_a_block_that_runs_another_notebook_brings_in_its_variables() -> None:
    text = "project: {notebooks: [{blocks: [{id: f, type: notebook-function, content: '', metadata: "
    text += "{function_notebook_export_mappings: {a: {enabled: true, variable_name: x}, b: {enabled: false, "
    text += "variable_name: no}, c: {enabled: true, variable_name: y}}}}]}]}"
    assert [(c.language, c.result) for c in by_id(text).values()] == [("", "x"), ("", "y")]


@needs_shared
def test_a_real_project() -> None:
    text = file_text(SHARED / "notebooks/deepnote__deepnote/examples/2_blocks.deepnote")
    document = read(text, "file:///p.deepnote", "p.deepnote")
    check_map(document, text)
    assert [len(n.cells) for n in document.notebooks] == [2, 14]
    inputs = [c.result for n in document.notebooks for c in n.cells if c.language == ""]
    assert inputs == [
        f"input_{kind}" for kind in ("text", "textarea", "select", "slider", "checkbox", "date", "date_range")
    ]


@settings(max_examples=examples(150), deadline=None)
@given(st.data())
def test_any_edit_is_read(data: st.DataObject) -> None:
    text = data.draw(edited(PROJECT))
    check_map(read(text, "file:///p.deepnote", "p.deepnote"), text, whole=False, folded=True)
    assert FORMAT.detect(text, "p.deepnote")


@pytest.mark.parametrize("text", ["- " * 20_000, "[" * 20_000, "a: " * 20_000, '{"a":' * 20_000])
def test_yaml_that_is_nested_too_deeply_takes_nothing_down(text: str) -> None:
    assert read(text, "file:///p.deepnote", "p.deepnote").notebooks == ()
