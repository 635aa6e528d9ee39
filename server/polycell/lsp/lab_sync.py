"""Documents of JupyterLab: the joined text of a notebook, and the documents cut out of it for other languages.

The client tells neither cells nor metadata, so the file on disk does: its cells say where one ends, what language it
speaks and what it is called. Without the file nothing is reported, since any cell may be in another language.

Documents in other languages (`….ipynb.python-2(sql).sql`) are found again in the cells by their text and lead there, so
that a SQL document sees the frames of the Python cells above it.
"""

from __future__ import annotations

import logging
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec import Struct, field

from polycell.bridge.positions import column_at, offset_at
from polycell.core.notebook import Cell, Notebook
from polycell.core.patterns import pattern
from polycell.core.text import LineIndex
from polycell.core.values import replace
from polycell.core.virtual import Segment, SegmentMap
from polycell.formats.cells import make_cell, retext
from polycell.formats.identity import match_ids
from polycell.formats.languages import canonical
from polycell.formats.model import CellSource
from polycell.lsp.convert import apply_changes
from polycell.lsp.disk import read_later
from polycell.lsp.frame import frame, path_of
from polycell.lsp.jupyterlab import BETWEEN, Block, file_of, is_joined, split
from polycell.lsp.notebook_sync import Change
from polycell.lsp.state import Face, Group, State, key_of

log = logging.getLogger(__name__)

_FOREIGN = pattern(
    r"(?P<root>.+\.ipynb)\.(?P<kernel>[\w+#-]+?)-(?:(?P<number>\d+)\((?P<alone>[\w+#-]+)\)|(?P<shared>[\w+#-]+))\.\w+\Z"
)
# jupyterlab-lsp takes arguments that its pattern does not know for a part of the body, and then counts the columns of
# the lines below as if each began with the magic's name.
_COLUMNS_LOST = len("%%sql")


class Foreign(Struct):
    """A document cut out of the notebook. `alone`: one cell; else the fragments of many."""

    uri: str
    version: int | None
    text: str
    number: int
    alone: bool


class Lab(Struct):
    """One notebook as JupyterLab shows it. `cells` are those of the last reading, or of the file before the first."""

    uri: str
    language: str
    version: int | None
    text: str
    frame: Notebook
    cells: tuple[Cell, ...] = ()
    foreign: dict[str, Foreign] = field(default_factory=dict)
    dirty: bool = True
    seen: bool = False  # the file has been read; before that nobody knows the cells' languages

    @property
    def group(self) -> str:
        return f"{self.uri}#jupyterlab"


class LabSync:
    """The same notifications as `text_sync.TextSync`; `takes` says which documents belong here."""

    def __init__(
        self, state: State, changed: Callable[[Change], None], found: Callable[[str, frozenset[str]], None]
    ) -> None:
        self._state = state
        self._changed = changed
        self._found = found
        self._open: dict[str, Lab] = {}
        self._by_group: dict[str, Lab] = {}
        self._waiting: dict[str, dict[str, Foreign]] = {}  # cut out of a notebook that has not come yet

    def takes(self, params: object) -> bool:
        """Whether a didOpen, didChange or didClose is about such a document."""
        said = _object(_object(params).get("textDocument"))
        uri = said.get("uri")
        if not isinstance(uri, str):
            return False
        key = key_of(uri)
        if key in self._open or self._root_of(key) is not None:
            return True
        return is_joined({**said, "uri": key})

    def did_open(self, params: object) -> None:
        said = _object(_object(params).get("textDocument"))
        uri, text = str(said.get("uri")), str(said.get("text") or "")
        found = _FOREIGN.match(key_of(uri))
        if found is not None:
            made = Foreign(uri, _version(said), text, int(found["number"] or 0), found["alone"] is not None)
            self._put_foreign(found["root"], made)
            return
        lab = self._open.get(key_of(uri))
        if lab is not None:
            self._edit(lab, text, _version(said))
            return
        language = str(said.get("languageId") or "python")
        path = file_of(path_of(uri))
        base = replace(frame(uri, "jupyter-notebook", {"language_info": {"name": language}}), path=path)
        lab = Lab(uri, language, _version(said), text, base)
        lab.frame = replace(base, uri=lab.group)
        lab.foreign = self._waiting.pop(key_of(uri), {})
        self._open[key_of(uri)] = lab
        self._by_group[key_of(lab.group)] = lab
        if path:
            read_later(path, lambda notebook: self._from_disk(lab, notebook))
        self._touch(lab)

    def did_change(self, params: object) -> None:
        said = _object(_object(params).get("textDocument"))
        key = key_of(str(said.get("uri")))
        changes = _object(params).get("contentChanges")
        if not isinstance(changes, list):
            return
        encoding = self._state.client.encoding
        lab = self._open.get(key)
        if lab is not None:
            self._edit(lab, apply_changes(lab.text, changes, encoding), _version(said))
            return
        root = self._root_of(key)
        foreign = self._foreign_of(root).get(key) if root is not None else None
        if root is not None and foreign is not None:
            text = apply_changes(foreign.text, changes, encoding)
            self._put_foreign(root, replace(foreign, text=text, version=_version(said)))

    def did_close(self, params: object) -> None:
        said = _object(_object(params).get("textDocument"))
        key = key_of(str(said.get("uri")))
        lab = self._open.pop(key, None)
        if lab is not None:
            self._by_group.pop(key_of(lab.group), None)
            group = self._state.drop(lab.group)
            self._changed(Change(lab.group, closed=tuple(group.faces.values()) if group else ()))
            return
        root = self._root_of(key)
        if root is not None:
            gone = self._foreign_of(root).pop(key, None)
            lab = self._open.get(root)
            if lab is not None and gone is not None:
                self._touch(lab)
                self._changed(Change(lab.group, closed=(Face(gone.uri, gone.text),)))

    def refresh(self, group: str) -> None:
        lab = self._by_group.get(group)
        if lab is not None and lab.dirty:
            self._read(lab)

    def meant(self, uri: str, line: int, character: int) -> tuple[int, int]:
        """The place in a document that the client means by a position. It counts lines and columns in the cell as the
        user wrote it, also where a magic stands there as a call."""
        key = key_of(uri)
        root = self._root_of(key)
        foreign = self._foreign_of(root).get(key) if root is not None else None
        if foreign is not None:
            return line, character + (_COLUMNS_LOST if line > 0 and _has_arguments(foreign) else 0)
        lab = self._open.get(key)
        group = self._state.groups.get(key_of(lab.group)) if lab is not None else None
        face = group.faces.get(key) if group is not None else None
        if lab is None or face is None or face.map is None or character < 0 or not 0 <= line < len(face.lines):
            return line, character
        begins = _beginnings(face.map)
        at = bisect_right([s.document for s in begins], face.lines.line_span(line).end) - 1
        if at < 0:
            return line, character
        begin = begins[at]
        lines = LineIndex(next(cell.text for cell in lab.cells if cell.id == begin.cell))
        row = line - face.lines.position(begin.document).line
        if row >= len(lines):
            return line, character
        encoding = self._state.client.encoding
        place = face.map.to_document(begin.cell, offset_at(lines, row, character, encoding))
        return (line, character) if place is None else column_at(face.lines, place, encoding)

    # -- inside

    def _root_of(self, key: str) -> str | None:
        found = _FOREIGN.match(key)
        return found["root"] if found is not None else None

    def _foreign_of(self, root: str) -> dict[str, Foreign]:
        lab = self._open.get(root)
        return lab.foreign if lab is not None else self._waiting.setdefault(root, {})

    def _put_foreign(self, root: str, made: Foreign) -> None:
        known = self._foreign_of(root)
        old = known.get(key_of(made.uri))
        known[key_of(made.uri)] = made
        lab = self._open.get(root)
        if lab is not None and (old is None or old.text != made.text):
            self._touch(lab)

    def _edit(self, lab: Lab, text: str, version: int | None) -> None:
        lab.version = version
        if text != lab.text:
            lab.text = text
            self._touch(lab)

    def _touch(self, lab: Lab) -> None:
        lab.dirty = True
        group = self._state.groups.get(key_of(lab.group)) or Group(lab.group)
        wanted = {key_of(lab.uri): Face(lab.uri, lab.text)}
        wanted |= {name: Face(foreign.uri, foreign.text) for name, foreign in lab.foreign.items()}
        if wanted.keys() != group.faces.keys():
            # Known from now on, though they are read only when somebody asks.
            self._state.put(replace(group, faces={k: group.faces.get(k, face) for k, face in wanted.items()}))
        self._changed(Change(lab.group))

    def _from_disk(self, lab: Lab, notebook: Notebook | None) -> None:
        if notebook is None or self._open.get(key_of(lab.uri)) is not lab:
            return
        lab.seen = True
        lab.frame = replace(notebook, uri=lab.group, cells=())
        lab.cells = notebook.cells
        self._touch(lab)

    def _read(self, lab: Lab) -> None:
        lab.dirty = False
        known = [cell.text if cell.kind == "code" else "" for cell in lab.cells]
        blocks = split(lab.text, known, python=canonical(lab.language) == "python")
        cells = self._cells(lab, blocks)
        old = {cell.id: cell.digest for cell in lab.cells}
        lab.cells = cells
        self._state.session.update(replace(lab.frame, cells=cells))
        segments = [s for block, cell in zip(blocks, cells, strict=True) for s in block.segments_of(cell.id)]
        key = key_of(lab.uri)
        faces = {key: Face(lab.uri, lab.text, map=SegmentMap(segments), version=lab.version)}
        homes = dict.fromkeys((cell.id for cell in cells), key)
        taken: set[str] = set()
        for name, foreign in sorted(lab.foreign.items(), key=lambda item: item[1].number):
            placed = _placed(foreign, cells, taken)
            lost = _COLUMNS_LOST if _has_arguments(foreign) else 0
            faces[name] = Face(foreign.uri, foreign.text, map=SegmentMap(placed), version=foreign.version, lost=lost)
            if foreign.alone and placed:
                taken.add(placed[0].cell)
                homes[placed[0].cell] = name
        self._state.put(Group(lab.group, faces, homes, (lab.group,), unsure=not lab.seen))
        self._found(lab.group, frozenset(cell.id for cell in cells if old.get(cell.id) != cell.digest))

    def _cells(self, lab: Lab, blocks: list[Block]) -> tuple[Cell, ...]:
        """The blocks as cells, under the ids and with the metadata of the cells they continue."""
        made: list[Cell] = []
        for block in blocks:
            old = lab.cells[block.known] if block.known is not None else None
            if old is not None and (old.kind != "code" or old.text == block.text):
                made.append(old)
            elif old is not None:
                made.append(retext(old, block.text, lab.frame))
            else:
                made.append(make_cell(CellSource(f"?{len(made)}", block.text), lab.frame))
        fresh = [index for index, block in enumerate(blocks) if block.known is None]
        if fresh:
            used = {cell.id for index, cell in enumerate(made) if blocks[index].known is not None}
            ids = match_ids([c for c in lab.cells if c.id not in used], [made[i] for i in fresh])
            names = _unused(used | {cell.id for cell in lab.cells})
            for index, cell_id in zip(fresh, ids, strict=True):
                unique = cell_id if not cell_id.startswith("?") and cell_id not in used else next(names)
                used.add(unique)
                made[index] = replace(made[index], id=unique)
        return tuple(made)


def _unused(taken: set[str]) -> Iterator[str]:
    number = 0
    while True:
        number += 1
        if f"new{number}" not in taken:
            yield f"new{number}"


def _beginnings(map: SegmentMap) -> list[Segment]:
    """The first segment of each cell, in order."""
    first: dict[str, Segment] = {}
    for segment in map.segments:
        first.setdefault(segment.cell, segment)
    return list(first.values())


def _has_arguments(foreign: Foreign) -> bool:
    """Whether the first line is what was left of the magic's line."""
    return foreign.alone and foreign.text.startswith(" ") and "\n" in foreign.text.rstrip("\n")


def _placed(foreign: Foreign, cells: tuple[Cell, ...], taken: set[str]) -> list[Segment]:
    """Where a foreign document's text stands in the cells."""
    text = foreign.text[:-1] if foreign.text.endswith("\n") else foreign.text
    if not text.strip():
        return []
    if foreign.alone:
        for cell in cells:
            if cell.id not in taken and cell.text.startswith("%%") and cell.text.endswith(text):
                start = len(cell.text) - len(text)
                head = cell.text[:start]
                # What stands before is the magic's line, or as much of it as the client's pattern knew.
                if "\n" not in head.rstrip("\n") or not head.partition("\n")[2].strip():
                    return [Segment(cell.id, start, len(text), 0, len(text))]
        return []
    made: list[Segment] = []
    at, used = 0, {cell.id: 0 for cell in cells}
    for piece in text.split(BETWEEN):
        found = next(
            (
                (cell.id, start)
                for cell in cells
                if piece.strip() and "%" in cell.text and (start := cell.text.find(piece, used[cell.id])) > 0
            ),
            None,
        )
        if found is not None:
            made.append(Segment(found[0], found[1], len(piece), at, len(piece)))
            used[found[0]] = found[1] + len(piece)
        at += len(piece) + len(BETWEEN)
    return made


def _version(document: Mapping[str, Any]) -> int | None:
    version = document.get("version")
    return version if isinstance(version, int) else None


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
