"""A notebook file opened for looking at: its document and one settled snapshot a notebook in it."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from polycell.compose import default_services, default_sources
from polycell.core.service import Services
from polycell.core.session import Session, Snapshot
from polycell.formats import read_file
from polycell.formats.model import Document


@dataclass(frozen=True, slots=True)
class Opened:
    """`document.problems` says what could not be read; `snapshots` has one entry for each of its notebooks."""

    path: Path
    document: Document
    snapshots: tuple[Snapshot, ...]
    services: Services


def open_notebook(path: Path) -> Opened:
    """Read a file and analyse what is in it. Raises OSError when the file cannot be read."""
    document = read_file(path)
    roots = roots_of(path)
    services = default_services()
    session = Session(services, default_sources(roots))
    snapshots = tuple(session.update(notebook) for notebook in document.notebooks)
    for snapshot in snapshots:
        snapshot.analysis.settle()
    return Opened(path, document, snapshots, services)


def roots_of(path: Path) -> tuple[Path, ...]:
    """The folders in which a notebook's data files may lie."""
    return tuple(dict.fromkeys((path.resolve().parent, Path.cwd())))


def example() -> Path:
    """The notebook that ships with the package."""
    return Path(__file__).resolve().parent.parent / "examples" / "sales.ipynb"


class _Failures(logging.Handler):
    def __init__(self, kept: list[logging.LogRecord], verbose: bool) -> None:
        super().__init__(logging.ERROR)
        self.kept = kept
        self.verbose = verbose

    def emit(self, record: logging.LogRecord) -> None:
        self.kept.append(record)
        if self.verbose:
            print(self.format(record), file=sys.stderr)


@contextmanager
def failures(verbose: bool = False) -> Iterator[list[logging.LogRecord]]:
    """Collects what the guards of the core log while the block runs, instead of showing it as tracebacks.

    Each record is a defect of Polycell: one service failed on one cell and was answered empty. `verbose` prints them
    to standard error as well.
    """
    log = logging.getLogger("polycell")
    kept: list[logging.LogRecord] = []
    handler = _Failures(kept, verbose)
    propagate = log.propagate
    log.addHandler(handler)
    log.propagate = False
    try:
        yield kept
    finally:
        log.propagate = propagate
        log.removeHandler(handler)
