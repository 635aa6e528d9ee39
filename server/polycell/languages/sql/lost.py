"""What a query may mean that has lost a word, as one does that is being changed: WHERE, a table of FROM, a comma there.

What is told here is offered behind all that is certain.
"""

from __future__ import annotations

from collections.abc import Iterator

from polycell.core.types import Table
from polycell.languages.sql.catalogue import ViewCatalogue
from polycell.languages.sql.relations.sources import sources
from polycell.languages.sql.syntax.blocks import Block
from polycell.languages.sql.syntax.lexer import Token
from polycell.languages.sql.syntax.place import Place
from polycell.languages.sql.syntax.words import words_of

_COMPARING = words_of("= < > <= >= <> != == + - / || AND OR NOT LIKE ILIKE BETWEEN THEN WHEN ELSE CASE")
_COMPARED = words_of("= < > <= >= <> != == LIKE ILIKE BETWEEN IS IN")


def is_condition(place: Place) -> bool:
    """Whether an operand stands at a place in FROM: the WHERE before it is not there."""
    following = place.token(0)
    typed = following is not None and following.start <= place.word.start - place.statement.start < following.end
    behind = place.token(1) if typed else following
    return place.before() in _COMPARING or (
        behind is not None and behind.kind in ("word", "op") and behind.value in _COMPARED
    )


def lacks_table(place: Place) -> bool:
    """Whether FROM has a place for a table and none there: `FROM , b`, `FROM a, WHERE`, `JOIN ON`."""
    tokens = place.statement.tokens
    for segment in place.block.segments:
        if segment.clause != "from":
            continue
        empty = True
        for at, child in place.block.walk(segment.start, segment.end):
            comma = child is None and tokens[at].kind == "op" and tokens[at].value == ","
            if comma and empty:
                return True
            empty = comma
        if empty:
            return True
    return False


def tables_without_comma(place: Place, catalogue: ViewCatalogue) -> Iterator[tuple[str, Table]]:
    """(name, table) of each alias that is the name of a table: `FROM a b` may have been `FROM a, b`."""
    for source in sources(place.statement, place.block):
        alias: Token | None = source.alias
        if alias is not None and source.parts and not source.columns:
            name = place.statement.spelling(alias)
            table = catalogue.table([name])
            if table is not None and table.columns:
                yield name, table


def queries_without_from(place: Place) -> Iterator[Block]:
    """The queries that a SELECT list holds: `SELECT a (SELECT …) q` may have been `SELECT a FROM (SELECT …) q`."""
    listed = place.block.segment("select")
    for at, child in place.block.walk(listed.start, listed.end) if listed is not None else ():
        if child is not None and child.kind == "query" and at != place.index:
            yield child
