"""Magics that a script hides in comments: `# %matplotlib inline`, `# !ls`, `# x = %sql select 1`.

jupytext writes them so that a script stays valid Python, and VS Code can run them so.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import lru_cache

from polycell.core.patterns import pattern
from polycell.core.text import Span
from polycell.formats.lines import all_commented, line_at, line_start, uncommented

# A magic, a shell command or an assignment of one, written as a comment. `# obj?`, `# ls` and `# %d items` stay
# comments: nobody can tell them from prose.
_COMMENTED_MAGIC = r"^[ \t]*(?P<prefix>{comment} ?)(?:%(?:[A-Za-z_][\w.]+|R)(?=\s|$)|![ \t]*[\w.~$/{{]|{assign})"
_ASSIGNED = r"[^\W\d][\w., ]*?=[ \t]*(?:%(?:[A-Za-z_][\w.]+|R)\s|![ \t]*[\w.~$/{{(])"
_RAW_MAGIC = pattern(r"^[%!][A-Za-z]", re.MULTILINE)


# Cell magics whose body is Python: only their own line is commented.
_PYTHON_BODY_WORDS = """
    time timeit capture prun memit mprun lprun snakeviz debug heat scalene pyinstrument wandb local pyspark
"""
_PYTHON_BODY = frozenset(_PYTHON_BODY_WORDS.split())


@lru_cache(maxsize=8)
def _magic_pattern(comment: str, assigned: bool) -> re.Pattern[str]:
    assign = _ASSIGNED.replace("{{", "{") if assigned else "(?!)"
    pattern = _COMMENTED_MAGIC.format(comment=re.escape(comment), assign="@").replace("@", assign)
    return re.compile(pattern, re.MULTILINE)


def hiding_comments(
    text: str, start: int, end: int, comment: str, language: str, wanted: bool | None = None
) -> list[Span]:
    """The comment signs in `[start, end)` that hide magics, in order.

    `wanted` None: nothing says whether comments hide magics; where a magic stands bare (Hydrogen) they are real.
    """
    if text.find("%", start, end) < 0 and text.find("!", start, end) < 0:
        return []
    if wanted is None and _RAW_MAGIC.search(text, start, end):
        return []
    found = []
    for match in _magic_pattern(comment, language == "python").finditer(text, start, end):
        found.append(Span(*match.span("prefix")))
        line = line_at(text, match.start(), end)
        while text[line.end - 1] == "\\" and line.next < end:
            line = line_at(text, line.next, end)
            if not text.startswith(comment, line.start, line.end):
                break
            after = line.start + len(comment)
            found.append(Span(line.start, after + 1 if text.startswith(" ", after, line.end) else after))
    return sorted(set(found))


def without(start: int, end: int, removed: list[Span]) -> list[Span]:
    """`[start, end)` without the spans `removed`, which are in order."""
    spans = []
    index = bisect_left(removed, Span(start, start))
    while index < len(removed) and removed[index].end <= end:
        gap = removed[index]
        if gap.start > start:
            spans.append(Span(start, gap.start))
        start = gap.end
        index += 1
    if end > start:
        spans.append(Span(start, end))
    return spans


def code_spans(text: str, start: int, end: int, comment: str, removed: list[Span]) -> list[Span]:
    """Code as it is, without the comment signs of commented magics."""
    at = start
    while at < end and text[at] in " \t\r\n":
        at += 1
    first = line_start(text, at)
    if first >= start and at < end and text[at] in f"%{comment[0]}":
        magic = re.compile(rf"(?:{re.escape(comment)} ?)?%%([A-Za-z_][\w.]*)").match(text, first, end)
        if magic:
            start = first  # a cell magic must be the first thing in its cell
            if text[first] != "%":
                line = line_at(text, first, end)
                body = magic[1] not in _PYTHON_BODY and all_commented(text, line.next, end, comment)
                rest = uncommented(text, line.next, end, comment) if body else []
                head = uncommented(text, first, line.next, comment)
                return head + (rest or without(line.next, end, removed))
    return without(start, end, removed)
