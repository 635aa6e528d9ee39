"""Logical lines of Python text, whatever the text: strings, brackets, comments and continuations respected.

IPython's syntax and broken code are decided upon by logical line, so this comes before any parser. It never fails: a
bracket that nobody closes ends where the next statement plainly begins, an open quote at its line's end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

from msgspec import Struct

from polycell.core.patterns import pattern

_PREFIX = r"(?:[rRbBfFtT]{1,2}|[uU])?"
_TOKEN = pattern(
    rf"""(?P<string>{_PREFIX}(?:\"\"\"|'''|"|'))
    |(?P<word>\w+)
    |(?P<space>[ \t\f]+)
    |(?P<comment>\#[^\r\n]*)
    |(?P<join>\\[ \t]*(?:\r\n|\r|\n|\Z))
    |(?P<newline>\r\n|\r|\n)
    |(?P<open>[(\[{{])
    |(?P<close>[)\]}}])
    |(?P<op>.)""",
    re.VERBOSE | re.DOTALL,
)
_PLAIN_END = {quote: pattern(rf"\\(?:\r\n|.)|[\r\n{quote}]", re.DOTALL) for quote in "'\""}
_TRIPLE_END = {quote: pattern(rf"\\.|{quote * 3}", re.DOTALL) for quote in "'\""}
_PAIRS = {")": "(", "]": "[", "}": "{"}
_ESCAPE = pattern(r"[ \t]*(?:%(?=[^\W\d])|!(?!=))")
_NEXT_LINE = pattern(r"\r\n|\r|\n")
_INDENT = pattern(r"[ \t\f]*")

# A line that begins so begins a statement, also where a bracket is still open.
_STARTS = pattern(
    r"(?:def|class|import|return|while|try|with|raise|del|assert|global|nonlocal|pass|break|continue|elif|except|finally)\b"
    r"|from\s+[\w.]+\s+import\b"
    r"|async\s+(?:def|with|for)\b"
    r"|@\w|[%!]\w"
    r"|(?:for|if|else)\b.*:\s*(?:\#.*)?$"
)
_ASSIGNS = pattern(r"[^\W\d]\w*(?:\s*,\s*[^\W\d]\w*)*(?:\s*=(?!=).*[^,\s(\[{]|\s+=\s.*[^,\s])\s*$")
_WORD_START = pattern(r"(?!(?:for|if|else|in|and|or|not|is|as|async)\b)[^\W\d]\w*(?!\w*[\"'])")

# Characters in which an open bracket is looked for: half as many with each that nobody closes, down to a number that
# suits most statements, and from there slowly to next to nothing.
_USUAL_REACH = 400
_LEAST_REACH = 20
_REACH_STEP = 40
_LONGEST_KEPT = 300  # characters of a physical line that is remembered
_FORMATTED_TRIES = 5  # f-strings of one line that may turn out not to be closed as Python 3.12 reads them
_DEEPEST_FORMAT = 4  # `{x:{y:{z}}}` inside f-strings

Fault = Literal["", "unclosed bracket", "unmatched bracket", "mismatched bracket", "open string", "open triple string"]


class Logical(Struct):
    """One logical line: `start` of its first physical line, `first` token, `code_end` behind the last token before a
    comment, `end` before the line end, `next` behind it. `equals`: the first `=` outside brackets, or -1; `escape`: the
    `%` or `!` that follows it (`x = !ls`), where the rest of the line is IPython's, or -1.

    `fault` tells what is wrong with brackets and quotes at `fault_at` (for a mismatch, `other_at` is the opener).
    """

    start: int
    first: int
    code_end: int
    end: int
    next: int
    equals: int = -1
    escape: int = -1
    fault: Fault = ""
    fault_at: int = -1
    other_at: int = -1

    def first_now(self, code: str) -> int:
        """Where the line begins in `code`, a version of the text in which its indentation was rewritten."""
        at = self.start
        while at < self.code_end and code[at] in " \t\f":
            at += 1
        return at

    @property
    def empty(self) -> bool:
        return self.code_end <= self.first


def string_end(text: str, start: int, opening: str, limit: int) -> tuple[int, bool]:
    """The offset behind a string literal whose prefix and quotes `opening` stand at `start`, and whether it is closed.

    An f-string may hold its own quote inside braces (PEP 701), as Python 3.12 reads it.
    """
    if _is_formatted(opening):
        end = _formatted_end(text, start + len(opening), opening[-1], limit)
        if end > 0:
            return end, True
    return _plain_end(text, start, opening, limit)


def _is_formatted(opening: str) -> bool:
    """Whether the prefix and quotes begin an f-string or t-string of one line."""
    return not opening.endswith(('"""', "'''")) and any(c in "fFtT" for c in opening[:2])


def _plain_end(text: str, start: int, opening: str, limit: int) -> tuple[int, bool]:
    """The same for a string in which braces mean nothing."""
    quote = opening[-1]
    at = start + len(opening)
    if opening.endswith(quote * 3):
        for found in _TRIPLE_END[quote].finditer(text, at, limit):
            if found.group()[0] == quote:
                return found.end(), True
        return limit, False
    for found in _PLAIN_END[quote].finditer(text, at, limit):
        if found.group()[0] != "\\":
            return (found.end(), True) if found.group() == quote else (found.start(), False)
    return limit, False


def _formatted_end(text: str, at: int, quote: str, limit: int) -> int:
    """The offset behind a one-line f-string's closing quote, or -1 where this reading does not work out."""
    while at < limit:
        c = text[at]
        if c in "\r\n":
            return -1
        if c == "\\":
            at += 2
        elif c == quote:
            return at + 1
        elif c == "{":
            if text.startswith("{{", at):
                at += 2
                continue
            at = _field_end(text, at + 1, quote, limit, 0)
            if at < 0:
                return -1
        else:
            at += 1
    return -1


def _field_end(text: str, at: int, quote: str, limit: int, depth: int) -> int:
    """The offset behind the `}` of a replacement field, or -1."""
    nested = 0
    while at < limit and depth < _DEEPEST_FORMAT:
        c = text[at]
        if c in "\r\n":
            return -1
        if c == "}" and nested == 0:
            return at + 1
        if c == ":" and nested == 0:
            at += 1
            while at < limit and text[at] not in "}\r\n":
                if text[at] == quote:
                    return -1
                at = _field_end(text, at + 1, quote, limit, depth + 1) if text[at] == "{" else at + 1
                if at < 0:
                    return -1
            continue
        if c in "([{":
            nested += 1
        elif c in ")]}":
            nested -= 1
        elif c in "'\"":
            at, closed = _plain_end(text, at, c, limit)
            if not closed:
                return -1
            continue
        at += 1
    return -1


def indent_end(text: str, start: int, limit: int) -> int:
    found = _INDENT.match(text, start, limit)
    return found.end() if found else start


def line_end(text: str, at: int, limit: int) -> tuple[int, int]:
    """The end of the physical line at `at`, without and with its line end."""
    found = _NEXT_LINE.search(text, at, limit)
    return (found.start(), found.end()) if found else (limit, limit)


def continued_line_end(text: str, at: int, limit: int) -> tuple[int, int]:
    """The same for a line that goes on behind each backslash at its end, whatever else is on it."""
    end, after = line_end(text, at, limit)
    while end > at and text[end - 1] == "\\" and after < limit:
        at = after
        end, after = line_end(text, at, limit)
    return end, after


def logical_line(text: str, start: int, limit: int, reach: int | None = None) -> Logical:
    """The logical line that begins at the line start `start`; an open bracket is followed for `reach` characters."""
    end = line_end(text, start, limit)[1]
    if end - start <= (_LONGEST_KEPT if reach is None else min(reach, _LONGEST_KEPT)):
        kept = _by_itself(text[start:end])
        if kept is not None:
            first, code_end, stop, equals, escape = kept
            return Logical(
                start,
                start + first,
                start + code_end,
                start + stop,
                end,
                start + equals if equals >= 0 else -1,
                start + escape if escape >= 0 else -1,
            )
    return _follow(text, start, limit, reach)


@lru_cache(maxsize=8192)
def _by_itself(line: str) -> tuple[int, int, int, int, int] | None:
    """(first, code_end, end, equals, escape) of a physical line that is a logical line, whatever stands around it;
    None for one that may go on or in which something is wrong. Of a cell that is being written all lines but one are as
    they were at the keystroke before, and each is asked about twice."""
    if "\\" in line:
        return None
    made = _follow(line, 0, len(line), None)
    return None if made.fault else (made.first, made.code_end, made.end, made.equals, made.escape)


def _follow(text: str, start: int, limit: int, reach: int | None) -> Logical:
    first = indent_end(text, start, limit)
    made = Logical(start, first, first, limit, limit)
    stack: list[int] = []
    last = first
    at = first
    scan = _TOKEN.match
    far = limit if reach is None else min(limit, start + reach)
    tries = _FORMATTED_TRIES
    while at < limit:
        if stack and at > far:
            break
        token = scan(text, at, limit)
        if token is None:
            break
        kind = token.lastgroup
        end = token.end()
        if kind == "newline":
            if not stack:
                made.end, made.next = at, end
                break
            at = end
            continue
        if kind == "string":
            formatted = tries > 0 and _is_formatted(token.group())
            end = _formatted_end(text, end, token.group()[-1], limit) if formatted else -1
            closed = end > 0
            if not closed:
                tries -= formatted
                end, closed = _plain_end(text, at, token.group(), limit)
            if not closed:
                triple = token.group().endswith(('"""', "'''"))
                made.fault, made.fault_at = ("open triple string" if triple else "open string"), at
                if not triple:
                    # What follows cannot be told from the string: the line, and the statement, end here.
                    made.code_end = max(end, at + 1)
                    made.end, made.next = line_end(text, end, limit)
                    return made
            last = end
        elif kind == "open":
            stack.append(at)
            last = end
        elif kind == "close":
            last = end
            if not stack:
                if not made.fault:
                    made.fault, made.fault_at = "unmatched bracket", at
            elif text[stack[-1]] != _PAIRS[text[at]]:
                if not made.fault:
                    made.fault, made.fault_at, made.other_at = "mismatched bracket", at, stack[-1]
                stack.pop()
            else:
                stack.pop()
        elif kind == "word":
            last = end
        elif kind == "op":
            if not stack and text[at] == "=" and made.equals < 0:
                before = text[at - 1] if at > first else ""
                if end < limit and text[end] == "=":
                    end += 1
                elif before not in "!<>:=":
                    made.equals = at
                    escape = _ESCAPE.match(text, end, limit)
                    if escape:
                        made.escape = escape.end() - 1
                        made.end, made.next = continued_line_end(text, at, limit)
                        made.code_end = made.end
                        return made
            last = end
        elif kind == "join":
            last = max(last, at + 1) if end >= limit else last
        at = end
    made.code_end = last
    if stack:
        _resynchronise(text, made, line_end(text, far, limit)[1])
        if not made.fault or made.fault_at >= made.code_end:
            inside = [opener for opener in stack if opener < made.code_end]
            made.fault, made.fault_at = "unclosed bracket", (inside or stack[:1])[-1]
    return made


def _resynchronise(text: str, line: Logical, limit: int) -> None:
    """Cut a logical line whose bracket nobody closes before the first line that plainly begins a statement."""
    indent = line.first - line.start
    end, at = line_end(text, line.first, limit)
    code_end = _code_end(text, line.first, end)
    while at < limit:
        stop, after = line_end(text, at, limit)
        first = indent_end(text, at, stop)
        if first < stop and text[first] != "#":
            here = text[first:stop]
            if first - at <= indent and (
                _STARTS.match(here) or _ASSIGNS.match(here) or (_ends_value(text, code_end) and _WORD_START.match(here))
            ):
                break
            code_end = _code_end(text, first, stop)
        end, at = stop, after
    line.code_end, line.end, line.next = code_end, end, at


def _ends_value(text: str, end: int) -> bool:
    return end > 0 and (text[end - 1].isalnum() or text[end - 1] in "_)]}'\"")


def _code_end(text: str, start: int, stop: int) -> int:
    """Behind the last token of one physical line, comments left out."""
    at = last = start
    while at < stop:
        token = _TOKEN.match(text, at, stop)
        if token is None or token.lastgroup == "comment":
            break
        at = _plain_end(text, at, token.group(), stop)[0] if token.lastgroup == "string" else token.end()
        if token.lastgroup != "space":
            last = at
    return last


def shorter_reach(line: Logical, reach: int) -> int:
    """How far to follow the next open bracket: ever less far behind those that nobody closes, to bound the cost."""
    if line.fault != "unclosed bracket":
        return reach
    return max(reach // 2, _USUAL_REACH) if reach > _USUAL_REACH else max(reach - _REACH_STEP, _LEAST_REACH)


def logical_lines(text: str, start: int = 0, limit: int | None = None) -> Iterator[Logical]:
    """All logical lines from a line start on, empty and comment lines among them."""
    limit = len(text) if limit is None else limit
    at = start
    reach = limit
    while at < limit:
        line = logical_line(text, at, limit, reach)
        reach = shorter_reach(line, reach)
        yield line
        if line.next <= at:
            return
        at = line.next
