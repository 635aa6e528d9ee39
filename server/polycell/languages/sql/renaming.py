"""What a rename must know of a SQL cell: how names are written, and words that may be the table or may not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from polycell.core.service import Context
from polycell.core.text import Span
from polycell.languages.sql.facts import LONGEST
from polycell.languages.sql.syntax.dialects import Dialect
from polycell.languages.sql.syntax.scan import Script
from polycell.languages.sql.syntax.words import RESERVED

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


def column_spelling(context: Context, span: Span, name: str, dialect: Dialect) -> str | None:
    """A column's name as the dialect reads it: bare where that says the same, else in quotes."""
    text = span.of(context.cell.text)
    closing = _CLOSING.get(text[:1])
    bare = re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) and name.upper() not in RESERVED
    if closing is None and bare and dialect.spelled(name) == name:
        return name
    opening = text[0] if closing is not None else dialect.quote
    closing = _CLOSING.get(opening)
    if closing is None or closing in name or not name.isprintable():
        return None
    if context.start:  # inside of a text of another language, whose quotes must not be met
        outer = context.notebook.cells[context.index].text
        around = outer[max(0, context.beginning - 3) : context.beginning]
        if (around.endswith(opening) and not around.endswith(opening * 3)) or "\\" in name:
            return None
    return f"{opening}{name}{closing}"


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
    if len(context.cell.text) > LONGEST:
        yield Span(0, len(context.cell.text))  # the end of it was not read
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
