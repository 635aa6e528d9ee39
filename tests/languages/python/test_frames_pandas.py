"""pandas' rules against pandas."""

from __future__ import annotations

import pytest

from tests.languages.python.oracle import compare

PRELUDE = """
import pandas as pd
import numpy as np
df = pd.DataFrame({
    "k": ["x", "y", "x"], "n": [1, 2, 3], "f": [0.5, 1.5, 2.5], "b": [True, False, True], "s": ["p", "q", "r"],
    "t": pd.to_datetime(["2024-01-01", "2024-01-02", "2024-01-03"]),
})
num = pd.DataFrame({"g": ["a", "b", "a"], "h": [1, 1, 2], "u": [1, 2, 3], "v": [1.0, 2.0, 4.0]})
other = pd.DataFrame({"k": ["x", "z"], "n": [7, 8], "w": [1, 2]})
cols = ["k", "n"]
"""

# One line a case; those after `~` are answered open, by design: the data decide, or the rule is careful.
CASES = r"""
r = df["n"]
r = df[["k", "f"]]
r = df[cols]
r = df[cols + ["f"]]
r = df[df["n"] > 1]
r = df[(df.n > 1) & (df["f"] < 2)]
r = df[df.k.isin(["x"])]
r = df[~df.b]
r = df[1:]
r = df.head()
r = df.head(2).tail(1)
r = df.copy()
r = df.sort_values("n", ascending=False)
r = df.sort_values("n", ignore_index=True)
r = df.query("n > 1")
r = df.sample(2, random_state=1)
r = df.nlargest(2, "n")
r = df.drop_duplicates(subset=["k"])
r = df.dropna()
r = df.dropna(subset=["n"])
r = df.drop("n", axis=1)
r = df.drop(["n", "f"], axis="columns")
r = df.drop(columns=["n"])
r = df.drop(columns="n")
r = df.drop(0)
r = df.drop(index=[0])
r = df.rename(columns={"n": "N", "zz": "q"})
r = df.rename({"n": "N"}, axis=1)
r = df.rename(columns=str.upper)
r = df.add_prefix("p_")
r = df.add_suffix("_s")
r = df.assign(z=df.n * 2)
r = df.assign(z=lambda d: d.n / 2, y=1, x="a")
r = df.assign(n=df.n.astype(float))
r = df.astype({"n": "float64", "k": "category"})
r = num[["u", "v"]].astype(float)
r = num[["u", "v"]].astype("int32")
r = df.fillna(0)
r = num.fillna({"u": 0})
r = num[["u", "v"]].round(1)
r = df.isna()
r = df.notnull()
r = num[["u", "v"]] * 2
r = num[["u", "v"]] / 2
r = num[["u", "v"]] > 1
r = num[["u", "v"]].abs()
r = num[["u", "v"]].cumsum()
r = num[["u", "v"]].shift(1)
r = num[["u", "v"]].rank()
r = df.set_index("k")
r = df.set_index(["k", "n"])
r = df.set_index("k", drop=False)
r = df.set_index("k").reset_index()
r = df.reset_index()
r = df.reset_index(drop=True)
r = df[df.n > 1].reset_index()
r = df.set_index("k").reset_index(drop=True)
r = df.set_index(["k", "n"]).reset_index()
r = df.rename_axis("idx").reset_index()
r = df.melt(id_vars=["k"], value_vars=["n", "f"])
r = df.melt(id_vars="k", value_vars=["n"], var_name="what", value_name="val")
r = num.melt(id_vars=["g"])
r = df.explode("s")
r = df.filter(items=["k", "f"])
r = df.filter(like="k")
r = df.filter(regex="^[kn]$")
r = df.select_dtypes(include="number")
r = df.select_dtypes(exclude="number")
r = df.select_dtypes(include=["bool"])
r = df.select_dtypes("datetime")
r = df.loc[:, "n"]
r = df.loc[:, ["n", "k"]]
r = df.loc[df.n > 1, ["n", "k"]]
r = df.loc[df.n > 1]
r = df.loc[:, "n":"b"]
r = df.loc[:, ::-1]
r = df.iloc[:, 0]
r = df.iloc[:, :2]
r = df.iloc[:, [0, 2]]
r = df.iloc[0:2]
r = df.reindex(columns=["n", "new"])
r = df.pipe(lambda d: d[["n"]])
r = df.n + df.f
r = df.n / 2
r = df.n // 2
r = df.n * df.n
r = df.n > 1
r = df.s.str.upper()
r = df.s.str.len()
r = df.s.str.contains("p")
r = df.t.dt.year
r = df.t.dt.day_name()
r = df.t - df.t
r = df.n.map({1: 2})
r = df.n.astype("float32")
r = df.n.astype(str)
r = df.n.isna()
r = df.n.fillna(0)
r = df.f.fillna(0)
r = df.n.rename("q")
r = df.n.to_frame()
r = df.n.to_frame("q")
r = df.n.sort_values().head(2)
r = df.n.cumsum()
r = df.k.value_counts()
r = df.n.mean()
r = num.groupby("g").sum()
r = num.groupby("g").mean()
r = num.groupby("g").count()
r = num.groupby("g").max()
r = num.groupby("g").nunique()
r = num.groupby(["g", "h"]).sum()
r = num.groupby(["g", "h"]).sum().reset_index()
r = num.groupby("g", as_index=False).sum()
r = num.groupby("g", as_index=False)["u"].sum()
r = num.groupby("g")["u"].sum()
r = num.groupby("g").u.mean()
r = num.groupby("g")["u"].mean().reset_index()
r = num.groupby("g")["u"].mean().reset_index(name="m")
r = num.groupby("g")[["u", "v"]].mean()
r = num.groupby("g")[["u"]].sum().reset_index()
r = num.groupby("g").size()
r = num.groupby("g").size().reset_index(name="n")
r = num.groupby(["g", "h"], as_index=False).size()
r = num.groupby("g").agg(total=("u", "sum"), m=("v", "mean"))
r = num.groupby("g", as_index=False).agg(total=("u", "sum"))
r = num.groupby("g").agg(total=pd.NamedAgg(column="u", aggfunc="max"))
r = num.groupby("g").agg({"u": "sum", "v": "mean"})
r = num.groupby("g").agg({"u": "sum"}).reset_index()
r = num.groupby("g").agg({"u": lambda s: s.sum()})
r = num.groupby("g").agg("sum")
r = num.groupby("g")["u"].agg("sum")
r = num.groupby("g")["u"].agg(["min", "max"])
r = num.groupby("g")["u"].agg(lo="min", hi="max")
r = num.groupby("g").head(1)
r = num.groupby("g")["u"].transform("sum")
r = num.groupby("g").sum(numeric_only=True)
r = df.groupby("k").mean(numeric_only=True)
r = df.groupby("k").count()
r = df.groupby("k").first()
r = df.merge(other, on="k")
r = df.merge(other, on="k", how="left")
r = df.merge(other, on="k", how="outer")
r = df.merge(other, on=["k", "n"])
r = df.merge(other)
r = df.merge(other, on="k", suffixes=("_l", "_r"))
r = df.merge(other, left_on="s", right_on="k")
r = df.merge(other, left_on="k", right_on="k")
r = pd.merge(df, other, on="k", indicator=True)
r = pd.merge(num, other, how="cross")
r = df.merge(other.set_index("k"), left_on="k", right_index=True)
r = num.merge(other, left_index=True, right_index=True)
r = num.join(other)
r = num.set_index("g").join(other.set_index("k"))
r = num.join(other.set_index("k"), on="g")
r = df.join(other, lsuffix="_l", rsuffix="_r")
r = pd.concat([df, df])
r = pd.concat([df, other])
r = pd.concat([df, other], ignore_index=True)
r = pd.concat([df, other], join="inner")
r = pd.concat([num, other], axis=1)
r = pd.concat([num, df["f"]], axis=1)
r = pd.concat([num["u"], df["f"]], axis="columns")
r = num[["u", "v"]].describe()
r = num.describe()
r = num[["u", "v"]].corr()
r = pd.DataFrame()
r = pd.DataFrame({"a": [1, 2], "b": 3})
r = pd.DataFrame({"a": [1, None], "b": ["x", None], "c": [1.5, 2]})
r = pd.DataFrame([{"a": 1, "b": "x"}, {"a": 2, "c": 1.5}])
r = pd.DataFrame([[1, "x"], [2, "y"]], columns=["a", "b"])
r = pd.DataFrame([(1, 2.5)], columns=["a", "b"])
r = pd.DataFrame(np.zeros((2, 2)), columns=["a", "b"])
r = pd.DataFrame(np.zeros((2, 4)), columns=list("abcd"))
r = pd.DataFrame({"a": [1], "b": [2]}, columns=["b"])
r = pd.DataFrame({"a": [1], "b": [2]}, columns=["b", "z"])
r = pd.DataFrame(df, columns=["n"])
r = pd.DataFrame(dict(a=[1], b=["x"]))
r = pd.DataFrame({"a": range(3), "b": np.arange(3), "c": np.linspace(0, 1, 3)})
r = pd.DataFrame({"a": df.n, "b": df.f})
r = pd.DataFrame({c: [1, 2] for c in ["p", "q"]})
r = pd.to_numeric(df.n)
r = pd.Series([1, 2], name="z")
r = pd.Series([1, 2]).to_frame("z").reset_index()
r = df.where(df.n > 1)
r = num.pivot_table(index="g", values="u")
r = num.set_index("g").T
r = pd.get_dummies(df, columns=["k"])
r = pd.crosstab(df.k, df.b)
r = df.apply(lambda row: row.n, axis=1)
r = df.n.apply(lambda x: x * 2)
r = df.s.apply(pd.Series)
r = df.s.str.split("p", expand=True)
r = df.k.value_counts().reset_index()
r = num.groupby("g").apply(lambda d: d.head(1))
r = num.groupby(num.g).sum()
r = num.set_index("g").groupby(len).sum()
r = num.groupby("g")[["u", "v"]].agg(["min", "max"])
r = num.groupby("g").agg({"u": ["min", "max"]})
r = df[[c for c in df.columns if c != "n"]]
r = df[[c for c in df.columns if c not in cols]]
r = df[df.columns[:2]]
r = df[df.columns.drop("n")]
r = df[[f"{c}" for c in ("k", "n")]]
r = df.iloc[0]
r = df.loc[0]
r = df.loc[0, "n"]
r = df.sum(numeric_only=True)
r = df.nunique()
r = num.agg({"u": "sum"})
r = num.unstack()
r = df.T
r = df.interpolate if False else df
r = df.set_index("k")["n"].reset_index()
r = num.groupby("g")["u"].sum().sort_values().head(1).reset_index()
r = num.groupby("g")["u"].sum().to_frame("total")
r = df.dropna(axis=1)
r = df.convert_dtypes()
r = df.select_dtypes(include=["number", "bool"]).copy()
r = df.replace("x", "y")
r = df.clip if False else num
r = df.drop_duplicates().reset_index(drop=True).rename(columns={"k": "K"})
r = df.sort_index()
r = num.groupby("g").cumsum()
r = np.where(df.n > 1, "a", "b")
r = df.copy().set_axis(["a", "b", "c", "d", "e", "f"], axis=1)
r = df.squeeze()
r = df.get("n")
r = df.keys()
r = df.n.unique()
r = df.n.between(1, 2)
r = df.f.round(1)
r = df.t.dt.date
r = df.t.dt.month.astype("int64")
r = df.s + "x"
r = "x" + df.s
r = 1 - df.n
r = -df.n
r = df.n % 2 == 0
r = df.n.diff()
r = df.n.shift()
r = df.n.rank()
r = df.n.pct_change()
r = pd.cut(df.n, 2)
r = df.f.astype("int64")
r = df.n.to_list()
r = df.n.max()
r = df.s.max()
"""

CHANGES = r"""
df["z"] = 1
df["z"] = df.n / 2; df["z2"] = df["z"] > 1
df["n"] = df["n"].astype(float)
df["n"] = "text"
df[["p", "q"]] = 0
df[["p", "q"]] = num[["u", "v"]].values
df.loc[:, "z"] = 1
df.loc[df.n > 1, "z"] = 5
df.loc[df.n > 1, "n"] = 0
df.columns = ["a", "b", "c", "d", "e", "g"]
df.columns = [c.upper() for c in df.columns]
df.columns = df.columns.str.upper()
del df["n"]
df.drop(columns=["n"], inplace=True)
df.rename(columns={"n": "N"}, inplace=True)
df.reset_index(inplace=True)
df.set_index("k", inplace=True)
df.dropna(inplace=True)
df.insert(0, "z", 1)
df.insert(2, "z", df.n)
popped = df.pop("n")
df.pop("n")
d2 = df; d2["z"] = 1
d2 = df; df["z"] = 1
d2 = df.copy(); d2["z"] = 1
d2 = df[df.n > 1].copy(); d2["z"] = 1
df.n = 0
df["z"] = df.apply(lambda r: r.n, axis=1)
df["z"] = df.k.map({"x": 1})
df["z"] = pd.to_datetime(df.s, errors="coerce")
df["z"] = np.where(df.n > 1, "a", "b")
df["z"] = [1, 2, 3]
df["z"] = None
df["z"] = range(3)
df["n"] += 1
df["n"] /= 2
df["z"], df["y"] = 1, "a"
df.index = ["a", "b", "c"]; r = df.reset_index()
df.index.name = "idx"; r = df.reset_index()
df.index.names = ["idx"]; r = df.reset_index()
m = df.set_index(["k", "n"]); m.index.names = ["a", "c"]; r = m.reset_index()
p = df.groupby(["k", "n"])["f"].sum(); p.index.names = ["a", "c"]; r = p.reset_index()
p = df.groupby("k")["f"].sum(); p.index.name = "a"; r = p.reset_index(name="m")
p = df["f"].reindex(pd.MultiIndex.from_tuples([(0, 1)])); p.index.names = ["a", "c"]; r = p.reset_index(name="m")
r = num[["u", "v"]].apply(pd.to_numeric)
r = df[["k", "s"]].apply(pd.to_datetime, errors="coerce")
r = num.apply(pd.to_numeric, errors="coerce").fillna(0)
df.update(other)
df.insert(0, "n", df.pop("n"))
df.insert(1, "z", df.pop("n"))
r = df.assign(z=df.pop("n"))
frames = [df, num]; frames[0]["z"] = 1
frames = [df, num]\nfor x in frames:\n    x["z"] = 1
frames = {"a": df}\nfor key in frames:\n    frames[key]["z"] = 1
def f(d):\n    d["z"] = 1\nf(df)
def f(d):\n    e = d\n    e["z"] = 1\n    return e\nr = f(df)
def f(d):\n    d = d.copy()\n    d["z"] = 1\n    return d\nr = f(df)
def f():\n    df["z"] = 1\nf()
def f():\n    df["z"] = 1\ndef g():\n    f()\ng()
def f(d, **kw):\n    d.drop(columns="n", inplace=True)\nf(d=df)
def f():\n    global df\n    df = df[["n"]]\nf()
(lambda d: d.insert(0, "z", 1))(df)
exec('df["z"] = 1')
globals()["df"]["z"] = 1
getattr(df, "insert")(0, "z", 1)
df.__setitem__("z", 1)
df.pipe(lambda d: d.insert(0, "z", 1))
setattr(df, "columns", ["a", "b", "c", "d", "e", "g"])
if len(df) > 2:\n    df["z"] = 1
if len(df) > 2:\n    df = df[["n"]]\nelse:\n    df = df[["f"]]
for i in range(3):\n    df[f"c{i}"] = i
for c in ["n", "f"]:\n    df[c + "_2"] = df[c] * 2
for c in df.columns:\n    df[c.upper()] = 0
for c in ["n", "f"]:\n    if c == "n":\n        continue\n    df[c + "_2"] = 1
i = 0\nwhile i < 2:\n    df["w" + str(i)] = i\n    i += 1
for i in range(2):\n    df = df.merge(other, on="k", suffixes=("", f"_{i}"))
for i in range(2):\n    df = df.add_prefix("p_")
try:\n    df["z"] = 1\n    df["y"] = df["nope"]\nexcept KeyError:\n    df["e"] = 1
try:\n    df = df[["n"]]\nfinally:\n    df["z"] = 1
with open("/dev/null") as file:\n    df["z"] = 1
name = "z"\ndf[name] = 1
name = "z"\nname += "z"\ndf[name] = 1
cols.append("f"); r = df[cols]
def add(c):\n    c.append("f")\nadd(cols); r = df[cols]
c2 = cols; c2.append("f"); r = df[cols]
cols += ["f"]; r = df[cols]
m = {"n": "N"}\nm["k"] = "K"\nr = df.rename(columns=m)
m = dict(n="N"); m.update(k="K"); r = df.rename(columns=m)
g = df.groupby("k"); df["z"] = 1; r = g.count()
a = b = df.copy(); a["z"] = 1
x, y = df, num; x["z"] = 1
x = df if len(df) else num; x["z"] = 1
(y := df)["z"] = 1
for x in (df, num):\n    x["z"] = 1
[d.insert(0, "z", 1) for d in (df, num)]
import copy; d2 = copy.copy(df); d2["z"] = 1
df = df.pipe(lambda d: d.assign(z=1))
d = {"f": df}; e = d["f"]; e["z"] = 1
class H:\n    pass\nh = H(); h.df = df; h.df["z"] = 1
l = []; l.append(df); l[0]["z"] = 1
t = (df,); t[0]["z"] = 1
while True:\n    df["z"] = 1\n    break
for i in range(2):\n    if i:\n        break\n    df["z"] = 1
while len(df.columns) < 8:\n    df["z" * len(df.columns)] = 1
match len(df):\n    case 3:\n        df["z"] = 1
f = df.insert; f(0, "z", 1)
def outer():\n    def inner():\n        df["z"] = 1\n    inner()\nouter()
z = list(map(lambda d: d.insert(0, "zz", 1), [df]))
del df["n"], df["f"]
df["z"] = 1\n# %%\nd3 = df\n# %%\nd3["y"] = 2\n# %%\nr = df.head()
d3 = df\n# %%\ndf["y"] = 2\n# %%\nr = d3.head()
frames = [df]\n# %%\nframes[0]["y"] = 2\n# %%\nr = df.head()
def f(d):\n    d["z"] = 1\n# %%\nf(df)\n# %%\nr = df.head()
def f():\n    df["z"] = 1\n# %%\nf()\n# %%\nr = df.head()
def g():\n    return df\ne = g()\ne["z"] = 1
def g():\n    return df\n# %%\ne = g()\ne["z"] = 1
class T:\n    def __init__(self, d): self.d = d\n    def go(self): self.d["z"] = 1\nt = T(df)\nt.go()
it = iter([df]); next(it)["z"] = 1
df[("a", "b")] = 1
df.at[0, "new"] = 1
df.eval("z = n * 2", inplace=True)
s = df["n"]; s.name = "m"; r = s.to_frame()
parts = []\nfor i in range(3):\n    parts.append(df.assign(i=i))\nr = pd.concat(parts)
x = [d.assign(z=1) for d in [df, other]]\na, b = x\na["q"] = 1
a, b = df, other; a, b = b, a; a["q"] = 1
c2 = cols\n# %%\nc2.append("f")\n# %%\nr = df[cols]
d3 = df\n# %%\ndf = df[["n"]]\n# %%\nd3["y"] = 2\n# %%\nr = df.head()
"""


@pytest.mark.parametrize("code", [line for line in CASES.strip().splitlines() if line.strip()])
def test_rule(code: str) -> None:
    compare(f"{PRELUDE}\n{code}\n")


@pytest.mark.parametrize("code", [line for line in CHANGES.strip().splitlines() if line.strip()])
def test_change(code: str) -> None:
    compare(PRELUDE + code.replace("\\n", "\n").replace("; ", "\n") + "\n")
