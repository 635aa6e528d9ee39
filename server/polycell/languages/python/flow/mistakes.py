"""What Python certainly refuses when it comes to it, watched while the interpreter walks: calls of functions of the
notebook that do not fit their parameters, and items put into a tuple.

As for columns (uses.py), nothing is noted where the code may not run or expects to fail, and a place that is walked
several times counts only where it was wrong each time.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from polycell.core.results import Finding
from polycell.core.text import Span
from polycell.core.types import Collection, Function, Type
from polycell.languages.python.call_forms import parameters, unbindable
from polycell.languages.python.flow.interpreter import Interpreter, Watcher

ARGUMENTS = "wrong-arguments"
ITEM = "immutable-item"


class Mistakes(Watcher):
    """`found` has what is wrong at each place; None where it was right once."""

    def __init__(self) -> None:
        self.found: dict[Span, Finding | None] = {}

    def findings(self) -> Iterator[Finding]:
        return (found for found in self.found.values() if found is not None)

    def own(self, run: Interpreter, node: ast.Call, callee: Function) -> None:
        function = node.func
        slot = run.slot(function.id) if isinstance(function, ast.Name) else None
        if slot is None or slot.kind != "function" or slot.maybe or not callee.exact or not run.state.live:
            return
        taken = parameters(callee.signature)
        wrong = unbindable(node, taken) if taken is not None else None
        name = run.text_of(function)
        where = run.source.span(node)
        if wrong is None:
            self.found[where] = None
            return
        span = run.source.span(wrong[0])
        message = f"`{name}{callee.signature}` {wrong[1]}"
        self.found.setdefault(where, Finding(ARGUMENTS, span, message, "warning"))

    def store(self, run: Interpreter, target: ast.Subscript) -> None:
        owner = target.value
        slot = run.slot(owner.id) if isinstance(owner, ast.Name) else None
        if slot is None or slot.maybe or not run.state.live:
            return
        where = run.source.span(target)
        kind = _immutable(run.object(slot.address), slot.source)
        if kind is None:
            self.found[where] = None
            return
        message = f"`{run.text_of(owner)}` is a {kind} (`{slot.source}`): its items cannot be assigned."
        self.found.setdefault(where, Finding(ITEM, where, message, "warning"))


def _immutable(type_: Type, source: str) -> str | None:
    """The kind of a value that was written out where its name was bound, where such a one never changes."""
    if not (isinstance(type_, Collection) and type_.kind == "tuple"):
        return None
    try:
        node = ast.parse(source, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return "tuple" if isinstance(node, ast.Tuple) else None
