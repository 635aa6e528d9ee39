"""Columns from saved outputs, against what the libraries write; and that nothing is ever reported because of them."""

from __future__ import annotations

import asyncio
import io
import json
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polycell.cli.loading import open_notebook
from polycell.core import features
from polycell.core.types import Certainty, Evidence, Table
from polycell.tables.outputs import digest, read_output, table_of

FRAME = pd.DataFrame({"id": [1, 2], "price": [0.5, 1.5], "a <b>": ["x", "y"]})


def shown(data: dict[str, Any]) -> Table | None:
    return table_of([{"output_type": "execute_result", "data": data}])


def names(table: Table | None) -> list[str]:
    return [c.name for c in table.columns] if table is not None else []


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (FRAME, ["id", "price", "a <b>"]),
        (FRAME.set_index("id"), ["price", "a <b>"]),
        (FRAME.set_index(["id", "price"]), ["a <b>"]),
        (FRAME.groupby("id").sum(numeric_only=True), ["price"]),
        (FRAME.rename_axis(columns="which"), ["id", "price", "a <b>"]),
        (pd.DataFrame({("a", "x"): [1], ("a", "y"): [2]}), []),
        (pd.DataFrame([[1, 2]], columns=["x", 1]), ["x"]),
    ],
)
def test_html_of_pandas(frame: pd.DataFrame, expected: list[str]) -> None:
    assert names(shown({"text/html": frame._repr_html_()})) == expected


def test_what_is_cut_is_left_out() -> None:
    wide = pd.DataFrame({f"c{i}": [i] for i in range(50)})
    with pd.option_context("display.max_columns", 6):
        found = shown({"text/html": wide._repr_html_()})
    assert found is not None
    assert found.open
    assert "..." not in names(found)
    assert set(names(found)) < set(wide.columns)


def test_html_of_polars_has_types() -> None:
    frame = pl.DataFrame({"id": [1], "price": [0.5], "name": ["x"], "ok": [True]})
    found = shown({"text/html": [frame._repr_html_()]})
    assert found is not None
    assert found.flavour == "polars"
    assert [(c.name, str(c.type)) for c in found.columns] == [
        ("id", "int64"), ("price", "double"), ("name", "string"), ("ok", "bool")
    ]  # fmt: skip


def test_info() -> None:
    text = io.StringIO()
    FRAME.info(buf=text)
    found = table_of([{"output_type": "stream", "name": "stdout", "text": text.getvalue().splitlines(True)}])
    assert found is not None
    assert [(c.name, str(c.type)) for c in found.columns][:2] == [("id", "int64"), ("price", "double")]
    assert names(found) == ["id", "price", "a <b>"]


BUNDLES = {
    "application/vnd.microsoft.datawrangler.viewer.v0+json": {
        "columns": [
            {"name": "index", "rawType": "int64", "type": "integer"},
            {"name": "id", "rawType": "int64", "type": "integer"},
            {"name": "price", "rawType": "float64", "type": "float"},
        ],
    },
    "application/vnd.deepnote.dataframe.v3+json": {
        "columns": [
            {"name": "id", "dtype": "int64"}, {"name": "price", "dtype": "float64"},
            {"name": "_deepnote_index_column", "dtype": "int64"},
        ],
    },
    "application/vnd.google.colaboratory.intrinsic+json": {
        "type": "dataframe",
        "summary": json.dumps({"fields": [
            {"column": "id", "properties": {"dtype": "number"}},
            {"column": "price", "properties": {"dtype": "number"}},
        ]}),
    },
    "application/vnd.dataresource+json": json.loads(FRAME[["id", "price"]].to_json(orient="table")),
}  # fmt: skip


@pytest.mark.parametrize("form", BUNDLES)
def test_bundles(form: str) -> None:
    other = {"text/html": FRAME.head(1)[["id"]]._repr_html_()}
    assert names(shown({**other, form: BUNDLES[form]})) == ["id", "price"]
    assert names(shown({form: json.dumps(BUNDLES[form])})) == ["id", "price"]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["output_type", "data", "text", "columns", "schema", "fields", "name", "summary", *BUNDLES]
            ),
            inner,
            max_size=4,
        )
    ),
)


@given(_JSON)
def test_any_output_is_read_without_an_error(value: Any) -> None:
    table_of(value)
    table_of([value])
    for form in (*BUNDLES, "text/html"):
        shown({form: value})


@given(st.text(st.sampled_from("<>/tableheadrowcsmn \"='dfrx"), max_size=80))
def test_any_markup_is_read_without_an_error(text: str) -> None:
    shown({"text/html": f'<table class="dataframe"><thead>{text}'})


def notebook(folder: Path, saved: str) -> Path:
    """A notebook whose second cell showed a frame."""
    output = {"output_type": "execute_result", "execution_count": 1, "metadata": {},
              "data": {"text/html": FRAME._repr_html_()}}  # fmt: skip

    def cell(at: int, text: str, *outputs: Any) -> dict[str, Any]:
        return {"cell_type": "code", "id": f"c{at}", "metadata": {}, "source": text, "outputs": outputs,
                "execution_count": 1}  # fmt: skip

    cells = [cell(0, "from helpers import load\ndf = load()"), cell(1, saved, output), cell(2, "df['nothing']\ndf")]
    path = folder / "n.ipynb"
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    return path


@pytest.mark.parametrize("text", ["df", "df.head()", "df.head(3)\n", "display(df)", "x = 1\ndf.sample(2)"])
def test_a_frame_that_nobody_knows(text: str, tmp_path: Path) -> None:
    (snapshot,) = open_notebook(notebook(tmp_path, text)).snapshots
    binding = snapshot.analysis.context(2).view.lookup("df")
    assert binding is not None
    assert isinstance(binding.type, Table)
    assert names(binding.type) == ["id", "price", "a <b>"]
    assert binding.type.open
    assert not binding.type.proves_absence
    assert {(c.evidence, c.certainty) for c in binding.type.columns} == {(Evidence.SAVED_OUTPUT, Certainty.LIKELY)}
    assert [f for f in features.findings(snapshot, 2) if f.code == "unknown-column"] == []


@pytest.mark.parametrize("text", ["df.describe()", "df.groupby('id').sum()", "df.T", "other"])
def test_an_output_that_is_not_the_frame(text: str, tmp_path: Path) -> None:
    (snapshot,) = open_notebook(notebook(tmp_path, text)).snapshots
    binding = snapshot.analysis.context(2).view.lookup("df")
    assert binding is not None
    assert not isinstance(binding.type, Table)


@pytest.mark.parametrize(
    "text",
    ["df.columns", "list(df.columns)", "df.columns.tolist()", "df.columns.values", "print(df.columns.tolist())"],
)
def test_a_list_of_the_columns_names(text: str, tmp_path: Path) -> None:
    shown: Any = eval(text.removeprefix("print"), {"df": FRAME})
    path = notebook(tmp_path, text)
    saved = json.loads(path.read_text())
    saved["cells"][0]["source"] = "import pandas as pd\ndf = pd.read_csv(url)"
    output = {
        "output_type": "execute_result",
        "metadata": {},
        "execution_count": 1,
        "data": {"text/plain": repr(shown)},
    }
    printed = {"output_type": "stream", "name": "stdout", "text": f"{shown}\n"}
    saved["cells"][1]["outputs"] = [printed if "print" in text else output]
    path.write_text(json.dumps(saved))
    (snapshot,) = open_notebook(path).snapshots
    binding = snapshot.analysis.context(2).view.lookup("df")
    assert binding is not None
    assert isinstance(binding.type, Table)
    assert binding.type.open
    assert names(binding.type) == ["id", "price", "a <b>"]


def test_a_list_that_the_frame_itself_is_not(tmp_path: Path) -> None:
    """`df` shown as a list of texts is no frame, and the values of a column are no names."""
    for text in ("df", "df['a'].tolist()"):
        path = notebook(tmp_path, text)
        saved = json.loads(path.read_text())
        saved["cells"][1]["outputs"][0]["data"] = {"text/plain": "['x', 'y']"}
        path.write_text(json.dumps(saved))
        (snapshot,) = open_notebook(path).snapshots
        binding = snapshot.analysis.context(2).view.lookup("df")
        assert binding is not None
        assert not isinstance(binding.type, Table)


def test_an_edited_cell_has_no_output(tmp_path: Path) -> None:
    path = notebook(tmp_path, "df.head()\n")
    assert names(read_output(path, "", {"cell": digest("df.head()")})) == ["id", "price", "a <b>"]
    assert names(read_output(path, "", {"cell": digest("df.head(2)")})) == []
    assert names(read_output(path, "", {})) == []


def test_hover_says_where_it_comes_from(tmp_path: Path) -> None:
    opened = open_notebook(notebook(tmp_path, "df.head()"))
    text = opened.snapshots[0].notebook.cells[2].text
    found = asyncio.run(features.hover(opened.snapshots[0], opened.services, "c2", text.rindex("df")))
    assert found is not None
    assert "saved output" in found.markdown
