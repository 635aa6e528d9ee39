"""Which catalogue and schema a plain name means: `USE CATALOG main`, `USE shop`, `SET search_path TO shop`.

What is in use has as many parts as names of the dialect have before the table's own, each "" where nobody knows it.
DuckDB's databases, which are attached first, are `attached`.
"""

from __future__ import annotations

from collections.abc import Sequence

from polycell.languages.sql.syntax.lexer import Token
from polycell.languages.sql.syntax.scan import Statement

USED = "(schema in use)"  # its value is the dotted name, "" for none

# How many parts a table's name has before its own.
_DEPTHS = {
    **dict.fromkeys(("mysql", "hive", "clickhouse", "postgres", "redshift", "oracle"), 1),
    **dict.fromkeys(("spark", "databricks", "snowflake", "tsql", "trino", "presto"), 2),
}
_KINDS = frozenset({"CATALOG", "DATABASE", "SCHEMA", "NAMESPACE"})
_NO_NAMESPACES = frozenset({"WAREHOUSE", "ROLE", "SECONDARY"})  # of Snowflake
# The schema that is in use when a catalogue was chosen.
_FIRST = {"databricks": "default", "snowflake": "public", "tsql": "dbo"}
_SEARCHED = frozenset({"SEARCH_PATH", "SCHEMA"})


def moved(statement: Statement, used: Sequence[str] = ()) -> tuple[str, ...] | None:
    """What is in use behind a statement; () where that is as before, None where it is not understood."""
    words = [t.value if t.kind == "word" else "" for t in statement.tokens[:4]] + [""] * 4
    match words[0]:
        case "USE":
            at = 2 if len(statement.tokens) > 2 and words[1] in _KINDS | _NO_NAMESPACES else 1
            return () if words[1] in _NO_NAMESPACES and at == 2 else _moved(statement, words[1] * (at - 1), at, used)
        case "SET":
            at = 2 if words[1] in ("SESSION", "LOCAL") else 1
            if words[at] == "CATALOG" and statement.dialect.name in ("spark", "databricks"):
                return _moved(statement, "CATALOG", at + 1, used)
            if words[at] in _SEARCHED:  # creates tables in the first; what is in the others is found by no name
                return _moved(statement, "SCHEMA", at + 1 + (_follows(statement, at + 1, "=", "TO")), used)
            return ()
        case "ALTER":
            if words[1:4] != ["SESSION", "SET", "CURRENT_SCHEMA"]:
                return ()
            return _moved(statement, "SCHEMA", 5, used)
    return None


def _moved(statement: Statement, kind: str, at: int, used: Sequence[str]) -> tuple[str, ...] | None:
    dialect, names = statement.dialect.name, _dotted(statement, at)
    depth = _DEPTHS.get(dialect, 0)
    if not depth or not names or len(names) > depth or any("." in n for n in names):
        return None
    if depth == 1 or len(names) == depth:
        return tuple(names)
    if kind == "CATALOG" or (dialect == "snowflake" and kind in ("", "DATABASE")) or dialect == "tsql":
        return (names[0], _FIRST.get(dialect, ""))
    return (used[0] if len(used) == depth else "", names[0])


def _follows(statement: Statement, at: int, *values: str) -> bool:
    return at < len(statement.tokens) and statement.tokens[at].value in values


def _dotted(statement: Statement, at: int) -> list[str]:
    """The parts of the name at a token; of a list the first name; [] for anything else."""
    tokens = statement.tokens[at:]
    end = next((i for i, t in enumerate(tokens) if t.value == ","), len(tokens))
    name: list[Token] = tokens[:end]
    plain = name[::2] and len(name) % 2 and all(t.kind in ("word", "name", "string") for t in name[::2])
    if statement.holes or not plain or any(t.value != "." for t in name[1::2]):
        return []
    return [statement.spelling(t) for t in name[::2]]


def qualified(parts: Sequence[str], used: Sequence[str]) -> list[str] | None:
    """The name in full, as far as that is known; None where a part in its middle is not."""
    whole = [*used[: max(len(used) + 1 - len(parts), 0)], *parts]
    while whole and not whole[0]:
        whole.pop(0)
    return whole if all(whole) else None
