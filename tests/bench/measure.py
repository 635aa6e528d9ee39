"""The measurements behind the table of budgets. Times are CPU milliseconds of this thread, memory is in MB."""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from polycell.compose import default_services
from polycell.core import features
from polycell.core.notebook import Cell, Notebook, replace_cell
from polycell.core.results import Completions
from polycell.core.session import Session, Snapshot
from polycell.core.values import replace
from polycell.formats.cells import make_cell
from polycell.formats.model import CellSource
from polycell.lsp import garbage
from polycell.tables.files import FileRequest, FileSources
from tests.bench import generate
from tests.shared import SHARED

# In-process work is timed in CPU seconds of this thread, so that a busy machine does not change the figures.
clock = time.thread_time

SLICE = 0.010  # seconds that the server gives to settling before it looks at its messages again


@dataclass(frozen=True)
class Spread:
    p50: float
    p95: float

    def __str__(self) -> str:
        return f"{self.p50:.1f} / {self.p95:.1f}"


@dataclass
class Sized:
    """What was measured at one size of notebook. `recomputed` is the most that one edit in a body made us compute."""

    cells: int
    opened: float
    longest_slice: float
    complete_column: Spread
    complete_name: Spread
    complete_sql: Spread
    edit: Spread
    recomputed: Counter[str]


def spread(times: Sequence[float]) -> Spread:
    """The median, and the least time that at least 95 of 100 do not exceed: of twenty not the longest, but the one
    before it."""
    ordered = sorted(times)
    enough = -(-len(ordered) * 95 // 100)  # rounded up, without a float that may lie just above
    return Spread(statistics.median(ordered), ordered[enough - 1])


def warm() -> None:
    """Pay for the late imports before anything is timed, and look for garbage as seldom as the server does."""
    garbage.make_rare()
    sized(12, repeats=3)
    garbage.keep_what_is_loaded()


def sized(cells: int, repeats: int = 40, seed: int = 2) -> Sized:
    """Measure a notebook of `cells` cells in this process."""
    chance = random.Random(seed)
    counted: Counter[str] = Counter()
    notebook = generate.notebook(cells)
    session = Session(default_services(), listener=lambda what, cell: counted.update([what]))
    opened, longest, snapshot = _open(session, notebook)
    edits, most = [], Counter[str]()
    for index in range(cells):
        features.findings(snapshot, index)
    for repeat in range(repeats):
        cell = chance.choice([c for c in snapshot.notebook.cells if c.text.startswith(("def ", "%%sql"))])
        if cell.text.startswith("def "):
            text = cell.text.replace("    return", f"    step_{repeat} = {repeat}\n    return", 1)
        else:
            text = cell.text.replace("> 1", f"> {repeat + 2}", 1)
        counted.clear()
        began = clock()
        snapshot = session.update(replace_cell(snapshot.notebook, with_text(cell, text, snapshot.notebook)))
        index = snapshot.notebook.index(cell.id)
        assert index is not None
        features.findings(snapshot, index)
        edits.append((clock() - began) * 1000)
        most |= counted
    return Sized(
        cells,
        opened,
        longest,
        _completions(session, snapshot, chance, repeats, _typing_column),
        _completions(session, snapshot, chance, repeats, _typing_name),
        _completions(session, snapshot, chance, repeats, _typing_sql),
        spread(edits),
        most,
    )


def file_schema(repeats: int = 200) -> tuple[float, Spread]:
    """(first read of a CSV file of 2,000 columns, asking for it again when it must be looked at again)."""
    with tempfile.TemporaryDirectory() as name:
        names = [f"a rather long name of a column {n}" for n in range(2000)]
        path = Path(name, "wide.csv")
        path.write_text("\n".join([",".join(names), ",".join("1.5" for _ in names)]), encoding="utf-8")
        request = FileRequest(path.name)
        FileSources([name]).read(request)
        sources, began = FileSources([name]), time.process_time()
        sources.read(request)
        first, times = (time.process_time() - began) * 1000, []
        for _ in range(repeats):
            sources.changed([path])
            began = clock()
            sources.read(request)
            times.append((clock() - began) * 1000)
    return first, spread(times)


def with_text(cell: Cell, text: str, notebook: Notebook) -> Cell:
    """The cell after an edit, made as a client's change makes it."""
    return make_cell(CellSource(cell.id, text, cell.kind, declared=cell.declared, metadata=cell.metadata), notebook)


def _open(session: Session, notebook: Notebook) -> tuple[float, float, Snapshot]:
    """(time to all facts and exports, longest slice, snapshot)."""
    began = clock()
    snapshot = session.update(notebook)
    longest = 0.0
    done = False
    while not done:
        at = clock()
        done = snapshot.analysis.settle(deadline=time.monotonic() + SLICE)
        longest = max(longest, clock() - at)
    for index in range(len(notebook.cells)):
        snapshot.analysis.facts(index)
    return (clock() - began) * 1000, longest * 1000, snapshot


Run = Callable[[Snapshot, Session, str, int], Completions]
Typing = Callable[[Snapshot, random.Random], tuple[Cell, str, int, str]]


@contextmanager
def _loop() -> Iterator[Run]:
    loop = asyncio.new_event_loop()
    try:
        yield lambda snapshot, session, cell, offset: loop.run_until_complete(
            features.complete(snapshot, session.services, cell, offset)
        )
    finally:
        loop.close()


def _completions(session: Session, snapshot: Snapshot, chance: random.Random, repeats: int, typing: Typing) -> Spread:
    """A keystroke and the completion after it: the edit is part of the time, as it is for the user."""
    times = []
    with _loop() as run:
        for _ in range(repeats):
            cell, text, offset, wanted = typing(snapshot, chance)
            edited = with_text(cell, text, snapshot.notebook)
            began = clock()
            after = session.update(replace_cell(snapshot.notebook, edited))
            found = run(after, session, cell.id, offset)
            times.append((clock() - began) * 1000)
            offered = {item.label for item in found.items}
            assert wanted in offered, f"{wanted!r} is not offered at {text[:offset][-40:]!r}: {sorted(offered)[:10]}"
            session.update(snapshot.notebook)
    return spread(times)


def _story(snapshot: Snapshot, chance: random.Random, part: int) -> tuple[int, Cell]:
    cells = [c for c in snapshot.notebook.cells if c.id.endswith(f"-{part}")]
    cell = chance.choice(cells)
    return int(cell.id[1:].partition("-")[0]), cell


def _typing_column(snapshot: Snapshot, chance: random.Random) -> tuple[Cell, str, int, str]:
    number, cell = _story(snapshot, chance, 3)
    text = f'{cell.text}\nsums_{number}["'
    return cell, text, len(text), f"sum_{number}"


def _typing_name(snapshot: Snapshot, chance: random.Random) -> tuple[Cell, str, int, str]:
    number, cell = _story(snapshot, chance, 3)
    text = f"{cell.text}\nsu"
    return cell, text, len(text), f"sums_{number}"


def _typing_sql(snapshot: Snapshot, chance: random.Random) -> tuple[Cell, str, int, str]:
    number, cell = _story(snapshot, chance, 2)
    text = cell.text.replace("WHERE f.", "WHERE f. AND f.", 1)
    return cell, text, text.index("WHERE f.") + len("WHERE f."), f"total_{number}"


def memory(cells: int) -> float:
    """Resident memory of a fresh process that holds a notebook of `cells` cells with everything computed."""
    program = f"from tests.bench import measure\nprint('MB', measure.resident_after({cells}))"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return float(run.stdout.rpartition("MB ")[2])


def resident_after(cells: int) -> float:
    session = Session(default_services())
    snapshot = session.update(generate.notebook(cells))
    for index in range(cells):
        features.findings(snapshot, index)
    return resident("self")


def resident(pid: int | str) -> float:
    """Resident memory of a process, nothing for one that has ended; nan where the system does not say."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0 if Path("/proc/self/status").exists() else float("nan")
    lines = [s for s in status.splitlines() if s.startswith("VmRSS:")]
    return sum(int(line.split()[1]) for line in lines) / 1024


def scanner() -> Spread | None:
    """Completion in the TPC-H and TPC-DS queries, at places chosen by a fixed seed; None without the shared data."""
    if not (SHARED / "sql-queries").is_dir():
        return None
    chance = random.Random(3)
    times = []
    with _loop() as run:
        for name in ("tpch", "tpcds"):
            queries, tables = _queries(name)
            session = Session(default_services())
            frames = CellSource("frames", "import pandas as pd\n" + "\n".join(tables))
            empty = Notebook(uri=f"bench:{name}")
            cells = [frames, *(CellSource(f"q{i}", q, declared="sql") for i, q in enumerate(queries))]
            snapshot = session.update(replace(empty, cells=tuple(make_cell(c, empty) for c in cells)))
            snapshot.analysis.settle()
            for i, query in enumerate(queries):
                run(snapshot, session, f"q{i}", 0)
                for _ in range(5):
                    offset = chance.randrange(len(query))
                    began = clock()
                    run(snapshot, session, f"q{i}", offset)
                    times.append((clock() - began) * 1000)
    return spread(times)


def _queries(name: str) -> tuple[list[str], list[str]]:
    """The queries of a benchmark, and one statement a table that makes it a frame."""
    schema = json.loads((SHARED / "sql-queries" / f"{name}.schema.json").read_text(encoding="utf-8"))
    text = (SHARED / "sql-queries" / f"{name}.sql").read_text(encoding="utf-8")
    queries = [q.strip() for q in text.split(";") if "select" in q.lower()]
    tables = []
    for table, columns in schema.items():
        literal = ", ".join(f'"{column}": [1]' for column in columns)
        tables.append(f"{table} = pd.DataFrame({{{literal}}})")
    return queries, tables
