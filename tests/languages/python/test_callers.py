"""Inside of a function its parameters hold what the notebook calls it with."""

from __future__ import annotations

import asyncio
import re

import pytest

from polycell.core import features
from tests import dsl


def labels(text: str) -> list[str]:
    """What is offered once all cells have been read, as they are in an editor when somebody types."""
    case = dsl.load(text)
    case.snapshot.analysis.settle()
    found = asyncio.run(features.complete(case.snapshot, case.session.services, case.cell, case.offset))
    return [item.label for item in sorted(found.items, key=lambda item: (item.rank, item.label))]


FRAMES = """\
import pandas as pd
import polars as pl
people = pd.DataFrame({"name": ["a"], "age": [1]})
places = pd.DataFrame({"name": ["a"], "town": ["b"]})
"""

# (cells behind FRAMES, what is offered first)
OFFERED = [
    ('def f(frame):\n    frame["<|>"]\n# %%\nf(people)', ["name", "age"]),
    ('def f(frame):\n    frame = frame.dropna().assign(b=1)\n    frame["<|>"]\n# %%\nf(people)', ["name", "age", "b"]),
    ('def f(frame: pd.DataFrame):\n    frame["<|>"]\n# %%\nf(frame=people)', ["name", "age"]),
    ('def f(*, frame=None):\n    frame.groupby("<|>")\nf(frame=people)', ["name", "age"]),
    ('def f(frame):\n    frame["<|>"]\nf(people)\nf(places)', ["name", "age", "town"]),
    ('def f(frame):\n    frame["<|>"]\nf(load())\nf(places)', ["name", "town"]),
    ('def f(frame):\n    frame["<|>"]\npeople.pipe(f)', ["name", "age"]),
    ('def f(row):\n    return row["<|>"]\npeople.apply(f, axis=1)', ["name", "age"]),
    ('def f(group):\n    return group["<|>"]\npeople.groupby("name").apply(f)', ["name", "age"]),
    ('def f(frame):\n    frame["<|>"]\ndef main():\n    mine = pd.DataFrame({"x": [1]})\n    f(mine)', ["x"]),
    ('def f(d, by):\n    for key, group in d.groupby(by):\n        group["<|>"]\nf(people, "name")', ["name", "age"]),
    ('def f(frame):\n    frame.select("<|>")\nf(pl.DataFrame({"x": [1]}))', ["x"]),
    ('def f(text):\n    text.<|>\nf("a")', ["split", "replace"]),
    ('def f(config):\n    config["<|>"]\nf({"host": 1, "port": 2})', ["host", "port"]),
]  # fmt: skip


@pytest.mark.parametrize(("cells", "first"), OFFERED)
def test_a_parameter_is_what_calls_hand_over(cells: str, first: list[str]) -> None:
    assert labels(FRAMES + cells)[: len(first)] == first


def test_a_line_that_is_being_written_spoils_nothing() -> None:
    assert labels(FRAMES + "def f(frame):\n    x = (frame.<|>\n# %%\nf(people)")[:2] == ["name", "age"]


# What may be called with anything next says nothing for certain; nobody else calls a method.
SILENT = [
    'def f(frame):\n    frame["nope"]\nf(people)',
    'def f(frame):\n    return frame["nope"]\nx = f(pd.read_csv("unheard of.csv"))',
]


@pytest.mark.parametrize("cells", SILENT)
def test_no_finding_rests_on_calls(cells: str) -> None:
    dsl.check_findings(FRAMES + cells)


OBJECTS = """\
class Report:
    def __init__(self, people, places):
        self.people = people
        self.both = people.merge(places, on="‹on›")
        people["‹parameter›"]

    def best(self, n=5):
        return self.both.groupby("‹field›").max().nlargest(n)

    def show(self, other):
        other["‹other›"]
        self.people["‹people›"]
# %%
report = Report(people, places)
report.show(places)
"""


@pytest.mark.parametrize(
    ("place", "offered"),
    [
        ("on", ["name", "age"]),  # what both have comes first
        ("parameter", ["name", "age"]),
        ("field", ["name", "age", "town"]),
        ("other", ["name", "town"]),
        ("people", ["name", "age"]),
    ],
)
def test_methods_know_their_object_and_what_they_are_called_with(place: str, offered: list[str]) -> None:
    text = re.sub("‹.*?›", "name", OBJECTS.replace(f"‹{place}›", "<|>"))
    assert labels(f"{FRAMES}# %%\n{text}") == offered


def test_what_the_body_makes_of_values_is_seen_as_the_first_call_has_it() -> None:
    function = 'def f(frame, value="age"):\n    made = frame.rename(columns={value: "years"})\n    made["<|>"]'
    assert labels(f"{FRAMES}# %%\n{function}\n# %%\nf(people)\nf(places, value='town')") == ["name", "years", "town"]


UNKNOWN = [
    'def f(frame):\n    frame["<|>"]',
    'class A:\n    def f(self, frame):\n        frame["<|>"]\nf(people)',
    'def f(frame):\n    frame["<|>"]\nf(*people)',
    'def f(frame):\n    frame["<|>"]\n    f(frame)',
]


@pytest.mark.parametrize("cells", UNKNOWN)
def test_nobody_knows(cells: str) -> None:
    assert labels(FRAMES + cells) == []


def test_only_a_few_calls_are_looked_at() -> None:
    calls = "\n".join(f'f(pd.DataFrame({{"c{n}": [1]}}))' for n in range(40))
    assert labels(f'{FRAMES}def f(frame):\n    frame["<|>"]\n{calls}') == ["c0", "c1", "c2"]
