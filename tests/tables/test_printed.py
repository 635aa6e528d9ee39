"""Columns in printed texts, as the libraries print them."""

from __future__ import annotations

import asyncio
import io
import json
from contextlib import redirect_stdout
from datetime import datetime
from pathlib import Path

import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polycell.cli.loading import open_notebook
from polycell.compose import default_services, default_sources
from polycell.core import features
from polycell.core.notebook import Notebook
from polycell.core.session import Session
from polycell.core.values import replace
from polycell.tables.printed import printed_columns

PANDAS = pd.DataFrame({"id": [1], "two words": [0.5], "s": ["x"], "t": pd.to_datetime(["2026-01-02"])})
POLARS = pl.DataFrame({"id": [1], "two words": [0.5], "s": ["x"], "t": [datetime(2026, 1, 2)], "l": [[1]]})
# What Spark 3.5 prints.
TREE = """root
 |-- id: long (nullable = true)
 |-- address: struct (nullable = true)
 |    |-- street: string (nullable = true)
 |-- price: decimal(10,2) (nullable = true)

"""
SHOWN = """+---+-----+
| id|price|
+---+-----+
|  1| 2.50|
+---+-----+
only showing top 1 row
"""


def read(text: str) -> list[tuple[str, str]]:
    found = printed_columns(text)
    return [(n, str(t or "")) for n, t in found[0]] if found is not None else []


def test_pandas() -> None:
    text = io.StringIO()
    PANDAS.info(buf=text)
    for printed in (text.getvalue(), repr(PANDAS.dtypes)):
        pairs = read(printed)
        assert [n for n, _ in pairs] == list(PANDAS.columns)
        assert [t.partition("[")[0] for _, t in pairs] == ["int64", "double", "string", "timestamp"]
    assert read(repr(PANDAS["s"])) == []
    assert read(repr(PANDAS.iloc[0])) == []
    assert read(repr(PANDAS)) == []


def test_polars() -> None:
    out = io.StringIO()
    with redirect_stdout(out):
        POLARS.glimpse()
    for printed in (out.getvalue(), repr(POLARS.schema)):
        pairs = read(printed)
        assert [n for n, _ in pairs] == POLARS.columns
        assert [t for _, t in pairs][:3] == ["int64", "double", "string"]
        assert pairs[3][1] == "timestamp[us]"


def test_spark() -> None:
    assert read(TREE) == [("id", "int64"), ("address", ""), ("price", "decimal128(10, 2)")]
    assert read(SHOWN) == [("id", ""), ("price", "")]
    assert read("DataFrame[id: bigint, l: array<string>, s: struct<a:int,b:int>]")[0] == ("id", "int64")
    assert read("DataFrame[id: bigint, name: string ... 3 more fields]") == [("id", "int64"), ("name", "string")]


@given(st.text(alphabet="DataFrame[a: bigint]\n+-| root$<>{}()'\",0123", max_size=80))
def test_any_text_is_read(text: str) -> None:
    printed_columns(text)


def _notebook(folder: Path, source: str, output: str) -> Path:
    path = folder / "n.ipynb"
    shown = {"output_type": "stream", "name": "stdout", "text": output}
    cell = {"cell_type": "code", "metadata": {}, "execution_count": 1, "source": source, "outputs": [shown]}
    last = {"cell_type": "code", "metadata": {}, "execution_count": None, "source": 'df[""]', "outputs": []}
    path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [cell, last]}))
    return path


@pytest.mark.parametrize(
    ("source", "output"),
    [("df = load()\ndf.printSchema()", TREE), ("df = load()\ndf.show()", SHOWN)],
)  # fmt: skip
def test_they_complete_and_an_edit_makes_them_weak(tmp_path: Path, source: str, output: str) -> None:
    (snapshot,) = open_notebook(_notebook(tmp_path, source, output)).snapshots
    notebook = snapshot.notebook
    session = Session(default_services(), default_sources((tmp_path,)))
    assert _offered(session, notebook)[:1] == [("id", "saved output")]
    first, last = notebook.cells
    edited = replace(notebook, cells=(replace(first, text="n = 1\n" + first.text), last))
    assert _offered(session, edited)[:1] == [("id", "saved output, out of date")]
    rebound = replace(notebook, cells=(replace(first, text=first.text + "\ndf = other()"), last))
    assert _offered(session, rebound) == []


def _offered(session: Session, notebook: Notebook) -> list[tuple[str, str]]:
    snapshot = session.update(notebook)
    found = asyncio.run(features.complete(snapshot, session.services, notebook.cells[-1].id, 4))
    return [(i.label, i.documentation) for i in found.items]
