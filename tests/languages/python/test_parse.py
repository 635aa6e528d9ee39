"""Broken cells: one problem a mistake, at the mistake, and everything else stays known."""

from __future__ import annotations

import json
import random

import pytest

from polycell.languages.python.syntax import cursor, statements
from tests.languages.python.reading import defined, problems, source
from tests.shared import SHARED, needs_shared


@pytest.mark.parametrize(
    ("text", "at", "names"),
    [
        ("x = 1\ndf.\ny = 2", ".", ["x", "y"]),
        ("x = \ny = 1", "=", ["x", "y"]),
        ("foo(\nx = 1\ndef f():\n    return 1", "(", ["x", "f"]),
        ("df = f(a,\n  b\n\nz = 3", "(", ["df", "z"]),
        ("if x\n    y = 1\nz = 2", "x", ["y", "z"]),
        ("if x:\ny = 1", "if x:", ["y"]),
        ("try:\n    a = 1\nb = 2", "try:", ["a", "b"]),
        ("def f(a, b:\n    return a\nq = 1", "(", ["f", "q"]),
        ("for i in :\n    print(i)\nelse:\n   k = 1", ":", ["i", "k"]),
        ("x = 'abc\ny = 2", "'", ["x", "y"]),
        ("x = '''abc\ny = 2", "'''", ["x", "y"]),
        ("foo(a, b))\nx = 1", ")", ["x"]),
        ("foo(a]\nx = 1", "]", ["x"]),
        ("x = 1\n    y = 2\n    z = 3\nw = 4", "y", ["x", "y", "z", "w"]),
        ("class A(\n    def f(self):\n        pass\nx = 1", "(", ["A", "f", "x"]),
        ("x = (1,\n     2\ny = 3", "(", ["x", "y"]),
        ("import pandas as\nq = x", "as", ["pandas", "q"]),
    ],
)
def test_one_problem_at_the_mistake(text: str, at: str, names: list[str]) -> None:
    ((where, _),) = problems(text)
    assert where.startswith(at)
    assert set(names) <= set(defined(text))
    assert source(text).tree is not None


@pytest.mark.parametrize(
    "text",
    [
        "print x\na = 1\nprint y",
        "This is some prose.\nIt goes on, it's fine\nwith many lines",
        "<div>\n<b>hello</b>\n</div>",
        "az ml list -g foo\naz login",
        "health.loc[(:, 1)]",
    ],
)
def test_at_most_one_problem_for_what_is_no_python(text: str) -> None:
    assert len(problems(text)) == 1


def test_messages_say_what_to_do() -> None:
    assert problems("print x") == [("print x", "`print` is a function in Python 3: write `print(…)`.")]
    assert "never closed" in problems("f(1")[0][1]
    assert "==" in problems("if x = 1:\n    y")[0][1]


@pytest.mark.parametrize("text", ["type X = int", "def f[T](x: T): ...", "f'{x['a']}'", "try: pass\nexcept* A: pass"])
def test_syntax_newer_than_our_python_is_no_mistake(text: str) -> None:
    assert problems(text) == []


def test_statements_out_of_place() -> None:
    assert problems("return 1") == [("return", "`return` outside a function.")]
    assert problems("break") == [("break", "`break` outside a loop.")]
    assert problems("for i in x:\n    if i: break\nawait f()") == []


@pytest.mark.parametrize("text", ["(" * 5000, "-" * 20000 + "1", "x = (\n" * 500, "\\\n" * 500, "f'" + "{" * 500])
def test_hostile_text_is_data(text: str) -> None:
    assert len(problems(text)) <= 1


@needs_shared
def test_lines_that_are_remembered_are_read_as_all_others() -> None:
    """A line that is taken from memory, and a cursor that is looked for from its own statement on."""
    chance = random.Random(4)
    for path in sorted((SHARED / "notebooks").rglob("*.ipynb"))[::4]:
        for cell in json.loads(path.read_text(encoding="utf-8")).get("cells", ()):
            written = "".join(cell.get("source", ""))[:4000]
            for text in (written, written[: chance.randrange(len(written) + 1)]):
                followed, at, reach = [], 0, len(text)
                while at < len(text):
                    followed.append(statements._follow(text, at, len(text), reach))
                    reach = statements.shorter_reach(followed[-1], reach)
                    at = max(followed[-1].next, at + 1)
                assert [*statements.logical_lines(text)] == followed
                offset = chance.randrange(len(text) + 1)
                assert cursor.site(text, offset) == cursor._site(text, 0, offset), (path, text, offset)
