"""The call hierarchy: who calls what, over all cells.

A call belongs to what its callee's name means at that place: the definition that the environment gives, so that calls
above a second definition belong to the first. Only for what no cell defines is the language's engine asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from polycell.core.environment import fold
from polycell.core.facts import Definition
from polycell.core.features import definition
from polycell.core.guard import answered, guard
from polycell.core.places import cell_name
from polycell.core.results import NO_CALLS, Call, Caller, Calls, CallSite, Location
from polycell.core.service import Context, Services
from polycell.core.session import Snapshot
from polycell.core.site import context_of
from polycell.core.text import Span

MOST = 200  # calls that are looked at for one answer


async def prepare(snapshot: Snapshot, services: Services, cell_id: str, offset: int) -> Sequence[Caller]:
    """What can be called that the name at a place means: one of the notebook, or what an engine knows."""
    context = context_of(snapshot, cell_id)
    if context is None:
        return ()
    made = _calls(services, context)
    for one in made.callables:
        if one.span.touches(offset):
            return (_of_definition(context, one),)
    for site in made.sites:
        if site.span.touches(offset):
            return await _callees(snapshot, services, context, site)
    return await _meant(snapshot, services, context, offset)


async def incoming(snapshot: Snapshot, services: Services, callee: Caller, cell_id: str) -> Sequence[Call]:
    """The calls to `callee`, by who makes them; settles everything. `cell_id`: a cell of the language that knows it."""
    snapshot.analysis.settle()
    found: dict[Caller, list[Location]] = {}
    name, looked = fold(callee.name), 0
    for index, cell in enumerate(snapshot.notebook.cells):
        if name not in fold(cell.text) or callee.kind == "cell":
            continue
        context = snapshot.analysis.context(index)
        for site in _calls(services, context).sites:
            if site.span.of(cell.text) != callee.name or looked >= MOST:
                continue
            looked += 1
            if any(_same(one, callee) for one in await _callees(snapshot, services, context, site)):
                caller = _of_definition(context, site.caller) if site.caller else _of_cell(context)
                found.setdefault(caller, []).append(Location(site.span, cell.id))
    inside = [Call(other, tuple(places)) for other, places in found.items()]
    return (*inside, *await _outside(snapshot, services, callee, cell_id, incoming=True))


async def outgoing(snapshot: Snapshot, services: Services, caller: Caller, cell_id: str) -> Sequence[Call]:
    """What `caller` calls, in order of its text."""
    if caller.place.uri:
        return await _outside(snapshot, services, caller, cell_id, incoming=False)
    context = context_of(snapshot, caller.place.cell)
    if context is None:
        return ()
    found: dict[Caller, list[Location]] = {}
    for site in _calls(services, context).sites[:MOST]:
        own = site.caller is None if caller.kind == "cell" else _is(site.caller, caller.place.span)
        for callee in await _callees(snapshot, services, context, site) if own else ():
            found.setdefault(callee, []).append(Location(site.span, context.cell.id))
    return [Call(other, tuple(places)) for other, places in found.items()]


def whole_cell(snapshot: Snapshot, cell_id: str) -> Caller | None:
    """A cell as a caller: what it calls when it runs."""
    context = context_of(snapshot, cell_id)
    return _of_cell(context) if context is not None else None


async def _callees(snapshot: Snapshot, services: Services, context: Context, site: CallSite) -> Sequence[Caller]:
    if site.callee is not None:
        return (_of_definition(context, site.callee),)
    return await _meant(snapshot, services, context, site.span.end)


async def _meant(snapshot: Snapshot, services: Services, context: Context, offset: int) -> Sequence[Caller]:
    """What the name at an offset means, if that can be called."""
    if any(reference.span.touches(offset) for reference in context.facts.references):
        places = await definition(snapshot, services, context.cell.id, offset)
        found = _callable_at(snapshot, services, places)
        if found:
            return found
    nobody: Sequence[Caller] = ()
    asking = services.of(context.cell.language).callees(context, offset)
    known = await answered("callees", context.cell, nobody, asking)
    inside = [one.place for one in known if one.place.cell]
    return (*_callable_at(snapshot, services, inside), *(one for one in known if not one.place.cell))


def _callable_at(snapshot: Snapshot, services: Services, places: Iterable[Location]) -> Sequence[Caller]:
    """What can be called among what is defined at places of cells."""
    made = []
    for place in places:
        context = context_of(snapshot, place.cell) if place.cell else None
        if context is not None:
            made += [_of_definition(context, d) for d in _calls(services, context).callables if _is(d, place.span)]
    return tuple(dict.fromkeys(made))


async def _outside(
    snapshot: Snapshot, services: Services, caller: Caller, cell_id: str, *, incoming: bool
) -> Sequence[Call]:
    context = context_of(snapshot, cell_id) if caller.place.uri else None
    if context is None:
        return ()
    nothing: Sequence[Call] = ()
    asking = services.of(context.cell.language).calls_outside(context, caller, incoming=incoming)
    return await answered("calls", context.cell, nothing, asking)


def _calls(services: Services, context: Context) -> Calls:
    if context.cell.kind != "code":
        return NO_CALLS
    return guard("calls", context.cell, NO_CALLS, lambda: services.of(context.cell.language).calls(context))


def _same(one: Caller, other: Caller) -> bool:
    return (one.name, one.place) == (other.name, other.place)


def _is(one: Definition | None, span: Span) -> bool:
    return one is not None and one.span == span


def _of_definition(context: Context, one: Definition) -> Caller:
    where = cell_name(context.index).lower()
    detail = f"{one.container}, {where}" if one.container else where
    cell = context.cell.id
    return Caller(one.name, one.kind, Location(one.span, cell), Location(one.extent, cell), detail)


def _of_cell(context: Context) -> Caller:
    cell = context.cell
    whole = Location(Span(0, len(cell.text)), cell.id)
    return Caller(cell.name or cell_name(context.index), "cell", Location(Span(0, 0), cell.id), whole)
