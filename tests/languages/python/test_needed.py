"""Which cells are read first for one of a notebook that has just been opened, and that they are enough."""

from __future__ import annotations

import random
import textwrap
from pathlib import Path

import pytest

from polycell.compose import default_services
from polycell.core.analysis import Analysis, Memo
from polycell.core.environment import NoSources
from polycell.core.needed import needed
from polycell.core.notebook import Notebook
from polycell.core.types import UNKNOWN
from polycell.formats import read_file
from tests.dsl import load
from tests.shared import FULL, SHARED, needs_shared

SERVICES = default_services()
FRAME = "df = pd.DataFrame({'a': [1]})"
AT_MOST = 6 if FULL else 2  # cells of each notebook


def fresh(notebook: Notebook, memo: Memo | None = None) -> Analysis:
    return Analysis(notebook, SERVICES, NoSources(), memo)


def needed_by_last(*texts: str) -> list[int] | None:
    notebook = load("\n".join(f"# %%{text if text.startswith(' [') else chr(10) + text}" for text in texts)).notebook
    assert len(notebook.cells) == len(texts)
    return needed(fresh(notebook), SERVICES, len(texts) - 1)


@pytest.mark.parametrize(
    ("texts", "wanted"),
    [
        # The binding of the name, and of what it is made with.
        (("import pandas as pd", FRAME, "other = 1", "df."), [0, 1]),
        (("import pandas as pd\nnumber = 3", "x = number", FRAME, "df."), [0, 2]),
        # The last for certain; what stands above it counts no more.
        (("import pandas as pd", FRAME, FRAME, "df."), [0, 2]),
        (("import pandas as pd", FRAME, f"if x:\n    {FRAME}", "df."), [0, 1, 2]),
        # What may change the value, and what only looks at it.
        (("import pandas as pd", FRAME, "df['b'] = 1", "df.head()", "df.describe().head()", "df."), [0, 1, 2]),
        (("import pandas as pd", FRAME, "df.drop(columns='a', inplace=True)", "df."), [0, 1, 2]),
        (("import pandas as pd", FRAME, "change(df)", "df."), [0, 1, 2]),
        # It may be changed under another name, or by a function.
        (("import pandas as pd", FRAME, "same = df", "same['b'] = 1", "df."), [0, 1, 2, 3]),
        (("import pandas as pd", FRAME, "same = df", "same = 1", "same.x = 2", "df."), [0, 1, 2]),
        (("import pandas as pd", FRAME, "def change():\n    df['b'] = 1", "change()", "df."), [0, 1, 2]),
        # Frames that one cell makes have nothing to do with each other, though the module is the same.
        (("import pandas as pd", f"{FRAME}\ne = pd.DataFrame()", "e['b'] = 1", "df."), [0, 1]),
        (("import pandas as pd", f"{FRAME}\ne = df", "e['b'] = 1", "df."), [0, 1, 2]),
        # Code that reaches further than its names.
        (("from pandas import *", "exec(text)", "total = 1", "df."), [0, 1]),
        # SQL that reads a frame does not change it; what it gives comes from it.
        (("import pandas as pd", FRAME, " [sql] -> made\nselect a from df", "df."), [0, 1]),
        (("import pandas as pd", FRAME, " [sql] -> made\nselect a from df", "made."), [0, 1, 2]),
        (("create = 1", " [sql]\ncreate table t (a int)", " [sql]\nselect 1", " [sql]\nselect a from t"), [1]),
    ],
)
def test_the_cells_that_decide(texts: tuple[str, ...], wanted: list[int]) -> None:
    assert needed_by_last(*texts) == wanted


def test_where_much_decides_there_is_no_answer() -> None:
    assert needed_by_last("df = []", *["df.append(1)"] * 150, "df.") is None


def test_cells_that_run_by_what_they_use_have_no_order() -> None:
    text = textwrap.dedent("""
        import marimo
        app = marimo.App()

        @app.cell
        def _():
            import pandas as pd
            return

        @app.cell
        def _(pd):
            pd
            return
    """)
    assert needed(fresh(Notebook("x:", load(text).notebook.cells, host="marimo")), SERVICES, 0) is None


def test_what_was_ahead_is_as_if_all_had_been_read_in_order() -> None:
    text = f"# %%\nimport pandas as pd\n# %%\n{FRAME}\n# %%\ndf['b'] = pd.NA\n# %%\nx = df\n# %%\nx.\n"
    notebook = load(text).notebook
    ahead, whole = fresh(notebook), fresh(notebook)
    assert ahead.settle_ahead([1, 2])
    assert ahead.exports(1).bindings[0].type == UNKNOWN  # nobody has read what `pd` is
    ahead.settle()
    whole.settle()
    assert [ahead.exports(at) for at in range(5)] == [whole.exports(at) for at in range(5)]
    assert ahead.settled
    assert ahead.unsettled == 0


def _notebooks() -> list[Path]:
    found = sorted(path for path in (SHARED / "notebooks").rglob("*") if path.is_file())
    return found if FULL else found[::3]


@needs_shared
def test_they_are_enough_in_real_notebooks() -> None:
    """The names of cells are the same as where all cells above have been read."""
    chance, looked_up = random.Random(5), 0
    for path in _notebooks():
        try:
            notebooks = read_file(path).notebooks
        except (OSError, ValueError):
            continue
        for notebook in notebooks[:1]:
            memo = Memo()
            whole = fresh(notebook, memo)
            whole.settle()
            cells = [at for at, cell in enumerate(notebook.cells) if cell.kind == "code" and whole.facts(at).uses]
            for index in chance.sample(cells, min(len(cells), AT_MOST)):
                some = fresh(notebook, memo)
                first = needed(some, SERVICES, index)
                if first is None:
                    continue
                some.settle_ahead(first)
                seen, all_above = some.context(index).view, whole.context(index).view
                for name in {use.name for use in whole.facts(index).uses}:
                    looked_up += 1
                    assert seen.lookup(name) == all_above.lookup(name), f"{path}, cell {index}: {name}"
    assert looked_up > 20
