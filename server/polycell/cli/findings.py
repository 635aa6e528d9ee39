"""What `polycell check` finds in one file, as plain reports whose lines and columns count from 1."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from logging import LogRecord
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from polycell.cli.loading import Databases, Opened, failures, open_notebook
from polycell.core import features
from polycell.core.facts import Severity
from polycell.core.results import Finding
from polycell.core.text import LineIndex, Span
from polycell.formats.ipynb import metadata_span
from polycell.rules.project import FAILURES

if TYPE_CHECKING:
    from polycell.cli.compiling import Compiling

log = logging.getLogger(__name__)

UNREADABLE = "unreadable-notebook"
INTERNAL = "internal-error"


class Report(Struct, frozen=True):
    """One finding. With `cell`, line and column are the cell's; without, the document's; None when no place is known.

    `document_line` and `document_column` are given where the notebook is a text that people edit as such, `file_line`
    and `file_column` wherever the place is known in the file's text, be it the JSON of an .ipynb.
    """

    path: str
    code: str
    severity: Severity
    message: str
    cell: int | None = None
    line: int | None = None
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None
    document_line: int | None = None
    document_column: int | None = None
    file_line: int | None = None
    file_column: int | None = None

    @property
    def place(self) -> str:
        """`file.ipynb:cell 7:3:5`, or `file.py:12:5` where an editor can jump to a line of the file."""
        if self.document_line is not None:
            return f"{self.path}:{self.document_line}:{self.document_column}"
        if self.cell is not None:
            return f"{self.path}:cell {self.cell}:{self.line}:{self.column}"
        return f"{self.path}:{self.line}:{self.column}" if self.line is not None else f"{self.path}:"

    @property
    def is_failure(self) -> bool:
        """True when the file, or a part of it, could not be checked at all."""
        return self.code in FAILURES


def reports(
    path: Path,
    shown: str = "",
    *,
    verbose: bool = False,
    asked: frozenset[str] = frozenset(),
    databases: Databases | None = None,
    compiling: Compiling | None = None,
    known: Sequence[str] = (),
    text: str | None = None,
) -> list[Report]:
    """Everything found in a file, in order of its text. Never raises: what goes wrong is a report too.

    `asked` are codes that somebody wants to see, also those that are only told when asked for. With `verbose`,
    tracebacks of our own failures go to standard error as well. `known` are names that every Python cell has; `text` is
    read instead of the file.
    """
    shown = shown or str(path)
    found: list[Report] = []
    with failures(verbose) as failed:
        try:
            opened = open_notebook(path, databases, compiling, known, text)
            found = [*_document_reports(opened, shown), *_cell_reports(opened, shown, asked)]
        except OSError as problem:
            return [unreadable(shown, problem.strerror or str(problem))]
        except MemoryError:
            return [unreadable(shown, "the file is too large for this machine's memory")]
        except Exception:
            log.exception("checking %s failed", path)
    found += [_internal(shown, _said(record)) for record in _once(failed)]
    return found


def unreadable(path: str, message: str) -> Report:
    return Report(path, UNREADABLE, "error", message)


def _internal(path: str, what: str) -> Report:
    message = f"Polycell failed on this file, please report it: {what} (`--verbose` shows where)"
    return Report(path, INTERNAL, "error", message)


def _document_reports(opened: Opened, shown: str) -> Iterator[Report]:
    lines: LineIndex | None = None
    for problem in opened.document.problems:
        if problem.span == Span(0, 0):
            yield unreadable(shown, problem.message)
            continue
        lines = lines or LineIndex(opened.text)
        (line, column), (end_line, end_column) = _positions(lines, problem.span)
        yield Report(
            shown, UNREADABLE, "error", problem.message, None, line, column, end_line, end_column,
            file_line=line, file_column=column,
        )  # fmt: skip


def _cell_reports(opened: Opened, shown: str, asked: frozenset[str]) -> Iterator[Report]:
    document: LineIndex | None = None
    first = 0
    for snapshot in opened.snapshots:
        for index, cell in enumerate(snapshot.notebook.cells):
            found: Sequence[Finding] = [
                f for f in features.findings(snapshot, index) if not f.opt_in or f.code in asked
            ]
            if not found:
                continue
            document = document or LineIndex(opened.text)
            lines = LineIndex(cell.text)
            for finding in found:
                yield _report(opened, shown, first + index + 1, cell.id, finding, lines, document)
        first += len(snapshot.notebook.cells)


def _report(
    opened: Opened, shown: str, number: int, cell: str, finding: Finding, lines: LineIndex, document: LineIndex
) -> Report:
    (line, column), (end_line, end_column) = _positions(lines, finding.span)
    as_text = opened.path.suffix.lower() != ".ipynb"
    at = opened.document.map.to_document(cell, finding.span.start)
    if finding.path and not as_text:
        written = metadata_span(document.text, finding.path)
        at = written.start if written else None
    in_file = document.position(at) if at is not None else None
    place = in_file if as_text or finding.path else None
    return Report(
        shown,
        finding.code,
        finding.severity,
        finding.message,
        number,
        line,
        column,
        end_line,
        end_column,
        place.line + 1 if place else None,
        place.column + 1 if place else None,
        in_file.line + 1 if in_file else None,
        in_file.column + 1 if in_file else None,
    )


def _positions(lines: LineIndex, span: Span) -> tuple[tuple[int, int], tuple[int, int]]:
    start, end = lines.position(span.start), lines.position(span.end)
    return (start.line + 1, start.column + 1), (end.line + 1, end.column + 1)


def _once(records: Sequence[LogRecord]) -> Iterator[LogRecord]:
    """One record for each different failure: a defect in a service shows in many cells."""
    seen: set[str] = set()
    for record in records:
        said = _said(record)
        if said not in seen:
            seen.add(said)
            yield record


def _said(record: LogRecord) -> str:
    problem = record.exc_info[1] if record.exc_info else None
    return f"{type(problem).__name__}: {problem}" if problem is not None else record.getMessage()
