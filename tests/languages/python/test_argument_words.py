"""Words that arguments take: offered where they go, and known to the library that they are for."""

from __future__ import annotations

import pandas as pd
import pytest

from polycell.languages.python.argument_words import WORDS
from polycell.languages.python.known.words import KEY, accepted
from tests.dsl import labels

FRAME = """
import pandas as pd
import pyspark.sql.functions as F
df = pd.DataFrame({"a": [1], "b": ["x"], "t": pd.to_datetime(["2024-01-01"])})
from pyspark.sql import SparkSession
s = SparkSession.builder.getOrCreate().table("t")
# %%
"""


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ('df.groupby("a").agg("<|>")', "aggregation"), ('df.groupby("a").agg(["sum", "<|>"])', "aggregation"),
        ('df.groupby("a").agg({"b": "<|>', "aggregation"), ('df.agg({"b": ["<|>"]})', "aggregation"),
        ('df.groupby("a").agg(n=("b", "<|>"))', "aggregation"), ('df.groupby("a").b.agg("<|>")', "aggregation"),
        ('df.groupby("a")["b"].transform("<|>")', "transformation"),
        ('df.pivot_table(index="a", aggfunc="<|>")', "aggregation"),
        ('df.plot(kind="<|>")', "plot"), ('df["a"].astype("<|>")', "type"), ('df.astype({"a": "<|>"})', "type"),
        ('df.set_index("t").resample("<|>")', "frequency"),
        ('pd.date_range("2024", periods=2, freq="<|>")', "frequency"),
        ('s.join(s, "a", how="<|>")', "join"), ('s.write.mode("<|>")', "save"), ('F.date_trunc("<|>", "t")', "unit"),
    ],
)  # fmt: skip
def test_offered(code: str, words: str) -> None:
    assert labels(f"{FRAME}{code}") == list(WORDS[words])


@pytest.mark.parametrize(
    "code",
    ['df.groupby("a").agg({"<|>": "sum"})', 'df.groupby("a").agg(n=("<|>", "sum"))', 'print("<|>")',
     'df.agg(print("<|>"))',
     'df.plot(title="<|>")', 'unknown.agg("<|>")'],
)  # fmt: skip
def test_not_offered(code: str) -> None:
    assert not set(labels(f"{FRAME}{code}")) & {word for words in WORDS.values() for word in words}


def test_pandas_knows_them() -> None:
    groups = pd.DataFrame({"a": [1, 1], "b": [1, 2]}).groupby("a")["b"]
    for word in WORDS["aggregation"]:
        groups.agg(word)
    for word in WORDS["transformation"]:
        groups.transform(word)
    for word in WORDS["type"]:
        pd.api.types.pandas_dtype(word)
    for word in WORDS["frequency"]:
        pd.tseries.frequencies.to_offset(word)
    assert set(WORDS["plot"]) <= set(pd.DataFrame.plot._all_kinds)


LIBRARIES = """
import pandas as pd, seaborn as sns, matplotlib.pyplot as plt, numpy as np
from sklearn.svm import SVC
from sklearn.linear_model import LogisticRegression as Model
from sklearn import metrics
df = pd.DataFrame({"a": [1]})
fig, ax = plt.subplots()
# %%
"""


@pytest.mark.parametrize(
    ("code", "first"),
    [
        ('SVC(kernel="<|>")', ["linear", "poly", "precomputed"]), ('Model(solver="<|>', ["lbfgs", "liblinear"]),
        ('metrics.f1_score([1], [1], average="<|>', ["binary", "macro"]),
        ('sns.set_style("<|>', ["whitegrid", "darkgrid"]), ('sns.load_dataset("<|>")', ["tips", "titanic"]),
        ('sns.heatmap(df, cmap="<|>")', ["viridis", "plasma"]), ('plt.legend(loc="<|>")', ["best", "upper right"]),
        ('ax.annotate("a", xy=(0, 0), textcoords="<|>")', ["offset points", "data"]),
        ('ax.plot([1], color="<|>")', ["black", "red"]), ('ax.scatter([1], [1], marker="<|>")', ["o", "."]),
        ('df.plot(color="<|>")', ["black", "red"]), ('df.a.plot.bar(color="<|>")', ["black", "red"]),
        ('df.plot(kind="<|>")', ["line", "bar"]), ('plt.axis("<|>")', ["off", "on"]),
        ('plt.rcParams["<|>"] = 1', ["figure.figsize", "font.size"]), ('plt.style.use("<|>")', ["Solarize_Light2"]),
        ('pd.set_option("<|>", 5)', ["display.max_rows"]), ('pd.set_option("a", 5, "<|>', ["display.max_rows"]),
        ('open("x", "<|>")', ["r", "w"]), ('open("x", encoding="<|>")', ["utf-8"]),
    ],
)  # fmt: skip
def test_of_functions(code: str, first: list[str]) -> None:
    assert labels(f"{LIBRARIES}{code}")[: len(first)] == first


@pytest.mark.parametrize(
    "code",
    ['def open(x, y): ...\nopen("x", "<|>")', 'plt.title("<|>")', 'ax.set_title("<|>")', 'SVC("<|>")', 'print("<|>")',
     'df.plot(title="<|>")', 'plt.rcParams.get["<|>"]'],
)  # fmt: skip
def test_no_words_anywhere_else(code: str) -> None:
    assert not labels(f"{LIBRARIES}{code}")


def test_the_words_of_functions_are_known_to_their_libraries() -> None:
    assert all(pd.get_option(name) is not Ellipsis for name in accepted("pandas.get_option")[0] if "display." in name)
    matplotlib = pytest.importorskip("matplotlib")
    colors, lines = pytest.importorskip("matplotlib.colors"), pytest.importorskip("matplotlib.lines")
    taken = accepted("matplotlib.pyplot.scatter")
    assert all(colors.is_color_like(name) for name in taken["color"])
    assert {name.removesuffix("_r") for name in taken["cmap"]} <= set(matplotlib.colormaps)
    assert set(accepted("matplotlib.rcParams")[KEY]) <= set(matplotlib.rcParams)
    assert set(taken["marker"]) <= set(lines.Line2D.markers)
