"""Types of what a query yields: by DuckDB's own word where it is its dialect, else as sqlglot finds them."""

from __future__ import annotations

from polycell.core.types import NULL, Column, DataType, Table
from polycell.core.values import replace
from polycell.languages.sql.catalogue import ViewCatalogue
from polycell.languages.sql.duckdb.results import described
from polycell.languages.sql.relations.columns import Relations
from polycell.languages.sql.relations.infer import typed
from polycell.languages.sql.relations.items import items
from polycell.languages.sql.syntax.blocks import Block
from polycell.languages.sql.syntax.scan import Statement, scan


def with_types(statement: Statement, relations: Relations, catalogue: ViewCatalogue, table: Table) -> Table:
    """`table`, what `relations` say of the statement's query, with what its dialect knows better."""
    return described(statement, catalogue, table) or typed(statement, relations, table)


def of_part(text: str, catalogue: ViewCatalogue, table: Table) -> Table:
    """`table`, the output of a query that is a part of its statement (`CREATE TABLE … AS query`), with its types."""
    if all(column.type is not None for column in table.columns):
        return table
    statements = scan(text, catalogue.dialect).statements
    if len(statements) != 1:
        return table
    relations = Relations(statements[0], catalogue, lambda token: None)
    found = with_types(statements[0], relations, catalogue, relations.output(statements[0].root))
    if [c.name for c in found.columns] != [c.name for c in table.columns]:
        return table
    columns = tuple(_with_type(mine, its) for mine, its in zip(table.columns, found.columns, strict=True))
    return replace(table, columns=columns)


def _with_type(column: Column, found: Column) -> Column:
    """A column of nothing but NULL gets a type when it is stored, which differs by dialect."""
    if column.type is not None or found.type is None or found.type == NULL:
        return column
    return replace(column, type=found.type, type_certainty=found.type_certainty)


def of_items(statement: Statement, after: int, query: Block, catalogue: ViewCatalogue) -> list[DataType | None]:
    """The types of the items of the query behind `AS`, in order, some of which have no name of their own. Names are
    given to those for the question."""
    listed = items(statement, query)
    text = query_text(statement, after)
    base = len(statement.text) - len(text)
    for at in reversed(range(len(listed))):
        if listed[at].alias is None:
            end = statement.tokens[listed[at].end - 1].end - base
            text = f"{text[:end]} AS polycell_{at}{text[end:]}"
    unknown: list[DataType | None] = [None] * len(listed)
    statements = scan(text, catalogue.dialect).statements
    if not text or len(statements) != 1:
        return unknown
    relations = Relations(statements[0], catalogue, lambda token: None)
    found = with_types(statements[0], relations, catalogue, relations.output(statements[0].root))
    return [c.type if c.type != NULL else None for c in found.columns] if len(found.columns) == len(listed) else unknown


def query_text(statement: Statement, after: int) -> str:
    """The query behind the `AS` that follows what is created."""
    depth = 0
    for token in statement.tokens[after:]:
        if token.kind == "word" and token.value == "AS" and not depth:
            return statement.text[token.end :]
        depth += (token.value == "(") - (token.value == ")")
    return ""
