"""What code alone says of tables that real notebooks show, against what they showed when they ran.

The value of a cell's last expression is derived without the saved outputs and compared with the table saved below the
cell. Whatever is called closed must agree; what is not closed stands in `OPEN`, each with its reason.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterator
from pathlib import Path
from typing import Any

from polycell.cli.loading import roots_of
from polycell.compose import default_services, default_sources
from polycell.core.environment import Sources
from polycell.core.session import Session
from polycell.core.types import Table, Type
from polycell.formats import read_file
from polycell.languages.python.flow.exports import run
from polycell.languages.python.flow.interpreter import Watcher
from polycell.tables.files import FileRequest
from polycell.tables.outputs import table_of
from tests.shared import SHARED, needs_shared

NETWORK = "its file is on the network, where nobody looks"
CLIPBOARD = "it is read from the clipboard"
DATA = "the values decide which columns there are"
LIBRARY = "Microsoft's `sempy` makes it, which describes a dataset in the cloud"
ELSEWHERE = "it comes from Hive or from Scala, and nothing in the notebook says its columns"
NO_FRAME = "it is a Series of the columns' types, not a frame"
LEVELS = "its columns have two levels, of which one is chosen"

TRICKS, BOOK, MAGICS, DEMO = (
    "top_25_pandas_tricks.ipynb",
    "03.05-Hierarchical-Indexing.ipynb",
    "Magics in IPython Kernel.ipynb",
    "Semantic Link all-in-one demo.ipynb",
)
# (file, cells from 0) → why what the cells show is not closed
OPEN: dict[tuple[str, tuple[int, ...]], str] = {
    (BOOK, (48,)): LEVELS,
    (BOOK, (87,)): DATA,
    (MAGICS, (26, 44)): ELSEWHERE,
    ("Scala Spark to Pandas.ipynb", (3,)): ELSEWHERE,
    (TRICKS, (36, 38, 40, 44, 50, 52, 54, 56)): NETWORK,
    (TRICKS, (48, 61, 63, 71, 108)): NO_FRAME,
    (TRICKS, (106, 110)): CLIPBOARD,
    (TRICKS, (130, 134, 136, 138, 148, 152)): NETWORK,
    (TRICKS, (158, 160)): DATA,
    (TRICKS, (179,)): DATA,
    (TRICKS, (182, 192, 202, 204)): NETWORK,
    (TRICKS, (207, 209, 211, 213, 240, 244, 250)): NETWORK,
    (TRICKS, (228, 230)): DATA,
    (DEMO, (10, 11, 12, 13, 17, 33, 35, 47, 63, 71)): LIBRARY,
}


class CodeAlone:
    """Data files, but no saved outputs."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    def read(self, key: Hashable) -> Any:
        saved = isinstance(key, FileRequest) and key.reader == "notebook.output"
        return None if saved else self._sources.read(key)


def shown_tables(path: Path) -> Iterator[tuple[int, Table, Type | None]]:
    """(cell from 0, the table saved below it, what its code says of its last expression)."""
    raw = json.loads(path.read_text(encoding="utf-8"))
    cells = raw["cells"] if "cells" in raw else [c for sheet in raw["worksheets"] for c in sheet["cells"]]
    saved: dict[int, Table] = {}
    for at, cell in enumerate(cells):
        for output in cell.get("outputs", ()):
            table = table_of([output]) if output.get("output_type") != "stream" else None
            if table is not None and table.columns:
                saved[at] = table
    if not saved:
        return
    (notebook,) = read_file(path).notebooks
    assert len(notebook.cells) == len(cells)
    session = Session(default_services(), CodeAlone(default_sources(roots_of(path))))
    analysis = session.update(notebook).analysis
    analysis.settle()
    for at, table in saved.items():
        if notebook.cells[at].language == "python":
            # With somebody who listens no statement is passed over, the one that shows the table least of all.
            yield at, table, run(analysis.context(at), uses=Watcher()).last


@needs_shared
def test_closed_tables_agree_with_what_was_shown() -> None:
    agreed = 0
    open_: set[tuple[str, int]] = set()
    for path in sorted((SHARED / "notebooks").rglob("*.ipynb")):
        for at, saved, derived in shown_tables(path):
            if not isinstance(derived, Table) or derived.open:
                open_.add((path.name, at))
                continue
            names, index = [c.name for c in derived.columns], [c.name for c in derived.index if c.name]
            assert [c.name for c in saved.columns] in (names, index + names), (path.name, at)
            agreed += 1
    assert open_ == {(name, at) for name, cells in OPEN for at in cells}
    assert agreed == 33
