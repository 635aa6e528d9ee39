"""Notebook and Cell: frozen ground state. Everything else is derived from these.

Cells are made by `polycell.formats.cells`, which decides a cell's language from everything that the hosts write; after
that nobody asks metadata again for the language. `Cell.text` is the source as the user sees it, a first-line magic
included; `body` is where text of `language` begins.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from msgspec import Struct

from polycell.core.text import Span
from polycell.core.values import replace

CellKind = Literal["code", "markup", "raw"]


class CellMagic(Struct, frozen=True):
    """A magic that governs the whole cell: `%%sql -o x` has name `sql`, arguments `-o x`, starting at the `-`."""

    name: str
    arguments: str = ""
    arguments_start: int = 0
    prefix: str = "%%"


_RAISES = frozenset({"raises-exception", "nbval-raises-exception"})


@dataclass(frozen=True, slots=True)
class Cell:
    id: str
    language: str
    text: str
    kind: CellKind = "code"
    body: int = 0
    magic: CellMagic | None = None
    result: str = ""  # the name that metadata or the cell marker gives the cell's result
    space: str = ""  # the name space its names live in, where that is not the language's own
    declared: str = ""  # the client's languageId, or what the format itself says; before metadata and magics
    name: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict, hash=False)
    execution_count: int | None = field(default=None, compare=False)
    why: str = field(default="", compare=False)  # which rule decided the language
    _digest: bytes = field(default=b"", init=False, compare=False, repr=False)

    @property
    def digest(self) -> bytes:
        """Equal for equal cells, whatever their ids. Made when first asked for: a notebook is opened in one piece."""
        if not self._digest:
            object.__setattr__(self, "_digest", _digest(self))
        return self._digest

    @property
    def code(self) -> str:
        """The text in the cell's own language."""
        return self.text[self.body :]

    @property
    def meant_to_raise(self) -> bool:
        """Whether its author says so, by the tag that nbclient, myst-nb and nbval read."""
        tags = self.metadata.get("tags")
        return isinstance(tags, (list, tuple)) and not _RAISES.isdisjoint(t for t in tags if isinstance(t, str))

    @property
    def body_span(self) -> Span:
        return Span(self.body, len(self.text))


def _digest(cell: Cell) -> bytes:
    magic = (cell.magic.prefix, cell.magic.name, cell.magic.arguments) if cell.magic else None
    head = (cell.language, cell.kind, cell.body, magic, cell.result, cell.space, cell.name)
    made = hashlib.blake2b(repr(head).encode("utf-8", "surrogatepass"), digest_size=16)
    made.update(cell.text.encode("utf-8", "surrogatepass"))
    if cell.metadata:
        made.update(json.dumps(cell.metadata, sort_keys=True, default=repr).encode("utf-8", "surrogatepass"))
    return made.digest()


@dataclass(frozen=True, slots=True)
class Notebook:
    """`uri` is opaque; `path` is the file's path when there is one. `language` is what an unmarked cell speaks."""

    uri: str
    cells: tuple[Cell, ...] = ()
    host: str = "jupyter"
    language: str = "python"
    metadata: Mapping[str, Any] = field(default_factory=dict, hash=False)
    path: str = ""
    _places: dict[str, int] | None = field(default=None, init=False, compare=False, repr=False)

    def index(self, cell_id: str) -> int | None:
        """The place of the first cell with the id. Each keystroke asks a few times, also in a notebook of a thousand
        cells."""
        places = self._places
        if places is None:
            places = {cell.id: index for index, cell in reversed(tuple(enumerate(self.cells)))}
            object.__setattr__(self, "_places", places)
        return places.get(cell_id)


def splice(notebook: Notebook, start: int, delete: int, cells: Sequence[Cell] = ()) -> Notebook:
    """The notebook with `delete` cells from `start` replaced; out-of-range numbers are clamped."""
    start = min(max(start, 0), len(notebook.cells))
    delete = min(max(delete, 0), len(notebook.cells) - start)
    return replace(notebook, cells=(*notebook.cells[:start], *cells, *notebook.cells[start + delete :]))


def replace_cell(notebook: Notebook, cell: Cell) -> Notebook:
    """The notebook with the cell of the same id replaced; unchanged when there is none."""
    index = notebook.index(cell.id)
    return notebook if index is None else with_cells(notebook, {index: cell})


def with_cells(notebook: Notebook, changed: Mapping[int, Cell]) -> Notebook:
    """The notebook with some cells replaced by others of the same ids, by their places."""
    cells = list(notebook.cells)
    for index, cell in changed.items():
        cells[index] = cell
    made = replace(notebook, cells=tuple(cells))
    object.__setattr__(made, "_places", notebook._places)
    return made
