"""Cells that nobody writes on purpose: every one is answered, and what cannot be read is silent, never wrong."""

from __future__ import annotations

import pytest

from polycell.core.facts import Facts
from polycell.core.hosts import host
from polycell.core.notebook import Cell
from polycell.core.types import Table
from polycell.languages.python.facts import KNOWN, MOST, python_facts, too_large
from polycell.languages.python.syntax.cursor import FARTHEST, site
from polycell.languages.python.syntax.guesses import names_at_margin
from tests import dsl


def facts(text: str) -> Facts:
    return python_facts(Cell("c", "python", text), host("jupyter"))


@pytest.mark.parametrize(
    "text",
    [
        "x = (\n" * 3000,
        "f'{" * 3000,
        'f"{x:{' * 1500,
        "%time x = (1\n" * 1200,
        "cd (\n" * 3000,
        ">>> x = (\n" * 1500,
        "  x\n x\n   x\n" * 2000,
        "(" * 9000,
        "-" * 9000 + "1",
        "not " * 9000 + "1",
        "a" + ".b" * 4900,
        "x = 'a'" + " + 'a'" * 2400,
        "lambda x:" * 2400 + "x",
        "!{" * 4900,
        "a?" * 4900,
        "'a\\\n" * 4900,
        "@a\n" * 3000,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_every_cell_is_answered_and_keeps_its_length(text: str) -> None:
    found = facts(text)
    assert len(found.analysis.code) == len(text)  # type: ignore[attr-defined]
    assert all(text[p.span.start : p.span.end] for p in found.problems)


def test_a_cell_that_is_cut_may_bind_any_name() -> None:
    assert facts("x = (\n" * 3000).opens
    assert not facts("x = (\ny = 1\n").opens


def test_a_cell_too_large_gives_the_names_at_its_margin() -> None:
    text = (
        "import os.path as osp, sys\nfrom a import (b,\n    c)\nx, y = 1, 2\nz: int = 3\n"
        + "def f():\n    inner = 1\nclass K: pass\nw == 1\n"
        + "data = ["
        + "1, " * MOST
        + "]\n"
    )
    assert too_large(text)
    found = facts(text)
    assert {d.name for d in found.definitions} == {"osp", "os", "b", "c", "x", "y", "z", "f", "K", "data"}
    assert found.opens
    assert not found.uses
    assert not found.problems
    assert all(d.span.of(text) == d.name for d in found.definitions)


def test_a_long_text_of_few_words_is_read() -> None:
    text = 'x = "' + "a" * 60_000 + '"\ny = x'
    assert not too_large(text)
    assert [d.name for d in facts(text).definitions] == ["x", "y"]


@pytest.mark.parametrize("text", ["a:" * 40_000, "a," * 40_000, "import " * 20_000, "x" * 99_000, "=" * 99_000])
def test_names_at_the_margin_of_anything(text: str) -> None:
    assert len(names_at_margin(text)) <= 1


def test_a_loop_that_binds_later_guards_the_use_in_its_condition() -> None:
    def guarded(text: str) -> list[tuple[str, bool]]:
        return [(u.name, u.guarded) for u in facts(text).uses if u.name == "late"]

    inner = "for a in b:\n    while c:\n        if d:\n            late\n        late = 1\n"
    assert guarded(inner) == [("late", True)]
    assert guarded("for a in b:\n    while c:\n        if d:\n            late\n    late = 1\n") == [("late", True)]
    assert guarded("for a in b:\n    if d:\n        late\nlate = 1\n") == [("late", False)]
    assert guarded("for a in b:\n    late\n    late = 1\n") == [("late", False)]


def test_columns_of_long_lines_with_wide_characters() -> None:
    text = "x = ['é', '😀', y, 'ü', z]; w = v"
    assert [(u.name, u.span.of(text)) for u in facts(text).uses] == [("y", "y"), ("z", "z"), ("v", "v")]


def test_the_innermost_of_many_open_brackets_knows_its_receiver() -> None:
    text = "a[\n" * (FARTHEST // 4) + "df["
    assert site(text, len(text)).brackets[-1].receiver == "df"
    chain = "(df\n" + "  .head()\n" * 1500 + "  ."
    assert site(chain, len(chain)).receiver.startswith("df")


def _tables(text: str) -> dict[str, object]:
    case = dsl.load(f"# %%\n{text}\n# %%\npass\n")
    case.snapshot.analysis.settle()
    return {b.name: b.type for b in case.snapshot.analysis.exports(0).bindings}


def test_loops_without_end_are_given_up_and_nothing_is_claimed() -> None:
    nest = "".join(" " * depth + "for x in y:\n" for depth in range(90)) + " " * 90 + "df['b'] = 1\n"
    given = _tables(f"import pandas as pd\ndf = pd.DataFrame({{'a': [1]}})\n{nest}")
    assert "df" in given
    found = given["df"]
    assert not isinstance(found, Table) or found.open


def test_what_a_cell_that_was_given_up_uses_is_open_from_there_on() -> None:
    nest = "".join(" " * depth + "while x:\n" for depth in range(90)) + " " * 90 + "df['b'] = 1\n"
    case = dsl.load(f"# %%\nimport pandas as pd\ndf = pd.DataFrame({{'a': [1]}})\nx = 1\n# %%\n{nest}# %%\ndf['b']\n")
    assert dsl.findings(case) == []


def test_joins_that_double_the_columns_end_in_an_open_table() -> None:
    given = _tables(
        "import pandas as pd\ndf = pd.DataFrame({'k': [1], 'a': [1]})\n" + "df = df.merge(df, on='k')\n" * 100
    )
    found = given["df"]
    assert isinstance(found, Table)
    assert found.open


def test_of_a_cell_too_large_to_read_not_all_names_are_told() -> None:
    facts = python_facts(Cell("c", "python", "".join(f"name{n} = 'value'\n" for n in range(MOST))), host("jupyter"))
    assert [d.name for d in facts.definitions][-1] == f"name{KNOWN - 1}"
    assert facts.opens
