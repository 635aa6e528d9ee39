"""Templates that stand for a value: `WHERE a > {{ x }}`, `LIMIT :n`. Nothing else in the statement depends on them."""

from __future__ import annotations

from collections.abc import Collection

from polycell.core.text import Span
from polycell.languages.sql.syntax.lexer import Token
from polycell.languages.sql.syntax.scan import Statement

_COMPARING = frozenset({"=", "==", "<", ">", "<=", ">=", "<>", "!="})
_WORDS = frozenset({"LIKE", "ILIKE", "RLIKE", "BETWEEN", "LIMIT", "OFFSET"})
_VALUES = frozenset({"hole", "number", "string"})


def only_values(statement: Statement, tables: Collection[int] = ()) -> bool:
    """Whether each template of the statement stands where a value is compared, or rows are counted. `tables` are the
    starts of those that stand for a table and do not count."""
    if not statement.holes:
        return True
    places = {h.start: h.end for h in statement.holes}
    tokens = statement.tokens
    found = [at for at, t in enumerate(tokens) if t.kind == "hole"]
    whole = len(found) == len(places) and all(places.get(tokens[at].start) == tokens[at].end for at in found)
    return whole and all(tokens[at].start in tables or _is_value(tokens, at) for at in found)


def _is_value(tokens: list[Token], at: int) -> bool:
    before = tokens[at - 1] if at else None
    if before is None or (at + 1 < len(tokens) and tokens[at + 1].value in (".", "(")):
        return False
    if before.value in (_COMPARING if before.kind == "op" else _WORDS if before.kind == "word" else ()):
        return True
    if before.kind == "word" and before.value == "AND":  # BETWEEN x AND y
        return at >= 3 and tokens[at - 2].kind in _VALUES and tokens[at - 3].value == "BETWEEN"
    while at > 1 and tokens[at - 1].value == "," and tokens[at - 2].kind in _VALUES:
        at -= 2
    return at >= 2 and tokens[at - 1].value == "(" and tokens[at - 2].value == "IN"


def without_values(statement: Statement) -> tuple[str, tuple[Span, ...]]:
    """The text with NULL for each template, and the templates from the last to the first, as they were replaced."""
    text, replaced = statement.text, tuple(reversed(statement.holes))
    for hole in replaced:
        text = f"{text[: hole.start]}NULL{text[hole.end :]}"
    return text, replaced
