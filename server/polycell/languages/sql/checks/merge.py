"""Columns that a MERGE names and that its target or source certainly lacks.

Judged are names behind the alias of either, the left sides of SET and the list of INSERT, which are the target's. Bare
names may be either's, or a field's, and are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from polycell.core.results import Finding
from polycell.core.text import Span
from polycell.languages.sql.checks.messages import no_column
from polycell.languages.sql.checks.no_columns import is_exempt
from polycell.languages.sql.relations.columns import Catalogue, Relations
from polycell.languages.sql.relations.sources import target_of
from polycell.languages.sql.syntax.blocks import Block, blocks
from polycell.languages.sql.syntax.lexer import Token
from polycell.languages.sql.syntax.scan import Statement
from polycell.languages.sql.syntax.words import RESERVED

_EVOLVING = frozenset({"spark", "databricks", ""})


def unknown_merged(statement: Statement, catalogue: Catalogue) -> Iterator[Finding]:
    """Nothing where templates are in it, or where the statement does not look whole."""
    root = statement.root
    target = target_of(statement)
    if root.statement != "MERGE" or statement.holes or statement.lexed.unclosed or target is None:
        return
    if any(b.pivots or b.implicit for b in blocks(root)) or not {"using", "on"} <= _words(root):
        return
    relations = Relations(statement, catalogue)
    seen = relations.visible(root, outer=False)
    names = [v.name.casefold() for v in seen]
    if len(seen) != 2 or not all(names) or len(set(names)) != 2:
        return
    whole = [v for v in seen if v.table.proves_absence and v.table.columns]
    mine = seen[0] if seen[0] in whole else None
    added = seen[1].table if statement.dialect.name in _EVOLVING else None
    for token, owner in _named(statement, root):
        folded = statement.spelling(owner).casefold() if owner is not None else ""
        meant = next((v for v in whole if v.name.casefold() == folded), None) if owner is not None else mine
        name = statement.spelling(token)
        if meant is None or meant.table.column(name) is not None:
            continue
        if meant is mine and added is not None and (added.open or added.column(name) is not None):
            continue  # a session may be set to add the source's columns to the target
        if is_exempt(statement, statement.index_at(token.start)):
            continue
        span = Span(token.start, token.end).shift(statement.start)
        yield no_column(span, name, [meant], statement.spelling(owner) if owner is not None else "")


def _words(root: Block) -> set[str]:
    return {"using" if s.clause == "from" else s.clause for s in root.segments}


def _named(statement: Statement, root: Block) -> Iterator[tuple[Token, Token | None]]:
    """(a column's word, the alias before it, None where the target is meant)."""
    tokens = statement.tokens
    inside_queries = {i for b in root.children.values() if b.kind == "query" for i in range(b.start, b.end)}
    first = next((s.start for s in root.segments if s.clause == "on"), len(tokens))
    for at in range(first, len(tokens)):
        token = tokens[at]
        if token.kind not in ("word", "name") or at in inside_queries:
            continue
        before = [tokens[at - n].value if at >= n else "" for n in (1, 2, 3)]
        behind = tokens[at + 1].value if at + 1 < len(tokens) else ""
        unfinished = token.kind == "word" and token.value in RESERVED  # `s.` before WHEN
        if before[0] == "." and before[2] != "." and behind not in (".", "(", ":") and not unfinished:
            yield token, tokens[at - 2]
    for segment in root.segments:
        if segment.clause == "set":
            yield from assigned(statement, root, segment.start, segment.end)
    for block in blocks(root):
        if block.start and tokens[block.start - 1].value == "INSERT" and block.closed and block.kind != "query":
            inside = tokens[block.start + 1 : block.end - 1]
            plain = all(t.kind in (("word", "name") if n % 2 == 0 else ("op",)) for n, t in enumerate(inside))
            if plain and all(t.value == "," for t in inside[1::2]):
                yield from ((token, None) for token in inside[::2])


def assigned(statement: Statement, root: Block, start: int, end: int) -> Iterator[tuple[Token, None]]:
    """`a` of `SET a = …, b = …`."""
    tokens, fresh = statement.tokens, True
    for at, child in root.walk(start, end):
        token = tokens[at]
        if child is None and token.kind == "op" and token.value == ",":
            fresh = True
        elif fresh:
            fresh = False
            if token.kind in ("word", "name") and at + 1 < end and tokens[at + 1].value == "=":
                yield token, None
