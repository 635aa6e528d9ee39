"""Names that text would bind, told from its words: for code that does not parse, or is too large to be parsed.

All patterns cost time in proportion to the text, whatever it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from polycell.core.patterns import pattern
from polycell.core.text import Span
from polycell.languages.python.syntax.source import MagicName

_WORD = r"[^\W\d]\w*"
_SEVERAL = rf"(?:\*?{_WORD}\s*,\s*)*\*?{_WORD}"
_ASSIGNED = rf"[(\[]?({_SEVERAL})[)\]]?[ \t]*(?::[^=\r\n]{{0,200}})?=(?!=)"
_IMPORTED = rf"import\s+\(?\s*((?:{_WORD}\s*,\s*)*{_WORD})"
_IN_STATEMENT = (
    pattern(rf"(?:^|[;:])[ \t]*{_ASSIGNED}", re.MULTILINE),
    pattern(rf"\bfor\s+((?:{_WORD}\s*,\s*)*{_WORD})\s+in\b"),
    pattern(rf"\b(?:as|def|class)\s+({_WORD})"),
    pattern(rf"^[ \t]*type[ \t]+({_WORD})[ \t]*(?:\[[^\r\n]*\][ \t]*)?=", re.MULTILINE),
    pattern(rf"\b{_IMPORTED}"),
    pattern(rf"\b({_WORD})\s*:="),
)
_AT_MARGIN = (
    pattern(rf"^{_ASSIGNED}", re.MULTILINE),
    pattern(rf"^(?:async[ \t]+)?(?:def|class)[ \t]+({_WORD})", re.MULTILINE),
    pattern(rf"^type[ \t]+({_WORD})[ \t]*(?:\[[^\r\n]*\][ \t]*)?=", re.MULTILINE),
    pattern(rf"^(?:from[ \t]+[\w.]+[ \t]+)?{_IMPORTED}", re.MULTILINE),
    pattern(rf"^(?:import|from)\b[^\r\n]*\bas[ \t]+({_WORD})", re.MULTILINE),
)
_NAME = pattern(_WORD)


def names_of_statement(text: str, statement: Span) -> list[MagicName]:
    """What one statement would bind, each name once."""
    return _found(_IN_STATEMENT, statement.of(text), statement.start, statement)


def names_at_margin(text: str) -> list[MagicName]:
    """What the statements that are not indented would bind, each name once."""
    return sorted(_found(_AT_MARGIN, text, 0, None), key=lambda name: name.span)


def _found(patterns: tuple[re.Pattern[str], ...], text: str, shift: int, extent: Span | None) -> list[MagicName]:
    found: dict[str, MagicName] = {}
    for name, span in _words(patterns, text):
        if name not in found:
            place = span.shift(shift)
            found[name] = MagicName(name, place, extent or place)
    return list(found.values())


def _words(patterns: tuple[re.Pattern[str], ...], text: str) -> Iterator[tuple[str, Span]]:
    for each in patterns:
        for match in each.finditer(text):
            for word in _NAME.finditer(text, *match.span(1)):
                yield word.group(), Span(*word.span())
