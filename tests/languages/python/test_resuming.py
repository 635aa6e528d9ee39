"""Long cells that are typed in: what is followed again, and that it makes no difference to what is known of values."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Mapping

import pytest

from polycell.compose import default_services
from polycell.core.environment import Binding, Exports
from polycell.core.notebook import Notebook
from polycell.core.session import Session
from polycell.core.values import replace
from polycell.formats.cells import make_cell
from polycell.formats.model import CellSource
from polycell.languages.python.flow import exports as flow
from polycell.languages.python.flow import resuming
from polycell.languages.python.syntax import resumed, scopes, trees
from tests.languages.python.test_trees import LONG

SERVICES = default_services()
ABOVE = "import pandas as pd\nabove = pd.DataFrame({'k': [1], 'x': ['a']})\nfloor = 2"
# Statements whose effects differ, so that one followed twice, or not at all, shows in what is known behind.
VARIED = """\
import numpy as np
few = above.assign(a=1)
few['b'] = few['k'] + floor
few.head()
# df: made(k: int, late: str)
made = np.something(few)
other = few
other.insert(0, 'first', 0)
def load(frame, name='n'):
    frame = frame.copy()
    frame[name] = 1
    return frame
loaded = load(few, 'z')
for name in ['p', 'q']:
    few[name] = 0
if floor:
    few['maybe'] = 1
else:
    del few['a']
listing = !ls
%sql sqlite://
pairs = {'left': few, 'right': loaded.rename(columns={'z': 'y'})}
with open('x') as file: pass
above['added'] = 1
total = 0
total += 1
few.groupby('k').agg({'b': 'sum'})
raise_ = lambda x: x
class Kept:
    frame: int = 1
kept = Kept()
kept.frame = few.drop(columns=['b'])
few.rename(columns={'k': 'key'}, inplace=True)
"""
PIECES = (
    *("few['new'] = 1\n", "few = few.drop(columns='a')\n", "raise ValueError\n", "above = None\n", "del few\n"),
    *("few[", "x = few['", "(", "'", "#", "\n", "def load(\n", "# df: few(n: int)\n", "%cd x\n", "y = %time few\n"),
    *("few.head()\n", "exec('')\n", "made = few\nmade['c'] = 2\n", "floor = 3\n", "é", ";", "    z = 1\n"),
)


@pytest.fixture(autouse=True)
def _nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    _forget(monkeypatch)


def _forget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trees, "_parsed", deque(maxlen=8))
    monkeypatch.setattr(scopes, "_walks", resumed.Walks(scopes.FEW))
    monkeypatch.setattr(resuming, "_walks", resumed.Walks(resuming.FEW))


def _notebook(above: str, text: str) -> Notebook:
    empty = Notebook(uri="untitled:long", host="jupyter", language="python")
    sources = (CellSource("above", above), CellSource("long", text))
    return replace(empty, cells=tuple(make_cell(source, empty) for source in sources))


def _known(above: str, text: str, until: int) -> tuple[Exports, list[object], Mapping[str, Binding]]:
    """(what the long cell gives, what it asks for that, what holds at an offset in it)."""
    snapshot = Session(SERVICES).update(_notebook(above, text))
    snapshot.analysis.settle()
    record: dict[tuple[str, object, str], object] = {}
    given = flow.exports(snapshot.analysis.context(1, record))  # type: ignore[arg-type]
    return given, sorted(map(str, record.items())), flow.run(snapshot.analysis.context(1), until).overlay()


def _edited(text: str, chance: random.Random) -> str:
    at = text.find("\n", chance.randrange(len(text))) + 1 if chance.random() < 0.8 else chance.randrange(len(text))
    if chance.random() < 0.6:
        return text[:at] + chance.choice(PIECES) + text[at:]
    return text[:at] + text[at + chance.choice((1, 1, 5, 20)) :]


@pytest.mark.parametrize("seed", range(2))
def test_what_is_known_does_not_hang_on_what_was_walked_before(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    chance, text, above = random.Random(seed), VARIED * 2, ABOVE
    assert len(text) > trees.LONG
    for _ in range(25):
        edited = _edited(text, chance)
        above = chance.choice((ABOVE, ABOVE, ABOVE.replace("'x'", "'w'"), ABOVE.replace("2", "0")))
        until = chance.randrange(len(edited))
        after_others = _known(above, edited, until)
        with monkeypatch.context() as alone:
            _forget(alone)
            assert after_others == _known(above, edited, until), edited
        if chance.random() < 0.5:
            text = edited


class _Followed:
    """The steps of cells that were followed, by their statements' texts."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        follow = flow._follow

        def counting(*given: object) -> None:
            self.count += 1
            follow(*given)  # type: ignore[arg-type]

        monkeypatch.setattr(flow, "_follow", counting)

    def at_end_of(self, text: str, above: str = ABOVE) -> int:
        """How many steps are followed to know what holds at the text's end."""
        snapshot = Session(SERVICES).update(_notebook(above, text))
        snapshot.analysis.settle(0)
        context = snapshot.analysis.context(1)
        self.count = 0
        flow.run(context, len(text))
        return self.count


def test_a_letter_in_a_long_cell_has_its_statement_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    followed = _Followed(monkeypatch)
    assert followed.at_end_of(LONG) >= 300
    followed.at_end_of(LONG + "f")
    for letters in ("fe", "few", "few[", "few['", "few['a", "few['ab"):
        assert followed.at_end_of(LONG + letters) <= 2 + resuming.FEW, letters


def test_another_answer_from_above_has_the_cell_followed_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    followed = _Followed(monkeypatch)
    cell = "few = above\n" + "few['x'].mean()\n" * 300
    for letters in ("f", "fe", "few"):
        followed.at_end_of(cell + letters)
    assert followed.at_end_of(f"{cell}few[") <= 2 + resuming.FEW
    assert followed.at_end_of(f"{cell}few[", ABOVE.replace("'x'", "'w'")) >= 300
    assert followed.at_end_of(f"{cell}few['", ABOVE.replace("'x'", "'w'")) <= 2 + resuming.FEW


@pytest.mark.parametrize("seed", range(3))
def test_one_place_after_the_other_is_told_as_it_is_alone(seed: int) -> None:
    chance = random.Random(seed)
    text = _edited(_edited(VARIED, chance), chance)
    snapshot = Session(SERVICES).update(_notebook(ABOVE, text))
    snapshot.analysis.settle()
    one = snapshot.analysis.context(1)
    places = [chance.randrange(len(text)) for _ in range(15)]
    for place in [*sorted(places), *places]:
        alone = flow.run(snapshot.analysis.context(1), place).overlay()
        assert flow.run(one, place).overlay() == alone, text[:place]


def test_each_query_of_a_cell_is_judged_from_where_the_one_before_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    queries = "".join(f"q{n} = duckdb.sql('select k + {n} as a from above')\nq{n}.show()\n" for n in range(30))
    snapshot = Session(SERVICES).update(_notebook(f"{ABOVE}\nimport duckdb", queries))
    snapshot.analysis.settle()
    followed = _Followed(monkeypatch)
    assert snapshot.analysis.findings(1) == ()
    assert 60 <= followed.count <= 60 * 4  # the cell a few times, and not once for each query
