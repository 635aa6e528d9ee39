"""A SQL text ready to be asked: masked, split into statements, each with its tokens and tree of blocks, and cached."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct

from polycell.core.text import Span
from polycell.languages.sql.syntax.blocks import Block
from polycell.languages.sql.syntax.builder import build
from polycell.languages.sql.syntax.dialects import Dialect
from polycell.languages.sql.syntax.lexer import Lexed, Token, lex
from polycell.languages.sql.syntax.statements import split
from polycell.languages.sql.syntax.templates import mask

LONGEST = 200_000  # characters of one statement that are looked at; what is longer is cut
MOST = 3_000  # statements of a text that are looked at


class Statement(Struct, frozen=True, eq=False):
    """One statement. Offsets of tokens count from the statement's own start, which is at `start` of the text.

    `text` is as written, `masked` without templates; both have the same length.
    """

    text: str
    masked: str
    start: int
    lexed: Lexed
    root: Block
    dialect: Dialect
    holes: tuple[Span, ...] = ()
    starts: Sequence[int] = ()

    @property
    def tokens(self) -> list[Token]:
        return self.lexed.tokens

    def spelling(self, token: Token) -> str:
        """A name as written, without quotes."""
        return self.text[token.start : token.end] if token.kind == "word" else token.value

    def name(self, token: Token) -> str:
        """A name as the database spells it when it makes a column of it."""
        return self.dialect.spelled(self.spelling(token)) if self.unquoted(token) else token.value

    def unquoted(self, token: Token) -> bool:
        return token.kind == "word" or self.text[token.start : token.start + 1] not in ('"', "`", "[")

    def index_at(self, offset: int) -> int:
        """The index of the first token that starts at or behind `offset`."""
        return bisect_left(self.starts, offset)


class Script(Struct, frozen=True):
    """The statements of a text; `blocks`: template control flow is in it, so nothing about it is certain."""

    statements: tuple[Statement, ...]
    dialect: Dialect
    blocks: bool = False

    def at(self, offset: int) -> Statement:
        """The statement that `offset` belongs to; the `;` belongs to the statement it ends."""
        found = self.statements[0]
        for statement in self.statements:
            if statement.start <= offset:
                found = statement
        return found


@lru_cache(maxsize=MOST + 1_000)  # fewer, and a text of so many statements would find none of its own
def _parts(text: str, masked: str, holes: tuple[Span, ...], dialect: Dialect) -> tuple[Lexed, Block]:
    lexed = lex(masked, dialect, holes)
    return lexed, build(lexed.tokens)


@lru_cache(maxsize=128)
def scan(text: str, dialect: Dialect) -> Script:
    """Total for any text; what it costs is kept by statement, so an edit pays for the statement it touches."""
    masked = mask(text)
    lexical = dialect.lexical()
    made: list[Statement] = []
    for span in split(masked.text, dialect)[:MOST]:
        end = min(span.end, span.start + LONGEST)
        piece, plain = text[span.start : end], masked.text[span.start : end]
        holes = tuple(h.shift(-span.start) for h in masked.holes if h.start < end and h.end > span.start)
        lexed, root = _parts(piece, plain, holes, lexical)
        made.append(Statement(piece, plain, span.start, lexed, root, dialect, holes, lexed.starts))
    return Script(tuple(made), dialect, masked.blocks)
