"""Python cells."""

from __future__ import annotations

from polycell.core.environment import Exports
from polycell.core.facts import Facts
from polycell.core.hosts import Host
from polycell.core.notebook import Cell
from polycell.core.service import Context, LanguageService
from polycell.languages.python.facts import name_exports, python_facts


class PythonService(LanguageService):
    languages = frozenset({"python"})

    def facts(self, cell: Cell, host: Host) -> Facts:
        return python_facts(cell, host)

    def exports(self, context: Context) -> Exports:
        return name_exports(context.cell, context.facts)
