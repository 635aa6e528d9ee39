"""Keyword arguments behind `**kwargs`: offered in the calls that take them, and taken by the library itself."""

from __future__ import annotations

from collections.abc import Callable

import matplotlib as mpl
import pandas as pd
import pytest
from matplotlib.figure import Figure
from pandas.plotting._core import PlotAccessor

from polycell.languages.python.keyword_words import WORDS
from tests.dsl import labels

ABOVE = """
import matplotlib.pyplot as plt
import pandas as pd
df = pd.DataFrame({"a": [1], "b": [2]})
fig, ax = plt.subplots()
# %%
"""


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("plt.subplots(1, 2, <|>)", "figure"), ("plt.plot(x, y, <|>", "line"), ("ax.plot(x, <|>)", "line"),
        ("ax.bar(x, y, <|>)", "patch"), ("plt.title('x', <|>)", "text"), ("ax.set_xlabel('x', <|>)", "text"),
        ("ax.legend(<|>)", "legend"), ("fig.savefig('a.png', <|>)", "save"), ("ax.set(<|>)", "axes"),
        ("df.plot(<|>)", "plot"), ("df.plot.scatter(<|>)", "plot"), ("df['a'].plot(<|>)", "plot"),
        ("df.groupby('a').plot(<|>)", "plot"),
    ],
)  # fmt: skip
def test_offered(code: str, words: str) -> None:
    assert {f"{word}=" for word in WORDS[words]} <= set(labels(f"{ABOVE}{code}"))


@pytest.mark.parametrize(
    "code", ["ax.plot(x, color=<|>)", "plt.show(<|>)", "df.merge(<|>)", "print(<|>)", "ax.plot([<|>])", "ax.<|>"]
)
def test_not_offered(code: str) -> None:
    assert not [label for label in labels(f"{ABOVE}{code}") if label.endswith("=")]


def test_nobody_draws_without_matplotlib() -> None:
    assert "color=" not in labels("ax = load()\n# %%\nax.plot(<|>)")


def test_the_libraries_take_them() -> None:
    mpl.use("agg")
    figure = Figure()
    axes = figure.subplots()
    samples: dict[str, object] = {
        "figsize": (3, 2), "dpi": 50, "facecolor": "white", "edgecolor": "red", "layout": None, "color": "red",
        "linestyle": "--", "linewidth": 1, "marker": "o", "markersize": 2, "markerfacecolor": "red",
        "markeredgecolor": "red", "label": "x", "alpha": 0.5, "zorder": 1, "hatch": "/", "fontsize": 8,
        "fontweight": "bold", "ha": "left", "va": "top", "rotation": 10, "loc": "best", "bbox_to_anchor": (0, 1),
        "ncols": 2, "title": "x", "frameon": True, "framealpha": 0.5, "markerscale": 1, "xlabel": "x", "ylabel": "y",
        "xlim": (0, 1), "ylim": (0, 1), "xscale": "linear", "yscale": "linear", "xticks": [0], "yticks": [0],
        "aspect": "auto",
    }  # fmt: skip
    calls: dict[str, Callable[..., object]] = {
        "figure": Figure, "line": lambda **k: axes.plot([1], [1], **k), "patch": lambda **k: axes.bar([1], [1], **k),
        "text": lambda **k: axes.set_title("x", **k), "legend": axes.legend, "axes": axes.set,
    }  # fmt: skip
    axes.plot([1], label="x")
    for words, call in calls.items():
        for word in WORDS[words]:
            call(**{word: samples[word]})
    _, _, _, known = PlotAccessor._get_call_args("pandas.plotting._matplotlib", pd.DataFrame({"a": [1]}), (), {})
    styles = {"kind", "x", "y", "color", "alpha", "stacked"}  # of the call itself, and of the artists
    assert set(WORDS["plot"]) - styles <= set(known)
