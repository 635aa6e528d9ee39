"""Schemas of data files, as sources of the environment.

`FileRequest` is the key for `View.read`; the answer is a `Table`, open where nothing is known, or None while the file
has not been looked at. Nothing is read outside the notebook's folder and the roots, and nothing from the network.
"""

from __future__ import annotations

import logging
import os
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from polycell.core.types import Table
from polycell.tables.answers import Answers, OnReady, within
from polycell.tables.readers import READERS

log = logging.getLogger(__name__)

KEPT = 200  # schemas kept, by (path, size, mtime, reader, options)
FRESH = 2.0  # seconds between two looks at a file's size and time
LONGEST = 3.0  # seconds for one read
SLOW = 1.0  # seconds after which a read is worth a line in the log
MAX_ARCHIVE = 50 * 1024 * 1024  # bytes of a compressed file that is looked into
NOTHING = Table(open=True)
_COMPRESSED = frozenset({".gz", ".bz2", ".xz", ".zip"})

OptionValue = Any  # a hashable: Value, or nested tuples ("list", …) and ("dict", …) as `freeze` makes them


_PARTITION = re.compile(r"(?:^|[/\\])[^/\\=]+=[^/\\]*[/\\]")


def partitioned(path: str) -> bool:
    """Whether a path as written has folders such as `year=2024`, which DuckDB makes columns of without being asked."""
    return _PARTITION.search(path) is not None


def freeze(value: Any) -> Hashable:
    """A hashable form of an option's value; `thaw` is its inverse. Raises TypeError for what is no plain data."""
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    if isinstance(value, (list, tuple)):
        return ("list", *map(freeze, value))
    if isinstance(value, dict):
        return ("dict", *((freeze(k), freeze(v)) for k, v in value.items()))
    raise TypeError(f"not plain data: {value!r}")


def thaw(value: Any) -> Any:
    if isinstance(value, tuple) and value:
        kind, *items = value
        return [thaw(i) for i in items] if kind == "list" else {thaw(k): thaw(v) for k, v in items}
    return value


@dataclass(frozen=True, slots=True)
class FileRequest:
    """`path` as written in the code, `folder` the notebook's own (or empty), `reader` a key of `readers.READERS`,
    `options` (name, frozen value) pairs of the call, sorted."""

    path: str
    folder: str = ""
    reader: str = "pandas.csv"
    options: tuple[tuple[str, OptionValue], ...] = ()

    @staticmethod
    def of(path: str, folder: str, reader: str, options: dict[str, Any]) -> FileRequest:
        """Raises TypeError when an option's value is no plain data."""
        return FileRequest(path, folder, reader, tuple(sorted((name, freeze(v)) for name, v in options.items())))


def resolve(request: FileRequest, roots: Sequence[Path], *, anywhere: bool = False) -> Path | None:
    """The file meant: relative to the notebook's folder, then to each root. None when it is not there, lies outside
    of them all (unless `anywhere`), or is a network address."""
    text = request.path
    if not text or "\0" in text or len(text) > 4096:
        return None
    scheme = urlsplit(text).scheme if "://" in text else ""
    if scheme == "file":
        text = unquote(urlsplit(text).path)
    elif scheme:
        return None
    path = Path(os.path.expanduser(text)) if text.startswith("~") else Path(text)
    bases = [Path(request.folder)] if request.folder else []
    bases += roots
    allowed = [_real(base) for base in bases]
    for candidate in [path] if path.is_absolute() else [base / path for base in bases]:
        real = _real(candidate)
        if not anywhere and not any(real == base or base in real.parents for base in allowed):
            continue
        try:
            if real.is_file() or real.is_dir():
                return real
        except OSError:
            continue
    return None


def _real(path: Path) -> Path:
    """Symbolic links resolved, so that a link is no way out of the workspace."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return path.absolute()


class FileSources:
    """See the module's text. `on_ready(keys)` is called from a thread of ours when answers came or changed; without
    it everything is read at once, in the caller's thread: for the command line and for tests."""

    def __init__(
        self, roots: Iterable[str | Path] = (), on_ready: OnReady | None = None, *, anywhere: bool = False
    ) -> None:
        self._roots = tuple(Path(r) for r in roots)
        self._anywhere = anywhere
        self._lock = threading.Lock()
        self._cache: OrderedDict[Hashable, Table] = OrderedDict()
        self._answers: Answers[FileRequest, Table] = Answers(
            self._schema, on_ready, workers=2 if on_ready is not None else 0, lasts=lambda table: FRESH,
            name="polycell-files",
        )  # fmt: skip

    def read(self, key: Hashable) -> Table | None:
        return self._answers.get(key) if isinstance(key, FileRequest) else None

    def changed(self, paths: Iterable[str | Path]) -> None:
        """Files were made, changed or deleted: what was asked about them is read again."""
        touched = {_real(Path(p)) for p in paths}
        self._answers.again(
            key
            for key in self._answers.known()
            if (real := resolve(key, self._roots, anywhere=self._anywhere)) is None
            or real in touched
            or touched & set(real.parents)
        )

    def close(self) -> None:
        self._answers.close()

    def _schema(self, key: FileRequest) -> Table:
        reader = READERS.get(key.reader)
        path = resolve(key, self._roots, anywhere=self._anywhere)
        if reader is None or path is None:
            return NOTHING
        try:
            stat = path.stat()
            if path.suffix.lower() in _COMPRESSED and stat.st_size > MAX_ARCHIVE:
                log.info("%s: compressed and larger than %d bytes, not looked into", path, MAX_ARCHIVE)
                return NOTHING
            cached = (path, stat.st_size, stat.st_mtime_ns, key.reader, key.options, key.path)
            with self._lock:
                if cached in self._cache:
                    self._cache.move_to_end(cached)
                    return self._cache[cached]
            started = time.monotonic()
            options = {name: thaw(value) for name, value in key.options}
            table = within(LONGEST, lambda: reader(path, key.path, options))
            if time.monotonic() - started > SLOW:
                log.info("%s: reading its columns took %.1f s", path, time.monotonic() - started)
        except Exception as problem:  # whatever a hostile file makes a reader raise, the schema is just not known
            log.info("%s: no columns read (%s: %s)", path, type(problem).__name__, problem)
            return NOTHING
        if len(table.columns) > 2000:
            log.info("%s: %d columns, too many to keep", path, len(table.columns))
            table = NOTHING
        with self._lock:
            self._cache[cached] = table
            if len(self._cache) > KEPT:
                self._cache.popitem(last=False)
        return table
