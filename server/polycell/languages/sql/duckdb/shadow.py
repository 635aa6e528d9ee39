"""A DuckDB of our own, in memory and locked down, that binds queries over empty tables and never runs one.

It knows no file, no network, no extension to load, and none of our own Python variables; its configuration cannot be
changed back. It gets one SELECT at a time, and only behind DESCRIBE. The order of the settings matters: with external
access off at connect time, `temp_directory` could no longer be emptied.

DuckDB folds constants while it binds, some of them without asking whether it was interrupted: `unnest(range(1e9))`
takes minutes and all memory. Functions that make much out of little are therefore refused before (`may_bind`).

duckdb is optional (`pip install polycell[duckdb]`), and is imported at the first use.
"""

from __future__ import annotations

import atexit
import json
import logging
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from msgspec import Struct

from polycell.core.patterns import pattern
from polycell.core.text import Span
from polycell.tables.duckdb_safety import SAFE
from polycell.tables.duckdb_types import quote

log = logging.getLogger(__name__)

LONGEST = 50_000  # characters of a query; DuckDB takes some 60 ms for as many
SECONDS = 0.25
RESTS = 30.0  # until a query that took too long may be asked again
MOST_ANSWERS = 1000
MOST_TABLES = 200  # that the connection keeps between two queries

Schema = tuple[tuple[str, str], ...]  # (column, DuckDB's type or "" for an unknown one)
Tables = tuple[tuple[tuple[str, ...], Schema], ...]  # ((schema, table) or (table,), columns)

_CONFIG = {**SAFE, "errors_as_json": "true"}
_LOCKS = (
    "pragma disable_optimizer",
    "set temp_directory=''",
    "set enable_external_access=false",
    "set lock_configuration=true",
)
_MUCH = pattern(
    r"(?i)\b(?:range|generate_series|repeat|repeat_row|[lr]pad|\w*resize|bar|format|printf|bitstring|unnest|query\w*)"
    r'"?(?:\s|/\*[\s\S]*?\*/|--[^\n]*\n)*\('
)
# A part of each of these names: whether one is there is known a hundred times faster.
_PARTS = (
    "range",
    "generate_series",
    "repeat",
    "pad",
    "resize",
    "bar",
    "format",
    "printf",
    "bitstring",
    "unnest",
    "query",
)
# Comments and strings; kept (group 1) are quoted names, and strings that may name a table.
_ASIDE = pattern(
    r"""((?:\b(?:from|join)|,)\s*'\w+'|"(?:[^"]|"")*")"""
    r"""|'(?:[^']|'')*'|--[^\n]*|/\*[\s\S]*?\*/"""
)
_PREFIX = "DESCRIBE "


class Bound(Struct, frozen=True):
    """(name, type as DuckDB prints it) of each column of the result."""

    columns: tuple[tuple[str, str], ...]


class Refused(Struct, frozen=True):
    """`kind` is DuckDB's ("Binder", "Parser", "Catalog"), `span` where it says the mistake is, in code points."""

    kind: str
    message: str
    span: Span | None
    name: str = ""


def may_bind(text: str) -> bool:
    """Whether the text is short, can be sent at all, and calls nothing that makes much out of little."""
    if len(text) > LONGEST or "\0" in text:
        return False
    folded = text.lower()
    if any(part in folded for part in _PARTS) and _MUCH.search(text):
        return False
    return not any("\ud800" <= c <= "\udfff" for c in text) if not text.isascii() else True


def bind(text: str, tables: Tables) -> Bound | Refused | None:
    """What DuckDB says of one SELECT over empty `tables`. None: not asked, not answered in time, or no duckdb here.

    An answer is kept. A query that took too long is asked once more, a while later: the machine may have been busy.
    """
    if not may_bind(text):
        return None
    key = (text, tables)
    kept = ANSWERS.get(key)
    if isinstance(kept, _TooLong):
        if kept.again or time.monotonic() < kept.since + RESTS:
            return None
    elif key in ANSWERS:
        return kept
    with _LOCK:
        shadow = _shadow()
        answer = shadow.describe(text, tables) if shadow is not None else None
        late = answer is None and shadow is not None and shadow.watch.ended
        if len(ANSWERS) >= MOST_ANSWERS:
            del ANSWERS[next(iter(ANSWERS))]
        ANSWERS[key] = _TooLong(time.monotonic(), kept is not None) if late else answer
    return answer


class _TooLong(Struct, frozen=True):
    """That a query took too long, at a time of the clock; `again`: for the second time."""

    since: float
    again: bool


# By query and tables, the oldest first.
ANSWERS: dict[tuple[str, Tables], Bound | Refused | _TooLong | None] = {}


def available() -> bool:
    """Whether duckdb is installed and works; loads it."""
    with _LOCK:
        return _shadow() is not None


def rows(query: str) -> list[tuple[Any, ...]]:
    """The rows of a query of our own over DuckDB's catalogue; empty without duckdb."""
    with _LOCK:
        shadow = _shadow()
        try:
            return shadow.connection.execute(query).fetchall() if shadow is not None else []
        except Exception as error:  # an older DuckDB may have other columns
            log.info("DuckDB's catalogue was not read: %s", error)
            return []


class _Held(Struct, frozen=True):
    """A table of the connection, as it was asked for; `kind` is DuckDB's word."""

    name: tuple[str, ...]
    schema: Schema
    kind: str


class _Watch:
    """Ends what takes longer than `SECONDS`, of the clock and of our processor both: a query that waits for its turn on
    a busy machine is not lost. One thread for all queries: to start one takes as long as a query, and to wake it a part
    of that, so that it looks by itself while queries come, and sleeps when none has come for a while."""

    LOOKS = 0.05  # seconds between two looks
    PATIENCE = 20  # looks without a query after which it sleeps

    def __init__(self, interrupt: Callable[[], None]) -> None:
        self._interrupt = interrupt
        self._changed = threading.Condition()
        self._until = 0.0  # 0 while nothing runs
        self._until_worked = 0.0
        self._idle = 0  # looks since the last query
        self._open = True
        self.ended = False  # whether the last query was
        threading.Thread(target=self._run, name="polycell-duckdb-watch", daemon=True).start()

    @contextmanager
    def limited(self) -> Iterator[None]:
        with self._changed:
            self._until = time.monotonic() + SECONDS
            self._until_worked = time.process_time() + SECONDS
            if self._idle >= self.PATIENCE:
                self._changed.notify()
            self._idle = 0
            self.ended = False
        try:
            yield
        finally:
            with self._changed:
                self._until = 0.0

    def close(self) -> None:
        with self._changed:
            self._open = False
            self._changed.notify()

    def _run(self) -> None:
        with self._changed:
            while self._open:
                if self._until and time.monotonic() >= self._until and time.process_time() >= self._until_worked:
                    self._until = 0.0
                    self.ended = True
                    self._interrupt()
                self._idle += 1
                self._changed.wait(self.LOOKS if self._idle < self.PATIENCE else None)


class _Shadow:
    """One connection, and the tables that are in it."""

    def __init__(self, duckdb: Any) -> None:
        self.errors = duckdb.Error
        self.connection = duckdb.connect(":memory:", config=_CONFIG)
        for statement in _LOCKS:
            self.connection.execute(statement)
        self.tables: dict[tuple[str, ...], _Held] = {}
        self.watch = _Watch(self.connection.interrupt)
        self.broken = False

    def describe(self, text: str, tables: Tables) -> Bound | Refused | None:
        with self.watch.limited():
            return self._described(text, tables)

    def _described(self, text: str, tables: Tables) -> Bound | Refused | None:
        try:
            self._hold(dict(tables), text.casefold())
            statements = self.connection.extract_statements(_PREFIX + text)
            if len(statements) != 1 or not str(statements[0].type).endswith("SELECT"):
                return None
            found = self.connection.execute(statements[0]).fetchall()
            return Bound(tuple((str(row[0]), str(row[1])) for row in found))
        except self.errors as error:
            return self._refused(text, str(error))

    def close(self) -> None:
        self.watch.close()
        self.connection.close()

    def _hold(self, wanted: Mapping[tuple[str, ...], Schema], folded: str) -> None:
        """Make the connection have the tables wanted, and no other that the (folded) query might mean; the rest stays
        for those to come. Names are compared as DuckDB does, without case."""
        keys = {tuple(part.casefold() for part in name) for name in wanted}
        full = len(self.tables) + len(wanted) > MOST_TABLES
        others = [key for key in self.tables if key not in keys]
        meant = _mentioned(folded, {key[-1] for key in others})
        self._drop(*[key for key in others if full or key[-1] in meant])
        for name, schema in wanted.items():
            key = tuple(part.casefold() for part in name)
            held = self.tables.get(key)
            if held is not None and held.schema == schema and held.name == name:
                continue
            self._drop(key)
            for depth in range(1, len(name)):
                self.connection.execute(f"create schema if not exists {_dotted(name[:depth])}")
            # A query over tables is bound in half the time of one over views, but a table has no untyped columns.
            kind = "table" if all(type_ for _, type_ in schema) else "view"
            if kind == "table":
                made = f"({', '.join(f'{quote(column)} {type_}' for column, type_ in schema)})"
            else:
                made = "as select " + ", ".join(
                    f"NULL{f'::{type_}' if type_ else ''} as {quote(column)}" for column, type_ in schema
                )
            self.connection.execute(f"create {kind} {_dotted(name)} {made}")
            self.tables[key] = _Held(name, schema, kind)

    def _drop(self, *keys: tuple[str, ...]) -> None:
        for key in keys:
            held = self.tables.pop(key, None)
            if held is not None:
                self.connection.execute(f"drop {held.kind} if exists {_dotted(held.name)}")

    def _refused(self, text: str, raw: str) -> Refused | None:
        try:
            fields = json.loads(raw[raw.index("{") :])
        except ValueError:
            fields = {}
        kind = str(fields.get("exception_type", ""))
        if kind not in ("Binder", "Parser", "Catalog"):
            # Whatever else it says is about this process; a connection that failed inside must not be used again.
            self.broken = kind in ("INTERNAL", "FATAL", "Out of Memory", "")
            return None
        return Refused(kind, str(fields.get("exception_message", "")), _span(text, fields), str(fields.get("name", "")))


def _mentioned(folded: str, names: Iterable[str]) -> set[str]:
    """Those of the (folded) names that a query may mean. Where one is only said in a comment or in a text that is no
    table, its table may stay: to make it anew takes as long as to check a query."""
    found = {name for name in names if _has(folded, name)}
    words = {name for name in found if name.isidentifier()}
    if not words or "$" in folded or "e'" in folded:  # strings that end elsewhere
        return found
    code = _ASIDE.sub(lambda match: match[1] or " ", folded)
    return {name for name in found if name not in words or _has(code, name)}


def _has(text: str, name: str) -> bool:
    """A search for the name alone is many times faster than one for it as a word."""
    at, word = text.find(name), name.isidentifier()
    while word and at >= 0 and (_in_word(text[at - 1 : at]) or _in_word(text[at + len(name) : at + len(name) + 1])):
        at = text.find(name, at + 1)
    return at >= 0


def _in_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _dotted(name: Sequence[str]) -> str:
    return ".".join(quote(part) for part in name)


def _span(text: str, fields: Mapping[str, Any]) -> Span | None:
    """DuckDB 2 gives `location` [start, length], earlier ones `position`; both count bytes of UTF-8."""
    numbers = [int(n) for n in re.findall(r"\d+", str(fields.get("location") or fields.get("position") or ""))]
    if not numbers:
        return None
    data = text.encode("utf-8", "replace")
    first = numbers[0] - len(_PREFIX)
    last = first + numbers[1] if len(numbers) > 1 else first
    if not 0 <= first <= last <= len(data):
        return None
    return Span(len(data[:first].decode("utf-8", "ignore")), len(data[:last].decode("utf-8", "ignore")))


def prepare() -> None:
    """Begin to load DuckDB in the background; it takes some 100 ms, which the first query then waits for no longer."""
    if not _HELD and not _PREPARING:
        # No daemon: a thread that is inside of DuckDB when the process ends would take it down (SIGABRT).
        _PREPARING.append(threading.Thread(target=available, name="polycell-duckdb"))
        _PREPARING[0].start()


_LOCK = threading.RLock()
_PREPARING: list[threading.Thread] = []
_HELD: list[_Shadow | None] = []


@atexit.register
def _close() -> None:
    while _HELD:
        shadow = _HELD.pop()
        if shadow is not None:
            shadow.close()


def _shadow() -> _Shadow | None:
    """The one connection, made at the first use and again after a failure inside of it."""
    if _HELD and (_HELD[0] is None or not _HELD[0].broken):
        return _HELD[0]
    _close()
    try:
        import duckdb

        _HELD.append(_Shadow(duckdb))
    except ImportError:
        log.info("DuckDB cells are read without DuckDB; `pip install polycell[duckdb]` checks them by its binder.")
        _HELD.append(None)
    except Exception:
        log.warning("DuckDB could not be started; its cells are read without it.", exc_info=True)
        _HELD.append(None)
    return _HELD[0]
