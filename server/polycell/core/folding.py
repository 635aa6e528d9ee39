"""What can be folded in a cell: definitions, tables of a query, blocks of imports, and what its language adds."""

from __future__ import annotations

from collections.abc import Sequence

from polycell.core.guard import guard
from polycell.core.results import Fold
from polycell.core.service import Services
from polycell.core.session import Snapshot
from polycell.core.text import Span

_KINDS = frozenset({"function", "class", "method", "table"})


def folds(snapshot: Snapshot, services: Services, index: int) -> Sequence[Fold]:
    """Spans of the cell's text that reach over more than one line, outer ones first; the cell itself is not among
    them."""
    cell = snapshot.notebook.cells[index]
    if cell.kind != "code":
        return ()
    facts = snapshot.analysis.facts(index)
    made = [Fold(d.extent) for d in facts.definitions if d.kind in _KINDS]
    nothing: Sequence[Fold] = ()
    made += guard(
        "folds", cell, nothing, lambda: list(services.of(cell.language).folds(snapshot.analysis.context(index)))
    )
    told = any(f.kind == "imports" for f in made)
    imports = [] if told else sorted({d.extent for d in facts.definitions if d.kind == "import" and not d.container})
    start = 0
    for at in range(1, len(imports) + 1):
        if at == len(imports) or cell.text[imports[at - 1].end : imports[at].start].strip():
            made.append(Fold(Span(imports[start].start, imports[at - 1].end), "imports"))
            start = at
    seen: set[Span] = set()
    kept = []
    for fold in sorted(made, key=lambda f: (f.span.start, -f.span.end)):
        text = fold.span.of(cell.text)
        if fold.span not in seen and ("\n" in text or "\r" in text):
            seen.add(fold.span)
            kept.append(fold)
    return kept
