"""DuckDB as the oracle: where a result is called closed, its columns are exactly DuckDB's, and types agree where
given.

Types are not given (rather than given wrongly) for decimal arithmetic, integer arithmetic with literals and what
passes through an inner `sum` of integers, where DuckDB's widths follow rules of their own.
"""

from __future__ import annotations

import random

import pytest

from polycell.core.types import Table
from polycell.languages.sql.check import findings
from polycell.languages.sql.service import Reading, result
from polycell.languages.sql.syntax.scan import scan
from polycell.tables.arrow import from_arrow
from polycell.tables.duckdb_types import from_duckdb
from tests.languages.sql.damage import DUCKDB, catalogue, queries, schema
from tests.shared import SHARED, needs_shared

duckdb = pytest.importorskip("duckdb")

SQL_TYPES = {"string": "varchar", "bigint": "bigint", "double": "double", "int": "int", "date": "date"}


def inferred(query: str, tables: dict[str, dict[str, str]]) -> Table:
    reading = Reading(query, DUCKDB, "", scan(query, DUCKDB), catalogue(tables), lambda statement, token: None)
    found = result(reading, {})
    assert found is not None
    return found


def database(tables: dict[str, dict[str, str]]) -> duckdb.DuckDBPyConnection:
    made = duckdb.connect()
    for name, columns in tables.items():
        listed = ", ".join(f'"{c}" {SQL_TYPES.get(t, t)}' for c, t in columns.items())
        made.execute(f"create table {name} ({listed})")
    return made


def compare(query: str, tables: dict[str, dict[str, str]], base: duckdb.DuckDBPyConnection) -> str:
    """ "refused" by DuckDB, "open" or "closed"; asserts that a closed answer is right."""
    try:
        fields = list(base.sql(query).limit(0).to_arrow_table().schema)
        names = list(base.execute(query).df().columns)
    except duckdb.Error:
        return "refused"
    assert not [f for s in scan(query, DUCKDB).statements for f in findings(s, catalogue(tables))], query
    found = inferred(query, tables)
    for column in found.columns:
        if found.proves_absence:
            break
        assert column.certainty < 2 or column.name in names, (query, column.name, names)
    if not found.proves_absence:
        return "open"
    assert [c.name for c in found.columns] == names, query
    for column, field in zip(found.columns, fields, strict=True):
        assert column.type is None or column.type == from_arrow(field.type), (query, column.name)
    return "closed"


@needs_shared
@pytest.mark.parametrize(("bench", "least"), [("tpch", 22), ("tpcds", 35)])
def test_benchmark_queries(bench: str, least: int) -> None:
    tables = schema(SHARED / "sql-queries", bench)
    base = database(tables)
    outcomes = [
        compare(query, tables, base)
        for query in queries(SHARED / "sql-queries", bench)[:: 2 if bench == "tpcds" else 1]
    ]
    assert outcomes.count("closed") >= least, outcomes


TABLES = {
    "t": {"id": "int", "Name": "varchar", "price": "double", "day": "date", "select": "int"},
    "u": {"id": "int", "x": "bigint", "name": "varchar"},
    "v": {"x": "bigint", "Y z": "double", "id": "int"},
}


JOINS = (
    ", {0}",
    " join {0} using (id)",
    " left join {0} on true",
    " cross join {0}",
    " natural join {0}",
    " semi join {0} using (id)",
    " full join {0} using (id)",
    " anti join {0} on true",
    " join ({0}) on true",
)
EXPRESSIONS = (
    "{0} is null",
    "cast({0} as varchar)",
    "{0}::double",
    "case when {0} is null then 1 end",
    "coalesce({0}, null)",
    "({0})",
    "{0} || 'x'",
    "interval 1 day",
    "1",
    "'x'",
    "(select count(*) from u)",
    "row_number() over (order by {0})",
)


class Maker:
    """Random queries over `TABLES`, most of them valid."""

    def __init__(self, seed: int) -> None:
        self.pick = random.Random(seed)
        self.number = 0

    def fresh(self) -> str:
        self.number += 1
        return self.pick.choice([f"a{self.number}", f"Alias{self.number}", f'"odd {self.number}"', "id", "total", "ID"])

    def column(self, alias: str, table: str) -> str:
        name = self.pick.choice(list(TABLES[table]))
        name = (
            f'"{name}"'
            if name in ("select", "Y z") or self.pick.random() < 0.2
            else self.pick.choice([name, name.upper()])
        )
        return f"{alias}.{name}" if self.pick.random() < 0.6 else name

    def item(self, sources: list[tuple[str, str]]) -> str:
        alias, table = self.pick.choice(sources)
        column = self.column(alias, table)
        kind = self.pick.random()
        if kind < 0.35:
            return column
        if kind < 0.5:
            return f"{column} {self.pick.choice(['as ', ''])}{self.fresh()}"
        if kind < 0.58:
            return f"{alias}.*"
        if kind < 0.66:
            return "*"
        if kind < 0.72:
            return f"* exclude ({column.rpartition('.')[2]})"
        if kind < 0.76:
            return f"{alias}.* replace ({column} as {column.rpartition('.')[2]})"
        if kind < 0.8:
            return f"{self.fresh()}: {column}"
        made = self.pick.choice(EXPRESSIONS).format(column)
        return f"{made} as {self.fresh()}" if self.pick.random() < 0.7 else made

    def source(self, depth: int) -> tuple[str, str, str]:
        """(text, alias, table whose columns it has)."""
        table = self.pick.choice(list(TABLES))
        self.number += 1
        alias = f"s{self.number}"
        kind = self.pick.random()
        if kind < 0.6:
            return f"{table} {self.pick.choice(['as ', ''])}{alias}", alias, table
        if kind < 0.8:
            return f"(select * from {table}) {alias}", alias, table
        return f"({self.query(depth + 1)}) {alias}" if depth < 2 else f"(from {table}) as {alias}", alias, table

    def query(self, depth: int = 0) -> str:
        text, alias, table = self.source(depth)
        sources = [(alias, table)]
        for _ in range(self.pick.choice([0, 0, 1, 1, 2])):
            more, alias, table = self.source(depth)
            join = self.pick.choice(JOINS)
            text += join.format(more)
            sources.append((alias, table))
        listed = ", ".join(self.item(sources) for _ in range(self.pick.randint(1, 4)))
        if self.pick.random() < 0.1:
            alias, table = sources[0]
            key = self.column(alias, table)
            listed = f"{key}, count(*), sum({alias}.id), count({alias}.id) as n, max(id)"
            return f"select {listed} from {text} group by {key}"
        made = f"select {self.pick.choice(['', 'distinct ', '', ''])}{listed} from {text}"
        if self.pick.random() < 0.1:
            made = f"from {text} select {listed}"
        if depth == 0 and self.pick.random() < 0.15:
            made = f"with c{self.pick.choice(['', '(k, l)'])} as ({self.query(1)}) select * from c"
        if self.pick.random() < 0.1:
            made = f"{made} {self.pick.choice(['union all', 'except', 'union all by name'])} {made}"
        return made


def test_generated_queries() -> None:
    base = database(TABLES)
    maker = Maker(20261121)
    outcomes = [compare(maker.query(), TABLES, base) for _ in range(300)]
    assert outcomes.count("closed") >= 50, {kind: outcomes.count(kind) for kind in set(outcomes)}


@pytest.mark.parametrize(
    "query",
    [
        "select x.* from (select round(t.d, 1) as r, t.s * 2 as two, unnest([1, 2]) as n from t) x",
        "with a as (select s * 2 as b, unnest([1, 2]) as n from t), c as (select b, n from a) select b, n from c",
        "select case when s > 1 then 1.5 else 2 end as k, unnest([1, 2]) as n from t",
    ],
)
def test_types_through_derived_tables_are_no_others(query: str) -> None:
    """Of queries that DuckDB is not asked about, since they may make much out of little."""
    tables = {"t": {"s": "SMALLINT", "d": "DECIMAL(10,2)"}}
    real = {name: from_duckdb(type_) for name, type_, *_ in database(tables).execute(f"describe {query}").fetchall()}
    mine = {c.name: c.type for c in inferred(query, tables).columns if c.type is not None}
    assert {name: real[name] for name in mine} == mine
