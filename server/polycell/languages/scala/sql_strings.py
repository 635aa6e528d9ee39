"""SQL in Scala's strings: `spark.sql("…")`, and `sql("…")` of notebooks that import it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from polycell.core.facts import Fragment
from polycell.core.patterns import pattern
from polycell.core.text import Span
from polycell.languages.scala.lexer import GOES_ON, Token, code

_STARTS = pattern(
    r"\s*(?:--[^\n]*\n\s*)*(?:select|with|insert|create|drop|describe|show|merge|delete|update|alter|cache)\b", re.I
)
_MARGIN = pattern(r"^([ \t]*)\|", re.MULTILINE)


def sql_strings(text: str, every: Sequence[Token]) -> Iterator[Fragment]:
    """Literals without interpolation, since nobody knows what those say."""
    if "sql" not in text:
        return
    found = list(code(list(every)))
    for at, token in enumerate(found):
        if token.kind != "string" or at < 2 or found[at - 1].text != "(" or found[at - 2].text != "sql":
            continue
        written = text[token.start : token.end]
        quote = next((mark for mark in ('"""', '"') if written.startswith(mark)), "")
        if not quote or token.text == GOES_ON:
            continue
        end = token.end - len(quote) if written.endswith(quote) and len(written) >= 2 * len(quote) else token.end
        span = Span(token.start + len(quote), end)
        said = span.of(text)
        if quote != '"' or "\\" not in said:
            margins = [one.text for one in found[at + 1 : at + 3]] == [".", "stripMargin"]
            said = _MARGIN.sub(r"\1 ", said) if margins else said
            if not said.strip() or _STARTS.match(said):
                yield Fragment("sql", span, text=said, dialect="spark")
