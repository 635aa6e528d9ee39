"""Variables that SQL itself declares. They stand where a column may, without a mark: BigQuery's and Databricks'
`DECLARE n INT64`, the record of `FOR r IN (…) DO`, and a procedure's parameters in its body."""

from __future__ import annotations

from collections.abc import Iterator

from polycell.languages.sql.syntax.scan import Statement

VARIABLE = "(variable) "  # before the folded name, in the catalogue: no query can spell that
_FILLERS = frozenset({"OR", "REPLACE", "VARIABLE", "VAR", "IF", "NOT", "EXISTS"})


def key_of(name: str) -> str:
    """Where the catalogue keeps that a variable was declared."""
    return f"{VARIABLE}{name.casefold()}"


def _parameters(statement: Statement) -> Iterator[str]:
    """T-SQL's `CREATE PROCEDURE p @day date, @top int = 10 AS …`."""
    tokens = statement.tokens
    words = [t.value if t.kind == "word" else "" for t in tokens[:4]]
    if statement.dialect.name != "tsql" or not words or words[0] not in ("CREATE", "ALTER"):
        return
    if {"PROCEDURE", "PROC", "FUNCTION"}.isdisjoint(words):
        return
    for at, token in enumerate(tokens[:-1]):
        if token.value in ("AS", "BEGIN", "RETURNS"):
            return
        if token.value.startswith("@") and tokens[at + 1].kind in ("word", "name"):
            yield statement.spelling(token)


def declared(statement: Statement) -> Iterator[str]:
    """The names that `DECLARE a, b INT64 DEFAULT 1` makes, also behind the BEGIN, THEN or DO of a block, as written;
    the record of a FOR, the parameters of T-SQL's routines."""
    tokens = statement.tokens
    yield from _parameters(statement)
    for at, token in enumerate(tokens):
        if token.kind != "word" or token.value not in ("DECLARE", "FOR"):
            continue
        at += 1
        if token.value == "FOR":
            if [t.value for t in tokens[at + 1 : at + 2]] == ["IN"] and tokens[at].kind in ("word", "name"):
                yield statement.spelling(tokens[at])
            continue
        while at < len(tokens) and tokens[at].kind == "word" and tokens[at].value in _FILLERS:
            at += 1
        if [t.value[:1] for t in tokens[at : at + 1]] == ["@"]:  # T-SQL, where each has its type
            before = [t.value for t in tokens[at - 1 :]]
            yield from (
                statement.spelling(t)
                for t, word in zip(tokens[at:], before, strict=False)
                if t.value.startswith("@") and word in ("DECLARE", ",")
            )
            continue
        while at < len(tokens) and tokens[at].kind in ("word", "name"):
            yield statement.spelling(tokens[at])
            if [t.value for t in tokens[at + 1 : at + 2]] != [","]:
                break
            at += 2


def begins_routine(statement: Statement) -> bool:
    """`CREATE PROCEDURE p(a INT) BEGIN SELECT 1`: what follows is its body, whose names mean something at the call."""
    words = [t.value for t in statement.tokens if t.kind == "word"]
    return words[:1] == ["CREATE"] and "BEGIN" in words and not {"PROCEDURE", "FUNCTION", "TRIGGER"}.isdisjoint(words)
