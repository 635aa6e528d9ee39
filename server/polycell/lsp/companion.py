"""The mode `companion`: beside another Python server, we say about Python only what that cannot know.

What it cannot know: columns, tables, names that come from cells of other languages, and what holds for the notebook as
a whole. Everything said about cells in other languages stays.
"""

from __future__ import annotations

from polycell.core.notebook import Cell
from polycell.core.results import Completions, Finding, Hover, Location
from polycell.core.service import Context
from polycell.lsp.state import Target

# A Python server reports these too, and usually earlier.
THEIRS = frozenset({"syntax-error", "undefined-name"})
_OURS = frozenset({"column", "table", "magic", "value", "file"})


def is_theirs(cell: Cell) -> bool:
    return cell.language == "python"


def completions(context: Context, answer: Completions) -> Completions:
    """Without plain Python names; a name given by a cell of another language stays."""
    if context.cell.language != "python":
        return answer
    kept = tuple(item for item in answer.items if item.kind in _OURS or _is_foreign(context, item.label))
    return Completions(kept, answer.incomplete)


def hover(context: Context, offset: int, answer: Hover) -> Hover | None:
    """Nothing about a plain Python name; columns and tables stay."""
    if context.cell.language != "python":
        return answer
    for reference in context.facts.references:
        if reference.span.touches(offset):
            binding = context.view.lookup(reference.name)
            known = binding is not None and binding.is_table
            return answer if known or _is_foreign(context, reference.name) else None
    return answer


def locations(target: Target, found: tuple[Location, ...]) -> tuple[Location, ...]:
    """Without places in Python cells, when the question came from one."""
    cells = {cell.id: cell for cell in target.snapshot.notebook.cells}
    if not is_theirs(cells[target.cell]):
        return found
    return tuple(where for where in found if where.cell not in cells or not is_theirs(cells[where.cell]))


def findings(cell: Cell, found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    return tuple(f for f in found if f.code not in THEIRS) if is_theirs(cell) else found


def _is_foreign(context: Context, name: str) -> bool:
    binding = context.view.lookup(name)
    return binding is not None and (
        binding.space != "python" or binding.kind == "result" or _language_of(context, binding.origin) != "python"
    )


def _language_of(context: Context, origin: object) -> str:
    cell_id = getattr(origin, "cell", "")
    index = context.notebook.index(cell_id) if cell_id else None
    return context.notebook.cells[index].language if index is not None else "python"
