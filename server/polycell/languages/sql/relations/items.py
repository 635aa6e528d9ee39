"""A select list, item by item: which are stars, which are plain references, and what name each gives."""

from __future__ import annotations

from msgspec import Struct

from polycell.languages.sql.syntax.blocks import Block, Segment
from polycell.languages.sql.syntax.lexer import Token
from polycell.languages.sql.syntax.scan import Statement
from polycell.languages.sql.syntax.words import RESERVED, words_of


class Item(Struct, frozen=True, eq=False):
    """Tokens `[start, end)` of one item. `reference`: the words of a plain `a.b.c`; `star` for `*` and `a.*`.

    Of a star: `qualifier` its words before the dot, `without`, `replaced` and `renamed` its modifiers; `odd` when it
    has others.
    """

    start: int
    end: int
    alias: Token | None = None
    reference: tuple[Token, ...] = ()
    star: bool = False
    qualifier: tuple[Token, ...] = ()
    without: tuple[Token, ...] = ()
    replaced: tuple[Token, ...] = ()
    renamed: tuple[tuple[Token, Token], ...] = ()
    odd: bool = False
    empty: bool = False


_LITERALS = words_of(
    """NULL TRUE FALSE CURRENT_DATE CURRENT_TIMESTAMP CURRENT_TIME CURRENT_USER CURRENT_SCHEMA CURRENT_CATALOG
    LOCALTIME LOCALTIMESTAMP SESSION_USER USER SYSDATE SYSTIMESTAMP ROWNUM DEFAULT LEVEL"""
)
# Behind these an operand comes, so that the word behind them is no alias.
_BINARY = RESERVED - {"END", "NULL", "TRUE", "FALSE", "ALL"} | frozenset(
    {"COLLATE", "ESCAPE", "DIV", "MOD", "XOR", "OVERLAPS", "TO", "UESCAPE", "BINARY", "ZONE", "RLIKE", "ISNULL"}
) - {"ISNULL", "NOTNULL"}
_TYPE_TAILS = frozenset(
    {"PRECISION", "ARRAY", "ZONE", "VARYING", "UNSIGNED", "SIGNED", "SECOND", "MONTH", "DAY", "HOUR", "MINUTE", "YEAR"}
)
_PREFIXES = frozenset({"DISTINCT", "ALL"})


def items(statement: Statement, block: Block) -> tuple[Item, ...]:
    """The select list's items in order; kept on the block."""
    key = f"items {statement.dialect.name}"
    kept = block.memo.get(key)
    if kept is None:
        kept = tuple(_items(statement, block))
        block.memo[key] = kept
    return kept  # type: ignore[return-value]


def items_of(statement: Statement, block: Block, segment: Segment) -> tuple[Item, ...]:
    """The items of another list of the block, as of one behind SELECT."""
    return tuple(_listed(statement, block, segment))


def text_of(statement: Statement, item: Item) -> str:
    """What an item computes, on one line and not too long; its alias left out."""
    tokens = statement.tokens
    end = item.end
    if item.alias is not None and tokens[end - 1] is item.alias:
        end -= 2 if tokens[end - 2].value == "AS" else 1
    if end <= item.start:
        return ""
    text = " ".join(statement.text[tokens[item.start].start : tokens[end - 1].end].split())
    return text if len(text) <= 80 else text[:79] + "…"


def _items(statement: Statement, block: Block) -> list[Item]:
    segment = block.segment("select")
    return _listed(statement, block, segment) if segment is not None else []


def _listed(statement: Statement, block: Block, segment: Segment) -> list[Item]:
    tokens = statement.tokens
    start = _skip_prefix(statement, block, segment.start, segment.end)
    made: list[Item] = []
    children, end = block.children, segment.end
    flat: list[tuple[int, Block | None]] = []
    at, until = start, 0
    while at < end:  # as `Block.walk` does, which would have to be gone through twice
        child = children.get(at)
        if at >= until and child is None and tokens[at][1] in BRACKETS and tokens[at][0] == "op":
            until = closed_at(tokens, at, end)
        if at >= until and child is None and tokens[at][1] == "," and tokens[at][0] == "op":
            made.append(_item(statement, block, start, at, flat) if flat else Item(start, at, empty=True))
            start, flat = at + 1, []
            at += 1
        else:
            flat.append((at, child))
            at = max(at + 1, child.end) if child is not None else at + 1
    if flat:
        made.append(_item(statement, block, start, end, flat))
    elif not made:
        made.append(Item(start, end, empty=True))
    return made


BRACKETS = {"[": "]", "{": "}"}


def closed_at(tokens: list[Token], at: int, end: int) -> int:
    """The index of what closes the bracket at `at`: commas before it part no items; 0 where nothing does."""
    first, depth = tokens[at][1], 0
    for i in range(at, end):
        if tokens[i][0] == "op":
            depth += (tokens[i][1] == first) - (tokens[i][1] == BRACKETS[first])
            if not depth:
                return i
    return 0


def _skip_prefix(statement: Statement, block: Block, start: int, end: int) -> int:
    tokens = statement.tokens
    while start < end and tokens[start].kind == "word" and tokens[start].value in _PREFIXES:
        start += 1
        if start + 1 < end and tokens[start].value == "ON" and start + 1 in block.children:
            start = block.children[start + 1].end
    if start + 1 < end and tokens[start].value == "TOP" and tokens[start].kind == "word":
        if tokens[start + 1].kind == "number":
            start += 2
        elif start + 1 in block.children:
            start = block.children[start + 1].end
        if start < end and tokens[start].value == "PERCENT":
            start += 1
    return min(start, end)


def _is_name(token: Token) -> bool:
    return token.kind == "name" or (token.kind == "word" and token.value not in RESERVED)


def _item(statement: Statement, block: Block, start: int, end: int, flat: list[tuple[int, Block | None]]) -> Item:
    """The item of tokens `[start, end)`; `flat` are those at its own depth, as `Block.walk` gives them."""
    tokens = statement.tokens
    star = _star(statement, block, start, end)
    if star is not None:
        return star
    alias: Token | None = None
    last = len(flat)
    if last >= 2:
        final, child = flat[-1]
        before, before_child = flat[-2]
        token, previous = tokens[final], tokens[before]
        if child is not None or (previous.kind == "hole" and previous.end == token.start):
            pass
        elif before_child is None and previous.kind == "word" and previous.value == "AS":
            if token.kind in ("word", "name", "string"):
                alias, last = token, last - 2
            else:
                return Item(start, end, odd=True)
        elif _is_name(token) and _ends_operand(previous, before_child) and not _belongs(statement, flat):
            alias, last = token, last - 1
    if alias is None and len(flat) >= 3 and _is_name(tokens[flat[0][0]]) and tokens[flat[1][0]].value == ":":
        if statement.dialect.name == "duckdb":
            return Item(start, end, alias=tokens[flat[0][0]])
        return Item(start, end, odd=True)
    body = flat[:last]
    if alias is not None and any(tokens[i].value == "COLUMNS" and i + 1 in block.children for i in range(start, end)):
        return Item(start, end, odd=True)  # DuckDB's `COLUMNS('(.*)') AS 'x_\\1'`: a name for each
    if len(flat) >= 2 and flat[-1][1] is not None and tokens[flat[-2][0]].value == "AS":
        return Item(start, end, odd=True)  # explode(x) AS (a, b)
    return Item(start, end, alias=alias, reference=_reference(statement, body))


def _ends_operand(token: Token, child: Block | None) -> bool:
    if child is not None or token.kind in ("number", "string", "name", "hole"):
        return True
    if token.kind == "word":
        return token.value not in _BINARY
    return token.value in ("]", "}")


def _belongs(statement: Statement, flat: list[tuple[int, Block | None]]) -> bool:
    """Whether the last word is part of a type or an interval: `x::double precision`, `interval 1 day`."""
    tokens = statement.tokens
    words = [tokens[i].value if child is None else "(" for i, child in flat[-6:]]
    if words[-1] not in _TYPE_TAILS:
        return False
    return "INTERVAL" in words[-4:-1] or "::" in words[:-1] or words[-3:-1] == ["AT", "TIME"]


def _reference(statement: Statement, body: list[tuple[int, Block | None]]) -> tuple[Token, ...]:
    if len(body) % 2 == 0 or any(child is not None for _, child in body):
        return ()
    tokens = statement.tokens
    made: list[Token] = []
    for place, (i, _) in enumerate(body):
        token = tokens[i]
        if place % 2:
            if token.value != "." or token.kind != "op":
                return ()
        elif token.kind in ("word", "name"):
            made.append(token)
        else:
            return ()
    if len(made) == 1 and made[0].kind == "word" and (made[0].value in _LITERALS or made[0].value in RESERVED):
        return ()
    return tuple(made)


def _star(statement: Statement, block: Block, start: int, end: int) -> Item | None:
    tokens = statement.tokens
    at = start
    qualifier: list[Token] = []
    while at + 1 < end and tokens[at].kind in ("word", "name") and tokens[at + 1].value == ".":
        qualifier.append(tokens[at])
        at += 2
    if at >= end or tokens[at].value != "*" or tokens[at].kind != "op":
        return None
    at += 1
    without: list[Token] = []
    replaced: list[Token] = []
    renamed: list[tuple[Token, Token]] = []
    odd = False
    while at < end:
        word = tokens[at].value if tokens[at].kind == "word" else ""
        child = block.children.get(at + 1)
        if word in ("EXCLUDE", "EXCEPT") and child is not None:
            without += [t for t in tokens[child.start + 1 : child.end - 1] if t.kind in ("word", "name")]
            odd = odd or any(t.value == "." or t.kind == "string" for t in tokens[child.start : child.end])
            at = child.end
        elif word == "EXCLUDE" and at + 1 < end and tokens[at + 1].kind in ("word", "name"):
            without.append(tokens[at + 1])
            at += 2
        elif word == "REPLACE" and child is not None:
            for i in range(child.start, child.end - 1):
                if tokens[i].value == "AS" and tokens[i].kind == "word":
                    replaced.append(tokens[i + 1])
            at = child.end
        elif word == "RENAME" and child is not None:
            for i in range(child.start + 1, child.end - 2):
                if tokens[i + 1].value == "AS" and tokens[i].kind in ("word", "name"):
                    renamed.append((tokens[i], tokens[i + 2]))
            at = child.end
        else:
            odd = True
            break
    return Item(
        start,
        end,
        star=True,
        qualifier=tuple(qualifier),
        without=tuple(without),
        replaced=tuple(replaced),
        renamed=tuple(renamed),
        odd=odd,
    )
