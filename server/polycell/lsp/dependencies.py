"""polycell/dependencies: the dependencies of one notebook, for an editor's view of them.

params   {"textDocument": {"uri": str}}      a notebook, one of its cells, or a document
result   null for what is not open, else
         {"version": 1, "notebook": str, "interpreter": str, "how": str, "wrong": int, "dependencies": [ENTRY…]}
         ENTRY as in `polycell.dependencies.formats`, and
               "uri": str | null              the cell that declares it, else the first that uses it
               "range": Range | null          where in it, or in the JSON of a notebook's metadata
               "actions": [{"name": "declare" | "pin" | "remove", "action": CodeAction}…]
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from polycell.core.results import Action, MetadataChange
from polycell.core.session import Snapshot
from polycell.core.text import Span
from polycell.dependencies.formats import as_json
from polycell.dependencies.listing import Entry, list_dependencies
from polycell.formats.ipynb import metadata_span
from polycell.lsp.actions import as_code_action
from polycell.lsp.scheduler import settle
from polycell.lsp.state import Asked, Face, Group, State, key_of

METHOD = "polycell/dependencies"


async def dependencies(state: State, params: Any) -> dict[str, Any] | None:
    """The answer; of a document with several notebooks, that of the first."""
    document = params.get("textDocument") if isinstance(params, Mapping) else None
    uri = document.get("uri") if isinstance(document, Mapping) else None
    if not isinstance(uri, str):
        return None
    group = state.groups.get(key_of(uri)) or state.group_of_face(uri)
    if group is None or not group.notebooks:
        return None
    state.refresh(key_of(group.uri))
    group = state.groups.get(key_of(group.uri), group)
    snapshot = state.session.snapshot(group.notebooks[0])
    if snapshot is None:
        return None
    await settle(snapshot)
    listing = list_dependencies(snapshot)
    made = as_json(listing, snapshot.notebook)
    made["how"] = listing.how
    for plain, entry in zip(made["dependencies"], listing.entries, strict=True):
        face = _face(group, snapshot, entry)
        span = _span(face, entry) if face is not None else None
        plain["uri"] = face.uri if face is not None else None
        plain["range"] = face.range(span, state.client.encoding) if face is not None and span is not None else None
        plain["actions"] = list(_actions(state, Asked(group, face, (snapshot,)), entry)) if face is not None else []
    return made


def _face(group: Group, snapshot: Snapshot, entry: Entry) -> Face | None:
    """The document that declares it; for the metadata, and for what nothing declares, that of a cell that uses it, or
    the first."""
    cells = (entry.cell, *entry.used, *(cell.id for cell in snapshot.notebook.cells[:1]))
    return next((face for cell in cells if cell and (face := group.home(cell)) is not None), None)


def _span(face: Face, entry: Entry) -> Span | None:
    declaration = entry.declaration
    if declaration is None:
        return None
    if declaration.path:
        return metadata_span(face.text, declaration.path) if face.json else None
    return face.to_face(entry.cell, declaration.span)


def _actions(state: State, asked: Asked, entry: Entry) -> Iterator[dict[str, Any]]:
    """What the client can do about an entry, each by its name."""
    for action in _offered(asked.snapshots[0], entry):
        made = as_code_action(state, asked, action)
        if made is not None:
            yield {"name": action.title.partition(" ")[0].lower(), "action": made}


def _offered(snapshot: Snapshot, entry: Entry) -> Sequence[Action]:
    from polycell.dependencies.actions import entry_actions, metadata_path

    index = snapshot.notebook.index(entry.cell) if entry.cell else 0
    context = snapshot.analysis.context(index or 0)
    if entry.declaration is not None:
        return entry_actions(context, entry.declaration)
    path = metadata_path(context) if entry.requirement.style == "import" else None
    if path is None:
        return ()
    name = entry.requirement.name
    change = MetadataChange(path, name)
    return (Action(f"Declare `{name}` in the notebook's metadata", "quickfix", metadata=(change,)),)
