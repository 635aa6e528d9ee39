"""What the client shows: its documents and cells, and how they lie in our notebooks.

A *face* is one text that the client can name by a URI: a notebook cell, a percent script, the JSON of an .ipynb, a
document that JupyterLab made up. A *group* is everything that was opened as one thing: a notebook with its cells, or a
document with the notebooks in it. Groups are frozen and replaced whole, so that a request keeps the one it was asked
at. URIs are opaque; they are compared unquoted, because clients disagree about what to escape, and answered as sent.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import unquote

from msgspec import Struct, field

from polycell.bridge.positions import Encoding
from polycell.core.progress import Begin, Logged
from polycell.core.results import Finding
from polycell.core.session import Session, Snapshot
from polycell.core.text import LineIndex, Span
from polycell.core.virtual import Place, SegmentMap
from polycell.lsp.arrivals import Arrivals
from polycell.lsp.client import Client
from polycell.lsp.convert import Json, range_json, to_range
from polycell.lsp.frame import path_of
from polycell.lsp.pictures import Pictures
from polycell.lsp.projects import Projects, read_projects, severity_of
from polycell.lsp.settings import Settings

if TYPE_CHECKING:
    from lsprotocol import types

    from polycell.lsp.engines import Early


def key_of(uri: str) -> str:
    """What a URI is compared by. Case counts: a cell's fragment is case-sensitive."""
    return unquote(uri, errors="surrogatepass") if "%" in uri else uri


class Face(Struct, frozen=True, dict=True):
    """`map` ties cells to this text; without one, the text is that of `cell`. `json`: what is inserted is escaped.
    `lost`: by how many columns positions that the client sends are too small, but in the first line (see `lab_sync`).
    """

    uri: str
    text: str
    cell: str = ""
    map: SegmentMap | None = None
    version: int | None = None
    json: bool = False
    lost: int = 0
    rereads: bool = False
    language: str = ""

    @cached_property
    def lines(self) -> LineIndex:
        return LineIndex(self.text)

    @cached_property
    def cells(self) -> tuple[str, ...]:
        """Ids of the cells that lie in this face, in order of its text."""
        if self.map is None:
            return (self.cell,)
        return tuple(dict.fromkeys(segment.cell for segment in self.map.segments))

    def range(self, span: Span, encoding: Encoding) -> types.Range:
        """A span of this text in the client's units. Never shifted by `lost`: jupyterlab-lsp miscounts only the
        positions that it sends, and shows an answer where the answer says."""
        return to_range(self.lines, span, encoding)

    def range_json(self, span: Span, encoding: Encoding) -> Json:
        """The same as plain JSON."""
        return range_json(self.lines, span, encoding)

    def to_cell(self, offset: int) -> Place | None:
        return Place(self.cell, offset) if self.map is None else self.map.to_cell(offset)

    def span_to_cell(self, span: Span) -> tuple[str, Span] | None:
        return (self.cell, span) if self.map is None else self.map.span_to_cell(span)

    def to_face(self, cell: str, span: Span) -> Span | None:
        if self.map is not None:
            return self.map.span_to_document(cell, span)
        return span if cell == self.cell else None


class Group(Struct, frozen=True):
    """`faces` by key; `homes` says under which key a cell is shown and reported; `notebooks` are the session's URIs.

    `quiet`: a plain script, in which nobody asked for findings. `unsure`: the languages of its cells are not known for
    certain (yet), so nothing is reported at all.
    """

    uri: str
    faces: Mapping[str, Face] = field(default_factory=dict)
    homes: Mapping[str, str] = field(default_factory=dict)
    notebooks: tuple[str, ...] = ()
    quiet: bool = False
    unsure: bool = False

    def home(self, cell: str) -> Face | None:
        key = self.homes.get(cell)
        return self.faces.get(key) if key is not None else None


class Target(Struct, frozen=True):
    """One place in one cell, at the state a request was asked at."""

    snapshot: Snapshot
    cell: str
    offset: int
    index: int


class Asked(Struct, frozen=True):
    """The document a request names, frozen as it was when the request came in. `moved`: the client counts that place in
    another text than the document's, and holds what an answer says of it against its own position."""

    group: Group
    face: Face
    snapshots: tuple[Snapshot, ...]
    moved: bool = False

    def target(self, offset: int) -> Target | None:
        place = self.face.to_cell(offset)
        if place is None:
            return None
        for snapshot in self.snapshots:
            index = snapshot.notebook.index(place.cell)
            if index is not None:
                return Target(snapshot, place.cell, place.offset, index)
        return None


async def _nowhere(params: types.ShowDocumentParams) -> None:
    """Nobody is there who could show a document."""


class State:
    """The one mutable owner; only the event loop touches it."""

    def __init__(self, make_session: Callable[[State], Session]) -> None:
        self.client = Client()
        self.settings = Settings()
        self.groups: dict[str, Group] = {}
        self._face_group: dict[str, str] = {}
        self._notebook_group: dict[str, str] = {}
        self._make_session = make_session
        self._session: Session | None = None
        self._projects: Projects | None = None
        self.pictures = Pictures()
        self.show: Callable[[types.ShowDocumentParams], Awaitable[object]] = _nowhere
        self.arrivals = Arrivals()
        # Brings a group's derived state up to date before it is asked about; set by whoever defers reading.
        self.refresh: Callable[[str], None] = lambda group: None
        # Tells the user; set by whoever talks to the client.
        self.note: Callable[[str], None] = lambda text: None
        # A Python engine that has begun already; set by whoever began one.
        self.early: Early | None = None
        # Shows work that takes long; set by the same.
        self.begin: Begin = Logged

    @property
    def session(self) -> Session:
        """Made at the first use: it brings the languages with it, and `initialize` does not wait for those."""
        if self._session is None:
            self._session = self._make_session(self)
        return self._session

    def renew(self) -> None:
        """Make the session anew, with the same notebooks: what it was made with has changed."""
        if self._session is not None:
            notebooks = [snapshot.notebook for snapshot in self._session.snapshots()]
            self._session = self._make_session(self)
            for notebook in notebooks:
                self._session.update(notebook)

    @property
    def projects(self) -> Projects:
        """What the workspace's folders say of findings; read when it is first asked for."""
        if self._projects is None:
            self._projects = read_projects(path for uri in self.client.roots if (path := path_of(uri)))
            for problem in self._projects.wrong:
                self.note(problem)
        return self._projects

    def forget_projects(self) -> None:
        """Their files, or the folders, have changed."""
        self._projects = None

    def severity_of(self, finding: Finding, group: Group) -> int | None:
        """The severity to report with; None where the user or the project do not want it."""
        path = path_of(group.uri).replace("/.virtual_documents/", "/")  # jupyterlab-lsp's, of the file beside it
        return severity_of(finding, self.settings.severity, self.projects.of(path), path)

    @property
    def has_session(self) -> bool:
        return self._session is not None

    def put(self, group: Group) -> None:
        key = key_of(group.uri)
        old = self.groups.get(key)
        if old is not None:
            for face in old.faces.keys() - group.faces.keys():
                if self._face_group.get(face) == key:
                    del self._face_group[face]
            for notebook in set(old.notebooks) - set(group.notebooks):
                self._notebook_group.pop(notebook, None)
        self.groups[key] = group
        if old is None or old.faces.keys() != group.faces.keys():
            self._face_group.update(dict.fromkeys(group.faces, key))
        self._notebook_group.update(dict.fromkeys(group.notebooks, key))

    def drop(self, uri: str) -> Group | None:
        """Forget a group, its faces and its notebooks."""
        key = key_of(uri)
        group = self.groups.pop(key, None)
        if group is None:
            return None
        for face in group.faces:
            if self._face_group.get(face) == key:
                del self._face_group[face]
        for notebook in group.notebooks:
            self._notebook_group.pop(notebook, None)
            self.session.close(notebook)
        return group

    def is_open(self, uri: str) -> bool:
        return key_of(uri) in self.groups

    def group_of_face(self, uri: str) -> Group | None:
        return self.groups.get(self._face_group.get(key_of(uri), ""))

    def group_of_notebook(self, uri: str) -> Group | None:
        return self.groups.get(self._notebook_group.get(uri, ""))

    def asked(self, uri: str) -> Asked | None:
        """The document of that URI with everything belonging to it, as it is now."""
        key = key_of(uri)
        owner = self._face_group.get(key)
        if owner is None:
            return None
        self.refresh(owner)
        group = self.groups.get(owner)
        face = group.faces.get(key) if group is not None else None
        if group is None or face is None:
            return None
        found = (self.session.snapshot(notebook) for notebook in group.notebooks)
        return Asked(group, face, tuple(snapshot for snapshot in found if snapshot is not None))
