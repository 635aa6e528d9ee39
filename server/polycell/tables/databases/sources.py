"""Catalogues of databases, as sources of the environment.

`DatabaseRequest` is the key for `View.read`; the answer is a `Database`, or None while it is not known, and for one
that nobody may read. A database that cannot be read is an answer too: its `problem` says why, and it is tried again.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from pathlib import Path

from polycell.core.values import replace
from polycell.tables.answers import Answers, OnReady, within
from polycell.tables.databases.catalogue import Database
from polycell.tables.databases.places import Allowed, DatabaseRequest, Place, place
from polycell.tables.databases.secrets import masked
from polycell.tables.databases.sqlite_file import read_sqlite
from polycell.tables.databases.worker import NotRead, ask

log = logging.getLogger(__name__)

FRESH = 600.0  # seconds for which the catalogue of a server is believed
FILE_FRESH = 2.0  # seconds between two looks at a file's size and time
RETRY = 15.0  # seconds until a database that could not be read is tried again
KEPT = 50  # catalogues of files, by (path, size, mtime)
NOTHING = Database("")  # nobody may read it, or it is not there


class DatabaseSources:
    """See the module's text. `on_ready(keys)` is called from a thread of ours; without it reads are done at once."""

    def __init__(
        self,
        allowed: Allowed,
        on_ready: OnReady | None = None,
        *,
        ask: Callable[[Place], Database] = ask,
        retry: float = RETRY,
    ) -> None:
        self._allowed = allowed
        self._ask = ask
        self._retry = retry
        self._lock = threading.Lock()
        self._last: dict[Place, Database] = {}
        self._files: OrderedDict[Hashable, Database] = OrderedDict()
        self._answers: Answers[DatabaseRequest, Database] = Answers(
            self._database, on_ready, workers=4 if on_ready is not None else 0, lasts=self._lasts,
            unasked=lambda found: self._retry if found.problem else None, name="polycell-databases",
        )  # fmt: skip

    def read(self, key: Hashable) -> Database | None:
        if not isinstance(key, DatabaseRequest):
            return None
        found = self._answers.get(key)
        return found if found is not NOTHING else None

    def first_reads(self) -> frozenset[Hashable]:
        """What is being read for the first time."""
        return self._answers.first_reads()

    def changed(self, paths: Iterable[str | Path]) -> None:
        """Files were made, changed or deleted; those that hold databases are looked at again."""
        if any(Path(p).suffix.lower() in (".db", ".sqlite", ".sqlite3", ".duckdb", ".ddb", ".ini") for p in paths):
            self._answers.again(self._answers.known())

    def refresh(self) -> None:
        """Read everything again that was asked about, now."""
        with self._lock:
            self._files.clear()
        self._answers.again(self._answers.known())

    def close(self) -> None:
        self._answers.close()

    def _lasts(self, found: Database) -> float:
        if found.problem:
            return self._retry
        return FRESH if found.dialect not in ("sqlite", "duckdb", "") else FILE_FRESH

    def _database(self, key: DatabaseRequest) -> Database:
        try:
            meant = place(key, self._allowed)
        except LookupError as missing:  # the environment, a section
            return self._failed(None, key.source.strip("[]"), str(missing.args[0] if missing.args else missing))
        except (ValueError, OSError) as wrong:
            return self._failed(None, key.source, f"its name is not understood ({masked(str(wrong))})")
        if meant is None:
            return NOTHING
        try:
            found = self._file(meant) if meant.kind != "server" else self._ask(meant)
        except Exception as problem:
            said = str(problem) if isinstance(problem, NotRead) else f"{type(problem).__name__}: {problem}"
            return self._failed(meant, meant.label, masked(said))
        with self._lock:
            before = self._last.get(meant)
            self._last[meant] = found
        if before is not None and before.problem:
            log.warning("the database %s can be read again", found.label)
        return found

    def _file(self, meant: Place) -> Database:
        path = Path(meant.target)
        stat = path.stat()
        wal = path.with_name(path.name + ("-wal" if meant.kind == "sqlite" else ".wal"))
        key = (meant, stat.st_size, stat.st_mtime_ns, wal.stat().st_mtime_ns if wal.exists() else 0)
        with self._lock:
            found = self._files.get(key)
            if found is not None:
                self._files.move_to_end(key)
                return found
        if meant.kind == "sqlite":
            try:
                found = within(5.0, lambda: read_sqlite(path, meant.label))
            except sqlite3.Error as problem:
                raise NotRead(str(problem)) from None
        else:
            found = self._ask(meant)
        with self._lock:
            self._files[key] = found
            if len(self._files) > KEPT:
                self._files.popitem(last=False)
        return found

    def _failed(self, meant: Place | None, label: str, said: str) -> Database:
        """What was known of it stays, but proves nothing any more."""
        with self._lock:
            before = self._last.get(meant) if meant is not None else None
            found = replace(before or Database(label), problem=said, complete=False)
            if meant is not None:
                self._last[meant] = found
        if before is None or before.problem != said:
            log.warning("the database %s cannot be read: %s", found.label, said)
        return found
