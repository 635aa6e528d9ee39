"""Columns that a written table certainly lacks, where INSERT, UPDATE and DELETE name them behind their values:
`ON CONFLICT (a) DO UPDATE SET b = excluded.c RETURNING d`, MySQL's `ON DUPLICATE KEY UPDATE b = VALUES(c)` and
`INSERT INTO t SET a = 1`, T-SQL's `OUTPUT inserted.a`.
"""

from __future__ import annotations

from collections.abc import Iterator

from polycell.core.results import Finding
from polycell.core.text import Span
from polycell.languages.sql.checks.merge import assigned
from polycell.languages.sql.checks.messages import no_column
from polycell.languages.sql.checks.no_columns import is_exempt
from polycell.languages.sql.relations.columns import Catalogue, Relations, Visible
from polycell.languages.sql.relations.sources import Source, sources, target_of
from polycell.languages.sql.relations.written import ROWS
from polycell.languages.sql.syntax.blocks import Block, Segment, blocks
from polycell.languages.sql.syntax.lexer import Token
from polycell.languages.sql.syntax.scan import Statement


def unknown_changed(statement: Statement, catalogue: Catalogue) -> Iterator[Finding]:
    """Nothing where templates are in the statement, or where it does not look whole."""
    for token, written in changed_columns(statement, Relations(statement, catalogue)):
        if written.table.column(statement.spelling(token)) is None:
            span = Span(token.start, token.end).shift(statement.start)
            yield no_column(span, statement.spelling(token), [written], "")


def changed_columns(statement: Statement, relations: Relations) -> Iterator[tuple[Token, Visible]]:
    """(name, the written table) of each, once, where that table is known whole."""
    root = statement.root
    target = _target(statement, root)
    if target is None or not target.parts or statement.holes or statement.lexed.unclosed:
        return
    if any(b.pivots or b.implicit for b in blocks(root)):
        return
    table = relations.table(target, root)
    if not (table.proves_absence and table.columns):
        return
    seen = Visible(target, table, 0, statement.spelling(target.parts[-1]))
    said: set[int] = set()
    for token in _named(statement, root):
        if token.start not in said and not is_exempt(statement, statement.index_at(token.start)):
            said.add(token.start)
            yield token, seen


def _target(statement: Statement, root: Block) -> Source | None:
    if root.statement == "DELETE":
        found = sources(statement, root)
        return found[0] if len(found) == 1 else None
    return target_of(statement) if root.statement in ("INSERT", "UPDATE") else None


def _named(statement: Statement, root: Block) -> Iterator[Token]:
    tokens = statement.tokens
    insert = root.statement == "INSERT"
    for segment in root.segments:
        if segment.clause == "conflict":
            listed = root.children.get(segment.start + 1)
            if tokens[segment.start].value == "CONFLICT" and listed is not None:
                yield from _plain_list(statement, listed)
            start = next((i for i in range(segment.start, segment.end) if tokens[i].value == "UPDATE"), -1)
            if start >= 0 and tokens[segment.start].value == "DUPLICATE":
                yield from (token for token, _ in assigned(statement, root, start + 1, len(tokens)))
                yield from _values(statement, start + 1)
        elif segment.clause == "set" and insert:
            yield from (token for token, _ in assigned(statement, root, segment.start, segment.end))
        elif segment.clause == "returning" and not sources(statement, root)[1:]:
            yield from _returned(statement, root, segment)
    rows = ROWS.get(statement.dialect.name, set())
    for at in range(2, len(tokens)):
        if tokens[at - 1].value == "." and tokens[at].kind in ("word", "name") and tokens[at - 2].kind == "word":
            behind = tokens[at + 1].value if at + 1 < len(tokens) else ""
            before = tokens[at - 3].value if at > 2 else ""
            if statement.spelling(tokens[at - 2]).casefold() in rows and before != "." and behind not in (".", "("):
                yield tokens[at]


def _plain_list(statement: Statement, listed: Block) -> Iterator[Token]:
    """The names of `(a, b)`; none where something else is in it."""
    inside = statement.tokens[listed.start + 1 : listed.end - 1]
    plain = listed.closed and all(
        t.kind in ("word", "name") if n % 2 == 0 else t.value == "," for n, t in enumerate(inside)
    )
    yield from inside[::2] if plain else ()


def _values(statement: Statement, start: int) -> Iterator[Token]:
    """`a` of MySQL's `VALUES(a)`."""
    tokens = statement.tokens
    for at in range(start, len(tokens) - 3):
        signs = [tokens[at + n].value for n in (0, 1, 3)]
        if signs == ["VALUES", "(", ")"] and tokens[at + 2].kind in ("word", "name"):
            yield tokens[at + 2]


def _returned(statement: Statement, root: Block, segment: Segment) -> Iterator[Token]:
    """The items of RETURNING that are a name alone, with another behind AS or without."""
    tokens, fresh = statement.tokens, True
    for at, child in root.walk(segment.start, segment.end):
        token = tokens[at]
        if child is None and token.kind == "op" and token.value == ",":
            fresh = True
        elif fresh:
            fresh = False
            behind = tokens[at + 1].value if at + 1 < segment.end else ","
            if token.kind in ("word", "name") and behind in (",", "AS"):
                yield token
