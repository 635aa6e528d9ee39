"""How charts name the columns of a table, and as what they take them."""

from __future__ import annotations

from polycell.core.types import FLOATS, INTEGERS, STRINGS, TEMPORAL, Column, DataType, Table


def column_of(table: Table, name: str) -> Column | None:
    """The column that a field's name reaches: by itself, or by the first part of `a.b`, `a[0]`, `a\\.b`."""
    found = table.column(name)
    if found is not None:
        return found
    found = table.column(unescaped(name))
    if found is not None or "\\" in name:
        return found
    first, *rest = name.replace("[", ".").replace("]", "").split(".")
    outer = table.column(first)
    if outer is None or not rest:
        return outer
    for part in rest:
        children = dict(outer.type.children) if outer.type is not None and outer.type.name == "struct" else {}
        outer = Column(name, children.get(part.strip("'\"")), source=outer.source, origin=outer.origin)
    return outer


def is_path(name: str) -> bool:
    """Whether a field's name may reach into a column, so that its absence proves nothing."""
    return "." in name or "[" in name or "]" in name or "\\" in name


def as_field(name: str) -> str:
    """A column's name as a field: dots and brackets would reach into it, so they are escaped."""
    return name.replace(".", "\\.").replace("[", "\\[").replace("]", "\\]") if is_path(name) else name


def unescaped(name: str) -> str:
    """The column that a field with escaped dots, brackets and colons means."""
    return name.replace("\\.", ".").replace("\\[", "[").replace("\\]", "]").replace("\\:", ":")


def kind_of_type(type_: DataType | None) -> str:
    """The type that a chart gives a column: "quantitative", "nominal", "ordinal", "temporal"; "" when unknown."""
    if type_ is None:
        return ""
    name = type_.name
    if name in INTEGERS or name in FLOATS or name.startswith(("decimal", "duration")):
        return "quantitative"
    if name in TEMPORAL:
        return "temporal"
    if name == "dictionary":
        return "ordinal" if "ordered" in type_.parameters else "nominal"
    if name in STRINGS or name == "bool":
        return "nominal"
    return ""
