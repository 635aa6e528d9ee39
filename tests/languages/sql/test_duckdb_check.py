"""What DuckDB says about queries, as findings; and what is left unsaid."""

from __future__ import annotations

import random

import pytest

from polycell.core import features
from polycell.core.types import Certainty, Table
from polycell.languages.sql.duckdb import check as duckdb_check
from polycell.languages.sql.duckdb import shadow as duckdb_shadow
from polycell.languages.sql.syntax.scan import scan
from tests import dsl
from tests.languages.sql.damage import DUCKDB, catalogue, lex, queries, schema
from tests.languages.sql.test_service import binding, table
from tests.shared import SHARED, needs_shared

duckdb = pytest.importorskip("duckdb")

TABLES = """
# %%
import duckdb
# %%
%%sql duckdb://
create table orders (id bigint, total decimal(10, 2), name varchar, ok boolean, cid int);
create table customers (id bigint, name varchar, cid int)
# %%
%%sql
"""


def found(query: str, head: str = TABLES) -> list[tuple[str, str]]:
    """(code, text under it) of the findings in a query."""
    case = dsl.load(head + query)
    last = len(case.notebook.cells) - 1
    text = case.notebook.cells[last].text
    return [(f.code.removeprefix("sql-"), f.span.of(text)) for f in features.findings(case.snapshot, last)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("select idd, o.nme from orders o", [("unknown-column", "idd"), ("unknown-column", "nme")]),
        ("select 'é', idd from orders", [("unknown-column", "idd")]),
        ("select o.id from orders", [("unknown-table", "o")]),
        ("select id from orders, customers", [("ambiguous-column", "id")]),
        ("select id, sum(total) from orders", [("grouping", "id")]),
        ("select id from orders where sum(id) > 1", [("grouping", "sum(id)")]),
        ("select sum(name), abs(ok) from orders", [("type-error", "sum(name)"), ("type-error", "abs(ok)")]),
        ("with a as (select id as x from orders) select y from a", [("unknown-column", "y")]),
        ("select count(*) from orders group by nam", [("unknown-column", "nam")]),
    ],
)
def test_findings(query: str, expected: list[tuple[str, str]]) -> None:
    assert found(query) == expected


def test_what_was_found_stands_where_it_is_though_the_next_question_is_not_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def once(text: str, tables: duckdb_shadow.Tables) -> object:
        return None if "NULL" in text else duckdb_shadow.bind(text, tables)

    monkeypatch.setattr(duckdb_check, "bind", once)
    assert found("select 1; select idd, nme from orders") == [("unknown-column", "idd")]


@pytest.mark.parametrize(
    "query",
    [
        "select name, count(*) from orders group by all",
        "select my_udf(id) from orders",  # made in Python, or by an extension
        "select id::geometry_of_mine from orders",
        "select * from nowhere",
        "select idd from orders, nowhere",
        "select rowid from orders",
        "select {{ column }} from orders",
        "select id from orders where {% if x %} a {% endif %}",
        "select id fro",
        "select total as t, t * 2 from orders",
        "from orders select id",
        "select unnest([1, 2]), id from orders",
        "pivot orders on name using sum(total)",
    ],
)
def test_silence(query: str) -> None:
    assert found(query) == []


def test_a_mistake_has_no_children() -> None:
    """What follows from our NULL in its place is not reported."""
    assert found("select name, count(*) from orders group by nam") == [("unknown-column", "nam")]
    assert found("select upper(x) from (select nam as x from orders)") == [("unknown-column", "nam")]
    assert found("select s.nam from (select nam from orders) s") == [("unknown-column", "nam")]


def test_types_that_are_only_likely_are_no_reason() -> None:
    head = "\nfile s.csv: a,b;1,x\n# %%\nimport duckdb, pandas as pd\ns = pd.read_csv('s.csv')\n# %% [sql]\n"
    assert found("select sum(b) from s", head) == []


def test_a_guessed_database_is_judged_by_names_alone() -> None:
    head = "\n# %%\nimport duckdb, pandas as pd\ns = pd.DataFrame({'a': ['x'], 'b': [1]})\n# %%\n%%sql\n"
    assert found("select sum(a), b from s", head) == []
    assert found("select c from s", head) == [("unknown-column", "c")]
    assert found("select sum(a) from s", head.replace("# %%\n%%sql", "# %% [sql]")) == [("type-error", "sum(a)")]


def test_results_are_exact() -> None:
    text = (
        TABLES.replace("%%sql\n", "%%sql r <<\n")
        + "select sum(id), max(total) as d, any_value(name = 'a') as e from orders"
    )
    assert table(text, "r") == "sum(id): decimal128(38, 0), d: decimal128(10, 2), e: bool"
    made = binding(TABLES.replace("%%sql\n", "%%sql r <<\n") + "select id + cid from orders", "r").type
    assert isinstance(made, Table)
    assert not made.open
    assert made.columns[0].certainty is Certainty.LIKELY  # DuckDB's versions spell it differently


@needs_shared
@pytest.mark.parametrize("bench", ["tpch", "tpcds"])
def test_what_duckdb_takes_is_never_reported(bench: str) -> None:
    """Columns of benchmark queries exchanged at random, judged by us and by DuckDB over real tables."""
    tables = schema(SHARED / "sql-queries", bench)
    known, connection = catalogue(tables), duckdb.connect()
    for name, columns in tables.items():
        connection.execute(f"create table {name} ({', '.join(f'{c} {t}' for c, t in columns.items())})")
    everything = [c for columns in tables.values() for c in columns]
    chance = random.Random(11)
    reported = 0
    for query in queries(SHARED / "sql-queries", bench)[::4]:
        words = [t for t in lex(query, DUCKDB).tokens if t.value.lower() in everything]
        for token in chance.sample(words, min(2, len(words))):
            text = query[: token.start] + chance.choice(everything) + query[token.end :]
            made = duckdb_check.findings(scan(text, DUCKDB).statements[0], known)
            reported += bool(made)
            try:
                connection.execute(f"describe {text}")
            except duckdb.Error:
                continue
            assert not made, (made, text)
    assert reported


def test_without_duckdb_everything_else_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duckdb_shadow, "_HELD", [None])
    duckdb_shadow.ANSWERS.clear()
    assert not duckdb_shadow.available()
    assert found("select idd, sum(name) from orders") == [("unknown-column", "idd")]
    text = TABLES.replace("%%sql\n", "%%sql r <<\n") + "select id as k, count(*) as n from orders group by all"
    assert table(text, "r") == "k: int64, n: int64"
    monkeypatch.undo()
    duckdb_shadow.ANSWERS.clear()


def test_quotes_that_are_escaped_in_python_are_around_the_name() -> None:
    dsl.check_findings(
        """
        # %%
        import duckdb, pandas as pd
        t = pd.DataFrame({"a": [1], "b": ["x"]})
        duckdb.sql("select \\"a\\", x.\\"b\\" as \\"c d\\", \\"e\\" from t x where \\"b\\" = 'x'")
                                                       ^^^ sql-unknown-column: No column `e`
        duckdb.sql('select "a" from t where b = \\'x\\' and a = 1')
        """
    )
