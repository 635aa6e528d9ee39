"""The mode `companion`: beside another Python server, we say about Python only what that cannot know.

What it cannot know: columns, tables, names that come from cells of other languages, and what holds for the notebook as
a whole. Everything said about cells in other languages stays.
"""

from __future__ import annotations

import builtins

from polycell.core.environment import Binding
from polycell.core.notebook import Cell
from polycell.core.patterns import pattern
from polycell.core.results import Completion, Completions, Finding, Hover, Location
from polycell.core.service import Context, Services
from polycell.core.site import site
from polycell.lsp.state import Target

# A Python server reports these too, and usually earlier.
THEIRS = frozenset(
    {"syntax-error", "undefined-name", "wrong-arguments", "immutable-item", "not-callable", "unknown-method"}
)
FARTHEST = 8  # values made of one another that are followed
_FIRST = pattern(r"\s*\(*\s*([^\W\d]\w*)\s*(?=[.\[)]|\Z)")
_BY_MAGIC = pattern(r"\s*(?:[\w, ]+=\s*)?[!%]")  # `files = !ls`, `%%capture out`
_OURS = frozenset({"column", "magic", "value", "file"})
_CONSTANTS = frozenset(name for name, value in vars(builtins).items() if not callable(value))


def is_theirs(cell: Cell) -> bool:
    return cell.language == "python"


def completions(target: Target, services: Services, answer: Completions) -> Completions:
    """Without plain Python names; a name given by a cell of another language stays, with its members, and all in a
    query."""
    context = target.snapshot.analysis.context(target.index)
    if context.cell.language != "python" or _in_fragment(target, services):
        return answer
    from polycell.languages.python.syntax import cursor

    here = cursor.site(context.cell.text, target.offset)
    if here.attribute and _comes_from_elsewhere(target, context, here.receiver):
        return answer
    kept = tuple(item for item in answer.items if _is_ours(item) or _is_foreign(context, item.label))
    return Completions(kept, answer.incomplete)


def _is_ours(item: Completion) -> bool:
    return item.kind in _OURS and item.label not in _CONSTANTS


def _in_fragment(target: Target, services: Services) -> bool:
    """Whether a place in a Python cell is in text of another language."""
    here = site(target.snapshot, services, target.cell, target.offset, ready=True)
    return here is not None and here.context.cell.language != "python"


def hover(target: Target, services: Services, answer: Hover) -> Hover | None:
    """Nothing about a plain Python name; columns and tables stay. Call with the cell settled."""
    context = target.snapshot.analysis.context(target.index)
    if context.cell.language != "python" or _in_fragment(target, services):
        return answer
    from polycell.core import features

    if features.names_column(target.snapshot, services, target.cell, target.offset):
        return answer
    name = answer.span.of(context.cell.text)
    referenced = any(reference.span.touches(target.offset) for reference in context.facts.references)
    above = context.view.lookup(name)
    if not referenced and above is None:  # a magic, a part of a text
        return answer
    made = (b for b in target.snapshot.analysis.exports(target.index).bindings if b.name == name)
    known = next(made, above)
    return answer if (known is not None and known.is_table) or _is_foreign(context, name) else None


def locations(target: Target, found: tuple[Location, ...]) -> tuple[Location, ...]:
    """Without places in Python cells, when the question came from one."""
    cells = {cell.id: cell for cell in target.snapshot.notebook.cells}
    if not is_theirs(cells[target.cell]):
        return found
    return tuple(where for where in found if where.cell not in cells or not is_theirs(cells[where.cell]))


def findings(cell: Cell, found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    return tuple(f for f in found if f.code not in THEIRS) if is_theirs(cell) else found


def _comes_from_elsewhere(target: Target, context: Context, receiver: str) -> bool:
    """Whether an expression begins with a name that no Python gives, or with what was made of one."""
    own = {b.name: b for b in target.snapshot.analysis.exports(target.index).bindings}
    for _ in range(FARTHEST):
        found = _FIRST.match(receiver)
        binding = own.get(found[1]) or context.view.lookup(found[1]) if found is not None else None
        if binding is None:
            return False
        if _is_given_by_others(context, binding):
            return True
        receiver = binding.source
    return False


def _is_foreign(context: Context, name: str) -> bool:
    binding = context.view.lookup(name)
    return binding is not None and _is_given_by_others(context, binding)


def _is_given_by_others(context: Context, binding: Binding) -> bool:
    return (
        binding.space != "python"
        or binding.kind == "result"
        or _BY_MAGIC.match(binding.source) is not None
        or _language_of(context, binding.origin) != "python"
    )


def _language_of(context: Context, origin: object) -> str:
    cell_id = getattr(origin, "cell", "")
    index = context.notebook.index(cell_id) if cell_id else None
    return context.notebook.cells[index].language if index is not None else "python"
