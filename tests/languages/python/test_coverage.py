"""The sixty operations that make up 96 % of what real notebooks do with frames, and what we know behind each.

`closed`: all columns known; `open`: by design, since the data decide; `series`, `groups`, `value`: the kind and, of a
series, the name; `nothing`: not followed. A line that
gets better is changed here; one that gets worse is a defect.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from polycell.core.types import Collection, GroupBy, Opaque, Scalar, Series, Table, Type
from tests.languages.python.oracle import ours

PRELUDE = """
import pandas as pd
df = pd.DataFrame({"k": ["x", "y"], "n": [1, 2], "f": [0.5, None], "t": ["2024-01-01", "2024-01-02"]})
other = pd.DataFrame({"k": ["x"], "w": [1]})
"""

# Ordered by the share of notebooks that use it, most first.
OPERATIONS = {
    'r = df["n"]': "series",
    'df["z"] = df["n"] * 2\nr = df': "closed",
    'r = pd.read_csv("data.csv")': "closed",
    "r = df.head()": "closed",
    "r = df[df.n > 1]": "closed",
    'r = pd.DataFrame({"a": [1]})': "closed",
    'r = df.drop("n", axis=1)': "closed",
    "r = df.shape": "value",
    'r = df[df["k"] == "x"]': "closed",
    "r = df.columns": "value",
    'r = df[["k", "n"]]': "closed",
    'r = df.groupby("k")': "groups",
    'r = df.loc[df.n > 1, ["k", "n"]]': "closed",
    "r = df.iloc[:, :2]": "closed",
    'r = df["n"].sum()': "value",
    "r = df.reset_index()": "closed",
    "r = pd.concat([df, other])": "closed",
    "r = df.index": "value",
    'df.to_csv("out.csv")\nr = df': "closed",
    'df.loc[df.n > 1, "z"] = 1\nr = df': "closed",
    "df.info()\nr = df": "closed",
    "r = df.isnull()": "closed",
    'r = pd.Series([1, 2], name="s")': "series",
    'r = df.rename(columns={"n": "m"})': "closed",
    'r = df.sort_values("n")': "closed",
    "r = df.values": "value",
    "r = df.copy()": "closed",
    "r = df.corr(numeric_only=True)": "closed",
    "r = df.describe()": "closed",
    "r = df.sample(1)": "closed",
    'df.columns = ["a", "b", "c", "d"]\nr = df': "closed",
    "r = pd.get_dummies(df)": "open",
    'r = df.merge(other, on="k")': "closed",
    'r = pd.merge(df, other, how="left")': "closed",
    'r = df.select_dtypes("number")': "closed",
    "r = df.fillna(0)": "closed",
    'r = df.set_index("k")': "closed",
    'r = pd.read_json("data.json", lines=True)': "closed",
    "r = df.isna()": "closed",
    'df["t"] = pd.to_datetime(df["t"])\nr = df': "closed",
    'r = df.query("n > 1")': "closed",
    "df.plot()\nr = df": "closed",
    'r = df["n"].apply(lambda v: v + 1)': "series",
    'r = df.groupby("k")["n"].mean()': "series",
    "r = df.dtypes": "series",
    'r = df.groupby("k").count()': "closed",
    'r = df["k"].nunique()': "value",
    'pd.set_option("display.max_rows", 5)\nr = df': "closed",
    "r = df.tail()": "closed",
    "r = df.dropna()": "closed",
    'r = df["n"].mean()': "value",
    'r = df.groupby("k")["n"].transform("mean")': "series",
    'r = df.astype({"n": "float64"})': "closed",
    'r = df.set_index("k").join(other.set_index("k"))': "closed",
    "r = df.to_numpy()": "value",
    'r = df.drop_duplicates(subset=["k"])': "closed",
    "r = df.duplicated()": "series",
    "r = df.T": "open",
    'r = df.groupby("k").agg(total=("n", "sum"))': "closed",
    'r = df["k"].value_counts()': "series",
    # beyond the sixty
    'r = df.pivot_table(index="k", values="n", aggfunc="sum")': "closed",
    'r = df.pivot_table(index="k", columns="n", values="f")': "open",
    'r = df.melt(id_vars="k")': "closed",
    "r = df.stack()": "nothing",
    'r = df.explode("k")': "closed",
    "r = df.nunique()": "series",
    "r = df.apply(lambda row: row, axis=1)": "nothing",
    'r = df.groupby("k").agg({"n": "sum"})': "closed",
    'r = df.groupby("k").agg({"n": ["sum", "mean"]})': "open",
    'r = df.groupby("k").size().reset_index(name="c")': "closed",
    'r = df.groupby("k", as_index=False)["n"].sum()': "closed",
    'r = df["k"].value_counts().reset_index()': "open",
    "r = df.assign(z=lambda d: d.n + 1)": "closed",
    "r = df.isnull().sum()": "series",
    'r = pd.crosstab(df["k"], df["n"])': "open",
    'df.drop(columns="n", inplace=True)\nr = df': "closed",
    'del df["n"]\nr = df': "closed",
    'df.insert(0, "z", 1)\nr = df': "closed",
    'r = df.rename_axis("i").reset_index()': "closed",
}


def kind(type_: Type | None) -> str:
    if isinstance(type_, Table):
        return "open" if type_.open else "closed"
    if isinstance(type_, Series):
        return "series"
    if isinstance(type_, GroupBy):
        return "groups"
    return "value" if isinstance(type_, (Scalar, Collection, Opaque)) else "nothing"


@pytest.mark.parametrize("code", OPERATIONS)
def test_operation(code: str, tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("a,b\n1,2\n")
    (tmp_path / "data.json").write_text('{"a": 1}\n')
    assert kind(ours(PRELUDE + code, tmp_path).get("r")) == OPERATIONS[code]
