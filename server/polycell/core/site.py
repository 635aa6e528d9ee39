"""Where a request points to: the cell, or the fragment of another language inside it (`x = %sql select …`)."""

from __future__ import annotations

from polycell.core.fragments import Site, fragment_site, fragments_of
from polycell.core.service import Context, Services
from polycell.core.session import Snapshot


def context_of(snapshot: Snapshot, cell_id: str, *, ready: bool = False) -> Context | None:
    """The context of a cell, with everything above it settled, or (`ready`) with what is settled now; None for a cell
    that is not there.

    What the cell itself gives to others can wait until after the answer.
    """
    index = snapshot.notebook.index(cell_id)
    if index is None:
        return None
    if not ready:
        snapshot.analysis.settle(until=index - 1)
    return snapshot.analysis.context(index)


def site(snapshot: Snapshot, services: Services, cell_id: str, offset: int, *, ready: bool = False) -> Site | None:
    context = context_of(snapshot, cell_id, ready=ready)
    if context is None:
        return None
    offset = min(max(offset, 0), len(context.cell.text))
    service = services.of(context.cell.language)
    for fragment in fragments_of(services, context, offset):
        return fragment_site(services, service, context, fragment, offset)
    if context.cell.kind == "markup":
        return None
    return Site(service, context, offset)


def unread(snapshot: Snapshot, cell_id: str, offset: int) -> tuple[Context, int] | None:
    """(context, offset inside of its text) of a place in code, whatever the cells above give: none of them is read."""
    context = context_of(snapshot, cell_id, ready=True)
    if context is None or context.cell.kind != "code":
        return None
    return context, min(max(offset, 0), len(context.cell.text))


def outermost(snapshot: Snapshot, services: Services, found: Site, offset: int) -> Site:
    """The whole cell of a site that may be a fragment's."""
    if found.fragment is None:
        return found
    context = snapshot.analysis.context(found.context.index)
    return Site(services.of(context.cell.language), context, offset)
