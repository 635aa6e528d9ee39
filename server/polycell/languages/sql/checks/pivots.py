"""Columns that PIVOT and UNPIVOT name and that the table before them certainly lacks."""

from __future__ import annotations

from collections.abc import Iterator

from polycell.core.results import Finding
from polycell.core.text import Span
from polycell.core.values import replace
from polycell.languages.sql.checks.messages import no_column
from polycell.languages.sql.checks.no_columns import is_exempt
from polycell.languages.sql.relations.columns import Catalogue, Relations
from polycell.languages.sql.syntax.blocks import Block, blocks
from polycell.languages.sql.syntax.lexer import Token
from polycell.languages.sql.syntax.scan import Statement


def unknown_pivoted(statement: Statement, catalogue: Catalogue) -> Iterator[Finding]:
    """Of the first PIVOT or UNPIVOT of a table: what it is `FOR`, what it adds up alone, what it lists."""
    if statement.holes or statement.lexed.unclosed or not any(b.pivots for b in blocks(statement.root)):
        return
    relations = Relations(statement, catalogue)
    for block in blocks(statement.root):
        for visible in relations.visible(block, outer=False) if block.kind == "query" else ():
            word, inside = visible.source.pivots[0] if visible.source.pivots else ("", None)
            before = relations.before_pivots(visible, block, inside.start + 1) if inside is not None else None
            if inside is None or before is None or not (inside.closed and before.proves_absence and before.columns):
                continue
            parts = visible.source.parts
            seen = [replace(visible, table=before, name=statement.spelling(parts[-1]) if parts else "")]
            for token in _named(statement, word, inside):
                index, name = statement.index_at(token.start), statement.spelling(token)
                if before.column(name) is None and not is_exempt(statement, index):
                    yield no_column(Span(token.start, token.end).shift(statement.start), name, seen, "")


def _named(statement: Statement, word: str, inside: Block) -> Iterator[Token]:
    tokens = statement.tokens
    flat = list(inside.walk(inside.start + 1, inside.end - 1))
    over = next((n for n, (i, _) in enumerate(flat) if tokens[i].value == "FOR" and tokens[i].kind == "word"), -1)
    if over < 0 or over + 2 >= len(flat):
        return
    name, listing = tokens[flat[over + 1][0]], tokens[flat[over + 2][0]]
    if listing.value != "IN" or name.kind not in ("word", "name") or over + 3 >= len(flat):
        return
    if word == "PIVOT":
        yield name
        for at, child in flat[:over]:
            if child is not None and child.kind == "call" and child.end - child.start == 3:
                yield from (t for t in (tokens[at + 1],) if t.kind in ("word", "name"))
        return
    listed, fresh = flat[over + 3][1], True
    for at, child in listed.walk(listed.start + 1, listed.end - 1) if listed is not None else ():
        if child is None and tokens[at].value == ",":
            fresh = True
        elif fresh:
            fresh = False
            if child is None and tokens[at].kind in ("word", "name") and tokens[at + 1].value != ".":
                yield tokens[at]
