"""A real MariaDB server: what is read of it, and what is said of queries over it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from polycell.compose import default_sources
from polycell.core import features
from polycell.tables.databases.catalogue import Database
from polycell.tables.databases.places import Place
from polycell.tables.databases.worker import ask
from tests import dsl
from tests.tables.databases import mariadb as server


@pytest.fixture(scope="module")
def mariadb() -> Iterator[server.MariaDB]:
    yield from server.running()


@pytest.fixture(scope="module")
def database(mariadb: server.MariaDB) -> Database:
    return ask(Place("server", mariadb.url(), "shop"))


def columns(database: Database, name: str) -> dict[str, str]:
    found = database.find([name])
    assert found is not None
    return {c.name: f"{c.type} {c.nullable} {c.source}" for c in found.table.columns}


def test_types_keys_and_comments(database: Database) -> None:
    found = database.find(["customers"])
    assert found is not None
    assert (database.dialect, database.search, found.comment) == ("mysql", ("shop",), "people who buy")
    assert columns(database, "customers") == {
        "id": "uint64 False bigint unsigned, primary key",
        "name": "string False varchar(40) · as they write it",
        "joined": "timestamp[us] False timestamp",
        "born": "date32 True date",
        "score": "decimal128(10, 2) True decimal(10, 2)",
        "active": "int8 False tinyint",
        "age": "uint8 True tinyint unsigned",
        "state": "string True enum ('sad', 'ok')",
        "weight": "double True double",
        "since": "int32 True year",
        "photo": "binary True blob",
        "extra": "string True longtext",
    }
    assert columns(database, "Orders")["customer_id"] == "uint64 True bigint unsigned, references customers.id"


def test_a_view_that_may_be_read_but_not_looked_into(database: Database) -> None:
    assert list(columns(database, "totals")) == ["customer_id", "n"]


def test_another_database_is_not_seen_and_nothing_is_proven(database: Database) -> None:
    assert {(r.schema, r.name, r.kind) for r in database.relations} == {
        ("shop", "customers", "table"), ("shop", "Orders", "table"), ("shop", "totals", "view"),
    }  # fmt: skip
    assert not database.complete  # an account sees what it may read


def test_columns_are_offered_and_nothing_is_reported(mariadb: server.MariaDB, tmp_path: Path) -> None:
    sources = default_sources((tmp_path,), databases={"shop": mariadb.url()})
    case = dsl.load("%sql shop\n# %%\n%%sql\nselect <|> from customers join nowhere", tmp_path, sources)
    found = asyncio.run(features.complete(case.snapshot, case.session.services, case.cell, case.offset))
    assert {"name", "score", "customers"} <= {item.label for item in found.items}
    assert [f for _, f in dsl.findings(case)] == []
