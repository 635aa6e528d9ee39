"""workspace/symbol: what the open notebooks define."""

from __future__ import annotations

from lsprotocol import types

from polycell.core import features
from polycell.lsp.answers import symbol_kind
from polycell.lsp.places import location
from polycell.lsp.scheduler import settle
from polycell.lsp.state import State

MOST = 500


async def workspace_symbols(state: State, params: types.WorkspaceSymbolParams) -> list[types.SymbolInformation]:
    """Names that have the letters of the query in their order, those that begin with it first; at most `MOST`."""
    query = params.query.casefold()
    found: list[tuple[int, str, types.SymbolInformation]] = []
    for group in list(state.groups.values()):
        state.refresh(group.uri)
        group = state.groups.get(next((k for k, g in state.groups.items() if g.uri == group.uri), ""), group)
        if group.quiet:
            continue
        for uri in group.notebooks:
            snapshot = state.session.snapshot(uri)
            if snapshot is None:
                continue
            await settle(snapshot)
            name = group.uri.removesuffix("#document").rstrip("/").rpartition("/")[2]
            for index, cell in enumerate(snapshot.notebook.cells):
                for symbol in features.symbols(snapshot, index) if cell.kind == "code" else ():
                    distance = _distance(query, symbol.name.casefold())
                    if distance is None:
                        continue
                    where = location(group, state, cell.id, symbol.span)
                    if where is not None:
                        container = symbol.container or f"{name}, cell {index + 1}"
                        kind = symbol_kind(symbol.kind)
                        made = types.SymbolInformation(where, symbol.name, kind, container_name=container)
                        found.append((distance, symbol.name, made))
    found.sort(key=lambda entry: entry[:2])
    return [made for _, _, made in found[:MOST]]


def _distance(query: str, name: str) -> int | None:
    if name.startswith(query):
        return 0
    if query in name:
        return 1
    letters = iter(name)
    return 2 if all(letter in letters for letter in query) else None
