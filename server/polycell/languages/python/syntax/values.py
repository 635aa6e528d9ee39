"""Known values: constants that the text alone fixes, and the little arithmetic on them that paths and names need."""

from __future__ import annotations

import ast
import json
from functools import lru_cache
from typing import Any

from polycell.core.types import (
    BINARY,
    BOOL,
    FLOAT64,
    INT64,
    NULL,
    STRING,
    UNKNOWN,
    Collection,
    DataType,
    Record,
    Scalar,
    Table,
    Type,
)

PATH = DataType("path")  # a pathlib.Path, with its text as value
LONGEST = 4096  # characters of a known string
MOST = 512  # items of a known collection


class Nothing:
    """The value of what has no known value; never equal to one."""

    def __repr__(self) -> str:
        return "not known"


NOT_KNOWN = Nothing()


def of_constant(value: Any) -> Type:
    """The type of an `ast.Constant`."""
    if value is None:
        return Scalar(NULL)
    if isinstance(value, bool):
        return Scalar(BOOL, value)
    if isinstance(value, int):
        return Scalar(INT64, value if abs(value) < 2**63 else None)
    if isinstance(value, float):
        return Scalar(FLOAT64, value)
    if isinstance(value, str):
        return Scalar(STRING, value if len(value) <= LONGEST else None)
    if isinstance(value, bytes):
        return Scalar(BINARY)
    return UNKNOWN


# The same, of what is written in a cell: the same few names and numbers over and over.
of_written = lru_cache(maxsize=2048, typed=True)(of_constant)


def value_of(type_: Type | None) -> Any:
    """The plain Python value (lists for all sequences, dicts for literals), or NOT_KNOWN."""
    if isinstance(type_, Scalar):
        if type_.value is not None:
            return type_.value
        return None if type_.type == NULL else NOT_KNOWN
    if isinstance(type_, Collection) and type_.items is not None:
        values = [value_of(item) for item in type_.items]
        return NOT_KNOWN if NOT_KNOWN in values else values
    if isinstance(type_, Record) and type_.name == "dict" and not type_.open:
        pairs = {name: value_of(field) for name, field in type_.fields}
        return NOT_KNOWN if NOT_KNOWN in pairs.values() else pairs
    return NOT_KNOWN


def known_text(type_: Type | None) -> str | None:
    value = value_of(type_)
    return value if isinstance(value, str) else None


def known_texts(type_: Type | None) -> list[str] | None:
    """A known list of strings; a known string is a list of one."""
    value = value_of(type_)
    if isinstance(value, str):
        return [value]
    if isinstance(value, list) and all(isinstance(v, str) for v in value):
        return value
    return None


def of_value(value: Any) -> Type:
    """The type of a plain Python value, with the value."""
    if isinstance(value, (list, tuple)):
        if len(value) > MOST:
            return Collection("list")
        return collection("list", tuple(of_value(v) for v in value))
    return of_constant(value)


def collection(kind: str, items: tuple[Type, ...]) -> Collection:
    """A collection of known length. The element type is the items' common one, without values."""
    return Collection(kind, _common(items), items=items if len(items) <= MOST else None)


def _common(items: tuple[Type, ...]) -> Type | None:
    if not items:
        return None
    first = items[0]
    if isinstance(first, Scalar):
        kind = first.type
        if all(isinstance(i, Scalar) and (i.type is kind or i.type == kind) for i in items):
            return Scalar(kind)
        return None
    return first if all(i is first or i == first for i in items) else None


def element_of(type_: Type) -> Type:
    """What iterating over a value gives."""
    if isinstance(type_, Collection):
        if type_.kind == "dict":
            return type_.key or UNKNOWN
        return type_.element or UNKNOWN
    if isinstance(type_, Record) and type_.name == "dict":
        return Scalar(STRING)
    if isinstance(type_, Scalar) and type_.type == STRING:
        return Scalar(STRING)
    return UNKNOWN


def join_text(parts: list[Type]) -> str | None:
    """`os.path.join` and `Path(...)` of known parts; None where one is not known."""
    made = ""
    for part in parts:
        value = value_of(part)
        if not isinstance(value, str):
            return None
        made = value if value.startswith("/") or not made else f"{made.rstrip('/')}/{value}"
    return made if parts else None


def items_in_any_order(type_: Type) -> tuple[Type, ...] | None:
    """What iterating gives, item by item, where all of it is known, but perhaps not the order."""
    return type_.items if isinstance(type_, Collection) and type_.unordered else items_of(type_)


def items_of(type_: Type) -> tuple[Type, ...] | None:
    """What iterating gives, item by item, where all of it is known."""
    if isinstance(type_, Collection) and type_.unordered:
        return None
    if isinstance(type_, Collection) and type_.kind not in ("set", "dict"):
        return type_.items
    if isinstance(type_, Record) and type_.name == "dict" and not type_.open:
        return tuple(of_value(name) for name, _ in type_.fields)
    if isinstance(type_, Scalar) and isinstance(type_.value, str) and len(type_.value) <= 64:
        return tuple(of_value(character) for character in type_.value)
    plain = isinstance(type_, Table) and type_.flavour == "pandas" and not type_.open
    if plain and isinstance(type_, Table) and not any(c.maybe for c in type_.columns):
        return tuple(of_value(c.name) for c in type_.columns)
    return None


def of_json(text: str) -> Type:
    """The value that JSON stands for, keys of objects at any depth included; UNKNOWN where it is none."""
    try:
        return _of_plain(json.loads(text))
    except (ValueError, RecursionError):
        return UNKNOWN


def _of_plain(value: Any) -> Type:
    if isinstance(value, dict):
        fields = tuple((name, _of_plain(inner)) for name, inner in list(value.items())[:MOST])
        return Record(fields, "dict", open=len(value) > MOST)
    if isinstance(value, list):
        return collection("list", tuple(map(_of_plain, value))) if len(value) <= MOST else Collection("list")
    return of_constant(value)


# String methods that are computed when everything is known.
_TEXT_METHODS = frozenset({
    "lower", "upper", "strip", "lstrip", "rstrip", "title", "capitalize", "replace", "startswith", "endswith", "split",
    "removeprefix", "removesuffix", "casefold", "swapcase", "isdigit", "isalpha", "isnumeric", "isupper", "islower",
    "rsplit", "partition", "find", "count", "zfill",
})  # fmt: skip
TEXT_RESULTS: dict[str, Type] = {
    **dict.fromkeys(
        ("lower", "upper", "strip", "lstrip", "rstrip", "title", "capitalize", "replace", "format", "join", "zfill",
         "removeprefix", "removesuffix", "casefold", "swapcase", "center", "ljust", "rjust", "translate", "expandtabs"),
        Scalar(STRING),
    ),
    **dict.fromkeys(
        ("startswith", "endswith", "isdigit", "isalpha", "isnumeric", "isupper", "islower", "isspace", "isalnum"),
        Scalar(BOOL),
    ),
    **dict.fromkeys(("split", "rsplit", "splitlines"), Collection("list", Scalar(STRING))),
    **dict.fromkeys(("find", "rfind", "index", "rindex", "count"), Scalar(INT64)),
    "encode": Scalar(BINARY),
}  # fmt: skip


def text_method(text: str | None, name: str, arguments: list[Any]) -> Type:
    """The result of a method of `str`, computed where the text and all arguments are known."""
    result = TEXT_RESULTS.get(name, UNKNOWN)
    if text is None or NOT_KNOWN in arguments or len(text) > LONGEST:
        return result
    if name == "join" and len(arguments) == 1 and isinstance(arguments[0], list):
        parts = arguments[0]
        if all(isinstance(p, str) for p in parts):
            return of_value(text.join(parts))
        return result
    if name == "format" and all(isinstance(a, (str, int)) for a in arguments):
        plain = text.replace("{}", "")
        if "{" not in plain and text.count("{}") == len(arguments):
            return of_value(text.format(*arguments))
        return result
    if name not in _TEXT_METHODS or not all(isinstance(a, (str, int)) for a in arguments):
        return result
    if name == "zfill" and any(isinstance(a, int) and a > LONGEST for a in arguments):
        return result
    try:
        return of_value(getattr(text, name)(*arguments))
    except (TypeError, ValueError, AttributeError):
        return result


def compare(operator: ast.cmpop, left: Any, right: Any) -> bool | None:
    """The outcome of a comparison of known values; None when it is not known."""
    if NOT_KNOWN in (left, right):
        return None
    try:
        match operator:
            case ast.Eq():
                return bool(left == right)
            case ast.NotEq():
                return bool(left != right)
            case ast.In():
                return bool(left in right)
            case ast.NotIn():
                return bool(left not in right)
            case ast.Lt():
                return bool(left < right)
            case ast.LtE():
                return bool(left <= right)
            case ast.Gt():
                return bool(left > right)
            case ast.GtE():
                return bool(left >= right)
            case ast.Is():
                return left is right if left is None or right is None else None
            case ast.IsNot():
                return left is not right if left is None or right is None else None
    except TypeError:
        return None
    return None
