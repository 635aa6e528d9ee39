"""polycell/dependencies: the dependencies of one notebook, for an editor's view of them.

params   {"textDocument": {"uri": str}}      a notebook, one of its cells, or a document
result   null for what is not open, else
         {"version": 1, "notebook": str, "interpreter": str, "how": str, "wrong": int, "dependencies": [ENTRY…]}
         ENTRY as in `polycell.dependencies.formats`, and
               "uri": str | null              the cell that declares it, else the first that uses it
               "actions": [{"title": str, "command": str, "arguments": [object]}…]
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from polycell.core.session import Snapshot
from polycell.dependencies.formats import as_json
from polycell.dependencies.listing import Entry, list_dependencies
from polycell.lsp.actions import ADD_METADATA
from polycell.lsp.scheduler import settle
from polycell.lsp.state import Group, State, key_of

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
        home = group.home(entry.cell or next(iter(entry.used), ""))
        plain["uri"] = home.uri if home is not None else None
        plain["actions"] = _actions(state, group, snapshot, entry)
    return made


def _actions(state: State, group: Group, snapshot: Snapshot, entry: Entry) -> list[dict[str, Any]]:
    """What the client itself can do about an entry: declare in the metadata what is imported and not declared."""
    if entry.requirement.style != "import" or ADD_METADATA not in state.client.commands:
        return []
    from polycell.dependencies.actions import metadata_path

    path = metadata_path(snapshot.analysis.context(0))
    if path is None:
        return []
    name = entry.requirement.name
    added = {"notebook": group.uri, "path": list(path), "value": name}
    return [{"title": f"Declare `{name}` in the notebook's metadata", "command": ADD_METADATA, "arguments": [added]}]
