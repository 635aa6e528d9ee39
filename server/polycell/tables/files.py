"""Schemas of data files, as sources of the environment.

`FileRequest` is the key for `View.read`; the answer is a `Table`, open where nothing is known, or None while the file
has not been looked at. Why nothing is known is said in the log, once a file.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from polycell.core.types import Table
from polycell.tables.answers import Answers, OnReady, within
from polycell.tables.data_files import (
    POINTER_SIZE,
    DataFiles,
    Stamp,
    UnreadableError,
    find,
    is_pointer,
    real_path,
)

if TYPE_CHECKING:
    from polycell.tables.readers.registry import Options, Reader

log = logging.getLogger(__name__)

KEPT = 200  # schemas kept, by (files with size and mtime, reader, options)
FRESH = 2.0  # seconds between two looks at a file's size and time
LONGEST = 3.0  # seconds for one read
UNATTENDED = 5  # times as long where nobody waits at an editor
SLOW = 1.0  # seconds after which a read is worth a line in the log
MAX_ARCHIVE = 50 * 1024 * 1024  # bytes of a compressed file that is looked into
MAX_COLUMNS = 2000
MAX_SAID = 1000  # files of which the log has said why they are not read
NOTHING = Table(open=True)
_COMPRESSED = frozenset({".gz", ".bz2", ".xz", ".zip", ".zst"})

OptionValue = Any  # a hashable: Value, or nested tuples ("list", …) and ("dict", …) as `freeze` makes them


def freeze(value: Any) -> Hashable:
    """A hashable form of an option's value; `thaw` is its inverse. Raises TypeError for what is no plain data.
    `False` and 0, equal to Python, mean different things to readers: `index_col=False`."""
    if isinstance(value, (bool, float)):
        return (type(value).__name__, value)
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, (list, tuple)):
        return ("list", *map(freeze, value))
    if isinstance(value, dict):
        return ("dict", *((freeze(k), freeze(v)) for k, v in value.items()))
    raise TypeError(f"not plain data: {value!r}")


def thaw(value: Any) -> Any:
    if isinstance(value, tuple) and value:
        kind, *items = value
        if kind in ("bool", "float"):
            return items[0]
        return [thaw(i) for i in items] if kind == "list" else {thaw(k): thaw(v) for k, v in items}
    return value


class FileRequest(Struct, frozen=True):
    """`path` as written in the code, `folder` the notebook's own (or empty), `reader` a key of `registry.READERS`,
    `options` (name, frozen value) pairs of the call, sorted; `more` the other paths of a list."""

    path: str
    folder: str = ""
    reader: str = "pandas.csv"
    options: tuple[tuple[str, OptionValue], ...] = ()
    more: tuple[str, ...] = ()

    @staticmethod
    def of(path: str | Sequence[str], folder: str, reader: str, options: dict[str, Any]) -> FileRequest:
        """Raises TypeError when an option's value is no plain data, ValueError for an empty list of paths."""
        first, *more = [path] if isinstance(path, str) else path
        return FileRequest(
            first, folder, reader, tuple(sorted((name, freeze(v)) for name, v in options.items())), tuple(more)
        )


def files_of(request: FileRequest, roots: Sequence[Path], *, anywhere: bool = False) -> DataFiles:
    """The files meant. Raises UnreadableError where nothing may be read."""
    found = [find(path, request.folder, roots, anywhere=anywhere) for path in (request.path, *request.more)]
    if len(found) == 1:
        return found[0]
    files = tuple(file for one in found for file in one.files)
    if any(one.kind == "folder" for one in found):
        raise UnreadableError("a list of folders")
    return DataFiles(found[0].base.parent, files, request.path, "list", any(one.many for one in found))


def resolve(request: FileRequest, roots: Sequence[Path], *, anywhere: bool = False) -> Path | None:
    """The one file or folder meant; None when it is not there, may not be read, or is a network address."""
    try:
        found = files_of(request, roots, anywhere=anywhere)
    except UnreadableError:
        return None
    return found.base if found.kind in ("file", "folder") else None


class FileSources:
    """See the module's text. `on_ready(keys)` is called from a thread of ours when answers came or changed; without
    it everything is read at once, in the caller's thread: for the command line and for tests."""

    def __init__(
        self, roots: Iterable[str | Path] = (), on_ready: OnReady | None = None, *, anywhere: bool = False
    ) -> None:
        self._roots = tuple(Path(r) for r in roots)
        self._anywhere = anywhere
        self._patience = 1 if on_ready is not None else UNATTENDED
        self._lock = threading.Lock()
        self._cache: OrderedDict[Hashable, Table] = OrderedDict()
        self._said: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._answers: Answers[FileRequest, Table] = Answers(
            self._schema, on_ready, workers=2 if on_ready is not None else 0, lasts=lambda table: FRESH,
            name="polycell-files",
        )  # fmt: skip

    def read(self, key: Hashable) -> Table | None:
        return self._answers.get(key) if isinstance(key, FileRequest) else None

    def first_reads(self) -> frozenset[Hashable]:
        """What is being read for the first time."""
        return self._answers.first_reads()

    def changed(self, paths: Iterable[str | Path]) -> None:
        """Files were made, changed or deleted: what was asked about them is read again."""
        touched = {real_path(Path(p)) for p in paths}
        around = touched.union(*(p.parents for p in touched))
        self._answers.again(key for key in self._answers.known() if self._concerns(key, touched, around))

    def close(self) -> None:
        self._answers.close()

    def _concerns(self, key: FileRequest, touched: set[Path], around: set[Path]) -> bool:
        """Whether what a request means is, holds or lies in one of the paths; yes while it means nothing."""
        try:
            found = files_of(key, self._roots, anywhere=self._anywhere)
        except UnreadableError:
            return True
        return found.base in around or any(file in touched or touched & set(file.parents) for file in found.files)

    def _schema(self, key: FileRequest) -> Table:
        from polycell.tables.readers.registry import READERS

        reader = READERS.get(key.reader)
        if reader is None:
            return NOTHING
        try:
            found = files_of(key, self._roots, anywhere=self._anywhere)
            stamp = found.stamp()
        except (UnreadableError, OSError) as reason:
            self._say(key.path, reason)
            return NOTHING
        cached = (stamp, key.reader, key.options, key.path, key.more)
        with self._lock:
            if cached in self._cache:
                self._cache.move_to_end(cached)
                return self._cache[cached]

        def late(table: Table) -> None:
            """A library was imported for the first time, say, or the disk woke up."""
            with self._lock:
                self._cache[cached] = table
            self._answers.again((key,))

        try:
            options = {name: thaw(value) for name, value in key.options}
            table = _read(found, stamp, reader, options, LONGEST * self._patience, late)
        except TimeoutError as problem:
            self._say(str(found.base), problem)
            with self._lock:
                return self._cache.setdefault(cached, NOTHING)
        except Exception as problem:  # whatever a hostile file makes a reader raise, the schema is just not known
            self._say(str(found.base), problem)
            table = NOTHING
            if isinstance(problem, OSError):
                return table  # permission may be given without any change to the file
        with self._lock:
            self._cache[cached] = table
            if len(self._cache) > KEPT:
                self._cache.popitem(last=False)
        return table

    def _say(self, name: str, problem: Exception) -> None:
        """Why a file's columns are not known: said once."""
        reason = str(problem) if isinstance(problem, UnreadableError) else f"{type(problem).__name__}: {problem}"
        with self._lock:
            if (name, reason) in self._said:
                return
            self._said[name, reason] = None
            if len(self._said) > MAX_SAID:
                self._said.popitem(last=False)
        log.info("%s: no columns read: %s", name, reason)


def _read(
    found: DataFiles, stamp: Stamp, reader: Reader, options: Options, seconds: float, late: Callable[[Table], None]
) -> Table:
    """Within `seconds`; `late` is given what comes after that. Raises whatever a reader raises, and UnreadableError for
    what is too large."""
    if found.many:  # the first of them, or another kind of key, may be among those that were not listed
        raise UnreadableError(f"more than {len(found.files)} files")
    if any(Path(file).suffix.lower() in _COMPRESSED and size > MAX_ARCHIVE for file, size, _ in stamp):
        raise UnreadableError(f"compressed and larger than {MAX_ARCHIVE} bytes")
    for file, size, _ in stamp:
        pointer = is_pointer(_head(file)) if size <= POINTER_SIZE else ""
        if pointer:
            raise UnreadableError(pointer)
    started = time.monotonic()
    table = within(seconds, lambda: _narrow(reader(found, options)), late)
    if time.monotonic() - started > SLOW:
        log.info("%s: reading its columns took %.1f s", found.base, time.monotonic() - started)
    return table


def _narrow(table: Table) -> Table:
    if len(table.columns) > MAX_COLUMNS:
        raise UnreadableError(f"{len(table.columns)} columns, too many to keep")
    return table


def _head(file: str) -> bytes:
    with open(file, "rb") as opened:
        return opened.read(64)
