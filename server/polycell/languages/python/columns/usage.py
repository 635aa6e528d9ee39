"""Columns that the notebook itself names with a frame: the last resort where nobody knows what columns it has.

Never more than a guess: what a frame is called is all that ties the places together. It completes, sorted last; the
flow of types never sees it, so that no diagnostic can rest on it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from polycell.core.notebook import Notebook
from polycell.core.patterns import pattern
from polycell.core.text import Span
from polycell.core.types import Certainty, Column, Evidence
from polycell.languages.python.known.frame_attributes import FRAMES

MOST = 200  # columns offered of one frame
LARGEST = 200_000  # characters of a cell that is looked into

_TEXT = r"""(?:'((?:[^'\\\n]){1,80})'|"((?:[^"\\\n]){1,80})")"""
# `df["a"]`, `df[["a", "b"]]`, `df.groupby("a")`, `df.sort_values(by=["a"])`, `df.loc[:, "a"]`
_MENTION = pattern(
    rf"""(?<![\w.])(?P<name>[^\W\d]\w*)\s*(?:
        \[\s*\[?\s*(?P<items>{_TEXT}(?:\s*,\s*{_TEXT})*)\s*\]
        |\.(?:loc|at)\[(?:[^\[\],\n]|\[[^\[\]\n]*\])*,\s*\[?\s*(?P<located>{_TEXT}(?:\s*,\s*{_TEXT})*)
        |\.(?:groupby|group_by|groupBy|sort_values|set_index|drop|select|orderBy|sort|dropna|drop_duplicates)
          \(\s*(?:by=|columns=|subset=|keys=)?\s*\[?\s*(?P<called>{_TEXT}(?:\s*,\s*{_TEXT})*)\s*[\]),]
    )""",
    re.VERBOSE,
)  # fmt: skip
_ONE = pattern(_TEXT)
# `df.genre`, where nothing is called or given by that name; texts and comments are passed by.
_ATTRIBUTE = pattern(
    r"""\"[^\"\n]*\"|'[^'\n]*'|\#[^\n]*"""
    r"|(?<![\w.])(?P<name>[^\W\d]\w*)\.(?P<attribute>[^\W\d_]\w*)(?!\w|[ \t]*\(|[ \t]*=(?!=)|[ \t]*[-+*/|&]=)"
)


@lru_cache(maxsize=4096)
def mentions(text: str) -> Mapping[str, tuple[tuple[str, int], ...]]:
    """Name of a frame → (column, where it is written) pairs of one cell."""
    found: dict[str, list[tuple[str, int]]] = {}
    if len(text) <= LARGEST:
        for mention in _MENTION.finditer(text):
            for group in ("items", "located", "called"):
                if mention[group] is not None:
                    for one in _ONE.finditer(text, *mention.span(group)):
                        name = one[1] or one[2]
                        found.setdefault(mention["name"], []).append((name, one.start() + 1))
    return {name: tuple(pairs) for name, pairs in found.items()}


@lru_cache(maxsize=4096)
def attributes(text: str) -> Mapping[str, tuple[tuple[str, int], ...]]:
    """The same of what is written behind the name's dot, methods among it."""
    found: dict[str, list[tuple[str, int]]] = {}
    for one in _ATTRIBUTE.finditer(text) if len(text) <= LARGEST else ():
        if one["name"]:
            found.setdefault(one["name"], []).append((one["attribute"], one.start("attribute")))
    return {name: tuple(pairs) for name, pairs in found.items()}


def used_with(notebook: Notebook, name: str, here: Span, cell_id: str, flavour: str = "") -> tuple[Column, ...]:
    """The columns written with the frame of a name anywhere in the notebook, but for the text at `here`. Of a frame of
    a known `flavour` those behind its dot too, which no frame has by itself."""
    if not name.isidentifier():
        return ()
    members = FRAMES.get(flavour)
    made: dict[str, Column] = {}
    for index, cell in enumerate(notebook.cells):
        if cell.kind != "code" or cell.language != "python":
            continue
        written = mentions(cell.text).get(name, ())
        if members is not None:
            written += tuple(one for one in attributes(cell.text).get(name, ()) if one[0] not in members)
        for column, start in written:
            if column not in made and not (cell.id == cell_id and here.start <= start <= here.end):
                made[column] = Column(
                    column, None, None, Evidence.USAGE, Certainty.WEAK, None, f"used with `{name}` in cell {index + 1}"
                )
        if len(made) >= MOST:
            break
    return tuple(made.values())
