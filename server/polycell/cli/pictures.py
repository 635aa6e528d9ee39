"""The charts of a notebook, drawn into files."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

from polycell.bridge.drawing import Picture, draw
from polycell.cli.loading import Opened, roots_of
from polycell.core.charts import Drawing, Refusal
from polycell.core.drawing import drawing
from polycell.core.session import Snapshot
from polycell.tables.charts.files import with_files


def draw_charts(opened: Opened, folder: Path, *, only: int | None = None) -> Iterator[str]:
    """A line for each chart: where its picture is, or why there is none. Raises OSError when it cannot be written."""
    for number, snapshot in enumerate(opened.snapshots):
        for index, cell in enumerate(snapshot.notebook.cells):
            if only is not None and index + 1 != only:
                continue
            made = _draw(opened, snapshot, cell.id)
            if isinstance(made, Refusal):
                yield f"  {index + 1}  no picture: {made.reason}"
            elif made is not None:
                folder.mkdir(parents=True, exist_ok=True)
                which = f"-{number + 1}" if number else ""
                path = folder / f"{opened.path.stem}{which}-cell-{index + 1}.png"
                path.write_bytes(made.png)
                yield f"  {index + 1}  chart: {path}"


def _draw(opened: Opened, snapshot: Snapshot, cell: str) -> Picture | Refusal | None:
    index = snapshot.notebook.index(cell)
    end = len(snapshot.notebook.cells[index].text) if index is not None else 0
    found = drawing(snapshot, opened.services, cell, end)  # of several charts in Python the last is what a cell shows
    if isinstance(found, Drawing):
        found = with_files(found, roots_of(opened.path))
    return asyncio.run(draw(found)) if isinstance(found, Drawing) else found
