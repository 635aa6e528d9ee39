"""Formatting of cells and the order of imports, with a real ruff."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polycell.core.formatting import formatted
from polycell.core.results import Edit, Layout
from polycell.core.text import Span
from polycell.languages.python import layout
from tests import dsl
from tests.counting import calls


def applied(text: str, edits: tuple[Edit, ...]) -> str:
    for edit in sorted(edits, key=lambda e: e.span, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


def after(cell: str, span: Span | None = None, folder: Path | None = None) -> str:
    case = dsl.load(f"# %%\n{cell}", folder)
    text = case.notebook.cells[0].text
    answer = asyncio.run(formatted(case.snapshot, case.session.services, 0, Layout(), span))
    made = applied(text, answer.edits)
    again = dsl.load(f"# %%\n{made}", folder)
    assert asyncio.run(formatted(again.snapshot, again.session.services, 0, Layout(), span)).edits == ()
    return made


@pytest.mark.parametrize(
    ("before", "then"),
    [
        ("x=1", "x = 1"),
        ("%matplotlib inline\nx=1\n!ls -l  *.py\ny = !ls   {x}\nz=[1,\n2]", None),
        ("%%time\nx=1", "%%time\nx = 1"),
        ("x=1\nx;", "x = 1\nx;"),
        ("print( 'é\U0001f600' )", "print('é\U0001f600')".replace("'", '"')),
        ("x =", "x ="),
        ("def f( a ):\n  return a", "def f(a):\n    return a"),
        ("%%bash\nls   -l", "%%bash\nls   -l"),
    ],
)
def test_cells_are_formatted_and_magics_are_not(before: str, then: str | None) -> None:
    got = after(before)
    if then is None:
        assert "%matplotlib inline" in got
        assert "!ls -l  *.py" in got
        assert "y = !ls   {x}" in got
        assert "x = 1\n" in got
        assert "z = [1, 2]" in got
    else:
        assert got == then


def test_only_what_was_selected() -> None:
    assert after("x=1\ny=2\nz=3", Span(4, 7)) == "x=1\ny = 2\nz=3"
    assert after("x=1\ndef f():\n  a=1\n  b=2", Span(15, 18)).endswith("def f():\n    a = 1\n    b = 2")


def test_the_users_configuration_counts(tmp_path: Path) -> None:
    (tmp_path / "ruff.toml").write_text('[format]\nquote-style = "single"\n')
    assert after('x="a"', folder=tmp_path) == "x = 'a'"


def test_without_ruff_there_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "which", lambda program: None)
    case = dsl.load("# %%\nx=1")
    answer = asyncio.run(formatted(case.snapshot, case.session.services, 0, Layout()))
    assert answer.edits == ()
    assert "pip install ruff" in answer.refusal


def test_imports_are_sorted() -> None:
    case = dsl.load("# %%\n%load_ext x\nimport sys, os\nimport abc\nprint(1)")
    cell = case.notebook.cells[0]
    (action,) = asyncio.run(layout.organised(case.snapshot.analysis.context(0)))
    assert action.kind == "source.organizeImports"
    assert applied(cell.text, action.edits) == "%load_ext x\nimport abc\nimport os\nimport sys\n\nprint(1)"
    sorted_already = dsl.load("# %%\nimport abc\nimport os")
    assert asyncio.run(layout.organised(sorted_already.snapshot.analysis.context(0))) == ()


@given(st.lists(st.sampled_from("abcdefgh")), st.lists(st.sampled_from("abcdefgh")))
def test_what_differs_makes_the_one_text_the_other(old: list[str], new: list[str]) -> None:
    made: list[str] = []
    at = 0
    for kind, a, b, c, d in layout._differences(old, new):
        assert (a, c) == (at, len(made))
        assert kind != "equal" or old[a:b] == new[c:d]
        made += new[c:d]
        at = b
    assert (at, made) == (len(old), new)


def test_twice_the_lines_are_twice_the_work() -> None:
    def work(blocks: int) -> int:
        old = [line for n in range(blocks) for line in (f"a{n} =1", "", f"def f{n}(x):", "  return x", "")]
        new = [line for n in range(blocks) for line in (f"a{n} = 1", "", "", f"def f{n}(x):", "    return x", "", "")]
        return calls(lambda: list(layout._differences(old, new)))

    assert work(400) < 2.5 * work(200)
