"""Every feature in Python cells beside ty over the same code as one script: nothing that ty says is lacking or wrong.

A few notebooks and a few places of each; `python -m tests.languages.python.beside_ty` takes all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from polycell.languages.python import layout
from tests.languages.python.beside_ty import AT_PLACES, OF_ALL, WRONG, compared, notebooks, reason
from tests.languages.python.engines import Running, running
from tests.shared import SHARED, needs_shared

PLACES = 3
SEED = 0
CHOSEN = ("torch-gnn.ipynb", "python_101.ipynb", "Working with Git.ipynb", "Magics_and_rpy2.ipynb")


@pytest.fixture
def ty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    monkeypatch.setattr(layout, "PATIENCE", 60.0)
    with running("ty", tmp_path) as made:
        yield made


@needs_shared
def test_nothing_is_lacking(ty: Running) -> None:
    seen = set()
    wrong = []
    for notebook in notebooks(SHARED / "notebooks", CHOSEN):
        for name, said in compared(ty, notebook, PLACES, SEED, set()):
            seen.add((name, said.verdict))
            if said.verdict in WRONG and not reason(name, said):
                wrong.append((name, *said))
    assert wrong == []
    assert {name for name, verdict in seen if verdict == "same"} == {*AT_PLACES, *OF_ALL}
