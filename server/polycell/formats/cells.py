"""What language a cell speaks, from everything that clients and hosts write."""

from __future__ import annotations

from polycell.core.notebook import Cell, Notebook
from polycell.formats.model import CellSource


def make_cell(source: CellSource, notebook: Notebook) -> Cell:
    """The cell with its language decided; `notebook` gives host and default language (its cells are not looked at)."""
    return Cell(
        source.id,
        source.declared or notebook.language,
        source.text,
        source.kind,
        result=source.result,
        declared=source.declared,
        metadata=source.metadata,
        execution_count=source.execution_count,
    )
