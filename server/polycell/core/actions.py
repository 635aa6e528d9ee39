"""What an editor may offer at a place: the fixes of the findings there, what the cell's language knows to do, and what
other languages offer everywhere.

Only what certainly means what its title says is handed on: edits that lie in their cells and do not overlap, moves that
leave every other name with the meaning it has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from polycell.core.environment import fold
from polycell.core.fragments import Site
from polycell.core.guard import guard
from polycell.core.results import Action, Edit, Finding, Move
from polycell.core.service import Services
from polycell.core.session import Snapshot
from polycell.core.site import site
from polycell.core.text import Span
from polycell.core.values import replace

Accept = Callable[[Finding], bool]


def actions(
    snapshot: Snapshot, services: Services, cell_id: str, span: Span, accept: Accept = lambda finding: True
) -> Sequence[Action]:
    """Fixes of the accepted findings that `span` touches, then actions of the language at the span's start."""
    snapshot.analysis.settle()
    found = site(snapshot, services, cell_id, span.start)
    if found is None:
        return ()
    made: list[Action] = []
    for finding in snapshot.analysis.findings(found.context.index):
        if accept(finding) and finding.span.start <= span.end and span.start <= finding.span.end:
            made += (
                Action(fix.title, "quickfix", fix.edits, None, fix.move, fix.preferred, finding)
                for fix in finding.fixes
            )
    nothing: Sequence[Action] = ()
    inner = Span(found.offset, max(found.offset, min(span.end - found.shift, len(found.context.cell.text))))
    offered = guard("actions", found.context.cell, nothing, lambda: tuple(found.service.actions(found.context, inner)))
    made += (_outside(found, action) for action in offered)
    if services.offers:
        own = {b.name: b for b in snapshot.analysis.exports(found.context.index).bindings}
        after = replace(found.context, view=found.context.view.with_overlay(own))
        for offer in services.offers:
            offered = guard("offers", after.cell, nothing, lambda offer=offer: tuple(offer(after, inner)))  # type: ignore[misc]
            made += (_outside(found, action) for action in offered)
    return tuple(action for action in made if _sound(snapshot, action))


def metadata_actions(snapshot: Snapshot, services: Services, path: tuple[str | int, ...]) -> Sequence[Action]:
    """What can be done about the value at a path of the notebook's metadata."""
    if not snapshot.notebook.cells:
        return ()
    snapshot.analysis.settle()
    context = snapshot.analysis.context(0)
    made: list[Action] = []
    nothing: Sequence[Action] = ()
    for offer in services.metadata_offers:
        made += guard("metadata offers", context.cell, nothing, lambda offer=offer: tuple(offer(context, path)))  # type: ignore[misc]
    return tuple(action for action in made if _sound(snapshot, action))


def _outside(found: Site, action: Action) -> Action:
    """A fragment's action with positions of the cell that the fragment is in."""
    own = found.context.cell.id
    if found.fragment is None:
        return action
    edits = tuple(replace(e, span=e.span.shift(found.shift)) if e.cell == own else e for e in action.edits)
    return replace(action, edits=edits)


def _sound(snapshot: Snapshot, action: Action) -> bool:
    if not (action.edits or action.metadata or action.insert_cell or action.move):
        return False
    if action.insert_cell is not None and snapshot.notebook.index(action.insert_cell.after) is None:
        return False
    return fits(snapshot, action.edits) and (action.move is None or keeps_meaning(snapshot, action.move))


def fits(snapshot: Snapshot, edits: Iterable[Edit]) -> bool:
    """Whether all edits lie in cells of the notebook, and none of a cell overlaps another."""
    by_cell: dict[str, list[Span]] = {}
    for edit in edits:
        by_cell.setdefault(edit.cell, []).append(edit.span)
    for cell_id, spans in by_cell.items():
        index = snapshot.notebook.index(cell_id)
        if index is None:
            return False
        spans.sort()
        if spans[0].start < 0 or spans[-1].end > len(snapshot.notebook.cells[index].text):
            return False
        if any(s.end < s.start for s in spans):
            return False
        if any(a.end > b.start or a == b for a, b in pairwise(spans)):
            return False
    return True


def apply(text: str, edits: Iterable[Edit]) -> str:
    """The text after edits that do not overlap, all of them made to this text."""
    for edit in sorted(edits, key=lambda e: e.span, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


def keeps_meaning(snapshot: Snapshot, move: Move) -> bool:
    """Whether a cell can be moved up so that only names that had no meaning get one.

    Everything the cell uses must mean the same at the new place, and no cell that it passes may use or bind a name
    that it binds, but where that name was missing.
    """
    start, end = snapshot.notebook.index(move.before), snapshot.notebook.index(move.cell)
    if start is None or end is None or start >= end or snapshot.analysis.host.order == "any":
        return False
    analysis = snapshot.analysis
    moved, there = analysis.context(end), analysis.context(start).view
    if moved.cell.language != snapshot.notebook.cells[start].language or moved.facts.opens or moved.facts.fragments:
        return False
    if moved.cell.space != snapshot.notebook.cells[start].space or moved.facts.magics or moved.cell.magic:
        return False
    for use in moved.facts.uses:
        if there.lookup(use.name) != moved.view.lookup(use.name):
            return False
    bound = {fold(b.name) for b in analysis.exports(end).bindings} | {fold(d.name) for d in moved.facts.definitions}
    needed = {fold(use.name) for use in moved.facts.uses}
    for index in range(start, end):
        context = analysis.context(index)
        if context.facts.opens:
            return False
        given = {fold(b.name) for b in analysis.exports(index).bindings}
        given |= {fold(d.name) for d in context.facts.definitions}
        if given & (bound | needed):
            return False
        if any(fold(r.name) in bound and context.view.lookup(r.name) is not None for r in context.facts.references):
            return False
    return True
