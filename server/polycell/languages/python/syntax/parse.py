"""A Python cell's text → `PythonSource`. Total: whatever the text, it answers.

A cell that parses as it stands is plain Python. One that does not is neutralised (`ipython`) and parsed again; where
that fails too, the broken statements are blanked one after another, each reported once, at the mistake, so that
everything above and below stays known.
"""

from __future__ import annotations

from polycell.core.facts import Problem
from polycell.core.hosts import Host
from polycell.core.notebook import Cell
from polycell.core.text import LineIndex, Span
from polycell.languages.python.syntax.ipython import neutralise
from polycell.languages.python.syntax.repair import repair
from polycell.languages.python.syntax.source import MagicName, PythonSource
from polycell.languages.python.syntax.trees import tree_of


def parse(cell: Cell, host: Host) -> PythonSource:
    """The cell made readable. Pure in the cell and the host's name."""
    text = cell.text
    code = readable(text)
    given: tuple[MagicName, ...] = ()
    if cell.result:
        # Snowflake: a cell's name is a variable that holds its value. No text says so, hence the empty span.
        given = (MagicName(cell.result, Span(0, 0), Span(0, len(text)), "result"),)
    if cell.magic is None and cell.body == 0:
        tree = tree_of(code)
        if tree is not None:
            return PythonSource(code, tree, LineIndex(code), names=given)
    made = neutralise(cell, host.name)
    known = code if cell.magic is None and cell.body == 0 else None
    code = readable(made.code)
    tree = None if code == known else tree_of(code)
    problems: tuple[Problem, ...] = tuple(made.problems)
    names = given + tuple(made.names)
    opens = tuple(made.opens)
    broken: tuple[Span, ...] = ()
    if tree is None:
        repaired = repair(code)
        code, tree, broken = repaired.code, repaired.tree, repaired.broken
        problems += repaired.problems
        names += repaired.names
        opens += repaired.opens
    return PythonSource(
        code,
        tree,
        LineIndex(code),
        problems,
        tuple(made.magics),
        tuple(made.fragments),
        names,
        tuple(made.uses),
        opens,
        tuple(made.inner),
        broken,
        made.isolated,
    )


def readable(text: str) -> str:
    """The same length without what `compile` refuses before it looks: NUL, lone surrogates, a byte order mark."""
    if text.isascii():
        return text.replace("\0", " ")
    if text[0] == "\ufeff":
        text = "\f" + text[1:]
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        text = "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)
    return text.replace("\0", " ")
