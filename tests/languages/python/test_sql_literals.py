"""SQL in Python strings is served as in a cell: where it is found, and what is answered inside of it."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polycell.core import features
from polycell.core.hosts import host
from polycell.core.notebook import Cell
from polycell.languages.python.facts import python_facts
from tests import dsl


def literals(text: str) -> list[tuple[str, str | None, str]]:
    """(text that SQL reads, dialect, connection) of each literal; its span has the same length in the cell."""
    found = python_facts(Cell("c", "python", text), host("jupyter")).fragments
    assert all(len(f.text) == len(f.span) for f in found)
    return [(f.text, f.dialect, f.connection) for f in found]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('duckdb.sql("select a from t").df()', [("select a from t", "duckdb", "")]),
        ("con.execute('''select a\nfrom t''')", [("select a\nfrom t", "", "con")]),
        ('x = pd.read_sql("select 1 ", con)', [("select 1 ", "", "con")]),
        ('pd.read_sql(con=con, sql=r"select 1 ")', [("select 1 ", "", "con")]),
        ('é = spark.sql("se")', [("se", "spark", "")]),
        ('mo.sql(f"select {n} from {table.x[0]}")', [("select {n} from {__________}", "duckdb", "")]),
        ('c.execute(text("select 1 "))', [("select 1 ", "", "c")]),
        ('duckdb.sql("")', [("", "duckdb", "")]),
        ('duckdb.sql("select " "1")', [('select    1', "duckdb", "")]),
        ("con.sql('select a, '  # all\n    f'{b} from t')", [("select a,         \n      {b} from t", "", "con")]),
        ("duckdb.sql(\"select 'a\\n', \\\"b\\\" from t\")", [("select 'a  ',  \"b\"  from t", "duckdb", "")]),
        ("duckdb.sql('select \\\n a from t')", [("select  \n a from t", "duckdb", "")]),
        ('q = "select a from t"\nspark.sql(q)', [("select a from t", "spark", "")]),
        ('q = dedent("""\n  select a from t""")\ncon.execute(q.strip())', [("\n  select a from t", "", "con")]),
        ('con.execute(sa.text("select a from t"))', [("select a from t", "", "con")]),
        ('pd.read_sql(text("select a from t"), con=eng)', [("select a from t", "", "eng")]),
        ('q = """\n--start-sparksql\nselect a\n--end-sparksql"""\nr = "select 1 "',
         [("\n--start-sparksql\nselect a\n--end-sparksql", "spark", "")]),
        ('f(f"""--start-sparksql\nselect {a}""")', [("--start-sparksql\nselect {a}", "spark", "")]),
        ('self.spark.sql("select a from t")', [("select a from t", "spark", "")]),
        ('client.query_and_wait("/* x */ select a from t")', [("/* x */ select a from t", "", "client")]),
        ('a.execute("select x from t"); b.query("select y from t")',
         [("select x from t", "", "a"), ("select y from t", "", "b")]),
    ],
)  # fmt: skip
def test_found(code: str, expected: list[tuple[str, str | None, str]]) -> None:
    assert literals(code) == expected


@pytest.mark.parametrize(
    "code",
    [
        "duckdb.sql(\"select 'a\\x41'\")",  # an escape of another length
        'duckdb.sql("sel" "ect 1")',  # one word of two halves
        'duckdb.sql(x + " from t")',
        'duckdb.sql(f"select {{a}}")',
        'duckdb.sql(b"select 1")',
        'df.query("a > 1")',
        'executor.execute("run this")',
        'pd.read_sql("table_name", con)',
        "duckdb.sql(query)",
        'text("hello")',
        'q = "select a from t"\nq = q + "x"\nspark.sql(q)',  # bound twice
        'def f(q):\n    spark.sql(q)\nq = "select a from t"',
        "q = 3\nspark.sql(q)",
    ],
)
def test_left_out(code: str) -> None:
    assert literals(code) == []


FRAMES = """
# %%
import duckdb, pandas as pd
sales = pd.DataFrame({"region": ["north"], "price": [1.5]})
con = duckdb.connect()
other = duckdb.connect("file.db")
# %%
"""


def findings(code: str) -> list[tuple[str, str]]:
    case = dsl.load(FRAMES + code)
    text = case.notebook.cells[-1].text
    return [(f.code, f.span.of(text)) for f in features.findings(case.snapshot, len(case.notebook.cells) - 1)]


def test_findings_stand_at_their_place_in_the_cell() -> None:
    pytest.importorskip("duckdb")
    assert findings('é = 1; duckdb.sql("select regoin from sales")') == [("sql-unknown-column", "regoin")]
    assert findings('con.sql("""\nselect sum(region)\nfrom sales""")') == [("sql-type-error", "sum(region)")]


@pytest.mark.parametrize(
    "code",
    [
        'pd.read_sql("select regoin from sales", engine)',  # a table of a database, not the frame
        'other.sql("select regoin from sales")',
        'nobody.execute("select regoin from sales")',
        'spark.sql("select regoin from sales")',
        'duckdb.sql(f"select {column} from sales")',
        'duckdb.sql("select a.price from sales a")',
    ],
)
def test_silence(code: str) -> None:
    assert [f for f in findings(code) if f[0].startswith("sql-")] == []


LOCAL = FRAMES + 'local = sales.rename(columns={"price": "cost"})\n'


def test_columns_are_offered_inside_of_a_string() -> None:
    code = LOCAL + 'é = duckdb.sql("select co<|>s from local")'
    item = next(i for i in dsl.complete(code).items if i.label == "cost")
    assert item.replace.of(code.rpartition("# %%\n")[2].replace("<|>", "")) == "cos"


def test_quotes_of_a_name_do_not_end_the_string() -> None:
    frame = 'import duckdb, pandas as pd\nt = pd.DataFrame({"first name": [1]})\n# %%\n'
    for quote, written in (('"', '\\\\"first name\\\\"'), ("'", '"first name"'), ('"""', '"first name"')):
        found = dsl.complete(f"# %%\n{frame}duckdb.sql({quote}select <|> from t{quote})").items
        assert next(i.insert for i in found if i.label == "first name") == written.replace("\\\\", "\\")
    raw = dsl.complete(f'# %%\n{frame}duckdb.sql(r"select <|> from t")').items
    assert "first name" not in [i.label for i in raw]


def test_hover_and_definition_inside_of_a_string() -> None:
    code = LOCAL + 'duckdb.sql("select co<|>st from local")'
    found = dsl.hover(code)
    text = code.rpartition("# %%\n")[2].replace("<|>", "")
    assert found is not None
    assert "double" in found.markdown
    assert found.span.of(text) == "cost"
    assert [where.span.of(text) for where in dsl.definition(code)] == ["cost"]


@given(st.text(alphabet="\"'{}\\ frbselct1\n", max_size=30))
def test_never_raises(text: str) -> None:
    literals(f"duckdb.sql({text})")
    literals(f'duckdb.sql(f"{text}")')


def test_a_hole_that_holds_the_name_of_a_table() -> None:
    above = LOCAL + 'name, other = "local", input()\n'
    assert dsl.labels(above + 'duckdb.sql(f"select <|> from {name}")')[:2] == ["cost", "region"]
    apart = LOCAL + 'name = "local"\n# %%\n'
    assert dsl.labels(apart + 'duckdb.sql(f"select <|> from {name}")')[:2] == ["cost", "region"]
    assert "cost" not in dsl.labels(above + 'duckdb.sql(f"select <|> from {other}")')[:1]
    assert findings('name = "sales"\nduckdb.sql(f"select nope from {name}")') == []


@pytest.mark.parametrize(
    "query",
    [
        'spark.sql(f"select {lim<|>it} from t")',
        'pd.read_sql(f"""select a\nfrom "{lim<|>it}" where b = 1""", con)',
        'spark.sql(f"select * from t limit {max(lim<|>it, 1)}")',
    ],
)
def test_holes_of_fstrings_are_pythons(query: str) -> None:
    text = f"# %%\nlimit = 3\n# %%\n{query}"
    assert [location.cell for location in dsl.definition(text)] == ["c0"]
    shown = dsl.hover(text)
    assert shown is not None
    assert "limit: int" in shown.markdown
    assert dsl.labels(text.replace("lim<|>it", "lim<|>"))[0] == "limit"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('spark.sql("select a from {} where b = {x}".format(t, x=1))', "select a from $c where b = {d}"),
        ("spark.sql(\"select a from %s where b = '%s' and c like 'd%%'\" % (t, x))",
         "select a from $e where b = '{}' and c like 'd %'"),
        ('spark.sql("select a from %(t)s limit %(n)d" % {"t": t, "n": 3})', "select a from %(b)s limit %(c)s"),
        ('spark.sql("select a from " + t + " where b")', "select a from { t } where b"),
        ('spark.sql("select a from " + t)', "select a from { t}"),
        ('spark.sql("select a from " + f(t) + "_x")', "select a from {_ }_x"),
        ('spark.sql("select a in (" + ",".join(\n  t) + ") from b")', "select a in ({_ }) from b"),
        ('spark.sql(Template("select a from $c where b = ${d}").substitute(t=u, x=1))',
         "select a from $c where b = ${d}"),
        ('spark.sql("select {0} from {0}".format("t"))', "select {a} from {a}"),
        ('q = "select a from t"\nq += " where b"\nspark.sql(q)', "select a from t where b"),
        ('q = "select a from t"\nif x:\n    q += " limit 1"\nspark.sql(q)', "select a from t limit 1"),
        ('q = "select b from t"\nspark.sql(q)\nq = 1', "select b from t"),
        ('def f():\n    q = "select b from t"\n    spark.sql(q)\ndef g(q): pass', "select b from t"),
    ],
)  # fmt: skip
def test_values_leave_holes(code: str, expected: str) -> None:
    assert [" ".join(text.split()) for text, _, _ in literals(code)] == [expected]


DATABASE = """
# %%
import pandas as pd, sqlite3
con = sqlite3.connect("shop.db")
con.execute("create table goods (name text, price real)")
goods = x = input()
# %%
"""


@pytest.mark.parametrize(
    "code",
    [
        'pd.read_sql("select <|> from {} where price > {}".format("goods", 3), con)',
        'pd.read_sql("select <|> from %s" % t, con)',
        'pd.read_sql("select name from " + t + " where <|>", con)',
        'con.execute(Template("select <|> from $table").substitute(table="goods"))',
        'q = "select <|> from goods"\nif x:\n    q += " where name is null"\npd.read_sql(q, con)',
        'q = "select name from goods"\nif x:\n    q += " where <|>"\npd.read_sql(q, con)',
    ],
)
def test_columns_beside_holes(code: str) -> None:
    found = dsl.labels(DATABASE + 't = "goods"\n' + code)
    assert set(found[:3]) >= {"name", "price"}


def read_whole(text: str) -> list[str]:
    """What is offered when all cells have been read."""
    case = dsl.load(text)
    assert [f for _, f in dsl.findings(case) if f.code.startswith("sql-")] == []
    found = asyncio.run(features.complete(case.snapshot, case.session.services, case.cell, case.offset))
    return [i.label for i in sorted(found.items, key=lambda i: (i.rank, i.label))]


def test_a_query_that_another_cell_sends() -> None:
    below = DATABASE + 'Q = "select <|>, nname from {t}"\n# %%\npd.read_sql(Q.format(t="goods"), con)'
    assert read_whole(below)[:2] == ["name", "price"]
    function = DATABASE + 'def load(text):\n    return pd.read_sql(text, con)\n# %%\nload("select <|> from goods")'
    assert read_whole(function)[:2] == ["name", "price"]


def test_what_is_certain_beside_holes() -> None:
    dsl.check_findings(
        DATABASE
        + """
        con.execute("select nname from goods where price = %s" % 3)
                            ^^^^^ sql-unknown-column
        con.execute("select nname from goods where price in (" + ",".join(x) + ")")
                            ^^^^^ sql-unknown-column
        con.execute("select nname from goods " + x)
        con.execute("select nname from {}".format(x))
        q = "select nname from goods"
        if x:
            q += " join other using (id)"
        con.execute(q)
    """.replace("\n        ", "\n")
    )


def test_columns_of_a_result_that_depends_on_values() -> None:
    code = DATABASE + 'x = pd.read_sql("select price, name as title from goods where name = \'%s\'" % y, con)\nx["<|>"]'
    assert dsl.labels(code) == ["price", "title"]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('con.sql("select a from t").', [("select a from t", "", "con")]),
        ('con.sql("select a from t").filter("a > 1").', [("select a from t", "", "con")]),
        ('x = con.sql("select a from t', [("select a from t", "", "con")]),
        ('x = con.sql("select a from t\nprint(1)', [("select a from t", "", "con")]),
        ('x = con.sql("""select a\nfrom t', [("select a\nfrom t", "", "con")]),
        ('x = con.sql("""\nselect a\nfrom t\n""", [1\ny = 2', [("\nselect a\nfrom t\n", "", "con")]),
        ('for r in spark.sql("select a"\n    r', [("select a", "spark", "")]),
        ('x = [con.sql("select a"), con.sql("select b"', [("select a", "", "con"), ("select b", "", "con")]),
        ('con.execute(query="select a", [', [("select a", "", "con")]),
        ("pd.read_sql('select a', con", [("select a", "", "con")]),
        ('con.sql("select a "\n  "from t"', [("select a  \n   from t", "", "con")]),
        ('con.sql(f"select {x} from t", ', [("select {x} from t", "", "con")]),
        ('q = "select a from t\ncon.sql(q)', [("select a from t", "", "con")]),
        ('q = """\nselect a\n"""\ncon.sql(q', [("\nselect a\n", "", "con")]),
        ('duckdb.sql("sel', [("sel", "duckdb", "")]),
        ('con.sql("sel', []),
        ('print("select a from t", ', []),
        ('con.execute(other="select a from t", ', []),
        ('# con.sql("select a\nx = (', []),
        ('df.query("a > 1").', []),
    ],
)  # fmt: skip
def test_statements_that_are_being_written(code: str, expected: list[tuple[str, str | None, str]]) -> None:
    assert literals(code) == expected
    assert all(not f.judged for f in python_facts(Cell("c", "python", code), host("jupyter")).fragments)


WRITTEN = """\
q = f'''select {x}, "a"
from t'''
con.sql(q).df(
    "select b" "from u", 'select \\'c'
)
spark.sql(r"select d from v").show()
"""


def test_cut_anywhere() -> None:
    for end in range(len(WRITTEN)):
        literals(WRITTEN[:end])
        literals(WRITTEN[end:])
        literals(WRITTEN[:end] + WRITTEN[end + 1 :])


def test_completion_in_a_broken_statement() -> None:
    cells = "# %%\nimport duckdb, pandas as pd\ncon = duckdb.connect()\nt = pd.DataFrame({'price': [1]})\n# %%\n"
    for code in ('con.sql("select <|> from t").', 'r = con.sql("""select <|> from t', 'con.sql("select <|>from t", ['):
        assert "price" in dsl.labels(cells + code)
