"""Findings in SQL that are certain. DuckDB's binder says them where it can be asked (`duckdb_check`).

Where it cannot, a column that no table in scope has is found by its name: only where every table in scope is closed
and certain, the statement is a plain query in a dialect that is known to be the cell's, sqlglot parses it, and no
template is in the way. Anything else is silence.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import lru_cache

from polycell.core.results import Finding
from polycell.core.text import Span
from polycell.languages.sql import duckdb_check
from polycell.languages.sql.blocks import Block
from polycell.languages.sql.catalogue import ViewCatalogue
from polycell.languages.sql.columns import items
from polycell.languages.sql.dialects import Dialect
from polycell.languages.sql.facts import blocks
from polycell.languages.sql.lexer import Token
from polycell.languages.sql.messages import no_column
from polycell.languages.sql.relations import Relations, Visible
from polycell.languages.sql.scan import Script, Statement
from polycell.languages.sql.words import RESERVED

log = logging.getLogger(__name__)

LONGEST = 20_000  # characters of a statement that is parsed to be sure

CODE = "sql-unknown-column"


def findings(script: Script, catalogue: ViewCatalogue) -> Iterator[Finding]:
    """By DuckDB's binder where it can be asked, else by names alone."""
    if script.dialect.name != "duckdb" or script.blocks:
        return
    for statement in script.statements:
        bound = duckdb_check.findings(statement, catalogue) if statement.tokens else None
        yield from bound if bound is not None else unknown_columns(statement, catalogue)


def unknown_columns(statement: Statement, catalogue: ViewCatalogue) -> Iterator[Finding]:
    """One finding a word that is certainly no column."""
    if not statement.tokens or statement.holes or statement.lexed.unclosed:
        return
    if statement.root.statement not in ("SELECT", "WITH", "FROM") or len(statement.text) > LONGEST:
        return
    suspects = list(_suspects(statement, catalogue))
    if not suspects:
        return
    columns = _parsed_columns(statement.masked, statement.dialect)
    for token, seen, qualifier in suspects:
        if (token.start, token.end) in columns:
            yield Finding(
                CODE,
                Span(token.start, token.end).shift(statement.start),
                no_column(statement.spelling(token), seen, qualifier),
                "error",
            )


def _suspects(statement: Statement, catalogue: ViewCatalogue) -> Iterator[tuple[Token, list[Visible], str]]:
    """Words that stand where a column stands, and that no closed table in scope has."""
    relations = Relations(statement, catalogue)
    # A table that is named without its columns being certain anywhere in the statement makes all of it uncertain.
    everything = list(blocks(statement.root))
    if any(b.pivots or b.implicit or b.kind == "join" for b in everything):
        return
    # Names that a SELECT list or a lambda makes may be used in many places by DuckDB.
    made = {
        statement.spelling(item.alias).casefold()
        for b in everything
        if b.kind == "query"
        for item in items(statement, b)
        if item.alias is not None
    }
    tokens = statement.tokens
    if any(t.value in ("->", "LAMBDA", "COLUMNS", "UNNEST", "{", "STRUCT_PACK", ":=", "=>") for t in tokens):
        return
    for block in everything:
        if block.kind != "query" or block.start is None:
            continue
        seen = relations.visible(block)
        if not seen or not all(v.table.proves_absence and v.name and v.table.columns for v in seen):
            continue
        for token, index in _words(statement, block):
            name = statement.spelling(token)
            if name.casefold() in made:
                continue
            before = tokens[index - 1] if index else None
            qualified = before is not None and before.value == "." and before.kind == "op"
            if qualified:
                owner = tokens[index - 2]
                if index >= 4 and tokens[index - 3].value == ".":
                    continue
                alias = statement.spelling(owner).casefold()
                mine = [v for v in seen if v.name.casefold() == alias]
                if len(mine) != 1 or any(v.table.column(statement.spelling(owner)) for v in seen):
                    continue
                if mine[0].table.column(name) is None and name.casefold() not in _PSEUDO:
                    yield token, mine, statement.spelling(owner)
            elif name.casefold() not in _PSEUDO and not any(_knows(v, name) for v in seen):
                yield token, seen, ""


def _knows(visible: Visible, name: str) -> bool:
    """A column of the source, or the source itself as a row."""
    return visible.table.column(name) is not None or visible.name.casefold() == name.casefold()


_PSEUDO = frozenset(
    {"rowid", "filename", "file_row_number", "rownum", "current_date", "current_timestamp", "current_time"}
)
_CLAUSES = frozenset({"select", "where", "on", "group", "having", "qualify", "order"})


def _words(statement: Statement, block: Block) -> Iterator[tuple[Token, int]]:
    """Words of a query's own clauses, calls and parentheses included, subqueries left out."""
    tokens = statement.tokens

    def inside(owner: Block, start: int, end: int) -> Iterator[tuple[Token, int]]:
        for at, child in owner.walk(start, end):
            if child is not None:
                if child.kind in ("call", "paren"):
                    yield from inside(child, child.start + 1, child.end)
                continue
            token = tokens[at]
            following = tokens[at + 1].value if at + 1 < len(tokens) else ""
            if token.kind not in ("word", "name") or following in ("(", "."):
                continue
            if token.kind == "word" and token.value in RESERVED:
                continue
            yield token, at

    for segment in block.segments:
        if segment.clause in _CLAUSES:
            yield from inside(block, segment.start, segment.end)


@lru_cache(maxsize=256)
def _parsed_columns(text: str, dialect: Dialect) -> frozenset[tuple[int, int]]:
    """Spans of the words that sqlglot reads as columns; empty when it does not parse the statement."""
    try:
        import sqlglot
        from sqlglot import exp

        parsed = sqlglot.parse(text, dialect=dialect.name or None)
        if len(parsed) != 1 or parsed[0] is None or parsed[0].find(exp.Command) is not None:
            return frozenset()
        made = set()
        for node in parsed[0].find_all(exp.Column):
            identifier = node.this
            meta = getattr(identifier, "meta", {}) or {}
            if "start" in meta and "end" in meta:
                made.add((int(meta["start"]), int(meta["end"]) + 1))
        return frozenset(made)
    except Exception as error:  # sqlglot raises many kinds, RecursionError among them
        log.debug("not checked: %s", error)
        return frozenset()
