"""T-SQL's statements, which need no semicolon between them: a verb at the beginning of a line ends the one before.

Source: Transact-SQL's manual. Bodies of procedures, functions and triggers stay one statement, up to their GO; what
runs under a condition stays with that, since nobody knows whether it does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from polycell.core.patterns import pattern
from polycell.core.text import Span
from polycell.languages.sql.syntax.words import words_of

_PIECES = pattern(
    r"--[^\r\n]*|/\*[\s\S]*?(?:\*/|\Z)|'[^']*(?:'|\Z)|\"[^\"]*(?:\"|\Z)|\[[^\]\r\n]*\]"
    r"|(?P<end>;)|(?P<go>^[ \t]*GO(?:[ \t]+\d+)?[ \t]*$)|(?P<use>^[ \t]*USE[ \t]+(?:\w+|\[[^\]\r\n]+\])[ \t]*$)"
    r"|(?P<word>[@#]{0,2}[^\W\d][\w$]*)|\d[\w.]*|(?P<sign>[^\s\w])",
    re.I | re.M,
)
_ROUTINES = words_of("PROCEDURE PROC FUNCTION TRIGGER")
_QUERIES = words_of("SELECT INSERT UPDATE DELETE MERGE")
_OTHERS = words_of("BEGIN DECLARE CREATE DROP ALTER TRUNCATE EXEC EXECUTE PRINT IF WHILE SET")
_VERBS = (_QUERIES | _OTHERS) - {"IF", "WHILE", "BEGIN"}
_UNCONDITIONAL = pattern(r"\s*(?:TRY|CATCH|TRAN|TRANSACTION)\b", re.I)
# A line that begins with a verb goes on with what these are the last word of.
_GOING_ON = words_of(
    """UNION ALL EXCEPT INTERSECT AS THEN FOR ELSE IN FROM ON BY OR AND NOT OF WITH TABLE VIEW INDEX PROCEDURE
    AFTER BEFORE GRANT DENY REVOKE EXISTS"""
)
_FILLS_INSERT = words_of("SELECT VALUES EXEC EXECUTE DEFAULT")
_SESSION = pattern(r"[ \t]+(?:@|(?:\w+[ \t]+){1,3}(?:ON|OFF)\b|TRANSACTION\b|DATEFIRST\b|ROWCOUNT\b|LANGUAGE\b)", re.I)


def batches(text: str) -> Iterator[Span]:
    """Spans of the statements, without their `;` or GO. They tile the text but for these; the last may be empty."""
    start = depth = blocks = 0
    first = before = ""
    verbs: set[str] = set()
    for match in _PIECES.finditer(text):
        kind, at = match.lastgroup, match.start()
        if kind in ("end", "go", "use"):
            yield Span(start, at)
            if kind == "use":
                yield Span(at, match.end())
            start, depth, first, before = match.end(), 0, "", ""
            blocks = 0 if kind == "go" else blocks
            verbs = set()
        elif kind == "sign":
            before = match[0]
            depth = max(0, depth + (before == "(") - (before == ")"))
        elif kind == "word":
            word = match[0].upper()
            outer = blocks
            blocks += word in ("BEGIN", "CASE") and not _UNCONDITIONAL.match(text, match.end())
            blocks = max(0, blocks - (word == "END"))
            inside = outer if word == "BEGIN" else blocks
            if first and not depth and not inside and _begins(text, at, word, first, before, verbs):
                yield Span(start, at)
                start, first, verbs = at, "", set()
            first = first or word
            before = word
            if not depth:
                verbs.add(word)
        elif match[0][:1] not in "-/":
            before = "value"
    yield Span(start, len(text))


def _begins(text: str, at: int, word: str, first: str, before: str, verbs: set[str]) -> bool:
    """Whether a verb, outside of parentheses, begins a statement behind the one that began with `first`."""
    if word not in _QUERIES and word not in _OTHERS:
        return False
    line = text.rfind("\n", 0, at) + 1
    if text[line:at].strip() or (before in _GOING_ON and first != "SET") or before in ("(", ",", "=", "."):
        return False
    if first in ("CREATE", "ALTER") and not _ROUTINES.isdisjoint(verbs):
        return False
    if first in ("IF", "WHILE") and _VERBS.isdisjoint(verbs):
        return False
    if first == "MERGE" or ((first == "WITH" or "VIEW" in verbs) and _QUERIES.isdisjoint(verbs)):
        return False  # MERGE alone needs its semicolon
    if "INSERT" in verbs and word in _FILLS_INSERT and _FILLS_INSERT.isdisjoint(verbs):
        return False
    if word == "SET":
        return bool(_SESSION.match(text, at + 3)) and (first != "UPDATE" or "SET" in verbs)
    return not (first == "ALTER" and word in ("DROP", "ALTER"))
