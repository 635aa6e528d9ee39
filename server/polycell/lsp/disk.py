"""The notebook's own file, read where the client does not tell everything: off the loop, within a time, and once."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from polycell.core.notebook import Cell, Notebook

log = logging.getLogger(__name__)

PATIENCE = 5.0  # seconds after which an answer is no longer waited for


def read_later(path: str, then: Callable[[Notebook | None], None]) -> None:
    """Read the notebook at `path` in a thread and call `then` on the loop; with None when there is none to be had.

    A daemon thread of its own, so that a file system that hangs holds up nothing, not even the end of the process.
    """
    loop = asyncio.get_running_loop()
    answered = False

    def answer(notebook: Notebook | None) -> None:
        nonlocal answered
        if not answered:
            answered = True
            late.cancel()
            then(notebook)

    def work() -> None:
        notebook = None
        try:
            from polycell.formats import read_file

            document = read_file(path)
            if not document.problems and document.notebooks:
                notebook = document.notebooks[0]
        except Exception:
            log.exception("%s could not be read", path)
        try:
            loop.call_soon_threadsafe(answer, notebook)
        except RuntimeError:
            return  # the loop has ended

    late = loop.call_later(PATIENCE, answer, None)
    threading.Thread(target=work, name="polycell-disk", daemon=True).start()


def outer_of(cells: Sequence[Cell], ids: Sequence[str], texts: Sequence[str]) -> list[Mapping[str, Any]]:
    """For each of the client's cells what the file alone says: the language that Polynote writes beside the metadata.

    Cells are recognised by their ids, else by their texts in order; the client may be ahead of the file.
    """
    by_id = {cell.id: cell for cell in cells}
    by_text: dict[str, list[Cell]] = {}
    for cell in reversed(cells):
        by_text.setdefault(cell.text, []).append(cell)
    found: list[Mapping[str, Any]] = []
    for index, (cell_id, text) in enumerate(zip(ids, texts, strict=True)):
        match = by_id.get(cell_id) if cell_id else None
        if match is None and by_text.get(text):
            match = by_text[text].pop()
        if match is None and len(ids) == len(cells):
            match = cells[index]
        said = match.metadata.get("language") if match is not None else None
        found.append({"language": said} if isinstance(said, str) else {})
    return found
