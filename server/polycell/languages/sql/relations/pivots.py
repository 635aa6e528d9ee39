"""PIVOT and UNPIVOT behind a table: which columns they take away, and what those that they make are called.

Names follow each database's manual; where only the data, or a rule that nobody wrote down, tells a name, the table is
open. What they make is likely, so that nothing is reported missing below, but where the query itself names it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from polycell.core.types import FLOAT64, INT64, STRING, Anchor, Certainty, Column, DataType, Table
from polycell.core.values import replace
from polycell.languages.sql.syntax.blocks import Block
from polycell.languages.sql.syntax.lexer import Token
from polycell.languages.sql.syntax.scan import Statement

_SPARK = frozenset({"spark", "databricks"})
# `FROM t UNPIVOT (value FOR name IN (…))`: here the values come before the names.
_VALUES_FIRST = frozenset({"tsql", "bigquery"})
_SAME_TYPE = frozenset({"MAX", "MIN", "ANY_VALUE", "FIRST", "LAST"})

Place = Callable[[Token], Anchor | None]


def pivoted(statement: Statement, word: str, block: Block, table: Table, anchor: Place) -> Table:
    """`table` behind `PIVOT (…)` or `UNPIVOT (…)`, whose parenthesis is `block`."""
    inside = list(block.walk(block.start + 1, block.end - 1 if block.closed else block.end))
    at = next((n for n, (i, _) in enumerate(inside) if _is(statement, i, "FOR")), -1)
    listed = next((n for n, (i, _) in enumerate(inside) if n > at and _is(statement, i, "IN")), -1)
    behind = inside[listed + 1][1] if 0 <= at < listed < len(inside) - 1 else None
    names = [statement.tokens[i] for i, child in inside[at + 1 : listed] if child is None]
    if behind is None or not names or len(inside) > listed + 2 or any(c for _, c in inside[at + 1 : listed]):
        return replace(table, columns=(), open=True)
    over = names[-1]  # `s.name` is a name, too
    if word == "UNPIVOT":
        return _unpivoted(statement, [statement.tokens[i] for i, _ in inside[:at]], over, behind, table, anchor)
    return _pivoted(statement, _split(statement, inside[:at]), over, behind, table, anchor)


def _is(statement: Statement, at: int, word: str) -> bool:
    token = statement.tokens[at]
    return token.kind == "word" and token.value == word


_Flat = list[tuple[int, Block | None]]


def _split(statement: Statement, flat: _Flat) -> list[_Flat]:
    """The parts between commas."""
    made: list[_Flat] = [[]]
    for at, child in flat:
        if child is None and statement.tokens[at].value == "," and statement.tokens[at].kind == "op":
            made.append([])
        else:
            made[-1].append((at, child))
    return [part for part in made if part]


def _listed(statement: Statement, block: Block) -> list[_Flat]:
    return _split(statement, list(block.walk(block.start + 1, block.end - 1 if block.closed else block.end)))


def _alias(statement: Statement, part: _Flat) -> Token | None:
    """`… AS name`, `… name`."""
    at, child = part[-1]
    token = statement.tokens[at]
    named = child is None and (token.kind == "name" or (token.kind == "word" and len(part) > 1))
    return token if named and len(part) > 1 else None


# -- PIVOT


def _pivoted(
    statement: Statement, aggregates: list[_Flat], over: Token, listed: Block, table: Table, anchor: Place
) -> Table:
    spelling = statement.spelling
    used = {spelling(over).casefold()}
    for part in aggregates:
        for _, child in part:
            used |= {spelling(t).casefold() for t in _words(statement, child)} if child is not None else set()
    kept = [c for c in table.columns if c.name.casefold() not in used]
    made: list[Column] = []
    opened = table.open
    for value in _listed(statement, listed):
        if listed.kind == "query" or not _is_value(statement, value):
            opened = True  # a subquery, ANY, several values in parentheses
            continue
        alias = _alias(statement, value)
        label = statement.name(alias) if alias is not None else _label(statement, value)
        for part in aggregates:
            name = _named(statement, label, part, len(aggregates)) if label is not None else None
            if name is None:
                opened = True
                continue
            origin = anchor(alias) if alias is not None and name == label else None
            sure = alias is not None or statement.dialect.name == "tsql"
            made.append(_column(name, _type(statement, part, table), origin, sure=sure))
    return Table((*kept, *made), opened, case_sensitive=False)


def _is_value(statement: Statement, value: _Flat) -> bool:
    """`'a'`, `1`, `[a]`, `'a' AS x`, `'a' x`."""
    tokens = [statement.tokens[at] for at, _ in value]
    literal = tokens[0].kind in ("string", "number", "name") and all(child is None for _, child in value)
    return literal and (len(tokens) < 3 or (len(tokens) == 3 and tokens[1].value == "AS"))


def _column(name: str, type_: DataType | None, origin: Anchor | None, *, sure: bool = False) -> Column:
    certainty = Certainty.CERTAIN if sure else Certainty.LIKELY
    return Column(name, type_, certainty=certainty, origin=origin, type_certainty=Certainty.LIKELY)


def _words(statement: Statement, block: Block) -> Iterator[Token]:
    """The names in an aggregate's parenthesis."""
    for token in statement.tokens[block.start + 1 : block.end]:
        if token.kind in ("word", "name"):
            yield token


def _label(statement: Statement, value: _Flat) -> str | None:
    """What a value of the IN list calls its column; None where that is not known."""
    token, dialect = statement.tokens[value[0][0]], statement.dialect.name
    if len(value) > 1 or value[0][1] is not None:
        return None
    if dialect == "tsql":
        return token.value if token.kind == "name" else None
    if token.kind == "string":
        if dialect == "snowflake":
            return statement.text[token.start : token.end]  # the quotes are a part of the name
        plain = token.value.isidentifier()
        return token.value if dialect == "duckdb" or dialect in _SPARK or (dialect == "bigquery" and plain) else None
    if token.kind == "number" and token.value.isdigit():
        numbers = {"bigquery": "_{}", "snowflake": "{}", "duckdb": "{}", "spark": "{}", "databricks": "{}"}
        return numbers[dialect].format(token.value) if dialect in numbers else None
    return None


def _named(statement: Statement, label: str, aggregate: _Flat, count: int) -> str | None:
    """A column's name by its value's and its aggregate's."""
    alias, dialect = _alias(statement, aggregate), statement.dialect.name
    if count == 1 and (alias is None or dialect in _SPARK):
        return label
    if alias is None:
        return None
    name = statement.name(alias)
    if dialect == "bigquery":
        return f"{name}_{label}"
    return f"{label}_{name}" if dialect in ("duckdb", "oracle") or dialect in _SPARK else None


def _type(statement: Statement, aggregate: _Flat, table: Table) -> DataType | None:
    function = statement.tokens[aggregate[0][0]].value.upper()
    call = next((child for _, child in aggregate if child is not None), None)
    if function == "COUNT":
        return INT64
    words = list(_words(statement, call)) if call is not None else []
    column = table.column(statement.spelling(words[0])) if len(words) == 1 else None
    if column is None or call is None or call.end - call.start != 3:
        return None
    if function in _SAME_TYPE or (function in ("SUM", "AVG") and column.type == FLOAT64):
        return column.type
    return None


# -- UNPIVOT


def _unpivoted(
    statement: Statement, value: list[Token], name: Token, listed: Block, table: Table, anchor: Place
) -> Table:
    spelling = statement.spelling
    parts = _listed(statement, listed)
    if len(value) != 1 or any(child is not None for part in parts for _, child in part):
        return replace(table, columns=(), open=True)
    taken = {spelling(statement.tokens[part[0][0]]).casefold() for part in parts}
    if any(len(part) > 1 and statement.tokens[part[1][0]].value == "." for part in parts):
        return replace(table, columns=(), open=True)
    types = {c.type for c in table.columns if c.name.casefold() in taken}
    values = _column(statement.name(value[0]), types.pop() if len(types) == 1 else None, anchor(value[0]))
    names = _column(statement.name(name), STRING, anchor(name))
    kept = [c for c in table.columns if c.name.casefold() not in taken]
    both = (values, names) if statement.dialect.name in _VALUES_FIRST else (names, values)
    return Table((*kept, *both), table.open, case_sensitive=False)
