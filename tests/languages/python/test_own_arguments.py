"""What a function of the notebook takes for a column's name is completed as one where it is called."""

from __future__ import annotations

import pytest

from tests import dsl

FRAMES = """\
import pandas as pd
import polars as pl
import seaborn as sns
from pyspark.sql import functions as F
people = pd.DataFrame({"name": ["a"], "age": [1]})
places = pd.DataFrame({"name": ["a"], "town": ["b"]})
"""

# (the function, its call)
OFFERED = [
    ("def f(d, by):\n    return d.sort_values(by)", 'f(people, "<|>")'),
    ("def f(d, by):\n    return d.sort_values(by)", 'f(people, by="<|>")'),
    ("def f(d, by):\n    return d.sort_values(by)", 'f(people, ["name", "<|>"])'),
    ("def f(d, by):\n    return d.sort_values(by)", 'people.pipe(f, "<|>")'),
    ("def f(d, c):\n    d = d.dropna(subset=[c])\n    return d", 'f(people, "<|>")'),
    ("def f(d, c):\n    return d[c].max()", 'f(people.head(3), "<|>")'),
    ("def f(d, c):\n    return d.loc[d.index > 1, c]", 'f(people, "<|>")'),
    ("def f(d, names):\n    for n in names:\n        print(d[n])", 'f(people, names=["<|>"])'),
    ("def f(d, names):\n    return [d[n] for n in names]", 'f(people, ("<|>",))'),
    ("def f(d, c, value):\n    return d.groupby(c)[value].sum()", 'f(people, "name", "<|>")'),
    ("def f(d, x, hue=None):\n    sns.histplot(data=d, x=x, hue=hue)", 'f(people, "age", hue="<|>")'),
    ("def f(d, c):\n    return d.filter(pl.col(c) > 1)", 'f(pl.DataFrame({"name": [1], "age": [1]}), "<|>")'),
    ("def f(c):\n    return people[c].max()", 'f("<|>")'),
    ("class A:\n    def f(self, d, c):\n        d[c]", 'A().f(people, "<|>")'),
    ("class A:\n    def __init__(self, d):\n        self.d = d\n    def f(self, c):\n        self.d[c]",
     'A(people).f("<|>")'),
    ("class A:\n    def __init__(self, d, c):\n        self.d = d.sort_values(c)", 'A(people, c="<|>")'),
    ("async def f(d, c):\n    return d[c]", 'f(people, "<|>")'),
]  # fmt: skip


@pytest.mark.parametrize("cell", ["\n", "\n# %%\n"])
@pytest.mark.parametrize(("function", "call"), OFFERED)
def test_columns_are_offered(function: str, call: str, cell: str) -> None:
    assert dsl.labels(f"{FRAMES}{function}{cell}{call}") == ["name", "age"]


def test_expressions_are_expressions() -> None:
    text = f"{FRAMES}def f(d, condition):\n    return d.query(condition)\n# %%\nf(people, 'age > 1 and na<|>')"
    assert dsl.labels(text)[:2] == ["name", "age"]


NOTHING = [
    ("def f(d, title):\n    print(title)\n    return d['name']", 'f(people, "<|>")'),
    ("def f(d, by):\n    return d.sort_values(by)", 'f(people, "name", "<|>")'),
    ("def f(d, by):\n    return d.sort_values(by)", 'f(load(), "<|>")'),
    ("def f(d, by):\n    return f(d, by)", 'f(people, "<|>")'),
    ("f = load()", 'f(people, "<|>")'),
    ("def f(d, by):\n    return d.sort_values(by)", 'f(people, {"<|>": 1})'),
]


@pytest.mark.parametrize(("function", "call"), NOTHING)
def test_what_names_no_column_is_left_alone(function: str, call: str) -> None:
    assert dsl.labels(f"{FRAMES}{function}\n# %%\n{call}") == []


def test_a_column_leads_to_where_it_is_made() -> None:
    (place,) = dsl.definition(f'{FRAMES}def f(d, by):\n    return d.sort_values(by)\n# %%\nf(people, "a<|>ge")')
    assert place.cell == "c0"
    assert FRAMES[place.span.start : place.span.end] == "age"
