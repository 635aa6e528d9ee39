"""What `polycell show` knows about a notebook: for each cell its language, what it uses from where, what it gives."""

from __future__ import annotations

import builtins
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from msgspec import Struct

from polycell.core import features
from polycell.core.environment import Binding, View
from polycell.core.facts import Use
from polycell.core.notebook import Cell, Notebook
from polycell.core.service import Services
from polycell.core.session import Snapshot
from polycell.core.types import Type


class Used(Struct, frozen=True):
    """A name that a cell takes from elsewhere. `cell` counts from 1; None when no cell gives it.

    `below`: no cell that it sees gives the name, but one further down does.
    """

    name: str
    cell: int | None = None
    type: Type | None = None
    below: bool = False


class CellView(Struct, frozen=True):
    """`number` counts from 1 over all cells. `opens`: why the cell may define names that nobody sees."""

    number: int
    cell: Cell
    uses: tuple[Used, ...] = ()
    exports: tuple[Binding, ...] = ()
    opens: tuple[str, ...] = ()


class NotebookView(Struct, frozen=True):
    notebook: Notebook
    cells: tuple[CellView, ...]


def inspect(snapshot: Snapshot, services: Services) -> NotebookView:
    """Everything that is shown of a notebook."""
    analysis = snapshot.analysis
    analysis.settle()
    givers = _givers(snapshot)
    views = []
    for index, cell in enumerate(snapshot.notebook.cells):
        exports = analysis.exports(index)
        uses = tuple(_uses(snapshot, services, index, givers))
        # A name in brackets is a remark of the analysis to itself ("(working folder)").
        given = tuple(b for b in exports.bindings if not b.name.startswith("("))
        views.append(CellView(index + 1, cell, uses, given, exports.opens))
    return NotebookView(snapshot.notebook, tuple(views))


# Names of the language itself: used without being anybody's to give.
_BUILTIN = {"python": frozenset(dir(builtins))}

_Givers = dict[tuple[str, str], list[int]]


def _givers(snapshot: Snapshot) -> _Givers:
    """(space, name) → indices of the cells that give it, ascending."""
    found: _Givers = {}
    for index in range(len(snapshot.notebook.cells)):
        for binding in snapshot.analysis.exports(index).bindings:
            found.setdefault((binding.space, binding.name), []).append(index)
    return found


def _uses(snapshot: Snapshot, services: Services, index: int, givers: _Givers) -> Iterator[Used]:
    seen: set[str] = set()
    cell = snapshot.notebook.cells[index].id
    for view, language, uses in _parts(snapshot, services, index):
        ambient = view.host.ambient.get(language, frozenset()) | _BUILTIN.get(language, frozenset())
        for use in uses:
            if use.name in seen:
                continue
            seen.add(use.name)
            binding = view.lookup(use.name) or (view.lookup_folded(use.name) if use.table else None)
            if binding is not None and binding.origin is not None and binding.origin.cell == cell:
                continue  # made by the cell itself, for a fragment further down in it
            if binding is not None:
                yield Used(use.name, _giver(binding, index, givers, view.host.order == "any"), binding.type)
            elif use.name not in ambient and not use.guarded:
                # What another language makes of a name whose type is not known is not told; whose it is, is.
                untold = givers.get(("python", use.name), []) if use.table else []
                above = untold[bisect_left(untold, index) - 1] + 1 if untold and untold[0] < index else None
                yield Used(use.name, above, below=above is None and view.defined_later(use.name))


def _parts(snapshot: Snapshot, services: Services, index: int) -> Iterator[tuple[View, str, Sequence[Use]]]:
    """The cell itself, and each fragment of another language in it."""
    cell = snapshot.notebook.cells[index]
    if cell.kind != "code":
        return
    facts = snapshot.analysis.facts(index)
    yield snapshot.analysis.context(index).view, cell.language, facts.uses
    for fragment in facts.fragments:
        site = features.site(snapshot, services, cell.id, fragment.span.start)
        if site is not None and site.shift == fragment.span.start and site.context.facts is not facts:
            inner = site.context
            own = {d.name for d in facts.definitions}
            yield inner.view, fragment.language, [u for u in inner.facts.uses if u.name not in own]


def _giver(binding: Binding, index: int, givers: _Givers, anywhere: bool) -> int | None:
    """The number of the cell that gives a binding: the nearest above, or any where the host does not order cells."""
    cells = givers.get((binding.space, binding.name), [])
    above = bisect_left(cells, index)
    if above:
        return cells[above - 1] + 1
    others = [c for c in cells if c != index]
    return others[-1] + 1 if anywhere and others else None
