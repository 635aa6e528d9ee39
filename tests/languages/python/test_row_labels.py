"""Labels of rows that code gives: the same as pandas' own, offered where they go, known as the columns they name."""

from __future__ import annotations

import pytest

from polycell.core.types import Row, Series, Table
from polycell.languages.python.frames.row_labels import labels_of
from tests.dsl import findings, hover, labels, load
from tests.languages.python.oracle import ours, problems_of, run

PRELUDE = """
import pandas as pd, numpy as np
df = pd.DataFrame({"k": ["x", "y", "x"], "n": [1, 2, 3], "f": [0.5, 1.5, 2.5], "b": [True, False, True]})
nf = df[["n", "f"]]
"""
LABELLED = """
df.isna().sum()
df.isnull().sum().sort_values(ascending=False)
df.isna().sum() / len(df) * 100
df.isna().mean().round(2)
df.count()
df.nunique()
df.dtypes
df.memory_usage(index=False)
df.memory_usage()
df.mean(numeric_only=True)
df.max()
df.sum()
nf.sum()
nf.min()
nf.prod()
df[["n", "b"]].sum()
df[["n", "b"]].max()
nf.std()
nf.quantile()
nf.quantile(0.9)
nf.quantile([0.25, 0.75])
nf.idxmax()
nf.any()
nf.skew()
nf.corr()
nf.cov()
nf.corr()["n"]
nf.corrwith(df["f"])
nf.describe()
df.describe()
df.describe(include="all")
df.describe().round(1)
df["n"].describe()
df["k"].describe()
df["b"].describe()
nf.agg(["sum", "mean"])
nf.agg("mean")
nf.agg({"n": "sum", "f": "mean"})
nf.agg({"n": ["sum", "min"], "f": ["mean"]})
df["n"].agg(["sum", "mean"])
df["n"].agg(["sum", "mean"]).to_frame("x")
nf.mode()
df.describe().loc["mean"]
nf.corr().loc["n"]
nf.agg(["sum", "mean"]).loc["sum"]
df.describe().T
df.describe().T["mean"]
df.iloc[0].to_dict()
df.iloc[0].sort_index()
"""


@pytest.mark.parametrize("code", LABELLED.strip().splitlines())
def test_labels_are_those_of_pandas(code: str) -> None:
    text = f"{PRELUDE}r = {code}\n"
    real = run(text)["r"]
    said = ours(text)["r"]
    assert isinstance(said, (Series, Table, Row))
    assert not problems_of(said, real)
    known = labels_of(said)
    names = [c.name for c in known.columns if not c.maybe] if known is not None else []
    maybe = {c.name for c in known.columns if c.maybe} if known is not None else set()
    texts = [label for label in getattr(real, "index", ()) if isinstance(label, str)]
    if known is not None:
        assert sorted(names) == sorted(label for label in texts if label not in maybe)


@pytest.mark.parametrize("code", ["df.isna().sum()", "df.nunique()", "nf.sum()", "nf.mean()", "nf.max()", "df.count()"])
def test_values_at_labels_have_the_types_of_pandas(code: str) -> None:
    text = f'{PRELUDE}s = {code}\na = s["n"]\nb = s.n\nc = s.loc["n"]\nd = s["zz"] if False else 0\n'
    said, real = ours(text), run(text)
    for name in "abc":
        assert problems_of(said[name], real[name]) == []


FRAME = '# %%\nimport pandas as pd\ndf = pd.DataFrame({"price": [1.5], "count": [2]})\nnf = df\n# %%\n'
NAMES = ["price", "count"]
FIGURES = ["count", "mean", "std", "min", "25%", "50%", "75%", "max"]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('df.isna().sum()["<|>"]', NAMES),
        ('m = df.mean()\nm["<|>', NAMES),
        ('df.mean().loc["<|>"]', NAMES),
        ('df.corr().loc["<|>"]', NAMES),
        ('df.corr().loc["<|>", "price"]', NAMES),
        ('df.corr().loc[["price", "<|>"]]', NAMES),
        ('df.corr().at["price", "<|>"]', NAMES),
        ('df.dtypes["<|>"]', NAMES),
        ('df.describe().loc["<|>"]', FIGURES),
        ('df["price"].describe()["<|>"]', FIGURES),
        ('df.agg(["sum", "mean"]).loc["<|>"]', ["sum", "mean"]),
        ('df.describe().loc["mean"]["<|>"]', NAMES),
        ('df.iloc[0].sort_values()["<|>"]', NAMES),
        ('df["price"]["<|>"]', []),
    ],
)
def test_labels_are_offered(code: str, expected: list[str]) -> None:
    assert labels(FRAME + code) == expected


def test_a_label_behind_a_dot_is_offered_unless_a_method_hides_it() -> None:
    offered = labels(FRAME + "df.isna().sum().<|>")
    assert offered[:2] == NAMES
    assert offered.count("count") == 2


def test_a_label_is_the_column_it_stands_for() -> None:
    shown = hover(FRAME + 'df.isna().sum()["pri<|>ce"]')
    assert shown is not None
    assert "price: int64" in shown.markdown
    shown = hover(FRAME + "df.max().pri<|>ce")
    assert shown is not None
    assert "price: double" in shown.markdown


def test_no_label_is_called_missing() -> None:
    assert not findings(load(FRAME + 'df.isna().sum()["zz"]\ndf.describe().loc["zz"]\ndf.describe().T["median"]'))
