"""What Python certainly refuses when it comes to it, watched while the interpreter walks: calls of functions of the
notebook that do not fit their parameters, calls of what is no function (`df.shape()`), a list's methods on a tuple, and
items put into a tuple, a string, an index, or a frame that has no such assignment.

As for columns (uses.py), nothing is noted where the code may not run or expects to fail, and a place that is walked
several times counts only where it was wrong each time.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping

from polycell.core.results import Finding
from polycell.core.text import Span
from polycell.core.types import (
    STRING,
    Collection,
    Column,
    Evidence,
    Flavour,
    Function,
    Opaque,
    Scalar,
    Series,
    Table,
    Type,
)
from polycell.languages.python.flow.interpreter import Interpreter, Watcher
from polycell.languages.python.flow.uses import bound_on_some_paths
from polycell.languages.python.syntax.call_forms import parameters, unbindable

ARGUMENTS = "wrong-arguments"
ITEM = "immutable-item"
CALLED = "not-callable"
METHOD = "unknown-method"

_POLARS = {"columns": "a list", "dtypes": "a list", "shape": "a tuple", "height": "a number", "width": "a number"}
_ARRAY = {"shape": "a tuple", "size": "a number", "ndim": "a number", "values": "an array", "empty": "true or false"}
# What a frame has that is no function, and what it is instead: whoever calls it gets a `TypeError`.
_NO_FUNCTIONS: Mapping[str, Mapping[str, str]] = {
    "pandas": {**_ARRAY, "columns": "an index", "index": "an index", "dtypes": "a series", "T": "a frame"},
    "pandas series": {**_ARRAY, "index": "an index", "dtype": "a type"},
    "polars": _POLARS,
    "spark": {"columns": "a list", "dtypes": "a list"},
}
# Methods of lists that tuples and strings do not have.
_OF_LISTS = frozenset({"append", "extend", "insert", "remove", "pop", "clear", "sort", "reverse"})
WORDS = _OF_LISTS.union(*_NO_FUNCTIONS.values())  # what is called where there may be something wrong
_GUESSED = frozenset({Evidence.SAVED_OUTPUT, Evidence.USAGE})


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

    def called(self, run: Interpreter, function: ast.Attribute, receiver: Type) -> None:
        where = run.source.span(function)
        what = _no_function(function.attr, receiver)
        code = CALLED if what else METHOD
        message = f"`{function.attr}` is {what} and no function: it cannot be called." if what else ""
        if not what and function.attr in _OF_LISTS and isinstance(function.value, ast.Name):
            name = function.value.id
            slot = run.slot(name)
            kind = _immutable(receiver, slot.source) if slot is not None else None
            if slot is not None and kind:
                message = f"`{name}` is a {kind} (`{slot.source}`), which has no `{function.attr}`."
        if not message or not run.state.live or bound_on_some_paths(run, function.value):
            self.found[where] = None
            return
        span = Span(where.end - len(function.attr), where.end)
        self.found.setdefault(where, Finding(code, span, message, "warning"))

    def store(self, run: Interpreter, target: ast.Subscript) -> None:
        owner = target.value
        if isinstance(owner, ast.Attribute):
            self._store_in_index(run, target, owner)
            return
        slot = run.slot(owner.id) if isinstance(owner, ast.Name) else None
        if slot is None or slot.maybe or not run.state.live:
            return
        where = run.source.span(target)
        name, type_ = run.text_of(owner), run.object(slot.address)
        if isinstance(type_, Table):
            message = _frame_message(name, type_, target)
        elif type_ == _INDEX:
            message = f"`{name}` is an index of pandas: its items cannot be assigned."
        else:
            kind = _immutable(type_, slot.source)
            message = f"`{name}` is a {kind} (`{slot.source}`): its items cannot be assigned." if kind else ""
        if not message:
            self.found[where] = None
            return
        self.found.setdefault(where, Finding(ITEM, where, message, "warning"))

    def _store_in_index(self, run: Interpreter, target: ast.Subscript, owner: ast.Attribute) -> None:
        """`df.columns[0] = …`"""
        table = run.evaluate(owner.value)
        where = run.source.span(target)
        if not isinstance(table, Table) or _no_function(owner.attr, table) != "an index":
            return
        if not run.state.live or bound_on_some_paths(run, owner.value):
            self.found[where] = None
            return
        message = f"`{run.text_of(owner)}` is an index of pandas: its items cannot be assigned."
        if owner.attr == "columns":
            message += " `rename(columns={…})` gives a column another name."
        self.found.setdefault(where, Finding(ITEM, where, message, "warning"))


def _no_function(attribute: str, receiver: Type) -> str:
    """What an attribute of a frame or column is that is no function; "" where it may be called, or the kind of frame is
    guessed from what was printed."""
    kind: str
    columns: tuple[Column, ...]
    if isinstance(receiver, Table) and not receiver.library:
        kind, columns = receiver.flavour, receiver.columns
    elif isinstance(receiver, Series) and receiver.flavour == "pandas":
        kind, columns = "pandas series", (receiver.column,)
    else:
        return ""
    return "" if any(c.evidence in _GUESSED for c in columns) else _NO_FUNCTIONS.get(kind, {}).get(attribute, "")


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


_INDEX = Opaque("pandas.Index")
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
