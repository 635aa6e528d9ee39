"""What each word of a SQL text is, for the editor's colours.

A word is a keyword where SQL allows nothing else; one that may also be a name (DATE, FIRST, ROWS) is a keyword only
where no table in sight has a column of that name. All else is named by where it stands: tables and what stands for
them, functions, types, columns.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from polycell.core.facts import Facts
from polycell.core.results import SemanticToken, TokenKind, TokenModifier
from polycell.core.text import Span
from polycell.languages.sql.catalogue import ViewCatalogue
from polycell.languages.sql.definitions import fields, target
from polycell.languages.sql.relations.columns import Relations
from polycell.languages.sql.relations.items import items
from polycell.languages.sql.relations.sources import sources
from polycell.languages.sql.syntax.blocks import blocks
from polycell.languages.sql.syntax.lexer import Token
from polycell.languages.sql.syntax.place import query_at
from polycell.languages.sql.syntax.scan import Script, Statement
from polycell.languages.sql.syntax.words import RESERVED, words_of

LONGEST = 50_000  # characters of a text that is coloured: editors ask at each keystroke, and colour words by themselves

# Words that are keywords, but may name something: a column of that name wins.
_SOMETIMES = words_of(
    """TABLE VIEW INTO REPLACE TEMP TEMPORARY IF PRIMARY FOREIGN KEY REFERENCES CONSTRAINT CHECK DEFAULT RECURSIVE
    MATERIALIZED OVER ROWS RANGE GROUPS PRECEDING FOLLOWING UNBOUNDED CURRENT ROW FIRST LAST ROLLUP GROUPING SETS
    TABLESAMPLE ESCAPE COLLATE AT ZONE DESCRIBE SUMMARIZE EXPLAIN ANALYZE ALTER ADD COLUMN RENAME TO USE TRUNCATE
    MATCHED CONFLICT DO NOTHING BEGIN COMMIT ROLLBACK GRANT REVOKE SHOW CALL EXECUTE RECURSIVE ONLY TOP PERCENT
    TIES NEXT NO CASCADE RESTRICT UNIQUE INDEX PARTITIONED STORED LOCATION OPTIONS COMMENT CACHE REFRESH SCHEMA
    DATABASE EXTERNAL TRY_CAST SAFE_CAST COPY ATTACH DETACH PRAGMA INSTALL LOAD"""
)
# Keywords behind which a parenthesis is no call.
_CALLED = RESERVED - words_of("LEFT RIGHT CAST INTERVAL")
_MODIFIERS: dict[bool, tuple[TokenModifier, ...]] = {True: ("definition",), False: ()}


def tokens(script: Script, catalogue: ViewCatalogue, facts: Facts) -> list[SemanticToken]:
    """Tokens in order of the text."""
    made: list[SemanticToken] = []
    references = sorted(facts.references, key=lambda r: r.span.start)
    starts = [r.span.start for r in references]
    for statement in script.statements:
        end = statement.start + len(statement.text)
        if end > LONGEST:
            break
        own = references[bisect_left(starts, statement.start) : bisect_left(starts, end)]
        found = [SemanticToken(c.shift(statement.start), "comment") for c in statement.lexed.comments]
        found += _words(statement, catalogue, {r.span.start - statement.start: r.write for r in own})
        made += sorted(found, key=lambda t: (t.span.start, t.span.end))  # spans compare in Python
    return made


def _words(statement: Statement, catalogue: ViewCatalogue, tables: dict[int, bool]) -> Iterator[SemanticToken]:
    relations = Relations(statement, catalogue)
    start = statement.start
    named = {**{at: ("struct", write) for at, write in tables.items()}, **_names(statement)}
    for at, token in enumerate(statement.tokens):
        found = _kind(statement, relations, named, at, token)
        if found is not None:
            kind, modifiers = found
            yield SemanticToken(Span(token.start + start, token.end + start), kind, modifiers)


def _names(statement: Statement) -> dict[int, tuple[str, bool]]:
    """Where a token starts that is a name by its place → (what it names, whether it is made there)."""
    made: dict[int, tuple[str, bool]] = {}
    for block in blocks(statement.root):
        for cte in block.ctes:
            made[cte.name.start] = ("struct", True)
            made.update((t.start, ("property", True)) for t in cte.columns)
        if block.kind not in ("query", "join"):
            continue
        for source in sources(statement, block):
            if source.alias is not None:
                made[source.alias.start] = ("variable", True)
            made.update((t.start, ("struct", False)) for t in source.parts)
            made.update((t.start, ("property", True)) for t in source.columns)
        for item in items(statement, block) if block.kind == "query" else ():
            if item.alias is not None:
                made[item.alias.start] = ("property", True)
    found = target(statement)
    if found is not None:
        made.update((t.start, ("struct", found.verb == "CREATE")) for t in found.parts)
        for name, type_ in fields(statement, found):
            made[name.start] = ("property", True)
            if type_ is not None:
                made[type_.start] = ("type", False)
    return made


def _kind(
    statement: Statement, relations: Relations, named: dict[int, tuple[str, bool]], at: int, token: Token
) -> tuple[TokenKind, tuple[TokenModifier, ...]] | None:
    tokens = statement.tokens
    following = tokens[at + 1].value if at + 1 < len(tokens) and tokens[at + 1].kind == "op" else ""
    before = tokens[at - 1] if at else None
    if token.kind == "string":
        return "string", ()
    if token.kind == "number":
        return "number", ()
    if token.kind == "hole":
        return "parameter", ()
    if token.kind == "op":
        return ("operator", ()) if token.value not in "(),.;[]{}" else None
    if token.start in named:
        kind, write = named[token.start]
        return kind, _MODIFIERS[write]  # type: ignore[return-value]
    if before is not None and before.kind == "op" and before.value == "::":
        return "type", ()
    behind_dot = before is not None and before.value == "." and before.kind == "op"
    if token.kind == "word" and not behind_dot:
        if token.value in RESERVED and (following != "(" or token.value in _CALLED):
            return "keyword", ()
        if token.value in _SOMETIMES and following != "." and not _is_column(relations, token):
            return "keyword", ()
        if token.value in ("CAST", "TRY_CAST", "EXTRACT") and following == "(":
            return "function", ()
        if before is not None and before.value == "AS" and _in_cast(statement, at):
            return "type", ()
        if at + 1 < len(tokens) and tokens[at + 1].kind == "string" and tokens[at + 1].start > token.end:
            return "type", ()  # date '2020-01-01'
    if following == "(":
        return "function", ()
    if at == 0:
        return "keyword", ()
    if following == ".":
        return "variable", ()
    return "property", ()


def _is_column(relations: Relations, token: Token) -> bool:
    return relations.resolve((token,), query_at(relations.statement, token.start)) is not None


def _in_cast(statement: Statement, at: int) -> bool:
    depth = 0
    for index in range(at - 1, -1, -1):
        value = statement.tokens[index].value
        depth += (value == ")") - (value == "(")
        if depth < 0:
            return index > 0 and statement.tokens[index - 1].value in ("CAST", "TRY_CAST", "SAFE_CAST")
    return False
