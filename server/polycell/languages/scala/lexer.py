"""Scala's tokens, for texts in any state. Total: what is no Scala is a token of kind "other".

Offsets are code points of the text. Interpolated strings are cut up: their literal parts are tokens of kind "string",
and what stands in `$name` and `${…}` are tokens like any other, so that names used inside of strings are seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from polycell.core.patterns import pattern

KEYWORDS = frozenset(
    {
        *("abstract", "case", "catch", "class", "def", "do", "else", "extends", "false", "final", "finally", "for"),
        *("forSome", "if", "implicit", "import", "lazy", "match", "new", "null", "object", "override", "package"),
        *("private", "protected", "return", "sealed", "super", "this", "throw", "trait", "true", "try", "type", "val"),
        *("var", "while", "with", "yield"),
    }
)
GOES_ON = "…"  # the text of a string's literal part behind which an interpolation stands
_DEEPEST = 40  # interpolations within interpolations; deeper ones are read as plain text, for the sake of the stack

_OPERATOR = r"[!#%&*+\-/:<=>?@\\^|~\u2190-\u21ff\u2200-\u22ff]+"
_TOKEN = pattern(
    rf"""
    (?P<newline>\n)
  | (?P<space>[ \t\r\f]+)
  | (?P<line>//[^\n]*)
  | (?P<block>/\*)
  | (?P<triple>(?P<tripler>[^\W\d][\w$]*)?\"\"\")
  | (?P<quote>(?P<quoter>[^\W\d][\w$]*)?\")
  | (?P<char>'(?:\\u+[0-9a-fA-F]{{4}}|\\.|[^'\\\n])')
  | (?P<symbol>'[^\W\d]\w*)
  | (?P<number>0[xX][\da-fA-F_]+[lL]?
      | (?:\d[\d_]*)?\.\d[\d_]*(?:[eE][+-]?\d+)?[fFdD]?
      | \d[\d_]*(?:[eE][+-]?\d+)?[lLfFdD]?)
  | (?P<back>`[^`\n]*`)
  | (?P<id>(?:[^\W\d]|\$)(?:[\w$])*(?:(?<=_){_OPERATOR})?)
  | (?P<open>[(\[{{])
  | (?P<close>[)\]}}])
  | (?P<punct>[,;.])
  | (?P<op>{_OPERATOR})
  | (?P<other>.)
    """,
    re.VERBOSE,
)


class Token(NamedTuple):
    """`kind`: id, keyword, number, string, char, op, open, close, punct, newline, comment, other. `broken`: a literal
    or comment that does not end."""

    kind: str
    start: int
    end: int
    text: str
    broken: bool = False


def tokens(text: str, start: int = 0) -> list[Token]:
    """All tokens but white space, from `start` on."""
    found: list[Token] = []
    _scan(text, start, found, 0)
    return found


def _scan(text: str, at: int, found: list[Token], level: int) -> int:
    """Scan to the end; inside of an interpolation (`level` counts them) to the brace that closes it. Where it ended."""
    depth = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        assert match is not None  # the last alternative takes anything
        kind, end = match.lastgroup or "other", match.end()
        kind = "triple" if match["triple"] is not None else "quote" if match["quote"] is not None else kind
        if kind == "block":
            end, broken = _comment(text, at)
            found.append(Token("comment", at, end, "", broken))
        elif kind in ("triple", "quote"):
            prefix = match["tripler"] if kind == "triple" else match["quoter"]
            end = _string(text, at, match.end(), kind == "triple", bool(prefix) and level < _DEEPEST, found, level)
        elif kind == "line":
            found.append(Token("comment", at, end, ""))
        elif kind == "back":
            found.append(Token("id", at, end, text[at + 1 : end - 1]))
        elif kind == "symbol":
            found.append(Token("char", at, end, match[0]))
        elif kind == "id":
            found.append(Token("keyword" if match[0] in KEYWORDS else "id", at, end, match[0]))
        elif kind != "space":
            if level:
                depth += {"{": 1, "}": -1}.get(match[0], 0)
                if depth < 0:
                    return end
            found.append(Token(kind, at, end, match[0]))
        at = end
    return at


def _comment(text: str, at: int) -> tuple[int, bool]:
    """Where a block comment ends, comments inside of it counted, and whether it does not."""
    depth = 0
    for match in re.compile(r"/\*|\*/").finditer(text, at):
        depth += 1 if match[0] == "/*" else -1
        if depth == 0:
            return match.end(), False
    return len(text), True


def _string(text: str, start: int, at: int, triple: bool, interpolated: bool, found: list[Token], level: int) -> int:
    piece = start
    while at < len(text):
        char = text[at]
        if triple and text.startswith('"""', at):
            at += 3
            while at < len(text) and text[at] == '"':
                at += 1
            found.append(Token("string", piece, at, ""))
            return at
        if not triple and char == '"':
            found.append(Token("string", piece, at + 1, ""))
            return at + 1
        if not triple and char == "\n":
            break
        if not triple and char == "\\":
            at += 2
            continue
        if interpolated and char == "$":
            if text.startswith("$$", at):
                at += 2
                continue
            if text.startswith("${", at):
                found.append(Token("string", piece, at + 2, GOES_ON))
                at = piece = _scan(text, at + 2, found, level + 1)
                continue
            name = _NAME.match(text, at + 1)
            if name is not None:
                found.append(Token("string", piece, at + 1, GOES_ON))
                found.append(Token("id", name.start(), name.end(), name[0]))
                at = piece = name.end()
                continue
        at += 1
    found.append(Token("string", piece, min(at, len(text)), "", broken=True))
    return min(at, len(text))


_NAME = pattern(r"[^\W\d]\w*")


def code(found: list[Token]) -> Iterator[Token]:
    """Without comments and line ends."""
    return (token for token in found if token.kind not in ("comment", "newline"))
