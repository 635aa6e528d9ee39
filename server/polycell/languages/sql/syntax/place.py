"""Where a cursor stands in a statement: word, qualifier, block and clause."""

from __future__ import annotations

import re

from msgspec import Struct

from polycell.core.patterns import pattern
from polycell.core.text import Span
from polycell.languages.sql.syntax.blocks import Block, Segment
from polycell.languages.sql.syntax.dialects import Dialect
from polycell.languages.sql.syntax.lexer import Token
from polycell.languages.sql.syntax.scan import LONGEST, Statement, scan

NEAR = 30_000  # characters before and behind the cursor that are looked at in a text that is far longer
_BEFORE = pattern(r"[\w$]*\Z")
_BEHIND = pattern(r"[\w$]*")


class Place(Struct, frozen=True):
    """`word` is what is being typed, as a span of the whole text (quotes included); `index` the token that stands at
    it or behind it. `block` is the nearest query, `inner` the parenthesis inside of it, `segment` its clause."""

    statement: Statement
    word: Span
    prefix: str
    quoted: bool
    index: int
    qualifier: tuple[Token, ...]
    block: Block
    inner: Block
    segment: Segment

    def token(self, by: int) -> Token | None:
        """The token `by` places away from the cursor: -1 is the one before it."""
        at = self.index + by
        return self.statement.tokens[at] if 0 <= at < len(self.statement.tokens) else None

    def before(self, by: int = -1) -> str:
        found = self.token(by)
        return found.value if found is not None and found.kind in ("word", "op") else ""


def place(text: str, offset: int, dialect: Dialect) -> Place | None:
    """None inside strings, comments and templates, and behind a number."""
    offset = min(max(offset, 0), len(text))
    if len(text) > 2 * LONGEST:
        # Far more than anybody types into: look at the neighbourhood only.
        start = max(0, offset - NEAR)
        found = _place(text[start : offset + NEAR], offset - start, dialect)
        return _moved(found, start) if found is not None else None
    return _place(text, offset, dialect)


def place_in(text: str, part: Span | None, offset: int, dialect: Dialect) -> Place | None:
    """The same, of a part of the text alone."""
    if part is None:
        return place(text, offset, dialect)
    found = place(part.of(text), offset - part.start, dialect)
    return _moved(found, part.start) if found is not None else None


def _moved(found: Place, by: int) -> Place:
    from polycell.core.values import replace

    statement = replace(found.statement, start=found.statement.start + by)
    return replace(found, word=found.word.shift(by), statement=statement)


def _place(text: str, offset: int, dialect: Dialect) -> Place | None:
    start, end, quoted = _word(text, offset, dialect)
    # The word being typed could be a keyword by accident, so that it is masked for the scan.
    masked = f"{text[:start]}{'_' * (end - start)}{text[end:]}" if end > start else text
    script = scan(masked, dialect)
    statement = script.at(start)
    inside = offset - statement.start
    if any(
        s.start < inside and (inside < s.end or (inside == s.end and _stays_open(statement.masked, s)))
        for s in statement.lexed.comments
    ):
        return None
    if any(h.start < inside < h.end for h in statement.holes):
        return None
    word_start = start - statement.start
    index = statement.index_at(word_start)
    if index:
        token = statement.tokens[index - 1]
        unclosed = any(u.start == token.start for u, _ in statement.lexed.unclosed)
        if token.start < inside and (inside < token.end or unclosed) and token.kind in ("string", "name"):
            return None
        if token.kind == "number" and token.end == word_start:
            return None
        if token.kind == "string" and token.end == word_start and not unclosed:
            return None
    inner = _inner(statement.root, index)
    block = inner.query()
    prefix = text[start:offset]
    return Place(
        statement,
        Span(start, end),
        prefix.lstrip('"`['),
        quoted,
        index,
        _qualifier(statement, index, word_start),
        block,
        inner,
        _segment(block, index),
    )


def _stays_open(text: str, comment: Span) -> bool:
    return not (text.startswith("/*", comment.start) and text.endswith("*/", 0, comment.end))


def _word(text: str, offset: int, dialect: Dialect) -> tuple[int, int, bool]:
    """(start, end, quoted) of the word at the cursor; a quoted name that is open up to the cursor counts from its
    quote."""
    line = max(text.rfind("\n", 0, offset), text.rfind(";", 0, offset)) + 1
    head = text[line:offset]
    for quote in ['"', "`", "["] if dialect.double_quotes == "name" else ["`"]:
        if quote == "[" and not dialect.brackets:
            continue
        last = "]" if quote == "[" else quote
        odd = head.count(quote) % 2 if quote != "[" else head.rfind("[") > head.rfind("]")
        at = head.rfind(quote)
        if odd and at >= 0 and "'" not in head[at:] and "--" not in head:
            closing = text.find(last, offset)
            newline = text.find("\n", offset)
            following = text[offset:closing] if closing >= 0 else ""
            closes = closing >= 0 and (newline < 0 or closing < newline) and re.fullmatch(r"[\w ]*", following)
            return line + at, closing + 1 if closes else offset, True
    before = _BEFORE.search(text, max(0, offset - 256), offset)
    start = before.start() if before else offset
    if start == offset:
        return offset, offset, False
    behind = _BEHIND.match(text, offset)
    return start, behind.end() if behind else offset, False


def _qualifier(statement: Statement, index: int, word_start: int) -> tuple[Token, ...]:
    tokens = statement.tokens
    made: list[Token] = []
    at = index - 1
    while at >= 1 and _is_sign(tokens[at], "."):
        at -= 1
        if _is_sign(tokens[at], "]"):  # an element of a list: `items[1].`
            at = next((n - 1 for n in range(at, 0, -1) if _is_sign(tokens[n], "[")), -1)
        elif at >= 3 and _is_sign(tokens[at], ")") and _is_sign(tokens[at - 2], "(") and not made:
            at -= tokens[at - 3].value.casefold() == "unnest"
        if at < 0 or tokens[at].kind not in ("word", "name"):
            break
        made.insert(0, tokens[at])
        at -= 1
    return tuple(made)


def _is_sign(token: Token, sign: str) -> bool:
    return token.kind == "op" and token.value == sign


def covers(block: Block, index: int) -> bool:
    """Whether something inserted before token `index` would stand inside `block`."""
    first = block.start if block.head is not None else block.start + 1
    return first <= index <= (block.end - 1 if block.closed else block.end)


def query_at(statement: Statement, offset: int) -> Block:
    """The innermost query block that the token at or behind `offset` of the statement belongs to."""
    return _inner(statement.root, statement.index_at(offset)).query()


def _inner(root: Block, index: int) -> Block:
    block = root
    while True:
        for child in (*block.arms, *block.children.values()):
            if covers(child, index):
                block = child
                break
        else:
            return block


def _segment(block: Block, index: int) -> Segment:
    found = block.segments[0] if block.segments else Segment("head", block.start, block.end)
    for segment in block.segments:
        if segment.start <= index:
            found = segment
    return found
