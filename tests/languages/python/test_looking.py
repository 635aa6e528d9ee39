"""Statements that are passed over: with and without them walked, a cell gives the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from polycell.compose import default_services, default_sources
from polycell.core.environment import Exports
from polycell.core.notebook import Notebook
from polycell.core.session import Session
from polycell.formats import read_file
from polycell.languages.python.flow import exports as walked
from tests.dsl import load
from tests.shared import SHARED, needs_shared

SETUP = """
import os
import duckdb
import numpy as np
import pandas as pd
import matplotlib.pyplot as plt
from somewhere import unknown, tool

df = pd.DataFrame({"a": [1], "b": ["x"], "c": [1.5]})
other = df.rename(columns={"a": "z"})
both = [df]
con = duckdb.connect()

def change(frame):
    frame["made"] = 1
    return frame

class Holder:
    frame = df
"""


def given(notebook: Notebook, folder: Path | None = None) -> list[Exports]:
    session = Session(default_services(), default_sources((folder,)) if folder is not None else None)
    snapshot = session.update(notebook)
    snapshot.analysis.settle()
    return [snapshot.analysis.exports(index) for index in range(len(notebook.cells))]


@pytest.fixture
def everything_walked(monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    def walk() -> None:
        monkeypatch.setattr(walked, "only_looks", lambda run, node: False)

    return walk


LOOKING = (
    "df",
    "df.head()",
    'df["a"].mean()',
    'df[["a", "b"]].groupby("b").a.sum().sort_values(ascending=False).head(3)',
    'df.loc[df.a > 1, ["a"]]',
    "len(df), df.shape",
    "print(df, other.dtypes)",
    "plt.plot(df.a, df['c'])",
    "df.b.str.upper().str.strip().value_counts()",
    "np.mean(df.a) if len(df) else None",
    "-df.a + 2",
)
CHANGING = (
    'df.drop("a", axis=1, inplace=True)',
    'df.pop("a")',
    'df.insert(0, "n", 1)',
    "df.update",
    "[df, other]",
    "{1: df}",
    "change(df)",
    "print(change(df))",
    "list(map(change, both))",
    "sorted(both, key=change)",
    "df.pipe(change)",
    "unknown(df)",
    "tool.head(df)",
    "tool(df.a).head(df)",
    "os.chdir('elsewhere')",
    "df.to_csv('made.csv')",
    "con.execute('create table made (n int)')",
    "con.register('seen', df)",
    "(late := df).head()",
    "df.head(n := 3)",
    "both.append(other)",
    "Holder().frame.pop('a')",
    "exec('df = 1')",
    "globals()",
    "[change(f) for f in both]",
    "df.sort_values(by=change)",
    "df.agg(**{'x': change})",
)


@pytest.mark.parametrize("statement", [*LOOKING, *CHANGING])
def test_a_statement_leaves_the_same_behind(statement: str, everything_walked) -> None:  # type: ignore[no-untyped-def]
    case = load(f"# %%\n{SETUP.strip()}\n{statement}\n# %%\nshown = df\n{statement}\nagain = df")
    quick = given(case.notebook)
    everything_walked()
    assert quick == given(case.notebook)


@pytest.mark.parametrize("statement", [*LOOKING, *CHANGING])
def test_a_place_behind_a_statement_sees_the_same(statement: str, everything_walked) -> None:  # type: ignore[no-untyped-def]
    case = load(f"# %%\n{SETUP.strip()}\n{statement}\ndf")
    case.snapshot.analysis.settle()
    context = case.snapshot.analysis.context(0)
    quick = walked.scope_at(context, len(context.cell.text))
    everything_walked()
    assert quick == walked.scope_at(context, len(context.cell.text))


@pytest.mark.parametrize("statement", LOOKING)
def test_what_only_looks_is_passed_over(statement: str, monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[bool] = []
    asked = walked.only_looks
    monkeypatch.setattr(walked, "only_looks", lambda run, node: answers.append(found := asked(run, node)) or found)
    given(load(f"# %%\n{SETUP.strip()}\n{statement}").notebook)
    assert answers == [True]


def test_a_print_of_the_notebook_is_no_builtin(everything_walked) -> None:  # type: ignore[no-untyped-def]
    case = load(f"# %%\n{SETUP.strip()}\nprint = change\nprint(df)")
    quick = given(case.notebook)
    everything_walked()
    assert quick == given(case.notebook)


def test_the_last_expression_keeps_its_value() -> None:
    case = load("host: polynote\n# %% [python]\nimport pandas as pd\ndf = pd.DataFrame({'a': [1]})\ndf.head()")
    (exports,) = given(case.notebook)
    assert {b.name: b.type for b in exports.bindings}["Out"] == {b.name: b.type for b in exports.bindings}["df"]


@needs_shared
@pytest.mark.parametrize(
    "name", ["justmarkham__pandas-videos/top_25_pandas_tricks.ipynb", "wesm__pydata-book/ch10.ipynb"]
)
def test_real_notebooks_give_the_same(name: str, everything_walked) -> None:  # type: ignore[no-untyped-def]
    path = SHARED / "notebooks" / name
    (notebook,) = read_file(path).notebooks
    quick = given(notebook, path.parent)
    everything_walked()
    assert quick == given(notebook, path.parent)
