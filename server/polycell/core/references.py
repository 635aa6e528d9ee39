"""Which occurrences name the same thing, in all cells and in the fragments inside of them.

A name's identity is (space, name): the space in which it lives ("python", "catalog", …), or a cell of its own for what
no other cell sees (a common table expression).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from polycell.core import columns
from polycell.core.environment import Binding, fold
from polycell.core.facts import Reference
from polycell.core.fragments import Site, sites
from polycell.core.guard import guard
from polycell.core.results import InnerName, Location
from polycell.core.service import Services
from polycell.core.session import Snapshot
from polycell.core.site import site
from polycell.core.steps import Steps, at_once
from polycell.core.text import Span


class Identity(Struct, frozen=True):
    space: str
    name: str


class Occurrence(Struct, frozen=True):
    """`span` is one of the cell's text; `found` says where to ask the language that the occurrence is written in."""

    index: int
    span: Span
    reference: Reference
    found: Site


def reference_at(references: Sequence[Reference], offset: int) -> Reference | None:
    """A name that the text does not spell (a cell's, of its metadata) stands nowhere."""
    return next((r for r in references if r.span.touches(offset) and len(r.span)), None)


def binding_of(found: Site, reference: Reference) -> Binding | None:
    view = found.context.view
    return view.lookup(reference.name) or (
        view.lookup_folded(reference.name) if found.context.cell.language == "sql" else None
    )


def identity(snapshot: Snapshot, found: Site, reference: Reference) -> Identity:
    """What a reference names: two references with equal identities name the same thing."""
    cell = found.context.cell
    if not reference.local and not reference.write:
        binding = binding_of(found, reference)
        if binding is not None:
            return Identity(binding.space, binding.name)
    inner = cell.language == "sql" and reference.local
    for own in snapshot.analysis.exports(found.context.index).bindings:
        # A result of a query is given by the cell; what the query itself names locally is another thing.
        if own.name == reference.name and not (inner and own.kind == "result"):
            return Identity(own.space, own.name)
    if reference.local:
        return Identity(f"cell {cell.id}", reference.name)
    return Identity(cell.space or cell.language, reference.name)


def identity_at(
    snapshot: Snapshot, services: Services, cell_id: str, offset: int
) -> tuple[Site, Reference, Identity] | None:
    """What the name at a place names; None where no name stands. Settles everything."""
    found = site(snapshot, services, cell_id, offset)
    if found is None:
        return None
    reference = reference_at(found.context.facts.references, found.offset)
    if reference is None:
        return None
    snapshot.analysis.settle()
    return found, reference, identity(snapshot, found, reference)


def inner_name(snapshot: Snapshot, services: Services, cell_id: str, offset: int) -> InnerName | None:
    """The name at a place that no other cell sees; for places where `identity_at` finds none. What other cells mention
    of it (keywords of calls) is known where everything is settled."""
    found = site(snapshot, services, cell_id, offset)
    if found is None or found.fragment is not None or found.context.cell.kind != "code":
        return None
    none: InnerName | None = None
    return guard("names", found.context.cell, none, lambda: found.service.inner_name(found.context, found.offset))


def occurrences(snapshot: Snapshot, services: Services, wanted: Identity) -> Iterator[Occurrence]:
    """Everything that names it, in order of cells; call after everything is settled."""
    name = fold(wanted.name)
    for index, cell in enumerate(snapshot.notebook.cells):
        if cell.kind == "raw" or name not in fold(cell.text):
            continue
        context = snapshot.analysis.context(index)
        for found in sites(services, context, name):
            for reference in found.context.facts.references:
                if fold(reference.name) == name and identity(snapshot, found, reference) == wanted:
                    yield Occurrence(index, reference.span.shift(found.shift), reference, found)


def references(
    snapshot: Snapshot, services: Services, cell_id: str, offset: int, *, declaration: bool = True
) -> Sequence[Location]:
    """Every occurrence, in all cells that see it, of the name or column under the cursor."""
    return at_once(references_steps(snapshot, services, cell_id, offset, declaration=declaration))


def references_steps(
    snapshot: Snapshot, services: Services, cell_id: str, offset: int, *, declaration: bool = True
) -> Steps[Sequence[Location]]:
    """The same, for who lets others have their turn."""
    found = identity_at(snapshot, services, cell_id, offset)
    snapshot.analysis.settle()
    inner = inner_name(snapshot, services, cell_id, offset) if found is None else None
    if inner is not None:
        return [Location(place.span, place.cell) for place in inner.places if declaration or not place.write]
    if found is None:
        return (yield from columns.references(snapshot, services, cell_id, offset, declaration=declaration))
    places = (
        Location(o.span, snapshot.notebook.cells[o.index].id)
        for o in occurrences(snapshot, services, found[2])
        if declaration or not o.reference.write
    )
    return list(dict.fromkeys(places))  # what stands in a hole of a fragment is told by both languages
