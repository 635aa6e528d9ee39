"""CPU time of the table flow: what each cell of a notebook makes of the tables above it, worked out for the first time.

The notebook is made of real ones. Beside it, in the same run and of the same cells: Python's own parser, below which
nothing in Python can come, and parso, which jedi reads with before it knows anything. What a user waits for is the last
row: the names of one cell at the end, of which nothing has been read (`core.needed`); the median of 25 cells.

python -m tests.bench.flow [CELLS]
"""

from __future__ import annotations

import ast
import cProfile
import json
import pstats
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice

from polycell.compose import default_services
from polycell.core.analysis import Analysis
from polycell.core.needed import needed
from polycell.core.notebook import Notebook
from polycell.core.service import Services
from polycell.core.session import Session
from polycell.core.values import replace
from polycell.formats.cells import make_cell
from polycell.formats.model import CellSource
from polycell.lsp import garbage
from tests.shared import SHARED

clock = time.thread_time

_NOTEBOOKS = (
    "GoogleCloudPlatform__data-science-on-gcp/11_realtime/evaluation.ipynb",
    "jakevdp__PythonDataScienceHandbook/notebooks/03.05-Hierarchical-Indexing.ipynb",
    "jakevdp__PythonDataScienceHandbook/notebooks/03.12-Performance-Eval-and-Query.ipynb",
    "justmarkham__pandas-videos/top_25_pandas_tricks.ipynb",
    "microsoft__fabric-samples/features-samples/semantic-link/Semantic Link all-in-one demo.ipynb",
    "wesm__pydata-book/ch10.ipynb",
)


def texts(mark: str) -> Iterator[str]:
    """The code cells of notebooks that work with tables, over and over; each text comes once. `mark` tells this run's
    texts from those of others."""
    cells = [
        "".join(cell["source"])
        for name in _NOTEBOOKS
        for cell in json.loads((SHARED / "notebooks" / name).read_text(encoding="utf-8"))["cells"]
        if cell["cell_type"] == "code"
    ]
    python = [text for text in cells if text.strip() and not text.startswith("%%")]
    round_ = 0
    while True:
        yield from (f"{text}\n# {mark} {round_}" for text in python)
        round_ += 1


def notebook(cells: int, mark: str) -> Notebook:
    empty = Notebook(uri=f"bench:flow-{cells}", host="jupyter", language="python")
    made = (CellSource(f"c{number}", text) for number, text in enumerate(islice(texts(mark), cells)))
    return replace(empty, cells=tuple(make_cell(source, empty) for source in made))


def calls(given: Notebook) -> int:
    """How many functions are called from opening a notebook until all its tables are known."""
    counting = cProfile.Profile()
    counting.enable()
    Session(default_services()).update(given).analysis.settle()
    counting.disable()
    return int(pstats.Stats(counting).total_calls)  # type: ignore[attr-defined]


def _timed(work: Callable[[], object]) -> float:
    began = clock()
    work()
    return (clock() - began) * 1000


def _parse_all(parse: Callable[[str], object], given: Notebook) -> None:
    for cell in given.cells:
        try:
            parse(cell.text)
        except SyntaxError:  # magics
            continue


_PLACES = 25  # cells at the notebook's end of which each is asked about


def _known_at_last(services: Services, given: Notebook) -> float:
    """Milliseconds until the names of a cell at the end are known, of a notebook of which nothing has been read."""
    asked = [index for index, cell in enumerate(given.cells) if cell.text.strip()][-_PLACES:]
    times = []
    for index in asked:
        analysis = Session(services).update(given).analysis

        def know(analysis: Analysis = analysis, index: int = index) -> None:
            cells = needed(analysis, services, index)
            if cells is None:
                analysis.settle(index - 1)
            else:
                analysis.settle_ahead(cells)
            view = analysis.context(index).view
            for use in analysis.facts(index).uses:
                view.lookup(use.name)

        times.append(_timed(know))
    return statistics.median(times)


def main(cells: int = 1000) -> None:
    import parso

    garbage.make_rare()  # as the server does
    services = default_services()
    Session(services).update(notebook(cells, "warm")).analysis.settle()
    garbage.keep_what_is_loaded()
    print(f"{cells} cells, CPU ms; least of three")
    rows: dict[str, list[float]] = {}
    for number in range(3):
        given = notebook(cells, str(number))
        analysis = Session(default_services()).update(given).analysis
        rows.setdefault("ast.parse of the cells", []).append(_timed(lambda g=given: _parse_all(ast.parse, g)))  # type: ignore[misc]
        rows.setdefault("parso.parse of the cells", []).append(_timed(lambda g=given: _parse_all(parso.parse, g)))  # type: ignore[misc]
        facts = _timed(lambda g=given, a=analysis: [a.facts(index) for index in range(len(g.cells))])  # type: ignore[misc]
        rows.setdefault("facts: parsing, names, magics", []).append(facts)
        rows.setdefault("tables: from facts to exports", []).append(_timed(analysis.settle))
        last = _known_at_last(services, notebook(cells, f"last {number}"))
        rows.setdefault("names of a cell at the end, cold", []).append(last)
    for what, times in rows.items():
        print(f"{what:32} {min(times):8.0f}")
    print(f"{'functions called, a cell':32} {calls(notebook(cells, 'counted')) / cells:8.0f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
