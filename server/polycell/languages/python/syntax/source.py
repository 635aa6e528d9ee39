"""A Python cell made readable: what the other Python modules work on, and what `Facts.analysis` holds.

IPython's own syntax (magics, `!`, `?`, automagic, …) is neutralised by `ipython.neutralise`, which never changes the
text's length: every offset in `code` is the same offset in the cell's text.
"""

from __future__ import annotations

import ast
from bisect import bisect_right
from itertools import accumulate

from msgspec import Struct, field

from polycell.core.facts import Fragment, Magic, Problem
from polycell.core.text import LineIndex, Span


class MagicName(Struct, frozen=True):
    """A name that a magic or shell escape binds (`x = !ls`, `%%capture out`, `--out x`), or a broken statement would.

    Where the tree binds the same name at the same span, this one knows better: the tree holds a placeholder there.

    `value` says what it becomes: "lines" (a list of output lines), "text", "captured", "timing", "table" (with
    `fragment`, the SQL that yields it), "result" (the value of the cell, under the name that its metadata gives),
    "shared" (what another kernel calls `origin`), or "" when unknown.
    """

    name: str
    span: Span
    extent: Span
    value: str = ""
    fragment: Fragment | None = None
    origin: str = ""


class PythonSource(Struct, frozen=True, eq=False):
    """`code` is as long as the cell's text and is what `tree` was parsed from; `tree` is None when nothing parses.

    A cell with one broken statement still has a tree of the others: the broken lines are blanked in `code`.
    `names` are bound by magics at `span`; `uses` are (name, span) that magics read (`{expr}`, `$var`, `-i df`).
    `opens` as in `Facts.opens`.
    """

    code: str
    tree: ast.Module | None
    lines: LineIndex
    problems: tuple[Problem, ...] = ()
    magics: tuple[Magic, ...] = ()
    fragments: tuple[Fragment, ...] = ()
    names: tuple[MagicName, ...] = ()
    uses: tuple[tuple[str, Span], ...] = ()
    opens: tuple[str, ...] = ()
    # Names bound in these spans stay inside (`%timeit x = 1`, the body of `%%timeit`).
    inner: tuple[Span, ...] = ()
    # Statements that do not parse, blanked in `code`; what they would have bound is among `names`.
    broken: tuple[Span, ...] = ()
    # The cell runs in a process of its own (`%%python`): it neither sees nor gives names.
    isolated: bool = False
    # What the walk for names (`scopes`) came by, in order: calls, the outer before those in them; attributes and items
    # that are assigned or deleted, and names behind which `+=` stands. Others need not walk the tree to find them.
    calls: tuple[ast.Call, ...] = ()
    stores: tuple[ast.expr, ...] = ()
    # Lines that were asked about: where each starts and ends, and where its characters end in bytes if not all ASCII.
    _columns: dict[int, tuple[int, int, list[int] | None]] = field(default_factory=dict)

    def span(self, node: ast.AST) -> Span:
        """The span of a node that has a position. `ast` counts columns in UTF-8 bytes; offsets here are code points."""
        try:
            start = self.offset(node.lineno, node.col_offset)  # type: ignore[attr-defined]
            end = self.offset(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]
        except (AttributeError, TypeError):  # made by us, without a place of its own
            start = self.offset(getattr(node, "lineno", 1), getattr(node, "col_offset", 0))
            end = self.offset(getattr(node, "end_lineno", None) or 1, getattr(node, "end_col_offset", None) or 0)
        return Span(start, end if end > start else start)

    def offset(self, line: int, column: int) -> int:
        """The offset of a 1-based line and a column in UTF-8 bytes, as `ast` gives them."""
        starts = self.lines.starts
        if line < len(starts) and self.code.isascii():
            return min(starts[line - 1] + column, starts[line] - 1)
        known = self._columns.get(line)
        if known is None:
            span = self.lines.line_span(line - 1)
            known = self._columns[line] = (span.start, span.end, _byte_ends(span.of(self.code)))
        start, end, byte_ends = known
        return min(start + column, end) if byte_ends is None else start + bisect_right(byte_ends, column)


def _byte_ends(line: str) -> list[int] | None:
    if line.isascii():
        return None
    return list(accumulate(1 if c < "\x80" else 2 if c < "\u0800" else 3 if c < "\U00010000" else 4 for c in line))
