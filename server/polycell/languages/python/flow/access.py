"""Types of attributes and subscripts, by what the value is."""

from __future__ import annotations

import ast

from polycell.core.types import (
    BOOL,
    FLOAT64,
    INT64,
    STRING,
    UNKNOWN,
    Class,
    Collection,
    Function,
    GroupBy,
    Module,
    Opaque,
    Record,
    Row,
    Scalar,
    Series,
    Table,
    Type,
)
from polycell.languages.python.flow.effects import MUTATORS
from polycell.languages.python.flow.interpreter import Interpreter
from polycell.languages.python.frames import (
    column_index,
    figures,
    frame_access,
    group_access,
    paths,
    row_labels,
    rows,
    series_methods,
)
from polycell.languages.python.frames.datasets import BUNCH
from polycell.languages.python.syntax.values import PATH, collection, of_value, value_of

SERIES_ATTRIBUTES: dict[str, Type] = {
    "size": Scalar(INT64),
    "empty": Scalar(BOOL),
    "shape": Collection("tuple", Scalar(INT64)),
    "values": Opaque("numpy.ndarray"),
    "hasnans": Scalar(BOOL),
    "is_unique": Scalar(BOOL),
}


def attribute(run: Interpreter, node: ast.Attribute) -> Type:
    inner = node.value
    if isinstance(inner, ast.Attribute) and inner.attr == "dt":
        owner = run.evaluate(inner.value)
        if isinstance(owner, Series) and owner.flavour == "pandas":
            return series_methods.dt_attribute(owner, node.attr)
        return attribute_of(run, node, attribute_of(run, inner, owner))
    value = run.evaluate(inner)
    if run.uses is not None and isinstance(value, Table) and (watcher := run.watcher) is not None:
        watcher.attribute(run, node, value)
    found = attribute_of(run, node, value)
    handed_on = isinstance(found, Function) or node.attr == "__dict__"
    if handed_on and isinstance(value, Record) and (address := run.address_of(inner)) is not None:
        run.open_up(address)  # who calls the method, or fills the fields, is not seen
    return found


def attribute_of(run: Interpreter, node: ast.Attribute, value: Type) -> Type:
    """The type of `value.attr`, where `value` is that of the node's own."""
    name = node.attr
    if isinstance(value, Module):
        return module_attribute(value, name)
    if isinstance(value, Table):
        if name in MUTATORS and value.column(name) is None:  # a method taken, not called: who calls it is not seen
            address = run.address_of(node.value)
            if address is not None:
                run.open_up(address)
        return frame_access.attribute(value, name)
    if isinstance(value, GroupBy):
        return group_access.select(value, name) if value.table.column(name) is not None else UNKNOWN
    if isinstance(value, Series):
        if value.flavour == "pandas" and name == "name" and value.column.name and not value.column.maybe:
            return of_value(value.column.name)
        if value.flavour != "pandas":
            return UNKNOWN
        return SERIES_ATTRIBUTES.get(name) or (row_labels.value(value, name) if rows.names_column(name) else UNKNOWN)
    if isinstance(value, Row):
        return rows.attribute(value, name)
    if isinstance(value, Record) and value.name != "dict":
        return next((type_ for field, type_ in value.fields if field == name), UNKNOWN)
    if isinstance(value, Collection) and value.kind == "array" and name == "values":
        return value
    if isinstance(value, Collection) and value.kind == figures.GRID:
        return figures.flat(value) if name == "flat" else UNKNOWN
    if isinstance(value, Class):
        return next((type_ for member, type_ in (*value.constants, *value.members) if member == name), UNKNOWN)
    if isinstance(value, Scalar) and value.type == PATH:
        return paths.attribute(value, name)
    if isinstance(value, Opaque) and value.name == "pyspark.sql.SparkSession":
        return Opaque(f"{value.name}.{name}") if name in ("read", "catalog", "conf", "udf") else UNKNOWN
    return UNKNOWN


def module_attribute(module: Module, name: str) -> Type:
    """Something of a module that nobody looks into: known by its qualified name alone."""
    qualified = module.qualified
    if qualified in ("numpy", "pandas") and name in ("nan", "NaN", "pi", "e", "inf", "NA", "NaT"):
        return Scalar(FLOAT64) if name not in ("NA", "NaT") else UNKNOWN
    return Module(qualified, name)


def subscript(run: Interpreter, node: ast.Subscript) -> Type:
    inner, base = node.value, None
    if isinstance(inner, ast.Attribute) and inner.attr in ("loc", "iloc", "at", "iat", "ix"):
        base = run.evaluate(inner.value)
        value = attribute_of(run, inner, base)
    else:
        value = run.evaluate(inner)
    if run.uses is not None and (watcher := run.watcher) is not None:
        watcher.subscript(run, node, value)
    if isinstance(base, Table) and isinstance(inner, ast.Attribute):
        return frame_access.located(run, base, inner.attr, node.slice)
    if isinstance(base, Series):
        if isinstance(node.slice, ast.Slice):
            return base
        at = value_of(run.evaluate(node.slice))
        by_place = isinstance(inner, ast.Attribute) and inner.attr in ("iloc", "iat") and type(at) is int
        return frame_access.value_in(base) if by_place else row_labels.value(base, at)
    if isinstance(value, Table):
        return frame_access.subscript(run, value, node.slice)
    if isinstance(node.slice, ast.Slice):
        for part in (node.slice.lower, node.slice.upper, node.slice.step):
            if part is not None:
                run.evaluate(part)
        return sliced(run, value, node.slice)
    index = run.evaluate(node.slice)
    key = value_of(index)
    if isinstance(value, GroupBy):
        names = key if isinstance(key, (str, list)) else None
        return group_access.select(value, names)
    if isinstance(value, Series):
        return value if isinstance(index, Series) else row_labels.value(value, key)  # a mask, a label
    if isinstance(value, Row):
        return rows.item(value, key)
    if isinstance(value, Record) and value.name in ("dict", BUNCH):
        return next((type_ for field, type_ in value.fields if field == key), UNKNOWN)
    if isinstance(value, Collection):
        if value.kind == figures.GRID:
            return figures.cell(value, node.slice)
        if value.kind == "array" and isinstance(index, Collection):
            return column_index.masked(value, index)
        if value.items is not None and isinstance(key, int) and value.kind in ("list", "tuple", "array"):
            if value.unordered:
                return value.element or UNKNOWN  # which of them is not known
            return value.items[key] if -len(value.items) <= key < len(value.items) else UNKNOWN
        return value.element or UNKNOWN if value.kind != "set" else UNKNOWN
    if isinstance(value, Scalar) and value.type == STRING:
        text = value_of(value)
        if isinstance(text, str) and isinstance(key, int) and -len(text) <= key < len(text):
            return of_value(text[key])
        return Scalar(STRING)
    return UNKNOWN


def sliced(run: Interpreter, value: Type, where: ast.Slice) -> Type:
    if isinstance(value, Series):
        return value
    if isinstance(value, Scalar) and value.type == STRING:
        return Scalar(STRING)
    if isinstance(value, Collection) and value.kind in ("list", "tuple", "array"):
        bounds = [value_of(run.evaluate(b)) if b is not None else None for b in (where.lower, where.upper, where.step)]
        known = value.items is not None and not value.unordered and bounds[2] != 0
        if value.items is not None and known and all(b is None or type(b) is int for b in bounds):
            return collection(value.kind, value.items[slice(*bounds)])
        return Collection(value.kind, value.element)
    return UNKNOWN
