"""One cell made from a text and what is said about it."""

from __future__ import annotations

from typing import Any

from polycell.core.notebook import Cell, Notebook
from polycell.formats.cells import make_cell
from polycell.formats.model import CellSource


def cell(
    text: str, *, host: str = "jupyter", language: str = "python", notebook: dict[str, Any] | None = None, **source: Any
) -> Cell:
    return make_cell(
        CellSource("c", text, **source), Notebook("x:", host=host, language=language, metadata=notebook or {})
    )
