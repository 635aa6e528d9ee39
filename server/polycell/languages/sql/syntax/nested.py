"""Statements inside of others: in blocks of BEGIN and END, behind THEN, ELSE, DO, a condition, in a routine's body.

What is typed there is completed as if it stood alone. Sources: the manuals of Transact-SQL, BigQuery, Databricks,
Snowflake and MySQL on procedural language.
"""

from __future__ import annotations

from polycell.core.text import Span
from polycell.languages.sql.syntax.dialects import Dialect
from polycell.languages.sql.syntax.lexer import Token
from polycell.languages.sql.syntax.scan import Statement, scan
from polycell.languages.sql.syntax.words import words_of

DEEPEST = 20  # blocks in blocks that are followed
_PROCEDURAL = words_of("IF ELSE ELSEIF ELSIF WHILE LOOP FOR REPEAT BEGIN END DECLARE EXCEPTION")
_ROUTINES = words_of("PROCEDURE PROC FUNCTION TRIGGER TASK")
_OPENING = words_of("BEGIN THEN ELSE DO LOOP REPEAT")
_CONDITIONS = words_of("IF WHILE")
# Words that belong to BEGIN or END.
_PAIRED = words_of("IF WHILE LOOP FOR REPEAT CASE")
_PAIRED_IN_TSQL = words_of("TRY CATCH")
_VERBS = words_of(
    """SELECT INSERT UPDATE DELETE MERGE CREATE DROP ALTER TRUNCATE EXEC EXECUTE PRINT SET DECLARE RETURN THROW
    RAISERROR WITH GOTO WAITFOR USE GRANT"""
)


def nested(text: str, offset: int, dialect: Dialect) -> tuple[Span, ...]:
    """The parts of a text in which the place is in a statement of its own, each in the one before; none where it is in
    no other one."""
    found: list[Span] = []
    start, end = 0, len(text)
    for _ in range(DEEPEST):
        statement = scan(text[start:end], dialect).at(offset - start)
        own = offset - start - statement.start
        at = _begins(statement, statement.index_at(own), own)
        if not at:
            break
        end = start + statement.start + len(statement.text)
        start += statement.start + statement.tokens[at - 1].end
        found.append(Span(start, end))
    return tuple(found)


def _begins(statement: Statement, cursor: int, offset: int) -> int | None:
    """The token with which the statement at the cursor begins inside of the one that holds it."""
    tokens = statement.tokens[:cursor]
    words = [t.value if t.kind == "word" else "" for t in tokens]
    routine = words[:1] in (["CREATE"], ["ALTER"]) and not _ROUTINES.isdisjoint(words[1:5])
    if not words or not (words[0] in _PROCEDURAL or routine):
        return None
    marked = statement.dialect.name == "tsql"
    paired = _PAIRED_IN_TSQL if marked else _PAIRED
    begun: int | None = None
    depth = cases = blocks = 0
    condition = marked and words[0] in _CONDITIONS
    for at, token in enumerate(tokens):
        word = words[at]
        depth = max(0, depth + _brackets(token))
        if depth or not word:
            continue
        before = words[at - 1] if at else ""
        if word == "CASE" and before != "END":
            cases += 1
        elif word == "END" and cases:
            cases -= 1
        elif word == "END":
            blocks = max(0, blocks - 1)
            begun = begun if blocks else at + 1
        elif marked and word == "BEGIN" and blocks:
            blocks += 1
        elif cases or (blocks and not (begun == at and before == "BEGIN" and word in paired)):
            continue
        elif word in _OPENING and words[at + 1 : at + 2] not in (["TRAN"], ["TRANSACTION"]):
            begun, condition, blocks = at + 1, False, int(marked and word == "BEGIN")
        elif begun == at if before in ("BEGIN", "END") and word in paired else _is_body(word, routine, marked, begun):
            begun = at + 1
        elif condition and word in _VERBS and [t.value for t in tokens[at + 1 : at + 2]] != ["("]:
            begun, condition = at, False
    if begun == len(tokens) and words[-1] in ("BEGIN", "END") and "\n" not in statement.text[tokens[-1].end : offset]:
        return None  # TRY may follow
    return begun


def _is_body(word: str, routine: bool, marked: bool, begun: int | None) -> bool:
    """Whether it is the AS before the body of a T-SQL routine."""
    return word == "AS" and routine and marked and begun is None


def _brackets(token: Token) -> int:
    return ((token.value == "(") - (token.value == ")")) if token.kind == "op" else 0
