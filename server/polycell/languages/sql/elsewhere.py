"""What else a notebook tells a place in SQL: columns and tables that other statements use, names that they write behind
the same dots, variables that they declare, and parameters that a magic's line gives values to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from polycell.core.results import Completion, CompletionKind
from polycell.languages.sql.catalogue import ViewCatalogue
from polycell.languages.sql.following import behind_operand, continued, expects_table
from polycell.languages.sql.joins import offset_of
from polycell.languages.sql.offers import item as _item
from polycell.languages.sql.relations.columns import Relations
from polycell.languages.sql.syntax.place import Place
from polycell.languages.sql.usage import Usage

# Clauses of which columns are the stuff.
COLUMNS = frozenset({"select", "where", "on", "group", "having", "qualify", "order"})


def follows_at(place: Place) -> bool:
    return place.before() == "@" or place.statement.text[offset_of(place) - 1 : offset_of(place)] == "@"


def parameters(place: Place, names: Sequence[str]) -> Iterator[Completion]:
    """Those that the magic's line gives values to."""
    if names and follows_at(place):
        yield from (_item(place, name, "variable", detail=f"@{name}, a parameter", rank=9) for name in names)


def variables(place: Place, catalogue: ViewCatalogue) -> Iterator[Completion]:
    """T-SQL's variables, behind their mark."""
    for name in sorted(catalogue.variables()):
        if name.startswith("@"):
            yield _item(place, name[1:], "variable", detail=f"{name}, declared above", rank=10)


def used(place: Place, relations: Relations, usage: Usage) -> Iterator[Completion]:
    """What the notebook's queries use: columns of the tables in sight that nobody knows, other tables in FROM."""
    clause = place.segment.clause
    if continued(place):
        return
    yield from _parts(place, relations, usage)
    if clause == "from" and place.inner.kind in ("query", "join") and expects_table(place):
        for name in usage.tables() if not place.qualifier else ():
            yield _item(place, name, "table", documentation="read by another query", insert=name, rank=40)
        return
    if clause not in COLUMNS or place.before() == "AS" or place.inner.kind == "join":
        return
    owner = place.statement.spelling(place.qualifier[0]).casefold() if len(place.qualifier) == 1 else ""
    if (place.qualifier and not owner) or (not owner and behind_operand(place)):
        return
    for visible in relations.visible(place.block):
        if visible.table.open and not visible.table.columns and owner in ("", visible.name.casefold()):
            for name in usage.columns(visible.source, place.statement):
                rank = 28 if owner else 31  # behind the aliases of FROM: those are certain
                yield _item(place, name, "column", detail=visible.name, documentation="used by a query", rank=rank)


def _parts(place: Place, relations: Relations, usage: Usage) -> Iterator[Completion]:
    """What else the notebook writes behind the same dots; the functions that it calls by dotted names."""
    clause = place.segment.clause
    calls = clause in COLUMNS
    if not place.qualifier:
        for path in usage.paths() if calls and not behind_operand(place) else ():
            yield _item(place, path, "function", documentation="called by another query", insert=path, rank=61)
        return
    names = [place.statement.spelling(t) for t in place.qualifier]
    if calls and any(v.name.casefold() == names[0].casefold() for v in relations.visible(place.block)):
        return
    for part, last in usage.parts(names, calls=calls):
        kind: CompletionKind = ("function" if calls else "table") if last else "module"
        yield _item(place, part, kind, documentation="written in another statement", rank=40)
