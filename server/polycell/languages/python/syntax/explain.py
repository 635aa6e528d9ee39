"""Syntax problems in words: what is wrong, where, and what to do."""

from __future__ import annotations

import re
import sys
from itertools import islice

from polycell.core.facts import Problem
from polycell.core.patterns import pattern
from polycell.core.text import Span
from polycell.languages.python.syntax.statements import Logical, string_end

_AFTER = pattern(r"expected an indented block after (?:'(\w+)' statement|(\w+) definition|(\w+) statement|.*)")
_TOKEN = pattern(r"\w+|\*\*|//|->|:=|[<>=!]=|\S")
_STRING = pattern(r"[rRbBfFtT]*(?:\"\"\"|'''|\"|')")
_CURLY_QUOTES = "“”‘’„‚«»"
# Python 2's `print x`, `exec x`, as CPython recognises them.
_STATEMENTS_OF_2 = pattern(r"Missing parentheses in call to '(\w+)'")

# Syntax by the Python that brought it: statements our own Python may be too old to judge.
_NEWER = (
    ((3, 11), pattern(r"except\s*\*")),
    ((3, 12), pattern(r"type\s+\w+\s*[\[=]|(?:async\s+)?(?:def|class)\s+\w+\s*\[")),
    ((3, 14), pattern(r"except\s+[\w.]+\s*(?:,\s*[\w.]+\s*)+:|.*?\b[rR]?[tT][rR]?[\"']", re.DOTALL)),
    ((3, 15), pattern(r"lazy\s+(?:import|from)\b")),
)
_MOST_FORMATTED = 50  # f-strings of one statement that are looked into
_FORMATTED = pattern(r"(?<![\w])(?:[rR]?[fF][rR]?)(?:\"\"\"|'''|\"|')")


def needs_newer_python(statement: str) -> bool:
    """Whether a statement that does not parse here may be fine where the notebook runs."""
    for version, newer in _NEWER:
        if sys.version_info < version and newer.match(statement):
            return True
    return sys.version_info < (3, 12) and _is_new_formatted(statement)


def _is_new_formatted(statement: str) -> bool:
    """Whether it holds an f-string that only PEP 701 can read: its own quote, a backslash or a comment in braces."""
    for found in islice(_FORMATTED.finditer(statement), _MOST_FORMATTED):
        opening = found.group()
        end, closed = string_end(statement, found.start(), opening, len(statement))
        if closed:
            inside = statement[found.end() : end - 1]
            fields = re.findall(r"\{[^{}]*\}", inside)
            if any(opening[-1] in f or "\\" in f or "#" in f or "\n" in f for f in fields):
                return True
    return False


def explain_fault(code: str, line: Logical) -> Problem:
    """The problem of a logical line whose brackets or quotes are wrong, at the bracket or quote."""
    at = line.fault_at
    if line.fault in ("open string", "open triple string"):
        found = _STRING.match(code, at)
        opening = found.group() if found else code[at]
        quote = opening.lstrip("rRbBfFtTuU")
        if line.fault == "open string":
            return Problem(Span(at, at + len(opening)), f"This string is not closed: its line ends without `{quote}`.")
        return Problem(Span(at, at + len(opening)), f"This string is never closed: `{quote}` is missing.")
    span = Span(at, at + 1)
    if line.fault == "unmatched bracket":
        return Problem(span, f"`{code[at]}` closes nothing: remove it, or open the bracket before it.")
    if line.fault == "mismatched bracket":
        opener = code[line.other_at]
        return Problem(span, f"`{code[at]}` does not match the `{opener}` that is open here.")
    return Problem(span, f"`{code[at]}` is never closed.")


def explain(code: str, line: Logical, message: str, place: Span | None) -> Problem:
    """The problem for a parser's message about a logical line; `place` is where the parser says it is."""
    span = _visible(code, line, place)
    return Problem(span, _words(code, line, message, span, place))


def _visible(code: str, line: Logical, place: Span | None) -> Span:
    """The place inside its line and not empty: the token there, or the last one."""
    if place is None:
        stop = min(
            line.code_end, line.first + len(re.split(r"[\r\n]", code[line.first : line.code_end], maxsplit=1)[0])
        )
        return Span(line.first, max(stop, line.first))
    start = min(max(place.start, line.first), line.code_end)
    end = min(max(place.end, start), line.code_end)
    if end > start and code[start:end].strip():
        return Span(start, end)
    found = _TOKEN.match(code, start, line.code_end)
    if found:
        return Span(start, found.end())
    tokens = list(_TOKEN.finditer(code, line.first, line.code_end))
    return Span(tokens[-1].start(), tokens[-1].end()) if tokens else Span(line.first, line.code_end)


def _words(code: str, line: Logical, message: str, span: Span, place: Span | None) -> str:
    if message.startswith("expected an indented block"):
        found = _AFTER.match(message)
        what = next((g for g in found.groups() if g), "") if found else ""
        return (
            f"The body of this {f'`{what}`' if what else 'block'} is missing: indent the lines below, or write `pass`."
        )
    if message.startswith("expected 'except' or 'finally'"):
        return "This `try` has neither `except` nor `finally`."
    if message.startswith("unexpected indent"):
        return "This line is indented deeper than the block that it stands in."
    if message.startswith("unindent does not match"):
        return "The indentation of this line matches no block around it."
    if message.startswith("inconsistent use of tabs"):
        return "Tabs and spaces are mixed in this indentation: use one of them."
    old = _STATEMENTS_OF_2.match(message)
    if old:
        return f"`{old[1]}` is a function in Python 3: write `{old[1]}(…)`."
    if message == "expected ':'":
        return "A `:` is missing here."
    if "Perhaps you forgot a comma" in message:
        return "Invalid syntax. Perhaps a comma is missing."
    if message.startswith("invalid syntax. Maybe you meant '=='"):
        return "`=` cannot stand here: write `==` to compare, or `:=` to assign inside an expression."
    if message.startswith("invalid character") and any(c in message for c in _CURLY_QUOTES):
        return f"{message[0].upper()}{message[1:]}: write a straight quote."
    if message == "invalid syntax":
        if place is not None and place.start >= line.code_end:
            return "This statement is not finished."
        return f"Invalid syntax: `{_short(span.of(code))}` cannot stand here."
    message = re.sub(r"\s*\(<cell>.*\)", "", message)
    return message[0].upper() + message[1:] + ("" if message.endswith((".", "?", "!")) else ".")


def _short(text: str) -> str:
    first = text.strip().splitlines()[0] if text.strip() else text
    return first if len(first) <= 30 else first[:29] + "…"
