"""`polycell check` over the shared notebooks: these findings and no others, each with the reason why it is true."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.shared import SHARED, needs_shared

# (end of the path, cell from 1, code, what is underlined or named) → why it is true
TRUE = {
    ("Beyond Plain Python.ipynb", 16, "syntax-error"): "`collections.`: unfinished, to show completion by TAB",
    ("03.05-Hierarchical-Indexing.ipynb", 74, "syntax-error"): "`loc[(:, 1)]`: the book shows that this is an error",
    ("complex_parameters.ipynb", 1, "syntax-error"): "`= 2`: left over from a broken line",
    ("Foreign extractors.ipynb", 4, "undefined-name"): "`%%python` runs elsewhere, where no `valid` is",
    ("Magics_and_rpy2.ipynb", 12, "undefined-name"): "`x` in `%%python`; the cell's comment says so",
    ("Magics_and_rpy2.ipynb", 13, "undefined-name"): "`y` exists only in `%%python`; the cell's comment says so",
    ("Magics_and_rpy2.ipynb", 15, "undefined-name"): "`y` of another `%%python` cell; the cell's comment says so",
    ("Magics_and_rpy2.ipynb", 20, "undefined-name"): "`y` is bound only inside `%%timeit`, which keeps its names",
    ("Magics_and_rpy2.ipynb", 22, "undefined-name"): "`this_is_undefined_…` is undefined on purpose",
    ("test4plus.ipynb", 11, "undefined-name"): "`future_output`: nothing defines it",
    ("python_101.ipynb", 22, "undefined-name"): "`hello`: the saved output is the NameError",
    ("python_101.ipynb", 56, "immutable-item"): "an item of a tuple is assigned: the saved output is the TypeError",
    ("python_101.ipynb", 92, "wrong-arguments"): "`add(1)` without `y`: the saved output is the TypeError",
}


@needs_shared
def test_no_false_alarm() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "polycell", "check", "--no-scala", "--format", "json", str(SHARED / "notebooks")],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    answer = json.loads(done.stdout)
    assert done.returncode == 1
    assert done.stderr == "", "a failure of ours is logged"
    assert answer["files"] == 49
    found = {(f["path"].replace("\\", "/").rsplit("/", 1)[-1], f["cell"], f["code"]) for f in answer["findings"]}
    assert found == set(TRUE)
    assert len(answer["findings"]) == len(TRUE)
