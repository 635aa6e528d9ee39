"""Quick fixes: what is offered, and that what is offered does what its title says."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from polycell.core import actions
from polycell.core.results import Action, Edit
from polycell.core.text import Span
from tests import dsl


def offered(text: str) -> tuple[dsl.Case, list[Action]]:
    case = dsl.load(text)
    span = Span(case.offset, case.offset)
    return case, list(actions.actions(case.snapshot, case.session.services, case.cell, span))


def fixed(text: str) -> dict[str, str]:
    """Title → text of the cell after the action; moves say which cell goes before which."""
    case, found = offered(text)
    made = {}
    for action in found:
        index = case.notebook.index(case.cell)
        assert index is not None
        if action.move is not None:
            made[action.title] = f"{action.move.cell} before {action.move.before}"
        else:
            made[action.title] = actions.apply(case.notebook.cells[index].text, action.edits)
    return made


def test_a_misspelt_name_is_changed() -> None:
    assert fixed("orders = 1\n# %%\nprint(oders<|>)") == {"Change to `orders`": "print(orders)"}


def test_a_usual_import_goes_to_the_top_of_the_cell() -> None:
    assert fixed("x = 1\ny = pd<|>.DataFrame()") == {
        "Add `import pandas as pd` to this cell": "import pandas as pd\nx = 1\ny = pd.DataFrame()"
    }


def test_an_import_goes_before_the_first_import_and_behind_comments() -> None:
    assert list(fixed("# A title\n\nimport os\nnp<|>.zeros(3)").values()) == [
        "# A title\n\nimport numpy as np\nimport os\nnp.zeros(3)"
    ]
    assert list(fixed("# A title\nnp<|>.zeros(3)").values()) == ["# A title\nimport numpy as np\nnp.zeros(3)"]


def test_an_import_goes_behind_future_and_magic() -> None:
    assert list(fixed("from __future__ import annotations\nimport os\nre<|>.compile").values()) == [
        "from __future__ import annotations\nimport re\nimport os\nre.compile"
    ]
    assert list(fixed("%%time\nnp<|>.zeros(3)").values()) == ["%%time\nimport numpy as np\nnp.zeros(3)"]


def test_an_import_inside_of_a_line_is_no_place() -> None:
    assert list(fixed("def f():\n    import os\nnp<|>.zeros(3)").values()) == [
        "import numpy as np\ndef f():\n    import os\nnp.zeros(3)"
    ]


def test_a_cell_that_defines_later_can_be_moved_up() -> None:
    assert fixed("a = 1\n# %%\nprint(total<|>)\n# %%\ntotal = a + 1") == {
        "Move the cell that defines `total` above this cell": "c2 before c1"
    }


def test_no_move_that_changes_what_another_name_means() -> None:
    # The moved cell needs what a cell between gives.
    assert fixed("print(total<|>)\n# %%\nb = 2\n# %%\ntotal = b + 1") == {}
    # A cell between uses another value of the same name.
    assert fixed("k = 1\n# %%\nprint(total<|>)\n# %%\nprint(k)\n# %%\ntotal, k = 1, 2") == {}
    # A cell between binds a name that the moved cell binds as well.
    assert fixed("print(total<|>)\n# %%\nk = 3\n# %%\ntotal = k = 1") == {}
    # Nobody knows what a star import brings.
    assert fixed("print(total<|>)\n# %%\nfrom os.path import *\n# %%\ntotal = 1") == {}


def test_a_later_import_is_added_here_too() -> None:
    found = fixed("pd<|>.DataFrame()\n# %%\nimport pandas as pd")
    assert found["Add `import pandas as pd` to this cell"] == "import pandas as pd\npd.DataFrame()"
    assert found["Move the cell that defines `pd` above this cell"] == "c1 before c0"


def test_fixes_belong_to_the_place_that_was_asked_about() -> None:
    assert fixed("<|>x = 1\ny = pd.DataFrame()") == {}


def test_after_a_fix_the_finding_is_gone() -> None:
    case, found = offered("x = 1\ny = np<|>.ones(x)\nz = np.zeros(y)")
    text = actions.apply(case.notebook.cells[0].text, found[0].edits)
    after = dsl.load(text)
    assert [f.code for _, f in dsl.findings(after)] == []


def test_edits_that_overlap_or_lie_outside_are_no_edits() -> None:
    case = dsl.load("abc = 1")
    fits = lambda *spans: actions.fits(case.snapshot, [Edit("c0", s, "x") for s in spans])  # noqa: E731
    assert fits(Span(0, 3), Span(3, 5))
    assert not fits(Span(0, 3), Span(2, 5))
    assert not fits(Span(0, 8))
    assert not fits(Span(-1, 2))
    assert not fits(Span(3, 2))
    assert not actions.fits(case.snapshot, [Edit("elsewhere", Span(0, 0), "x")])


@given(st.text(max_size=60), st.integers(0, 60), st.integers(0, 60))
def test_nothing_raises_for_any_text(text: str, start: int, end: int) -> None:
    case = dsl.load("a = 1\n# %%\nb = 1")
    from polycell.core.notebook import replace_cell
    from polycell.core.values import replace
    from polycell.formats.cells import make_cell
    from polycell.formats.model import CellSource

    cell = make_cell(CellSource("c0", text), case.notebook)
    snapshot = case.session.update(replace(replace_cell(case.notebook, cell), uri="test:other"))
    for action in actions.actions(snapshot, case.session.services, "c0", Span(start, end)):
        assert actions.fits(snapshot, action.edits)
