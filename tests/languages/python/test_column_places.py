"""Columns are offered wherever a column's name goes: a row of the table, a test; and what is inserted is right."""

from __future__ import annotations

import ast
import asyncio
import inspect
import re
from functools import lru_cache
from pathlib import Path

import pandas as pd
import polars as pl
import pytest

from polycell.core import features
from polycell.core.types import Table
from polycell.core.values import replace
from polycell.languages.python.known.column_arguments import METHODS, READERS
from tests.dsl import Case, complete, hover, labels, load

PANDAS = """
import pandas as pd
import duckdb
import matplotlib.pyplot as plt
import seaborn as sns
import seaborn.objects as so
import statsmodels.formula.api as smf
from great_tables import GT
from patsy import dmatrices
df = pd.DataFrame({"a": [1, 2], "b": ["x", "y"], "k": [1.5, 2]})
d2 = df.rename(columns={"a": "A"})
g = df.groupby("a")
t = duckdb.sql("from df").arrow()
# %%
"""
IN_PANDAS = r"""
df["<|>            df['<|>']           df["<|>"] = 1      df[["a", "<|>"]]     df[df["<|>"] > 1]
df.loc[:, "<|>"]   df.loc[df.a > 1, ["<|>"]]   df.at[0, "<|>"]   df.loc[:, "a":"<|>"]   df.head()["<|>
df.loc[df["<|>"] == "x", "b"]   df.pop("<|>   df.get("<|>   del df["<|>"]
df.groupby("<|>    df.groupby(["<|>   df.groupby(by="<|>   df.sort_values("<|>   df.sort_values(by=["a", "<|>
df.set_index("<|>  df.drop(columns=["<|>  df.drop("<|>", axis=1)  df.drop(["<|>"], axis=1)  df.dropna(subset=["<|>
df.drop_duplicates("<|>  df.duplicated(subset="<|>  df.value_counts("<|>  df.nlargest(3, "<|>
df.nsmallest(3, columns="<|>
df.rename(columns={"<|>  df.rename(columns={"a": "z", "<|>  df.astype({"<|>  df.fillna({"<|>  df.replace({"<|>
df.round({"<|>
df.agg({"<|>  df.agg(x=("<|>  g.agg({"a": "sum", "<|>  g.agg(n=("<|>", "mean"))  g.agg(n=pd.NamedAgg("<|>
g.agg(n=pd.NamedAgg(column="<|>
g["<|>  g[["a", "<|>  df.groupby(["a", pd.Grouper(key="<|>  df.resample("D", on="<|>
df.assign(x=lambda d: d["<|>  df.assign(x=lambda d: d["a"] * d["<|>  df.pipe(lambda d: d[["<|>
df.apply(lambda r: r["<|>"], axis=1)
df.loc[lambda d: d["<|>  df.query("a > 1").assign(z=lambda d: d.groupby("<|>
df.query("<|>  df.query("a > 1 and <|>")  df.eval("<|>  df.eval("c = <|>")
df.pivot_table(values="<|>  df.pivot_table(index=["<|>  df.pivot_table("k", "a", columns="<|>  df.pivot(index="<|>
pd.pivot_table(df, values="<|>  df.melt(id_vars="<|>  df.melt(id_vars=["a"], value_vars=["<|>
pd.melt(df, id_vars=["<|>
df.plot(x="<|>  df.plot(kind="bar", y=["<|>  df.plot.scatter(x="<|>  df.plot.bar("<|>  df.hist(column="<|>
df.hist("<|>  df.boxplot(by="<|>
df.explode("<|>  df.filter(["<|>  df.filter(items=["<|>  df.reindex(columns=["<|>  df.to_csv("o.csv", columns=["<|>
pd.get_dummies(df, columns=["<|>  df.columns.drop("<|>  df.columns.get_loc("<|>
df.merge(df, on="<|>  pd.merge(df, df, on="<|>  pd.merge(df, df, on=["<|>  pd.merge(left=df, right=df, on="<|>
df.join(df, on="<|>
(df\n .query("a > 1")\n .groupby("<|>     for c in ["a"]:\n df["<|>     x = [df["<|>     print(df["<|>
for i, row in df.iterrows():\n row["<|>     def f(x):\n return df["<|>     df.head(\ny = df["<|>     if df["<|>
for r in df.itertuples():\n r.<|>  [r.<|> for r in df.itertuples()]  [r["<|>"] for _, r in df.iterrows()]
df.iloc[0]["<|>  sum(r["<|>"] for r in df.to_dict("records"))  [r for r in df.itertuples() if r.<|>]  df.iloc[-1].<|>
df.loc[0]["<|>  df.loc[0].<|>  df.pivot_table(index="a", aggfunc={"<|>  df.rolling(2, on="a")["<|>  df.plot.hist(y="<|>
for r in df.itertuples():\n print(r.<|>, 1)   for i, r in df.iterrows():\n x = r.<|>   if f():\n print(df.<|>, 1)
df.style.format({"<|>  df.style.format(str).background_gradient(subset=["<|>  df.hvplot.scatter(x="<|>
sns.FacetGrid(df, col="a").map(plt.hist, "<|>  sns.relplot(data=df, x="a").map_dataframe(f, x="<|>
so.Plot(df, x="a").add(so.Dot(), color="<|>  so.Plot(df).facet(col="<|>  GT(df, rowname_col="<|>
GT(df).fmt_number(columns=["<|>  GT(df).tab_header("x").cols_hide("<|>
smf.ols("<|>", df)   smf.ols("a ~ <|>", data=df)   smf.logit(formula="a ~ b + C(<|>)", data=df)
smf.ols("np.log(<|>) ~ b", data=df)   dmatrices("a ~ <|>", df)   df.query("abs(<|>) > 1")
df.isin({"<|>  if "<|>" in df.columns:\n pass  "<|>" not in df  df.groupby("a").<|>
{n: g["<|>"] for n, g in df.groupby("a")}  [f(r["<|>"] for r in df.to_dict(orient="records")]
duckdb.sql("from df").filter("<|>  duckdb.sql("from df").order("<|>  duckdb.sql("from df").aggregate("<|>
duckdb.sql("from df").project("<|>
duckdb.sql("from df").df()["<|>   duckdb.sql("from df").filter("a > 1 and <|>")
t.column("<|>  t.select(["<|>  t.sort_by("<|>  t.sort_by([("<|>  t.group_by("<|>
t.drop_columns(["<|>  t["<|>  t.join(t, "<|>
"""  # fmt: skip


@lru_cache(maxsize=3)
def _session(prelude: str) -> Case:
    return load(prelude + "pass")


def offered(prelude: str, code: str) -> list[str]:
    """The labels at the cursor in a cell below the prelude, whose analysis all tests of a library share."""
    case = _session(prelude)
    offset = code.index("<|>")
    *above, last = case.notebook.cells
    cell = replace(last, text=code.replace("<|>", ""))
    snapshot = case.session.update(replace(case.notebook, cells=(*above, cell)))
    found = asyncio.run(features.complete(snapshot, case.session.services, cell.id, offset))
    # An expression in a string offers functions too.
    return [i.label for i in sorted(found.items, key=lambda i: (i.rank, i.label)) if i.kind == "column"]


def rows(text: str) -> list[str]:
    return [part.replace("\\n", "\n") for line in text.splitlines() for part in line.split("  ") if "<|>" in part]


@pytest.mark.parametrize("code", rows(IN_PANDAS))
def test_pandas_duckdb_arrow(code: str) -> None:
    assert offered(PANDAS, code.strip(" ")) == ["a", "b", "k"]


POLARS = """
import polars as pl
import polars.selectors as cs
from polars import col
df = pl.DataFrame({"a": [1, 2], "b": ["x", "y"], "k": [1.5, 2]})
lf = df.lazy()
# %%
"""
IN_POLARS = r"""
df["<|>  df[["<|>  df.select("<|>  df.select(["a", "<|>  df.select(pl.col("<|>  df.select(pl.col(["a", "<|>
df.select(pl.col("a", "<|>
df.select(col("<|>  df.select(cs.by_name("<|>  df.select(pl.exclude("<|>  df.select(pl.sum("<|>  df.filter(pl.col("<|>
df.filter((pl.col("a") > 1) & (pl.col("<|>  df.with_columns(pl.col("a").over("<|>  df.with_columns(z=pl.col("<|>
df.with_columns(pl.when(pl.col("<|>  df.group_by("<|>  df.group_by("a", "<|>  df.group_by(["<|>
df.group_by("a").agg(pl.col("<|>
df.sort("<|>  df.sort("a", "<|>  df.sort(by=["<|>  df.drop("<|>  df.drop(["<|>  df.unique(subset=["<|>
df.unique("<|>  df.drop_nulls("<|>
df.cast({"<|>  df.rename({"<|>  df.explode("<|>  df.unpivot(on=["<|>  df.unpivot(index="<|>  df.pivot("<|>
df.pivot(on="a", values="<|>
df.partition_by("<|>  df.join(df, on="<|>  df.join(df, left_on="<|>  df.join_asof(df, on="<|>  df.get_column("<|>
df.to_dummies("<|>
lf.filter(pl.col("<|>  lf.select(pl.struct("<|>  lf.with_columns(pl.concat_str(["<|>  lf.group_by("<|>
df.with_columns(pl.sum_horizontal("<|>  e = pl.col("<|>  e = pl.when(pl.col("<|>
df.select(pl.col.<|>  df.filter(pl.col.<|> > 1)  df.with_columns(col.<|>  df.select(pl.all().exclude("<|>
df.item(0, "<|>  df.select(z="<|>  df.join(df, left_on=pl.col("<|>  df.join_asof(df, on="a", by="<|>
for r in df.iter_rows(named=True):\n r["<|>  df.row(0, named=True)["<|>  [r["<|>"] for r in df.to_dicts()]
"""  # fmt: skip


@pytest.mark.parametrize("code", rows(IN_POLARS))
def test_polars(code: str) -> None:
    assert offered(POLARS, code) == ["a", "b", "k"]


SPARK = """
from pyspark.sql import SparkSession, Window
from pyspark.sql import functions as F
from pyspark.sql.functions import col
spark = SparkSession.builder.getOrCreate()
df = spark.createDataFrame([], ["a", "b", "k"])
# %%
"""
IN_SPARK = r"""
df["<|>  df.select("<|>  df.select("a", "<|>  df.select(F.col("<|>  df.select(col("<|>  df.select(F.lower("<|>
df.select(F.expr("<|>
df.filter("<|>  df.where("a > 1 and <|>")  df.filter(F.col("<|>  df.withColumn("<|>  df.withColumn("z", F.col("<|>
df.withColumnRenamed("<|>  df.groupBy("<|>  df.groupBy("a", "<|>  df.groupBy("a").agg(F.sum("<|>
df.groupBy("a").agg({"<|>
df.groupBy("a").sum("<|>  df.orderBy("<|>  df.sort(F.desc("<|>  df.drop("<|>  df.dropDuplicates(["<|>  df.fillna({"<|>
df.na.fill({"<|>  df.na.drop(subset=["<|>  df.selectExpr("<|>  df.join(df, "<|>  df.join(df, on=["<|>
df.agg(F.max("<|>
df.withColumn("r", F.sum("a").over(Window.partitionBy("<|>  df.write.partitionBy("<|>  df.selectExpr("a", "<|>
df.repartition("<|>  w = Window.partitionBy("<|>  w = Window.partitionBy("a").orderBy("<|>  c = F.col("<|>
df.first()["<|>  df.head().<|>  df.collect()[0].<|>  [r.<|> for r in df.collect()]  for r in df.take(3):\n r["<|>
"""  # fmt: skip


@pytest.mark.parametrize("code", rows(IN_SPARK))
def test_spark(code: str) -> None:
    assert offered(SPARK, code) == ["a", "b", "k"]


def to_itself(text: str) -> list[str]:
    """The expressions of a table of places, each assigned to the name that it begins with."""
    assigned = (f"{row.split('.')[0].split('[')[0]} = {row}" for row in map(str.lstrip, rows(text)))
    return [row for row in assigned if re.match(r"\w+ = \w+[.\[](?!.*<\|>\"\] = )", row)]


@pytest.mark.parametrize(
    ("library", "code"),
    [("pandas", code) for code in to_itself(IN_PANDAS)]
    + [("polars", code) for code in to_itself(IN_POLARS)]
    + [("spark", code) for code in to_itself(IN_SPARK)],
)
def test_what_the_name_was_before_the_statement_counts(library: str, code: str) -> None:
    assert offered({"pandas": PANDAS, "polars": POLARS, "spark": SPARK}[library], code) == ["a", "b", "k"]


def test_fields_of_a_structure() -> None:
    schema = "id int, s struct<name: string, inner: struct<n: int>>"
    prelude = f"{SPARK.removesuffix('# %%' + chr(10))}st = spark.createDataFrame([], '{schema}')\n# %%\n"
    assert offered(prelude, 'st.select("s.<|>') == ["name", "inner"]
    assert offered(prelude, 'st.select(F.col("s.inner.<|>"))') == ["n"]
    assert offered(prelude, 'st.select("s.*")["<|>') == ["name", "inner"]


NOWHERE = r"""
df[df["b"] == "<|>"]  df.loc["<|>"]  df.query("b == '<|>'")  df.rename(columns={"a": "<|>  df.agg({"a": "<|>
g.agg(n=("a", "<|>
df.merge(d2, how="<|>  df.fillna("<|>  df["b"].str.replace("<|>  df.to_csv("<|>  df.plot(kind="<|>
df.query("a.<|>")  df.groupby("a").agg("<|>
x = "<|>"  print("<|>  df.assign(x="<|>  df["b"].isin(["<|>  df["a" if True else "<|>  df.assign(x=lambda d: "<|>
"""  # fmt: skip


@pytest.mark.parametrize("code", rows(NOWHERE))
def test_where_no_column_goes(code: str) -> None:
    assert offered(PANDAS, code) == []


@pytest.mark.parametrize("reader", sorted(READERS))
def test_columns_of_the_file_that_is_read(reader: str, tmp_path: Path) -> None:
    frame = pd.DataFrame({"id": [1], "price": [2.5]})
    kind = {"table": "csv", "ipc": "feather"}.get(reader.rpartition("_")[2], reader.rpartition("_")[2])
    path = tmp_path / f"d.{kind}"
    if reader.endswith("parquet.read_table"):
        kind = "parquet"
    elif reader.endswith("feather.read_table"):
        kind = "feather"
    match kind:
        case "csv":
            path.write_text("id\tprice\n1\t2.5\n" if "read_table" in reader else "id,price\n1,2.5\n")
        case "parquet":
            frame.to_parquet(path)
        case "feather":
            frame.to_feather(path)
        case "json":
            frame.to_json(path, orient="records")
        case "orc":
            frame.to_orc(path)
        case "excel":
            path = path.with_suffix(".xlsx")
            frame.to_excel(path, index=False)
    module, _, name = reader.rpartition(".")
    for argument, roles in READERS[reader].items():
        for role in roles:
            opening = '{"' if role == "keys" else '["'
            code = f'import {module} as m\nm.{name}("{path.name}", {argument}={opening}<|>'
            assert labels(code, tmp_path) == ["id", "price"], argument


@pytest.mark.parametrize(
    ("library", "owner"),
    [("pandas", pd.DataFrame), ("polars", pl.DataFrame), ("pandas groups", type(pd.DataFrame({"a": []}).groupby("a")))],
)
def test_arguments_are_those_of_the_library(library: str, owner: type) -> None:
    """Every keyword is one of the real method, every position the place of one of its keywords."""
    for name, arguments in METHODS[library].items():
        method = inspect.getattr_static(owner, name, None)
        if "." in name or not callable(method):
            continue
        parameters = [*inspect.signature(method).parameters.values()][1:]
        names = [p.name for p in parameters]
        variadic = any(p.kind is p.VAR_KEYWORD for p in parameters)
        takes_rest = any(p.kind is p.VAR_POSITIONAL for p in parameters)
        positional = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
        for argument in arguments:
            if isinstance(argument, int):
                assert takes_rest or argument < len(positional), (name, argument)
            elif argument == "*":
                assert takes_rest or positional, name
            elif argument != "**":
                assert argument in names or variadic, (name, argument)


@pytest.mark.parametrize("code", ['d.to_table(columns=["<|>', 'd.to_table(["id", "<|>', 'd.scanner(columns=["<|>'])
def test_data_sets_are_asked_for_columns(code: str, tmp_path: Path) -> None:
    pd.DataFrame({"id": [1], "price": [2.5]}).to_parquet(tmp_path / "x.parquet")
    opening = 'import pyarrow.dataset as ds\nd = ds.dataset("x.parquet")\n# %%\n'
    assert sorted(labels(opening + code, tmp_path)) == ["id", "price"]


def test_keys_of_a_join_come_as_pairs_first() -> None:
    code = PANDAS + 'd3 = pd.DataFrame({"k": ["x"], "z": [1]})\n'
    assert labels(code + 'df.merge(d3, left_on="<|>') == ["k", "a", "b"]
    assert labels(code + 'df.merge(d3, left_on="a", right_on="<|>') == ["k", "z"]
    items = {i.label: i.detail for i in complete(code + 'df.merge(d3, on="<|>').items}
    assert items == {"k": "double = string"}
    assert labels(code + 'df.merge(d3, on="<|>", how="left")') == ["k"]
    assert labels(code + 'df.merge(on="<|>", right=d3)') == ["k"]


@pytest.mark.parametrize("above", ["r = 1", "for r in df.itertuples():\n    pass", ""])
@pytest.mark.parametrize("line", ["x = r.<|>", "print(r.<|>, 1)", 'print(f"{r.<|>}")'])
def test_a_line_that_does_not_parse_is_still_in_its_block(above: str, line: str) -> None:
    assert labels(f"{PANDAS}{above}\n# %%\nfor r in df.itertuples():\n    {line}")[:3] == ["a", "b", "k"]


def test_columns_of_a_path_are_no_files(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    code = PANDAS + 'import plotly.express as px\npx.sunburst(df, path=["a", "<|>"])'
    assert labels(code, tmp_path) == ["a", "b", "k"]


def test_the_other_table_is_meant_on_the_right_of_a_join() -> None:
    code = POLARS + 'd3 = pl.DataFrame({"k": [1], "z": [2]})\n'
    assert labels(code + 'df.join(d3, left_on=pl.col("a"), right_on=pl.col("<|>"))') == ["k", "z"]


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ('m.reset_index(level="<|>', ["a", "b"]),
        ('m.index.get_level_values("<|>', ["a", "b"]),
        ('m.groupby(level=["<|>', ["a", "b"]),
        ('m["k"].unstack("<|>', ["a", "b"]),
        ('df.groupby(["a", "b"])["k"].sum().unstack(level="<|>', ["a", "b"]),
        ('df.reset_index(level="<|>', []),
        ('c["<|>', ["k", "a"]),
        ('c["k"]["<|>', ["min", "max"]),
        ('c["k", "<|>', ["min", "max"]),
        ('c[("k", "<|>")]', ["min", "max"]),
        ('df[("a", "<|>")]', []),
    ],
)
def test_levels_of_the_index_and_of_the_columns(code: str, names: list[str]) -> None:
    opening = PANDAS + 'm = df.set_index(["a", "b"])\nc = df.groupby("b").agg({"k": ["min", "max"], "a": ["sum"]})\n'
    assert labels(opening + code) == names


@pytest.mark.parametrize(
    ("code", "written"),
    [
        ("df[<|>]", ['"a"', '"b"', '"k"']),
        ("df[[<|>", ['"a"', '"b"', '"k"']),
        ('df[["a", b<|>', ['"b"']),
        ("df.loc[:, <|>", ['"a"', '"b"', '"k"']),
        ("df.groupby(<|>", ['"a"', '"b"', '"k"']),
        ("df.merge(df, on=<|>", ['"a"', '"b"', '"k"']),
        ("df.rename(columns={<|>", ['"a"', '"b"', '"k"']),
        ('f"{df[<|>]}"', ["'a'", "'b'", "'k'"]),
        ("df.query(<|>", []),
        ("df.head(<|>", []),
        ("print(<|>", []),
        ("x = [<|>", []),
        ("df[df[a] == <|>", []),
        ("df.iloc[<|>", []),
    ],
)
def test_where_a_text_may_begin_columns_come_with_their_quotes(code: str, written: list[str]) -> None:
    items = [i for i in complete(PANDAS + code).items if i.kind == "column"]
    assert [i.insert for i in items] == written


ODD = ['say "hi"', "it's", "back\\slash", "{x}", "π", "two words", "class", "count", "new\nline"]


@pytest.mark.parametrize(
    "opened", ['df["<|>"]', 'df["<|>', "df['<|>']", "df['<|>", 'df["""<|>"""]', 'df[f"<|>"]', 'df[r"<|>"]', "df.<|>"]
)
def test_what_is_inserted_names_the_column(opened: str) -> None:
    """The text after accepting an item parses, and the name in it is the column's."""
    code = f"import pandas as pd\ndf = pd.DataFrame({ {name: [1] for name in ODD}!r})\n# %%\n{opened}"
    case = load(code)
    found = asyncio.run(features.complete(case.snapshot, case.session.services, case.cell, case.offset))
    text = opened.replace("<|>", "")
    offered = [i for i in found.items if i.kind == "column"]
    assert len(offered) >= len(ODD) - 4
    for item in offered:
        span = item.replace
        made = text[: span.start] + (item.insert or item.label) + text[span.end :]
        made += "]" * (made.count("[") - made.count("]"))
        node = ast.parse(made.strip(), mode="eval").body
        if isinstance(node, ast.Attribute):
            assert node.attr == item.label
        else:
            assert isinstance(node, ast.Subscript)
            assert eval(ast.unparse(node.slice)) == item.label


@pytest.mark.parametrize(
    "code",
    [
        'ColumnTransformer([("n", s, ["<|>',
        'ColumnTransformer(transformers=[("n", s, ["a"]), ("m", s, "<|>")])',
        'make_column_transformer((s, ["a", "<|>"]))',
    ],
)
def test_columns_of_a_frame_that_is_handed_over_later(code: str) -> None:
    opening = "from sklearn.compose import ColumnTransformer, make_column_transformer\n"
    assert labels(PANDAS + opening + code) == ["a", "b", "k", "A"]


def test_names_in_a_models_formula_are_quoted_for_it() -> None:
    code = 'import pandas as pd\nfrom patsy import dmatrix\ndf = pd.DataFrame({"two words": [1], "a": [2]})\n'
    items = {i.label: i.insert for i in complete(code + 'dmatrix("<|>", df)').items}
    assert items == {"two words": "Q('two words')", "a": "a"}


@pytest.mark.parametrize(
    "code",
    [
        """df.query("<|>a > 1 and b == 'x'")""",
        """df.query("a == 1 and k > 2 or <|>a in (1, 2)")""",
        """df.query('<|>a == 1').plot(x='a', y='k')""",
        """df.query(\"\"\"\n    <|>a == 1 and\n    b == 'x'\n\"\"\")""",
        """df.eval("z = <|>a * (k + 1)")""",
        """duckdb.sql("from df").filter("<|>a = 1 and b = 'x'")""",
    ],
)
def test_a_word_of_an_expression_means_its_column_whatever_follows(code: str) -> None:
    found = hover(PANDAS + code)
    assert found is not None
    assert "a: int64" in found.markdown or "**a**" in found.markdown


@pytest.mark.parametrize(
    ("code", "end"),
    [('df["<|>].plot(x="k")', '"].plot'), ('df[["<|>, "b"]]', '", "b"]'), ('f(df["<|>], y=1)', '"], y')],
)
def test_a_string_that_is_not_closed_ends_at_its_words(code: str, end: str) -> None:
    [item] = [i for i in complete(PANDAS + code).items if i.label == "a"]
    text = code[: item.replace.start] + item.insert + code.replace("<|>", "")[item.replace.end :]
    assert f"a{end}" in text


def test_a_method_is_not_hidden_by_its_column() -> None:
    offered = complete('import pandas as pd\ndf = pd.DataFrame({"count": [1]})\ndf.<|>').items
    assert [(i.kind, i.insert) for i in offered if i.label == "count"] == [("column", '["count"]'), ("method", "")]


def test_names_in_expressions_are_quoted() -> None:
    code = 'import pandas as pd\ndf = pd.DataFrame({"two words": [1], "a": [2]})\n'
    items = {i.label: i for i in complete(code + 'df.query("a > 1 and tw<|>")').items}
    assert (items["two words"].insert, items["a"].insert) == ("`two words`", "a")
    inside = next(i for i in complete(code + 'df.query("`two<|> > 1")').items if i.label == "two words")
    assert (inside.insert, len(inside.replace)) == ("`two words`", 4)
    sql = "import duckdb\n" + code + "duckdb.sql('from df').filter('<|>')"
    named = {i.label: i.insert or i.label for i in complete(sql).items if i.kind == "column"}
    assert named == {"two words": '"two words"', "a": "a"}


USED = """
from lib import load
df = load()
# %%
df["alpha"].sum()
df.groupby("beta")[["gamma"]].sum()
df.loc[df["alpha"] > 1, "delta"]
# %%
"""


def test_usage_is_the_last_resort() -> None:
    assert labels(USED + 'df["<|>"]') == ["alpha", "beta", "delta"]
    assert labels(USED + 'df.groupby("<|>') == ["alpha", "beta", "delta"]
    item = complete(USED + 'df["<|>"]').items[0]
    assert item.documentation == "used with `df` in cell 2"
    assert labels(USED + 'other["<|>"]') == []
    known = USED.replace("from lib import load", "import pandas as pd").replace("load()", "pd.read_csv(url)")
    assert labels(known + 'df["omega"] = 1\n# %%\ndf["<|>"]') == ["omega", "alpha", "beta", "delta"]


def test_usage_never_reaches_a_closed_frame_nor_the_flow() -> None:
    code = 'import pandas as pd\ndf = pd.DataFrame({"a": [1]})\n# %%\ntry:\n    df["old"]\nexcept KeyError: ...\n# %%\n'
    assert labels(code + 'df["<|>"]') == ["a"]
    case = load(USED + 'x = df["<|>"]')
    for index in range(len(case.notebook.cells)):
        for binding in case.snapshot.analysis.exports(index).bindings:
            assert not (isinstance(binding.type, Table) and binding.type.columns)
