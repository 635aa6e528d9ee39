"""What Python cells export: types, places, versions, effects across cells."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polycell.core.environment import Binding
from polycell.core.types import Class, Collection, Function, Module, Record, Scalar, Table, describe
from tests.dsl import load
from tests.shared import examples

FRAME = 'import pandas as pd\ndf = pd.DataFrame({"a": [1], "b": ["x"]})\n'


def exports(text: str, folder: Path | None = None) -> list[dict[str, Binding]]:
    """Bindings by name, a cell a dictionary."""
    case = load(text, folder)
    case.snapshot.analysis.settle()
    count = len(case.notebook.cells)
    return [{b.name: b for b in case.snapshot.analysis.exports(i).bindings} for i in range(count)]


def columns(binding: Binding) -> list[str]:
    assert isinstance(binding.type, Table)
    return [c.name + ("?" if c.maybe else "") for c in binding.type.columns]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("x = 1", "int"), ("x = 'a' + 'b'", "str"), ("x = 1.5 * 2", "float"), ("x = [1, 2]", "list[int]"),
        ("x = 1 < 2", "bool"), ("x = (1, 'a')", "tuple"), ("import numpy as x", "module numpy"),
        ("from os import path as x", "from os"), ("def x(a, *, b=1) -> int: ...", "function (a, *, b=1) -> int"),
        ("class x: ...", "class x"), ("x = f'{1}a'", "str"), ("x = len('a')", "int"), ("x = y", ""),
        ("import sqlite3\nx = sqlite3.connect('a.db')", "sqlite connection"),
        ("from sqlalchemy import create_engine\nx = create_engine('postgresql+psycopg://h/d')", "postgres connection"),
        ("def f():\n    return 'a'\nx = f()", "str"),
    ],
)  # fmt: skip
def test_types_of_names(code: str, said: str) -> None:
    assert describe(exports(code)[0]["x"].type) == said


def test_kinds_and_places() -> None:
    (made,) = exports('import os\ndef f(a):\n    """Doc."""\nclass C:\n    n: int = 0\n    def m(self): ...\nx = C()\n')
    assert [made[n].kind for n in ("os", "f", "C", "x")] == ["import", "function", "class", "variable"]
    assert isinstance(made["os"].type, Module)
    assert isinstance(made["f"].type, Function)
    assert made["f"].type.documentation == "Doc."
    assert isinstance(made["C"].type, Class)
    assert isinstance(made["x"].type, Record)
    assert [n for n, _ in made["x"].type.fields] == ["n", "m"]
    assert made["x"].origin is not None
    assert made["x"].source == "C()"


def test_a_deleted_name_is_gone_below() -> None:
    cells = exports("x = 1\n# %%\ndel x\n# %%\ny = x")
    assert cells[1]["x"].kind == "deleted"
    assert describe(cells[2]["y"].type) == ""


def test_known_texts_cross_cells_into_paths(tmp_path: Path) -> None:
    text = (
        "file data/sales.csv: id,price;1,2.5\n# %%\nfrom pathlib import Path\nBASE = Path('data')\nNAME = 'sales'\n"
        "# %%\nimport pandas as pd\ns = pd.read_csv(BASE / f'{NAME}.csv')\n"
    )
    frame = exports(text, tmp_path)[1]["s"]
    assert columns(frame) == ["id", "price"]
    assert isinstance(frame.type, Table)
    assert not frame.type.open
    assert frame.source == "pd.read_csv(BASE / f'{NAME}.csv')"


def test_a_change_in_place_reaches_other_names_in_later_cells() -> None:
    cells = exports(f"{FRAME}other = df\n# %%\nother['z'] = 1\n")
    assert cells[0]["df"].aliases == ("other",)
    assert columns(cells[1]["df"]) == columns(cells[1]["other"]) == ["a", "b", "z"]


def test_a_name_that_did_not_change_is_not_exported_again() -> None:
    assert set(exports(f"{FRAME}\n# %%\ny = df.head()\nprint(df)\n")[1]) == {"y"}


def test_branches_and_loops() -> None:
    (made,) = exports(f"{FRAME}if unknown:\n    df['m'] = 1\n    only = 2\nfor c in ['p', 'q']:\n    df[c] = 0\n")
    assert columns(made["df"]) == ["a", "b", "m?", "p", "q"]
    assert made["only"].maybe


def test_an_unknown_function_opens_a_frame_a_harmless_one_does_not() -> None:
    cells = exports(f"{FRAME}\n# %%\nfrom mine import change\nchange(df)\n# %%\nlen(df)\n")
    assert isinstance(cells[1]["df"].type, Table)
    assert cells[1]["df"].type.open
    assert "df" not in cells[2]


def test_an_edit_inside_a_body_leaves_the_function_equal() -> None:
    assert exports("def f():\n    return 1")[0]["f"] == exports("def f():\n    return 2")[0]["f"]


@pytest.mark.parametrize(
    "start",
    [
        "host: databricks\n# %%\n",
        "from pyspark.sql import SparkSession\nspark = SparkSession.builder.appName('x').getOrCreate()\n",
    ],
)
def test_temporary_views_live_in_the_catalogue(start: str) -> None:
    code = "df = spark.createDataFrame([(1, 'x')], ['a', 'b'])\ndf.createOrReplaceTempView('v')\n"
    view = exports(start + code)[0]["v"]
    assert (view.space, view.kind, columns(view)) == ("catalog", "table", ["a", "b"])


def test_polynote_names_the_last_expression() -> None:
    (made,) = exports(f"host: polynote\n# %%\n{FRAME}df.head()\n")
    assert columns(made["Out"]) == ["a", "b"]


def test_shell_output_is_a_list_of_lines() -> None:
    (made,) = exports("files = !ls\n")
    assert isinstance(made["files"].type, Collection)
    assert made["files"].type.element == Scalar(made["files"].type.element.type)  # type: ignore[union-attr]


LINES = """
df['z'] = 1
del df
df = df[['a']]
for i in df:
    df[i] = 0
while x:
    break
try:
except E as e:
    pass
x = [df, *y]
if df:
else:
def f(df):
    return df
class A:
with a as b:
df.columns = x
x, *y = df
lambda: df
match x:
    case [a, *b]: pass
(
import a.b as c
x = {**df, 'a': 1}
df.loc[:, 'a'] = df
async def g(): await x
"""


@settings(max_examples=examples(150), deadline=None)
@given(
    st.lists(
        st.sampled_from(LINES.strip().split("\n")),
        max_size=12,
    )
)
def test_no_text_makes_it_fail(lines: list[str]) -> None:
    import logging

    failures: list[str] = []
    handler = logging.Handler(logging.ERROR)
    handler.emit = lambda record: failures.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger("polycell").addHandler(handler)
    try:
        exports(FRAME + "# %%\n" + "\n".join(lines))
    finally:
        logging.getLogger("polycell").removeHandler(handler)
    assert not failures
