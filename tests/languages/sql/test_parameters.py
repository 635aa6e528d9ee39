"""Templates that stand for a value keep nothing else of the statement from being judged and typed."""

from __future__ import annotations

import pytest

from polycell.core.types import Table
from polycell.languages.sql.syntax.dialects import DIALECTS
from polycell.languages.sql.syntax.parameters import only_values, without_values
from polycell.languages.sql.syntax.scan import scan
from tests.dsl import findings, load

VALUES = [
    "a > :lim", "a = {{ x }}", "a <> $x", "a <= %(x)s", "a = ${x}", "a between {{ lo }} and {{ hi }}",
    "b like {pattern}", "b in ({{ x }}, 'y', :z)", "a = 1 limit {{ n }} offset :m", "(a = {{ x }} or b = 'q')",
]  # fmt: skip
OTHERS = [
    "{{ condition }}", "a > 1 {{ more }}", "a = {{ x }}_suffix", "a = {{ schema }}.zz", "a = {{ f }}(zz)",
    "a = 1 group by {{ keys }}", ":x in (select a from df)", "a > 1 and {{ more }}", "b in {{ names }}",
]  # fmt: skip


def reported(query: str, connection: str) -> list[str]:
    table = "create table t (a int, b varchar(9));\n"
    case = load(f"# %%\n%%sql {connection}\n{table}# %%\n%%sql\n{query}")
    return [f.span.of(case.notebook.cells[i].text) for i, f in findings(case) if f.code == "sql-unknown-column"]


@pytest.mark.parametrize("connection", ["duckdb://", "postgresql://u@h/d"])
@pytest.mark.parametrize("condition", VALUES)
def test_what_stands_beside_a_value_is_judged(condition: str, connection: str) -> None:
    assert reported(f"select a, zz from t where {condition}", connection) == ["zz"]
    assert reported(f"select a, b from t where {condition}", connection) == []


@pytest.mark.parametrize("connection", ["duckdb://", "postgresql://u@h/d"])
@pytest.mark.parametrize("condition", OTHERS)
def test_what_may_be_anything_silences(condition: str, connection: str) -> None:
    assert reported(f"select a, zz from t where {condition}", connection) == []


def test_places_stay_what_they_are_behind_several_values() -> None:
    query = "select a from t where a > {{ a long expression }} and xx = :y and b = $b and yy > 1"
    assert reported(query, "duckdb://") == ["xx", "yy"]


def test_the_text_that_is_bound() -> None:
    (statement,) = scan("select a from t where a > :x and b = {{ y }}", DIALECTS["duckdb"]).statements
    assert only_values(statement)
    assert without_values(statement)[0] == "select a from t where a > NULL and b = NULL"


def test_results_have_their_types() -> None:
    text = "# %%\n%%sql duckdb://\ncreate table t (a int, b varchar);\n# %%\n%%sql r <<\n"
    case = load(f"{text}select a * 1.5 as c, count(*) as n from t where b = {{{{ x }}}} group by all limit :n")
    case.snapshot.analysis.settle()
    (made,) = [b.type for b in case.snapshot.analysis.exports(1).bindings if b.name == "r"]
    assert isinstance(made, Table)
    assert not made.open
    assert [(c.name, str(c.type)) for c in made.columns] == [("c", "decimal128(12, 1)"), ("n", "int64")]
