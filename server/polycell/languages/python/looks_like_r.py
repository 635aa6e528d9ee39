"""Notebooks that say they speak Python and are written in R: with the wrong kernel in the file, or none.

R often parses as Python (`x <- f(1)` compares, `library(dplyr)` calls), and all that is said of it then is false.
No cell tells alone (`head(df)` is either), so all of them are asked; where most speak R, nothing is reported.
"""

from __future__ import annotations

import re
from collections.abc import Hashable

from polycell.core.facts import Facts
from polycell.core.hosts import Host
from polycell.core.notebook import Cell, Notebook
from polycell.core.patterns import pattern
from polycell.core.service import Context
from polycell.core.text import has_any

R, PYTHON = "cells that look like R", "cells that are certainly Python"
FEWEST = 2  # cells that look like R
TIMES = 2  # as many of them as of the others

_WORDS = ("<-", "%>%", "|>", "library(", "function(")
# Assignments, pipes, packages and functions as only R has them, each where a statement stands.
_IN_R = pattern(
    r"^[ \t]*[A-Za-z.][\w.]*(?:\$\w+|\[[^\]\n]*\])?[ \t]*<-[ \t]*[\w.(\"'-]"
    r"|%>%[ \t]*$|^[^#\"'\n]*[\w)][ \t]*(?:%>%|\|>)[ \t]*[\w.]+\("
    r"|^[ \t]*library\([\w.\"']+\)[ \t;]*(?:#.*)?$"
    r"|=[ \t]*function\([^()\n]*\)[ \t]*\{",
    re.MULTILINE,
)


class LooksLikeR:
    name = R

    def of_cell(self, cell: Cell, facts: Facts, host: Host) -> tuple[Hashable, ...]:
        own = cell.kind == "code" and cell.language == "python" and cell.magic is None
        return (True,) if own and has_any(cell.text, _WORDS) and _IN_R.search(cell.text) else ()

    def of_notebook(self, notebook: Notebook) -> tuple[Hashable, ...]:
        return ()


class CertainlyPython:
    """A cell that imports, or defines a function or class."""

    name = PYTHON

    def of_cell(self, cell: Cell, facts: Facts, host: Host) -> tuple[Hashable, ...]:
        own = cell.kind == "code" and cell.language == "python"
        return (True,) if own and any(d.kind != "variable" for d in facts.definitions) else ()

    def of_notebook(self, notebook: Notebook) -> tuple[Hashable, ...]:
        return ()


def is_r(context: Context) -> bool:
    """Whether the notebook's Python cells are R."""
    told = len(context.view.gathered(R))
    return told >= FEWEST and told > TIMES * len(context.view.gathered(PYTHON))
