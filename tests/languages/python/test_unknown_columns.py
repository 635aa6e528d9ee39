"""`unknown-column`: what is reported, and in how many ways a table may change so that nothing may be."""

from __future__ import annotations

import ast
import contextlib
import io
import warnings
from pathlib import Path

import pytest

from tests.dsl import check_findings, findings, load

FRAMES = """
import pandas as pd
import polars as pl
df = pd.DataFrame({"a": [1, 2, 3], "b": [2.0, 1.0, 3.0], "c": ["p", "q", "q"]})
other = pd.DataFrame({"a": [1, 2], "z": [5, 6]})
p = pl.DataFrame({"a": [1, 2], "b": [2.0, 1.0], "c": ["p", "q"]})
"""


def reported(*cells: str, folder: Path | None = None) -> list[str]:
    """The texts that are reported in the cells below the frames."""
    case = load("".join(f"# %%\n{text}\n" for text in (FRAMES, *cells)), folder)
    texts = [cell.text for cell in case.notebook.cells]
    return [f.span.of(texts[cell]) for cell, f in findings(case) if f.code == "unknown-column"]


def fails(*cells: str) -> bool:
    """Whether Python itself fails with them."""
    names: dict[str, object] = {}
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        exec(FRAMES, names)
        try:
            for cell in cells:
                exec(cell, names)
        except Exception:
            return True
    return False


def _statements(code: str) -> list[str]:
    """Each top-level statement as the text of a cell."""
    starts = [min([n.lineno, *(d.lineno for d in getattr(n, "decorator_list", ()))]) for n in ast.parse(code).body]
    lines = code.split("\n")
    return ["\n".join(lines[a - 1 : b - 1]) for a, b in zip(starts, [*starts[1:], len(lines) + 1], strict=True)]


READS = [
    "df['x']", "df[['a', 'x']]", "df.loc[:, 'x']", "df.loc[df.a > 1, ['a', 'x']]", "df['x'] += 1", "del df['x']",
    "df.pop('x')", "df.groupby('x').sum()", "df.groupby(['a', 'x'])['b'].mean()", "df.groupby('a')['x'].mean()",
    "df.groupby('a')[['x']].mean()", "df.groupby('a').agg({'x': 'sum'})", "df.groupby('a').agg(n=('x', 'sum'))",
    "df.query('a > 1 and x == 2')", "df.query('`x` > 1')", "df.query('a in (1, 2) and c.str.len() > x')",
    "df.eval('z = a + x')", "df.eval('x')",
    "df.agg({'x': 'sum'})", "df.merge(df, on='x')", "df.merge(other, left_on='a', right_on='x')",
    "pd.merge(df, other, left_on='x', right_on='a')", "df.sort_values('x')", "df.sort_values(by=['a', 'x'])",
    "df.drop(columns=['x'])", "df.drop('x', axis=1)", "df.dropna(subset=['x'])", "df.drop_duplicates('x')",
    "df.set_index('x')", "df.set_index(['a', 'x'])", "df.astype({'x': 'int64'})", "df.melt(id_vars='x')",
    "df.pivot_table(index='x', values='b')", "df.nlargest(2, 'x')", "df.explode('x')", "df.to_csv(columns=['x'])",
    "df.value_counts(['x'])", "cols = 'x'\ndf[cols]", "[df[c] for c in ('a', 'x')]",
    "df.groupby('c').first()['c']", "df.rename(columns={'a': 'A'})['a']",
    "df.plot(x='x', y='a')", "df.plot('a', 'x')", "df.plot(x='a', y=['b', 'x'])", "df.plot.scatter(x='a', y='x')",
    "df.plot.bar(x='x')", "df.plot.pie(y='x')", "df.plot.hist(column='x')", "df.hist(column='x')",
    "df.hist(['a', 'x'])", "df.boxplot('x')", "df.boxplot(column='a', by='x')", "df.groupby('c').hist(column='x')",
    "df.rename(columns={'x': 'y'}, errors='raise')",
    "p['x']", "p.select('x')", "p.select(['a', 'x'])", "p.filter(pl.col('x') > 1)", "p.sort('x')", "p.drop('x')",
    "p.with_columns(y=pl.col('x') + 1)", "p.with_columns(pl.col('a').alias('x'), pl.col('x'))",
    "p.lazy().group_by('a').agg(pl.col('x').sum()).collect()", "p.group_by('x').agg(pl.len())", "p.join(p, on='x')",
    "p.unique('x')", "p.select(pl.sum('x'))", "p.group_by('a').agg(pl.col('b').filter(pl.col('x') > 1))",
    "p.drop_nulls('x')", "p.unpivot(index='x')", "p.get_column('x')",
]  # fmt: skip


@pytest.mark.parametrize("code", READS)
def test_a_column_that_is_not_there(code: str) -> None:
    assert fails(code), "this is no mistake"
    assert len(reported(code)) == 1


DRAWN = [
    "df.set_index('a').boxplot(by='a')", "df.plot.scatter(x='a', y='b', c='red')", "df.rename(columns={'x': 'y'})",
    "df.rename(columns={'a': 'y'}, errors='raise')", "df.plot(x='a', y='b', label='x')", "df.plot(0, 1)",
    "df.hist(by=df['c'])", "df.plot(x='a', y='b').set(xlabel='x')", "df['a'].plot(kind='hist')",
    "df['a'].hist(by=df['c'])",
]  # fmt: skip


@pytest.mark.parametrize("code", DRAWN)
def test_names_in_drawings_that_are_right(code: str) -> None:
    assert not fails(code)
    assert reported(code) == []


QUERIES = [
    "n = 1\ndf.query('a > @n')", "df.query('index >= 0')", "df.query('c.str.startswith(\"p\")')",
    "df.query('c == \"x\"')",
    "df.query('sin(a) > 0')", "df.query('a in [1, 2] and not b > 1')", "df.eval('x = a + b')", "df.query('`a` < 2')",
    "df.rename_axis('x').query('x > 0')", "df.query('c.str.contains(\"p\", regex=False)')", "df.query('a > inf')",
    "df.set_index('a').query('a > 1')", "df.query('ilevel_0 > 0')", "df.query('a == True')",
]  # fmt: skip


@pytest.mark.parametrize("code", QUERIES)
def test_words_of_a_query_that_are_no_columns(code: str) -> None:
    assert not fails(code)
    assert reported(code) == []


def test_a_word_of_a_query_is_mended_in_place() -> None:
    case = load(f"{FRAMES}wide = pd.DataFrame({{'price': [1]}})\nwide.query('pric > 1')")
    ((_, finding),) = [f for f in findings(case) if f[1].code == "unknown-column"]
    ((edit,),) = [fix.edits for fix in finding.fixes]
    text = case.notebook.cells[0].text
    assert (edit.span.of(text), edit.text) == ("pric", "price")


CHANGES = [
    "for d in [df, other]:\n    d['x'] = 1", "d = {'k': df}\nd['k']['x'] = 1", "d = dict(k=df)\nd['k']['x'] = 1",
    "for d in dict(k=df).values():\n    d['x'] = 1", "frames = [df]\nfor d in frames:\n    d['x'] = 1",
    "frames = []\nframes.append(df)\nframes[0]['x'] = 1", "a, b = df, other\na['x'] = 1", "d = df\nd['x'] = 1",
    "a = b = df\nb['x'] = 1", "(d := df)['x'] = 1", "def f():\n    df['x'] = 1\nf()",
    "def f(d):\n    d['x'] = 1\nf(df)", "def f():\n    yield df\nfor d in f():\n    d['x'] = 1",
    "def f():\n    def g(d):\n        d['x'] = 1\n    g(df)\nf()", "f = lambda d: d.__setitem__('x', 1)\nf(df)",
    "def deco(f):\n    return f\n@deco\ndef f(d):\n    d['x'] = 1\nf(df)",
    "def deco(f):\n    return f\n@deco\ndef f():\n    df['x'] = 1\nf()",
    "class A:\n    def __init__(self, d):\n        self.d = d\n    def go(self):\n        self.d['x'] = 1\nA(df).go()",
    "class A:\n    pass\nA.d = df\nA.d['x'] = 1", "list(map(lambda d: d.insert(0, 'x', 1), [df, other]))",
    "df.apply(lambda c: df.__setitem__('x', 1))", "[df.__setitem__('x', 1) for _ in 'a']", "df.__setitem__('x', 1)",
    "pd.DataFrame.__setitem__(df, 'x', 1)", "import operator\noperator.setitem(df, 'x', 1)", "exec(\"df['x'] = 1\")",
    "globals()['df']['x'] = 1", "vars()['df']['x'] = 1",
    "import threading\nt = threading.Thread(target=lambda d: d.__setitem__('x', 1), args=(df,))\nt.start()\nt.join()",
    "setattr(df, 'columns', ['x', 'y', 'z'])", "df.columns = ['x', 'y', 'z']", "df.loc[:, 'x'] = 1",
    "df.loc[0, 'x'] = 1", "df.at[0, 'x'] = 1", "df.loc[df.a > 1, 'x'] = 1", "df[['x', 'y']] = df[['a', 'b']]",
    "df.insert(0, 'x', 1)", "df.eval('x = a + b', inplace=True)", "df.rename(columns={'a': 'x'}, inplace=True)",
    "df.rename(columns=lambda c: c.replace('a', 'x'), inplace=True)", "if 'x' not in df:\n    df['x'] = 0",
    "for c in 'xy':\n    df[c] = 1", "i = 0\nwhile i < 1:\n    df['x'] = 1\n    i = 2", "for df['x'] in [1]:\n    pass",
    "try:\n    df['x']\nexcept KeyError:\n    df['x'] = 1", "df = df.assign(**{'x': 1})", "df = df.eval('x = a')",
    "df = df.pipe(lambda d: d.assign(x=1))", "def f(d):\n    d = d.copy()\n    d['x'] = 1\n    return d\ndf = f(df)",
    "import copy\ndf = copy.deepcopy(df)\ndf['x'] = 1", "df = pd.concat([df, pd.DataFrame({'x': [1]})])",
    "df = df.merge(pd.DataFrame({'a': [1, 2, 3], 'x': 0}))", "df = df.reset_index(names='x')",
    "df = df.T.T\ndf['x'] = 1",
    "df = df.add_prefix('x')\ndf = df.rename(columns={'xa': 'x'})", "df = df.reindex(columns=['x'])",
    "df.index.name = 'x'\ndf = df.reset_index()", "df = df['a'].rename('x').to_frame()",
    "df = df['a'].value_counts().rename_axis('x').reset_index()",
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_a_column_that_came_by_any_way(change: str) -> None:
    assert not fails(change, "df['x']"), "the column is not there"
    assert reported(change, "df['x']") == []
    assert reported(f"{change}\ndf['x']") == []
    assert reported(*_statements(change), "df['x']") == []


@pytest.mark.parametrize(
    "code",
    [
        "try:\n    df['x']\nexcept KeyError:\n    pass",
        "if 'x' in df:\n    df['x']",
        "v = df['x'] if 'x' in df else 0",
        "'x' in df and df['x']",
        "[df[c] for c in ['x'] if c in df]",
        "from contextlib import suppress\nwith suppress(KeyError):\n    df['x']",
        "def never(d=df):\n    return d['x']",
        "df.get('x')",
        "df.drop(columns='x', errors='ignore')",
        "p.drop('x', strict=False)",
        "df.rename(columns={'x': 'y'})",
        "df.filter(items=['x'])",
        "df.reindex(columns=['x'])",
        "df.fillna({'x': 0})",
        "df.set_index('a').groupby('a').sum()",
        "df.set_index('a').sort_values('a')",
        "df.set_index('a').merge(other, on='a')",
        "df.groupby(['x', 'y', 'x'])['a'].sum()",
        "p.select(pl.col('^x.*$'))",
        "p.filter(pl.col('a').is_in(pl.DataFrame({'x': [1]}).select(pl.col('x')).to_series()))",
        "names = ['a', 'x']\nnames.remove('x')\ndf[names]",
        "names = ['x']\nnames[0] = 'a'\ndf[names]",
        "for d in (df, other):\n    d['a']",
    ],
)
def test_what_is_no_mistake(code: str) -> None:
    assert not fails(code)
    assert reported(code) == []


def test_the_message_names_the_nearest_column_and_the_fix_writes_it() -> None:
    check_findings("""
        # %%
        import pandas as pd
        sales = pd.DataFrame({"region": ["a"], "price": [1.0]})
        sales["pirce"].mean()
              ^^^^^^^ unknown-column: Did you mean `price`?
        # %%
        sales.groupby("region").sum()["region"]
                                      ^^^^^^^^ unknown-column: It is in the index: `reset_index()` makes it a column.
        # %%
        sales["quantity"]
              ^^^^^^^^^^ unknown-column: It has `region`, `price`.
    """)
    case = load("# %%\nimport pandas as pd\nd = pd.DataFrame({'price': [1]})\nd['pirce']\n")
    ((_, found),) = findings(case)
    (edit,) = found.fixes[0].edits
    assert (edit.text, found.fixes[0].title) == ("'price'", "Change to `price`")


FILE = "# %%\nimport os\nimport pandas as pd\n# %%\n{}\n# %%\ndf = pd.read_csv('d.csv')\n# %%\ndf['x']\n"


@pytest.mark.parametrize(
    ("before", "silent"),
    [
        ("pass", False),
        ("os.chdir('sub')", True),
        ("%cd sub", True),
        ("pd.DataFrame({'x': [1]}).to_csv('d.csv')", True),
        ("pd.DataFrame({'x': [1]}).to_csv('e.csv')", False),
        ("with open('d.csv', 'w') as file:\n    file.write('x')", True),
        ("with open('d.csv') as file:\n    pass", False),
        ("%run other.ipynb", True),
        ("from helpers import *", True),
    ],
)
def test_a_file_that_is_as_it_lies_on_the_disk(before: str, silent: bool, tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("a,b\n1,2\n")
    case = load(FILE.format(before), tmp_path)
    found = [f for _, f in findings(case) if f.code == "unknown-column"]
    assert (found == []) == silent


SPARK = """
from pyspark.sql import SparkSession, functions as F
from pyspark.sql.functions import col, sum as total
spark = SparkSession.builder.getOrCreate()
df = spark.createDataFrame([(1, "p")], "id int, name string")
o = spark.createDataFrame([(1, "q")], "id int, city string")
h = df.join(o, df.id == o.id)
"""


def told(code: str) -> list[tuple[str, str]]:
    """(code, text) of what is reported, behind Spark's frames."""
    case = load(f"# %%\n{SPARK}# %%\n{code}\n")
    return [(f.code, f.span.of(case.notebook.cells[cell].text)) for cell, f in findings(case)]


@pytest.mark.parametrize(
    "code",
    [
        'df.select("x")', 'df.select("id", F.col("x"))', 'df.select(F.col("x").cast("int").alias("y"))', 'df["x"]',
        'df.groupBy("x").count()', 'df.groupBy("name").agg(F.sum("x"))', 'df.agg(F.max(F.col("x")))',
        'df.groupBy("name").agg(total(col("x")).alias("t"))', 'df.withColumn("y", F.col("x") + 1)',
        'df.dropDuplicates(["x"])', 'df.dropna(subset=["x"])', 'df.select(df["id"], df["x"])',
        'df.select("id").groupBy("x").count()', 'df.select(F.upper("x"))',
    ],
)  # fmt: skip
def test_columns_that_spark_lacks(code: str) -> None:
    """Each was run with PySpark 4.1: UNRESOLVED_COLUMN."""
    assert told(code) == [("unknown-column", '"x"')]


@pytest.mark.parametrize("code", ["df.filter(df.x > 1)", "df.select(df.x.cast('int').alias('y'))", "df.x"])
def test_attributes_that_spark_lacks(code: str) -> None:
    """Each was run with PySpark 4.3: ATTRIBUTE_NOT_SUPPORTED."""
    assert told(code) == [("unknown-column", "x")]


@pytest.mark.parametrize(
    "code",
    [
        "df.x()", "df.hvplot", "df.filter(df.name > 1)", "df.x = 1\ndf.x", "df.x.line()", "df.count", "df.ID",
        "df.withColumn('x', df.id).x", "hasattr(df, 'x') and df.x", "try:\n    df.x\nexcept AttributeError:\n    pass",
    ],
)  # fmt: skip
def test_attributes_that_may_be_something_else(code: str) -> None:
    assert told(code) == []


def test_an_attribute_near_to_a_column_of_pandas() -> None:
    frame = "wide = pd.DataFrame({'price': [1], 'sizes': [2], 'tag': [3]})\n"
    assert reported(f"{frame}wide.pirce.mean()", "wide[wide.Price > 1]") == ["pirce", "Price"]
    assert fails(f"{frame}wide.pirce")
    for code in (
        "wide.size",
        "wide.far",
        "wide.ta.rsi()",
        "wide.prices()",
        "wide.prize = 1\nwide.prize",
        "wide.pirce.x",
    ):
        assert reported(frame + code) == [], code


@pytest.mark.parametrize(
    "code",
    [
        'h.select("id")', 'h.select(F.col("id"))', 'h["id"]', 'h.groupBy("id").count()', 'h.agg(F.sum("id"))',
        'h.withColumn("z", F.col("id"))', 'h.dropna(subset=["id"])', 'df.crossJoin(o).select("id")',
        'df.join(df.filter("name > 1"), "name").select("id")', 'h.filter("city > 1").distinct().select("id")',
    ],
)  # fmt: skip
def test_names_that_spark_finds_ambiguous(code: str) -> None:
    """Each was run with PySpark 4.1: AMBIGUOUS_REFERENCE."""
    assert told(code) == [("duplicate-columns", '"id"')]
    assert told("df.filter(h.id > 1)") == [("duplicate-columns", "h.id")]


@pytest.mark.parametrize(
    "code",
    [
        'df.select("ID").columns', 'df.select("`id`")', 'df.select("id").filter("name = 1").orderBy("name")',
        'df.select(F.col("id").alias("x"), F.col("x") + 1)', 'df.withColumns({"x": F.col("id"), "y": F.col("x")})',
        'df.drop("x")', 'df.alias("a").join(o.alias("b"), F.col("a.id") == F.col("b.id")).select("a.id", "b.city")',
        'h.select(df.id, "name", o["city"])', 'h.drop(o.id).select("id")', 'h.dropDuplicates(["id"])', 'h.drop("id")',
        'df.join(o, "id").select("id", "name")', 'h.withColumnRenamed("id", "z").select("name")', 'h.select("*")',
        'df.select("*", "id").select("id")', 'df.select(F.count("*"), F.lit("x"))', 'df.select("_metadata")',
        'spark.table("t").select("x")', 'df.select(F.udf(lambda v: v)("id"))',
        'df.withColumn("x", F.lit(1)).select("x")',
    ],
)  # fmt: skip
def test_what_spark_takes(code: str) -> None:
    assert told(code) == []


@pytest.mark.parametrize("code", ['df[""]', 'df[["a", ""]]', 'df.groupby("")', 'df.merge(other, on="")', 'p[""]'])
def test_a_name_that_is_about_to_be_written_is_not_missing(code: str) -> None:
    assert reported(code) == []


def test_a_key_that_only_the_right_table_has() -> None:
    check_findings("""
        import pandas as pd
        a = pd.DataFrame({"x": [1]})
        b = pd.DataFrame({"y": [1]})
        a.merge(b, on="y")
                      ^^^ unknown-column: `y` is not a column of `a` (`pd.DataFrame({"x": [1]})`). It has `x`.
        pd.merge(a, b, on="x")
                          ^^^ unknown-column: `x` is not a column of `b` (`pd.DataFrame({"y": [1]})`). It has `y`.
        pd.merge(a, b, on="z")
                          ^^^ unknown-column: `z` is not a column of `a` (`pd.DataFrame({"x": [1]})`). It has `x`.
    """)
