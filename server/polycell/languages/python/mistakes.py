"""`wrong-arguments`, `immutable-item`, `not-callable` and `unknown-method`: what Python certainly refuses when the cell
runs."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from polycell.core.results import Finding
from polycell.core.service import Context
from polycell.languages.python.flow.exports import run
from polycell.languages.python.flow.mistakes import WORDS, Mistakes
from polycell.languages.python.syntax.source import PythonSource


def mistakes(context: Context) -> Iterator[Finding]:
    """In order of text. A cell that can hold none is not walked."""
    source = context.facts.analysis
    if not isinstance(source, PythonSource) or source.tree is None or source.broken:
        return
    if not _candidates(context, source) or context.view.opens():
        return
    watcher = Mistakes()
    run(context, uses=watcher)
    yield from sorted(watcher.findings(), key=lambda f: f.span)


def _candidates(context: Context, source: PythonSource) -> bool:
    """Whether a function of the notebook is called, an item assigned, or an attribute called that may be none."""
    here = {d.name for d in context.facts.definitions if d.kind == "function"}
    above = {use.name for use in context.facts.uses}
    for node in source.stores:
        changed = node.value if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store) else None
        if isinstance(changed, ast.Name) or getattr(changed, "attr", "") in ("columns", "index"):
            return True
    for call in source.calls:
        if isinstance(call.func, ast.Attribute) and call.func.attr in WORDS:
            return True
        if isinstance(call.func, ast.Name):
            name = call.func.id
            if name in here:
                return True
            binding = context.view.lookup(name) if name in above else None
            if binding is not None and binding.kind == "function":
                return True
    return False
