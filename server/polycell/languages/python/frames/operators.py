"""Types of operators: Python's own, and pandas' element-wise ones."""

from __future__ import annotations

import ast

from polycell.core.types import (
    BOOL,
    DURATION,
    FLOAT64,
    INT64,
    INTEGERS,
    STRING,
    TEMPORAL,
    UNKNOWN,
    Collection,
    Column,
    DataType,
    Scalar,
    Series,
    Table,
    Type,
    is_numeric,
)
from polycell.core.values import replace
from polycell.languages.python.frames.columns import UNKNOWN_INDEX
from polycell.languages.python.syntax.values import (
    LONGEST,
    MOST,
    NOT_KNOWN,
    PATH,
    collection,
    compare,
    of_value,
    value_of,
)


def arithmetic(operator: ast.operator, left: DataType | None, right: DataType | None) -> DataType | None:
    """The type of `left op right`, element by element. None where it is not certain."""
    if left is None or right is None:
        return None
    if isinstance(operator, (ast.BitAnd, ast.BitOr, ast.BitXor)):
        return left if left == right and (left == BOOL or left.name in INTEGERS) else None
    if left == BOOL and right == BOOL:
        return None
    if left in (INT64, FLOAT64, BOOL) and right in (INT64, FLOAT64, BOOL):
        if isinstance(operator, ast.Div):
            return FLOAT64
        if FLOAT64 in (left, right):
            return FLOAT64 if not isinstance(operator, (ast.LShift, ast.RShift, ast.MatMult)) else None
        return INT64 if isinstance(operator, (ast.Add, ast.Sub, ast.Mult, ast.Mod, ast.FloorDiv)) else None
    if left == right == STRING:
        return STRING if isinstance(operator, ast.Add) else None
    if left.name == "timestamp" and right.name == "timestamp" and isinstance(operator, ast.Sub):
        return DURATION
    if left.name == "timestamp" and right.name == "duration" and isinstance(operator, (ast.Add, ast.Sub)):
        return left
    if left == right and is_numeric(left) and isinstance(operator, (ast.Add, ast.Sub, ast.Mult)):
        return left
    return None


def _column(left: Series, right: Series | Scalar, type_: DataType | None) -> Series:
    """pandas keeps a name that both sides share."""
    made = Column(left.column.name, type_).with_origins(left.column)
    if isinstance(right, Series):
        same = right.column.name == made.name
        made = made.with_origins(left.column, right.column) if same else Column("", type_)
    return Series(made, left.flavour, left.index)


def binary(operator: ast.operator, left: Type, right: Type) -> Type:
    if isinstance(left, Series) and isinstance(right, (Series, Scalar)):
        other = right.column.type if isinstance(right, Series) else right.type
        return _column(left, right, arithmetic(operator, left.column.type, other))
    if isinstance(right, Series) and isinstance(left, Scalar):
        return _column(right, left, arithmetic(operator, left.type, right.column.type))
    if isinstance(left, Series) and not isinstance(right, Table):
        unknown = Column(left.column.name if isinstance(right, Series) else "", None)
        return replace(left, column=unknown.with_origins(left.column) if unknown.name else unknown)
    if isinstance(right, Series) and not isinstance(left, Table):
        return replace(right, column=Column("", None))
    if isinstance(left, Table) and left.flavour == "pandas" and isinstance(right, (Series, Table)):
        return _aligned(left, right)
    if isinstance(right, Table) and right.flavour == "pandas" and isinstance(left, Scalar):
        return _each(right, operator, left.type)
    if isinstance(left, Table) and isinstance(right, Scalar) and left.flavour == "pandas":
        return _each(left, operator, right.type)
    if isinstance(left, Table) or isinstance(right, Table):
        return UNKNOWN
    if isinstance(left, Scalar) and left.type == PATH and isinstance(operator, ast.Div) and isinstance(right, Scalar):
        return join_path(left, right)
    if isinstance(left, Scalar) and isinstance(right, Scalar):
        return _scalars(operator, left, right)
    if isinstance(left, Collection) and isinstance(right, Collection) and left.kind == right.kind:
        if isinstance(operator, ast.Add) and left.items is not None and right.items is not None:
            return replace(collection(left.kind, left.items + right.items), unordered=left.unordered or right.unordered)
        return Collection(left.kind, left.element if left.element == right.element else None)
    if isinstance(left, Collection) and isinstance(right, Scalar) and isinstance(operator, ast.Mult):
        count = value_of(right)
        if left.items is not None and isinstance(count, int) and 0 <= count * len(left.items) <= MOST:
            return collection(left.kind, left.items * count)
        return Collection(left.kind, left.element)
    return UNKNOWN


def join_path(left: Type, right: Type) -> Type:
    """`Path / text`, both known or not."""
    first, second = value_of(left), value_of(right)
    if not (isinstance(first, str) and isinstance(second, str)):
        return Scalar(PATH)
    if second.startswith("/"):
        return Scalar(PATH, second)
    return Scalar(PATH, second if first in ("", ".") else f"{first.rstrip('/')}/{second}")


def _scalars(operator: ast.operator, left: Scalar, right: Scalar) -> Type:
    a, b = value_of(left), value_of(right)
    if a is not NOT_KNOWN and b is not NOT_KNOWN:
        if isinstance(operator, ast.Add) and isinstance(a, str) and isinstance(b, str) and len(a) + len(b) <= LONGEST:
            return of_value(a + b)
        if type(a) is int and type(b) is int and max(abs(a), abs(b)) < 10**9:
            if isinstance(operator, ast.Add):
                return of_value(a + b)
            if isinstance(operator, ast.Sub):
                return of_value(a - b)
            if isinstance(operator, ast.Mult):
                return of_value(a * b)
            if isinstance(operator, ast.FloorDiv) and b:
                return of_value(a // b)
    if left.type == STRING and isinstance(operator, ast.Mod):
        one = isinstance(a, str) and isinstance(b, (int, str)) and a.count("%") == 1 and len(a) <= LONGEST
        if one and ("%s" in a or ("%d" in a and type(b) is int)):
            return of_value(a % b)
        return Scalar(STRING)
    if left.type == STRING and right.type == INT64 and isinstance(operator, ast.Mult):
        return Scalar(STRING)
    type_ = arithmetic(operator, left.type, right.type)
    return Scalar(type_) if type_ is not None else UNKNOWN


def _each(table: Table, operator: ast.operator, type_: DataType) -> Table:
    """A frame and a scalar, value by value."""
    columns = tuple(replace(c, type=arithmetic(operator, c.type, type_)) for c in table.columns)
    return replace(table, columns=columns, labelled=())


def _aligned(left: Table, right: Series | Table) -> Table:
    """pandas gives the labels of both sides, those of a series being its index."""
    same = isinstance(right, Table) and not right.open and not left.open
    if same and isinstance(right, Table) and [c.name for c in left.columns] == [c.name for c in right.columns]:
        index = left.index if left.index == right.index else UNKNOWN_INDEX
        return replace(left, columns=tuple(replace(c, type=None, nullable=None) for c in left.columns), index=index)
    index = left.index if isinstance(right, Series) else UNKNOWN_INDEX
    columns = tuple(replace(c, type=None, nullable=None) for c in left.columns)
    return replace(left, columns=columns, open=True, index=index, labelled=())


def _mask(operator: ast.cmpop, left: Type, right: Type) -> Type:
    """An array of known names and a known text: a mask of known truth values."""
    names, other = (left, value_of(right)) if isinstance(left, Collection) else (right, value_of(left))
    if not isinstance(names, Collection) or not isinstance(other, str) or names.items is None:
        return Collection("array", Scalar(BOOL))
    truths = [compare(operator, value_of(item), other) for item in names.items]
    if not isinstance(operator, (ast.Eq, ast.NotEq)) or None in truths:
        return Collection("array", Scalar(BOOL))
    return collection("array", tuple(of_value(t) for t in truths))


def comparison(operator: ast.cmpop, left: Type, right: Type) -> Type:
    """The type of an ordering or equality of two values that are not both known."""
    for side in (left, right):
        if isinstance(side, Collection) and side.kind == "array":
            return Scalar(BOOL) if isinstance(operator, (ast.In, ast.NotIn)) else _mask(operator, left, right)
    for side in (left, right):
        if isinstance(side, Series):
            return Series(Column(side.column.name, BOOL).with_origins(side.column), side.flavour, side.index)
    for side in (left, right):
        if isinstance(side, Table) and side.flavour == "pandas":
            return replace(side, columns=tuple(replace(c, type=BOOL) for c in side.columns))
    if isinstance(left, Scalar) and isinstance(right, Scalar):
        return Scalar(BOOL)
    return UNKNOWN


def unary(operator: ast.unaryop, operand: Type) -> Type:
    if isinstance(operator, ast.Not):
        value = value_of(operand)
        return Scalar(BOOL) if value is NOT_KNOWN else Scalar(BOOL, not value)
    if isinstance(operand, Collection) and operand.kind == "array" and isinstance(operator, ast.Invert):
        truths = value_of(operand)
        if isinstance(truths, list) and truths and all(isinstance(t, bool) for t in truths):
            return collection("array", tuple(of_value(not t) for t in truths))
        return Collection("array", Scalar(BOOL)) if operand.element == Scalar(BOOL) else UNKNOWN
    if isinstance(operand, (Series, Table)):
        return operand
    if isinstance(operand, Scalar):
        value = value_of(operand)
        if isinstance(operator, ast.USub) and type(value) in (int, float):
            return of_value(-value)
        return Scalar(operand.type) if operand.type.name not in TEMPORAL else UNKNOWN
    return UNKNOWN
