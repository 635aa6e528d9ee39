"""A real PostgreSQL server: what is read, and what is said when it cannot be."""

from __future__ import annotations

import logging
import socket
import threading
from pathlib import Path

import pytest

from polycell.compose import default_sources
from polycell.core import features
from polycell.tables.databases.catalogue import Database
from polycell.tables.databases.places import Allowed, DatabaseRequest, Place
from polycell.tables.databases.sources import DatabaseSources
from polycell.tables.databases.worker import NotRead, ask
from tests import dsl
from tests.tables.databases.postgres import PASSWORD, Postgres


@pytest.fixture(scope="module")
def database(postgres: Postgres) -> Database:
    return ask(Place("server", postgres.url(), "shop"))


def columns(database: Database, *parts: str) -> dict[str, str]:
    found = database.find(parts)
    assert found is not None
    return {c.name: f"{c.type} {c.nullable} {c.source}" for c in found.table.columns}


def test_types_keys_and_comments(database: Database) -> None:
    assert (database.dialect, database.search, database.complete) == ("postgres", ("public",), True)
    assert columns(database, "customers") == {
        "id": "int64 False bigint, primary key",
        "name": "string False text",
        "joined": "timestamp[us, tz=UTC] False timestamp with time zone",
        "score": "decimal128(10, 2) True numeric(10, 2) · what they are worth",
        "Mixed Case": "int32 True integer",
        "tags": "list<item: string> True text[]",
        "state": "string True mood ('sad', 'ok', 'happy')",
        "extra": "None True jsonb",
    }
    assert columns(database, "sales", "Orders")["customer_id"] == "int64 True bigint, references customers.id"
    assert database.find(["customers"]).comment == "people who buy"  # type: ignore[union-attr]


def test_views_partitions_schemas_and_spellings(database: Database) -> None:
    kinds = {r.name: r.kind for r in database.relations if r.schema == "sales"}
    assert kinds == {
        "Orders": "table", "measures": "table", "measures_2026": "table", "totals": "view", "best": "view",
    }  # fmt: skip
    assert columns(database, "sales", "best")["total"] == "double None double precision"
    assert database.find(["postgres", "sales", "orders"]) is database.find(["SALES", "Orders"])
    assert database.find(["Orders"]) is None
    assert database.find(["other", "sales", "Orders"]) is None


def test_queries_are_checked_against_what_the_server_has(postgres: Postgres, tmp_path: Path) -> None:
    sources = default_sources((tmp_path,), databases={"shop": postgres.url()})
    case = dsl.load(
        """
        %sql shop
        %sql select nme from customers
        %sql select * from custmers
        %sql select id from sales."Orders", pg_class, information_schema.tables, generate_series(1, 2), Orders
        """,
        tmp_path,
        sources,
    )
    found = [(f.code, f.message) for f in features.findings(case.snapshot, 0)]
    assert found == [
        ("sql-unknown-column", "No column `nme` in `customers`. Did you mean `name`?"),
        ("sql-unknown-table", "No table `custmers` in shop (postgresql at 127.0.0.1:PORT). Did you mean `customers`?"
         .replace("PORT", str(postgres.port))),
    ]  # fmt: skip


def test_what_goes_wrong_is_said_without_the_password(postgres: Postgres, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(NotRead, match="authentication failed"):
        ask(Place("server", postgres.url(password="no"), "x"))
    with pytest.raises(NotRead, match="refused"):
        ask(Place("server", postgres.url().replace(str(postgres.port), "1"), "x"))
    url = postgres.url().replace("postgresql", "nosuch")
    with caplog.at_level(logging.DEBUG), pytest.raises(NotRead):
        ask(Place("server", url, "x"))
    assert PASSWORD not in caplog.text


def test_a_listener_that_never_answers_is_given_up() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        url = f"postgresql://me:pw@127.0.0.1:{listener.getsockname()[1]}/x"
        with pytest.raises(NotRead, match="no answer within"):
            ask(Place("server", url, "x"), seconds=1.5)


def test_a_stopped_server_keeps_what_was_known_and_comes_back(postgres: Postgres) -> None:
    told = threading.Semaphore(0)
    sources = DatabaseSources(Allowed({"shop": postgres.url()}), lambda keys: told.release(), retry=0.5)
    key = DatabaseRequest("shop")
    assert sources.read(key) is None
    assert told.acquire(timeout=300)
    before = sources.read(key)
    assert before is not None
    assert before.complete
    postgres.stop()
    try:
        sources.refresh()
        assert told.acquire(timeout=300)
        stopped = sources.read(key)
        assert stopped is not None
        assert (stopped.relations, stopped.complete) == (before.relations, False)
        assert "refused" in stopped.problem
        assert "tried again" in stopped.state
    finally:
        postgres.start()
    while sources.read(key) != before:  # nobody asks; it is tried again all the same, maybe while it still starts
        assert told.acquire(timeout=300)
    sources.close()
