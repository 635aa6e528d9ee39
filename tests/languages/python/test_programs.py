"""Programs of several steps against the real libraries: what holds where paths meet, columns by their places, frames
that go from one library to another. Each was wrong once; most were found by programs that were made at random."""

from __future__ import annotations

import pytest

from polycell.core.types import Table
from tests.dsl import check_findings
from tests.languages.python.oracle import compare, ours

PRELUDE = """
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import duckdb
df = pd.DataFrame({"a": [1, 2, 1], "b": ["x", "y", "x"], "c": [0.5, 1.5, 2.5]})
sales = pd.DataFrame({"k": ["u", "v", "u", "w"], "n": [1, 2, 3, 4], "a": [1, 1, 2, 2]})
flag = len(df) > 5
"""

PROGRAMS = """
# %%
counts = df.groupby("b").size()
counts["z"] = 1.5
df = counts

# %%
held = df
for step in range(2):
    df = held["a"].reset_index(name="k")
df = pd.concat([df[df.columns.difference(["index"])], sales])

# %%
if flag:
    df = sales[["k"]]

# %%
if not flag:
    df = sales[["k"]]
else:
    df = df.head()

# %%
for step in range(2):
    df = df[["c", "a"]]

# %%
for column in []:
    df = sales

# %%
try:
    df = sales[["missing"]]
except KeyError:
    pass

if not flag:
    df = df[["b", "a", "c"]]
t = pa.Table.from_pandas(df, preserve_index=False).select([0])

t = pa.table({"a": [1], "b": ["x"], "c": [0.5]})
for step in range(2):
    t = t.remove_column(0)

t = pa.table({"a": [1], "b": ["x"], "c": [0.5]})
if flag:
    t = t.drop_columns(["a"])
r = t.set_column(0, "z", t["b"])
u = t.rename_columns([name + "_" for name in t.column_names])

t = pa.table({"k": [1, 2], "n": [1, 2]}).join(pa.table({"k": [1], "m": [1]}), "k")
r = t.to_pandas()

t = pa.table({"k": [1, 2], "n": [1, 2]})
s = t
if flag:
    s = s.drop_columns(["n"])
r = s.join(t, keys="k", right_suffix="_r")

p = pl.DataFrame({"d": ["2024-01-01"], "n": [1]}).with_columns(pl.col("d").str.to_date())
r = p.to_pandas()
q = pl.from_pandas(p.to_pandas())

p = pl.DataFrame({"a": [1], "b": ["x"]}).lazy()
r = pl.concat([p, p.with_columns(pl.lit(1).alias("n"))], how="align")

r = duckdb.sql("select date '2024-01-01' as d, 1 as n").df()

r = df.pivot_table(index="b", columns="a", values=["c"], aggfunc="sum")
s = r["c"]

r = sales.pivot(index=["k", "n"], columns="a", values=["n"])["n"]

r = df.pivot(index="c", columns="a")
s = r["b"]

r = pd.DataFrame(dict(df.set_index("b")))

r = df.rename_axis(columns="n").melt(id_vars="a")

df.columns.name = "index"
r = df.melt()

r = df.rename_axis(None, axis=1).rename_axis("key").reset_index()

r = pd.crosstab(df["a"], df["a"], margins=True).reset_index(names=["n"])

r = df.describe(include="all").reset_index().reset_index()

r = df.describe(include="object").reset_index().reset_index()

r = df.T.melt(var_name="v")

both = pd.concat([df, df], keys=["u", "v"], names=["p", "q"])
both.loc[len(both)] = 0

d = df.describe()
d.loc[0, "z"] = 1
r = d["a"].reset_index()

d = sales.rank(numeric_only=True)
r = pd.concat([df, d], join="inner")

d = sales.loc[:, sales.notna().any()]
r = pd.concat([df[["a"]], d[["k"]]], join="inner")
s = pd.concat([df, d])

d = sales.loc[:, sales.notna().any()].rename(columns={"missing": "total"})

p = df.pivot_table(index="a", columns="b", values="c", aggfunc="count")
frames = [sales, p]
for d in frames:
    d.reset_index(drop=True, inplace=True)

r = df.pivot_table(index="c", columns="c", values=["c"], aggfunc="count")["c"]

d = df.groupby("a")[["c"]].agg(["min", "max"]).reset_index()
r = d.loc[:, d.columns != "a"]

other = sales
for step in range(2):
    other = df.loc[:, df.notna().any()]
if not flag:
    r = df
else:
    r = other.astype(str)

p = pl.DataFrame({"a": [1], "b": ["x"]})
r = p.extend(p)
r.insert_column(0, pl.Series("n", [1, 2]))

p = pl.DataFrame({"a": [1], "b": ["x"]})
r = p.hstack([pl.Series("n", [1])], in_place=True)
s = p.vstack(p, in_place=True).insert_column(0, pl.Series("m", [1, 2])).replace_column(1, pl.Series("z", [1, 2]))

p = pl.DataFrame({"a": [1], "b": ["x"]})
r = p.hstack([pl.Series("n", [1])], in_place=flag)

p = pl.DataFrame({"a": [1], "b": ["x"]}).filter(pl.col("a") > 1)
r = pl.DataFrame(p.to_dicts())
s = pl.DataFrame([row for row in p.iter_rows(named=True)])
t = pd.DataFrame(df[df["a"] > 5].to_dict("records"))

p, q = pl.DataFrame({"a": [1]}), pl.LazyFrame({"a": [1]})
r = pl.concat([q if not flag else p, q])

df.columns.name = "kind"
r = df.nunique().to_frame("n").reset_index()
s = df.mean(numeric_only=True).reset_index(name="m")
t = df.corr(numeric_only=True)
u = df.isna().sum()
v = df.dtypes

r = pd.crosstab(df["a"], df["b"]).nunique().to_frame("n").reset_index()

t = pa.table({"a": [1], "b": ["x"]})
r = t.append_column(pa.field("a", pa.int64()), [[1]])
s = t.append_column("a", [[1]])

t = pa.table({"a": [1], "b": ["x"]})
r = t.append_column(pa.field("n", pa.float64()), [[1.0]])
s = t.set_column(0, pa.field("b", pa.int64()), [[1]])

t = pa.table({"b": ["x"]})
if not flag:
    t = pa.table({"a": [1]})
r = t.append_column(pa.field("a" + "".join(t.column_names), pa.float64()), [[1.0]])

z = pd.DataFrame()
z["a"] = df.set_index("b", append=True)["a"]

p = pl.DataFrame({"b": ["y"]})["b"].value_counts(name="n")
r = p.join(p.group_by(pl.col("b").is_null()).len(), left_on="n", right_on="len")

r = sales[["k", "a"]].groupby(sales["n"].where(sales["n"] > 9)).cumcount().reset_index(name="n")

s = df
held = {"s": s}
for key, d in held.items():
    for name, column in d.items():
        d[name] = column.astype(str)

def add(d):
    d["n"] = 1
    return d
r = df.pipe(add)

d = pd.concat([df[["a", "b"]], pd.DataFrame({"c": [1.0], "g": pd.Categorical(["p"])})], ignore_index=True)
r = d.join(d.set_index("g"), on="c", rsuffix="_r")

p = pl.DataFrame({"a": [1], "f": [True], "b": ["x"]})
if not flag:
    q = 1
else:
    p = p.rename({"f": "value"})
r = pl.concat([p, p.rename({"b": "value"})], how="diagonal")

df.loc["total"] = df.sum(numeric_only=True)
r = df.reset_index().reset_index()

df.loc[9] = [1, "x", 1.5]
r = df.reset_index()

u = df.set_index("b")
r = pd.get_dummies(u.align(u[["a"]], axis=1)[0])

u = df.agg("count").reset_index()
r = u.count().to_frame("n").reset_index()

r = duckdb.sql("select sum(a) over () as total, 1.5 as part from df").df()
s = duckdb.sql("select sum(a) over () as total, 1.5 as part from df").pl()

last = df
for name in ["a", "missing"]:
    try:
        last = df[[name]]
    except KeyError:
        continue

for name in ["a", "missing"]:
    try:
        last = df[[name]]
        kept = name
    except KeyError:
        pass

r = df.groupby("b").agg({"a": "max", "a": "min"})
s = df.groupby("b").agg({"a": ["max", "min"], "a": "min"})
t = df.agg({"a": "max", "c": "min", "a": "mean"}).reset_index()

f = duckdb.sql("select 1 as k, 'x' as b").project("k, b as k")
r, s, t, u = f.df(), f.pl(), f.arrow().read_all(), duckdb.sql("select * from f")
names = [c for c in f.columns]

f, g = duckdb.sql("select 1 as k, 2 as n"), duckdb.sql("select 'x' as K, 2 as n")
r, s, t = f.cross(g), f.cross(g).df(), f.join(g, "n").df()
d = duckdb.sql("select f.*, g.* from f, g")
names = [c for c in d.columns]
u, v, w = d.arrow().read_all(), d.df(), d.filter("K_1 is not null").project("K_1 as z")

f, g = duckdb.sql("select 1 as a, 2 as b"), duckdb.sql("select 0.5 as b, 'x' as c")
if not flag:
    f = duckdb.sql("select b, a as z from f")
r = duckdb.sql("select columns('a|b|z') from f")
s = duckdb.sql("unpivot f on b, b into name nm value vl")
t = duckdb.sql("select * from f union all by name select * from g")

f = duckdb.sql("select 1 as a, date '2024-01-01' as d")
g = f.map(lambda d: d)
r = duckdb.sql("select * from f union all by name select * from g")
s = duckdb.sql("select * from g union all select * from f")
t = duckdb.sql("select 1 as u union all select * from (select cast(a as varchar) from g)")

p = pl.DataFrame({"a": [1], "s": [{"u": 1, "v": "x"}]})
r, s = p.with_columns(pl.col("s").cast(pl.Float64, strict=False)), p.cast({"s": pl.Float64}, strict=False)
t, u = p.with_columns(pl.struct("a").cast(pl.Float64)), p.select(pl.col("s").cast(pl.String))

r = pa.Table.from_pylist([{"u": 1}, {"u": 2, "v": 3}])
t = pa.Table.from_pandas(df, preserve_index=True)
s, u = pa.table(t.to_pandas()[["c"]]), pa.table(sales.groupby("k").count())
c = t["a"]

f = duckdb.sql("select 1 as a, 2 as b")
r = duckdb.sql("select columns('(.*)') as 'x_\\1' from f")
s = duckdb.sql("select columns('(.*)') as 'x_\\1' from f where (select max(n) from sales) > 0").df()

r = df.groupby("b").agg({"a": ["min", "max"], "a": ["count"]})
s = df.groupby("b").agg({"a": "min", "c": "max", "a": "count"})
t, u = df[["a", "c"]].transform(["abs", "sqrt"]), df.transform({"a": "abs"})

p = pl.DataFrame({"a": [1]}).with_columns(when=pl.lit("2024-01-01").str.to_date())
r = p.group_by_dynamic("when", every="1mo", include_boundaries=True).agg(pl.len())

if not flag:
    df.columns = df.columns.map(lambda c: c + "_m")
df.loc[0, "b"] = 1

df = df[df["a"] > 1]
df["n"] = pd.Series([1] * len(df))

r, s, t, u = df[["a", "b"]], df[["a", "a"]], df[["a", "b"]], df.copy()
r.columns = pd.MultiIndex.from_arrays([["u", "u"], ["v", "w"]])
s.columns = pd.MultiIndex.from_tuples([("u", "v"), ("u", "w")])
t.columns = pd.MultiIndex.from_product([["u"], ["v", "w"]])
a, b, c, d = r["u"], s["u"], t.droplevel(0, axis=1), t["u"]["w"]
u.index = pd.MultiIndex.from_tuples([("x", "y"), ("x", "z"), ("v", "w")])
e = u.reset_index()

f = duckdb.sql("select 1 as y, 2 as z")
if not flag:
    f = duckdb.sql("select 2 as z")
r = duckdb.sql("select *, 'x' as y from f")

r = df.rename_axis("kind", axis=1).reset_index().iloc[0].to_frame()

s = df.groupby("b").apply(lambda g: g.head(1)).reset_index(drop=True)
s.insert(0, "b", 1)

f = duckdb.sql("select 1 as w, date '2024-01-01' as d")
if not flag:
    f = duckdb.sql("select d, 'x' as z from f")
r = duckdb.sql("select * from (select * from f) t(u, v)")

n = df.groupby("b")["a"].agg(["count", ("u", "max")]).groupby("u").size()
r, s = pd.DataFrame(n, columns=["n"]), pd.DataFrame([[1, 2]], columns=["x", "y"]).reset_index()

f, g = duckdb.sql("select 1 as a, 2 as b"), duckdb.sql("select 1 as a, 3 as b, 4 as c")
r = duckdb.sql("select * like '%a%' from f")
h = f.join(g, "a")
s = duckdb.sql("select * like '%a%' from h")

d = df.sort_values("c", ascending=False)
r, s = pa.Table.from_pandas(d), pa.table(df[df["a"] > 1])
t, u = pa.Table.from_pandas(d.reset_index(drop=True)), pa.Table.from_pandas(df.set_index("a").reset_index(level=0))

r = df.set_index(["a", "a"]).reset_index(level=0)["b"].to_frame()

f = duckdb.sql("select 1 as a, date '2024-01-01' as d")
g = duckdb.from_df(f.df())
r, s = duckdb.sql("select * from g join f using (a)"), duckdb.sql("from f join g using (a)")

df.insert(df.columns.get_loc("b"), "n", "x")
sales.insert(len(sales.columns), "n1", "x")
"""


@pytest.mark.parametrize("program", [p.strip() for p in PROGRAMS.strip("\n").split("\n\n")])
def test_programs(program: str) -> None:
    compare(PRELUDE + program)


def test_what_a_cell_may_have_put_in_place_of_a_frame_from_above_alarms_nobody() -> None:
    check_findings("""
        # %%
        import pandas as pd
        import sys
        df = pd.DataFrame({"a": [1], "b": [2]})
        # %%
        if len(sys.argv) > 1:
            df = pd.DataFrame({"z": [1]})
        # %%
        df["a"], df["z"]
    """)


def test_only_the_first_labels_of_a_pivoted_frame_are_known() -> None:
    said = ours(PRELUDE + 'r = sales.pivot_table(index="k", columns="a", values=["n"])\ns = r["n"]')
    whole, under = said["r"], said["s"]
    assert isinstance(whole, Table)
    assert isinstance(under, Table)
    assert whole.open
    assert [[c.name for c in t] for t in (whole.columns, under.columns, under.index)] == [["n"], [], ["k"]]
