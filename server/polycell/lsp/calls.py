"""The call hierarchy. An item says in its `data` what it is, so that nothing is remembered between requests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from lsprotocol import types

from polycell.core import calls
from polycell.core.guard import answered
from polycell.core.results import Call, Caller, Location
from polycell.core.service import Services
from polycell.core.session import Snapshot
from polycell.core.text import Position, Span
from polycell.lsp.answers import symbol_kind
from polycell.lsp.asked import BOUND, unchanged
from polycell.lsp.convert import to_offset
from polycell.lsp.places import location
from polycell.lsp.requests import left_to_another
from polycell.lsp.scheduler import settle
from polycell.lsp.state import Asked, State, Target

_Ask = Callable[[Snapshot, Services, Caller, str], Awaitable[Sequence[Call]]]


async def prepare(state: State, params: types.CallHierarchyPrepareParams) -> list[types.CallHierarchyItem]:
    """What the name at the position means, if it can be called."""
    asked = BOUND.get()
    target = _target(state, asked, params.position)
    if asked is None or target is None or left_to_another(state, target.snapshot.notebook.cells[target.index]):
        return []
    await settle(target.snapshot, target.index)
    found = await _prepared(state, target)
    if not found or not unchanged(state, asked, (one.place.cell for one in found)):
        return []
    made = (_item(state, asked, one, target.cell) for one in found)
    return [item for item in made if item is not None]


async def incoming(
    state: State, params: types.CallHierarchyIncomingCallsParams
) -> list[types.CallHierarchyIncomingCall]:
    asked, made = await _calls(state, params.item, calls.incoming)
    return [
        types.CallHierarchyIncomingCall(item, _ranges(state, asked, call.places, item.uri))
        for item, call in made
        if asked is not None
    ]


async def outgoing(
    state: State, params: types.CallHierarchyOutgoingCallsParams
) -> list[types.CallHierarchyOutgoingCall]:
    asked, made = await _calls(state, params.item, calls.outgoing)
    return [
        types.CallHierarchyOutgoingCall(item, _ranges(state, asked, call.places, params.item.uri))
        for item, call in made
        if asked is not None
    ]


async def _calls(
    state: State, item: types.CallHierarchyItem, ask: _Ask
) -> tuple[Asked | None, list[tuple[types.CallHierarchyItem, Call]]]:
    """The other ends of the calls of an item, with the document that the item is in, or was come to from."""
    data = item.data if isinstance(item.data, dict) else {}
    outside = isinstance(data.get("token"), dict)
    asked = state.asked(str(data.get("from"))) if outside else BOUND.get()
    where = data.get("at") if outside else item.selection_range.start
    target = _target(state, asked, where if isinstance(where, types.Position) else _position(where))
    if asked is None or target is None:
        return None, []
    await settle(target.snapshot)
    if outside:
        caller: Caller | None = _outside(item, data["token"])
    elif data.get("cell"):
        caller = calls.whole_cell(target.snapshot, target.cell)
    else:
        caller = next(iter(await _prepared(state, target)), None)
    if caller is None:
        return None, []
    nothing: Sequence[Call] = ()
    asking = ask(target.snapshot, state.session.services, caller, target.cell)
    found = await answered("calls", target.snapshot.notebook.cells[target.index], nothing, asking)
    cells = {place.cell for call in found for place in (call.other.place, *call.places)}
    if not found or not unchanged(state, asked, cells):
        return None, []
    made = ((_item(state, asked, call.other, target.cell), call) for call in found)
    return asked, [(shown, call) for shown, call in made if shown is not None]


async def _prepared(state: State, target: Target) -> Sequence[Caller]:
    nobody: Sequence[Caller] = ()
    asking = calls.prepare(target.snapshot, state.session.services, target.cell, target.offset)
    return await answered("call hierarchy", target.snapshot.notebook.cells[target.index], nobody, asking)


def _target(state: State, asked: Asked | None, position: types.Position | None) -> Target | None:
    if asked is None or position is None:
        return None
    return asked.target(to_offset(asked.face.lines, position, state.client.encoding))


def _item(state: State, asked: Asked, one: Caller, cell: str) -> types.CallHierarchyItem | None:
    """`cell` is the one that was asked about: what lies outside of the notebook is asked about from there again."""
    place, extent = _where(state, asked, one.place), _where(state, asked, one.extent)
    if place is None or extent is None or extent.uri != place.uri:
        return None
    data: dict[str, Any] = {"cell": True} if one.kind == "cell" else {}
    if one.token is not None:
        here = location(asked.group, state, cell, Span(0, 0), prefer=asked.face)
        if here is None:
            return None
        at = {"line": here.range.start.line, "character": here.range.start.character}
        data = {"from": here.uri, "at": at, "token": dict(one.token)}
    kind = symbol_kind(one.kind)
    return types.CallHierarchyItem(
        one.name, kind, place.uri, extent.range, place.range, detail=one.detail or None, data=data
    )


def _outside(item: types.CallHierarchyItem, token: dict[str, Any]) -> Caller:
    ends = item.selection_range.start, item.selection_range.end
    lines = Position(ends[0].line, ends[0].character), Position(ends[1].line, ends[1].character)
    place = Location(Span(0, 0), uri=item.uri, lines=lines)
    return Caller(item.name, "function", place, place, token=token)


def _where(state: State, asked: Asked, place: Location) -> types.Location | None:
    if place.lines is not None:
        ends = (types.Position(one.line, one.column) for one in place.lines)
        return types.Location(place.uri, types.Range(*ends))
    return location(asked.group, state, place.cell, place.span, place.uri, prefer=asked.face)


def _ranges(state: State, asked: Asked, places: Sequence[Location], uri: str) -> list[types.Range]:
    """Those that lie in the document they are told of."""
    found = (_where(state, asked, place) for place in places)
    return [where.range for where in found if where is not None and where.uri == uri]


def _position(said: Any) -> types.Position | None:
    line, character = (said.get("line"), said.get("character")) if isinstance(said, dict) else (None, None)
    return types.Position(line, character) if isinstance(line, int) and isinstance(character, int) else None
