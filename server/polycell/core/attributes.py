"""Attributes of the notebook's own classes as symbols: which places name the same one.

Names alone do not tell what `box.size` means, so each place that is spelled like it is asked where it is defined. What
nobody can tell is no reference, and refuses a rename.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from polycell.core.environment import fold
from polycell.core.features import definition
from polycell.core.guard import guard
from polycell.core.places import cell_name
from polycell.core.results import ANYTHING, Attribute, Highlight, InnerName, InnerPlace, Location
from polycell.core.service import Context, Services
from polycell.core.session import Snapshot
from polycell.core.site import site

MOST = 200  # places that are asked about for one answer

_Place = tuple[str, int]  # cell, offset of the name
_OUTSIDE: _Place = ("", 0)  # of the notebook


async def attribute_at(
    snapshot: Snapshot, services: Services, cell_id: str, offset: int, *, everywhere: bool = True
) -> InnerName | None:
    """The attribute at a place and all that name it, or those of its cell; None for what no class of the notebook has.
    Call with everything settled."""
    found = site(snapshot, services, cell_id, offset)
    if found is None or found.fragment is not None or found.context.cell.kind != "code":
        return None
    text = found.context.cell.text
    start = end = found.offset
    while start and (text[start - 1].isalnum() or text[start - 1] == "_"):
        start -= 1
    while end < len(text) and (text[end].isalnum() or text[end] == "_"):
        end += 1
    name = text[start:end]
    here = [one for one in _attributes(services, found.context, name) if one.span.start == start and not one.called]
    if not name or not here:
        return None
    meant = set(await _defined(snapshot, services, found.context, here[0]))
    if not meant or _OUTSIDE in meant:
        return None
    owners = _owners(snapshot, meant)
    places: list[InnerPlace] = []
    derived: list[int] = []
    doubt, asked, definers = "", 0, 0
    for index, cell in enumerate(snapshot.notebook.cells):
        if cell.kind != "code" or fold(name) not in fold(cell.text) or not (everywhere or cell.id == cell_id):
            continue
        context = snapshot.analysis.context(index)
        for one in _attributes(services, context, name):
            asked += 1
            if one.called == ANYTHING:
                doubt = f"{cell_name(index)} names `{name}` in a string."
            if (one.called and one.called not in owners) or asked > MOST:
                continue
            where = set(await _defined(snapshot, services, context, one))
            if where & meant:
                meant |= where
                places.append(InnerPlace(cell.id, one.span, one.write))
            elif not where:
                doubt = f"{cell_name(index)} mentions `{name}`, and it is not certain what that means."
            if one.derives:
                derived.append(index)
            definers += one.owner != ""
    if derived and definers > 1:  # one may stand for the other
        doubt = doubt or f"{cell_name(derived[0])} has a derived class with a `{name}` of its own."
    if asked > MOST:
        doubt = f"`{name}` is mentioned too often to look at all places."
    facts = (snapshot.analysis.facts(index) for index in range(len(snapshot.notebook.cells)))
    taken = {d.name for one in facts for d in one.definitions if d.container in owners}
    return InnerName(name, tuple(places), frozenset(taken), doubt)


def highlighted(found: InnerName, cell_id: str) -> Sequence[Highlight]:
    return [Highlight(place.span, place.write) for place in found.places if place.cell == cell_id]


def located(found: InnerName, *, declaration: bool) -> Sequence[Location]:
    return [Location(place.span, place.cell) for place in found.places if declaration or not place.write]


def _attributes(services: Services, context: Context, name: str) -> Sequence[Attribute]:
    nothing: Sequence[Attribute] = ()
    service = services.of(context.cell.language)
    return guard("attributes", context.cell, nothing, lambda: tuple(service.attributes(context, name)))


async def _defined(snapshot: Snapshot, services: Services, context: Context, one: Attribute) -> Sequence[_Place]:
    """Where in the notebook an attribute is defined; `_OUTSIDE` for one of a library."""
    for d in context.facts.definitions:
        if d.container and d.span == one.span:
            return [(context.cell.id, d.span.start)]
    found = await definition(snapshot, services, context.cell.id, one.span.end)
    return [(where.cell, where.span.start) if where.cell else _OUTSIDE for where in found]


def _owners(snapshot: Snapshot, meant: Iterable[_Place]) -> set[str]:
    """The classes that the definitions at places stand in, where their bodies hold them."""
    owners = set()
    for cell, start in meant:
        index = snapshot.notebook.index(cell)
        for d in snapshot.analysis.facts(index).definitions if index is not None else ():
            if d.container and d.span.start == start:
                owners.add(d.container)
    return owners
