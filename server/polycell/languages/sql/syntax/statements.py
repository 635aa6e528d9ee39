"""Where statements begin and end: a cheap pass that knows strings and comments only.

Editing one statement leaves the tokens and blocks of the others cached, and a cursor in a long script costs only the
statement it stands in.
"""

from __future__ import annotations

import re
from functools import lru_cache

from polycell.core.text import Span
from polycell.languages.sql.syntax.batches import batches
from polycell.languages.sql.syntax.dialects import Dialect


def ends_by_lines(text: str, dialect: Dialect) -> bool:
    """Whether a text may hold several statements without a semicolon between them."""
    return dialect.name == "tsql" and "\n" in text


@lru_cache(maxsize=64)
def _pattern(dialect: Dialect) -> re.Pattern[str]:
    body = r"(?:[^'\\]|\\[\s\S]|'')*" if dialect.backslash else r"[^']*"
    line = ["--"]
    if dialect.hash_comments:
        line.append(r"\#")
    if dialect.slash_comments:
        line.append("//")
    double = body.replace("'", '"') if dialect.double_quotes == "string" else r'[^"]*'
    return re.compile(
        rf"(?:{'|'.join(line)})[^\r\n]*|/\*[\s\S]*?(?:\*/|\Z)"
        rf"|'{body}(?:'|\Z)|\"{double}(?:\"|\Z)|`[^`]*(?:`|\Z)|\$(?P<tag>[A-Za-z_]*)\$[\s\S]*?\$(?P=tag)\$|(?P<end>;)",
        re.I | re.M,
    )


def split(text: str, dialect: Dialect) -> tuple[Span, ...]:
    """Spans of the statements, without their `;` or GO. They tile the text but for these; the last may be empty."""
    if ";" not in text and not ends_by_lines(text, dialect):
        return (Span(0, len(text)),)
    if dialect.name == "tsql":
        return tuple(batches(text))
    made: list[Span] = []
    start = 0
    for match in _pattern(dialect).finditer(text):
        if match.lastgroup == "end":
            made.append(Span(start, match.start()))
            start = match.end()
    made.append(Span(start, len(text)))
    return tuple(made)
