"""Databases beside the connection's own: `ATTACH 'shop.db' AS shop`, `USE shop`, `DETACH shop`.

They are kept in the catalogue under names that no query can spell, so that they hide no table.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from polycell.core.environment import Binding
from polycell.core.patterns import pattern
from polycell.core.types import STRING, Connection, Scalar
from polycell.languages.sql import conditional, procedures
from polycell.languages.sql.namespaces import USED, moved
from polycell.languages.sql.syntax.lexer import Token
from polycell.languages.sql.syntax.scan import Statement

ATTACHED = "(attached database) "  # before the folded name

# Statements after which a table's name may mean another table, or a table may have other columns.
SHIFTING = frozenset(
    {"USE", "SET", "ALTER", "ATTACH", "DETACH", "CALL", "EXEC", "EXECUTE", "IMPORT", "BEGIN", "DECLARE", "ROLLBACK"}
)
_STARTS = frozenset({"TRANSACTION", "TRAN", "WORK", "DEFERRED", "IMMEDIATE", "EXCLUSIVE"})

_FILLERS = frozenset({"DATABASE", "IF", "NOT", "EXISTS", "OR", "REPLACE", "SCHEMA"})
_TYPES = {"SQLITE": "sqlite", "DUCKDB": "duckdb"}
# `'postgresql://…'`, `'md:shop'`, `'dbname=shop'`: no file.
_ELSEWHERE = pattern(r"\w\w+:|.*[=?]")


def shifted(statement: Statement, used: Sequence[str] = ()) -> dict[str, Binding | None] | None:
    """What ATTACH, DETACH and USE change in the catalogue (None: gone), by name; None where that is not understood.
    `used` is the schema in use before."""
    if _is_harmless(statement):
        return {}
    if statement.holes or statement.lexed.unclosed:
        return None
    if statement.dialect.name not in ("duckdb", "sqlite"):
        found = moved(statement, used)
        return None if found is None else {USED: _in_use(".".join(found))} if found else {}
    words = [t for t in statement.tokens[1:] if t.kind != "word" or t.value not in _FILLERS]
    match statement.root.statement:
        case "ATTACH":
            return _attached(statement, words)
        case "DETACH" if len(words) == 1:
            return {key_of(statement.spelling(words[0])): None}
        case "USE" if statement.dialect.name == "duckdb" and words and all(t.kind != "string" for t in words):
            name = ".".join(statement.spelling(t) for t in words[::2])
            return {USED: _in_use(name)} if len(words) in (1, 3) else None
    return None


def _is_harmless(statement: Statement) -> bool:
    """Whether all names mean what they meant before: `BEGIN TRANSACTION`, `DECLARE @n int = 5`, `SET x = 1`."""
    words = [t.value for t in statement.tokens if t.kind == "word"]
    match statement.root.statement:
        case "BEGIN":
            return len(statement.tokens) == 1 or (len(statement.tokens) == 2 and words[-1] in _STARTS)
        case "DECLARE":
            return not {"BEGIN", "EXECUTE", "EXEC", "IMMEDIATE"} & set(words)
        case "SET":
            return not {"SEARCH_PATH", "SCHEMA", "CATALOG"} & set(words[1:3])
        case "EXEC" | "EXECUTE" if statement.dialect.name == "tsql":
            return procedures.is_harmless(statement.tokens) or procedures.renamed(statement) is not None
        case "ALTER":
            return words[1:2] != ["SESSION"]
    return False


def _in_use(name: str) -> Binding:
    return Binding(USED, Scalar(STRING, name), space="catalog")


def _attached(statement: Statement, words: list[Token]) -> dict[str, Binding | None] | None:
    if not words or words[0].kind != "string" or _ELSEWHERE.match(words[0].value):
        return None
    path, words = words[0].value, words[1:]
    name = re.split(r"[\\/]", path)[-1].partition(".")[0]
    if len(words) > 1 and words[0].value == "AS":
        name, words = statement.spelling(words[1]), words[2:]
    elif statement.dialect.name == "sqlite":
        return None
    said = [t.value for t in words]
    kind = said[said.index("TYPE") + 1 : said.index("TYPE") + 2] if "TYPE" in said else []
    dialect = _TYPES.get(kind[0].upper()) if kind else statement.dialect.name
    if dialect is None or not name:
        return None
    key = key_of(name)
    return {key: Binding(key, Connection(dialect, path), space="catalog", source=f"ATTACH '{path}'")}


def key_of(name: str) -> str:
    """Where the catalogue keeps the database that is attached under a name."""
    return f"{ATTACHED}{name.casefold()}"


def unseen(statement: Statement) -> bool:
    """Whether names mean something else from there on that nobody can tell. SQLite looks for a plain name in every
    database that is attached."""
    verb = statement.root.statement
    if conditional.holds(statement) and not _is_harmless(statement):
        return conditional.hides(statement)
    if verb not in SHIFTING:
        return False
    return shifted(statement) is None or (verb == "ATTACH" and statement.dialect.name == "sqlite")
