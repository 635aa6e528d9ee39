"""Small operations on tables' columns, from which the rules are made. None of them guesses: what the data or an
unknown argument decides makes the result open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from polycell.core.types import (
    BOOL,
    CATEGORY,
    INT64,
    STRING,
    TIMESTAMP,
    Anchor,
    Certainty,
    Column,
    DataType,
    Flavour,
    Table,
    is_numeric,
)
from polycell.core.values import replace

# An index of which nothing is known; `()` is one without a name.
UNKNOWN_INDEX: tuple[Column, ...] = (Column("", maybe=True, certainty=Certainty.WEAK),)

LEVELS = DataType("columns")  # of a first label under which the data call several: it stands for a frame


def unknown_table(flavour: Flavour, index: tuple[Column, ...] = UNKNOWN_INDEX) -> Table:
    """A table of which nothing is known."""
    return Table(open=True, flavour=flavour, index=index)


def without_labels(table: Table) -> Table:
    """The table as code sees it that does not know columns of several levels."""
    return replace(table, labelled=()) if table.labelled else table


def opened(table: Table) -> Table:
    return table if table.open else replace(table, open=True)


def with_columns(table: Table, columns: Iterable[Column]) -> Table:
    """The table with other columns; open when a name comes twice, which no `Table` can hold: one column then stands for
    all of that name. A column of pandas without a name makes it open too: as an index it would look like none."""
    made = tuple(columns)
    names = {c.name for c in made}
    if len(names) != len(made):
        same: dict[str, list[Column]] = {}
        for column in made:
            same.setdefault(column.name, []).append(column)
        made = tuple(
            replace(first, type=None, nullable=None).one_with(*others) if others else first
            for first, *others in same.values()
        )
        table = opened(table)
    if any(c.type == LEVELS for c in made):
        table = opened(table)
    if "" in names and table.flavour == "pandas":
        return replace(table, columns=tuple(c for c in made if c.name), open=True)
    return replace(table, columns=made)


def get(table: Table, name: str) -> Column:
    """The column as one that is read: present, whatever was known before."""
    found = table.column(name)
    if found is None:
        return Column(name, None)
    return replace(found, maybe=False) if found.maybe else found


def pick(table: Table, names: Sequence[str]) -> Table:
    """Exactly these columns, in this order. A name that a closed table lacks fails at run time: open then."""
    missing = not table.open and any(table.column(n) is None for n in names)
    return with_columns(replace(table, open=missing), (get(table, n) for n in names))


def drop(table: Table, names: Iterable[str]) -> Table:
    gone = set(names)
    return replace(table, columns=tuple(c for c in table.columns if c.name not in gone))


def put(table: Table, column: Column) -> Table:
    """The column set: in its place when it was there, else last. One that is overwritten stays the same column."""
    if not column.name and table.flavour == "pandas":
        return opened(table)
    before = table.column(column.name)
    if before is not None and before.name == column.name:
        column = column.one_with(before)
        return replace(table, columns=tuple(column if c.name == column.name else c for c in table.columns))
    return replace(table, columns=(*table.columns, column))


def rename(table: Table, names: Mapping[str, str], place: Callable[[str, str], Anchor | None]) -> Table:
    """Columns renamed; `place(old, new)` is where the new name is given. In an open table a new name may hide a column
    that nobody sees, which does no harm."""
    changed = (
        c.named(names[c.name], place(c.name, names[c.name])) if names.get(c.name, c.name) != c.name else c
        for c in table.columns
    )
    added = []
    if table.open:
        present = {c.name for c in table.columns}
        added = [
            Column(new, None, origin=place(old, new), maybe=True)
            for old, new in names.items()
            if old not in present and new not in present
        ]
    return with_columns(table, (*changed, *added))


def retype(table: Table, types: Mapping[str, DataType | None]) -> Table:
    return replace(
        table,
        columns=tuple(
            replace(c, type=types[c.name], type_certainty=Certainty.CERTAIN) if c.name in types else c
            for c in table.columns
        ),
    )


def untyped(table: Table) -> Table:
    """The same names, their types no longer known."""
    return replace(table, columns=tuple(replace(c, type=None, nullable=None) for c in table.columns))


def typed(table: Table, type_: DataType | None) -> Table:
    return replace(table, columns=tuple(replace(c, type=type_, nullable=None) for c in table.columns))


def placed(table: Table) -> bool:
    """Whether it is known which column stands at which place."""
    return not table.open and not any(c.maybe for c in table.columns)


def for_pandas(table: Table, *, dates: bool = False) -> Table:
    """A table of Arrow's kind as pandas takes it: whole numbers and truth values beside a gap are something else
    there, structures are dictionaries, and `dates` are times where they are not kept as objects."""
    columns = []
    for column in table.columns:
        name = column.type.name if column.type is not None else ""
        if dates and name == "date32":
            column = replace(column, type=TIMESTAMP)
        elif name == "struct":
            column = replace(column, type=None)
        elif column.nullable and (name == "bool" or "int" in name):
            column = replace(column, type_certainty=min(column.type_certainty, Certainty.LIKELY))
        columns.append(column)
    return replace(table, columns=tuple(columns), flavour="pandas", index=(), case_sensitive=True)


def axis_named(table: Table) -> Table:
    """The table once its columns' axis has a name, which `melt` and whatever turns columns into labels passes on."""
    return opened(table)


def index_known(table: Table) -> bool:
    return table.index != UNKNOWN_INDEX


def sure(column: Column) -> bool:
    """Type known beyond doubt."""
    return column.type is not None and column.type_certainty is Certainty.CERTAIN


def numeric_only(table: Table, *, bools: bool = True) -> Table:
    """The columns that a numeric operation keeps; those whose type is not sure are `maybe`."""
    kept = []
    for column in table.columns:
        if column.type is None or not sure(column):
            kept.append(replace(column, maybe=True))
        elif is_numeric(column.type) or (bools and column.type == BOOL):
            kept.append(column)
    return replace(table, columns=tuple(kept))


def of_kind(table: Table, wanted: set[str]) -> tuple[list[Column], bool]:
    """Columns that `select_dtypes` keeps for words of `wanted` (number, object, category, datetime, bool, …), and
    whether all words and all types were understood."""
    families: set[str] = set()
    for word in wanted:
        family = _FAMILIES.get(word)
        if family is None:
            return [], False
        families |= family
    kept = []
    for column in table.columns:
        if column.type is None or not sure(column):
            kept.append(replace(column, maybe=True))
        elif _family(column.type) in families:
            kept.append(column)
    return kept, True


_FAMILIES: Mapping[str, frozenset[str]] = {
    "number": frozenset({"int", "float", "int64", "float64"}),
    "int64": frozenset({"int64"}),
    "float64": frozenset({"float64"}),
    "float": frozenset({"float64"}),
    "bool": frozenset({"bool"}),
    "category": frozenset({"category"}),
    "datetime": frozenset({"timestamp"}),
    "datetime64": frozenset({"timestamp"}),
}


def _family(type_: DataType) -> str:
    if type_ == BOOL:
        return "bool"
    if type_ == INT64:
        return "int64"
    if type_.name == "double":
        return "float64"
    if is_numeric(type_):
        return "int" if "int" in type_.name else "float"
    if type_ == STRING:
        return "string"
    return "category" if type_.name == CATEGORY.name else type_.name
