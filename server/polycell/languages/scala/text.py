"""A cell's text as Scala: what only notebooks understand is blanked at equal length."""

from __future__ import annotations

import re
from functools import lru_cache

from polycell.core.notebook import Cell
from polycell.core.patterns import pattern

# Toree's and sparkmagic's line magics, Ammonite's and Almond's magic imports (`import $ivy.`org::name:1``).
_LINES = pattern(r"^[ \t]*(?:[%!][^\n]*|#![^\n]*)", re.MULTILINE)
_IMPORTS = pattern(r"^([ \t]*)import[ \t]+\$\w+\.[^\n;]*", re.MULTILINE)


def scala_text(cell: Cell) -> str:
    """Of the cell's length; what stands before the body is blank."""
    return _scala_text(cell.text, cell.body)


@lru_cache(maxsize=512)
def _scala_text(text: str, body: int) -> str:
    made = _blank(text[:body]) + text[body:]
    made = _LINES.sub(lambda found: _blank(found[0]), made)
    return _IMPORTS.sub(lambda found: _blank(found[0]), made)


def _blank(text: str) -> str:
    return "".join(char if char in "\r\n" else " " for char in text)
