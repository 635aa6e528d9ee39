"""Cells that may make tables of a database in ways that nobody follows, gathered over the whole notebook.

A catalogue that was read completely lacks what such a cell is going to make, so it proves nothing then.
"""

from __future__ import annotations

import re
from collections.abc import Hashable

from polycell.core.facts import Facts
from polycell.core.hosts import Host
from polycell.core.notebook import Cell, Notebook

MAKERS = "cells that may make tables"

_INTO = r"\binto\s+(?:\w+\s+){0,2}[\w.\"]+\s+from\b"
_PYTHON = re.compile(
    r"(?i)\bcreate\b|create_(?:all|table|view)|\bexecutescript\b|\bto_sql\b|write_database|to_gbq|\bsaveAs|alembic"
    rf"|\.(?:create|to_table|to_view|register|backup|deserialize|load_table)\w*\s*\(|{_INTO}|migrat|\battach\b"
    r"|subprocess|os\.system|popen|^[ \t]*[!%](?!sql\b|dql\b|config\b|load_ext\b|matplotlib\b)",
    re.M,
)
# A table of a templated name, `SELECT … INTO made FROM …`, code of the database's own.
_SQL = re.compile(
    rf"(?i)\bcreate\b[\s\S]*?(?:\{{\{{|\{{%|\$\{{)|{_INTO}|^\s*do\b|\bexecute\b|\A[^\n]*\s(?:-f|--file)\b",
    re.M,
)


class Makers:
    name = MAKERS

    def of_cell(self, cell: Cell, facts: Facts, host: Host) -> tuple[Hashable, ...]:
        if cell.kind != "code":
            return ()
        if cell.language == "sql":
            return (True,) if _SQL.search(cell.text) else ()
        if cell.language == "python":
            return (True,) if facts.opens or _PYTHON.search(cell.text) else ()
        return () if cell.language in ("vega-lite", "vega", "markdown") else (True,)

    def of_notebook(self, notebook: Notebook) -> tuple[Hashable, ...]:
        return ()
