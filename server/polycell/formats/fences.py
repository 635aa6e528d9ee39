"""Fenced code blocks of a Markdown text, as CommonMark has them, and looser where notebooks are.

A fence is three or more backticks or tildes; a longer fence holds shorter ones; a backtick fence's info string has no
backtick, so inline code opens nothing. Fences may be indented (in lists) or stand in block quotes. A fence that is not
closed runs to the end of the text, or to the next chunk that opens: while a chunk is typed above, those below stay.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from msgspec import Struct

from polycell.core.patterns import pattern
from polycell.core.text import Span
from polycell.formats.lines import Line, line_at, lines_in, without_last_line_end

_CANDIDATE = pattern(r"(?:^|(?<=\r))[ \t>]*(?:```|~~~)", re.MULTILINE)
_OPEN = pattern(r"(?P<indent>[ \t>]*)(?P<fence>`{3,}(?=[^`]*\Z)|~{3,})[ \t]*(?P<info>.*)\Z", re.DOTALL)


class Fence(Struct, frozen=True):
    """`[start, end)` is the block with its fences, `[inner, inner_end)` the lines inside, without the last line end."""

    start: int
    end: int
    inner: int
    inner_end: int
    info: str
    info_start: int
    indent: str
    closed: bool


def fences(text: str, start: int, is_chunk: Callable[[str], bool]) -> Iterator[Fence]:
    """The fenced blocks below `start`, outermost only. `is_chunk` tells by the info string what opens a chunk."""
    opened: tuple[Line, re.Match[str]] | None = None
    for found in _CANDIDATE.finditer(text, start):
        line = line_at(text, found.start(), len(text))
        match = _OPEN.match(text[line.start : line.end])
        if match is None:
            continue
        if opened is None:
            opened = (line, match)
            continue
        fence, info = match["fence"], match["info"].strip()
        own = opened[1]["fence"]
        if fence[0] == own[0] and len(fence) >= len(own) and not info:
            yield _made(text, opened, line.start, line.next, closed=True)
            opened = None
        elif fence[0] == own[0] and len(fence) == len(own) and is_chunk(opened[1]["info"]) and is_chunk(info):
            yield _made(text, opened, line.start, line.start, closed=False)
            opened = (line, match)
    if opened is not None:
        yield _made(text, opened, len(text), len(text), closed=False)


def _made(text: str, opened: tuple[Line, re.Match[str]], stop: int, end: int, *, closed: bool) -> Fence:
    line, match = opened
    inner_end = without_last_line_end(text, line.next, stop) if stop < len(text) or closed else stop
    return Fence(
        line.start,
        end,
        line.next,
        max(line.next, inner_end),
        match["info"].strip(),
        line.start + match.start("info"),
        match["indent"],
        closed,
    )


def content(text: str, fence: Fence, start: int) -> list[Span]:
    """The lines of a fence from `start` on, without the indentation (or quote marks) that its opening has."""
    if not fence.indent:
        return [Span(start, fence.inner_end)] if fence.inner_end > start else []
    spans = []
    for line in lines_in(text, start, fence.inner_end):
        at = line.start
        for character in fence.indent:
            blank = character in " \t" and text[at : at + 1] in (" ", "\t")
            if at >= line.end or not (blank or text[at] == character):
                break
            at += 1
        spans.append(Span(at, line.next))
    return spans
