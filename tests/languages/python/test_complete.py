"""Completion of what only we know: columns, members, names; on unfinished code."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polycell.languages.python.syntax.cursor import site
from tests.dsl import complete, labels
from tests.shared import examples

PRELUDE = """
import pandas as pd
df = pd.DataFrame({"a": [1, 2], "b b": ["x", "y"], "k": [1.5, 2]})
df["c"] = df["a"] / 2
d2 = df.rename(columns={"a": "A"})
# %%
"""
ALL = ["a", "b b", "k", "c"]


@pytest.mark.parametrize(
    "code",
    [
        'df["<|>', 'df["<|>"]', "df['<|>']", 'df[["a", "<|>', 'df[["a", "<|>"]]', 'df.loc[:, "<|>',
        'df.groupby("<|>")',
        'df.groupby(["a", "<|>', 'df.sort_values(by=["<|>',
        'df.dropna(subset=["<|>"])', 'df.rename(columns={"<|>": "x"})', 'df.rename(columns={"a": "x", "<|>',
        'df.drop("<|>', 'df.drop(columns=["<|>', 'x = df.query("a > 1")["<|>', 'df.groupby("a").agg(n=("<|>',
        'df.groupby("a")["<|>',
        'for i in range(3):\n    df["<|>', 'df[df["<|>', 'y = (df\n  .head()\n  .groupby("<|>',
        'if True:\n    z = df["<|>"]\n    print(z)', 'def f():\n    return df["<|>', 'df.plot(x="<|>',
    ],
)  # fmt: skip
def test_columns(code: str) -> None:
    assert labels(PRELUDE + code) == ALL


def test_the_other_tables_columns() -> None:
    assert labels(PRELUDE + 'df.merge(d2, left_on="a", right_on="<|>') == ["b b", "k", "c", "A"]


@pytest.mark.parametrize(
    "code",
    ['print("<|>', 'x = "<|>"', "# df.<|>", 'df.rename(columns={"a": "<|>', "1.<|>", "import <|>", 'open("<|>")'],
)
def test_nothing(code: str) -> None:
    assert labels(PRELUDE + code) == []


def test_what_is_replaced_with_and_without_a_closing_quote() -> None:
    for code, start, end in (
        ('df["a<|>"]', 4, 5),
        ('df["<|>', 4, 4),
        ('df["<|>b b"]', 4, 7),
        ('df[["a", "k<|>', 10, 11),
    ):
        span = complete(PRELUDE + code).items[0].replace
        assert (span.start, span.end) == (start, end), code


def test_columns_carry_type_and_origin() -> None:
    item = next(i for i in complete(PRELUDE + 'df["<|>').items if i.label == "c")
    assert (item.detail, item.kind) == ("double", "column")
    assert item.documentation == '`df["a"] / 2` in cell 1'


def test_members_of_a_frame_begin_with_its_columns() -> None:
    offered = labels(PRELUDE + "df.<|>")
    assert offered[:4] == ["a", "b b", "k", "c"]
    assert "groupby" in offered


@pytest.mark.parametrize(
    ("values", "accessor"),
    [
        ("pd.to_datetime(['2020-01-01'])", "dt"),
        ("pd.to_timedelta(['1D'])", "dt"),
        ("pd.Categorical(['x'])", "cat"),
    ],
)
def test_behind_accessors_is_what_pandas_has_there(values: str, accessor: str) -> None:
    column = getattr(pd.Series(eval(values)), accessor)
    offered = set(labels(f"# %%\nimport pandas as pd\ndf = pd.DataFrame({{'c': {values}}})\ndf['c'].{accessor}.<|>"))
    assert {name for name in dir(column) if not name.startswith("_")} <= offered


@pytest.mark.parametrize(
    "value",
    ["df['c'].map(lambda v: v.<|>)", "df['c'].apply(lambda v: v.<|>", "df['c'].iloc[0].<|>", "df.iloc[0, 1].<|>"],
)
def test_one_value_of_a_column_has_the_members_of_its_type(value: str) -> None:
    assert "upper" in labels(f"# %%\nimport pandas as pd\ndf = pd.DataFrame({{'n': [1], 'c': ['x']}})\n{value}")


def test_names_local_first_then_nearest() -> None:
    offered = labels("near_a = 1\n# %%\nnear_b = 2\n# %%\nnear_c = 3\nnea<|>")
    assert offered[:3] == ["near_c", "near_b", "near_a"]


def test_parameters_and_builtins() -> None:
    offered = labels("def f(alpha, beta):\n    return al<|>")
    assert offered[0] == "alpha"
    assert "all" in offered


@pytest.mark.parametrize(
    "statement",
    [
        "from os import path, <|>",
        "from os import (\n    path,\n    <|>",
        "import os, s<|>",
        "if x: from os import (pa<|>)",
    ],
)
def test_no_names_of_the_notebook_among_what_is_imported(statement: str) -> None:
    assert labels(f"# %%\nsize = 1\n# %%\n{statement}") == []


def test_names_below_an_import() -> None:
    assert "size" in labels("# %%\nsize = 1\n# %%\nimport os\nprint(os, s<|>")


def test_keys_of_a_dictionary() -> None:
    assert labels('d = {"x": 1, "y": 2}\nd["<|>') == ["x", "y"]


def test_polars_expressions() -> None:
    code = 'import polars as pl\ndf = pl.DataFrame({"a": [1], "b": [2]})\n'
    assert labels(code + 'df.select(pl.col("<|>') == ["a", "b"]
    assert labels(code + 'df.filter(pl.col("a") > 1).group_by("<|>') == ["a", "b"]


def test_columns_of_a_file_being_read(tmp_path: Path) -> None:
    code = 'file sales.csv: id,price;1,2.5\n# %%\nimport pandas as pd\ns = pd.read_csv("sales.csv", usecols=["<|>'
    assert labels(code, tmp_path) == ["id", "price"]


@settings(max_examples=examples(300), deadline=None)
@given(st.text(alphabet="df.[(\"'{=,:)]} \nab#\\é1", max_size=40), st.integers(0, 40))
def test_any_text_has_a_site(text: str, offset: int) -> None:
    found = site(text, min(offset, len(text)))
    assert 0 <= found.span.start <= found.span.end <= len(text)


NESTED = """
# %%
import pandas as pd, json
d = {'a': {'b': {'c': 1}, 'k': [1]}, 'z': 2}
df = pd.DataFrame({'id': [1], 'name': ['x']})
said = json.loads('{"user": {"name": "x"}, "n": [{"deep": 1}]}')
# %%
%time 1
"""


@pytest.mark.parametrize(
    ("code", "keys"),
    [
        ("d['a']['<|>']", ["b", "k"]),
        ("d['a']['b'][\"<|>", ["c"]),
        ("d.get('<|>')", ["a", "z"]),
        ("d['a'].pop('<|>', 1)", ["b", "k"]),
        ("d.get('a', '<|>')", []),
        ("df.to_dict()['<|>']", ["id", "name"]),
        ("df.to_dict('list')['<|>']", ["id", "name"]),
        ("df.to_dict(orient='split')['<|>']", ["index", "columns", "data"]),
        ("said['<|>']", ["user", "n"]),
        ("said['user']['<|>']", ["name"]),
        ("said['n'][0]['<|>']", ["deep"]),
        ("e = dict(d, w=1)\ne['<|>']\n!ls", ["a", "z", "w"]),
    ],
)
def test_keys_of_dictionaries_at_any_depth(code: str, keys: list[str]) -> None:
    assert labels(f"{NESTED}{code}") == keys


def test_of_very_many_columns_those_are_offered_that_match(tmp_path: Path) -> None:
    names = [f"column {n}" for n in range(1200)]
    (tmp_path / "wide.csv").write_text(f"{','.join(names)}\n{','.join('1' * 1200)}\n", encoding="utf-8")
    above = 'import pandas as pd\nwide = pd.read_csv("wide.csv")\n# %%\n'
    first = complete(f'{above}wide["<|>', tmp_path)
    assert (first.incomplete, [i.label for i in first.items]) == (True, names[:200])
    typed = complete(f'{above}wide["119<|>', tmp_path)
    assert typed.incomplete
    assert [i.label for i in typed.items[:13]] == ["column 119", "column 1119", *names[1190:], "column 1019"]
    assert len(typed.items) == 200


@pytest.mark.parametrize(
    ("code", "named"),
    [
        ('i["<|>"]', False), ('i[["<|>"]]', False), ('i.loc[:, "<|>"]', False), ('i.drop(columns="<|>")', False),
        ('i.groupby("<|>")', True), ('i.sort_values("<|>")', True), ('i.merge(df, on="<|>")', True),
        ('i.query("<|>")', True), ('i.reset_index()["<|>"]', True),
    ],
)  # fmt: skip
def test_levels_of_the_index_are_offered_where_pandas_takes_them_for_columns(code: str, named: bool) -> None:
    assert ("a" in labels(f'{PRELUDE}i = df.set_index("a")\n# %%\n{code}')) == named


RESULT = """
# %%
%load_ext sql
%sql duckdb://
%sql create table t (id int, name varchar)
r = %sql select * from t
# %%
"""


@pytest.mark.parametrize(
    ("code", "offered"),
    [('r.dict()["<|>"]', ["id", "name"]), ('[x["<|>"] for x in r.dicts()]', ["id", "name"]),
     ('r.DataFrame()["<|>', ["id", "name"])],
)  # fmt: skip
def test_results_of_jupysql(code: str, offered: list[str]) -> None:
    assert labels(f"{RESULT}{code}") == offered
    assert {"DataFrame", "dicts", "csv"} <= set(labels(f"{RESULT}r.<|>"))


SPARK = """
from pyspark.sql import SparkSession, functions as F
from pyspark.sql.types import *
spark = SparkSession.builder.getOrCreate()
s = spark.createDataFrame([], StructType([
    StructField("id", LongType()), StructField("who", StringType()),
    StructField("in", StructType([StructField("x", StringType())])),
]))
# %%
"""


@pytest.mark.parametrize(
    ("code", "offered"),
    [
        ('s.select("in.<|>")', ["x"]), ('s.write.mode("overwrite").partitionBy("<|>")', ["id", "who", "in"]),
        ('s.groupBy("id").pivot("who").agg(F.first("<|>"))', ["id", "who", "in"]),
        ('s.groupBy("id").agg({"who": "count"}).select("<|>")', ["id", "count(who)"]),
    ],
)  # fmt: skip
def test_columns_of_spark(code: str, offered: list[str]) -> None:
    assert labels(f"{SPARK}{code}") == offered


@pytest.mark.parametrize(
    ("head", "first"),
    [
        ("class A:\n    def f(", "self"),
        ("class A(B):\n    x = 1\n\n    def g(self):\n        return 1\n\n    async def f(", "self"),
        ("class A:\n    @classmethod\n    def f(", "cls"),
        ("class A:\n    @staticmethod\n    def f(", ""),
        ("class A:\n    def f(self, ", ""),
        ("def f(", ""),
        ("if x:\n    def f(", ""),
    ],
)
def test_the_first_parameter_of_a_method(head: str, first: str) -> None:
    found = labels(f"# %%\n{head}<|>")
    assert found[0] == first if first else not {"self", "cls"} & set(found)


def test_members_that_people_use_come_first_without_an_engine_too() -> None:
    found = labels("# %%\nimport pandas as pd\ndf = pd.DataFrame({'a': [1]})\n# %%\ndf.<|>")
    assert found[:4] == ["a", "head", "columns", "mean"]
    assert found[30:33] == sorted(found[30:33])


def test_of_builtins_those_that_people_use_come_first() -> None:
    assert [n for n in labels("# %%\ns<|>") if n.startswith("s")][:4] == ["str", "set", "sum", "sorted"]


USED = """
import pandas as pd
movies = pd.read_csv('https://example.org/movies.csv')
movies['title']
movies.genre.value_counts()
movies.plot.bar()
movies.added = 1
movies[movies.duration == 1].stars.mean()
other = thing()
other.genre.mean()
# %%
"""


def test_columns_that_the_notebook_writes_behind_the_dot() -> None:
    assert labels(f"{USED}movies.<|>")[:3] == ["title", "genre", "duration"]
    assert labels(f"{USED}movies['<|>']") == ["title", "genre", "duration"]
    assert "plot" not in labels(f"{USED}movies['<|>']")
    assert labels(f"{USED}other.<|>") == []
    assert labels(f"{USED}other['<|>']") == []


def test_the_name_of_a_python_cell_stands_behind_what_it_binds() -> None:
    text = "host: snowflake\n# %% [python] -> cell1\nlimit = 5\n# %% [sql] -> totals\nselect 1 as a\n# %% "
    for last in ("[sql]\nselect * from t limit {{ <|> }}", "[python]\n<|>"):
        found = [item.label for item in sorted(complete(text + last).items, key=lambda item: item.rank)]
        assert found.index("cell1") > max(found.index("limit"), found.index("totals"))


@pytest.mark.parametrize("made", ["job().result().to_dataframe()", "query().toPandas()", "cursor().fetch_pandas_all()"])
def test_what_every_library_calls_a_pandas_frame_has_its_members(made: str) -> None:
    above = f"# %%\nfrom warehouse import job, query, cursor\ndf = {made}\ndf['a']\n# %%\n"
    assert "groupby" in labels(f"{above}df.<|>")
    assert labels(f"{above}df['<|>']") == ["a"]
    assert "groupby" not in labels(f"{above.replace('to_dataframe', 'to_x')}job.x().<|>")
