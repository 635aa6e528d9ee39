"""`polycell check`: go through files and print what is found.

With `--format json`, standard output is one object:

    {"version": 1, "files": int, "findings": [FINDING…], "counts": {"error": int, "warning": int, "information": int,
     "hint": int}}
    FINDING {"path": str, "code": str, "severity": str, "message": str, "cell": int | null,
             "line": int | null, "column": int | null, "end_line": int | null, "end_column": int | null,
             "document_line": int | null, "document_column": int | null,
             "file_line": int | null, "file_column": int | null}

Cells count from 1 over all cells, markdown included; lines and columns from 1, columns in code points. With a cell,
lines and columns are the cell's, else the document's (null for what has no place, such as a missing file).
`document_line` and `document_column` are where the finding is in a notebook that people edit as text (a percent
script); null for .ipynb. `file_line` and `file_column` are where it is in the file, whose text may be JSON.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import asdict

from polycell.cli.annotations import github, sarif
from polycell.cli.baseline import Baseline
from polycell.cli.findings import Report, unreadable
from polycell.cli.jobs import Look, all_reports
from polycell.cli.loading import Databases
from polycell.cli.output import console, safe
from polycell.cli.paths import Found, Missing, expand
from polycell.rules.project import EVERYTHING, SEVERITIES, Project

if TYPE_CHECKING:
    from rich.console import Console

_STYLES = {"error": "bold red", "warning": "bold yellow", "information": "bold blue", "hint": "dim"}


class Wanted(Struct, frozen=True):
    """What is reported: at least as serious as `severity`, of the codes `select` (all when empty), none of `ignore`,
    not what `project` leaves out, nor what the `baseline` knows.

    A file that could not be checked is always reported.
    """

    severity: str = "warning"
    select: frozenset[str] = frozenset()
    ignore: frozenset[str] = frozenset()
    project: Project = EVERYTHING
    baseline: Baseline | None = None

    def takes(self, report: Report) -> bool:
        if report.is_failure:
            return True
        if self.select and report.code not in self.select:
            return False
        order = [*SEVERITIES]
        if report.code in self.ignore | self.project.ignored_in(report.path):
            return False
        return order.index(report.severity) <= order.index(self.severity)  # type: ignore[arg-type]


def check_paths(
    named: Iterable[str],
    wanted: Wanted,
    *,
    output: str = "text",
    verbose: bool = False,
    databases: Databases | None = None,
    compile_scala: bool = False,
    jobs: int | None = None,
    typed: str = "",
) -> int:
    """Check everything named; 0: nothing found, 1: something found, 2: something could not be checked. Scala that
    cannot be compiled here changes nothing of that. `typed` is the file that standard input, `-`, stands for."""
    files = known = 0
    kept: list[Report] = []
    out = console()
    look = Look(verbose, wanted.select, wanted.project.known, databases, compile_scala)
    meant = [f for f in _meant(named, typed) if isinstance(f, Missing) or not wanted.project.excludes(f.path)]
    told = all_reports([found for found in meant if isinstance(found, Found)], look, jobs)
    for found in meant:
        if isinstance(found, Found):
            files += 1
            new = [r for r in next(told) if wanted.takes(r)]
            if wanted.baseline is not None:
                known += len(new)
                new = [r for r in new if not wanted.baseline.knows(r)]
                known -= len(new)
        else:
            new = [unreadable(found.path, found.message)]
        kept += new
        for report in new:
            if output == "text":
                _print(out, report)
            elif output == "github":
                print(safe(github(report)))
    told.close()
    if output == "json":
        print(_json(files, kept))
    elif output == "sarif":
        print(sarif(kept))
    else:
        out.print(_summary(files, kept, known), soft_wrap=True)
    if any(r.is_failure for r in kept):
        return 2
    return 1 if kept else 0


def _meant(named: Iterable[str], typed: str) -> Iterator[Found | Missing]:
    from polycell.formats import decode, is_notebook

    patterns = list(named)
    if "-" in patterns:
        yield Found(Path(typed), named=True, text=decode(sys.stdin.buffer.read()))
    yield from expand((pattern for pattern in patterns if pattern != "-"), is_notebook)


def _print(out: Console, report: Report) -> None:
    from rich.text import Text

    line = Text(safe(report.place), style="bold")
    line.append(" ")
    line.append(report.severity, style=_STYLES[report.severity])
    line.append(f" {report.code} ", style="not bold dim")
    line.append(safe(report.message.replace("\n", " ")), style="not bold")
    out.print(line, soft_wrap=True)


def _summary(files: int, kept: Sequence[Report], known: int) -> str:
    looked = f"{files} notebook{'' if files == 1 else 's'} checked"
    if known:
        looked += f" ({known} known from the baseline)"
    counts = Counter(r.severity for r in kept)
    if not kept:
        return f"{looked}, nothing found"
    said = ", ".join(
        f"{counts[s]} {s}{'' if counts[s] == 1 or s == 'information' else 's'}" for s in SEVERITIES if counts[s]
    )
    return f"{looked}: {said}"


def _json(files: int, kept: Sequence[Report]) -> str:
    counts = Counter(r.severity for r in kept)
    return json.dumps(
        {
            "version": 1,
            "files": files,
            "findings": [asdict(r) for r in kept],
            "counts": {s: counts[s] for s in SEVERITIES},
        },
        indent=2,
    )
