"""What queries yield in PostgreSQL: names and types, beside what a real server says of the same query."""

from __future__ import annotations

import pytest

from polycell.core.types import DataType, Table
from tests import dsl
from tests.tables.databases.postgres import PASSWORD, Postgres

DDL = """
create table orders (id int primary key, customer_id bigint, "Total" numeric(10,2), created_at timestamptz, day date,
  tags text[], doc jsonb, ok boolean, w real);
create table customers (id int primary key, name text not null, email varchar(20), "Full Name" text, joined timestamp);
create table lines (order_id int, line smallint, qty int, price double precision, note text)
"""
JOINED = "orders o join customers c on c.id = o.customer_id join lines l on l.order_id = o.id"
ITEMS = r"""
    o.id
    o.*
    *
    c.name
    l.qty
    count(*)
    count(*) as n
    sum(l.qty) as q
    sum(l.price)
    avg(l.qty) as a
    max(o.created_at) as mx
    o."Total"
    "Total" as t
    c."Full Name"
    NAME
    Email as E
    l.qty * l.price as Amount
    l.qty + 1
    coalesce(c.email, 'x') as em
    coalesce(c.email, 'x')
    case when o.ok then 1 else 2 end
    case when o.ok then 1.5 else 2 end as k
    o.day::text
    o.day::text as "Day"
    cast(o.id as bigint) as big
    extract(year from o.day) as y
    date_trunc('month', o.created_at) as m
    o.created_at::date as d
    o.tags[1] as t1
    o.doc->>'a' as da
    o.doc->'a' as db
    upper(c.name) u
    length(c.name) len
    row_number() over (order by o.id) as rn
    rank() over (partition by c.id order by o.id)
    o.ok and true as b
    1 as one
    'x' as s
    null as nothing
    now() as ts
    current_date as cd
    o.day + 1 as nextday
    o.day - o.day as diff
    o.created_at - o.created_at as iv
    l.line * 2 as l2
    o.customer_id / 2 as half
    l.price / 2 as p2
    o."Total" * 2 as tt
    o.w * 2 as w2
    o.w + l.price as wp
    array_agg(l.note) as notes
    string_agg(l.note, ',') as joined_notes
    exists (select 1) as ex
    (select max(qty) from lines) as mq
    (select max(qty) from lines)
    c.id as "ID"
    round(o."Total", 1) as r
    round(l.price) as rp
    abs(l.qty) as ab
    power(l.qty, 2) as pw
    l.qty % 2 as md
    to_char(o.day, 'YYYY') as yy
    greatest(l.qty, l.line) as g
    c.name || 'x' as cat
    substring(c.name from 1 for 2) as sub
    position('a' in c.name) as pos
    o.customer_id + l.qty as ci
    -l.line as neg
    not o.ok as nk
    c.name like 'a%' as lk
    o.id in (1, 2) as inn
    c.email is null as isn
    stddev(l.qty) as sd
    sum(o."Total") as st
    sum(l.line) as sl
    sum(o.w) as sw
    avg(o.w) as aw
    bool_and(o.ok) as ba
    min(c.name) as mn
    count(distinct c.id) as cnt
    json_build_object('a', 1) as jb
    date_part('year', o.day) as dp
    age(o.created_at) as ag
    interval '1 day' as i1
    o.day + interval '1 day' as di
    o.created_at + interval '1 day' as ci2
    l.qty::numeric / 3 as nd
    true as t_
    nullif(l.qty, 0) as nf
    lag(l.qty) over () as lg
    first_value(c.name) over () as fv
    percentile_cont(0.5) within group (order by l.price) as pc
    split_part(c.name, 'a', 1) as sp
    floor(l.price) as fl
    ceil(o."Total") as ce
    random() as rnd
    md5(c.name) as m5
    generate_series(1, 2) as gs
    unnest(o.tags) as un
    l.*
    c.*
"""
QUERIES = r"""
    with u as (update orders set "Total" = 1 returning *) select * from u
    with u as (insert into customers (id, name) values (1, 'x') returning id as nid, upper(name) as un) select * from u
    with u as (delete from lines using orders o where o.id = order_id returning *) select * from u
    with u as (update orders o set w = 2 from customers c where c.id = o.id returning c.*, o.id as oid) select * from u
    select * from (values (1, 'a'), (2, 'b')) v
    select * from (values (1, 'a')) v(x, y)
    select * from generate_series(1, 3)
    select * from generate_series(1, 3) g
    select * from generate_series(1, 3) g(n)
    select * from unnest(array[1,2]) with ordinality
    select * from unnest(array[1,2]) with ordinality as t(a, b)
    select * from jsonb_each('{}'::jsonb)
    select * from json_to_recordset('[]') as x(a int, b text)
    select * from string_to_table('a,b', ',')
    values (1, 2)
    table orders
    select * from orders o join lines l on true
    select o.id, l.qty from orders o, lines l
    select * from customers natural join orders
    select * from orders join customers using (id)
    select id Id, name "NaMe" from customers
    select Name from customers
    select "name" from customers
    with recursive t(n) as (select 1 union all select n+1 from t where n < 3) select * from t
    with t(a, b) as (select id, name from customers) select b, a from t
    select distinct on (id) id, name from customers
    select count(*), customer_id from orders group by 2
    select * from only orders
    select (o).id from orders o
    select (o).* from orders o
    select o.* , o.id as x from orders as o
    select * from orders tablesample system (10)
    select * from rows from (generate_series(1,2), generate_series(1,3)) as t(a,b)
    select * from orders where false union select * from orders
    select id from orders intersect select id from customers
    select * from customers c left join lateral (select max(id) as last from orders where customer_id = c.id) x on true
    select grouping(ok), ok from orders group by rollup(ok)
    select id as a, id as a from orders
"""
ARROW = {
    "int2": "int16", "int4": "int32", "int8": "int64", "float4": "float", "float8": "double", "bool": "bool",
    "text": "string", "varchar": "string", "date": "date32", "timestamp": "timestamp[us]",
    "timestamptz": "timestamp[us, tz=UTC]", "interval": "month_day_nano_interval",
}  # fmt: skip


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines()]


def real(postgres: Postgres, queries: list[str]) -> list[list[tuple[str, str]]]:
    """The result columns of each query, with the server's names of their types. Everything is taken back."""
    import psycopg

    made = []
    options = {"host": "127.0.0.1", "port": postgres.port, "user": "admin", "password": PASSWORD, "dbname": "postgres"}
    with psycopg.connect(**options) as connection:  # type: ignore[arg-type]
        connection.execute("set search_path to pg_temp")
        connection.execute(DDL.replace("create table", "create temp table").encode())
        named: dict[int, str] = dict(connection.execute("select oid, typname from pg_type").fetchall())
        for query in queries:
            with connection.transaction(force_rollback=True):
                found = connection.execute(query.encode()).description
            made.append([(d.name, named[d.type_code]) for d in found or ()])
        connection.rollback()
    return made


def ours(query: str) -> Table:
    case = dsl.load(f"# %%\n%%sql postgresql://x\n{DDL.strip()}\n# %%\n%%sql postgresql://x res <<\n{query}")
    case.snapshot.analysis.settle()
    found = next(b.type for b in case.snapshot.analysis.exports(1).bindings if b.name == "res")
    assert isinstance(found, Table)
    return found


def agrees(made: DataType, theirs: str) -> bool:
    if theirs == "numeric":
        return made.name.startswith("decimal")
    return made.name == "list" if theirs.startswith("_") else str(made) == ARROW.get(theirs)


@pytest.mark.parametrize("around", ["{}", "with t as ({}) select t.* from t"])
def test_names_and_types(postgres: Postgres, around: str) -> None:
    queries = [around.format(f"select {item} from {JOINED}") for item in lines(ITEMS)]
    _compare(queries, real(postgres, queries), least=60)


def test_queries(postgres: Postgres) -> None:
    queries = lines(QUERIES)
    _compare(queries, real(postgres, queries), least=18)


def _compare(queries: list[str], told: list[list[tuple[str, str]]], least: int) -> None:
    """No closed list differs, no column is offered that is not there, no type is another; at least so many closed."""
    closed = 0
    wrong = []
    for query, columns in zip(queries, told, strict=True):
        table, names = ours(query), [name for name, _ in columns]
        mine = [c.name for c in table.columns]
        closed += not table.open
        if not set(mine) <= set(names) or (not table.open and mine != names):
            wrong.append(f"{query}: {mine}, really {names}")
        for column in table.columns:
            theirs = {type_ for name, type_ in columns if name == column.name}
            if column.type is not None and len(theirs) == 1 and not agrees(column.type, *theirs):
                wrong.append(f"{query}: {column.name} is {column.type}, really {theirs}")
    assert not wrong
    assert closed >= least
