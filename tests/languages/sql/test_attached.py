"""Databases that a notebook attaches: their tables under their names, in the cell itself and in those below."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from polycell.core.types import Table
from tests import dsl

pytest.importorskip("duckdb")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = sqlite3.connect(tmp_path / "x.db")
    made.execute("create table t (id integer, total real)")
    made.close()
    return tmp_path


@pytest.mark.parametrize(
    "attach",
    [
        "%%sql duckdb://\nATTACH 'x.db' AS y (TYPE sqlite);\n",
        "%%sql duckdb://\nattach if not exists 'x.db' as y (type sqlite, read_only);\n# %%\n%%sql\n",
        "%sql duckdb://\n%sql attach 'x.db' as y\n# %%\n%%sql\n",
        "import duckdb\nduckdb.execute(\"ATTACH 'x.db' AS y\")\n# %%\n%%dql\n",
    ],
)
@pytest.mark.parametrize("name", ["y.t", "y.main.t"])
def test_duckdb_knows_the_columns(attach: str, name: str, folder: Path) -> None:
    query = f"select totl from {name}"
    case = dsl.load(f"# %%\n{attach}{query}", folder)
    text = case.notebook.cells[-1].text
    assert [(f.code, f.span.of(text)) for _, f in dsl.findings(case)] == [("sql-unknown-column", "totl")]
    assert dsl.labels(f"# %%\n{attach}select <|> from {name}", folder)[:2] == ["id", "total"]
    assert dsl.labels(f"# %%\n{attach}select * from y.<|>", folder) == ["t"]
    assert {"y", "y.t"} <= set(dsl.labels(f"# %%\n{attach}select * from <|>", folder))


@pytest.mark.parametrize("apart", ["", "# %%\n%%sql\n"])
def test_use_makes_plain_names_mean_its_tables(apart: str, folder: Path) -> None:
    above = f"# %%\n%%sql duckdb://\nattach 'x.db' as y; use y;\n{apart}"
    case = dsl.load(f"{above}select totl from t", folder)
    assert [f.code for _, f in dsl.findings(case)] == ["sql-unknown-column"]
    assert "t" in dsl.labels(f"{above}select * from <|>", folder)


def test_results_are_typed(folder: Path) -> None:
    case = dsl.load(
        "# %%\n%%sql duckdb://\nattach 'x.db'\n# %%\n%%dql -o r\nselect id, total * 2 as d from x.t", folder
    )
    case.snapshot.analysis.settle()
    (found,) = [b.type for b in case.snapshot.analysis.exports(1).bindings if b.name == "r"]
    assert isinstance(found, Table)
    assert [(c.name, str(c.type)) for c in found.columns] == [("id", "int64"), ("d", "double")]


def test_sqlite_offers_the_columns_and_says_nothing_more(folder: Path) -> None:
    above = "# %%\n%%sql sqlite://\nattach database 'x.db' as y;\n"
    assert dsl.labels(f"{above}select <|> from y.t", folder)[:2] == ["id", "total"]
    assert [f for _, f in dsl.findings(dsl.load(f"{above}select nope from y.t", folder))] == []
    assert [f for _, f in dsl.findings(dsl.load(f"{above}# %%\n%%sql\nselect nope from y.t", folder))] == []


@pytest.mark.parametrize(
    "text",
    [
        "attach 'x.db' as y; detach y; select nope from y.t",
        "attach 'postgresql://host/db' as y (type postgres); select nope from y.t",
        "attach 'gone.db' as y; select nope from y.t",
        "attach '{{ file }}' as y; select nope from y.t",
        "use nowhere; select nope from t",
        "attach ':memory:' as y; create table y.t (nope int); select nope from y.t",
        "attach 'x.db' as y; create table y.made (a int); use y; select a from made",
    ],
)
def test_silence(text: str, folder: Path) -> None:
    assert [f for _, f in dsl.findings(dsl.load(f"# %%\n%%sql duckdb://\n{text}", folder))] == []
    assert [
        f
        for _, f in dsl.findings(
            dsl.load(
                f"# %%\n%%sql duckdb://\n{text.replace('; ', chr(10) + '# %%' + chr(10) + '%%sql' + chr(10))}", folder
            )
        )
    ] == []
