"""Templates in SQL cells: what they name is Python's, where the convention is certain."""

from __future__ import annotations

import pytest

from polycell.core import references, renaming
from tests import dsl

SNOWFLAKE = """host: snowflake
# %%
import json
limit_rows = 5
names = ["a"]
def helper(): pass
# %% [sql]
"""
JUPYSQL = """# %%
limit_rows = 5
names = ["a"]
# %%
%%sql duckdb://
"""


@pytest.mark.parametrize("before", [SNOWFLAKE, JUPYSQL])
@pytest.mark.parametrize(
    "query",
    [
        "select 1 limit {{ <|> }}",
        "select 1 limit {{<|>}}",
        "select 1 limit {{ li<|>",
        "select 1 limit {{ li<|> | int }}",
        "{% if <|> %} select 1 {% endif %}",
        "{% for n in <|> %} select {{ n }} {% endfor %}",
    ],
)
def test_values_of_python_are_offered(before: str, query: str) -> None:
    labels = dsl.labels(f"{before}{query}")
    assert labels[0] == "limit_rows"
    assert {"json", "helper", "SELECT", "if"}.isdisjoint(labels)


def test_parameters_of_jupysql() -> None:
    assert dsl.labels(f"{JUPYSQL}select 1 limit :li<|>")[0] == "limit_rows"
    assert "limit_rows" not in dsl.labels(f"{JUPYSQL}select 1::li<|>")
    assert "limit_rows" not in dsl.labels(f"{SNOWFLAKE}select 1 limit :li<|>")


@pytest.mark.parametrize("before", [SNOWFLAKE, JUPYSQL])
def test_hover_and_definition(before: str) -> None:
    query = f"{before}select 1 limit {{{{ limit<|>_rows }}}}"
    found = dsl.hover(query)
    assert found is not None
    assert "limit_rows: int" in found.markdown
    assert [location.cell for location in dsl.definition(query)] == ["c0"]


def test_references_go_through_templates() -> None:
    text = SNOWFLAKE.replace("limit_rows =", "limit<|>_rows =")
    case = dsl.load(f"{text}select 1 limit {{{{ limit_rows }}}}\n# %% [sql]\n{{% if limit_rows > 1 %}} select 2")
    found = references.references(case.snapshot, case.session.services, case.cell, case.offset)
    assert [place.cell for place in found] == ["c0", "c1", "c2"]


def test_rename_goes_through_templates() -> None:
    case = dsl.load(f"{SNOWFLAKE}select 1 limit {{{{ limit<|>_rows }}}}")
    answer = renaming.rename(case.snapshot, case.session.services, case.cell, case.offset, "most")
    assert sorted((edit.cell, edit.text) for edit in answer.edits) == [("c0", "most"), ("c1", "most")]


@pytest.mark.parametrize(
    "query",
    [
        "{% for limit_rows in names %} select {{ limit<|>_rows }} {% endfor %}",
        "{% set limit_rows = 1 %} select {{ limit<|>_rows }}",
    ],
)
def test_names_of_the_template_are_its_own(query: str) -> None:
    assert dsl.definition(f"{SNOWFLAKE}{query}") == ()


def test_nothing_is_reported_in_templates() -> None:
    case = dsl.load(f"{SNOWFLAKE}select {{{{ nothing_like_it }}}}, {{{{ a b }}}} from {{{{ dataframe_1 }}}}")
    assert dsl.findings(case) == []


@pytest.mark.parametrize("host", ["databricks", "jupyter", "polynote"])
def test_no_convention_no_names(host: str) -> None:
    text = SNOWFLAKE.replace("host: snowflake", f"host: {host}")
    assert "limit_rows" not in dsl.labels(f"{text}select 1 limit {{{{ <|> }}}}")
