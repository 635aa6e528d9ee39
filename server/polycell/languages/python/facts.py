"""Facts of a Python cell: what `PythonService.facts` answers."""

from __future__ import annotations

from polycell.core.facts import Facts
from polycell.core.hosts import Host
from polycell.core.notebook import Cell
from polycell.languages.python.parse import parse
from polycell.languages.python.scopes import Scopes, analyse


def python_facts(cell: Cell, host: Host) -> Facts:
    """Pure in the cell and the host; total. `analysis` is the cell's `PythonSource`."""
    source = parse(cell, host)
    try:
        scopes = analyse(source)
    except RecursionError:
        scopes = Scopes(opens=("code nested too deep to read",))
    return Facts(
        scopes.definitions,
        scopes.uses,
        scopes.references,
        scopes.imports,
        source.magics,
        source.fragments,
        source.problems,
        tuple(dict.fromkeys(source.opens + scopes.opens)),
        source,
    )
