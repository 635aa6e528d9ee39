"""SQL cells in notebooks: what they see, offer and give."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polycell.core import features
from polycell.core.environment import Binding
from polycell.core.types import Connection, Table
from tests import dsl
from tests.shared import examples


def binding(text: str, name: str, folder: Path | None = None) -> Binding:
    """The binding of `name` that the last cell exports."""
    case = dsl.load(text, folder)
    case.snapshot.analysis.settle()
    found = [b for b in case.snapshot.analysis.exports(len(case.notebook.cells) - 1).bindings if b.name == name]
    assert found, case.snapshot.analysis.exports(len(case.notebook.cells) - 1)
    return found[-1]


def table(text: str, name: str, folder: Path | None = None) -> str:
    """`name: type, …` of an exported table, `…` behind an open one."""
    found = binding(text, name, folder).type
    assert isinstance(found, Table)
    columns = [f"{c.name}: {c.type}" if c.type else c.name for c in found.columns]
    return ", ".join([*columns, "…"] if found.open else columns)


DDL = """
# %%
import duckdb
# %%
%%sql duckdb://
create table orders (id bigint primary key, total decimal(10, 2), "Day" date not null, customer_id int);
create table customers (id bigint, name varchar, customer_id int)
"""


def test_result_of_ddl_tables() -> None:
    text = DDL + "# %%\n%%sql r <<\nselect o.*, name as who, count(*) over () n from orders o join customers using (id)"
    expected = "id: int64, total: decimal128(10, 2), Day: date32, customer_id: int32, who: string, n: int64"
    assert table(text, "r") == expected
    assert binding(text, "r").space == "python"
    assert binding(text, "r").kind == "result"


def test_result_of_a_file(tmp_path: Path) -> None:
    text = """
    file data/sales.csv: id,price;1,2.5
    # %% [sql] -> r
    select id, price * 2 as double_price, count(*) as n from 'data/sales.csv' group by all
    """
    assert table(text, "r", tmp_path).startswith("id: int64, double_price")


def test_create_table_as_and_drop() -> None:
    text = DDL + "# %%\n%%sql\ncreate view v as select id as k, total from orders; drop table customers"
    assert table(text, "v") == "k: int64, total: decimal128(10, 2)"
    assert binding(text, "customers").kind == "deleted"


def test_if_not_exists_proves_nothing() -> None:
    found = binding("# %%\n%%sql duckdb://\ncreate table if not exists t (a int)", "t").type
    assert isinstance(found, Table)
    assert not found.proves_absence


@pytest.mark.parametrize(
    ("head", "name", "flavour", "space"),
    [
        ("host: jupyter\n# %%\n%%sql out <<", "out", "result-set", "python"),
        ("host: jupyter\n# %%\n%%bigquery frame", "frame", "pandas", "python"),
        ("host: polynote\n# %% [sql]", "Out", "spark", "sql"),
        ("host: databricks\n# %% [sql]", "_sqldf", "spark", "python"),
        ("host: jupyter\n# %% [sql] -> x", "x", "pandas", "python"),
    ],
)
def test_where_results_go(head: str, name: str, flavour: str, space: str) -> None:
    found = binding(f"{head}\nselect 1 as one", name)
    assert isinstance(found.type, Table)
    assert (found.type.flavour, found.space) == (flavour, space)
    assert [c.name for c in found.type.columns] == ["one"]


@pytest.mark.parametrize(
    "query",
    [
        "select ORDERID, t.total from t",
        "select orderid as o, a.* from t a join t b using (ORDERID)",
        "select orderid from t union all select TOTAL from t",
        "with w as (select * from t) select orderid from w",
    ],
)
def test_sqlite_spells_columns_as_their_table_does(query: str) -> None:
    made = sqlite3.connect(":memory:")
    made.execute("create table t (OrderId integer, Total real)")
    real = [described[0] for described in made.execute(query).description]
    text = f"# %%\n%%sql sqlite://\ncreate table t (OrderId integer, Total real)\n# %%\n%%sql r <<\n{query}"
    found = binding(text, "r").type
    assert isinstance(found, Table)
    assert [c.name for c in found.columns] == real


def test_snowflake_spells_unquoted_names_upper() -> None:
    found = binding('host: snowflake\n# %% [sql] -> s\nselect a as total, b as "kept" from t', "s").type
    assert isinstance(found, Table)
    assert [c.name for c in found.columns] == ["TOTAL", "kept"]


def test_unnamed_expressions_leave_the_result_open() -> None:
    assert table("host: polynote\n# %% [sql]\nselect a, case b when 1 then 2 end from t", "Out") == "a, …"
    assert table("host: polynote\n# %% [sql]\nselect a, sum(b) / 2 from t", "Out") == "a, (sum(b) / 2)"


@pytest.mark.parametrize(
    ("url", "query", "columns"),
    [
        ("databricks://x", "select a, count(*), SUM(Total), min(t.a) from t", "a, count(1): int64, sum(Total), …"),
        ("trino://x", "select a, count(*), a + 1 from t", "a, _col1: int64, _col2"),
        ("hive://x", "select a, count(*), upper(a) from t", "a, _c1: int64, _c2"),
        ("trino://x", "select x.* from (select count(*) from t) x", "…"),
        ("trino://x", "select *, count(*) from t", "…"),
        ("redshift://x", "select max(a), upper(a) from t", "max, …"),
        ("bigquery://x", "select count(*), a, 1 + 1, s.b from t", "f0_: int64, a, f1_: int64, b"),
        ("bigquery://x", "select xs[0].a, 1 from t", "…"),
        ("postgresql://x", "select array[1, 2], [3, 4] from t", "array, …"),
    ],
)
def test_names_of_what_nobody_named(url: str, query: str, columns: str) -> None:
    assert table(f"# %%\n%%sql {url} r <<\n{query}", "r") == columns


def test_templates_leave_the_result_open() -> None:
    assert table(DDL + "# %%\n%%sql r <<\nselect id, {{ more }} from orders", "r") == "id: int64, …"
    assert table(DDL + "# %%\n%%sql r <<\nselect id {% if x %}, total {% endif %} from orders", "r") == "…"


def test_last_connection_is_remembered() -> None:
    text = "# %%\n%%sql snowflake://acme\nselect 1 as x\n# %%\n%%sql r <<\nselect 1 as x"
    found = binding(text, "r").type
    assert isinstance(found, Table)
    assert [c.name for c in found.columns] == ["X"]


def test_a_url_evaluates_to_a_connection() -> None:
    case = dsl.load("# %% [sql]\nselect 1")
    context = features.context_of(case.snapshot, "c0")
    assert context is not None
    service = case.session.services.of("sql")
    assert service.evaluate("duckdb:///x.db", context.view) == Connection("duckdb", "duckdb:///x.db")


def test_saved_snippets_are_tables() -> None:
    text = DDL + "# %%\n%%sql --save big\nselect id from orders where total > 9\n# %%\n%%sql r <<\nselect * from big"
    assert table(text, "r") == "id: int64"


# -- completion


def offered(cell: str, before: str = DDL) -> list[str]:
    items = sorted(dsl.complete(f"{before}# %%\n%%sql\n{cell}").items, key=lambda i: (i.rank, i.label))
    return [i.insert or i.label for i in items if i.kind in ("column", "table", "operator") and i.rank < 30]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("select o.<|> from orders o", ["Day", "customer_id", "id", "total"]),
        ("select <|> from orders", ["Day", "customer_id", "id", "total"]),
        ("select * from <|>", ["customers", "orders"]),
        ("select * from orders join customers using (<|>)", ["customer_id", "id"]),
        ("with w as (select id k from orders) select <|> from w", ["k"]),
        ("with w(a, b) as (select id, total from orders) select w.<|> from w", ["a", "b"]),
        ("select s.<|> from (select id, total as t from orders) s", ["id", "t"]),
        ("select id as kk from orders order by <|>", ["kk", "Day", "customer_id", "id", "total"]),
        ("insert into customers (<|>", ["customer_id", "id", "name"]),
        ("update customers set <|>", ["customer_id", "id", "name"]),
        ("select * exclude (<|>) from customers", ["customer_id", "id", "name"]),
        ("from customers select <|>", ["customer_id", "id", "name"]),
        ("select x from customers union all select <|> from orders", ["Day", "customer_id", "id", "total"]),
        ("select 1; select <|> from customers", ["customer_id", "id", "name"]),
        ("select 'a <|>' from customers", []),
        ("select a -- <|>\nfrom customers", []),
        ("select id as <|> from customers", []),
        ("select c.<|>\nfrom customers c where", ["customer_id", "id", "name"]),
        ("delete from customers where <|>", ["customer_id", "id", "name"]),
        (
            "merge into customers c using orders o on c.id = o.id when matched then update set name = o.<|>",
            ["Day", "customer_id", "id", "total"],
        ),
        ("select * from main.orders m where m.<|>", ["Day", "customer_id", "id", "total"]),
        ("create table z as select * from orders; select z.<|> from z", ["Day", "customer_id", "id", "total"]),
    ],
)
def test_offers(cell: str, expected: list[str]) -> None:
    assert offered(cell) == expected


def test_pairs_come_first_in_on() -> None:
    got = offered("select * from orders o join customers c on <|>")
    assert got[:2] == ["o.customer_id = c.customer_id", "o.id = c.id"]
    assert "o.id" in got  # both sides have it, so that it is offered qualified
    assert "name" in got


def test_names_are_quoted_where_they_must_be() -> None:
    before = '# %%\n%%sql duckdb://\ncreate table t ("Customer Id" int, "order" int, plain int)\n'
    assert offered("select <|> from t", before) == ['"Customer Id"', '"order"', "plain"]
    items = dsl.complete(f'{before}# %%\n%%sql\nselect "Cu<|>" from t').items
    found = next(i for i in items if i.label == "Customer Id")
    assert (found.insert, found.replace.of('%%sql\nselect "Cu" from t')) == ('"Customer Id"', '"Cu"')


def test_python_frames_are_tables() -> None:
    text = """
    # %%
    import pandas as pd
    df = pd.DataFrame({"region": ["a"], "amount": [1]})
    # %% [sql]
    select <|> from df
    """
    got = {i.label: i.detail for i in dsl.complete(text).items if i.kind == "column"}
    assert set(got) == {"region", "amount"}


# -- hover, definition, findings


def test_hover_of_a_table_and_a_column() -> None:
    found = dsl.hover(f"{DDL}# %%\n%%sql\nselect total from or<|>ders")
    assert found is not None
    assert "| total | `decimal128(10, 2)` |" in re.sub(" +", " ", found.markdown)
    assert "cell 2" in found.markdown
    found = dsl.hover(f"{DDL}# %%\n%%sql\nselect to<|>tal from orders o")
    assert found is not None
    assert found.markdown.startswith("**total** `decimal128(10, 2)`")
    assert "column of `o` (`orders`)" in found.markdown


def test_definition_of_column_and_common_table_expression() -> None:
    (where,) = dsl.definition(f"{DDL}# %%\n%%sql\nselect to<|>tal from orders")
    assert where.cell == "c1"
    (where,) = dsl.definition(f"{DDL}# %%\n%%sql\nwith w as (select 1 as a) select a from <|>w")
    assert (where.cell, where.span.start) == ("c2", len("%%sql\nwith "))


def test_unknown_columns() -> None:
    dsl.check_findings(
        DDL
        + """# %%
%%sql
select o.totl, nme, id from orders o
         ^^^^ sql-unknown-column: Did you mean `total`?
               ^^^ sql-unknown-column: There are: id, total
"""
    )


@pytest.mark.parametrize(
    "cell",
    [
        "select anything from elsewhere",
        "select anything from orders, elsewhere",
        "select rowid, id from orders",
        "select total as t, t + 1 from orders where t > 1",
        "select o from orders o",
        "select {{ x }} from orders",
        "select list_transform([1], y -> y + 1) from orders",
        "select id from orders where exists (select 1 from customers c where c.id = orders.id)",
        'select date_part(\'year\', "Day"), extract(month from "Day") from orders',
        "select sum(total) over w from orders window w as (partition by id)",
        "select cast(id as varchar), id::double from orders",
        "pivot orders on id using sum(total)",
        "select unnest(range(id)) as u from orders",
        "select * from orders o join customers c on o.id = c.id order by all",
        "select struct_pack(a := id) from orders",
        "select id from orders limit some_parameter",
        'select d.day from (select "Day" from orders) d',
    ],
)
def test_silence(cell: str) -> None:
    dsl.check_findings(f"{DDL}# %%\n%%sql\n{cell}")


@pytest.mark.parametrize(
    "text",
    [
        "select 'open from t\n       ^ sql-syntax: string",
        "select (a + b from t\n       ^ sql-syntax: never closed",
        "select a + b) from t\n            ^ sql-syntax: Nothing is open",
        "%%sql postgresql://x\nselect a /* open\n         ^^ sql-syntax: comment",
    ],
)
def test_certain_syntax_problems(text: str) -> None:
    dsl.check_findings(f"# %% [sql]\n{text}")


@pytest.mark.parametrize(
    "cell",
    [
        "select 'it\\'s' from t",
        "select a /* SQLite ends it with its input",
        "select a # don't\nfrom t",
        "select a // don't\nfrom t",
        "{% if x %} select (1 {% endif %}",
        "create function f() as $$ begin ( end $$",
        "select from t",
        ".tables (",
    ],
)
def test_no_certain_problem(cell: str) -> None:
    dsl.check_findings(f"# %% [sql]\n{cell}")


SOUP = """select from where with as ( ) ( ) , . ; ' " ` * a b t join on using union all group by order {{ }} {% %} :x ?
$1 -- /* */ insert into values update set merge pivot lateral view distinct except exclude case end [ ] 1 2.5
create table int over"""
WORDS = st.sampled_from([*SOUP.split(), "\n"])


@settings(max_examples=examples(150), deadline=None)
@given(
    st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=30).map(" ".join)),
    st.integers(0, 80),
    st.sampled_from(["jupyter", "databricks", "snowflake"]),
)
def test_no_text_raises(text: str, offset: int, host: str) -> None:
    case = dsl.load(f"host: {host}\n# %% [sql] -> r\nselect 1 as a")
    from polycell.core.notebook import splice
    from polycell.core.values import replace
    from polycell.formats.cells import make_cell
    from polycell.formats.model import CellSource

    cell = make_cell(CellSource("x", text, declared="sql", result="q"), replace(case.notebook, cells=()))
    snapshot = case.session.update(splice(case.notebook, 1, 0, [cell]))
    context = features.context_of(snapshot, "x")
    assert context is not None
    service = case.session.services.of("sql")
    service.facts(context.cell, context.host)
    service.exports(context)
    service.diagnose(context)
    service.evaluate(text, context.view)
    offset = min(offset, len(text))
    items = asyncio.run(service.complete(context, offset)).items
    assert all(0 <= i.replace.start <= offset <= i.replace.end <= len(text) for i in items)
    asyncio.run(service.hover(context, offset))
    asyncio.run(service.define(context, offset))


@pytest.mark.parametrize(
    "text",
    [
        "(" * 20_000,  # with quadratic work this alone would take minutes
        "select 1;\n" * 20_000,
        f"with {', '.join(f'a{i} as (select * from a{i - 1})' for i in range(1, 1_000))} select * from a999",
        "with recursive a as (select * from b), b as (select * from a) select * from a, b",
        f"select {'case when 1 then ' * 2_000}1{' end' * 2_000} from t",
    ],
)
def test_hostile_cells_are_answered_empty(text: str) -> None:
    case = dsl.load(f"# %%\n%%sql postgresql://x\n{text}")
    assert [f for _, f in dsl.findings(case) if f.code != "sql-syntax"] == []
    asyncio.run(features.complete(case.snapshot, case.session.services, "c0", len(text) // 2))


@pytest.mark.parametrize(
    ("before", "fields"),
    [
        ("s", ["qty", "sku"]), ("s.qty", ["n", "u"]), ("o.s", ["qty", "sku"]),
        ("items[1]", ["a"]), ("o.items[1]", ["a"]),
        ("unnest(items)", ["a"]), ("items", ["a"]), ("sum(id)", []), ("m['k']", []), ("tags[1]", []),
    ],
)  # fmt: skip
def test_fields_of_structures_and_of_elements_of_lists(before: str, fields: list[str]) -> None:
    ddl = (
        "create table o (id int, s struct(sku varchar, qty struct(n int, u varchar)), items struct(a int)[], "
        "m map(varchar, int), tags varchar[])"
    )
    assert dsl.labels(f"# %% [sql]\n%%sql duckdb://\n{ddl}\n# %% [sql]\n%%sql\nselect {before}.<|> from o") == fields
