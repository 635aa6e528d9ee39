"""The Python engine of a conversation. It is the one part that begins before the rest is imported: it starts in a
process of its own, which reads what every Python text needs while we read our own modules.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

from msgspec import Struct

from polycell import compose
from polycell.core.notebook import Notebook
from polycell.core.values import replace
from polycell.languages.python.engine.engine import Engine
from polycell.languages.python.engine.members import rehearse
from polycell.lsp.client import Client, read_client
from polycell.lsp.disk import read_later
from polycell.lsp.frame import frame, path_of
from polycell.lsp.jupyterlab import file_of, is_joined
from polycell.lsp.settings import Settings, parse

log = logging.getLogger(__name__)


class Wanted(Struct, frozen=True):
    """What an engine is made from; the fields as in `compose.python_engine`."""

    name: str
    roots: tuple[str, ...]
    chosen: str
    native: str
    trace: str


def wanted(client: Client, settings: Settings) -> Wanted | None:
    """None where no engine is."""
    if settings.python != "full" or settings.engine == "off":
        return None
    return Wanted(settings.engine, paths(client), settings.interpreter, native(client), settings.server_trace)


def paths(client: Client) -> tuple[str, ...]:
    """The workspace folders on the disk."""
    return tuple(path for uri in client.roots if (path := path_of(uri)))


def native(client: Client) -> str:
    """The Python of the Jupyter server that we run in, empty where we do not."""
    return sys.executable if client.jupyterlab else ""


def make(asked: Wanted, note: Callable[[str], None]) -> Engine:
    return compose.python_engine(
        asked.name, asked.roots, chosen=asked.chosen, native=asked.native, note=note, trace=asked.trace
    )


class Early:
    """An engine made from what `initialize` says, for the first session that wants just that one."""

    def __init__(self, params: object) -> None:
        options = params.get("initializationOptions") if isinstance(params, Mapping) else None
        self._wanted = wanted(read_client(params), parse(options)[0])
        self._notes: list[str] = []
        self._note: Callable[[str], None] = self._notes.append
        self._engine = make(self._wanted, lambda said: self._note(said)) if self._wanted is not None else None
        self._behind: set[asyncio.Task[None]] = set()

    def begin(self, message: object) -> None:
        """Begin where the message opens a notebook, or a script of cells, with Python in it."""
        engine = self._engine
        if engine is None:
            return

        def begin(opened: Notebook | None) -> None:
            if opened is not None:
                self._later(_begun(engine.begin(opened), engine, opened, _texts(message)))

        joined = _joined(message)
        if joined is not None and joined.path:
            # JupyterLab tells no metadata: which kernel runs the notebook is said by its file alone.
            read_later(joined.path, lambda found: begin(joined if found is None else replace(found, cells=())))
        else:
            begin(joined or _opened(message))

    def take(self, asked: Wanted, note: Callable[[str], None]) -> Engine:
        """The engine that is asked for: this one if it is still here and made so, else another."""
        engine, self._engine = self._engine, None
        if engine is None or asked != self._wanted:
            if engine is not None:
                self._later(engine.close())
            return make(asked, note)
        self._note = note
        for said in self._notes:
            note(said)
        return engine

    async def close(self) -> None:
        """End what nobody took."""
        engine, self._engine = self._engine, None
        if engine is not None:
            await engine.close()
        await asyncio.gather(*self._behind, return_exceptions=True)

    def _later(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._behind.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._behind.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.warning("the engine did not begin early", exc_info=task.exception())


async def _begun(begin: Coroutine[Any, Any, None], engine: Engine, opened: Notebook, texts: Sequence[str]) -> None:
    """Have it read what every text needs, then what these will be asked for, before anything is known of cells."""
    await begin
    await rehearse(engine, opened, texts)


def _texts(message: object) -> Sequence[str]:
    """What a message that opens something has of code."""
    params = message.get("params") if isinstance(message, Mapping) else None
    said = params if isinstance(params, Mapping) else {}
    cells = said.get("cellTextDocuments")
    documents = [*(cells if isinstance(cells, list) else ()), said.get("textDocument")]
    found = (one.get("text") for one in documents if isinstance(one, Mapping) and one.get("languageId") == "python")
    return [text for text in found if isinstance(text, str)]


def _joined(message: object) -> Notebook | None:
    """The notebook whose joined text JupyterLab opens as a Python document, without its cells."""
    said = message.get("params") if isinstance(message, Mapping) else None
    document = said.get("textDocument") if isinstance(said, Mapping) else None
    if not isinstance(message, Mapping) or message.get("method") != "textDocument/didOpen":
        return None
    if not isinstance(document, Mapping) or document.get("languageId") != "python" or not is_joined(document):
        return None
    opened = frame(document["uri"], "jupyter-notebook", {})
    return replace(opened, path=file_of(opened.path))


def _opened(message: object) -> Notebook | None:
    """The notebook with Python in it that a message opens, without its cells."""
    params = message.get("params") if isinstance(message, Mapping) else None
    if not isinstance(message, Mapping) or not isinstance(params, Mapping):
        return None
    try:
        if message.get("method") == "notebookDocument/didOpen":
            return _notebook(params.get("notebookDocument"), params.get("cellTextDocuments"))
        if message.get("method") == "textDocument/didOpen":
            return _script(params.get("textDocument"))
    except Exception:
        log.exception("what opens cannot be read yet")
    return None


def _notebook(said: object, cells: object) -> Notebook | None:
    if not isinstance(said, Mapping) or not isinstance(said.get("uri"), str) or not isinstance(cells, list):
        return None
    if not any(isinstance(cell, Mapping) and cell.get("languageId") == "python" for cell in cells):
        return None
    kind, metadata = said.get("notebookType"), said.get("metadata")
    return frame(said["uri"], kind if isinstance(kind, str) else "", metadata if isinstance(metadata, Mapping) else {})


def _script(said: object) -> Notebook | None:
    """Told from the beginning of a Python text: its kernel stands there, and so does the mark of its first cell. None
    for a module without cells, of which nothing is asked."""
    if not isinstance(said, Mapping) or said.get("languageId") != "python":
        return None
    uri, text = said.get("uri"), said.get("text")
    if not isinstance(uri, str) or not isinstance(text, str):
        return None
    from polycell.formats import HEAD, is_notebook, read_document

    path, head = path_of(uri), text[:HEAD]
    if not is_notebook(path or "untitled.py", head):
        return None
    for notebook in read_document(head, uri, path, "python").notebooks:
        if any(cell.language == "python" for cell in notebook.cells):
            return replace(notebook, uri=uri, path=path, cells=())
    return None
