"""What code alone says of tables, against what real notebooks saved when they ran.

python -m tests.bench.saved_tables FOLDER [PROCESSES]

For each Python cell below which a table (or the columns or types of one) is saved, what the cell's last expression is
derived to be without the outputs. Prints each closed table whose columns differ, each unknown column that was called
so in a cell that ran without an error, and what share of the shown tables is closed. Notebooks may have been run in
another order, or edited since: each line is to be read.
"""

from __future__ import annotations

import ast
import json
import re
import signal
import sys
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from multiprocessing import Pool
from pathlib import Path
from typing import Any

from polycell.cli.loading import roots_of
from polycell.compose import default_services, default_sources
from polycell.core.environment import Sources
from polycell.core.session import Session
from polycell.core.types import Table, Type
from polycell.formats import read_file
from polycell.languages.python.columns.unknown import unknown_columns
from polycell.languages.python.flow.exports import run
from polycell.languages.python.flow.uses import Uses
from polycell.tables.files import FileRequest
from polycell.tables.outputs import table_of

PATIENCE = 60  # seconds for a notebook
FEWEST = 4  # columns of a table that pandas shows in part
_INDEX = re.compile(r"\s*(?:[A-Za-z.]*Index)\((\[.*?\])", re.DOTALL)
_ASKED = frozenset({"info", "dtypes", "columns", "schema", "printSchema", "show", "glimpse", "display", "print"})


class CodeAlone:
    """Data files, but no saved outputs."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    def read(self, key: Hashable) -> Any:
        saved = isinstance(key, FileRequest) and key.reader == "notebook.output"
        return None if saved else self._sources.read(key)


@dataclass
class Report:
    counts: Counter[str] = field(default_factory=Counter)
    lines: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def saved_columns(cell: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The columns that a cell's outputs show last; None where they show none, or not all."""
    outputs = [o for o in cell.get("outputs", ()) if isinstance(o, dict)]
    table = table_of(outputs)
    if table is not None and table.columns:
        return tuple(c.name for c in table.columns)
    for output in outputs:
        data = output.get("data", {}) if output.get("output_type") == "execute_result" else {}
        text = data.get("text/plain", "") if isinstance(data, dict) else ""
        found = _INDEX.match("".join(text) if isinstance(text, list) else str(text))
        if found is not None and "..." not in found[1]:
            try:
                names = ast.literal_eval(found[1])
            except (ValueError, SyntaxError):
                continue
            if all(isinstance(n, str) for n in names):
                return tuple(names)
    return None


def shown(node: ast.expr) -> ast.expr:
    """The frame of which a last expression shows the columns."""
    while True:
        match node:
            case ast.Call(func=ast.Name(id="display" | "print"), args=[*_, inner]):
                node = inner
            case ast.Call(func=ast.Attribute(value=inner, attr=name)) | ast.Attribute(value=inner, attr=name):
                if name not in _ASKED:
                    return node
                node = inner
            case _:
                return node


def compared(path: Path) -> Report:
    report = Report()
    signal.alarm(PATIENCE)
    try:
        _compare(path, report)
    except Exception as problem:  # whatever a foreign notebook brings about is one line of the report
        report.counts[f"not read: {type(problem).__name__}"] += 1
    finally:
        signal.alarm(0)
    return report


def _late(*_: object) -> None:
    raise TimeoutError


def _compare(path: Path, report: Report) -> None:
    raw = json.loads(path.read_text(encoding="utf-8"))
    cells = raw["cells"] if "cells" in raw else [c for sheet in raw.get("worksheets", ()) for c in sheet["cells"]]
    if not any(c.get("outputs") for c in cells):
        return
    (notebook,) = read_file(path).notebooks
    if len(notebook.cells) != len(cells):
        return
    analysis = Session(default_services(), CodeAlone(default_sources(roots_of(path)))).update(notebook).analysis
    analysis.settle()
    for at, cell in enumerate(cells):
        if notebook.cells[at].language != "python" or not cell.get("outputs"):
            continue
        context, uses = analysis.context(at), Uses()
        made = run(context, uses=uses)
        where = f"{path} [{at}]"
        if not any(o.get("output_type") == "error" for o in cell["outputs"]):
            for finding in unknown_columns(context, made, uses):
                report.unknown.append(f"{where} {finding.message}")
        saved = saved_columns(cell)
        body = made.source.tree.body if made.source.tree is not None else ()
        if saved is None or not body or not isinstance(body[-1], ast.Expr):
            continue
        derived: Type | None = made.last
        if (inner := shown(body[-1].value)) is not body[-1].value:
            derived = made.evaluate(inner)
        _judge(derived, saved, f"{where} {made.text_of(body[-1])}", report)


def _judge(derived: Type | None, saved: tuple[str, ...], where: str, report: Report) -> None:
    if not isinstance(derived, Table):
        report.counts["not a table"] += 1
    elif derived.open:
        report.counts["open"] += 1
        missing = [c.name for c in derived.columns if c.name not in saved and not c.maybe]
        if missing and not derived.labelled:
            report.lines.append(f"{where}\n    open, but not there: {missing[:8]}\n    saved  {list(saved)[:20]}")
    else:
        names, sure = [c.name for c in derived.columns], {c.name for c in derived.columns if not c.maybe}
        index, told = [c.name for c in derived.index if c.name], [n for n in saved if n]
        there = [n for n in names if n and (n in sure or n in told)]
        if told in (there, index + there) and sure - {""} <= set(told):
            report.counts["agreed"] += 1
        elif set(told) in (set(there), {*index, *there}):
            report.counts["agreed but for the order"] += 1  # Python before 3.7 sorted the keys of dictionaries
        elif len(told) >= FEWEST and told[: len(told) // 2] == there[: len(told) // 2] and set(told) < set(there):
            report.counts["agreed as far as shown"] += 1  # pandas leaves out the middle
        else:
            report.counts["closed, and different"] += 1
            report.lines.append(f"{where}\n    closed {names[:20]} index {index}\n    saved  {list(saved)[:20]}")


def reports(folder: Path, processes: int) -> Iterator[Report]:
    paths = sorted(folder.rglob("*.ipynb"))
    with Pool(processes, initializer=signal.signal, initargs=(signal.SIGALRM, _late)) as pool:
        yield from pool.imap_unordered(compared, paths, chunksize=4)


def main(folder: str, processes: str = "1") -> None:
    counts: Counter[str] = Counter()
    for report in reports(Path(folder), int(processes)):
        counts += report.counts
        for line in (*report.lines, *report.unknown):
            print(line, flush=True)
    print(dict(counts))


if __name__ == "__main__":
    main(*sys.argv[1:])
