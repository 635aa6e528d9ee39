"""Tables that a database does not have: found where that is certain, and nowhere else."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from polycell.compose import default_sources
from polycell.core import features
from polycell.tables.databases.catalogue import Database
from polycell.tables.databases.places import Place
from polycell.tables.databases.worker import NotRead
from tests import dsl


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = sqlite3.connect(tmp_path / "shop.db")
    made.executescript("create table orders (id integer, total real); create table customers (id integer, name text)")
    made.close()
    return tmp_path


def test_near_names_are_proposed(folder: Path) -> None:
    dsl.check_findings(
        """
        %sql sqlite:///shop.db
        # %%
        %%sql
        with recent as (select * from ordres) select * from recent join main.customer using (id)
                                      ^^^^^^ sql-unknown-table: No table `ordres` in shop.db. Did you mean `orders`?
                                                                             ^^^^^^^^ sql-unknown-table: `customers`?
        # %%
        import sqlite3
        from sqlalchemy import create_engine
        con, engine = sqlite3.connect("shop.db"), create_engine("sqlite:///shop.db")
        con.execute("insert into oders values (1, 2.5)")
                                 ^^^^^ sql-unknown-table: Did you mean `orders`?
        con.execute("select total, nme from orders, customers")
                                   ^^^ sql-unknown-column: Did you mean `name`?
        """,
        folder,
    )


def test_fixes_write_the_name_at_its_place(folder: Path) -> None:
    text = 'import sqlite3\ncon = sqlite3.connect("shop.db")\n# %%\nfound = con.execute("select totl from orders o")'
    case = dsl.load(text, folder)
    (finding,) = features.findings(case.snapshot, 1)
    (fix,) = finding.fixes
    cell = case.notebook.cells[1].text
    (edit,) = fix.edits
    assert (fix.title, edit.cell) == ("Change to `total`", "c1")
    assert cell[: edit.span.start] + edit.text + cell[edit.span.end :] == cell.replace("totl", "total")


@pytest.mark.parametrize(
    "text",
    [
        "%%sql sqlite:///shop.db\nselect * from sqlite_master, sqlite_schema, sqlite_sequence, pragma_database_list",
        "%%sql sqlite:///shop.db\nwith recursive n(i) as (select 1 union all select i from n) select * from n, orders",
        "%%sql sqlite:///shop.db\nselect * from other.nowhere",
        "%%sql sqlite:///shop.db\nselect * from {{ nowhere }}",
        "%%sql sqlite:///shop.db\nattach 'x.db' as other; select * from nowhere",
        "%%sql sqlite:///shop.db\ncreate table made (a int); select * from made",
        "%%sql sqlite:///shop.db\nselect * from nowhere\n# %%\nfrom models import *",
        "%%sql sqlite:///shop.db\nselect * from nowhere\n# %%\n%%bash\nsqlite3 shop.db < schema.sql",
        "con.execute('create table ' + name)\n# %%\n%%sql sqlite:///shop.db\nselect * from nowhere",
        "%%sql sqlite:///shop.db\nselect * from nowhere\n# %%\nBase.metadata.create_all(engine)",
        "frame.to_sql(name, engine)\n# %%\n%%sql sqlite:///shop.db\nselect * from nowhere",
        "%%sql sqlite:///gone.db\nselect * from nowhere",
        "%%sql sqlite://\nselect * from nowhere",
        "%%sql\nselect * from nowhere",
        'import pandas as pd\npd.read_sql("select * from nowhere", engine)',
        'import duckdb\nduckdb.sql("select * from nowhere")',
    ],
)
def test_silence(text: str, folder: Path) -> None:
    case = dsl.load(f"# %%\n{text}", folder)
    assert [f for _, f in dsl.findings(case) if f.code.startswith("sql-")] == []


def test_a_database_that_is_not_known_whole_proves_nothing(folder: Path) -> None:
    def read(place: Place) -> Database:
        return Database("shop", "postgres", (), ("public",), ("public",), complete=False)

    def refuse(place: Place) -> Database:
        raise NotRead("refused")

    for ask in (read, refuse):
        sources = default_sources((folder,), connections=True, ask=ask)
        case = dsl.load("%%sql postgresql://host/db\nselect * from nowhere", folder, sources)
        assert [f.code for f in features.findings(case.snapshot, 0) if f.severity != "information"] == []


def test_a_duckdb_file(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    made = duckdb.connect(str(tmp_path / "shop.duckdb"))
    made.execute("create table orders (id int); create schema old; create table old.archive (id int)")
    made.close()
    dsl.check_findings(
        """
        import duckdb, pandas as pd
        frame = pd.DataFrame({"a": [1]})
        con = duckdb.connect("shop.duckdb", read_only=True)
        # %%
        con.sql("select * from orders, old.archive, frame, duckdb_tables, 'x.csv'")
        con.sql("select * from order_s")
                               ^^^^^^^ sql-unknown-table: Did you mean `orders`?
        con.sql("select * from old.archives")
                                   ^^^^^^^^ sql-unknown-table: No table `archives` in schema `old` of shop.duckdb.
        """,
        tmp_path,
    )
