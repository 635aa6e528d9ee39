"""Where a request points to: the cell, or the fragment of another language inside it (`x = %sql select …`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from polycell.core.analysis import guard
from polycell.core.environment import Binding
from polycell.core.facts import Fragment
from polycell.core.notebook import Cell
from polycell.core.service import Context, LanguageService, Services
from polycell.core.session import Snapshot


@dataclass(frozen=True, slots=True)
class Site:
    """Where a request points to: the context and offset to ask `service` with, and how far to shift its answers."""

    service: LanguageService
    context: Context
    offset: int
    shift: int = 0


def context_of(snapshot: Snapshot, cell_id: str) -> Context | None:
    """The context of a cell, with everything above it settled; None for a cell that is not there.

    What the cell itself gives to others can wait until after the answer.
    """
    index = snapshot.notebook.index(cell_id)
    if index is None:
        return None
    snapshot.analysis.settle(until=index - 1)
    return snapshot.analysis.context(index)


def site(snapshot: Snapshot, services: Services, cell_id: str, offset: int) -> Site | None:
    context = context_of(snapshot, cell_id)
    if context is None or context.cell.kind != "code":
        return None
    offset = min(max(offset, 0), len(context.cell.text))
    service = services.of(context.cell.language)
    for fragment in context.facts.fragments:
        if fragment.span.touches(offset):
            return fragment_site(services, service, context, fragment, offset)
    return Site(service, context, offset)


def fragment_site(
    services: Services, outer: LanguageService, context: Context, fragment: Fragment, offset: int
) -> Site:
    """The fragment as a cell of its own, seen from where it stands; `offset` is one of the outer cell."""
    inner = services.of(fragment.language)
    told = {"dialect": fragment.dialect, "connection": fragment.connection}
    cell = Cell(
        id=context.cell.id,
        language=fragment.language,
        text=fragment.text or fragment.span.of(context.cell.text),
        metadata={"polycell": told} if fragment.dialect is not None else {},
    )
    nothing: Mapping[str, Binding] = {}
    scope = guard("scope", context.cell, nothing, lambda: outer.scope_at(context, fragment.span.start))
    view = context.view.with_overlay(scope, fragment.language)
    facts = guard("facts", cell, context.facts, lambda: inner.facts(cell, context.host))
    made = Context(context.notebook, cell, context.index, facts, view, context.host, fragment.span.start)
    return Site(inner, made, offset - fragment.span.start, fragment.span.start)
