"""Names in SQL that certainly mean nothing: a column that no table in scope has, a table that FROM does not name, a
column that two tables have.

Said only where every table in scope is closed and certain, the statement is a plain query in a dialect that is known to
be the cell's, sqlglot parses it, and no template is in the way. Anything else is silence.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from polycell.core.results import Finding
from polycell.core.text import Span
from polycell.languages.sql.checks.messages import no_column, no_source
from polycell.languages.sql.checks.no_columns import is_exempt, left_out, of_sequence
from polycell.languages.sql.definitions import target
from polycell.languages.sql.relations.columns import Catalogue, Relations, Visible
from polycell.languages.sql.relations.items import items
from polycell.languages.sql.relations.sources import sources, target_of
from polycell.languages.sql.syntax.blocks import WRITING, Block, blocks
from polycell.languages.sql.syntax.dialects import Dialect
from polycell.languages.sql.syntax.lexer import Token
from polycell.languages.sql.syntax.parameters import only_values
from polycell.languages.sql.syntax.scan import Statement
from polycell.languages.sql.syntax.words import RESERVED, words_of

log = logging.getLogger(__name__)

LONGEST = 20_000  # characters of a statement that is parsed to be sure

CODE = "sql-unknown-column"


def unknown_tables(statement: Statement, catalogue: Catalogue) -> Iterator[Finding]:
    """`z.a` where FROM has no z, and no column z that it could be a field of."""
    relations = judged(statement, catalogue)
    if relations is None:
        return
    tokens = statement.tokens
    for block, seen in scopes(statement, relations):
        known = {v.name.casefold() for v in seen}
        for token, index, _ in written_words(statement, block):
            dotted = index >= 2 and tokens[index - 1].value == "." and tokens[index - 2].kind in ("word", "name")
            if not dotted or (index >= 3 and tokens[index - 3].value in (".", ":")):
                continue
            owner = tokens[index - 2]
            name = statement.spelling(owner)
            if name.casefold() in known or any(v.table.column(name) is not None for v in seen):
                continue
            if is_exempt(statement, index - 2) or of_sequence(statement, index) or catalogue.variable(name):
                continue
            if (token.start, token.end) not in parsed_columns(statement):
                continue
            span = Span(owner.start, owner.end).shift(statement.start)
            yield no_source(span, name, [v.name for v in seen])


def ambiguous_columns(statement: Statement, catalogue: Catalogue) -> Iterator[Finding]:
    """A bare name that two tables of one FROM have. In SELECT and WHERE alone: elsewhere databases differ in whether a
    name of the result comes first, and ON sees only the tables joined so far."""
    relations = judged(statement, catalogue)
    if relations is None or statement.dialect.name in _TAKE_THE_FIRST or statement.root.statement in _WRITING:
        return
    tokens = statement.tokens
    for block, seen in scopes(statement, relations):
        own = [v for v in seen if v.level == 0]
        joins = {word for v in own for word in v.source.join.split()}
        if len(own) < 2 or any(v.source.using is not None for v in own) or joins & _MERGING:
            continue
        given = {statement.spelling(i.reference[-1]).casefold() for i in items(statement, block) if i.reference}
        listed = left_out(statement, block, ())
        for token, index, clause in written_words(statement, block):
            if index in listed:
                continue
            name = statement.spelling(token)
            having = [v for v in own if v.table.column(name) is not None]
            bare = not index or tokens[index - 1].value not in (".", ":")
            if len(having) < 2 or not bare or clause not in ("select", "where"):
                continue
            if clause == "where" and name.casefold() in given:
                continue
            if any(v.name.casefold() == name.casefold() for v in own):  # a source itself, as a row
                continue
            if is_exempt(statement, index) or (token.start, token.end) not in parsed_columns(statement):
                continue
            choices = " or ".join(f"`{v.name}.{name}`" for v in having[:3])
            text = f"`{name}` is in more than one table; write {choices}."
            yield Finding("sql-ambiguous-column", Span(token.start, token.end).shift(statement.start), text, "error")


def judged(statement: Statement, catalogue: Catalogue) -> Relations | None:
    """None for statements that are not judged."""
    if not only_values(statement, _tables(statement)) or statement.lexed.unclosed or len(statement.text) > LONGEST:
        return None
    verb = statement.root.statement
    if verb not in _QUERIES and verb not in _WRITING and not (verb == "CREATE" and target(statement) is not None):
        return None
    if any((b.implicit and not b.step) or b.kind == "join" for b in blocks(statement.root)):
        return None
    if statement.dialect.name == "clickhouse" and any(t.value == "SETTINGS" for t in statement.tokens):
        return None
    if verb in _WRITING and not _is_plainly_written(statement):
        return None
    if verb in _QUERIES and _goes_elsewhere(statement) and target(statement) is None:
        return None
    following = [*(t.value for t in statement.tokens[1:]), ""]
    odd = statement.dialect.name != "duckdb" and any(
        t.kind == "word" and t.value in _ODD and (t.value != "TABLE" or behind == "(")
        for t, behind in zip(statement.tokens, following, strict=True)
    )
    return None if odd else Relations(statement, catalogue)


def _goes_elsewhere(statement: Statement) -> bool:
    """`SELECT a INTO …`; the INTO of an INSERT among the common table expressions is none."""
    words = ["", *(t.value for t in statement.tokens)]
    return any(word == "INTO" and before not in WRITING for before, word in pairwise(words))


def _tables(statement: Statement) -> frozenset[int]:
    """Starts of the templates that stand for a whole table."""
    found = (s for b in blocks(statement.root) if b.kind == "query" for s in sources(statement, b))
    return (
        frozenset(s.hole.start for s in found if s.hole is not None and not s.parts) if statement.holes else frozenset()
    )


def _is_plainly_written(statement: Statement) -> bool:
    """Whether one table is written: not MySQL's `UPDATE a, b SET`, whose ON DUPLICATE KEY sees the table and the query
    alike, nor Oracle's `INSERT ALL INTO a INTO b`."""
    words = [t.value for t in statement.tokens if t.kind == "word"]
    head = statement.root.segment("head")
    several = head is not None and any(
        child is None and statement.tokens[at].value == "," for at, child in statement.root.walk(head.start, head.end)
    )
    return not several and "DUPLICATE" not in words and words.count("INTO") < 2


def scopes(statement: Statement, relations: Relations) -> Iterator[tuple[Block, list[Visible]]]:
    """Each query block with what it sees, where all of that is known whole."""
    for block in blocks(statement.root):
        seen = relations.visible(block) if block.kind == "query" and not relations.is_odd(block) else []
        if seen and all(_is_whole(v) for v in seen):
            yield block, seen


def _is_whole(visible: Visible) -> bool:
    source, table = visible.source, visible.table
    told = visible.name or source.hole or source.piped or source.block is not None
    return bool(table.proves_absence and table.columns and told)


def unknown_columns(statement: Statement, catalogue: Catalogue) -> Iterator[Finding]:
    """One finding a word that is certainly no column."""
    relations = judged(statement, catalogue)
    for token, seen, qualifier in _suspects(statement, relations, catalogue) if relations is not None else ():
        if (token.start, token.end) in parsed_columns(statement):
            span = Span(token.start, token.end).shift(statement.start)
            yield no_column(span, statement.spelling(token), seen, qualifier)


def unknown_written(statement: Statement, catalogue: Catalogue) -> Iterator[Finding]:
    """Names in the list of `INSERT INTO t (a, b)` that the table certainly lacks."""
    relations = judged(statement, catalogue) if statement.root.statement == "INSERT" else None
    if relations is None:
        return
    for token, written in listed_columns(statement, relations):
        if written.table.column(statement.spelling(token)) is None:
            span = Span(token.start, token.end).shift(statement.start)
            yield no_column(span, statement.spelling(token), [written], "")


def listed_columns(statement: Statement, relations: Relations) -> Iterator[tuple[Token, Visible]]:
    """(name, table) of each in the list of an INSERT whose table is known whole."""
    written = target_of(statement)
    if written is None or not written.parts or written.alias is not None:
        return
    table = relations.table(written, statement.root)
    listed = statement.root.children.get(statement.index_at(written.parts[-1].end))
    if listed is None or listed.kind == "query" or not listed.closed or not (table.proves_absence and table.columns):
        return
    inside = range(listed.start + 1, listed.end - 1)
    tokens = statement.tokens
    if not all(
        tokens[i].kind in ("word", "name") if n % 2 == 0 else tokens[i].value == "," for n, i in enumerate(inside)
    ):
        return  # `n.a` among them: a column of ClickHouse's Nested
    seen = Visible(written, table, 0, statement.spelling(written.parts[-1]))
    yield from ((tokens[i], seen) for i in inside[::2])


def given_names(statement: Statement) -> set[str]:
    """The names that the SELECT lists of a statement give, as the database spells them."""
    return {
        statement.name(item.alias)
        for block in blocks(statement.root)
        if block.kind == "query"
        for item in items(statement, block)
        if item.alias is not None
    }


def _suspects(
    statement: Statement, relations: Relations, catalogue: Catalogue
) -> Iterator[tuple[Token, list[Visible], str]]:
    """Words that stand where a column stands, and that no closed table in scope has."""
    # Names that a SELECT list or a lambda makes may be used in many places by DuckDB.
    made = {name.casefold() for name in given_names(statement)}
    tokens = statement.tokens
    if any(t.value in ("->", "LAMBDA", "COLUMNS", "UNNEST", "{", "STRUCT_PACK", ":=", "=>") for t in tokens):
        return
    if statement.dialect.name == "clickhouse":  # where any expression may have an alias
        made |= {statement.spelling(t).casefold() for at, t in enumerate(tokens) if at and tokens[at - 1].value == "AS"}
    for block, seen in scopes(statement, relations):
        listed = left_out(statement, block, [v.name.casefold() for v in seen])
        for token, index, clause in written_words(statement, block):
            name = statement.spelling(token)
            if index in listed or name.casefold() in made or is_exempt(statement, index):
                continue
            if clause == "order" and (block.arms or block.head is not None):
                continue  # ORDER BY of a UNION: the names of its first query
            among = meant(statement, index, seen)
            if not among:
                continue
            if tokens[index - 1].value == "." and index:
                if among[0].table.column(name) is None:
                    yield token, among, statement.spelling(tokens[index - 2])
            elif not any(_knows(v, name) for v in seen) and not catalogue.variable(name):
                yield token, seen, ""


def meant(statement: Statement, index: int, seen: Sequence[Visible]) -> list[Visible]:
    """The sources whose column the word at a token's index may be: all, or the one whose alias stands before it. None
    where that is not certain: two of one name, a name with its schema, a field of a struct."""
    tokens = statement.tokens
    before = tokens[index - 1].value if index and tokens[index - 1].kind == "op" else ""
    if before not in (".", ":", "::"):
        return list(seen)
    if before != "." or index < 2 or (index > 2 and tokens[index - 3].value == "."):
        return []
    owner = statement.spelling(tokens[index - 2])
    mine = [v for v in seen if v.name.casefold() == owner.casefold()]
    return mine if len(mine) == 1 and not any(v.table.column(owner) for v in seen) else []


def _knows(visible: Visible, name: str) -> bool:
    """A column of the source, or the source itself as a row."""
    return visible.table.column(name) is not None or visible.name.casefold() == name.casefold()


# Words of clauses whose names are not followed here.
_ODD = words_of(
    """APPLY LATERAL FLATTEN EXPLODE POSEXPLODE INLINE STACK JSON_TUPLE JSON_TABLE XMLTABLE OPENJSON OPENROWSET
    CONNECT MATCH_RECOGNIZE MODEL MEASURES UNNEST OUTPUT ARRAY FINAL SAMPLE TABLESAMPLE
    TRANSFORM COLLATE GENERATE_SERIES TABLE PREWHERE SEPARATOR"""
)
_TAKE_THE_FIRST = frozenset({"clickhouse", "polars"})
_MERGING = frozenset({"SEMI", "ANTI", "NATURAL", "ASOF"})
_CLAUSES = frozenset({"select", "where", "on", "group", "having", "qualify", "order", "set"})
_QUERIES = frozenset({"SELECT", "WITH", "FROM"})
_WRITING = frozenset({"INSERT", "UPDATE", "DELETE"})


def written_words(statement: Statement, block: Block) -> Iterator[tuple[Token, int, str]]:
    """(word, its index, clause) in a query's own clauses, calls and parentheses included, subqueries left out."""
    tokens = statement.tokens

    def inside(owner: Block, start: int, end: int) -> Iterator[tuple[Token, int]]:
        walks = [owner.walk(start, end)]  # no recursion: brackets may be nested as deep as anybody writes
        while walks:
            at, child = next(walks[-1], (-1, None))
            if at < 0:
                walks.pop()
                continue
            if child is not None:
                if child.kind in ("call", "paren"):
                    walks.append(child.walk(child.start + 1, child.end))
                continue
            token = tokens[at]
            following = tokens[at + 1].value if at + 1 < len(tokens) else ""
            if token.kind not in ("word", "name") or following in ("(", "."):
                continue
            if token.kind == "word" and token.value in RESERVED:
                continue
            yield token, at

    for segment in block.segments:
        if segment.clause in _CLAUSES and (segment.clause != "set" or statement.root.statement == "UPDATE"):
            for token, at in inside(block, segment.start, segment.end):
                yield token, at, segment.clause


def parsed_columns(statement: Statement) -> frozenset[tuple[int, int]]:
    return _columns_in(statement.masked, statement.dialect)


@lru_cache(maxsize=256)
def _columns_in(text: str, dialect: Dialect) -> frozenset[tuple[int, int]]:
    """Spans of the words that sqlglot reads as columns; empty when it does not parse the statement."""
    try:
        import sqlglot
        from sqlglot import exp

        parsed = sqlglot.parse(text, dialect=dialect.parser)
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
