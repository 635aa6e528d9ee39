"""Damaged queries: every column reference of a benchmark query, with the text around it broken in one of five ways.

*intact*: the cursor stands at the word's end. *hole*: the word is deleted. *trunc*: the text ends at the cursor, the
word deleted. *trunc_from*: what is between the cursor and the next FROM is deleted. *hole+break*: one further random
token is deleted. The offer is right when the true column is among the names offered. Truncations before any FROM are
left out: nothing says which table is meant.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import sqlglot
from sqlglot import exp

from polycell.core.environment import Binding, Exports, NoSources, Owners, View
from polycell.core.hosts import host
from polycell.core.types import Column, Table
from polycell.languages.sql.catalogue import ViewCatalogue
from polycell.languages.sql.complete import complete
from polycell.languages.sql.relations.types import parse_type
from polycell.languages.sql.syntax.dialects import dialect
from polycell.languages.sql.syntax.lexer import lex
from polycell.languages.sql.syntax.place import place

MODES = ("intact", "hole", "trunc", "trunc_from", "hole+break")
DUCKDB = dialect("duckdb")


@dataclass(frozen=True)
class Point:
    """A column reference: `query[start:end]` is the column's name."""

    query: str
    start: int
    end: int

    @property
    def name(self) -> str:
        return self.query[self.start : self.end]


def queries(folder: Path, bench: str) -> list[str]:
    """The queries of `tpch` or `tpcds`."""
    text = (folder / f"{bench}.sql").read_text(encoding="utf-8")
    parts = re.split(r"^-{2,}.*\n", text, flags=re.M)
    found = []
    for part in parts:
        for query in part.split(";"):
            if re.search(r"\bfrom\b", query, re.I):
                found.append(query.strip() + "\n")
    return found


def schema(folder: Path, bench: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads((folder / f"{bench}.schema.json").read_text(encoding="utf-8"))
    return found


def catalogue(tables: dict[str, dict[str, str]]) -> ViewCatalogue:
    owners = Owners()
    bindings = tuple(
        Binding(name, Table(tuple(Column(c, parse_type(t, DUCKDB)) for c, t in columns.items())), "table")
        for name, columns in tables.items()
    )
    owners.add(0, Exports(bindings))
    return ViewCatalogue(View(owners, 1, "sql", host("jupyter"), NoSources()), DUCKDB)


@cache
def points(query: str) -> list[Point]:
    """Every column reference, by sqlglot, whose parse of the sound query is the oracle."""
    made = set()
    for parsed in sqlglot.parse(query, dialect="duckdb"):
        for column in parsed.find_all(exp.Column) if parsed else ():
            meta = column.this.meta
            if isinstance(column.this, exp.Identifier) and "start" in meta:
                made.add((meta["start"], meta["end"] + 1))
    return [Point(query, start, end) for start, end in sorted(made)]


def damaged(point: Point, mode: str, chance: random.Random) -> tuple[str, int] | None:
    """(text, cursor), or None where the mode does not apply."""
    before, behind = point.query[: point.start], point.query[point.end :]
    if mode == "intact":
        return point.query, point.end
    if mode == "hole":
        return before + behind, point.start
    if mode == "trunc":
        return (before, point.start) if _from_seen(before) else None
    if mode == "trunc_from":
        following = re.search(r"\bfrom\b", behind, re.I)
        if following is None:
            return (before, point.start) if _from_seen(before) else None
        return before + " " + behind[following.start() :], point.start
    text = before + behind
    tokens = [t for t in lex(text, DUCKDB).tokens if not t.start <= point.start <= t.end]
    token = chance.choice(tokens)
    cursor = point.start - (token.end - token.start) if token.end <= point.start else point.start
    return text[: token.start] + text[token.end :], cursor


def _from_seen(before: str) -> bool:
    """Whether the innermost query that the cursor is in, or one around it, has its FROM before the cursor."""
    depth, seen = 0, {0: False}
    for word in re.findall(r"\(|\)|\bselect\b|\bfrom\b", before, re.I):
        if word == "(":
            depth += 1
            seen[depth] = seen[depth - 1]
        elif word == ")":
            depth = max(0, depth - 1)
        elif word.lower() == "select":
            seen[depth] = False
        else:
            seen[depth] = True
    return seen[depth]


def offered(text: str, cursor: int, tables: ViewCatalogue) -> set[str]:
    found = place(text, cursor, DUCKDB)
    if found is None:
        return set()
    return {item.label.rpartition(".")[2].casefold() for item in complete(found, tables).items if item.kind == "column"}


def misses(folder: Path, bench: str, mode: str, sample: int = 0) -> Iterator[tuple[bool, str, int, str]]:
    """(hit, text, cursor, name) of each point, or of a fixed `sample` of them."""
    tables = catalogue(schema(folder, bench))
    chance = random.Random(20261)
    # Parsing is what takes long: a sample is drawn from every fourth query of TPC-DS.
    chosen = queries(folder, bench)[:: 4 if sample and bench == "tpcds" else 1]
    found = [p for query in chosen for p in points(query)]
    if sample and sample < len(found):
        found = random.Random(7).sample(found, sample)
    for point in found:
        made = damaged(point, mode, chance)
        if made is not None:
            yield point.name.casefold() in offered(*made, tables), *made, point.name
