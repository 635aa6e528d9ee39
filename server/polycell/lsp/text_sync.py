"""textDocument/*: documents with notebooks in them.

A percent script, a Databricks source, Quarto, R Markdown, MyST, marimo, .dib, Deepnote, or the JSON of an .ipynb: the
document is read into cells and a map, requests go through the map, and findings come back at document positions.
Reading waits until somebody asks, so that a burst of edits costs one reading.

A plain script (no cell marker) is one cell: completion, hover and navigation work, and findings are not reported unless
`polycell.diagnosePlainScripts` is on, for whoever runs a notebook server did not ask it to judge every script, and
another server usually does. Files that are no notebook at all are left alone.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from polycell.core.results import Finding
from polycell.core.values import replace
from polycell.formats.identity import keep_ids
from polycell.formats.model import Document
from polycell.lsp.convert import apply_changes
from polycell.lsp.frame import path_of
from polycell.lsp.notebook_sync import Change
from polycell.lsp.state import Face, Group, State, key_of

log = logging.getLogger(__name__)

UNREADABLE = "unreadable-notebook"
_CELL_SCHEMES = ("vscode-notebook-cell:", "vscode-interactive-input:", "vscode-interactive:")
_HEAD = 16_384


class Text(Struct):
    """One open document. `document` is what was read of an earlier `text`; `dirty` says that it is out of date."""

    uri: str
    language: str
    version: int | None
    text: str
    document: Document | None = None
    dirty: bool = True

    @property
    def group(self) -> str:
        """The same file may be open as a notebook too, under the same URI."""
        return f"{self.uri}#document"


class TextSync:
    """`changed` is told at once that something changed, `found` which cells that were, once somebody has looked."""

    def __init__(
        self, state: State, changed: Callable[[Change], None], found: Callable[[str, frozenset[str]], None]
    ) -> None:
        self._state = state
        self._changed = changed
        self._found = found
        self._open: dict[str, Text] = {}
        self._by_group: dict[str, Text] = {}
        self.problems: Callable[[Face, tuple[Finding, ...]], None] = lambda face, findings: None

    def did_open(self, params: object) -> None:
        """Opening what is open replaces its text: jupyter-lsp and some editors open twice."""
        said = _object(_object(params).get("textDocument"))
        uri, text = said.get("uri"), said.get("text")
        if not isinstance(uri, str) or not isinstance(text, str) or uri.startswith(_CELL_SCHEMES):
            return  # a cell that a client announces as a document too: the notebook's messages tell all about it
        language = str(said.get("languageId") or "")
        known = self._open.get(key_of(uri))
        if known is None:
            known = Text(uri, language, _version(said), text)
            self._open[key_of(uri)] = known
            self._by_group[key_of(known.group)] = known
        self._replace(known, text, _version(said), language)

    def did_change(self, params: object) -> None:
        said = _object(_object(params).get("textDocument"))
        known = self._open.get(key_of(str(said.get("uri"))))
        changes = _object(params).get("contentChanges")
        if known is None or not isinstance(changes, list):
            return
        self._replace(known, apply_changes(known.text, changes, self._state.client.encoding), _version(said))

    def did_close(self, params: object) -> None:
        said = _object(_object(params).get("textDocument"))
        known = self._open.pop(key_of(str(said.get("uri"))), None)
        if known is None:
            return
        self._by_group.pop(key_of(known.group), None)
        group = self._state.drop(known.group)
        self._changed(Change(known.group, closed=tuple(group.faces.values()) if group else ()))

    def refresh(self, group: str) -> None:
        """Read the document of a group again, if its text has changed since."""
        known = self._by_group.get(group)
        if known is not None and known.dirty:
            self._read(known)

    def _replace(self, known: Text, text: str, version: int | None, language: str = "") -> None:
        known.version = version
        known.language = language or known.language
        if text == known.text and not known.dirty:
            return
        known.text, known.dirty = text, True
        if not self._state.is_open(known.group):
            self._state.put(Group(known.group, {key_of(known.uri): Face(known.uri, text)}))
        self._changed(Change(known.group))

    def _read(self, known: Text) -> None:
        from polycell.formats import read_document

        known.dirty = False
        path = path_of(known.uri)
        old = known.document
        document = keep_ids(old, read_document(known.text, known.uri, path, known.language))
        quiet = is_plain(known.text, path, document)
        notebooks = tuple(
            replace(notebook, uri=known.group if index == 0 else f"{known.group}-{index}", path=path)
            for index, notebook in enumerate(document.notebooks)
        )
        known.document = document
        key = key_of(known.uri)
        face = Face(
            known.uri,
            known.text,
            map=document.map,
            version=known.version,
            json=_is_json(known.text, path),
            rereads=True,
            language=known.language,
        )
        before = {c.id: c.digest for n in old.notebooks for c in n.cells} if old is not None else {}
        after = {cell.id: cell.digest for notebook in notebooks for cell in notebook.cells}
        gone = self._state.groups.get(key_of(known.group))
        for uri in set(gone.notebooks if gone else ()) - {n.uri for n in notebooks}:
            self._state.session.close(uri)
        for notebook in notebooks:
            self._state.session.update(notebook)
        group = Group(known.group, {key: face}, dict.fromkeys(after, key), tuple(n.uri for n in notebooks), quiet)
        self._state.put(group)
        problems = () if quiet else document.problems
        self.problems(face, tuple(Finding(UNREADABLE, p.span, p.message, "error") for p in problems))
        self._found(known.group, frozenset(cell for cell, digest in after.items() if before.get(cell) != digest))


def is_plain(text: str, path: str, document: Document) -> bool:
    """Whether a document is no notebook: a script without cells, prose, or a file of something else."""
    from polycell.formats import is_notebook

    if path and is_notebook(path, text[:_HEAD]):
        return False
    cells = [cell for notebook in document.notebooks for cell in notebook.cells]
    return len(cells) < 2 and (not cells or cells[0].text.strip() == text.strip())


def _is_json(text: str, path: str) -> bool:
    return path.lower().endswith(".ipynb") or text[:200].lstrip("\ufeff \t\r\n").startswith("{")


def _version(document: Mapping[str, Any]) -> int | None:
    version = document.get("version")
    return version if isinstance(version, int) else None


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
