"""The names of columns that nobody named. The oracles: PostgreSQL, MariaDB and SQLite themselves."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from polycell.languages.sql.facts import NoTables
from polycell.languages.sql.relations.columns import Relations
from polycell.languages.sql.syntax.dialects import dialect
from polycell.languages.sql.syntax.scan import scan
from tests.tables.databases import mariadb as maria
from tests.tables.databases.postgres import PASSWORD, Postgres

POSTGRES = """
count(*)
Count( * )
sum(price)
pg_catalog.upper(name)
"upper"(name)
1
'x'
null
true
false
-1
- id
id + 1
(id)
(id + 1)
((id))
1::text
'x'::varchar(3)
'1'::int
'1'::integer
'1'::int4
'1'::bigint
'1'::smallint
'1'::float
'1'::float(10)
'1'::real
'1'::double precision
'1'::decimal(5, 1)
'1'::numeric
'1'::dec
't'::boolean
't'::bool
'a'::char
'a'::char(3)
'a'::character varying
'a'::character varying(3)
'a'::character
'a'::nchar(3)
'a'::bpchar
'a'::"char"
'2020-01-01'::date
'10:00'::time
'10:00'::time with time zone
'2020-01-01'::timestamp
'2020-01-01'::timestamp(3)
'2020-01-01'::timestamp with time zone
'2020-01-01'::timestamp without time zone
'2020-01-01'::timestamptz
'1'::bit
'1'::bit varying(3)
'{}'::int[]
'{}'::text[]
'{}'::int array
'{}'::jsonb
'1 day'::interval
'1 day'::interval day to second
'x'::pg_catalog.text
cast(1 as bigint)
cast(id as bigint)
cast(id + 1 as bigint)
cast(cast(id as text) as varchar)
id::text
id::text::varchar
(id + 1)::text
(id::int + 1)::text
1::int::text
upper(name)::varchar
date '2020-01-01'
interval '1 day'
interval '1' day
timestamp '2020-01-01'
timestamp with time zone '2020-01-01'
time '10:00'
double precision '1'
int '1'
float8 '1'
case when b then 1 else 2 end
case when b then 1 else id end
case when b then 1 end
case id when 1 then 'a' else upper(name) end
case when b then 1 else case when b then 2 else id end end
case when b then 1 else id + 1 end
case when b then 1 else 1::text::int end
case when b then 1 else 2 end + 1
(case when b then 1 else 2 end)::text
case when b then 1 else 2 end::text
coalesce(name, 'x')
nullif(id, 1)
greatest(id, 1)
least(id, 1)
exists (select 1)
not exists (select 1)
array(select 1)
array[1, 2]
array[1, 2]::text[]
(array[1, 2])[1]
row(1, 2)
(1, 2)
(select 1)
(select id from t limit 1)
(select max(id) from t)
(select id as z from t limit 1)
(select id + 1 from t limit 1)
(select id::text from t limit 1)
(select 1::text)
((select max(id) from t))
(select max(id) from t) + 1
(select max(id) from t)::text
(values (1))
xs[1]
xs[1:2]
(xs)[1]
(p).x
(p).y::varchar
((p).x)
doc->'a'
doc->>'a'
(doc->>'a')::int
doc #>> '{a}'
doc['a']
extract(year from d)
date_part('year', d)
trim(name)
trim(both 'x' from name)
trim(leading 'x' from name)
trim(trailing from name)
substring(name from 1 for 2)
substring(name, 1)
position('a' in name)
overlay(name placing 'a' from 1)
ltrim(name)
current_date
current_time
current_timestamp
current_timestamp(3)
localtime
localtimestamp
current_user
session_user
user
current_role
current_catalog
current_schema
current_schema()
now()
now() - ts
now()::date
current_date::text
current_date + 1
ts at time zone 'UTC'
ts at time zone 'UTC' + interval '1 day'
(ts at time zone 'UTC')::date
name collate "C"
upper(name) collate "C"
'x' collate "C"
name || 'x'
name like 'a%'
name is null
b is true
b and b
not b
id in (1, 2)
id between 1 and 2
id = any(xs)
name ~ 'a'
name similar to 'a'
(d, d) overlaps (d, d)
row_number() over ()
sum(id) over (partition by name order by id)
sum(id) filter (where b)
sum(id) filter (where b) over (order by id)
percentile_cont(0.5) within group (order by id)
string_agg(name, ',' order by id)
count(distinct id)
xmlelement(name foo)
xmlforest(id)
xmlconcat(null)
normalize(name)
name is normalized
collation for (name)
jsonb_build_object('a', 1)
json_object('{}')
t
t.id
t."Q"
"Q"
public.t.id
ID
"Q"::text
(t).id
generate_series(1, 2)
unnest(xs)
to_char(d, 'YYYY')
age(ts)
make_date(2020, 1, 1)
treat(id as text)
$$x$$
E'x'
B'1'
1.5
id::varchar(10)
"upper"(name) || 'x'
+id
@ id
1 is distinct from 2
id operator(pg_catalog.+) 1
cast('1' as double precision)
cast(price as decimal(5, 1))
sum(price)::decimal(5,1)
(sum(price) / count(*))::numeric
round(avg(price), 2)
max(name) as m
max(name) m
sqrt(id) ^ 2
timezone('UTC', ts)
char_length(name)
character_length(name)
bool 't'
null::int
null::text
exists(select 1)::int
(b)::int
(not b)::int
count(*)::int
(array_agg(id))[1]
(array_agg(p))[1].x
((array_agg(p))[1]).x
"""
# Of these nothing is said.
SILENT = {
    *("true", "false", "((select max(id) from t))", "(values (1))", "ts at time zone 'UTC' + interval '1 day'"),
    *("(d, d) overlaps (d, d)", "name is normalized", "collation for (name)"),
}
TEXTS = """
count(*)
COUNT( * )
sum(price)
upper( name )
1
1.50
'x'
null
-1
- id
+id
id  +  1
(id)
((t.id))
(id + 1)
('x')
case when b then 1 else 2 end
name = 'x'
(select max(id) from t)
( select 1 )
exists (select 1)
not b
id is null
cast(id as char)
id /* c */ + 1
/* c */ id + 1
id + 1 /* c */
id + 1 -- c
'a' collate binary
name collate nocase
row_number() over (order by id)
count(distinct id)
id in (1,2)
name like 'a%'
t.id + Q
x'41'
'it''s'
current_date
"""


def ours(query: str, name: str) -> list[str]:
    statement = scan(query, dialect(name)).statements[0]
    return [c.name for c in Relations(statement, NoTables()).output(statement.root).columns]


def test_postgres(postgres: Postgres) -> None:
    import psycopg

    options = {"host": "127.0.0.1", "port": postgres.port, "user": "admin", "password": PASSWORD, "dbname": "postgres"}
    wrong = {}
    with psycopg.connect(**options) as connection:  # type: ignore[arg-type]
        connection.execute("create type pair as (x int, y text)")
        connection.execute(
            "create table t (id int, name text, b bool, d date, ts timestamptz, xs int[], p pair, doc jsonb, "
            'price numeric(10,2), "Q" int)'
        )
        for expression in POSTGRES.strip().splitlines():
            query = f"select {expression}\nfrom t"
            cursor = connection.execute(query.encode())
            assert cursor.description is not None
            theirs = [column.name for column in cursor.description]
            if ours(query, "postgres") != ([] if expression in SILENT else theirs):
                wrong[expression] = (ours(query, "postgres"), theirs)
        connection.rollback()
    assert wrong == {}


def test_sqlite() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("create table t (id int, name text, b bool, price real, Q int)")
        found = 0
        for expression in TEXTS.strip().splitlines():
            for query in (f"select {expression}\nfrom t", f"select * from (select {expression}\nfrom t)"):
                theirs = [row[0] for row in connection.execute(query).description]
                mine = ours(query, "sqlite")
                found += mine == theirs
                assert mine in (theirs, []), query
    assert found >= 50


@pytest.fixture(scope="module")
def mariadb() -> Iterator[maria.MariaDB]:
    yield from maria.running()


def test_mariadb(mariadb: maria.MariaDB) -> None:
    import sqlalchemy

    found = 0
    with sqlalchemy.create_engine(mariadb.url()).connect() as connection:
        made = "(select 1 as id, 'a' as name, true as b, 1.5 as price, 2 as Q) t"
        for expression in TEXTS.strip().splitlines():
            if "nocase" in expression or "--" in expression:
                continue
            query = f"select {expression}\nfrom t".replace("from t", f"from {made}")
            theirs = list(connection.exec_driver_sql(query.replace("%", "%%")).keys())
            mine = ours(query, "mysql")
            found += mine == theirs
            assert mine in (theirs, []), query
    assert found >= 20
