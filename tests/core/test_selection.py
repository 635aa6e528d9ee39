"""What a selection grows to, in cells of several languages."""

from __future__ import annotations

from itertools import pairwise

import pytest

from polycell.core.selection import selections
from tests import dsl


def grown(text: str) -> list[str]:
    case = dsl.load(text)
    cell = next(c for c in case.notebook.cells if c.id == case.cell)
    return [span.of(cell.text) for span in selections(case.snapshot, case.session.services, case.cell, case.offset)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "def f(a):\n    if a:\n        return g(a.na<|>me, 'x')\n    return 1",
            [
                "name",
                "a.name",
                "a.name, 'x'",
                "(a.name, 'x')",
                "g(a.name, 'x')",
                "return g(a.name, 'x')",
                "if a:\n        return g(a.name, 'x')",
                "if a:\n        return g(a.name, 'x')\n    return 1",
                "def f(a):\n    if a:\n        return g(a.name, 'x')\n    return 1",
            ],
        ),
        (
            "@cached\ndef f():\n    x = 'one t<|>wo'\ny = 2",
            [
                "two",
                "one two",
                "'one two'",
                "x = 'one two'",
                "@cached\ndef f():\n    x = 'one two'",
                "@cached\ndef f():\n    x = 'one two'\ny = 2",
            ],
        ),
        ("%time x = 1\nfo<|>o(\ny = [", ["foo", "foo(", "%time x = 1\nfoo(\ny = ["]),
        (
            "%%sql\nselect a, (b + c<|>) from t",
            ["c", "b + c", "(b + c)", "select a, (b + c) from t", "%%sql\nselect a, (b + c) from t"],
        ),
        ("language: vega\n# %%\n{'mark': 'ba<|>r'}", ["bar", "'mark': 'bar'", "{'mark': 'bar'}"]),
        ("x = g<|>(\n    1,\n)", ["g", "g(\n    1,\n)", "x = g(\n    1,\n)"]),
        ("<|>", []),
        ("héé<|> = 1", ["héé", "héé = 1"]),
    ],
)
def test_each_step(text: str, wanted: list[str]) -> None:
    assert grown(text) == wanted


@pytest.mark.parametrize("text", ["f(<|>", "]]]<|>", "if x:\n<|>", '"""a<|>', "x = {\n 'a': [1,<|>", "🙂 = '🙂<|>'"])
def test_a_chain_of_any_text_only_grows(text: str) -> None:
    steps = grown(text)
    assert all(len(a) < len(b) and a in b for a, b in pairwise(steps))
