"""Functions out of DuckDB's own catalogue."""

from __future__ import annotations

import pytest

from polycell.languages.sql.duckdb import functions as duckdb_functions
from tests import dsl

pytest.importorskip("duckdb")

HEAD = "# %%\nimport duckdb\n# %% [sql]\n"


@pytest.fixture(autouse=True)
def read() -> None:
    """Wait for what is read in the background."""
    duckdb_functions.known()
    duckdb_functions._READING[0].join()


def test_functions_of_the_catalogue_are_offered_behind_the_first_letter() -> None:
    items = {i.label: i for i in dsl.complete(HEAD + "select regexp_<|> from t").items if i.kind == "function"}
    assert {"regexp_extract", "regexp_extract_all", "regexp_split_to_array", "regexp_matches"} <= items.keys()
    assert items["regexp_matches"].detail == "BOOLEAN"
    assert "`regexp_matches(string VARCHAR, " in items["regexp_matches"].documentation
    assert len([i for i in dsl.complete(HEAD + "select regexp_<|>").items if i.label == "regexp_matches"]) == 1


def test_an_empty_word_offers_the_common_ones_and_asks_again() -> None:
    answer = dsl.complete(HEAD + "select <|> from t")
    assert answer.incomplete
    functions = [i.label for i in answer.items if i.kind == "function"]
    assert "sum" in functions
    assert len(functions) < 100


def test_other_dialects_have_their_own() -> None:
    text = "# %%\n%%sql sqlite://\nselect regexp_<|> from t"
    assert "regexp_extract_all" not in [i.label for i in dsl.complete(text).items]
