"""Completion items: how tables, columns, functions and keywords are shown and what they insert."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from polycell.core.patterns import pattern
from polycell.core.results import Completion, CompletionKind
from polycell.core.types import Column, Table, describe
from polycell.languages.sql import more_functions
from polycell.languages.sql.duckdb import functions as duckdb_functions
from polycell.languages.sql.functions import functions
from polycell.languages.sql.syntax.dialects import Dialect
from polycell.languages.sql.syntax.place import Place
from polycell.languages.sql.syntax.words import AGGREGATES, RESERVED
from polycell.languages.sql.types import types as type_names

_BARE = pattern(r"[^\W\d]\w*\Z")


class Shown(NamedTuple):
    """A column as its item shows it: `key` is its folded name, `insert` "" where it is the name itself."""

    key: str
    name: str
    insert: str
    detail: str
    documentation: str
    maybe: bool


def shown(table: Table, name: str, dialect: Dialect) -> Sequence[Shown]:
    """The columns of a table that is called `name`; remembered, since the same tables are offered at each keystroke."""
    key = (id(table), name, dialect.name)
    kept = _KEPT.get(key)
    if kept is not None and kept[0] is table:
        return kept[1]
    made = [
        Shown(
            c.name.casefold(),
            c.name,
            "" if (insert := quoted_in(c.name, dialect)) == c.name else insert,
            str(c.type) if c.type is not None else "",
            provenance(c, name),
            c.maybe,
        )
        for c in table.columns
    ]
    if len(_KEPT) >= 512:
        _KEPT.clear()
    _KEPT[key] = (table, made)
    return made


# By identity: hashing a table costs as much as showing it.
_KEPT: dict[tuple[int, str, str], tuple[Table, Sequence[Shown]]] = {}


def columns(place: Place, table: Table, name: str, rank: int) -> list[Completion]:
    """One item a column."""
    if place.quoted:
        return [column(place, c, name, rank) for c in table.columns]
    word = place.word
    return [
        Completion(c.name, "column", word, c.insert, c.detail, c.documentation, rank + 2 if c.maybe else rank)
        for c in shown(table, name, place.statement.dialect)
    ]


def column(place: Place, column: Column, table: str, rank: int, *, qualify: bool = False) -> Completion:
    """One column; with `qualify` it is written `table.column`, and found by the column's name."""
    label, filter_ = column.name, ""
    insert = quoted_in(label, place.statement.dialect)
    if qualify:
        label, insert, filter_ = f"{table}.{label}", f"{quoted(table, place)}.{insert}", label
    detail = str(column.type) if column.type is not None else ""
    rank += 2 if column.maybe else 0
    return item(
        place, label, "column", detail=detail, documentation=provenance(column, table), insert=insert, rank=rank,
        filter_=filter_,
    )  # fmt: skip


def table(place: Place, name: str, table: Table | None, origin: str, rank: int) -> Completion:
    names = ", ".join(c.name for c in table.columns[:12]) if table else ""
    more = f", … {len(table.columns) - 12} more" if table and len(table.columns) > 12 else ""
    text = "\n\n".join(filter(None, [origin, f"columns: {names}{more}" if names else ""]))
    insert = name if "." in name else quoted(name, place)
    return item(
        place, name, "table", detail=describe(table) if table else "", documentation=text, insert=insert, rank=rank
    )


def item(
    place: Place,
    label: str,
    kind: CompletionKind,
    *,
    detail: str = "",
    documentation: str = "",
    insert: str = "",
    rank: int = 50,
    filter_: str = "",
) -> Completion:
    insert = insert or label
    if place.quoted and kind in ("column", "table") and insert == label:
        insert = _quote(label, place.statement.dialect)
    if place.quoted and not filter_:
        filter_ = insert
    return Completion(label, kind, place.word, "" if insert == label else insert, detail, documentation, rank, filter_)


def words(place: Place, keywords: Sequence[str], *, rank: int = 70, clause: str = "") -> list[Completion]:
    """Keywords, lower case behind a lower-case letter; with `clause` the dialect's functions too, those that fit there
    first."""
    word = place.word
    dialect = place.statement.dialect.name
    made = [
        Completion(label, kind, word, "", "", documentation, at)
        for label, kind, documentation, at in _fixed(
            tuple(keywords), rank, clause, dialect if clause else None, place.prefix.islower()
        )
    ]
    if clause and dialect == "duckdb":
        at = {item.label: number for number, item in enumerate(made)}
        for f in duckdb_functions.beginning(place.prefix):
            number = at.get(f.name)
            rank = 61 if number is None else made[number].rank
            item = Completion(f.name, "function", word, "", f.returns, f.documentation, rank)
            if number is None:
                made.append(item)
            elif made[number].kind == "function":
                made[number] = item
    elif clause:
        taken = {item.label.lower() for item in made}
        made += [
            Completion(f.name, "function", word, "", "", f"`{f.form}`", 61)
            for f in more_functions.beginning(dialect, place.prefix)
            if f.name not in taken
        ]
    return made


_OVER_ROWS = frozenset({"select", "having", "qualify", "order", "returning"})
_RANKS = {name: 40 + at for at, name in enumerate(AGGREGATES[:8])}
_LATE = 66  # of functions over rows where there are none


def listed(place: Place, labels: Iterable[str], rank: int = 70) -> Iterator[Completion]:
    """Keywords in their order, lower case behind a lower-case letter."""
    lower = place.prefix.islower()
    for at, label in enumerate(labels):
        yield Completion(label.lower() if lower else label, "keyword", place.word, "", "", "", rank + min(at, 25))


def types(place: Place, begun: str = "", *, cast: bool = False) -> Iterator[Completion]:
    """The dialect's types, the most usual first; with `begun`, the rest of those that begin so. MySQL casts to few."""
    names = type_names(place.statement.dialect.name, cast=cast)
    begun = f"{begun} " if begun else ""
    return listed(place, [n[len(begun) :] for n in names if n.startswith(begun)], 50)


@lru_cache(maxsize=512)
def _fixed(
    keywords: tuple[str, ...], rank: int, clause: str, dialect: str | None, lower: bool
) -> Iterable[tuple[str, CompletionKind, str, int]]:
    made: dict[str, tuple[str, CompletionKind, str, int]] = {}
    for name, text in functions(dialect).items() if dialect is not None else ():
        usual = _RANKS.get(name, 50) if name in AGGREGATES else 60
        made[name] = (name, "function", text, usual if clause in _OVER_ROWS or usual == 60 else _LATE)
    for at, keyword in enumerate(keywords):
        label = keyword.lower() if lower else keyword
        made.setdefault(label, (label, "keyword", "", rank + min(at, 20)))
    return tuple(made.values())


def provenance(column: Column, table: str) -> str:
    where = f"from {table}" if table else ""
    if column.source and column.source != column.name:
        where = f"{where}\n\n{column.source}" if where else column.source
    return where


def quoted(name: str, place: Place) -> str:
    """The name as it must be written: in quotes where it is a keyword, has odd characters, or would lose its case."""
    return quoted_in(name, place.statement.dialect)


@lru_cache(maxsize=8192)
def quoted_in(name: str, dialect: Dialect) -> str:
    """The name as a dialect writes it, in quotes where it needs them."""
    bare = _BARE.match(name) and name.upper() not in RESERVED and dialect.spelled(name) == name
    return name if bare else _quote(name, dialect)


def _quote(name: str, dialect: Dialect) -> str:
    mark = dialect.quote
    return f"{mark}{name.replace(mark, mark * 2)}{mark}"
