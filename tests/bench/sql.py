"""CPU time of SQL completion at column references of TPC-H and TPC-DS, and of the check of their queries as cells,
each in a text that no cache has seen. Beside it, in the same run and of the same texts: what sqlglot takes to parse
them, and what DuckDB itself takes to bind them, below which no check can come.

python -m tests.bench.sql
"""

from __future__ import annotations

import contextlib
import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass

import sqlglot

from polycell.compose import default_services
from polycell.core import features
from polycell.core.notebook import Notebook, replace_cell
from polycell.core.session import Session, Snapshot
from polycell.core.values import replace
from polycell.formats.cells import make_cell
from polycell.formats.model import CellSource
from polycell.languages.sql.catalogue import ViewCatalogue
from polycell.languages.sql.complete import complete
from polycell.languages.sql.duckdb import shadow as duckdb_shadow
from polycell.languages.sql.syntax.place import place
from polycell.lsp import garbage
from tests.languages.sql.damage import DUCKDB, MODES, catalogue, damaged, points, queries, schema
from tests.shared import SHARED

clock = time.thread_time


@dataclass(frozen=True)
class Checked:
    """Milliseconds of one query: `ours` to say what is wrong with the cell, once it is read, `floor` for DuckDB alone
    to describe it over the same tables."""

    ours: float
    floor: float


def measure(bench: str, mode: str, sample: int = 600) -> list[float]:
    """Milliseconds of this thread's CPU at each point.

    Each text is new to all caches that know texts. Every point is measured three times, each time with a new text,
    and its least time counts: the rest is what other processes do to this one's caches.
    """
    tables = catalogue(schema(SHARED / "sql-queries", bench))
    chance = random.Random(3)
    found = [p for query in queries(SHARED / "sql-queries", bench) for p in points(query)]
    found = random.Random(7).sample(found, min(sample, len(found)))
    times = []
    for number, point in enumerate(found):
        made = damaged(point, mode, chance)
        if made is None:
            continue
        text, cursor = made
        times.append(min(_once(f"{text} -- {mode} {number} {n}", cursor, tables) for n in range(3)))
    return times


def notebook(bench: str) -> Notebook:
    """Cells that connect to DuckDB and make the tables of `tpch` or `tpcds`, and one for each of its queries."""
    empty = Notebook(uri=f"bench:{bench}")
    tables = (
        f"create table {name} ({', '.join(f'{column} {type_}' for column, type_ in columns.items())});"
        for name, columns in schema(SHARED / "sql-queries", bench).items()
    )
    sources = [CellSource("connect", "import duckdb\n%load_ext sql\n%sql duckdb://")]
    sources.append(CellSource("tables", "%%sql\n" + "\n".join(tables)))
    sources += (CellSource(f"q{n}", f"%%sql\n{q}") for n, q in enumerate(queries(SHARED / "sql-queries", bench)))
    return replace(empty, cells=tuple(make_cell(source, empty) for source in sources))


def opened(bench: str) -> tuple[Session, Snapshot]:
    """The notebook with everything known that the server knows once it is idle."""
    session = Session(default_services())
    snapshot = session.update(notebook(bench))
    snapshot.analysis.settle()
    for index in range(len(snapshot.notebook.cells)):
        features.findings(snapshot, index)
    return session, snapshot


def checks(bench: str, repeats: int = 3) -> list[Checked]:
    """Each query after a change of its text: what it costs to check it when the editor has been idle. The least of some
    tries, each with a new text: the rest is what other processes do to this one's caches."""
    session, snapshot = opened(bench)
    made = []
    for index, cell in list(enumerate(snapshot.notebook.cells))[2:]:
        tries = []
        for number in range(repeats):
            snapshot = edited(session, snapshot, index, f"{cell.text} -- {number}")
            began = clock()
            features.findings(snapshot, index)
            took = clock() - began
            tries.append(Checked(took * 1000, _described(cell.text.partition("\n")[2].strip() + f" --- {number}")))
        made.append(min(tries, key=lambda t: t.ours))
    return made


def edited(session: Session, snapshot: Snapshot, index: int, text: str) -> Snapshot:
    """The notebook with one cell changed, and all that is done about it at once."""
    cell = snapshot.notebook.cells[index]
    source = CellSource(cell.id, text, cell.kind, declared=cell.declared, metadata=cell.metadata)
    after = session.update(replace_cell(snapshot.notebook, make_cell(source, snapshot.notebook)))
    after.analysis.settle()
    after.analysis.facts(index)
    return after


def _described(query: str) -> float:
    shadow = duckdb_shadow._shadow()
    assert shadow is not None
    began = clock()
    with contextlib.suppress(shadow.errors):  # what is wrong with a query takes as long to find
        shadow.connection.execute(f"DESCRIBE {query}").fetchall()
    return (clock() - began) * 1000


def parsed(bench: str) -> list[float]:
    """Milliseconds that sqlglot takes to parse each query."""
    made = []
    for query in queries(SHARED / "sql-queries", bench):
        began = clock()
        sqlglot.parse_one(query, dialect="duckdb")
        made.append((clock() - began) * 1000)
    return made


def _once(text: str, cursor: int, tables: ViewCatalogue) -> float:
    before = clock()
    at = place(text, cursor, DUCKDB)
    if at is not None:
        complete(at, tables)
    return (clock() - before) * 1000


def _row(bench: str, what: str, times: Sequence[float]) -> None:
    ordered = sorted(times)
    at = int(len(ordered) * 0.95)
    print(f"{bench:6} {what:22} {len(ordered):6} {statistics.median(ordered):10.2f} {ordered[at]:8.2f}")


def main() -> None:
    garbage.make_rare()  # as the server does
    print(f"{'':6} {'':22} {'points':>6} {'median ms':>10} {'p95 ms':>8}")
    for bench in ("tpch", "tpcds"):
        for mode in MODES:
            _row(bench, f"completion, {mode}", measure(bench, mode))
        _row(bench, "sqlglot parses it", parsed(bench))
        found = checks(bench)
        _row(bench, "check of the cell", [c.ours for c in found])
        _row(bench, "DuckDB alone", [c.floor for c in found])
        _row(bench, "what is added to that", [max(c.ours - c.floor, 0) for c in found])


if __name__ == "__main__":
    main()
