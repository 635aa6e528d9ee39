"""Answers to requests: definition, references, highlights, symbols; `completion` and `hover` have modules of their own.

Each request is answered for the state that it was asked at (`BOUND`, set as the message came in). Where a result
carries positions and the text has changed meanwhile, it would point at the wrong place: it is withdrawn. Requests
about documents or cells that are not here are answered empty.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from lsprotocol import types

from polycell.core import attributes, features
from polycell.core.notebook import Cell
from polycell.core.references import references_steps
from polycell.core.results import InnerName, Location
from polycell.core.types import Anchor
from polycell.lsp import answers, companion
from polycell.lsp.asked import BOUND, guarded, target_of, unchanged
from polycell.lsp.convert import to_range
from polycell.lsp.disk import PATIENCE
from polycell.lsp.places import location
from polycell.lsp.scheduler import in_slices, settle
from polycell.lsp.state import Asked, State, Target
from polycell.lsp.symbols import document_symbols
from polycell.tables.anchors import place_in_file


async def definition(state: State, params: types.DefinitionParams) -> list[types.Location]:
    return await _places(state, params.position, "definition", features.definition)


async def type_definition(state: State, params: types.TypeDefinitionParams) -> list[types.Location]:
    return await _places(state, params.position, "type definition", features.type_definition)


async def _places(
    state: State, position: types.Position, what: str, ask: Callable[..., Awaitable[Sequence[Location]]]
) -> list[types.Location]:
    found = target_of(state, position)
    if found is None:
        return []
    asked, target = found
    await settle(target.snapshot, target.index)
    nowhere: Sequence[Location] = ()
    asking = ask(target.snapshot, state.session.services, target.cell, target.offset)
    answer = await guarded(what, target, asking, nowhere)
    if state.settings.python == "companion" and not _names_column(state, target):
        answer = companion.locations(target, tuple(answer))
    if not answer or not unchanged(state, asked, (where.cell for where in answer)):
        return []
    return await _locations(state, asked, answer)


async def references(state: State, params: types.ReferenceParams) -> list[types.Location]:
    found = target_of(state, params.position)
    if found is None:
        return []
    asked, target = found
    await settle(target.snapshot)
    asking = references_steps(
        target.snapshot,
        state.session.services,
        target.cell,
        target.offset,
        declaration=params.context.include_declaration,
    )
    answer = await in_slices(asking)
    if not answer:
        attribute = await attribute_of(state, target)
        declared = params.context.include_declaration
        answer = attributes.located(attribute, declaration=declared) if attribute is not None else ()
    if state.settings.python == "companion" and not _names_column(state, target):
        answer = companion.locations(target, tuple(answer))
    if not answer or not unchanged(state, asked, (where.cell for where in answer)):
        return []
    return await _locations(state, asked, answer)


async def attribute_of(state: State, target: Target, *, everywhere: bool = True) -> InnerName | None:
    """The attribute of one of the notebook's classes that a place names; not what another server tells."""
    if left_to_another(state, target.snapshot.notebook.cells[target.index]):
        return None
    asking = attributes.attribute_at(
        target.snapshot, state.session.services, target.cell, target.offset, everywhere=everywhere
    )
    none: InnerName | None = None
    return await guarded("attributes", target, asking, none)


async def highlight(state: State, params: types.DocumentHighlightParams) -> list[types.DocumentHighlight]:
    found = target_of(state, params.position)
    if found is None:
        return []
    asked, target = found
    await settle(target.snapshot, target.index)
    theirs = left_to_another(state, target.snapshot.notebook.cells[target.index]) and not _names_column(state, target)
    if theirs or not unchanged(state, asked):
        return []
    made = []
    shown = features.highlights(target.snapshot, state.session.services, target.cell, target.offset)
    if not shown:
        attribute = await attribute_of(state, target, everywhere=False)
        shown = attributes.highlighted(attribute, target.cell) if attribute is not None else ()
        if not unchanged(state, asked):
            return []
    for item in shown:
        span = asked.face.to_face(target.cell, item.span)
        if span is not None:
            kind = types.DocumentHighlightKind.Write if item.write else types.DocumentHighlightKind.Read
            made.append(types.DocumentHighlight(asked.face.range(span, state.client.encoding), kind))
    return made


async def symbols(state: State, params: types.DocumentSymbolParams) -> list[Any]:
    asked = BOUND.get()
    if asked is None:
        return []
    for snapshot in asked.snapshots:
        wanted = [snapshot.notebook.index(cell) for cell in asked.face.cells] if asked.face.map is None else [None]
        await settle(snapshot, wanted[0])
    cells = (cell for snapshot in asked.snapshots for cell in snapshot.notebook.cells)
    if asked.face.map is None and any(c.id == asked.face.cell and left_to_another(state, c) for c in cells):
        return []
    tree = document_symbols(asked, state.client.encoding)
    return list(tree) if state.client.hierarchical_symbols else list(answers.flat(tree, asked.face.uri))


def left_to_another(state: State, cell: Cell) -> bool:
    """Whether another Python server answers for the cell."""
    return state.settings.python == "companion" and companion.is_theirs(cell)


def _names_column(state: State, target: Target) -> bool:
    """Whether the place is about a column, of which no Python server knows."""
    return features.names_column(target.snapshot, state.session.services, target.cell, target.offset)


async def _locations(state: State, asked: Asked, found: Iterable[Location]) -> list[types.Location]:
    made = []
    for item in found:
        if item.lines is not None:
            ends = (types.Position(place.line, place.column) for place in item.lines)
            made.append(types.Location(item.uri, types.Range(*ends)))
            continue
        where = location(asked.group, state, item.cell, item.span, item.uri, prefer=asked.face)
        if where is not None and item.anchor is not None:
            where = types.Location(where.uri, await _in_file(item.anchor, state) or where.range)
        if where is not None:
            made.append(where)
    return made


async def _in_file(anchor: Anchor, state: State) -> types.Range | None:
    """Where a data file names a column; None where that cannot be seen, or not in time."""
    try:
        found = await asyncio.wait_for(asyncio.to_thread(place_in_file, anchor), PATIENCE)
    except asyncio.TimeoutError:
        return None
    return to_range(*found, state.client.encoding) if found is not None else None
