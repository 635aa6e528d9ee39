"""notebookDocument/*: what VS Code sends about notebooks, turned into notebooks of ours.

Messages are read as plain JSON and leniently: an edit that is refused is lost for good. Facts about what clients send
are in the tests, which replay recordings. In short: a moved cell comes with its URI but without its text; a language
change is a deletion and an insertion of one URI, in two messages; a run sends many messages that change no text.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from polycell.core.notebook import Cell, CellKind, Notebook, with_cells
from polycell.core.values import replace
from polycell.formats.cells import make_cell
from polycell.formats.hosts import unwrap_cell_metadata, unwrap_notebook_metadata
from polycell.formats.model import CellSource
from polycell.lsp.convert import apply_changes
from polycell.lsp.disk import outer_of, read_later
from polycell.lsp.frame import frame, path_of
from polycell.lsp.state import Face, Group, State, key_of

log = logging.getLogger(__name__)

_NOTHING: Mapping[str, Any] = {}


class Entry(Struct, frozen=True):
    """One cell as the client told it. `outer`: what the file says beside the cell's metadata."""

    uri: str
    kind: int = 2
    language: str = ""
    version: int | None = None
    text: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    summary: Mapping[str, Any] = field(default_factory=dict)
    outer: Mapping[str, Any] = field(default_factory=dict)


class Open(Struct):
    """One open notebook."""

    uri: str
    type: str
    metadata: Mapping[str, Any]
    entries: list[Entry]
    places: dict[str, int] = field(default_factory=dict)  # key of a cell's URI → its index
    outer: dict[str, Mapping[str, Any]] = field(default_factory=dict)  # id in the file → what the file alone says
    frame: Notebook | None = None  # host and default language; None when they must be found anew
    made: dict[str, tuple[Entry, Cell]] = field(default_factory=dict)  # a cell's id → what it was made of in this frame
    notebook: Notebook | None = None
    reading: bool = False  # the file is being read for what the client does not tell


class Change(Struct, frozen=True):
    """What a message changed: the group's URI, ids of cells to look at again, and faces that are no more."""

    group: str
    cells: frozenset[str] = frozenset()
    closed: tuple[Face, ...] = ()


class NotebookSync:
    def __init__(
        self,
        state: State,
        changed: Callable[[Change], None],
        read: Callable[[str, Callable[[Notebook | None], None]], None] = read_later,
    ) -> None:
        self._state = state
        self._changed = changed
        self._read = read
        self._open: dict[str, Open] = {}

    def __contains__(self, uri: str) -> bool:
        return key_of(uri) in self._open

    def did_open(self, params: object) -> None:
        said = _object(_object(params).get("notebookDocument"))
        uri = said.get("uri")
        if not isinstance(uri, str):
            return
        texts = {key_of(t["uri"]): t for t in _documents(_object(params).get("cellTextDocuments"))}
        entries = [_with_text(e, texts.get(key_of(e.uri))) for e in _cells(said.get("cells"))]
        opened = Open(uri, str(said.get("notebookType") or ""), _object(said.get("metadata")), _distinct(entries))
        opened.places = {key_of(entry.uri): index for index, entry in enumerate(opened.entries)}
        self._open[key_of(uri)] = opened
        self._read_file(opened)
        self._publish(opened)

    def did_change(self, params: object) -> None:
        uri = _object(_object(params).get("notebookDocument")).get("uri")
        opened = self._open.get(key_of(uri)) if isinstance(uri, str) else None
        if opened is None:
            log.debug("a change of a notebook that is not open: %s", uri)
            return
        change = _object(_object(params).get("change"))
        cells = _object(change.get("cells"))
        whole = False
        if isinstance(change.get("metadata"), dict):
            opened.metadata = change["metadata"]  # {} too: that is how metadata is removed
            opened.frame, whole = None, True
        if isinstance(cells.get("structure"), dict):
            opened.entries = _with_outer(_restructured(opened.entries, cells["structure"]), opened.outer)
            opened.places, whole = {key_of(entry.uri): i for i, entry in enumerate(opened.entries)}, True
        touched = self._with_data(opened, _list(cells.get("data")))
        touched |= self._edited(opened, _list(cells.get("textContent")))
        if whole:
            self._publish(opened)
        elif touched:
            self._publish_cells(opened, touched)

    def did_close(self, params: object) -> None:
        uri = _object(_object(params).get("notebookDocument")).get("uri")
        opened = self._open.pop(key_of(uri), None) if isinstance(uri, str) else None
        if opened is None:
            return
        group = self._state.drop(opened.uri)
        self._changed(Change(opened.uri, closed=tuple(group.faces.values()) if group else ()))

    def _read_file(self, opened: Open) -> None:
        """Ask the file for what VS Code does not send: Polynote's `language` beside each cell's metadata. Any notebook
        without a kernel's name may be Polynote's. Until the answer nothing is reported."""
        path = path_of(opened.uri)
        if not path or "kernelspec" in unwrap_notebook_metadata(opened.metadata) or not opened.entries:
            return
        opened.reading = True
        self._read(path, lambda notebook: self._file_read(opened, notebook))

    def _file_read(self, opened: Open, notebook: Notebook | None) -> None:
        opened.reading = False
        if self._open.get(key_of(opened.uri)) is not opened:
            return
        if notebook is not None:
            ids = [str(entry.metadata.get("id") or "") for entry in opened.entries]
            outer = outer_of(notebook.cells, ids, [entry.text for entry in opened.entries])
            told = list(zip(opened.entries, outer, strict=True))
            if any(entry.outer != said for entry, said in told):
                opened.entries = [replace(entry, outer=said) if said or entry.outer else entry for entry, said in told]
                opened.frame = None
            opened.outer = {cell_id: said for cell_id, said in zip(ids, outer, strict=True) if cell_id and said}
        self._publish(opened, force=True)

    def _edited(self, opened: Open, contents: Sequence[Any]) -> set[int]:
        """Apply text changes; the indices of the cells they were in."""
        touched = set()
        for content in contents:
            document = _object(_object(content).get("document"))
            index = opened.places.get(key_of(str(document.get("uri"))))
            if index is None:
                log.debug("a text change of an unknown cell: %s", document.get("uri"))
                continue
            entry = opened.entries[index]
            text = apply_changes(entry.text, _list(_object(content).get("changes")), self._state.client.encoding)
            opened.entries[index] = replace(entry, text=text, version=_version(document))
            touched.add(index)
        return touched

    def _with_data(self, opened: Open, data: Sequence[Any]) -> set[int]:
        """Take over metadata and execution summaries; the indices of the cells they belong to."""
        touched = set()
        for said in _cells(data):
            index = opened.places.get(key_of(said.uri))
            if index is not None:
                entry = opened.entries[index]
                opened.entries[index] = replace(entry, kind=said.kind, metadata=said.metadata, summary=said.summary)
                touched.add(index)
        return touched

    def _publish_cells(self, opened: Open, touched: set[int]) -> None:
        """Hand on what a text or data message changed; the work does not grow with the notebook but for copying."""
        base, notebook = opened.frame, opened.notebook
        group = self._state.groups.get(key_of(opened.uri))
        if base is None or notebook is None or group is None:
            self._publish(opened)
            return
        faces = dict(group.faces)
        cells: dict[int, Cell] = {}
        changed = set()
        for index in touched:
            entry = opened.entries[index]
            cells[index] = make_cell(_source(entry), base)
            opened.made[entry.uri] = entry, cells[index]
            faces[key_of(entry.uri)] = _face(entry)
            if cells[index].digest != notebook.cells[index].digest:
                changed.add(entry.uri)
        opened.notebook = with_cells(notebook, cells)
        self._state.session.update(opened.notebook)
        self._state.put(replace(group, faces=faces))
        if changed:
            self._changed(Change(opened.uri, frozenset(changed)))

    def _publish(self, opened: Open, force: bool = False) -> None:
        """Hand the new notebook on, with cells made of the entries that are not as they were."""
        before = {cell.id: cell for cell in opened.notebook.cells} if opened.notebook else {}
        if opened.frame is None:
            sources = [_source(entry) for entry in opened.entries]
            opened.frame = frame(opened.uri, opened.type, opened.metadata, sources)
            cells = tuple(make_cell(source, opened.frame) for source in sources)
            force = True
        else:
            cells = tuple(_cell(entry, opened.frame, opened.made.get(entry.uri)) for entry in opened.entries)
        opened.made = {entry.uri: (entry, cell) for entry, cell in zip(opened.entries, cells, strict=True)}
        opened.notebook = replace(opened.frame, cells=cells)
        after = {cell.id: cell for cell in opened.notebook.cells}
        old = self._state.groups.get(key_of(opened.uri))
        faces = {key_of(entry.uri): _face(entry) for entry in opened.entries}
        homes = {entry.uri: key for entry, key in zip(opened.entries, faces, strict=True)}
        self._state.session.update(opened.notebook)
        self._state.put(Group(opened.uri, faces, homes, (opened.uri,), unsure=opened.reading))
        changed = frozenset(uri for uri, cell in after.items() if _differs(before.get(uri), cell))
        closed = tuple(face for key, face in old.faces.items() if key not in faces) if old else ()
        if changed or closed or force or list(before) != list(after):
            self._changed(Change(opened.uri, changed, closed))


def _differs(old: Cell | None, new: Cell) -> bool:
    """Digests are made in slices later where they can be; a cell that was not there needs none to be another one."""
    return old is None or (old is not new and old.digest != new.digest)


def _cell(entry: Entry, frame: Notebook, known: tuple[Entry, Cell] | None) -> Cell:
    return known[1] if known is not None and known[0] == entry else make_cell(_source(entry), frame)


def _source(entry: Entry) -> CellSource:
    kind: CellKind = "markup" if entry.kind == 1 else "raw" if entry.language == "raw" else "code"
    return CellSource(
        entry.uri,
        entry.text,
        kind,
        declared=entry.language,
        metadata=_metadata(entry),
        outer=entry.outer,
        execution_count=_count(entry),
    )


def _metadata(entry: Entry) -> Mapping[str, Any]:
    """The cell's own metadata. VS Code writes a language that a user chose into them as well, in a step of its own:
    after one undo they still, or again, name another language than the cell is shown in. Then what is shown counts, by
    whoever nests the metadata as VS Code does and so has read them; it says `plaintext` of what it does not know."""
    own = unwrap_cell_metadata(entry.metadata)
    noted = own.get("vscode") if own is not entry.metadata else None
    if not isinstance(noted, Mapping) or entry.language in ("", "plaintext"):
        return own
    said = noted.get("languageId")
    if not isinstance(said, str) or said == entry.language:
        return own
    return {**own, "vscode": {**noted, "languageId": entry.language}}


def _count(entry: Entry) -> int | None:
    """VS Code sets the count in the metadata to null when a cell was edited since it ran, and keeps the summary."""
    for found in (entry.metadata.get("execution_count"), entry.summary.get("executionOrder")):
        if isinstance(found, int):
            return found
    return None


def _face(entry: Entry) -> Face:
    return Face(entry.uri, entry.text, cell=entry.uri, version=entry.version)


def _restructured(entries: list[Entry], structure: Mapping[str, Any]) -> list[Entry]:
    """Splice the array. Texts of closed cells are kept until the end: one event may close and open the same URI."""
    array = _object(structure.get("array"))
    known = {key_of(entry.uri): entry for entry in entries}
    texts = {key_of(t["uri"]): t for t in _documents(structure.get("didOpen"))}
    start = min(max(_number(array.get("start")), 0), len(entries))
    delete = min(max(_number(array.get("deleteCount")), 0), len(entries) - start)
    inserted = []
    for said in _cells(array.get("cells")):
        old = known.get(key_of(said.uri))
        if old is not None:  # moved: what the message leaves out is as it was
            said = replace(
                old, kind=said.kind, metadata=said.metadata or old.metadata, summary=said.summary or old.summary
            )
        inserted.append(_with_text(said, texts.get(key_of(said.uri))))
    again = {key_of(entry.uri) for entry in inserted}
    head = [entry for entry in entries[:start] if key_of(entry.uri) not in again]
    tail = [entry for entry in entries[start + delete :] if key_of(entry.uri) not in again]
    return _distinct([*head, *inserted, *tail])


def _with_outer(entries: list[Entry], outer: Mapping[str, Mapping[str, Any]]) -> list[Entry]:
    """After a reload from disk a cell comes under another URI; its id in the file tells what is known of it."""
    if not outer:
        return entries
    return [e if e.outer else replace(e, outer=outer.get(str(e.metadata.get("id")), _NOTHING)) for e in entries]


def _with_text(entry: Entry, document: Mapping[str, Any] | None) -> Entry:
    if document is None:
        return entry
    # Made anew, not by `replace`, which takes three times as long: a thousand cells are opened in one piece.
    return Entry(
        entry.uri,
        entry.kind,
        str(document.get("languageId") or ""),
        _version(document),
        str(document.get("text") or ""),
        entry.metadata,
        entry.summary,
        entry.outer,
    )


def _cells(value: object) -> list[Entry]:
    return [
        Entry(
            cell["document"],
            1 if cell.get("kind") == 1 else 2,
            metadata=_object(cell.get("metadata")),
            summary=_object(cell.get("executionSummary")),
        )
        for cell in _list(value)
        if isinstance(cell, dict) and isinstance(cell.get("document"), str)
    ]


def _distinct(entries: Iterable[Entry]) -> list[Entry]:
    """One entry a URI, the first: two cells cannot be told apart by anything else."""
    return list({key_of(entry.uri): entry for entry in reversed(list(entries))}.values())[::-1]


def _documents(value: object) -> list[Mapping[str, Any]]:
    return [d for d in _list(value) if isinstance(d, dict) and isinstance(d.get("uri"), str)]


def _version(document: Mapping[str, Any]) -> int | None:
    version = document.get("version")
    return version if isinstance(version, int) else None


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else _NOTHING


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
