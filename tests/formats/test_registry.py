"""Which files are notebooks, in which encoding they come, and who reads them."""

from __future__ import annotations

import codecs
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polycell.core.values import replace
from polycell.formats import (
    SUFFIXES,
    decode,
    format_named,
    formats_of,
    is_notebook,
    read_document,
    read_file,
    read_text,
)
from polycell.formats.model import Document

ONE = '{"cells": [{"cell_type": "code", "source": "é = 1"}], "nbformat": 4, "metadata": {}}'


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_suffix_has_readers_that_are_total(suffix: str) -> None:
    found = list(formats_of(f"a{suffix}"))
    assert found
    for one in found:
        assert suffix in one.suffixes or one.name in ("percent", "databricks")
        for text in ("", "\ufeff", "{", "\x00", "# %%\r\n1", "---\n", "```{python}\n1"):
            assert isinstance(one.detect(text, f"a{suffix}"), bool)
            assert isinstance(one.read(text, "x:", f"a{suffix}"), Document)


def test_every_format_is_found_by_each_of_its_suffixes() -> None:
    for name in ("ipynb", "percent", "databricks", "markdown", "dib", "deepnote", "marimo"):
        one = format_named(name)
        assert one.name == name
        for suffix in one.suffixes:
            assert one in formats_of(f"a{suffix}")


@pytest.mark.parametrize(
    ("name", "head", "expected"),
    [
        ("a.ipynb", "", True),
        ("A.IPYNB", "anything", True),
        ("a.dib", "", True),
        ("a.qmd", "", True),
        ("a.py", "x = 1", False),
        ("a.py", "# %%\nx = 1", True),
        ("a.py", "# Databricks notebook source\nx = 1", True),
        ("a.sql", "select 1", False),
        ("a.sql", "-- Databricks notebook source\nselect 1", True),
        ("a.scala", "// Databricks notebook source\n1", True),
        ("a.md", "# A readme\n\nwith words", False),
        ("a.csv", "a,b", False),
        ("a", "# %%", False),
        (".ipynb", "", False),
    ],
)
def test_which_files_are_notebooks(tmp_path: Path, name: str, head: str, expected: bool) -> None:
    assert is_notebook(name, head) is expected
    path = tmp_path / name
    path.write_text(head, encoding="utf-8")
    assert is_notebook(path) is expected


def test_a_file_that_is_not_there_is_no_notebook(tmp_path: Path) -> None:
    assert not is_notebook(tmp_path / "none.py")
    assert not is_notebook("nul\0.py")


@pytest.mark.parametrize(
    "data",
    [
        ONE.encode(),
        codecs.BOM_UTF8 + ONE.encode(),
        ONE.encode("utf-16"),
        codecs.BOM_UTF16_BE + ONE.encode("utf-16-be"),
        ONE.encode("latin-1"),
    ],
    ids=["utf-8", "utf-8 with a mark", "utf-16", "utf-16-be", "latin-1"],
)
def test_encodings(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.ipynb"
    path.write_bytes(data)
    document = read_file(path)
    assert not document.problems
    assert document.notebooks[0].cells[0].text == "é = 1"
    assert document.notebooks[0].path == str(path)
    there = document.map.to_document("#0", 0)
    assert there is not None
    assert read_text(path)[there : there + 5] == "é = 1"


def test_line_ends_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"# %%\r\nx = 1\r\ny = 2\r\n")
    assert read_file(path).notebooks[0].cells[0].text.startswith("x = 1\r\ny = 2")


def test_what_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    for path in (tmp_path / "none.ipynb", tmp_path, "nul\0.ipynb"):
        document = read_file(path)
        assert "cannot be read" in document.problems[0].message
    document = read_document("words", "file:///a.docx", "a.docx")
    assert "no notebook" in document.problems[0].message


@pytest.mark.parametrize(
    ("uri", "language", "text", "cells"),
    [
        ("untitled:Untitled-1", "python", "# %%\n1\n# %%\n2", 2),
        ("untitled:Untitled-1", "json", ONE, 1),
        ("file:///x/a%20b.ipynb", "json", ONE, 1),
        ("file:///x/a.sql", "sql", "-- %%\nselect 1\n-- %%\nselect 2", 2),
        ("file:///x/a.py", "python", "x = 1", 1),
    ],
)
def test_documents_of_clients(uri: str, language: str, text: str, cells: int) -> None:
    document = read_document(text, uri, language_id=language)
    assert not document.problems
    assert document.notebooks[0].uri == uri
    assert bool(document.notebooks[0].path) is uri.startswith("file:")
    assert len(document.notebooks[0].cells) == cells


@settings(deadline=None)
@given(st.binary())
def test_any_bytes_are_text(data: bytes) -> None:
    text = decode(data)
    assert read_document(text, "file:///a.ipynb").notebooks


@given(st.text(alphabet=st.characters(codec="utf-8")), st.integers(0, 4))
def test_a_head_cut_inside_a_character_stays_utf_8(text: str, cut: int) -> None:
    data = text.encode()
    got = decode(data[: len(data) - cut])
    assert text.startswith((got, "\ufeff"))


def test_reading_a_notebook_imports_no_other_format() -> None:
    check = "import sys; from polycell.formats import read_document; read_document('{}', 'file:///a.ipynb');" + (
        "print(*sorted(m for m in sys.modules if m in ('yaml', 'sqlglot', 'pyarrow', 'polycell.formats.marimo')))"
    )
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_a_reader_that_fails_is_a_problem(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    from polycell.formats import ipynb

    def read(text: str, uri: str, path: str) -> Document:
        raise KeyError(text)

    monkeypatch.setattr(ipynb, "FORMAT", replace(ipynb.FORMAT, read=read))
    document = read_document(ONE, "file:///a.ipynb")
    assert "defect" in document.problems[0].message
    assert "a.ipynb" in caplog.text
