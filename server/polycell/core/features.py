"""Editor features over a snapshot: small functions, one a feature, language-neutral.

What is the same in every language (definition and references of a name, symbols, highlights) is answered here from
facts and the environment. The rest is asked of the cell's language, or of the language of the fragment under the
cursor (`x = %sql select …`).
"""

from __future__ import annotations

from collections.abc import Sequence

from polycell.core import columns
from polycell.core.actions import actions
from polycell.core.completing import answered_at, complete, complete_early, complete_value
from polycell.core.facts import Reference
from polycell.core.fragments import Site
from polycell.core.hovering import hover, hover_early, hover_value
from polycell.core.places import located
from polycell.core.references import binding_of, inner_name, reference_at, references
from polycell.core.renaming import prepare, rename
from polycell.core.results import (
    Finding,
    Highlight,
    Location,
    Signatures,
    Symbol,
)
from polycell.core.service import Services
from polycell.core.session import Snapshot
from polycell.core.site import context_of, site
from polycell.core.values import replace

__all__ = [
    "Site",
    "actions",
    "complete",
    "complete_early",
    "complete_value",
    "context_of",
    "definition",
    "findings",
    "highlights",
    "hover",
    "hover_early",
    "hover_value",
    "names_column",
    "prepare",
    "references",
    "rename",
    "signature",
    "site",
    "symbols",
    "type_definition",
]


def names_column(snapshot: Snapshot, services: Services, cell_id: str, offset: int) -> bool:
    """Whether a column is named at a place."""
    here = columns.mention_at(snapshot, services, cell_id, offset)
    return here is not None and here.mention.column is not None


async def definition(snapshot: Snapshot, services: Services, cell_id: str, offset: int) -> Sequence[Location]:
    """Where the name under the cursor is bound; failing that, what its language knows (a column, an attribute)."""
    found = site(snapshot, services, cell_id, offset)
    if found is None:
        return ()
    reference = reference_at(found.context.facts.references, found.offset)
    location = _definition_of(snapshot, found, reference) if reference is not None else None
    if location is not None and not _imported(snapshot, location):
        return (location,)
    nowhere: Sequence[Location] = ()
    locations = await answered_at("definition", found, found.service.define(found.context, found.offset), nowhere)
    if location is not None and not any(where.uri for where in locations):
        return (location,)
    inner = inner_name(snapshot, services, cell_id, offset) if reference is None and not locations else None
    if inner is not None:
        return [Location(place.span, place.cell) for place in inner.places if place.write][:1]
    return _placed(found, locations)


async def type_definition(snapshot: Snapshot, services: Services, cell_id: str, offset: int) -> Sequence[Location]:
    """Where the type of what stands under the cursor is defined."""
    found = site(snapshot, services, cell_id, offset)
    if found is None:
        return ()
    nowhere: Sequence[Location] = ()
    asking = found.service.define_type(found.context, found.offset)
    return _placed(found, await answered_at("type definition", found, asking, nowhere))


def _imported(snapshot: Snapshot, location: Location) -> bool:
    """Whether an import stands at a place: what it imports is defined elsewhere, where somebody knows that."""
    index = snapshot.notebook.index(location.cell) if location.cell else None
    definitions = snapshot.analysis.facts(index).definitions if index is not None else ()
    return any(d.kind == "import" and d.span == location.span for d in definitions)


def _placed(found: Site, locations: Sequence[Location]) -> Sequence[Location]:
    own = found.context.cell.id
    return tuple(
        replace(where, span=where.span.shift(found.shift)) if where.cell == own and not where.uri else where
        for where in locations
    )


async def signature(snapshot: Snapshot, services: Services, cell_id: str, offset: int) -> Signatures | None:
    """The call around the cursor; None outside of calls."""
    found = site(snapshot, services, cell_id, offset)
    if found is None:
        return None
    return await answered_at("signature", found, found.service.signature(found.context, found.offset), None)


def highlights(snapshot: Snapshot, services: Services, cell_id: str, offset: int) -> Sequence[Highlight]:
    """Occurrences of the name or column under the cursor within its own cell."""
    found = site(snapshot, services, cell_id, offset)
    if found is None:
        return ()
    reference = reference_at(found.context.facts.references, found.offset)
    inner = inner_name(snapshot, services, cell_id, offset) if reference is None else None
    if inner is not None:
        return tuple(Highlight(place.span, place.write) for place in inner.places if place.cell == cell_id)
    if reference is None:
        return columns.highlights(snapshot, services, cell_id, offset)
    return tuple(
        Highlight(r.span.shift(found.shift), r.write)
        for r in found.context.facts.references
        if r.name == reference.name
    )


def symbols(snapshot: Snapshot, index: int) -> Sequence[Symbol]:
    """What a cell defines, in order of text."""
    facts = snapshot.analysis.facts(index)
    exports = {b.name: b for b in snapshot.analysis.exports(index).bindings}
    seen: set[tuple[str, str]] = set()
    made = []
    for d in sorted(facts.definitions, key=lambda d: d.span):
        if (d.container, d.name) in seen or d.kind == "import":
            continue
        seen.add((d.container, d.name))
        binding = exports.get(d.name) if not d.container else None
        kind = "table" if binding is not None and binding.is_table else d.kind
        made.append(Symbol(d.name, kind, d.span, d.extent, d.container))
    return made


def findings(snapshot: Snapshot, index: int) -> Sequence[Finding]:
    """Everything to report about a cell; settles all cells first, since a finding may ask about cells below."""
    snapshot.analysis.settle()
    return snapshot.analysis.findings(index)


def _definition_of(snapshot: Snapshot, found: Site, reference: Reference) -> Location | None:
    cell = found.context.cell
    if reference.write or reference.local:
        before = [
            d
            for d in found.context.facts.definitions
            if d.name == reference.name and not d.container and d.span.start <= reference.span.start
        ]
        after = [d for d in found.context.facts.definitions if d.name == reference.name and not d.container]
        if before or after:
            chosen = max(before, key=lambda d: d.span.start) if before else after[0]
            return Location(chosen.span.shift(found.shift), cell.id)
    binding = binding_of(found, reference)
    if binding is not None and binding.origin is not None:
        return located(snapshot.notebook, binding.origin)
    return None
