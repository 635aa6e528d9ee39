"""Databases in files: SQLite and DuckDB, as they are on a disk."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from polycell.tables.databases.catalogue import Database, from_plain, to_plain
from polycell.tables.databases.places import Allowed, DatabaseRequest
from polycell.tables.databases.sources import DatabaseSources


def read(folder: Path, source: str, dialect: str = "") -> Database | None:
    allowed = Allowed(roots=(folder,))
    return DatabaseSources(allowed).read(DatabaseRequest(source, dialect, str(folder)))


def shown(database: Database | None) -> dict[str, dict[str, str]]:
    assert database is not None
    return {
        f"{r.schema}.{r.name}": {c.name: f"{c.type} {c.nullable} {c.source}" for c in r.table.columns}
        for r in database.relations
    }


def make_sqlite(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.executescript("""
        create table customers (id integer primary key, name text not null, joined datetime);
        create table "Odd Name" (customer int references customers (id), "a b" varchar(3), whatever);
        create view young as select name, joined from customers;
    """)
    connection.close()


def test_sqlite(tmp_path: Path) -> None:
    make_sqlite(tmp_path / "shop.db")
    database = read(tmp_path, "sqlite:///shop.db")
    assert shown(database) == {
        "main.customers": {
            "id": "int64 False integer, primary key",
            "name": "string False text",
            "joined": "timestamp[us] None datetime",
        },
        "main.Odd Name": {
            "customer": "int64 None int, references customers.id",
            "a b": "string None varchar(3)",
            "whatever": "None None any type",
        },
        "main.young": {"name": "string None text", "joined": "timestamp[us] None datetime"},
    }
    assert database is not None
    assert database.complete
    assert from_plain(to_plain(database)) == database
    assert sorted(p.name for p in tmp_path.iterdir()) == ["shop.db"]


@pytest.mark.parametrize("source", ["shop.db", "file:shop.db?mode=ro", "sqlite+pysqlite:///shop.db", "./shop.db"])
def test_the_ways_to_name_a_sqlite_file(tmp_path: Path, source: str) -> None:
    make_sqlite(tmp_path / "shop.db")
    assert read(tmp_path, source, "sqlite") is not None


@pytest.mark.parametrize("source", ["sqlite://", "sqlite:///:memory:", ":memory:", "", "absent.db", "../shop.db", "?"])
def test_what_is_no_file_of_the_workspace_is_not_known(tmp_path: Path, source: str) -> None:
    make_sqlite(tmp_path / "shop.db")
    inside = tmp_path / "inside"
    inside.mkdir()
    assert read(inside, source, "sqlite") is None
    assert read(inside, source, "duckdb") is None


def test_a_sqlite_file_while_somebody_writes_to_it(tmp_path: Path) -> None:
    """We wait for nobody, and know that we do not see everything."""
    make_sqlite(tmp_path / "shop.db")
    writer = sqlite3.connect(tmp_path / "shop.db")
    writer.execute("pragma journal_mode = wal")
    writer.execute("create table fresh (a int)")
    writer.commit()
    database = read(tmp_path, "sqlite:///shop.db")
    assert database is not None
    assert not database.complete
    writer.close()


@pytest.mark.parametrize("content", [b"no database at all", b"", b"SQLite format 3\0" + b"\xff" * 500])
def test_a_broken_file_says_so(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "shop.db").write_bytes(content)
    for dialect in ("sqlite", "duckdb"):
        database = read(tmp_path, "shop.db", dialect)
        assert database is not None
        assert not database.relations
        assert database.problem or not content, dialect
        assert not (database.problem and database.complete)


def test_a_changed_file_is_read_again_and_told_of(tmp_path: Path) -> None:
    import threading

    make_sqlite(tmp_path / "shop.db")
    ready = threading.Event()
    sources = DatabaseSources(Allowed(roots=(tmp_path,)), lambda keys: ready.set())
    key = DatabaseRequest("sqlite:///shop.db", "", str(tmp_path))
    assert sources.read(key) is None
    assert ready.wait(300)
    ready.clear()
    connection = sqlite3.connect(tmp_path / "shop.db")
    connection.execute("create table later (a int)")
    connection.commit()
    connection.close()
    sources.changed([tmp_path / "shop.db"])
    assert ready.wait(300)
    assert "main.later" in shown(sources.read(key))
    sources.close()


def test_duckdb(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    with duckdb.connect(str(tmp_path / "w.duckdb")) as connection:
        connection.execute("""
            create schema raw;
            create table products (id int primary key, name varchar not null, size struct(w double, h double));
            create table "Order Items" (product int references products (id), price decimal(10, 2), tags varchar[]);
            create view cheap as select product, price from "Order Items" where price < 1;
            create table raw.events ("When" timestamptz);
            comment on column products.name is 'as printed';
        """)
    database = read(tmp_path, "duckdb:///w.duckdb")
    assert shown(database) == {
        "main.products": {
            "id": "int32 False integer, primary key",
            "name": "string False varchar · as printed",
            "size": "struct<w: double, h: double> True struct(w double, h double)",
        },
        "main.cheap": {"product": "int32 None integer", "price": "decimal128(10, 2) None decimal(10,2)"},
        "raw.events": {"When": "timestamp[us, tz=UTC] True timestamp with time zone"},
        "main.Order Items": {
            "product": "int32 True integer, references products(id)",
            "price": "decimal128(10, 2) True decimal(10,2)",
            "tags": "list<item: string> True varchar[]",
        },
    }
    assert database is not None
    assert (database.complete, database.search, database.catalog) == (True, ("main",), "w")


def test_a_locked_duckdb_file_says_so_and_is_never_kept_open(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    duckdb.connect(str(tmp_path / "w.duckdb")).close()
    program = (
        f"import duckdb, sys; c = duckdb.connect({str(tmp_path / 'w.duckdb')!r}); print('open', flush=True); input()"
    )
    kernel = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert kernel.stdin is not None
    assert kernel.stdout is not None
    kernel.stdout.readline()
    database = read(tmp_path, "w.duckdb", "duckdb")
    kernel.communicate("\n")
    assert database is not None
    assert "lock" in database.problem
    assert read(tmp_path, "w.duckdb", "duckdb").problem == ""  # type: ignore[union-attr]
    with duckdb.connect(str(tmp_path / "w.duckdb")) as connection:  # a kernel may write at once
        connection.execute("create table a (b int)")
