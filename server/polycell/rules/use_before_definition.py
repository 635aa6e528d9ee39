"""`use-before-definition`: a name is used above the place that defines it, so a run from top to bottom fails."""

from __future__ import annotations

from collections.abc import Iterator

from polycell.core.facts import Definition, Use
from polycell.core.results import Finding, Fix, Location, Move, Related
from polycell.core.service import Context
from polycell.core.text import Span
from polycell.core.types import Anchor
from polycell.rules.imports import add_import
from polycell.rules.missing import missing_names


class UseBeforeDefinition:
    code = "use-before-definition"

    def check(self, context: Context) -> Iterator[Finding]:
        if context.host.order == "any":
            return
        for missing in missing_names(context):
            name = missing.use.name
            if missing.own:
                yield self._in_cell(context, missing.use, missing.own)
                continue
            if context.view.defined_later(name):
                yield self._below(context, missing.use, context.view.defined_below(name))

    def _in_cell(self, context: Context, use: Use, own: tuple[Definition, ...]) -> Finding:
        later = next((d for d in own if d.span.start > use.span.start), None)
        around = next((d for d in own if d.extent.start <= use.span.start < d.extent.end), None)
        name = use.name
        if around is not None:
            message = f"`{name}` is used in the statement that first defines it."
        elif later is not None:
            message = f"`{name}` is used before it is defined further down in this cell."
        else:
            message = f"`{name}` is used after this cell deleted it."
        target = around or later or own[-1]
        related = Related(Location(target.span, context.cell.id), f"`{name}` is defined here")
        return Finding(self.code, use.span, message, "warning", (related,))

    def _below(self, context: Context, use: Use, below: Anchor | None) -> Finding:
        name = use.name
        index = context.notebook.index(below.cell) if below is not None else None
        related: tuple[Related, ...] = ()
        fixes: tuple[Fix, ...] = ()
        if below is not None and index is not None:
            cell = context.notebook.cells[index]
            place = below.find(cell.text)
            span = Span(*place) if place else Span(0, 0)
            related = (Related(Location(span, cell.id), f"`{name}` is defined here"),)
            # Whether the move would change what other names mean is looked at when somebody asks for it.
            move = Move(cell.id, context.cell.id)
            fixes = (Fix(f"Move the cell that defines `{name}` above this cell", move=move),)
            added = add_import(context, name) if _is_import(place, cell.text) else None
            fixes += (added,) if added is not None else ()
        message = f"`{name}` is used here and defined only in a cell below: a run from top to bottom fails here."
        return Finding(self.code, use.span, message, "warning", related, fixes)


def _is_import(place: tuple[int, int] | None, text: str) -> bool:
    """Whether the name stands on a line that imports."""
    if place is None:
        return False
    start = max(text.rfind("\n", 0, place[0]), text.rfind("\r", 0, place[0])) + 1
    return text[start : place[0]].lstrip().startswith(("import ", "from "))
