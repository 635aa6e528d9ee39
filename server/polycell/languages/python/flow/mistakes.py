"""What Python certainly refuses when it comes to it, watched while the interpreter walks: calls of functions of the
notebook that do not fit their parameters, and items put into a tuple, a string, or a frame that has no such assignment.

As for columns (uses.py), nothing is noted where the code may not run or expects to fail, and a place that is walked
several times counts only where it was wrong each time.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping

from polycell.core.results import Finding
from polycell.core.text import Span
from polycell.core.types import STRING, Collection, Flavour, Function, Scalar, Table, Type
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
        name, type_ = run.text_of(owner), run.object(slot.address)
        if isinstance(type_, Table):
            message = _frame_message(name, type_, target)
        else:
            kind = _immutable(type_, slot.source)
            message = f"`{name}` is a {kind} (`{slot.source}`): its items cannot be assigned." if kind else ""
        if not message:
            self.found[where] = None
            return
        self.found.setdefault(where, Finding(ITEM, where, message, "warning"))


def _immutable(type_: Type, source: str) -> str | None:
    """The kind of a value that was written out where its name was bound, where such a one never changes."""
    string = isinstance(type_, Scalar) and type_.type == STRING
    if not string and not (isinstance(type_, Collection) and type_.kind == "tuple"):
        return None
    try:
        node = ast.parse(source, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return "string"
    return "tuple" if isinstance(node, ast.Tuple) else None


# Frames that take no `df["x"] = …`: what they are called, and what gives a column instead. polars takes other keys.
_FRAMES: Mapping[Flavour, tuple[str, str]] = {
    "spark": ("Spark DataFrame", "{0}.withColumn({1}, …)"),
    "polars": ("polars DataFrame", "{0}.with_columns((…).alias({1}))"),
    "polars-lazy": ("polars LazyFrame", "{0}.with_columns((…).alias({1}))"),
}


def _frame_message(name: str, table: Table, target: ast.Subscript) -> str:
    key = target.slice
    if table.flavour not in _FRAMES or not (isinstance(key, ast.Constant) and isinstance(key.value, str)):
        return ""
    kind, instead = _FRAMES[table.flavour]
    written = instead.format(name, json.dumps(key.value, ensure_ascii=False))
    return f"`{name}` is a {kind}: its columns cannot be assigned. Write `{name} = {written}`."
