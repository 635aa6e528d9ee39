"""Which database is meant, who may read it, and what is never said."""

from __future__ import annotations

from pathlib import Path

import pytest

from polycell.tables.databases.places import Allowed, DatabaseRequest, place
from polycell.tables.databases.secrets import expand, masked, secrets_of

ENVIRONMENT = {"PGPASSWORD": "p@ss/word", "DATABASE_URL": "postgresql://me:secret@db.example/shop"}
NAMED = {"shop": "postgresql://ro:${PGPASSWORD}@db.example:5432/shop"}


@pytest.mark.parametrize(
    "source",
    [
        "shop",
        "[shop]",
        NAMED["shop"],
        "postgresql://me:other@db.example/shop",
        "postgresql+psycopg://db.example:5432/shop",
        "postgres://DB.example/shop",
        "${DATABASE_URL}",
    ],
)
def test_a_database_of_the_settings_is_known_by_its_name_and_by_its_address(source: str) -> None:
    allowed = Allowed(NAMED, notebooks=source.startswith("$"))
    found = place(DatabaseRequest(source), allowed, ENVIRONMENT)
    assert found is not None
    assert found.kind == "server"
    assert "secret" not in found.label
    assert "p@ss" not in found.label
    if not source.startswith("$"):
        assert found.target == "postgresql://ro:p%40ss%2Fword@db.example:5432/shop"


@pytest.mark.parametrize(
    "source", ["other", "postgresql://db.example/other", "postgresql://elsewhere/shop", "${DATABASE_URL}", "[other]"]
)
def test_nothing_else_is_contacted(source: str) -> None:
    assert place(DatabaseRequest(source), Allowed(NAMED), ENVIRONMENT) is None


def test_with_the_setting_a_notebook_may_name_its_own(tmp_path: Path) -> None:
    allowed = Allowed(notebooks=True)
    found = place(DatabaseRequest("postgresql://me:pw@h:1/d"), allowed, {})
    assert found is not None
    assert (found.label, found.target) == ("d (postgresql at h:1)", "postgresql://me:pw@h:1/d")
    (tmp_path / "connections.ini").write_text(
        "[shop]\ndrivername = postgresql\nusername = me\npassword = a%b@c\nhost = h\nport = 5433\ndatabase = d\n",
        encoding="utf-8",
    )
    found = place(DatabaseRequest("[shop]", "", str(tmp_path)), allowed, {})
    assert found is not None
    assert found.target == "postgresql://me:a%25b%40c@h:5433/d"
    with pytest.raises(LookupError, match="absent"):
        place(DatabaseRequest("[absent]", "", str(tmp_path)), allowed, {})


def test_a_variable_that_is_not_set_is_named() -> None:
    with pytest.raises(LookupError, match="PGPASSWORD"):
        place(DatabaseRequest("shop"), Allowed(NAMED), {})


def test_references_are_quoted_inside_of_a_url_and_raw_alone() -> None:
    assert expand("x://${PGPASSWORD}@h", ENVIRONMENT) == "x://p%40ss%2Fword@h"
    assert expand("${DATABASE_URL}", ENVIRONMENT) == ENVIRONMENT["DATABASE_URL"]


@pytest.mark.parametrize(
    "text",
    [
        "cannot parse postgresql://me:hunter2@h/d",
        "password=hunter2 is wrong",
        "Access denied (using password: 'hunter2')",
        "bad: hunter2",
    ],
)
def test_passwords_are_never_repeated(text: str) -> None:
    assert "hunter2" not in masked(text, secrets_of("postgresql://me:hunter2@h/d"))
