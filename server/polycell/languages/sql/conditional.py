"""Statements that hold others: T-SQL's `IF … ALTER TABLE t ADD a int`, blocks of BEGIN and END, PostgreSQL's DO.

Nobody knows whether what they hold runs, or how often: a table that one of them makes or changes may have other columns
from there on.
"""

from __future__ import annotations

from collections.abc import Iterator

from polycell.core.patterns import pattern
from polycell.languages.sql import procedures
from polycell.languages.sql.syntax.lexer import Token
from polycell.languages.sql.syntax.scan import Script, Statement
from polycell.languages.sql.syntax.words import words_of

HOLDING = words_of("IF WHILE LOOP REPEAT FOR CASE ELSE ELSEIF ELSIF ELIF DO")
_BLOCKS = frozenset({"BEGIN"})  # of T-SQL, whose names need no other rules in there
# They run what nobody sees, or change what names mean.
_DYNAMIC = words_of("EXEC EXECUTE CALL USE ATTACH DETACH IMPORT IMMEDIATE")
_CHANGING = frozenset({"CREATE", "ALTER", "DROP"})
# In the text of PostgreSQL's DO, which is a string.
_CHANGES = pattern(r"\b(?:create|alter|drop|rename|execute|call|perform|into|search_path)\b")
_OPENING = words_of("IF WHILE LOOP FOR REPEAT CASE")
_BEFORE_STATEMENTS = words_of("THEN ELSE DO LOOP BEGIN REPEAT")


def holds(statement: Statement) -> bool:
    """Whether it may hold other statements."""
    verb = statement.root.statement
    return verb in HOLDING or (verb in _BLOCKS and statement.dialect.name == "tsql")


def hides(statement: Statement) -> bool:
    """Whether what it holds may do anything to any table."""
    tokens = statement.tokens
    if statement.holes:
        return True
    if statement.root.statement == "DO":
        return any(t.kind == "string" and _CHANGES.search(t.value.lower()) for t in tokens)
    return any(
        t.kind == "word" and t.value in _DYNAMIC and not (t.value[:4] == "EXEC" and procedures.is_harmless(tokens, at))
        for at, t in enumerate(tokens)
    )


def changing(statement: Statement) -> Iterator[int]:
    """The tokens at which statements that change tables begin in it: CREATE, ALTER, DROP, and the INTO of a SELECT."""
    tokens = statement.tokens
    for at, token in enumerate(tokens):
        if token.kind != "word":
            continue
        if token.value in _CHANGING or (token.value == "INTO" and tokens[at - 1].value not in ("INSERT", "MERGE")):
            yield at


def in_order(script: Script) -> Iterator[tuple[Statement, bool]]:
    """Each statement of a script with whether it runs for certain: a block goes over several statements where each ends
    with a semicolon (`IF a THEN ALTER …; ALTER …; END IF;`)."""
    depth = 0
    for statement in script.statements:
        yield statement, not depth
        if script.dialect.name != "tsql":
            depth = max(0, depth + _opened(statement.tokens))


def _opened(tokens: list[Token]) -> int:
    """How many blocks the statement opens, less those that it ends."""
    made, before = 0, ""
    for at, token in enumerate(tokens):
        word = token.value if token.kind == "word" else ""
        begins = not at or before in _BEFORE_STATEMENTS
        made -= word == "END"
        made += begins and (word in _OPENING or (word == "BEGIN" and len(tokens) > 2))
        made += word == "CASE" and not begins and before != "END"
        before = word
    return made
