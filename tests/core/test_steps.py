"""Work over a whole notebook stops at every cell, so that others have their turn."""

from __future__ import annotations

from polycell.core.columns import connected
from polycell.core.references import references_steps
from polycell.core.renaming import rename_steps
from polycell.core.steps import Steps, at_once
from polycell.core.types import Anchor
from tests import dsl


def counted(steps: Steps[object]) -> int:
    return sum(1 for _ in steps)


def notebook(cells: int) -> dsl.Case:
    head = 'import pandas as pd\ndf = pd.DataFrame({"amo<|>unt": [1]})\n'
    return dsl.load(head + "".join(f'# %%\nx{n} = df["amount"].sum()\n' for n in range(cells)))


def test_references_and_renames_of_a_column_stop_at_each_cell() -> None:
    for cells in (5, 20):
        case = notebook(cells)
        asked = case.snapshot, case.session.services, case.cell, case.offset
        assert counted(references_steps(*asked)) == cells + 1
        assert counted(rename_steps(*asked, "price")) == 2 * (cells + 1)
        answer = at_once(rename_steps(*asked, "price"))
        assert answer is not None
        assert len(answer.edits) == cells + 1


def test_what_is_connected_through_common_members() -> None:
    a, b, c, d = (Anchor(name, 0) for name in "abcd")
    assert connected([a], [[c, b], [b, a], [d]]) == {a, b, c}
    assert connected([d], [[a, b]]) == {d}
    assert connected([], [[a, b]]) == frozenset()
