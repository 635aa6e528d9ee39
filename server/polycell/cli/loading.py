"""A notebook file opened for looking at: its document and one settled snapshot a notebook in it."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field

from polycell.compose import default_services, default_sources
from polycell.core.service import Services
from polycell.core.session import Session, Snapshot
from polycell.formats import read_document, read_file, read_text
from polycell.formats.model import Document
from polycell.tables.data_files import real_path

if TYPE_CHECKING:
    from polycell.cli.compiling import Compiling
    from polycell.tables.databases.catalogue import Database
    from polycell.tables.databases.places import Place
    from polycell.tables.databases.worker import NotRead


class Opened(Struct, frozen=True):
    """`document.problems` says what could not be read; `snapshots` has one entry for each of its notebooks. `given` is
    what was looked at instead of the file."""

    path: Path
    document: Document
    snapshots: tuple[Snapshot, ...]
    services: Services
    given: str | None = None

    @property
    def text(self) -> str:
        """As the formats count it. Raises OSError when the file cannot be read any more."""
        return read_text(self.path) if self.given is None else self.given


class Databases(Struct):
    """The servers that may be read: `named` URLs, and with `connections` those that notebooks name. Each is read once,
    however many notebooks use it."""

    named: Mapping[str, str] = field(default_factory=dict)
    connections: bool = False
    _read: dict[Place, Database | NotRead] = field(default_factory=dict)

    def ask(self, place: Place) -> Database:
        """Raises NotRead."""
        from polycell.tables.databases.worker import NotRead, ask

        if place not in self._read:
            try:
                self._read[place] = ask(place)
            except NotRead as problem:
                self._read[place] = problem
        found = self._read[place]
        if isinstance(found, NotRead):
            raise found
        return found


def open_notebook(
    path: Path,
    databases: Databases | None = None,
    compiling: Compiling | None = None,
    known: Sequence[str] = (),
    text: str | None = None,
) -> Opened:
    """Read a file, or `text` as if it were the file's, and analyse what is in it; `known` are names that every Python
    cell has. Raises OSError when the file cannot be read."""
    document = read_file(path) if text is None else read_document(text, path.absolute().as_uri(), str(path))
    compilers = compiling.compilers(document.notebooks) if compiling is not None else None
    services = default_services(compilers=compilers, known=known)
    allowed = databases or Databases()
    sources = default_sources(
        roots_of(path),
        databases=allowed.named,
        connections=allowed.connections,
        ask=allowed.ask,
        compilers=compilers,
        services=services,
    )
    session = Session(services, sources)
    snapshots = tuple(session.update(notebook) for notebook in document.notebooks)
    if compiling is not None and compilers is not None:
        snapshots = compiling.settle(session, document.notebooks)
    for snapshot in snapshots:
        snapshot.analysis.settle()
    return Opened(path, document, snapshots, services, text)


def roots_of(path: Path) -> tuple[Path, ...]:
    """The folders in which a notebook's data files may lie."""
    return tuple(dict.fromkeys((real_path(path).parent, Path.cwd())))


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
