"""Long cells that are typed in: what is compiled and walked again, and that it makes no difference to what is known."""

from __future__ import annotations

import ast
import builtins
import random
import warnings
from collections import deque

import pytest

from polycell.core.facts import Facts
from polycell.languages.python.syntax import ipython, repair, resumed, scopes, statements, trees
from polycell.languages.python.syntax.source import PythonSource
from tests.languages.python.reading import facts

LINES = 300
LONG = "import pandas as pd\nfew = pd.DataFrame({'a': [1]})\n" + "few['a'].mean()\n" * LINES

# A cell with much in which the text above or below decides what a line is.
VARIED = """\
import os; import sys

@cached
@other(
    1,
)
def first(x, *, y=2):
    if x:
        return y
    elif y:
        return [
            x,
        ]
    else:
        text = '''
    not a line of code
'''
    return text

try:
    a = 1
except ValueError:
    a = 2
finally:
    del a

b = 1 + \\
    2; c = 3
for d in range(3):
    print(f'{d!r:>{b}}', c)
with open('x') as e: pass
# a remark
class G(
    object
):
    h: int = 1

    def i(self):
        return 'é', self

j = {
    'k': [lambda l: l, *map(str, (b, c))],
}
while j:
    break
else:
    m = j
await m
"""
VARIED *= 3
PIECES = (
    *(
        '"""',
        "'",
        '"',
        "(",
        ")",
        "[",
        "}",
        "\n",
        "\n    ",
        "\\\n",
        "#\\\n",
        ":",
        "else:\n",
        "@x\n",
        "if x:\n",
        "    y\n",
    ),
    *(
        "#",
        ";",
        "; b",
        ";\\\n",
        "def f():\n",
        " ",
        "x",
        "\ny = 1\n",
        "é",
        "\r\n",
        "\r",
        "try:\n",
        "except:\n",
        "\f",
        "\t",
    ),
)


@pytest.fixture(autouse=True)
def _nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    _forget(monkeypatch)


def _forget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trees, "_parsed", deque(maxlen=8))
    monkeypatch.setattr(scopes, "_walks", resumed.Walks(scopes.FEW))


def _shown(given: Facts) -> tuple[object, ...]:
    """Everything that facts say, the tree as text."""
    source = given.analysis
    assert isinstance(source, PythonSource)
    tree = ast.dump(source.tree, include_attributes=True) if source.tree is not None else None
    nodes = [ast.dump(node, include_attributes=True) for node in (*source.calls, *source.stores)]
    said = (given.definitions, given.uses, given.references, given.imports, given.magics, given.fragments)
    return (*said, given.problems, given.opens, tree, nodes, source.code, source.names, source.broken)


def _outcome(code: str, compiled: object) -> tuple[object, ...]:
    try:
        return (ast.dump(compiled(code), include_attributes=True),)  # type: ignore[operator]
    except SyntaxError as error:
        return (type(error), error.msg, error.lineno, error.offset, error.end_lineno, error.end_offset)
    except (ValueError, MemoryError, RecursionError) as error:
        return (type(error), str(error))


def _edited(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text) + 1)
    if chance.random() < 0.5:
        at = text.find("\n", at) + 1
    if chance.random() < 0.6:
        return text[:at] + chance.choice(PIECES) + text[at:]
    return text[:at] + text[at + chance.choice((1, 1, 2, 5, 40)) :]


@pytest.mark.parametrize("seed", range(2))
def test_trees_and_errors_are_those_of_the_compiler(seed: int) -> None:
    chance, text = random.Random(seed), VARIED
    trees.compile_tree(text)
    for _ in range(150):
        edited = _edited(text, chance)
        outcome = _outcome(edited, trees.compile_tree)
        assert outcome == _outcome(edited, trees._compiled), edited
        if len(outcome) == 1 or chance.random() < 0.05:
            text = edited


@pytest.mark.parametrize("seed", range(2))
def test_facts_do_not_hang_on_what_was_read_before(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    chance, text = random.Random(seed), VARIED
    for step in range(24):
        edited = _edited(text, chance)
        after_others = _shown(facts(edited))
        if step % 3 == 0:
            _forget(monkeypatch)
            assert after_others == _shown(facts(edited)), edited
            facts(text)
        if chance.random() < 0.5:
            text = edited


# What changes the meaning of what stands below while it is typed, letter by letter.
TYPED = (
    "b = 7\n",
    "del b\n",
    "def first(): pass\n",
    'm = j["k',
    "new = {'a': (b,\n",
    "from os import *\n",
    "get = get_ipython()\nget.run_line_magic('x', '')\n",
    "if 'c' in globals(): pass\n",
    "%time b = 2\n",
    "x = !ls\n",
    "@decorated\n",
    "for b in j:\n    d\n",
    "try:\n    c\nexcept NameError as b: pass\n",
    'text = """a',
    "class G(b): h = 1\n",
)


@pytest.mark.parametrize("seed", range(3))
def test_each_letter_in_the_middle_says_what_the_cell_says_alone(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(seed)
    cells = (VARIED * 2, LONG, f"{VARIED}{LONG[:2000]}{VARIED}")
    text, typed = chance.choice(cells), chance.choice(TYPED)
    at = text.find("\n", chance.randrange(len(text) * 2 // 3)) + 1
    facts(text)
    for count in range(1, len(typed) + 1):
        edited = text[:at] + typed[:count] + text[at:]
        after_others = _shown(facts(edited))
        with monkeypatch.context() as alone:
            _forget(alone)
            assert after_others == _shown(facts(edited)), edited


class _Work:
    """Characters compiled, top-level statements walked for names, and logical lines looked at."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.compiles: list[int] = []
        self.statements = 0
        self.lines = 0
        walk = scopes.Walk.statement

        def compile_(code: str, *rest: object, **named: object) -> object:
            self.compiles.append(len(code.strip()))
            return builtins.compile(code, *rest, **named)  # type: ignore[call-overload]

        def statement(walking: scopes.Walk, node: ast.stmt) -> None:
            self.statements += len(walking.scopes) == 1
            walk(walking, node)

        line = statements.logical_line

        def logical_line(*given: object) -> object:
            self.lines += 1
            return line(*given)  # type: ignore[arg-type]

        for module in (ipython, repair):
            monkeypatch.setattr(module, "logical_line", logical_line)
        monkeypatch.setattr(trees, "compile", compile_, raising=False)
        monkeypatch.setattr(scopes.Walk, "statement", statement)

    def of(self, text: str) -> tuple[int, int, int]:
        """(compiles, characters compiled, statements walked) for a text."""
        self.compiles, self.statements, self.lines = [], 0, 0
        facts(text)
        return len(self.compiles), sum(self.compiles), self.statements


@pytest.mark.parametrize("below", ["", "few['a'].mean()\n" * LINES])
def test_a_letter_in_a_long_cell_costs_its_statement(below: str, monkeypatch: pytest.MonkeyPatch) -> None:
    work = _Work(monkeypatch)
    assert work.of(f"{LONG}\n{below}")[2] >= LINES
    work.of(f"{LONG}f\n{below}")
    for letters in ("fe", "few", "few.", "few.he"):
        compiles, characters, walked = work.of(f"{LONG}{letters}\n{below}")
        assert walked <= 4 + scopes.FEW, "the statements above and below are known"
        if not letters.endswith("."):
            assert (compiles, characters) <= (1, 200), letters


def test_a_letter_at_the_end_of_a_long_cell_that_does_not_parse(monkeypatch: pytest.MonkeyPatch) -> None:
    work = _Work(monkeypatch)
    for letters in ("few", "few[", 'few["'):
        work.of(LONG + letters)
    for letters in ('few["a', 'few["ab', 'few["abc'):
        compiles, characters, walked = work.of(LONG + letters)
        # The text, the broken line twice by itself, and the text without that line.
        assert compiles <= 4
        assert characters <= 200
        assert walked <= 4


def test_a_broken_letter_in_the_middle_has_the_lines_around_it_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    work = _Work(monkeypatch)
    below = "few['a'].mean()\n" * LINES
    for letters in ("", "f", "few", "few[", 'few["'):
        work.of(f"{LONG}{letters}\n{below}")
    for letters in ('few["a', 'few["ab', 'few["abc'):
        _, _, walked = work.of(f"{LONG}{letters}\n{below}")
        assert walked <= 4 + scopes.FEW
        assert work.lines <= 10


def test_what_stands_below_is_not_taken_for_known_where_the_names_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    below = "few['a'].mean()\n" * 100
    for letters in ("few = 1", "few = 12", "fe = 12", "f = 12"):
        said = facts(f"import pandas as pd\n{letters}\n{below}")
        assert bool([use for use in said.uses if use.name == "few"]) == (letters[:3] != "few"), letters


def test_what_stands_above_is_not_taken_for_known_where_the_names_differ() -> None:
    first = facts(f"{LONG}few.x")
    other = facts(f"import numpy as np\n{LONG}few.x")
    assert {d.name for d in first.definitions} == {"pd", "few"}
    assert {d.name for d in other.definitions} == {"np", "pd", "few"}
    assert not [use for use in first.uses if use.name == "few"]


@pytest.mark.parametrize(
    "code",
    [
        *(
            r"x = '\d'",
            r"x = b'\d'",
            "x = 1if y else 2",
            "x = 1.if y else 2",
            "x = 1jif y else 2",
            "x = 0xfor y",
            "1or 2",
        ),
        *("x = 0b1and y", "x = 0o7in y", "f'{1if x else 2}'", "x = 1_0if y else 2", "x is 1", "assert (x, 1)", "1()"),
        "while x:\n    try:\n        y\n    finally:\n        break",
    ],
)
def test_what_the_parser_warns_of_is_read_in_silence(code: str) -> None:
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        assert trees.tree_of(code) is not None
    assert warned == []
