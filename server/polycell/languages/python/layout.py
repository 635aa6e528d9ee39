"""Formatting of Python cells and the order of imports, by ruff where it is installed: a process for each cell.

ruff is given the cell as a notebook of one cell, the form in which it knows magics itself and leaves them as they are.
It reads the user's own configuration, from the notebook's folder upwards.
"""

from __future__ import annotations

import asyncio
import difflib
import json
import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from polycell.bridge.spec import which
from polycell.core.notebook import Cell
from polycell.core.results import NOT_FORMATTED, Action, Edit, Formatted
from polycell.core.service import Context
from polycell.core.text import LineIndex, Span
from polycell.languages.python.engine.dependence import statements

log = logging.getLogger(__name__)

PATIENCE = 5.0  # seconds
LARGE = 30_000  # characters whose lines are compared in a thread
_MISSING = "Python cells are formatted by ruff, which is not installed: run `pip install ruff`."
_FORMAT = ("format", "--quiet")
_IMPORTS = ("check", "--select", "I", "--fix", "--exit-zero", "--quiet")


async def formatted(context: Context, span: Span) -> Formatted:
    """The edits of the lines that `span` touches; a refusal where ruff is missing or cannot read the cell."""
    if which("ruff") is None:
        return Formatted(refusal=_MISSING)
    made = await _through(_FORMAT, context)
    if made is None:
        return Formatted(refusal="ruff cannot read the cell.")
    if made == context.cell.text:
        return NOT_FORMATTED
    where = _whole_statements(context, span)
    if len(made) < LARGE:
        return Formatted(tuple(_edits(context.cell, made, where)))
    return Formatted(await asyncio.to_thread(lambda: tuple(_edits(context.cell, made, where))))


async def organised(context: Context) -> Sequence[Action]:
    """One action that sorts the cell's imports; none where they are sorted."""
    cell = context.cell
    if "import" not in cell.text or which("ruff") is None:
        return ()
    made = await _through(_IMPORTS, context)
    if made is None or made == cell.text:
        return ()
    edits = tuple(_edits(cell, made, Span(0, len(cell.text))))
    return (Action("Organize imports", "source.organizeImports", edits),)


async def _through(command: Sequence[str], context: Context) -> str | None:
    """The cell's text as ruff gives it back; None where that fails."""
    program, text = which("ruff"), context.cell.text
    if program is None:
        return None
    folder = Path(context.notebook.path).parent if context.notebook.path else None
    name = str(folder / "_polycell.ipynb") if folder is not None else "_polycell.ipynb"
    notebook = {
        "cells": [{"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": [text]}],
        "metadata": {"language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 2,
    }
    try:
        process = await asyncio.create_subprocess_exec(
            program,
            *command,
            "--stdin-filename",
            name,
            "-",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=folder if folder is not None and folder.is_dir() else None,
        )
    except OSError as problem:
        log.info("ruff cannot be started: %s", problem)
        return None
    try:
        out, errors = await asyncio.wait_for(process.communicate(json.dumps(notebook).encode()), PATIENCE)
    except (asyncio.TimeoutError, asyncio.CancelledError) as problem:
        process.kill()
        await process.wait()
        if isinstance(problem, asyncio.CancelledError):
            raise
        log.info("ruff is late")
        return None
    if process.returncode:
        log.info("ruff: %s", errors.decode("utf-8", "replace").strip())
        return None
    try:
        (cell,) = json.loads(out)["cells"]
        made = "".join(cell["source"])
    except (ValueError, KeyError, TypeError):
        return None
    # ruff takes the blank lines at the end, which belong to whoever is typing there.
    end = text[len(text.rstrip("\n")) :]
    return made.rstrip("\n") + end


def _edits(cell: Cell, made: str, span: Span) -> Iterator[Edit]:
    """The differing lines, where `span` touches them."""
    lines = LineIndex(cell.text)
    old, new = cell.text.splitlines(keepends=True), made.splitlines(keepends=True)
    if "".join(old[: len(lines)]) != cell.text or len(old) > len(lines):
        old, new = [cell.text], [made]  # line ends that only Python knows: the cell as one
    starts = [0]
    for line in old:
        starts.append(starts[-1] + len(line))
    for kind, a, b, c, d in _differences(old, new):
        # As many lines as before: line by line, so that those around what was selected stay.
        one = kind == "replace" and b - a == d - c
        blocks = [(a + n, a + n + 1, c + n, c + n + 1) for n in range(b - a)] if one else [(a, b, c, d)]
        for first, last, begin, end in blocks if kind != "equal" else ():
            changed = Span(starts[first], starts[last])
            if changed.start <= span.end and (changed.end > span.start or first == last):
                yield Edit(cell.id, changed, "".join(new[begin:end]))


def _differences(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, int, int, int, int]]:
    """As `difflib` tells them, between lines that stand once in either text: what it takes grows with the square of
    what lies between, and the lines of a cell keep their order."""
    once = {line: at for at, line in enumerate(new)}
    counts = Counter(new)
    written = Counter(old)
    a = c = 0
    for at, line in enumerate((*old, None)):
        if line is None:
            there = len(new)
        elif written[line] == 1 and counts[line] == 1 and once[line] >= c:
            there = once[line]
        else:
            continue
        for kind, i, j, k, m in difflib.SequenceMatcher(None, old[a:at], new[c:there], autojunk=False).get_opcodes():
            yield kind, a + i, a + j, c + k, c + m
        if line is not None:
            yield "equal", at, at + 1, there, there + 1
        a, c = at + 1, there + 1


def _whole_statements(context: Context, span: Span) -> Span:
    """The span with all of the top-level statements that it touches: half of a body would be another program."""
    spans = (one.span for one in statements(context.facts))
    touched = [s for s in spans if s.start <= span.end and s.end >= span.start]
    return Span(min([span.start, *(s.start for s in touched)]), max([span.end, *(s.end for s in touched)]))
