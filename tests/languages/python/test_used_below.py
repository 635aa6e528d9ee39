"""Lists of columns are completed by what is done with them further down; names behind `@` in a query are variables."""

from __future__ import annotations

import asyncio

import pytest

from polycell.core import features
from tests.dsl import labels, load

FRAME = """
# %%
import pandas as pd
df = pd.DataFrame({"a": [1], "b": [2]})
# %%
"""


@pytest.mark.parametrize(
    "code",
    [
        'cols = ["<|>"]\ndf[cols]',
        'cols = ["a", "<|>"]\n# %%\nprint(df[cols])',
        'cols = ["<|>\ndf[cols]',
        'cols = ("<|>",)\ndf.groupby(cols)',
        'target = "<|>"\ny = df[target]',
        'cols = ["a"]\nmore = cols + ["<|>"]\ndf[more]',
        'first = ["<|>"]\nboth = first + ["a"]\ndf[both]',
        'for c in ["a", "<|>"]:\n    print(df[c])',
        'cols = ["<|>"]\nfor c in cols:\n    df[c].plot()',
        'cols = ["<|>"]\nfor i, c in enumerate(cols):\n    df[c].plot()',
        'cols = ["<|>"]\nx = [df[c] for c in cols]',
        'cols = []\ncols.append("<|>")\ndf.drop(columns=cols)',
        'cols: list[str] = ["<|>"]\ndf.sort_values(by=cols)',
        'def f():\n    cols = ["<|>"]\n    return df[cols]',
    ],
)
def test_a_list_is_completed_by_its_first_use(code: str) -> None:
    assert labels(FRAME + code) == ["a", "b"]


@pytest.mark.parametrize(
    "code",
    [
        'cols = ["<|>"]',
        'words = ["<|>"]\nprint(words)',
        'path = "<|>"\ndf.to_csv(path)',
        'cols = {"x": "<|>"}\ndf[cols]',
        'x = f(["<|>"])\ndf[x]',
        'cols = ["<|>"]\ndf.query(cols)',
        'cols = ["<|>"]\nd.cols = df["a"]',
    ],
)
def test_other_texts_are_left_alone(code: str) -> None:
    assert labels(FRAME + code) == []


def test_a_list_above_the_frame_is_completed_too() -> None:
    case = load('# %%\ncols = ["<|>"]' + FRAME + "df[cols]")
    case.snapshot.analysis.settle()  # as it is when the editor rests
    offered = asyncio.run(features.complete(case.snapshot, case.session.services, case.cell, case.offset))
    assert [item.label for item in offered.items] == ["a", "b"]


def test_variables_in_a_query() -> None:
    text = FRAME + "least = 1\nleft = 2\n"
    assert labels(text + 'df.query("a > @l<|>")') == ["least", "left"]
    assert labels(text + 'df.query("a > @l<|>eft and b > 1")') == ["least", "left"]
    assert labels(text + "df.query(\"a == '@l<|>'\")") == []
    assert labels(text + 'df.query("a > @left and <|>")') == ["a", "b"]
