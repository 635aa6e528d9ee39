"""`df.columns` as a value: pandas' Index of names, with what is usually asked of it, and masks made from it.

Such an index is a `Collection` of kind "array" whose items are texts, or tuples of texts for columns of several levels.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from polycell.core.types import BOOL, INT64, STRING, UNKNOWN, Collection, Scalar, Table, Type
from polycell.languages.python.syntax.values import collection, known_texts, of_value, text_method, value_of

NAMES = Collection("array", Scalar(STRING))  # the names of nobody knows which columns


def index_of(table: Table) -> Type:
    """`df.columns`: the names, all known when the table is closed and none is in doubt."""
    if table.labelled:
        return collection("array", tuple(label_value(label) for label, _ in table.labelled))
    if table.open or any(c.maybe for c in table.columns):
        return NAMES
    return collection("array", tuple(of_value(c.name) for c in table.columns))


def label_value(label: tuple[str, ...]) -> Type:
    return collection("tuple", tuple(of_value(part) for part in label))


def labels_of(names: Type) -> list[tuple[str, ...]] | None:
    """The labels that an index of several levels holds."""
    if not isinstance(names, Collection) or names.items is None:
        return None
    found = [value_of(item) if isinstance(item, Collection) else None for item in names.items]
    if not found or not all(isinstance(f, list) and all(isinstance(p, str) for p in f) for f in found):
        return None
    return [tuple(f) for f in found if f is not None]


def texts_changed(names: Collection, method: str, values: list[object], *, exact: bool) -> Type:
    """`df.columns.str.lower()`: computed where the names and the arguments are known; `exact`: with `regex=False`. A
    pattern of letters, digits and blanks means the same with and without regular expressions."""
    unknown = Collection("array", names.element)
    if names.items is None:
        return unknown
    if method == "replace":
        pattern = values[0] if values else None
        plain = isinstance(pattern, str) and pattern.replace(" ", "").replace("_", "").replace("-", "").isalnum()
        if not plain and pattern not in (" ", "_", "-") and not exact:
            return unknown
    if method == "contains":
        pattern = values[0] if len(values) == 1 else None
        if not isinstance(pattern, str) or not (exact or pattern.replace("_", "").replace(" ", "").isalnum()):
            return unknown
        found = [value_of(item) for item in names.items]
        return collection("array", tuple(of_value(pattern in t) if isinstance(t, str) else UNKNOWN for t in found))
    texts = (value_of(item) for item in names.items)
    return collection("array", tuple(text_method(t if isinstance(t, str) else None, method, values) for t in texts))


def method(names: Collection, name: str, arguments: Sequence[Type], apply: Callable[[Type], Type]) -> Type:
    """What a method of an index of names gives; `apply` calls the first argument with a value."""
    if name in ("tolist", "to_list"):
        return Collection("list", names.element, names.key, names.items)
    if name in ("copy", "to_flat_index", "to_numpy", "unique", "ravel"):
        return names
    if name == "map" and len(arguments) == 1:
        if names.items is None or len(names.items) > 200:
            return Collection("array")
        return collection("array", tuple(apply(item) for item in names.items))
    if name in ("droplevel", "get_level_values") and len(arguments) == 1:
        return _level(names, name, value_of(arguments[0]))
    if name == "get_loc":
        return Scalar(INT64)
    if name == "isin" and len(arguments) == 1:
        wanted = _texts(arguments[0])
        if names.items is None or wanted is None:
            return Collection("array", Scalar(BOOL))
        return collection("array", tuple(of_value(value_of(i) in wanted) for i in names.items))
    if name in ("drop", "difference", "intersection", "union", "append", "symmetric_difference"):
        return _combined(names, name, arguments)
    return UNKNOWN


def _level(names: Collection, name: str, level: object) -> Type:
    labels = labels_of(names)
    if labels is None or not isinstance(level, int) or not -len(labels[0]) <= level < len(labels[0]):
        return Collection("array", Scalar(STRING)) if labels is not None else UNKNOWN
    if name == "get_level_values":
        return collection("array", tuple(of_value(label[level]) for label in labels))
    level %= len(labels[0])
    kept = [label[:level] + label[level + 1 :] for label in labels]
    return collection("array", tuple(of_value(k[0]) if len(k) == 1 else label_value(k) for k in kept))


def _texts(type_: Type) -> list[str] | None:
    if isinstance(type_, Collection) and type_.kind == "set" and type_.items is None:
        return None
    return known_texts(type_)


def _combined(names: Collection, name: str, arguments: Sequence[Type]) -> Type:
    mine, other = known_texts(names), _texts(arguments[0]) if len(arguments) == 1 else None
    if mine is None or other is None:
        return NAMES
    if len(set(mine)) != len(mine) or len(set(other)) != len(other):
        return NAMES
    match name:
        case "drop":
            found = [n for n in mine if n not in other]
        case "append":
            found = mine + other
        case "difference":
            found = sorted(n for n in mine if n not in other)
        case "intersection":  # in the order of the left side, unless both are the same
            found = [n for n in mine if n in other]
        case _:
            return NAMES
    return collection("array", tuple(of_value(n) for n in found))


def masked(names: Collection, mask: Type) -> Type:
    """`df.columns[mask]`: the names under a mask of known truth values."""
    truths = truths_of(mask)
    if names.items is None or truths is None or len(truths) != len(names.items):
        return Collection("array", names.element)
    return collection("array", tuple(item for item, kept in zip(names.items, truths, strict=True) if kept))


def truths_of(mask: Type) -> list[bool] | None:
    """The truth values of a mask, where all are known."""
    found = value_of(mask) if isinstance(mask, Collection) and mask.kind in ("array", "list") else None
    if isinstance(found, list) and found and all(isinstance(v, bool) for v in found):
        return found
    return None
