"""The shape of a select list says the same types as its whole query does."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

import pytest

from polycell.core.types import Column, Table
from polycell.languages.sql.relations import infer
from polycell.languages.sql.relations.columns import Relations
from polycell.languages.sql.relations.item_shapes import Shape, shape_of
from polycell.languages.sql.syntax.dialects import DIALECTS
from polycell.languages.sql.syntax.scan import Statement, scan
from polycell.tables.duckdb_types import from_duckdb
from tests.shared import SHARED

Tables = dict[str, Table]
SALES: Tables = {
    "sales": Table(
        tuple(Column(n, from_duckdb(t)) for n, t in (("day", "DATE"), ("price", "DOUBLE"), ("n", "BIGINT"), ("x", ""))),
        case_sensitive=False,
    )
}


class Known:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def table(self, parts: Sequence[str]) -> Table | None:
        return self._tables.get(parts[-1].lower())

    def file(self, path: str, function: str = "", options: object = None, more: object = ()) -> Table | None:
        return None

    def variable(self, name: str) -> bool:
        return False

    def hole(self, text: str) -> Table | None:
        return None


def read(query: str, tables: Tables, dialect: str = "") -> tuple[Statement, Relations, Table, Shape | None]:
    statement = scan(query, DIALECTS[dialect]).statements[-1]
    relations = Relations(statement, Known(tables))
    output = relations.output(statement.root)
    return statement, relations, output, shape_of(statement, relations, output)


@pytest.mark.parametrize(
    ("query", "text", "schema"),
    [
        (
            "select s.n, sum(s.price) as total, count(*) c from sales s group by s.n",
            "SELECT SUM ( c0 ) AS x0 FROM t",
            (("c0", "DOUBLE"),),
        ),
        ("select price * n as v from sales", "SELECT c0 * c1 AS x0 FROM t", (("c0", "DOUBLE"), ("c1", "BIGINT"))),
        ("select max(x) m from sales", "SELECT MAX ( c0 ) AS x0 FROM t", (("c0", "UNKNOWN"),)),
    ],
)
def test_a_shape_says_types_alone(query: str, text: str, schema: tuple[tuple[str, str], ...]) -> None:
    shape = read(query, SALES)[3]
    assert shape is not None
    assert (shape.text, shape.schema) == (text, schema)


@pytest.mark.parametrize(
    "query",
    [
        "select *, sum(n) as total from sales",
        "select cast(n as day) as d from sales",  # `day` is a column and here a type
        "select extract(day from day) as d from sales",
        "select (select max(n) from sales) as m from sales",
        "with q as (select sum(n) as s from sales) select s + 1 as t from q",
        "select s + 1 as t from (select sum(n) as s from sales)",
        "select sum(n) as a from sales union select sum(n) from sales",
        "select sum(n), n as m from sales",
        "select nobody + 1 as a from sales",
    ],
)
def test_what_is_not_certain_has_no_shape(query: str) -> None:
    assert read(query, SALES)[3] is None


def queries() -> Iterator[tuple[str, Tables]]:
    for name in ("tpch", "tpcds"):
        schema = json.loads((SHARED / "sql-queries" / f"{name}.schema.json").read_text(encoding="utf-8"))
        tables = {
            table.lower(): Table(tuple(Column(c, from_duckdb(t)) for c, t in columns.items()), case_sensitive=False)
            for table, columns in schema.items()
        }
        for query in (SHARED / "sql-queries" / f"{name}.sql").read_text(encoding="utf-8").split(";"):
            if "select" in query.lower():
                yield query.strip(), tables


def test_shapes_and_whole_queries_agree() -> None:
    if not (SHARED / "sql-queries").is_dir():
        pytest.skip("without the shared queries")
    compared = 0
    for query, tables in queries():
        statement, relations, output, shape = read(query, tables)
        if shape is None or len(query) > 1500:
            continue
        whole = dict(infer._types(statement.masked, statement.dialect, infer._schema(statement, relations)))
        found = infer._found(statement, relations, output)
        for _, name in shape.names:
            if name in whole:
                assert found.get(name) == whole[name], query
                compared += 1
    assert compared >= 15
