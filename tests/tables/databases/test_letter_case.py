"""Upper and lower case of names in PostgreSQL. The oracle: what the server itself lacks."""

from __future__ import annotations

import pytest

from polycell.core import features
from tests import dsl
from tests.languages.sql.test_name_check import found
from tests.tables.databases.postgres import PASSWORD, Postgres

DDL = 'create table cased (id int, "Total" int, "ID2" int, day date); create table other (id int, "Name" text)'
QUERIES = (
    "select total from cased",
    'select Total, "Total" from cased',
    'select o."total" from cased o',
    'select "ID" from cased',
    "select ID2 from cased",
    'select ID, "day", DAY from cased where ID > 1 order by ID',
    'select "Total" as total from cased order by total',
    'with t as (select "Total" as total from cased) select total, TOTAL from t',
    "select o.total from cased o join other c on c.ID = o.id",
    "select o.id from cased o join other c on c.id = o.id where c.\"NAME\" = 'x'",
    "update cased set total = 1",
    'update cased set "Total" = id where ID = 1',
    "delete from cased where TOTAL > 1",
    "select count(*) from cased group by total",
    'select (select max("Total") from cased where cased.ID = other.ID) from other',
    'select sum(x.TOTAL) from (select "Total" from cased) x',
    'select x."Total" from (select "Total" from cased) x',
    'select total from (select "Total", id as total from cased) x',
    'select total from (select id as "Total" from cased) x',
    'select "TOTAL" from (select id as total from cased) x',
    "with t as (select * from cased) select total from t",
    'with t as (select id as "Sum" from cased) select sum from t',
    'with t ("A", b) as (select id, day from cased) select a, B from t',
    'with t as (select id, max("Total") from cased group by id) select t.max, t.ID from t',
    'with t as (select id, max("Total") from cased group by id) select "Max" from t',
    'with recursive t as (select id as "N" from cased union all select n + 1 from t) select "N" from t',
    'select u.name from (select id, "Name" from other union select 1, null) u',
    'select a."Name" from cased c join (select id, "Name" from other) a on a.ID = c.ID',
    "insert into cased (id, total) values (1, 2)",
    'insert into cased (ID, "Total") values (1, 2)',
    'insert into cased ("ID") values (1)',
    "insert into cased (id) values (1) returning total",
    "insert into cased (id) select ID from other",
    "insert into other (id) select total from cased",
)


@pytest.mark.parametrize("query", QUERIES)
def test_what_the_server_lacks_is_found(postgres: Postgres, query: str) -> None:
    import psycopg

    options = {"host": "127.0.0.1", "port": postgres.port, "user": "admin", "password": PASSWORD, "dbname": "postgres"}
    with psycopg.connect(**options) as connection:  # type: ignore[arg-type]
        for statement in DDL.split(";"):
            connection.execute(statement.encode())
        try:
            connection.execute(query.encode())
            lacks = False
        except psycopg.errors.UndefinedColumn:
            lacks = True
        connection.rollback()
    codes = {code for code, _ in found("postgres", query, DDL)}
    assert codes == ({"letter-case"} if lacks else set())


def test_only_where_the_spelling_is_the_databases() -> None:
    assert found("redshift", "select total from cased", DDL) == []
    assert found("postgres", "select total from cased", 'create table cased as select 1 as "Total"') == []
    generic = dsl.load(f"# %%\n%%sql\n{DDL}\n# %%\n%%sql postgresql://x\nselect total from cased")
    assert list(features.findings(generic.snapshot, 1)) == []


def test_the_fix_writes_the_column_in_quotes() -> None:
    case = dsl.load(f"# %%\n%%sql postgresql://x\n{DDL}\n# %%\n%%sql postgresql://x\nselect o.total from cased o")
    finding = next(iter(features.findings(case.snapshot, 1)))
    assert [edit.text for fix in finding.fixes for edit in fix.edits] == ['"Total"']
