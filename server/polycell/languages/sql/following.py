"""Whether an operand is to be written at a place, or what follows one; and the words that may stand there then.

Which words a clause takes is data (`syntax/words.py`), and so is which databases have them. What follows an operand is
offered first there, since a column can only come behind a comma that is not written yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from polycell.languages.sql.syntax.blocks import Block
from polycell.languages.sql.syntax.place import Place
from polycell.languages.sql.syntax.words import (
    AGGREGATES,
    BEHIND_CALL,
    BEHIND_IS,
    BEHIND_NOT,
    COMPARING,
    CONTINUED,
    CONTINUED_IN,
    FOLLOWING,
    FROM_BEHIND_COMMA,
    FROM_FIRST,
    IN_CALLS,
    IN_CASE,
    IN_FRAME,
    IN_ORDER,
    IN_OVER,
    KEYWORDS,
    OF_DIALECTS,
    OPERANDS,
    RESERVED,
    TABLE_HEADS,
    words_of,
)

# Words that are no names and behind which an operand comes, though a column may be called so.
_PREFIXES = words_of(
    """TOP PRIOR APPROXIMATE STRUCT COLLATE ESCAPE DIV MOD XOR OVERLAPS TO UESCAPE BINARY ZONE CONNECT_BY_ROOT SEPARATOR
    SQL_CALC_FOUND_ROWS SQL_NO_CACHE HIGH_PRIORITY STRAIGHT_JOIN VALUE ROWS RANGE GROUPS RETURNS IF ELSEIF WHILE PRINT
    RETURN"""
)
_AGGREGATES = frozenset(name.casefold() for name in AGGREGATES)
_OPERANDS = frozenset({"END", "NULL", "TRUE", "FALSE", "ASC", "DESC"})
_OVER_ROWS = frozenset({"select", "order", "qualify"})
_CONDITIONS = frozenset({"where", "on", "having", "qualify"})
_BETWEEN_CONDITIONS = frozenset({"AND", "OR", "WHEN", "WHERE", "ON", "HAVING"})
_COMPARISONS = words_of("= < > <= >= <> != == <=> IS IN LIKE ILIKE BETWEEN EXISTS SIMILAR GLOB REGEXP RLIKE ~ @> <@ ||")
_TAKING_COUNTS = frozenset({"TOP", "LIMIT", "OFFSET", "FETCH", "FIRST", "NEXT", "INTERVAL"})


def behind_operand(place: Place) -> bool:
    """Whether an expression ends right before the place. False where that is not certain."""
    inner = place.inner
    first = inner.start + 1 if inner is not place.block else place.segment.start
    token = place.token(-1)
    if token is None or place.index <= first or place.qualifier or place.quoted:
        return False
    before = place.before(-2)
    if token.kind in ("string", "name"):
        return True
    if token.kind == "number":
        return before not in _TAKING_COUNTS
    if token.kind == "word":
        if token.value in RESERVED:
            return token.value in _OPERANDS
        return token.value not in _PREFIXES and before not in ("INTERVAL", "TOP")
    if token.value == ")":
        return _ends_operand(place)
    if token.value == "*":
        return before in ("SELECT", "DISTINCT", "ALL", ",", ".") or place.index - 1 == first
    return token.value in ("]", "}")


def _ends_operand(place: Place) -> bool:
    """Of a parenthesis that ends right before: not that of `TOP (10)` and `DISTINCT ON (a)`."""
    opened = next((start for start, child in place.inner.children.items() if child.end == place.index), -1)
    words = [t.value for t in place.statement.tokens[max(opened - 2, 0) : max(opened, 0)]]
    return opened >= 0 and words[-1:] != ["TOP"] and words != ["DISTINCT", "ON"]


def keywords(place: Place, clause: str, *, behind: bool) -> Sequence[str]:
    """The keywords that may stand in an expression, the likeliest first; `behind` an operand or in place of one."""
    return _spoken(place, _keywords(place, clause, behind))


def plain_keywords(place: Place, where: str) -> Sequence[str]:
    """The keywords of a place where no expression is: a row of `KEYWORDS`."""
    words = KEYWORDS.get(where, ())
    if where == "start" and place.statement.dialect.name not in FROM_FIRST:
        words = tuple(w for w in words if w != "FROM")
    return () if where == "limit" and place.index == place.segment.start else _spoken(place, words)


def behind_table(place: Place) -> Sequence[str]:
    """What follows a table of FROM; what it is joined by comes first where it needs that."""
    join = place.segment.join
    if place.block.statement == "DELETE" and place.inner is place.block:
        return _spoken(place, KEYWORDS["delete"])
    words = KEYWORDS["from"]
    open_ = "JOIN" in join and not {"CROSS", "NATURAL", "POSITIONAL"} & set(join.split())
    return _spoken(place, ("ON", "USING", *words) if open_ and place.segment.clause == "from" else words)


def begins_subquery(place: Place) -> bool:
    """Whether a parenthesis opens right before the place in which a query may stand: of `IN (`, `= (`, `EXISTS (`."""
    inner = place.inner
    if place.before() != "(" or place.index != inner.start + 1 or not inner.start:
        return False
    return inner.kind == "paren" or place.before(-2) in ("EXISTS", "ANY", "ALL", "SOME")


def fitting(place: Place, clause: str) -> str:
    """The clause whose functions fit at the place: in an aggregate no other one does."""
    inner = place.inner
    name = place.statement.tokens[inner.start - 1] if inner.kind == "call" else None
    return "call" if name is not None and place.statement.spelling(name).casefold() in _AGGREGATES else clause


def _spoken(place: Place, words: Iterable[str]) -> Sequence[str]:
    """Those of the words that the dialect has."""
    dialect = place.statement.dialect.name
    return tuple(word for word in words if not dialect or dialect in OF_DIALECTS.get(word, (dialect,)))


def continued(place: Place) -> Sequence[str]:
    """What must follow the word before the place: BY behind GROUP, JOIN behind LEFT OUTER. Empty nearly everywhere."""
    token, clause = place.token(-1), place.segment.clause
    if token is None or token.kind != "word" or place.qualifier:
        return ()
    before = place.token(-2)
    if place.index < 2 or (before is not None and before.value in (".", "AS", ",")):
        return ()
    if _in_window(place) and token.value in IN_FRAME and _has_frame(place):
        return IN_FRAME[token.value]
    if token.value not in CONTINUED or clause not in CONTINUED_IN.get(token.value, (clause,)):
        return ()
    joins = token.value in ("LEFT", "RIGHT", "FULL") and place.inner.kind not in ("query", "join")
    generic = token.value == "LATERAL" and not place.statement.dialect.name  # of tables or of views
    return () if joins or generic else _spoken(place, CONTINUED[token.value])


def _orders_window(place: Place) -> bool:
    """In the parenthesis of OVER, where no operand is to be written."""
    return _in_window(place) and (place.before() == "(" or behind_operand(place))


def _has_frame(place: Place) -> bool:
    inside = place.statement.tokens[place.inner.start : place.index]
    return any(t.kind == "word" and t.value in ("ROWS", "RANGE", "GROUPS") for t in inside)


def goes_on(place: Place) -> bool:
    """Behind `a IS`, `a NOT` and in the parenthesis of OVER only keywords follow."""
    before = place.before()
    return before == "IS" or (before == "NOT" and _names(place)) or _orders_window(place)


def _keywords(place: Place, clause: str, behind: bool) -> Iterator[str]:
    before, inner = place.before(), place.inner
    if before == "IS":
        yield from BEHIND_IS
    elif before == "NOT" and _names(place):
        yield from BEHIND_NOT
    elif behind and (open_case := _open_case(place)) and _in_window(place):
        yield from open_case
    elif _orders_window(place):
        written = [t.value for t in place.statement.tokens[inner.start : place.index]]
        if "ORDER" in written:
            ordered = behind and not _has_frame(place)
            yield from (*IN_ORDER, *IN_OVER[2:]) if ordered else ("PRECEDING", "FOLLOWING") if behind else ()
        else:
            yield from IN_OVER["PARTITION" in written :]
    elif behind:
        yield from _open_case(place)
        inside = inner.kind in ("call", "paren")
        if inside:
            called = place.statement.tokens[inner.start - 1].value
            if _orders_rows(place):
                yield from IN_ORDER
            yield from IN_CALLS.get(called, FOLLOWING["call"])
            if before == ")" and clause in _OVER_ROWS and called not in IN_CALLS:
                yield from BEHIND_CALL
        if not inside or not inner.closed:
            over = before == ")" and not inside
            words = FOLLOWING.get(clause, FOLLOWING["where"])
            if clause in _CONDITIONS and not _compares(place):
                words = (*COMPARING, *words)
            yield from (w for w in words if (w != "OVER" or over) and (w != "AS" or before != "*"))
    else:
        yield from _open_case(place)
        first = clause == "select" and before in ("SELECT", "") and inner is place.block
        distinct = first or (before == "(" and inner.kind == "call")
        yield from (w for w in OPERANDS.get(clause, OPERANDS["where"]) if w != "DISTINCT" or distinct)
        if clause == "select" and before == "," and inner is place.block and place.block.segment("from") is None:
            yield from FROM_BEHIND_COMMA.get(place.statement.dialect.name, ())


def _compares(place: Place) -> bool:
    """Whether the condition before the place is whole: `a = 1 |`, not `a |`."""
    for token in reversed(place.statement.tokens[place.segment.start : place.index]):
        if token.kind == "word" and token.value in _BETWEEN_CONDITIONS:
            return False
        if token.value in _COMPARISONS and token.kind in ("word", "op"):
            return True
    return False


def _names(place: Place) -> bool:
    """Whether something that has a value stands before the NOT: `a NOT |`, not `WHERE NOT |`."""
    token = place.token(-2)
    if token is None or place.index - 2 < place.segment.start:
        return False
    return (
        token.kind in ("string", "name", "number")
        or (token.kind == "word" and token.value not in RESERVED)
        or (token.kind == "op" and token.value in (")", "]"))
    )


def _in_window(place: Place) -> bool:
    """In the parenthesis of `OVER (…)` and of `WITHIN GROUP (…)`."""
    inner = place.inner
    if inner.kind not in ("call", "paren"):
        return False
    words = [t.value for t in place.statement.tokens[max(inner.start - 2, 0) : inner.start]]
    return words[-1:] == ["OVER"] or words == ["WITHIN", "GROUP"]


def _orders_rows(place: Place) -> bool:
    """Behind what an aggregate orders its rows by: `array_agg(a ORDER BY b |`."""
    inner = place.inner
    called = place.statement.spelling(place.statement.tokens[inner.start - 1]).casefold()
    inside = place.statement.tokens[inner.start : place.index]
    return inner.kind == "call" and called in _AGGREGATES and any(t.value == "ORDER" for t in inside)


def _open_case(place: Place) -> Sequence[str]:
    """What goes on in a CASE that is not at its END."""
    inner: Block = place.inner
    start = inner.start + 1 if inner is not place.block else place.segment.start
    open_: list[str] = []
    for at, child in inner.walk(start, place.index):
        word = place.statement.tokens[at].value if child is None else ""
        if word == "CASE":
            open_.append(word)
        elif word == "END" and open_:
            open_.pop()
        elif word in ("WHEN", "THEN", "ELSE") and open_:
            open_[-1] = word
    return IN_CASE[open_[-1]] if open_ else ()


_JOINED = frozenset({"JOIN", "FROM", ",", "LATERAL", "(", "ONLY", "INTO", "UPDATE", "TABLE", "USING", "OUTER"})


def expects_table(place: Place) -> bool:
    """Whether a table's name stands at the place: nothing but prefixes is between it and the comma or keyword
    before."""
    at = place.index - 1 - 2 * len(place.qualifier)
    tokens = place.statement.tokens
    if at < place.segment.start:
        return place.segment.clause == "from" or place.before() in TABLE_HEADS
    token = tokens[at]
    return (token.kind == "op" and token.value in (",", "(")) or (
        token.kind == "word"
        and (token.value in _JOINED or (token.value in TABLE_HEADS and place.segment.clause == "head"))
    )
