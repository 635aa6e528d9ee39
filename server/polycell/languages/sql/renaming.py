"""What a rename must know of a SQL cell: how names are written, and words that may be the table or may not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from polycell.core.service import Context
from polycell.core.text import Span
from polycell.languages.sql.scan import Script
from polycell.languages.sql.words import RESERVED

_CLOSING = {'"': '"', "`": "`", "[": "]"}


def spelling(context: Context, span: Span, name: str) -> str | None:
    """In the quotes that stand there; in quotes of its own where SQL would read the bare word as another."""
    text = span.of(context.cell.text)
    closing = _CLOSING.get(text[:1])
    if closing is not None:
        return None if closing in name else f"{text[0]}{name}{closing}"
    if not name.isidentifier():
        return None
    if span.start < context.cell.body or name.upper() not in RESERVED:
        return name
    return None


def spoken(context: Context) -> Iterator[str]:
    script = context.facts.analysis
    if isinstance(script, Script):
        for statement in script.statements:
            for token in statement.tokens:
                if token.kind in ("word", "name"):
                    yield statement.spelling(token)


def hidden(context: Context, name: str) -> Iterator[Span]:
    """Words equal to the name that are no reference (a row as a whole, a column of that name), and templates."""
    script = context.facts.analysis
    if not isinstance(script, Script):
        return
    folded = name.casefold()
    word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE)
    for statement in script.statements:
        tokens = statement.tokens
        for at, token in enumerate(tokens):
            if token.kind in ("word", "name") and statement.spelling(token).casefold() == folded:
                if at and tokens[at - 1].value == ".":
                    continue
                yield Span(token.start, token.end).shift(statement.start)
        for hole in statement.holes:
            if word.search(hole.of(statement.text)):
                yield hole.shift(statement.start)
