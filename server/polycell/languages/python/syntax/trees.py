"""From Python text to a syntax tree.

A long cell that is being typed differs from what was parsed a moment ago in one statement, and compiling all of it
takes most of the time that a keystroke may take. So the last trees are remembered, and of a text that is nearly one of
theirs only the statements about the difference are compiled. The others are the very same nodes, which nobody may
change; by that others (`scopes`) know which of their own work still holds.
"""

from __future__ import annotations

import ast
import warnings
from bisect import bisect_left
from collections import deque
from collections.abc import Sequence
from itertools import accumulate

from msgspec import Struct

from polycell.core.patterns import pattern
from polycell.core.text import common_end, common_start, has_any

LONG = 1_000  # characters from which on it is worth while
_KEPT = 8  # trees that are remembered: of the cells that are being typed, broken and mended
_NUMBER_AND_WORD = pattern(r"[0-9][.jJ]?(?:and|else|for|if|in|is|not|or)")
_RARE = ("\\", "finally", "0x", "0X")
_FAULTS = (SyntaxError, ValueError, MemoryError, RecursionError, OverflowError)


class _Parsed(Struct, frozen=True, eq=False):
    code: str
    tree: ast.Module


_parsed: deque[_Parsed] = deque(maxlen=_KEPT)


def compile_tree(code: str) -> ast.Module:
    """The tree of a cell's code, `await` at its top level allowed. Its nodes may be those of an earlier tree.

    Raises what `compile` raises: SyntaxError, ValueError, MemoryError, RecursionError, OverflowError.
    """
    if len(code) < LONG or "\r" in code.replace("\r\n", ""):  # which ends lines too
        return _compiled(code)
    known = _like(code)
    if known is not None and known.code == code:
        return known.tree
    made = _compiled(code) if known is None else _from(known, code)
    _parsed.append(_Parsed(code, made))
    return made


def tree_of(code: str) -> ast.Module | None:
    """The tree, or None where the code does not parse or is too deep or too large to."""
    try:
        return compile_tree(code)
    except _FAULTS:
        return None


def parses(code: str, mode: str = "exec") -> bool:
    """Whether `code` is Python by itself; total."""
    try:
        _compiled(code, mode)
    except _FAULTS:
        return False
    return True


def _compiled(code: str, mode: str = "exec") -> ast.Module:
    if not _may_warn(code):
        return _parsed_by_python(code, mode)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _parsed_by_python(code, mode)


def _may_warn(code: str) -> bool:
    """Whether the parser may warn of something: an escape that is none, letters right behind a number, what never ends
    well in `finally`. To ask takes a tenth of the time that it takes to have warnings ignored."""
    return has_any(code, _RARE) or _NUMBER_AND_WORD.search(code) is not None


def _parsed_by_python(code: str, mode: str) -> ast.Module:
    flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    made: ast.Module = compile(code, "<cell>", mode, flags, dont_inherit=True)
    return made


def _like(code: str) -> _Parsed | None:
    """The tree parsed last that begins as the code does, for the most part."""
    half = len(code) // 2
    for known in reversed(tuple(_parsed)):
        if common_start(known.code, code) + common_end(known.code, code) >= half:
            return known
    return None


def readable_start(code: str, until: int | None = None) -> int:
    """How far the code, or what stands above `until`, begins with whole statements of a tree that is remembered: so far
    it is Python by itself."""
    known = _like(code) if len(code) >= LONG else None
    return _same_statements(known, code, until)[1] if known is not None else 0


class Below(Struct, frozen=True, eq=False):
    """The end that a code has in common with one whose tree is remembered."""

    known: _Parsed
    length: int
    end: int  # where it begins

    def begins_at(self, at: int, reach: int) -> bool:
        """Whether a top-level statement of the known tree begins at a line start of the common end, so that what stands
        from there on is Python by itself. Not where one of its statements is longer than `reach`: brackets are followed
        no further, and what is known must not hang on what was read before."""
        if at < self.end or at >= self.length:
            return False
        known = self.known
        start = at + len(known.code) - self.length
        body, line = known.tree.body, known.code.count("\n", 0, start) + 1
        number = bisect_left(body, line, key=first_line)
        if number == len(body) or first_line(body[number]) != line or body[number].col_offset:
            return False
        return reach >= self.length - at or reach >= _longest(known.code, body[number:])


def readable_below(code: str) -> Below | None:
    """What a long code has in common with a tree that is remembered, at its end."""
    known = _like(code) if len(code) >= LONG else None
    if known is None:
        return None
    return Below(known, len(code), len(code) - common_end(known.code, code))


def _longest(code: str, body: Sequence[ast.stmt]) -> int:
    """The characters of the lines of the longest statement."""
    ends = [*accumulate(map(len, code.split("\n")), initial=0)]  # without line ends, of which each line has one
    return max(
        (ends[_last_line(s)] - ends[first_line(s) - 1] + _last_line(s) - first_line(s) + 1 for s in body), default=0
    )


def _same_statements(known: _Parsed, code: str, until: int | None = None) -> tuple[int, int, int]:
    """How many leading statements of a known tree the code has too; the offset and the line where the next one starts.

    These are the statements that end before the line of the first difference, or of `until`, but the last of them,
    which may go on (`else:`, an indented line).
    """
    body, same = known.tree.body, common_start(known.code, code)
    if until is not None:
        same = min(same, until)
    line = code.count("\n", 0, same) + 1
    kept = bisect_left(body, line, key=_last_line) - 1
    while kept > 0 and body[kept].col_offset:  # `a; b`
        kept -= 1
    if kept <= 0:
        return 0, 0, 1
    begin, start = first_line(body[kept]), same
    for _ in range(line - begin + 1):
        start = code.rfind("\n", 0, start)
    return kept, start + 1, begin


def _from(known: _Parsed, code: str) -> ast.Module:
    """The tree of the code, made of the known tree's statements as far as these are the same and at the same lines."""
    kept, start, begin = _same_statements(known, code)
    old, body, above = known.code, known.tree.body, "\n" * (begin - 1)
    if old.count("\n", start) == code.count("\n", start):
        same = common_start(old, code)
        end = len(code) - min(common_end(old, code), len(code) - same, len(old) - same)
        below = code.find("\n", end) + 1  # from here on all lines are the same
        line = begin + code.count("\n", start, below)
        left = bisect_left(body, line, lo=kept, key=first_line) if below else len(body)
        while left < len(body) and body[left].col_offset:
            left += 1
        if left < len(body):
            for _ in range(first_line(body[left]) - line):
                below = code.find("\n", below) + 1
            try:
                middle = _compiled(above + code[start:below])
            except _FAULTS:
                pass  # it may go on below; if not, it is told of the whole what is wrong
            else:
                return ast.Module([*body[:kept], *middle.body, *body[left:]], [])
    return ast.Module([*body[:kept], *_compiled(above + code[start:]).body], [])


def _last_line(statement: ast.stmt) -> int:
    return statement.end_lineno or statement.lineno


def first_line(statement: ast.stmt) -> int:
    """Where a statement begins: its decorators stand above the line that the tree tells."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min((statement.lineno, *(decorator.lineno for decorator in decorators)))
