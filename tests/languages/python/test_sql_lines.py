"""`%sql` and its kin on a line of a Python cell: which database they speak to, what they give, what is wrong."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from polycell.compose import default_sources
from polycell.core import features
from polycell.core.site import site
from polycell.core.text import Span
from polycell.core.types import Table
from polycell.languages.sql import connection
from polycell.tables.databases.catalogue import Database
from polycell.tables.databases.places import Place
from polycell.tables.databases.worker import NotRead
from tests import dsl

FRAME = "import duckdb, pandas as pd\ndf = pd.DataFrame({'a': [1]})\n"
POSTGRES = "%sql postgresql://host/db\n"


def dialect(text: str) -> str:
    """The dialect of the SQL at the cursor."""
    case = dsl.load(text)
    found = site(case.snapshot, case.session.services, case.cell, case.offset)
    assert found is not None
    return connection.resolve(found.context.cell, case.notebook, found.context.view)[0].name


def exported(text: str, name: str, folder: Path | None = None) -> str:
    """`name: type` of each column of the last cell's table."""
    case = dsl.load(text, folder)
    case.snapshot.analysis.settle()
    bindings = case.snapshot.analysis.exports(len(case.notebook.cells) - 1).bindings
    found = next(b.type for b in bindings if b.name == name)
    assert isinstance(found, Table)
    return ", ".join(f"{c.name}: {c.type}" for c in found.columns) + (" …" if found.open else "")


@pytest.mark.parametrize(
    ("above", "line", "expected"),
    [
        (POSTGRES, "%sql select 1", "postgres"),
        (POSTGRES, "%dql select 1", "duckdb"),
        (POSTGRES, "%sql sqlite:///x.db select 1", "sqlite"),
        (POSTGRES, "x = %sql mysql://host/db select 1", "mysql"),
        (POSTGRES, "e = sa.create_engine('mysql://h/d')\n%sql e select 1", "mysql"),
        ("import duckdb\n", "%sql select 1", "duckdb"),
        ("", "%sql postgresql://h/d --alias shop\n%sql sqlite://\n%sql shop select 1", "postgres"),
        (POSTGRES, "%dql -cn duckdb:///x.db select 1", "duckdb"),
    ],
)
@pytest.mark.parametrize("apart", [True, False])
def test_a_line_speaks_to_its_own_connection_or_the_last(above: str, line: str, expected: str, apart: bool) -> None:
    cells = f"# %%\n{above}# %%\n" if apart else f"# %%\n{above}"
    assert dialect(f"import sqlalchemy as sa\n{cells}{line} +<|> 1") == expected


@pytest.mark.parametrize("apart", ["# %%\n", ""])
def test_results_are_typed_in_that_dialect(apart: str) -> None:
    pytest.importorskip("duckdb")
    above = f"{FRAME}{POSTGRES}{apart}"
    assert exported(f"{above}x = %dql select sum(a) as n, 7 / 2 as q from df", "x") == "n: decimal128(38, 0), q: double"
    assert exported(f"{above}x = %sql select 7 / 2 as q", "x") != "q: double"


def test_other_magics_and_literals_neither_use_nor_change_jupysqls_connection() -> None:
    assert dialect(f"{POSTGRES}# %%\n%%dql -cn duckdb:///x.db\nselect 1\n# %%\n%%sql\nselect <|>1") == "postgres"
    pytest.importorskip("duckdb")
    dsl.check_findings(f"""
        {FRAME.splitlines()[0]}
        df = pd.DataFrame({{"a": [1]}})
        {POSTGRES.strip()}
        # %%
        duckdb.sql("select b from df")
                           ^ sql-unknown-column: No column `b` in `df`.
        # %%
        %%dql
        select c from df
               ^ sql-unknown-column: No column `c` in `df`.
    """)


def test_lines_are_checked_as_cells_are(tmp_path: Path) -> None:
    made = sqlite3.connect(tmp_path / "shop.db")
    made.execute("create table orders (id integer, total real)")
    made.close()
    dsl.check_findings(
        """
        %sql sqlite:///shop.db
        %sql select totl from orders
                    ^^^^ sql-unknown-column: Did you mean `total`?
        x = %sql select id, o.nope from orders o
                              ^^^^ sql-unknown-column: No column `nope` in `o`.
        %sql create table made (a int)
        %sql select b from made
                    ^ sql-unknown-column: No column `b` in `made`.
        # %%
        y = %sql select id, total from orders
        """,
        tmp_path,
    )
    text = "%sql sqlite:///shop.db\ny = %sql select * from orders"
    assert exported(text, "y", tmp_path) == "id: int64, total: double"
    labels = dsl.labels("%sql sqlite:///shop.db\n%sql select <|> from orders", tmp_path)
    assert labels[:2] == ["id", "total"]


def test_a_database_that_cannot_be_read_is_said_once_a_line(tmp_path: Path) -> None:
    def refuse(place: Place) -> Database:
        raise NotRead("refused")

    sources = default_sources((tmp_path,), connections=True, ask=refuse)
    case = dsl.load("%sql postgresql://host/db select 1\n%sql select 2", tmp_path, sources)
    found = [(f.code, f.span) for f in features.findings(case.snapshot, 0)]
    assert found == [("database-unreachable", Span(5, 25))]
