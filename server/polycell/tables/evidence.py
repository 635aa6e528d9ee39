"""What several sources say of one table, put together column by column."""

from __future__ import annotations

from polycell.core.types import Certainty, Column, Doubt, Evidence, Table, is_numeric
from polycell.core.values import replace

_SOURCES = {
    Evidence.DECLARED: "declared",
    Evidence.FILE: "in the file",
    Evidence.DERIVED: "by the code",
    Evidence.SAVED_OUTPUT: "in the saved output",
    Evidence.LIVE: "in the kernel",
    Evidence.USAGE: "by its uses",
}


def merge(better: Table, other: Table) -> Table:
    """The table of which `better` is believed, and `other` fills in what it leaves open: per column the better type,
    and further columns only while `better` says that there may be more. Where both give a type and these differ in
    kind, the column keeps a doubt. The result is closed when either is, and it has every column of the other one."""
    known = {c.name: c for c in other.columns}
    columns = [_merged(column, known[column.name]) if column.name in known else column for column in better.columns]
    names = {c.name for c in better.columns}
    if not better.open:
        return replace(better, columns=tuple(columns))
    columns += (c for c in other.columns if c.name not in names)
    proven = not other.open and names <= known.keys()
    return replace(better, columns=tuple(columns), open=not proven, index=better.index or other.index)


def _merged(better: Column, other: Column) -> Column:
    if better.type is None:
        certainty = min(other.type_certainty, other.certainty)
        return replace(better, type=other.type, type_certainty=certainty, origin=better.origin or other.origin)
    if other.type is not None and other.type_certainty is Certainty.CERTAIN and kind(better) != kind(other):
        says = f"`{other.type}` {_SOURCES[other.evidence]}"
        return replace(better, doubt=Doubt(says, better.type))
    return better


def kind(column: Column) -> str:
    """The kind of a column's type, coarse enough that libraries agree on it."""
    if column.type is None:
        return ""
    name = column.type.name
    if is_numeric(column.type):
        return "number"
    if name in ("string", "large_string", "string_view", "dictionary"):
        return "text"
    return "time" if name in ("date32", "date64", "timestamp") else name
