"""What files give that a notebook runs, as a source of the environment (`core.environment.Sources`).

    IncludedRequest → Included      None until the file is read, and for what is not to be followed

A file is read in a worker thread. It is analysed where it is asked for, as every notebook is: with the services of the
session and on its thread, which not all of them may leave. What its cells read in turn (data files, further notebooks)
is noted, so that it is heard anew when that comes or changes.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable, Iterable, Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from polycell.core.analysis import Analysis
from polycell.core.environment import Binding, Sources
from polycell.core.facts import Use
from polycell.core.included import Included, IncludedRequest
from polycell.core.notebook import Notebook
from polycell.core.service import Services
from polycell.core.values import replace
from polycell.core.virtual import Segment, SegmentMap
from polycell.formats import read_document
from polycell.formats.cells import make_cell
from polycell.formats.model import CellSource, Document
from polycell.included.places import placed_in
from polycell.tables.answers import Answers, OnReady
from polycell.tables.data_files import UnreadableError, find

log = logging.getLogger(__name__)

LARGEST = 400_000  # characters of a file that is followed, outputs included
MOST_CELLS = 300
DEEPEST = 8  # files that run one another
# What may stand behind a name without an ending: IPython takes a script, Databricks a notebook.
ENDINGS = ("", ".py", ".ipynb")
DATABRICKS = "# Databricks notebook source"
_SPACES = frozenset({"python", "catalog"})


class Read(Struct, frozen=True):
    """A file that was read, "" and an empty document for one that is not there or not to be read."""

    path: str = ""
    text: str = ""
    document: Document = field(default_factory=Document)


class IncludedSources:
    """See the module's text. `sources` answer what the included cells ask."""

    def __init__(
        self,
        roots: Iterable[str | Path],
        services: Services,
        sources: Sources,
        on_ready: OnReady | None = None,
        *,
        anywhere: bool = False,
    ) -> None:
        self._roots = tuple(Path(root) for root in roots)
        self._services = services
        self._sources = sources
        self._anywhere = anywhere
        self._files: Answers[IncludedRequest, Read] = Answers(
            self._read, on_ready, workers=1 if on_ready is not None else 0, name="polycell-included"
        )
        # What was heard, from which reading, and the keys that were asked for on the way.
        self._heard: dict[IncludedRequest, tuple[Read, Included, frozenset[Hashable]]] = {}

    def read(self, key: Hashable) -> Included | None:
        return self._hear(key, ()) if isinstance(key, IncludedRequest) else None

    def concerned(self, keys: Iterable[Hashable]) -> tuple[IncludedRequest, ...]:
        """The requests whose answers were made from any of these; they are made anew when they are asked for."""
        keys = frozenset(keys)
        found = tuple(request for request, (_, _, asked) in tuple(self._heard.items()) if asked & keys)
        for request in found:
            self._heard.pop(request, None)
        return found

    def first_reads(self) -> frozenset[Hashable]:
        """What is being read for the first time."""
        return self._files.first_reads()

    def changed(self, paths: Iterable[str | Path]) -> None:
        """Files were made, changed or deleted."""
        if any(Path(path).suffix.lower() in (".py", ".ipynb") for path in paths):
            self._files.again(self._files.known())

    def close(self) -> None:
        self._files.close()

    # -- on the session's thread

    def _hear(self, request: IncludedRequest, above: tuple[str, ...]) -> Included | None:
        found = self._files.get(request)
        if found is None or not found.document.notebooks or found.path in above or len(above) >= DEEPEST:
            return None
        kept = self._heard.get(request)
        if kept is not None and kept[0] is found:
            return kept[1]
        asked: set[Hashable] = set()
        inner = _Inner(self._sources, self._hear, (*above, found.path), asked)
        made = _end_of(found, self._services, inner)
        for key in tuple(asked):  # what the inner ones were made from counts here too
            if isinstance(key, IncludedRequest) and key in self._heard:
                asked |= self._heard[key][2]
        if not above:
            self._heard[request] = (found, made, frozenset(asked))
        return made

    # -- in the worker's thread

    def _read(self, request: IncludedRequest) -> Read:
        try:
            path = self._found(request)
            text = path.read_text(encoding="utf-8", errors="replace")
        except (OSError, ValueError) as reason:
            log.info("%s, which a notebook runs, cannot be read: %s", request.file, reason)
            return Read()
        document = _document(text, path, Path(request.folder)) if len(text) <= LARGEST else Document()
        if len(document.notebooks) != 1 or len(document.notebooks[0].cells) > MOST_CELLS:
            log.info("%s, which a notebook runs, is too large or no single notebook: it is not followed", path)
            return Read()
        return Read(str(path), text, document)

    def _found(self, request: IncludedRequest) -> Path:
        """Raises UnreadableError where nothing is there that may be read."""
        reason = UnreadableError("no file")
        for ending in ENDINGS:
            path = str(Path(request.folder) / (request.file + ending))
            try:
                return find(path, request.folder, self._roots, anywhere=self._anywhere).one()
            except UnreadableError as problem:
                reason = problem
        raise reason


def _document(text: str, path: Path, folder: Path) -> Document:
    """A notebook as its format has it. A script is one cell, whatever marks of cells it has: nobody reads those when it
    is run, but where it is a notebook of Databricks. IPython runs a file in the folder of who runs it, which is where
    the file's own paths lead from."""
    uri = path.as_uri()
    if text.lstrip("\ufeff").startswith(DATABRICKS):
        return read_document(text, uri, str(path))
    runs_as = str(folder / path.name)
    if path.suffix.lower() == ".ipynb":
        read = read_document(text, uri, str(path))
        return replace(read, notebooks=tuple(replace(notebook, path=runs_as) for notebook in read.notebooks))
    empty = Notebook(uri, path=runs_as, host="percent", language="python")
    cell = make_cell(CellSource("script", text, "code", declared="python"), empty)
    whole = Segment(cell.id, 0, len(text), 0, len(text))
    return Document((replace(empty, cells=(cell,)),), SegmentMap((whole,)))


class _Inner(Struct, frozen=True):
    """The sources of an included notebook: `above` are the files that lead to it, `asked` what it asks for."""

    sources: Sources
    hear: Callable[[IncludedRequest, tuple[str, ...]], Included | None]
    above: tuple[str, ...]
    asked: set[Hashable]

    def read(self, key: Hashable) -> Any:
        self.asked.add(key)
        return self.hear(key, self.above) if isinstance(key, IncludedRequest) else self.sources.read(key)


def _end_of(found: Read, services: Services, sources: Sources) -> Included:
    """What holds at the end of the last cell, with its places in the file."""
    (notebook,) = found.document.notebooks
    analysis = Analysis(notebook, services, sources)
    analysis.settle()
    names: dict[tuple[str, str], Binding] = {}
    for index in range(len(notebook.cells)):
        for binding in analysis.exports(index).bindings:
            if binding.space in _SPACES:
                names.pop((binding.space, binding.name), None)
                names[binding.space, binding.name] = binding
    kept = (b for b in names.values() if b.space == "catalog" or not (b.kind == "deleted" or b.name.startswith("__")))
    opens = bool(analysis.host.opens) or any(analysis.exports(index).opens for index in range(len(notebook.cells)))
    used = {use.name: None for index in range(len(notebook.cells)) for use in _free(analysis, index)}
    placed = tuple(placed_in(binding, found.document, found.text) for binding in kept)
    return Included(placed, opens, tuple(used))


def _free(analysis: Analysis, index: int) -> Iterator[Use]:
    """What a cell uses that no cell above it gives; in a body that runs later, whatever is given meanwhile."""
    context = analysis.context(index)
    if context.cell.language == "python":
        yield from (use for use in context.facts.uses if use.deferred or context.view.lookup(use.name) is None)
