"""The select list of a query as a query of its own, whose text says nothing but types: `SELECT SUM(c0), COUNT(*)`.

A column's type follows from its expression and the types of the columns in it, whatever these are called. Notebooks
write the same few shapes over and over, so that whoever works out types (some 5 ms with sqlglot) does so once a shape.
Only what can be told for certain to be a column is replaced by one; a list with anything else in it has no shape.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from polycell.core.types import Table
from polycell.languages.sql.relations.columns import Relations
from polycell.languages.sql.relations.items import Item, items
from polycell.languages.sql.relations.types import to_sql
from polycell.languages.sql.syntax.blocks import Block
from polycell.languages.sql.syntax.lexer import Token
from polycell.languages.sql.syntax.scan import Statement
from polycell.languages.sql.syntax.words import words_of

TABLE = "t"
# Words that mean the same wherever they stand in an expression. Others may be units, types or names without quotes.
_WORDS = words_of(
    "DISTINCT AND OR NOT CASE WHEN THEN ELSE END IS NULL TRUE FALSE OVER PARTITION BY ORDER ASC DESC IN BETWEEN LIKE"
)
_NAMING = frozenset({"STRUCT", "ROW", "STRUCT_PACK", "ARRAYS_ZIP"})  # name parts by the columns that they are given
_SIGNS = frozenset({"+", "-", "*", "/", "%", "(", ")", ",", "=", "<", ">", "<=", ">=", "<>", "!=", "||"})


class Shape(Struct, frozen=True):
    """`text` selects expressions from `TABLE`, whose columns are `schema`: (name, SQL type). `names` are what each is
    called in it, and in the query that it was made of (folded)."""

    text: str
    names: tuple[tuple[str, str], ...]
    schema: tuple[tuple[str, str], ...]


def shape_of(statement: Statement, relations: Relations, table: Table) -> Shape | None:
    """The shape of what has no type yet in `table`, the output of the statement's query; None where it has none."""
    root = statement.root
    if root.arms or root.ctes or root.segment("select") is None or statement.holes:
        return None
    untyped = {column.name.casefold() for column in table.columns if column.type is None}
    columns: dict[str, tuple[str, str]] = {}
    made: dict[str, str] = {}
    listed_items = items(statement, root)
    for number, item in enumerate(listed_items):
        if item.star or item.odd or item.empty:
            return None
        if item.alias is None:
            if item.reference:
                continue  # it has the type of the column it names, known or not
            if len(listed_items) != len(table.columns):
                return None  # it has no name that we know
            name = table.columns[number].name.casefold()
        else:
            name = statement.name(item.alias).casefold() if item.alias.kind != "string" else item.alias.value.casefold()
        if name not in untyped:
            continue
        expression = _expression(statement, root, relations, item, columns)
        if expression is None or name in made:
            return None
        made[name] = expression
    if not made:
        return None
    names = tuple((f"x{number}", name) for number, name in enumerate(made))
    listed = ", ".join(f"{made[name]} AS {given}" for given, name in names)
    # sqlglot takes a table without columns for one that it does not know.
    return Shape(f"SELECT {listed} FROM {TABLE}", names, tuple(columns.values()) or (("c0", "UNKNOWN"),))


def _expression(
    statement: Statement, block: Block, relations: Relations, item: Item, columns: dict[str, tuple[str, str]]
) -> str | None:
    """The item's expression over `columns`, to which it adds; None where it holds what is not certain."""
    tokens, end = statement.tokens, item.end
    if item.alias is not None:
        if tokens[end - 1] is not item.alias:
            return None
        end -= 2 if tokens[end - 2].value == "AS" and tokens[end - 2].kind == "word" else 1
    if any(child.kind == "query" for _, child in block.walk(item.start, end) if child is not None):
        return None
    if any(t.kind == "word" and t.value in _NAMING for t in tokens[item.start : end]):
        return None
    parts: list[str] = []
    for token, words in _units(tokens, item.start, end):
        if words:
            column = _column(statement, block, relations, words, columns)
            if column is None:
                return None
            parts.append(column)
        elif token.kind == "word":
            parts.append(token.value)
        elif token.kind in ("number", "string"):
            parts.append(statement.text[token.start : token.end])
        elif token.kind == "op" and token.value in _SIGNS:
            parts.append(token.value)
        else:
            return None
    return " ".join(parts)


def _units(tokens: list[Token], start: int, end: int) -> Iterator[tuple[Token, tuple[Token, ...]]]:
    """Each token; of dotted names, and words that are neither known nor functions, all words as one."""
    at = start
    while at < end:
        token = tokens[at]
        words = [token]
        if token.kind in ("word", "name"):
            while at + 2 < end and tokens[at + 1].value == "." and tokens[at + 2].kind in ("word", "name"):
                words.append(tokens[at + 2])
                at += 2
        called = at + 1 < end and tokens[at + 1].value == "(" and tokens[at + 1].kind == "op"
        plain = token.kind == "word" and len(words) == 1 and (token.value in _WORDS or called)
        yield token, (() if plain or token.kind not in ("word", "name") else tuple(words))
        at += 1


def _column(
    statement: Statement,
    block: Block,
    relations: Relations,
    words: tuple[Token, ...],
    columns: dict[str, tuple[str, str]],
) -> str | None:
    found = relations.resolve(words, block)
    if found is None:
        return None
    column, visible = found
    type_ = to_sql(column.type)
    if type_ is None and visible.source.block is not None:
        return None  # the query that it comes from may tell
    key = f"{visible.name}.{column.name}".casefold()
    return columns.setdefault(key, (f"c{len(columns)}", type_ or "UNKNOWN"))[0]
