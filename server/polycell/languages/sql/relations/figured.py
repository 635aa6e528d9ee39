"""PostgreSQL's names for expressions: of a function its name, of a cast that of what is cast, or of the type.

Its rule gives each name a strength: a cast, and a CASE, whose ELSE has a weak name or none is called like its type, or
`case`. Asked of a server for all forms (`tests/languages/sql/test_unnamed.py`).
"""

from __future__ import annotations

from msgspec import Struct

from polycell.languages.sql.relations.items import BRACKETS, closed_at, items
from polycell.languages.sql.syntax.blocks import Block
from polycell.languages.sql.syntax.lexer import Token
from polycell.languages.sql.syntax.scan import Statement
from polycell.languages.sql.syntax.words import words_of

NONE = "?column?"
DEEPEST = 20

# How types are called that have more than one name.
_TYPES = {
    **dict.fromkeys(("int", "integer"), "int4"),
    **dict.fromkeys(("double", "float"), "float8"),
    **dict.fromkeys(("decimal", "dec"), "numeric"),
    **dict.fromkeys(("char", "character", "nchar", "national"), "bpchar"),
    "bigint": "int8",
    "smallint": "int2",
    "real": "float4",
    "boolean": "bool",
}
_TYPE_WORDS = words_of(
    """PRECISION VARYING WITH WITHOUT TIME ZONE ARRAY CHARACTER CHAR YEAR MONTH DAY HOUR MINUTE SECOND TO LOCAL"""
)
_VALUES = words_of(
    """CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP LOCALTIME LOCALTIMESTAMP CURRENT_USER SESSION_USER USER CURRENT_ROLE
    CURRENT_CATALOG CURRENT_SCHEMA"""
)
_OPERATORS = words_of(
    "AND OR NOT IN LIKE ILIKE SIMILAR BETWEEN ISNULL NOTNULL ESCAPE OPERATOR DISTINCT NULL TRUE FALSE UNKNOWN"
)
_TRIMS = {"LEADING": "ltrim", "TRAILING": "rtrim"}
# What follows a call without giving another name; the first words take a parenthesis, OVER may take a name.
_BEHIND_CALLS = frozenset({"FILTER", "WITHIN", "OVER"})


class Figure(Struct, frozen=True):
    name: str
    strength: int


_NOTHING = Figure(NONE, 0)


def figured(statement: Statement, block: Block, start: int, end: int) -> str | None:
    """The name of the expression in tokens `[start, end)` of a block; None where it is not certain."""
    found = _figure(statement, block, start, end, 0)
    return found.name if found is not None else None


def _figure(statement: Statement, block: Block, start: int, end: int, depth: int) -> Figure | None:
    tokens = statement.tokens
    if start >= end or depth > DEEPEST or any(t.kind == "hole" for t in tokens[start:end]):
        return None
    first = _primary(statement, block, start, end, depth)
    if first is None:
        return None
    found, at = first
    while at < end:
        token = tokens[at]
        if token.kind == "op" and token.value == "::":
            named = _type(statement, block, at + 1, end)
            if named is None:
                return None
            name, at = named
            if found.strength < 2:
                found = Figure(name, 1)
        elif token.kind == "op" and token.value == "[":
            closing = _closing(statement, block, at, end)
            if closing is None:
                return None
            at = closing
        elif token.kind == "op" and token.value == "." and at + 1 < end and tokens[at + 1].kind in ("word", "name"):
            found, at = Figure(statement.name(tokens[at + 1]), 2), at + 2
        elif token.kind == "word" and token.value == "COLLATE" and at + 1 < end:
            at += 2
        elif token.kind == "word" and token.value in _BEHIND_CALLS:
            at += 1
            while at < end and tokens[at].value in ("GROUP",):
                at += 1
            child = block.children.get(at)
            at = child.end if child is not None else at + 1
        elif [t.value for t in tokens[at : at + 3]] == ["AT", "TIME", "ZONE"]:
            plain = all(t.kind in ("string", "word", "name") or t.value == "." for t in tokens[at + 3 : end])
            return Figure("timezone", 2) if plain and not _has_words(tokens[at + 3 : end]) else None
        elif token.kind == "op" or (token.kind == "word" and token.value in _OPERATORS):
            return _NOTHING
        elif token.kind == "word" and token.value == "IS":
            return None if tokens[end - 1].value == "NORMALIZED" else _NOTHING
        else:
            return None
    return found


def _has_words(tokens: list[Token]) -> bool:
    return any(t.kind == "word" and (t.value in _OPERATORS or t.value in ("IS", "AT")) for t in tokens)


def _primary(statement: Statement, block: Block, start: int, end: int, depth: int) -> tuple[Figure, int] | None:
    """(what the operand that begins at `start` is called, the token behind it)."""
    tokens = statement.tokens
    token, child = tokens[start], block.children.get(start)
    if child is not None:
        inside = _within(statement, child, depth)
        return (inside, child.end) if inside is not None else None
    if token.kind in ("string", "number"):
        return _NOTHING, start + 1
    if token.kind == "op":
        return (_NOTHING, end) if token.value in ("-", "+", "~", "@", "|/", "!") else None
    if token.kind not in ("word", "name"):
        return None
    word = token.value if token.kind == "word" else ""
    if word == "CASE":
        return _case(statement, block, start, end, depth)
    if word == "NOT":
        return _NOTHING, end
    if word == "NULL":
        return _NOTHING, start + 1
    if word in ("TRUE", "FALSE"):
        return _truth(tokens, start, end)
    if word == "ARRAY" and start + 1 < end and tokens[start + 1].value == "[":
        closing = _closing(statement, block, start + 1, end)
        return (Figure("array", 2), closing) if closing is not None else None
    at = start
    while at + 2 < end and tokens[at + 1].value == "." and tokens[at + 2].kind in ("word", "name"):
        at += 2
    called = block.children.get(at + 1) if at + 1 < end else None
    if called is not None and called.start == at + 1:
        found = _call(statement, tokens[at], called, depth) if called.closed else None
        literal = called.end < end and tokens[called.end].kind == "string"
        return (found, called.end) if found is not None and not literal else None
    typed = _literal(statement, block, start, end)
    if typed is not None:
        return typed
    if at == start and word in _VALUES:
        return Figure(word.lower(), 2), start + 1
    return Figure(statement.name(tokens[at]), 2), at + 1


def _truth(tokens: list[Token], start: int, end: int) -> tuple[Figure, int] | None:
    """`true` is a constant since PostgreSQL 15, and was called `bool` before."""
    behind = tokens[start + 1].value if start + 1 < end else ""
    return (_NOTHING, start + 1) if behind in ("::", "AND", "OR", "=", "<>", "IS") else None


def _within(statement: Statement, child: Block, depth: int) -> Figure | None:
    """What a parenthesis is called: a query like its one column, a list `row`."""
    if not child.closed:
        return None
    if child.kind == "query":
        if child.ctes or child.arms or child.segment("select") is None:
            return None
        listed = items(statement, child)
        if len(listed) != 1 or listed[0].star or listed[0].odd or listed[0].empty:
            return None
        if listed[0].alias is not None:
            return Figure(statement.name(listed[0].alias), 2)
        return _figure(statement, child, listed[0].start, listed[0].end, depth + 1)
    until = 0
    for i, inner in child.walk(child.start + 1, child.end - 1):
        if inner is None and i >= until and statement.tokens[i].value in BRACKETS:
            until = closed_at(statement.tokens, i, child.end)
        elif inner is None and i >= until and statement.tokens[i].value == ",":
            return Figure("row", 2)
    return _figure(statement, child, child.start + 1, child.end - 1, depth + 1)


def _case(statement: Statement, block: Block, start: int, end: int, depth: int) -> tuple[Figure, int] | None:
    """CASE is called like its ELSE where that has a name."""
    tokens, open_, other = statement.tokens, 0, -1
    for at, child in block.walk(start, end):
        word = tokens[at].value if child is None and tokens[at].kind == "word" else ""
        open_ += (word == "CASE") - (word == "END")
        if word == "ELSE" and open_ == 1:
            other = at
        if word == "END" and not open_:
            inner = _figure(statement, block, other + 1, at, depth + 1) if other >= 0 else _NOTHING
            if inner is None:
                return None
            return (inner if inner.strength > 1 else Figure("case", 1)), at + 1
    return None


def _call(statement: Statement, name: Token, called: Block, depth: int) -> Figure | None:
    tokens = statement.tokens
    word = name.value if name.kind == "word" else ""
    if word in ("CAST", "TREAT"):
        inside = [(i, child) for i, child in called.walk(called.start + 1, called.end - 1)]
        at = next((i for i, child in inside if child is None and tokens[i].value == "AS"), -1)
        named = _type(statement, called, at + 1, called.end - 1) if at >= 0 else None
        inner = _figure(statement, called, called.start + 1, at, depth + 1) if at >= 0 else None
        if named is None or (inner is None and word == "CAST"):
            return None
        weak = word == "TREAT" or inner is None or inner.strength < 2
        return Figure(named[0], 1 if word == "CAST" else 2) if weak else inner
    if word == "TRIM":
        return Figure(_TRIMS.get(tokens[called.start + 1].value, "btrim"), 2)
    if word in ("COLLATION", "FOR", "OVERLAPS", "VALUES") or name.value in _TYPES or word in _OPERATORS:
        return None
    return Figure(statement.name(name), 2)


def _literal(statement: Statement, block: Block, start: int, end: int) -> tuple[Figure, int] | None:
    """`date '2020-01-01'`, `interval '1' day`, `timestamp with time zone '…'`."""
    tokens = statement.tokens
    at = start + 1
    while at < end and tokens[at].kind == "word" and tokens[at].value in _TYPE_WORDS:
        at += 1
    if at >= end or tokens[at].kind != "string":
        return None
    named = _type(statement, block, start, at)
    behind = at + 1
    if named is not None and named[0] == "interval":
        while behind < end and tokens[behind].kind == "word" and tokens[behind].value in _TYPE_WORDS:
            behind += 1
    return (Figure(named[0], 1), behind) if named is not None and named[1] == at else None


def _type(statement: Statement, block: Block, start: int, end: int) -> tuple[str, int] | None:
    """(the name that the server has for the type written at `start`, the token behind it)."""
    tokens, at = statement.tokens, start
    while at + 2 < end and tokens[at + 1].value == "." and tokens[at + 2].kind in ("word", "name"):
        at += 2
    if at >= end or tokens[at].kind not in ("word", "name"):
        return None
    own = tokens[at].kind == "name" and at == start
    name = statement.name(tokens[at])
    at += 1
    words, digits = [], ""
    while at < end:
        child = block.children.get(at)
        if child is not None and child.kind != "query":
            digits, at = tokens[child.start + 1].value, child.end
        elif tokens[at].kind == "word" and tokens[at].value in _TYPE_WORDS:
            words.append(tokens[at].value)
            at += 1
        elif tokens[at].value == "[" and tokens[at].kind == "op":
            closing = _closing(statement, block, at, end)
            if closing is None:
                return None
            at = closing
        else:
            break
    if own:
        return name, at
    if name in ("char", "character", "nchar", "national") and "VARYING" in words:
        return "varchar", at
    if name == "bit" and "VARYING" in words:
        return "varbit", at
    if name in ("time", "timestamp") and words[:1] == ["WITH"]:
        return f"{name}tz", at
    if name == "float" and digits.isdigit():
        return ("float4" if int(digits) < 25 else "float8"), at
    return _TYPES.get(name, name), at


def _closing(statement: Statement, block: Block, at: int, end: int) -> int | None:
    """The token behind the `]` of the `[` at `at`."""
    depth = 0
    for i, child in block.walk(at, end):
        value = statement.tokens[i].value if child is None and statement.tokens[i].kind == "op" else ""
        depth += (value == "[") - (value == "]")
        if not depth:
            return i + 1
    return None
