"""Where SQLite itself cannot read a statement: its own parser is asked, over an empty database in memory.

EXPLAIN compiles and runs nothing. A database may be newer than the SQLite that we have and read more than it, so what
later versions have added is never reported (an ORDER BY in an aggregate, digits with `_`, WITHIN GROUP).
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from functools import lru_cache

from polycell.core.patterns import pattern
from polycell.core.results import Finding
from polycell.core.text import Span
from polycell.languages.sql.syntax.lexer import Token
from polycell.languages.sql.syntax.scan import Statement

CODE = "sql-syntax"
LONGEST = 20_000  # characters of a statement that is parsed

_JUDGED = frozenset({"SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "VALUES"})
_NEAR = pattern(r'near "(.*)": syntax error\Z', re.DOTALL)
_INCOMPLETE = "incomplete input"
_OLDEST = (3, 39)  # before, RIGHT JOIN and IS DISTINCT FROM were errors
_NEWER = frozenset({"ORDER", "(", "WITHIN"})


def syntax_error(statement: Statement) -> Finding | None:
    """The first place that cannot be read; None where all of it can, or nobody knows."""
    if statement.root.statement not in _JUDGED or statement.holes or len(statement.text) > LONGEST:
        return None
    if statement.lexed.unclosed or not statement.tokens or sqlite3.sqlite_version_info < _OLDEST:
        return None
    if _open(statement):
        return None  # the parenthesis is what is reported, in every dialect
    said = _complaint(statement.text)
    if said == _INCOMPLETE:
        last = statement.tokens[-1]
        text = "The statement ends before it is complete."
        return Finding(CODE, Span(last.start, last.end).shift(statement.start), text, "error")
    found = _NEAR.match(said)
    token = _first(statement, found[1]) if found is not None else None
    if token is None or token.value in _NEWER:
        return None
    written = statement.text[token.start : token.end]
    return Finding(
        CODE, Span(token.start, token.end).shift(statement.start), f"SQLite expects no `{written}` here.", "error"
    )


def _first(statement: Statement, near: str) -> Token | None:
    """The token that SQLite stumbles over. It reads from left to right: what ends before that token is incomplete at
    most."""
    for token in statement.tokens:
        if statement.text[token.start : token.end] == near:
            said = _NEAR.match(_complaint(statement.text[: token.end]))
            if said is not None and said[1] == near:
                return token
    return None


def _open(statement: Statement) -> bool:
    values = [t.value for t in statement.tokens if t.kind == "op"]
    return values.count("(") != values.count(")")


@lru_cache(maxsize=512)
def _complaint(text: str) -> str:
    """What SQLite says of a statement; "" where it has no complaint about how it is written."""
    try:
        with closing(sqlite3.connect(":memory:")) as connection:
            connection.execute(f"EXPLAIN {text}").close()
    except sqlite3.OperationalError as error:
        return str(error)
    except (sqlite3.Error, sqlite3.Warning, ValueError, UnicodeError):
        return ""  # parameters without values, two statements
    return ""
