"""Piped queries: each step sees what the one before it yields."""

from __future__ import annotations

import pytest

from polycell.core.types import Column, Table
from polycell.languages.sql.facts import NoTables
from polycell.languages.sql.relations.columns import Relations
from polycell.languages.sql.syntax.dialects import dialect
from polycell.languages.sql.syntax.scan import scan
from tests import dsl

TABLES = {"t": ("id", "total", "name"), "c": ("id", "email")}


class Known(NoTables):
    def table(self, parts: object) -> Table | None:  # type: ignore[override]
        found = TABLES.get(str(list(parts)[-1]))  # type: ignore[call-overload]
        return Table(tuple(Column(name) for name in found), case_sensitive=False) if found else None


# The examples of BigQuery's manual, "Pipe query syntax", with other names.
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("from t |> where id > 3", "id total name"),
        ("from t |> select id, total * 2 as twice", "id twice"),
        ("from t |> extend total * 2 as twice, id as key", "id total name twice key"),
        ("from t |> set total = total * 2, name = 'x'", "id total name"),
        ("from t |> drop total, name", "id"),
        ("from t |> rename total as amount, name title", "id amount title"),
        ("from t |> as x |> where x.id > 3 |> order by x.total desc |> limit 3", "id total name"),
        ("from t |> aggregate sum(total) as s, count(*) as n", "s n"),
        ("from t |> aggregate sum(total) as s group by name, id as key", "name key s"),
        ("from t |> aggregate sum(total) as s group and order by name desc", None),
        ("from t |> aggregate group by name", "name"),
        ("from t |> aggregate count(*) group by name", None),
        ("from t |> distinct |> tablesample system (1 percent)", "id total name"),
        ("from t |> select id |> join c using (id)", "id email"),
        ("from t |> left join c on t.id = c.id |> select name, email", "name email"),
        ("from t |> union all (select 1, 2, 'x'), (select 2, 3, 'y')", "id total name"),
        ("from t |> pivot (sum(total) for name in ('a', 'b'))", "id a b"),
        ("from t |> unpivot (v for k in (id, total))", "name v k"),
        ("from t |> call f() |> where x > 3", None),
        ("select id, name from t |> where id > 3 |> drop name", "id"),
        ("with q as (from t |> select id, total as a) from q |> where a > 3 |> drop id", "a"),
        ("select x.* from (from t |> aggregate max(id) as m group by name) x", "name m"),
        ("from t |>", None),
        ("from t |> where (id > 3 |> select id, total", "id total"),
    ],
)
def test_columns_of_each_step(query: str, expected: str | None) -> None:
    statement = scan(query, dialect("bigquery")).statements[0]
    table = Relations(statement, Known()).output(statement.root)
    assert (None if table.open else " ".join(c.name for c in table.columns)) == expected


DDL = "create table d.t (id int64, total float64, name string); create table d.c (id int64, email string)"
ABOVE = f"# %%\n%%bigquery\n{DDL}\n# %%\n%%bigquery"


@pytest.mark.parametrize(
    ("query", "offered", "hidden"),
    [
        ("from d.t |> where <|>", {"id", "total", "name"}, {"email"}),
        ("from d.t |> select id, total * 2 as twice |> where <|>", {"id", "twice"}, {"total", "name"}),
        ("from d.t |> aggregate sum(<|>) as s group by name", {"id", "total", "name"}, set()),
        ("from d.t |> aggregate sum(total) as s group by <|>", {"id", "total", "name"}, set()),
        ("from d.t |> aggregate sum(total) as s group by name |> order by <|>", {"s", "name"}, {"id", "total"}),
        ("from d.t |> join d.c as c on c.<|> = t.id", {"id", "email"}, {"total"}),
        ("from d.t |> join d.c as c using (id) |> select <|>", {"id", "email", "total"}, set()),
        ("from d.t |> <|>", {"WHERE", "AGGREGATE", "EXTEND"}, {"id"}),
    ],
)
def test_what_is_offered(query: str, offered: set[str], hidden: set[str]) -> None:
    labels = set(dsl.labels(f"{ABOVE}\n{query}"))
    assert offered <= labels
    assert not hidden & labels


def test_the_result_in_python() -> None:
    query = "from d.t |> aggregate max(total) as most, count(*) as n group by name"
    assert dsl.labels(f'{ABOVE} x\n{query}\n# %%\nx["<|>"]') == ["name", "most", "n"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("from d.t |> where totl > 1 |> aggregate sum(total) as s group by name |> select s, id", "totl id"),
        ("from d.t |> extend total * 2 as x |> where x > y |> join d.c as c on c.id = t.id and c.z = 1", "y z"),
        ("from d.t |> set total = 1 |> drop name |> where name = 'a'", ""),  # steps that sqlglot does not read
        ("from d.t |> rename total as cost |> where cost > 1 |> order by total", ""),
        ("from d.t as a |> where a.id = 1 |> aggregate count(*) as n group by name |> as b |> where b.n > 1", ""),
        ("select id from d.t |> where id > 1 |> limit 3 |> union all (select 2) |> where id = 2", ""),
        ("from d.t |> join d.other using (id) |> where anything = 1", ""),
    ],
)  # fmt: skip
def test_what_is_certain(query: str, expected: str) -> None:
    case = dsl.load(f"{ABOVE}\n{query}")
    text = case.notebook.cells[-1].text
    assert " ".join(f.span.of(text) for _, f in dsl.findings(case)) == expected
