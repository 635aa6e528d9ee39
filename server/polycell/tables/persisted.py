"""JupySQL's `--persist frame`: a table of a frame's name."""

from __future__ import annotations

from collections.abc import Callable

from polycell.core.types import Column, Table
from polycell.core.values import replace

PERSISTING = ("-p", "--persist", "-P", "--persist-replace", "--append")


def persisted(frame: Table, option: Callable[..., str | None]) -> Table:
    """The table as the database has it: with the index as its first column, unless told otherwise. `option` gives the
    value of the magic's option, None where it is not set."""
    table = replace(frame, index=(), case_sensitive=False, flavour="table")
    if option("--append") is not None or (frame.flavour == "pandas" and frame.index):
        table = replace(table, open=True)  # there may be more columns, or an index of another name
    elif option("-n", "--no-index") is None and frame.flavour in ("pandas", "table"):
        table = replace(table, columns=(Column("index"), *table.columns))
    return table
