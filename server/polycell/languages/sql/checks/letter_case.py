"""PostgreSQL compares names letter by letter, and makes those without quotes lower case: `total` is not `"Total"`.

Said only of tables whose columns are known as PostgreSQL spells them: by its own DDL, or read from the database.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from polycell.core.results import Edit, Finding, Fix
from polycell.core.text import Span
from polycell.languages.sql.catalogue import ViewCatalogue
from polycell.languages.sql.checks.names import given_names, judged, parsed_columns, scopes, written_words
from polycell.languages.sql.checks.no_columns import is_exempt, left_out
from polycell.languages.sql.relations.columns import Catalogue, Relations, Visible
from polycell.languages.sql.syntax.blocks import Block
from polycell.languages.sql.syntax.lexer import Token
from polycell.languages.sql.syntax.scan import Statement

CODE = "sql-letter-case"
_EXACT = frozenset({"postgres"})


def differing_case(statement: Statement, made: Catalogue, catalogue: ViewCatalogue) -> Iterator[Finding]:
    """Names that differ from a column's in the case of letters alone, which is no column then."""
    relations = judged(statement, made) if statement.dialect.name in _EXACT else None
    if relations is None:
        return
    given = given_names(statement)
    for block, seen in scopes(statement, relations):
        if not all(_is_exact(statement, relations, v, block, catalogue) for v in seen):
            continue
        listed = left_out(statement, block, [v.name.casefold() for v in seen])
        for token, index, _ in written_words(statement, block):
            name = statement.name(token)
            if index in listed or name.casefold() in given or is_exempt(statement, index):
                continue
            among = _among(statement, index, seen)
            known = {c.name for v in among for c in v.table.columns}
            meant = sorted(n for n in known if n.casefold() == name.casefold())
            if not meant or name in known or any(v.name.casefold() == name.casefold() for v in seen):
                continue
            if (token.start, token.end) in parsed_columns(statement):
                yield _finding(statement, token, name, meant)


def _among(statement: Statement, index: int, seen: Sequence[Visible]) -> Sequence[Visible]:
    """The sources whose column the word is: those of the alias before it, or all."""
    tokens = statement.tokens
    if not index or tokens[index - 1].value != ".":
        return seen if not index or tokens[index - 1].value not in (":", "::") else ()
    if index < 2 or (index > 2 and tokens[index - 3].value == "."):
        return ()
    owner = statement.spelling(tokens[index - 2]).casefold()
    found = [v for v in seen if v.name.casefold() == owner]
    return found if len(found) == 1 else ()


def _is_exact(
    statement: Statement, relations: Relations, visible: Visible, block: Block, catalogue: ViewCatalogue
) -> bool:
    """Whether the source is a table of the database, under no other column names."""
    source = visible.source
    if not source.parts or source.columns or source.pivots or source.hole is not None:
        return False
    names = [statement.spelling(part) for part in source.parts]
    if len(names) == 1 and relations.cte(names[0], block) is not None:
        return False
    found = catalogue.binding(names)
    return found is not None and found.dialect == statement.dialect.name


def _finding(statement: Statement, token: Token, name: str, meant: Sequence[str]) -> Finding:
    span = Span(token.start, token.end).shift(statement.start)
    read = f"PostgreSQL reads it as `{name}`" if statement.unquoted(token) else "names in quotes keep their case"
    choices = " or ".join(f"`{quoted}`" for quoted in (n if n == n.lower() else f'"{n}"' for n in meant))
    text = f"No column `{statement.spelling(token)}`: {read}. The column is {choices}."
    fixes = tuple(Fix(f"Change to `{n}`", (Edit("", span, n),)) for n in meant)
    return Finding(CODE, span, text, "error", fixes=fixes)
