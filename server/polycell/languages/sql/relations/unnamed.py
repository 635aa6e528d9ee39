"""The names of columns that nobody named, by each database's rule; None where it is not certain.

What a rule says was found by asking: DuckDB, PostgreSQL, SQLite, MariaDB and Spark themselves (tests compare), and the
manuals of BigQuery, Trino and Hive.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from polycell.languages.sql.relations.figured import figured
from polycell.languages.sql.relations.items import Item, items
from polycell.languages.sql.relations.names import duckdb_name
from polycell.languages.sql.relations.spark_names import spark_name
from polycell.languages.sql.syntax.blocks import Block
from polycell.languages.sql.syntax.lexer import Token
from polycell.languages.sql.syntax.scan import Statement

LONGEST = 60  # characters of a name that is the text of its expression
_AGGREGATES = frozenset({"COUNT", "SUM", "AVG", "MIN", "MAX"})
_SQLITE_PASSES_ON = frozenset({"COLLATE", "LIKELY", "UNLIKELY", "LIKELIHOOD"})  # perhaps the name of what is inside
_CONSTANTS = frozenset({"NULL", "TRUE", "FALSE"})


def unnamed(statement: Statement, block: Block, item: Item, position: int | None) -> str | None:
    """The name of an item that is neither a plain reference nor has an alias; `position`: how many columns come before
    it, None where that is not known."""
    tokens = statement.tokens[item.start : item.end]
    if item.odd or not tokens or [t.value for t in tokens[-2:]] == [".", "*"]:  # `(a).*` are several
        return None
    dialect = statement.dialect.name
    if dialect == "duckdb":
        return duckdb_name([statement.text[t.start : t.end] for t in tokens])
    if any(h.start < tokens[-1].end and h.end > tokens[0].start for h in statement.holes):
        return None
    if dialect == "postgres":
        return figured(statement, block, item.start, item.end)
    if dialect == "redshift":
        return tokens[0].value.lower() if _is_aggregate(tokens) else None
    if dialect in ("spark", "databricks"):
        return spark_name(statement, tokens)
    if dialect in ("sqlite", "mysql"):
        return _by_text(statement, item, tokens)
    # Inside of a query these have no name that could be written.
    if block is not statement.root or block.statement not in ("SELECT", "WITH"):
        return None
    if dialect in ("trino", "presto"):
        return f"_col{position}" if position is not None and not _is_of_value(tokens) else None
    if dialect == "hive":
        return f"_c{position}" if position is not None and not _is_of_value(tokens) else None
    return _by_count(statement, block, item) if dialect == "bigquery" else None


def _is_aggregate(tokens: Sequence[Token]) -> bool:
    """`sum(a)`, `count(*)`: one call and nothing else."""
    signs = [t.value for t in tokens]
    return signs[0] in _AGGREGATES and len(signs) == 4 and signs[1] == "(" and signs[3] == ")"


def _is_of_value(tokens: Sequence[Token]) -> bool:
    """`f(x).a`: a field, which may give its name."""
    return len(tokens) > 1 and tokens[-2].kind == "op" and tokens[-2].value == "."


def _by_text(statement: Statement, item: Item, tokens: Sequence[Token]) -> str | None:
    """The expression as it is written."""
    following = statement.tokens[item.end : item.end + 1]
    until = following[0].start if following else len(statement.text)
    text = statement.text[tokens[0].start : tokens[-1].end]
    if any(tokens[0].start <= c.start < until for c in statement.lexed.comments) or len(text) > LONGEST:
        return None
    bare = [t for t in tokens if t.value not in ("(", ")") or t.kind != "op"]
    if statement.dialect.name == "sqlite":
        dotted = all(t.kind in ("word", "name") or t.value == "." for t in bare)
        wrapped = tokens[0].value == "(" and dotted
        return None if wrapped or any(t.value in _SQLITE_PASSES_ON for t in tokens) else text
    if len(tokens) == 1 and tokens[0].kind == "word":
        return tokens[0].value if tokens[0].value in _CONSTANTS else text
    if len(tokens) == 1:
        return text if tokens[0].kind == "number" else None
    # A string is called like what is in it, and `+` and parentheses around a name are left out.
    plain = len(bare) < 2 or all(t.kind in ("word", "name", "string") or t.value == "." for t in bare)
    outside = tokens[0].value in ("(", "+") or tokens[0].kind == "string" or tokens[1].kind == "string"
    return None if outside and (plain or tokens[0].value == "+") else text


def _by_count(statement: Statement, block: Block, item: Item) -> str | None:
    """BigQuery: `f0_`, `f1_`, … of those that have none."""
    tokens = statement.tokens
    if _is_of_value(tokens[item.start : item.end]):
        return None
    before = list(takewhile(lambda other: other is not item, items(statement, block)))
    if any(other.odd or other.empty or _is_of_value(tokens[other.start : other.end]) for other in before):
        return None
    return f"f{sum(other.alias is None and not other.reference and not other.star for other in before)}_"
