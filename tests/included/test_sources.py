"""Notebooks and scripts that a notebook runs: the names, types and places that they leave."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import pytest

from polycell.cli.loading import open_notebook
from polycell.compose import default_services, default_sources
from polycell.core import features, renaming
from polycell.core.environment import Binding
from polycell.core.included import Included, IncludedRequest
from polycell.core.session import Session, Snapshot
from polycell.core.types import Table
from polycell.formats import read_document
from polycell.tables.anchors import place_in_file
from tests.dependencies.cases import ipynb
from tests.dsl import check_findings

SETUP = """import pandas as pd
LIMIT = 3
frame = pd.read_csv("sales.csv")
frame["gross"] = frame["price"] * 1.2

def load(name: str) -> pd.DataFrame:
    return frame
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sales.csv").write_text("id,price\n1,2.5\n", encoding="utf-8")
    (tmp_path / "setup.py").write_text(SETUP, encoding="utf-8")
    return tmp_path


def opened(folder: Path, *cells: str) -> Snapshot:
    path = ipynb(folder / "main.ipynb", [("code", cell) for cell in cells])
    return open_notebook(path).snapshots[0]


def given(snapshot: Snapshot, index: int = 0) -> dict[str, Binding]:
    return {binding.name: binding for binding in snapshot.analysis.exports(index).bindings}


def codes(snapshot: Snapshot, index: int) -> list[str]:
    return [finding.code for finding in snapshot.analysis.findings(index)]


def columns(binding: Binding) -> list[str]:
    assert isinstance(binding.type, Table)
    return [column.name for column in binding.type.columns]


@pytest.mark.parametrize("line", ["setup.py", "setup", "./setup.py", "-t setup.py", "'setup.py'", "setup.py --fast 3"])
def test_a_script_gives_its_names_with_their_types(folder: Path, line: str) -> None:
    query = "%%sql duckdb://\nselect prize from frame"
    snapshot = opened(folder, f"%run {line}", "frame['grosss']\nLIMIT\nnobody", query)
    found = given(snapshot)
    assert {"LIMIT", "frame", "load", "pd"} <= set(found)
    assert columns(found["frame"]) == ["id", "price", "gross"]
    assert codes(snapshot, 1) == ["unknown-column", "undefined-name"]
    assert codes(snapshot, 2) == ["sql-unknown-column"]


def test_the_cell_that_runs_a_script_has_its_names(folder: Path) -> None:
    snapshot = opened(folder, "%run setup.py\nprint(LIMIT, nobody)\ndef known(): return load, unknown")
    said = [finding.message.split("`")[1] for finding in snapshot.analysis.findings(0)]
    assert said == ["nobody", "unknown"]
    snapshot = opened(folder, "%run setup.py\ndel LIMIT\ndel frame, load", "LIMIT")
    assert codes(snapshot, 0) == []


@pytest.mark.parametrize("line", ["gone.py", "-m setup", "$name", "{name}.py", "", "../outside.py", "-i", "sub"])
def test_what_is_not_followed_leaves_everything_possible(folder: Path, line: str) -> None:
    (folder / "sub").mkdir()
    (folder.parent / "outside.py").write_text("frame = 1", encoding="utf-8")
    snapshot = opened(folder, f"%run {line}", "nobody")
    assert given(snapshot) == {}
    assert codes(snapshot, 1) == []


def test_a_notebook_that_runs_another_one(folder: Path) -> None:
    other = [
        ("code", "%run setup.py"),
        ("markdown", "# text"),
        ("code", "totals = frame.groupby('id').sum()"),
        ("code", "%%sql made <<\nselect id from frame"),
    ]
    ipynb(folder / "other.ipynb", other)
    found = given(opened(folder, "%run ./other"))
    assert {"frame", "totals", "made", "load"} <= set(found)
    assert columns(found["made"]) == ["id"]
    assert found["totals"].source == "%run ./other"


@pytest.mark.parametrize("file", ["lib/setup.py", "lib/other.ipynb"])
def test_paths_lead_from_the_folder_of_who_runs(folder: Path, file: str) -> None:
    (folder / "lib").mkdir()
    (folder / "lib" / "sales.csv").write_text("other,columns\n1,2\n", encoding="utf-8")
    (folder / "lib" / "setup.py").write_text(SETUP, encoding="utf-8")
    ipynb(folder / "lib" / "other.ipynb", [("code", SETUP)])
    assert columns(given(opened(folder, f"%run {file}"))["frame"]) == ["id", "price", "gross"]


def test_files_that_run_each_other_end(folder: Path) -> None:
    ipynb(folder / "a.ipynb", [("code", "%run b.ipynb"), ("code", "x = 1")])
    ipynb(folder / "b.ipynb", [("code", "%run a.ipynb\n%run main.ipynb"), ("code", "y = 2")])
    snapshot = opened(folder, "%run a.ipynb", "nobody")
    assert {"x", "y"} <= set(given(snapshot))
    assert codes(snapshot, 1) == []


def test_marks_of_cells_mean_nothing_in_a_script_but_in_one_of_databricks(folder: Path) -> None:
    (folder / "cells.py").write_text("a = 1\n# %%\n# %%sql result <<\n# select 1 as one\n", encoding="utf-8")
    assert set(given(opened(folder, "%run cells.py"))) == {"a"}


def test_in_the_notebooks_own_name_space_what_the_file_takes_from_there_may_have_changed(folder: Path) -> None:
    above = (
        "import pandas as pd\nmine, yours = pd.DataFrame({'a': [1]}), pd.DataFrame({'a': [1]})\n"
        "def add():\n    yours['b'] = 1"
    )
    below = ("mine['b'], yours['b'], frame['grosss'], mine['a']\nnobody", "yours['c']")
    (folder / "part.py").write_text(f"{SETUP}\nadd()\nmine['b'] = 2\nlater = lambda: mine", encoding="utf-8")
    snapshot = opened(folder, above, "%run -i part.py", *below)
    assert "frame" in given(snapshot, 1)
    assert codes(snapshot, 2) == ["unknown-column", "undefined-name"]
    (folder / "part.py").write_text("exec(mine)", encoding="utf-8")
    assert codes(opened(folder, above, "%run -i part.py", *below), 2) == []


def test_what_opens_a_file_opens_whoever_runs_it(folder: Path) -> None:
    (folder / "wild.py").write_text("from somewhere import *\nx = 1", encoding="utf-8")
    snapshot = opened(folder, "%run wild.py", "nobody")
    assert "x" in given(snapshot)
    assert codes(snapshot, 1) == []


def test_places_are_places_of_the_file(folder: Path) -> None:
    ipynb(folder / "other.ipynb", [("code", "import pandas as pd\nfirst = pd.DataFrame({'é': [1]})")])
    for file, name, column in (("setup.py", "frame", "gross"), ("other.ipynb", "first", "é")):
        found = given(opened(folder, f"%run {file}"))[name]
        assert isinstance(found.type, Table)
        made = found.type.column(column)
        assert made is not None
        for anchor, token in ((found.origin, name), (made.origin, column)):
            assert anchor is not None
            assert (anchor.cell, anchor.uri) == ("", (folder / file).as_uri())
            place = place_in_file(anchor)
            if token.isascii():
                assert place is not None
                lines, span = place
                assert span.of(lines.text) == token
                assert lines.text[span.end :].lstrip(' "]').startswith("=")


def test_a_name_of_another_file_is_not_renamed(folder: Path) -> None:
    snapshot = opened(folder, "%run setup.py", "LIMIT + 1")
    cell = snapshot.notebook.cells[1].id
    services = default_services()
    (place,) = asyncio.run(features.definition(snapshot, services, cell, 2))
    assert place.uri == (folder / "setup.py").as_uri()
    found = renaming.prepare(snapshot, services, cell, 2)
    assert found is not None
    assert found.refusal == "Cell 1 gives the name `LIMIT` in a way that is not in its text."


def test_what_comes_late_is_heard_and_what_changes_is_heard_anew(folder: Path) -> None:
    ready = threading.Event()
    told: list[Hashable] = []

    def on_ready(keys: tuple[Hashable, ...]) -> None:
        told.extend(keys)
        ready.set()

    services = default_services()
    sources = default_sources([folder], on_ready, services=services)
    path = ipynb(folder / "main.ipynb", [("code", "%run setup.py"), ("code", "frame")])
    (notebook,) = read_document(path.read_text(encoding="utf-8"), path.as_uri(), str(path)).notebooks
    session = Session(services, sources)
    session.update(notebook)

    def settled(wanted: Any) -> Snapshot:
        while True:
            ready.clear()
            keys = tuple(told)
            told.clear()
            session.invalidate(keys)
            found = session.snapshot(notebook.uri)
            assert found is not None
            found.analysis.settle()
            if wanted(given(found)):
                return found
            assert ready.wait(300)

    def with_columns(*names: str) -> Any:
        return lambda found: "frame" in found and columns(found["frame"]) == list(names)

    settled(with_columns("id", "price", "gross"))
    (folder / "sales.csv").write_text("id,price,more\n1,2.5,3\n", encoding="utf-8")
    sources.changed([folder / "sales.csv"])
    settled(with_columns("id", "price", "more", "gross"))
    (folder / "setup.py").write_text("frame = 3", encoding="utf-8")
    sources.changed([folder / "setup.py"])
    settled(lambda found: not isinstance(found["frame"].type, Table))
    sources.close()


def test_a_request_of_a_notebook_without_a_folder_is_never_made(folder: Path) -> None:
    sources = default_sources([folder], services=default_services())
    assert sources.read(IncludedRequest("setup.py", str(folder))) != Included()
    assert sources.read(IncludedRequest("\0", str(folder))) is None


def test_databricks_runs_notebooks_in_the_notebooks_own_name_space(folder: Path) -> None:
    (folder / "first.py").write_text(
        "# Databricks notebook source\nlimit = 1\n# COMMAND ----------\n# MAGIC %run ./second\n", encoding="utf-8"
    )
    (folder / "second.py").write_text("# Databricks notebook source\ndef helper(a): ...\n", encoding="utf-8")
    check_findings(
        """
        host: databricks
        # %%
        %run ./first $env="dev"
        # %%
        print(limit, helper(1), spark)
        print(nobody)
              ^^^^^^ undefined-name
        """,
        folder,
    )
    check_findings("host: databricks\n# %%\n%run ./nowhere\n# %%\nnobody", folder)
