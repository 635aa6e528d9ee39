"""Labels of rows that the code itself says: names of columns behind a reduction (`df.isna().sum()["price"]`), of
figures (`df.describe().loc["mean"]`), of functions (`df.agg(["sum", "max"])`)."""

from __future__ import annotations

from collections.abc import Iterable

from polycell.core.types import STRING, UNKNOWN, Column, DataType, Row, Scalar, Series, Table, Type
from polycell.core.values import replace
from polycell.languages.python.frames.columns import UNKNOWN_INDEX, untyped

FIGURES = ("count", "mean", "std", "min", "25%", "50%", "75%", "max")
_OF_TEXTS = ("count", "unique", "top", "freq")


def index_of(labels: Iterable[Column], table: Table | None = None) -> tuple[Column, ...]:
    """An index without a name that has these labels. Where they are the columns of an open table it may have one:
    the axis of such columns is named by some operations (`pivot`, `crosstab`), and the name comes along."""
    unsure = table is not None and table.open
    return (Column("", None if unsure else STRING, labels=tuple(labels), maybe=unsure),)


def named(names: Iterable[str], type_: DataType | None = None) -> tuple[Column, ...]:
    """Labels that are no columns' names."""
    return tuple(Column(name, type_) for name in dict.fromkeys(names))


def labels_of(type_: Type) -> Table | None:
    """What stands at each label of a series' or frame's rows, as the columns of a table; None where none is known."""
    index = type_.index if isinstance(type_, (Series, Table)) else ()
    labels = index[0].labels if index else ()
    return Table(labels, open=True, flavour="pandas") if labels else None


def value(series: Series, name: object) -> Type:
    """`series["a"]`, `series.a`, `series.loc["a"]`."""
    labels = labels_of(series) if len(series.index) == 1 else None
    found = labels.column(name) if labels is not None and isinstance(name, str) else None
    if found is None or found.maybe or series.column.type is None or series.column.nullable:
        return UNKNOWN
    return Scalar(series.column.type)


def row(table: Table, name: object) -> Type:
    """`table.loc["mean"]`: one row, whose values are no longer of their columns' types."""
    labels = labels_of(table) if len(table.index) == 1 else None
    known = labels is not None and isinstance(name, str) and labels.column(name) is not None
    return Row(untyped(table), "series") if known else UNKNOWN


def as_series(row: Row) -> Series:
    """A row of a frame as what it is to pandas: its labels are the columns."""
    return Series(Column("", None), "pandas", index_of(row.table.columns, row.table))


def turned(table: Table) -> Table:
    """`table.T`: labels become columns; rows may have been left out since they were given."""
    labels = labels_of(table) if len(table.index) == 1 else None
    columns = labels.columns if labels is not None else ()
    made = tuple(replace(c, type=None, maybe=True) for c in columns)
    return Table(made, open=True, flavour="pandas", index=UNKNOWN_INDEX)


def figures(column: Column) -> tuple[Column, ...]:
    """The labels of `series.describe()`."""
    if column.type is None:
        return tuple(replace(c, maybe=True) for c in named((*FIGURES, *_OF_TEXTS)))
    texts = column.type.name in ("string", "bool", "dictionary")
    return named(_OF_TEXTS if texts else FIGURES)
