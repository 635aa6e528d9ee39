"""PostgreSQL compares names letter by letter, and makes those without quotes lower case: `total` is not `"Total"`.

Said only of tables whose columns are known as PostgreSQL spells them, by its own DDL or read from the database, and of
queries over such tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from polycell.core.results import Edit, Finding, Fix
from polycell.core.text import Span
from polycell.languages.sql.catalogue import ViewCatalogue
from polycell.languages.sql.checks.changed import changed_columns
from polycell.languages.sql.checks.names import (
    given_names,
    judged,
    listed_columns,
    meant,
    parsed_columns,
    scopes,
    written_words,
)
from polycell.languages.sql.checks.no_columns import is_exempt, left_out
from polycell.languages.sql.relations.columns import Catalogue, Relations, Visible
from polycell.languages.sql.relations.sources import Source, sources
from polycell.languages.sql.syntax.blocks import WRITING, Block
from polycell.languages.sql.syntax.lexer import Token
from polycell.languages.sql.syntax.scan import Statement

CODE = "sql-letter-case"
_EXACT = frozenset({"postgres"})


def differing_case(statement: Statement, made: Catalogue, catalogue: ViewCatalogue) -> Iterator[Finding]:
    """Names that differ from a column's in the case of letters alone, which is no column then."""
    relations = judged(statement, made) if statement.dialect.name in _EXACT else None
    if relations is None:
        return
    spelled = _Spelled(statement, relations, catalogue)
    said: set[int] = set()
    for token, among in (*_read(statement, relations, spelled), *_written(statement, relations, spelled)):
        name = statement.name(token)
        known = {c.name for v in among for c in v.table.columns}
        near = sorted(n for n in known if n.casefold() == name.casefold())
        if near and name not in known and token.start not in said:
            said.add(token.start)
            yield _finding(statement, token, name, near)


def _read(statement: Statement, relations: Relations, spelled: _Spelled) -> Iterator[tuple[Token, Sequence[Visible]]]:
    """(word, the sources whose column it may be) in queries over nothing but tables that are spelled exactly."""
    given = given_names(statement)
    for block, seen in scopes(statement, relations):
        if not all(spelled.source(v.source, block) for v in seen):
            continue
        listed = left_out(statement, block, [v.name.casefold() for v in seen])
        for token, index, _ in written_words(statement, block):
            name = statement.name(token)
            itself = any(v.name.casefold() == name.casefold() for v in seen)
            if index in listed or name in given or itself or is_exempt(statement, index):
                continue
            if (token.start, token.end) in parsed_columns(statement):
                yield token, meant(statement, index, seen)


def _written(
    statement: Statement, relations: Relations, spelled: _Spelled
) -> Iterator[tuple[Token, Sequence[Visible]]]:
    """The same in the lists of statements that write: INSERT's, ON CONFLICT's, RETURNING's."""
    verb = statement.root.statement
    listed = listed_columns(statement, relations) if verb == "INSERT" else ()
    changed = changed_columns(statement, relations) if verb in WRITING else ()
    for token, written in (*listed, *changed):
        if spelled.source(written.source, statement.root):
            yield token, (written,)


class _Spelled:
    """Which tables have their columns' names as PostgreSQL spells them."""

    def __init__(self, statement: Statement, relations: Relations, catalogue: ViewCatalogue) -> None:
        self._statement, self._relations, self._catalogue = statement, relations, catalogue
        self._known: dict[int, bool] = {}

    def source(self, source: Source, block: Block) -> bool:
        """A table of the database, or a query over such tables alone."""
        if source.pivots or source.hole is not None or source.piped:
            return False
        if source.block is not None:
            return self._query(source.block)
        if not source.parts:
            return False
        names = [self._statement.spelling(part) for part in source.parts]
        cte = self._relations.cte(names[0], block) if len(names) == 1 else None
        if cte is not None:
            return self._query(cte.block)
        found = self._catalogue.binding(names)
        return found is not None and found.dialect == self._statement.dialect.name

    def _query(self, block: Block) -> bool:
        known = self._known.get(id(block))
        if known is None:
            self._known[id(block)] = True  # a recursive one has the names of its first part
            known = block.kind == "query" and not (block.pivots or block.steps) and block.statement not in WRITING
            known = known and all(self.source(s, block) for s in sources(self._statement, block))
            self._known[id(block)] = known
        return known


def _finding(statement: Statement, token: Token, name: str, meant: Sequence[str]) -> Finding:
    span = Span(token.start, token.end).shift(statement.start)
    read = f"PostgreSQL reads it as `{name}`" if statement.unquoted(token) else "names in quotes keep their case"
    choices = " or ".join(f"`{quoted}`" for quoted in (n if n == n.lower() else f'"{n}"' for n in meant))
    text = f"No column `{statement.spelling(token)}`: {read}. The column is {choices}."
    fixes = tuple(Fix(f"Change to `{n}`", (Edit("", span, n),)) for n in meant)
    return Finding(CODE, span, text, "error", fixes=fixes)
