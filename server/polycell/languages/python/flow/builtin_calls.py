"""What calls of Python's own functions give."""

from __future__ import annotations

import ast

from polycell.core.types import BOOL, FLOAT64, INT64, NULL, STRING, UNKNOWN, Collection, Record, Scalar, Type
from polycell.core.values import replace
from polycell.languages.python.flow.interpreter import Interpreter
from polycell.languages.python.frames.registry import Argument
from polycell.languages.python.syntax.values import (
    PATH,
    collection,
    element_of,
    items_in_any_order,
    items_of,
    of_value,
    value_of,
)

MAPPED = 64  # items over which a function is applied one by one


def builtin(
    run: Interpreter, node: ast.Call, name: str, positional: list[Argument] | None, named: dict[str, Argument]
) -> Type:
    first = positional[0].type if positional else None
    if name == "len" and isinstance(first, Collection) and first.kind in ("array", "tuple") and first.items is not None:
        return of_value(len(first.items))
    if name in _BUILTIN_TYPES:
        result = _BUILTIN_TYPES[name]
        if name == "str" and isinstance(first, Scalar) and first.type in (STRING, PATH):
            return Scalar(STRING, first.value)
        if name == "str" and isinstance(first, Scalar) and type(first.value) is int and abs(first.value) < 10**9:
            return of_value(str(first.value))
        return result
    if name in ("list", "tuple", "sorted", "reversed", "set"):
        kind = {"sorted": "list", "reversed": "sequence"}.get(name, name)
        if first is None:
            return Collection(kind, items=() if name in ("list", "tuple") and not node.args else None)
        items = items_in_any_order(first)
        if items is None:
            return Collection(kind, element_of(first))
        unordered = isinstance(first, Collection) and first.unordered
        if name in ("list", "tuple"):
            return replace(collection(kind, items), unordered=unordered)
        if name == "reversed" and not unordered:
            return collection(kind, tuple(reversed(items)))
        values = [value_of(i) for i in items]
        if name == "sorted" and not named and all(isinstance(v, str) for v in values):
            return collection("list", tuple(sorted(items, key=lambda i: str(value_of(i)))))
        return Collection(kind, element_of(first))
    if name == "dict":
        for keyword in node.keywords:
            run.escape(keyword.value)
        if positional == [] and all(k.arg for k in node.keywords):
            return Record(tuple((n, a.type) for n, a in named.items()), "dict")
        if isinstance(first, Record) and first.name == "dict" and all(k.arg for k in node.keywords):
            return replace(first, fields=tuple({**dict(first.fields), **{n: a.type for n, a in named.items()}}.items()))
        pairs = [value_of(i) for i in items_of(first) or ()] if first is not None and not named else []
        if pairs and all(isinstance(p, list) and len(p) == 2 and isinstance(p[0], str) for p in pairs):
            return Record(tuple({p[0]: of_value(p[1]) for p in pairs}.items()), "dict")
        return Collection("dict")
    if name in ("map", "filter") and positional and len(positional) == 2:
        over = positional[1].type
        items = items_in_any_order(over)
        if items is None or len(items) > MAPPED or name == "filter":
            return Collection("sequence")
        made = collection("sequence", tuple(run.apply(positional[0].node, [], [item]) for item in items))
        return replace(made, unordered=isinstance(over, Collection) and over.unordered)
    if name == "range":
        return _range(positional)
    if name == "enumerate" and first is not None:
        items = items_of(first)
        if items is not None and len(node.args) == 1 and not named:
            return collection("list", tuple(collection("tuple", (of_value(i), x)) for i, x in enumerate(items)))
        return Collection("sequence", collection("tuple", (Scalar(INT64), element_of(first))))
    if name == "zip" and positional:
        lists = [items_of(a.type) for a in positional]
        if all(items is not None for items in lists):
            rows = zip(*(items or () for items in lists), strict=False)
            return collection("list", tuple(collection("tuple", tuple(row)) for row in rows))
        return Collection("sequence", collection("tuple", tuple(element_of(a.type) for a in positional)))
    return UNKNOWN


def _range(positional: list[Argument] | None) -> Type:
    """A short range of known numbers, item by item: names of columns are made from them."""
    bounds = [value_of(a.type) for a in positional or ()]
    if 1 <= len(bounds) <= 3 and all(type(b) is int and abs(b) < 10**9 for b in bounds) and 0 not in bounds[2:]:
        numbers = range(*bounds)
        if len(numbers) <= MAPPED:
            return collection("sequence", tuple(of_value(n) for n in numbers))
    return Collection("sequence", Scalar(INT64))


_BUILTIN_TYPES: dict[str, Type] = {
    **dict.fromkeys(("len", "id", "hash", "ord", "int"), Scalar(INT64)),
    **dict.fromkeys(("str", "repr", "chr", "format", "input"), Scalar(STRING)),
    **dict.fromkeys(("isinstance", "issubclass", "hasattr", "callable", "any", "all", "bool"), Scalar(BOOL)),
    "float": Scalar(FLOAT64),
    "print": Scalar(NULL),
    "display": Scalar(NULL),
}
