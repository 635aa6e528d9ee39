"""Cells that may make tables of a database in ways that nobody follows, gathered over the whole notebook.

A catalogue that was read completely lacks what such a cell is going to make, so it proves nothing then.
"""

from __future__ import annotations

import re
from collections.abc import Hashable

from polycell.core.facts import Facts
from polycell.core.hosts import Host
from polycell.core.notebook import Cell, Notebook
from polycell.core.patterns import pattern
from polycell.core.text import has_any

MAKERS = "cells that may make tables"

LONGEST = 200_000  # characters beyond which a cell is not looked into: it may do anything

_INTO = pattern(r"\binto\s+(?:\w+\s+){0,2}[\w.\"]+\s+from\b", re.IGNORECASE)
_PYTHON = (
    *("executescript", "to_sql", "write_database", "to_gbq", "saveas", "alembic", "migrat", "attach", "subprocess"),
    *("os.system", "popen", ".to_table", ".to_view", ".register", ".backup", ".deserialize", ".load_table"),
)
_CREATES = pattern(r"\bcreate(?:_all|_table|_view)?\b")  # no `create_engine`
_LINE = pattern(r"^[ \t]*[!%](?!sql\b|dql\b|config\b|load_ext\b|matplotlib\b)", re.MULTILINE)
# Code of the database's own, a query out of a file.
_SQL = pattern(r"^\s*do\b|\bexecute\b|\A[^\n]*\s(?:-f|--file)\b", re.MULTILINE | re.IGNORECASE)
_TEMPLATES = ("{{", "{%", "${")


class Makers:
    name = MAKERS

    def of_cell(self, cell: Cell, facts: Facts, host: Host) -> tuple[Hashable, ...]:
        if cell.kind != "code":
            return ()
        if len(cell.text) > LONGEST:
            return (True,)
        folded = cell.text.lower()
        if cell.language == "sql":
            # A table of a templated name, `SELECT … INTO made FROM …`.
            templated = "create" in folded and any(mark in folded for mark in _TEMPLATES)
            return (True,) if templated or _SQL.search(folded) or _makes_by_into(folded) else ()
        if cell.language == "python":
            makes = facts.opens or has_any(folded, _PYTHON) or _LINE.search(cell.text)
            creates = "create" in folded and _CREATES.search(folded)
            return (True,) if makes or creates or _makes_by_into(folded) else ()
        return () if cell.language in ("vega-lite", "vega", "markdown") else (True,)

    def of_notebook(self, notebook: Notebook) -> tuple[Hashable, ...]:
        return ()


def _makes_by_into(folded: str) -> bool:
    return "into" in folded and _INTO.search(folded) is not None
