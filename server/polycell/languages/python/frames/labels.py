"""pandas' columns of several levels (MultiIndex): what aggregations by lists make, and how they become plain again."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from polycell.core.types import UNKNOWN, Column, Flavour, Series, Table, Type
from polycell.core.values import replace
from polycell.languages.python.frames.column_index import label_value
from polycell.languages.python.frames.columns import LEVELS, UNKNOWN_INDEX, index_known, unknown_table, with_columns
from polycell.languages.python.frames.registry import Call, function, method
from polycell.languages.python.syntax.values import collection

Labelled = tuple[tuple[str, ...], Column]


def table_of(columns: Iterable[Labelled], index: tuple[Column, ...], flavour: Flavour = "pandas") -> Table:
    """A table whose columns have these labels; one of which nothing is known when a label comes twice."""
    made = tuple(columns)
    if not made or len({label for label, _ in made}) != len(made):
        return unknown_table(flavour, index)
    return Table(open=True, flavour=flavour, index=index, labelled=made)


def by_data(names: Iterable[Column], index: tuple[Column, ...]) -> Table:
    """A table of which only the first labels are known: what stands under each is a frame again."""
    made = (replace(c, type=LEVELS, nullable=None, maybe=False) for c in names)
    return with_columns(Table(open=True, flavour="pandas", index=index), made)


@function("pandas.MultiIndex.from_tuples", "tuples sortorder names")
@function("pandas.MultiIndex.from_arrays", "arrays sortorder names")
@function("pandas.MultiIndex.from_product", "iterables sortorder names")
def written(call: Call) -> Type:
    """The labels that the code writes down: by rows, by levels, or all combinations."""
    tuples, arrays = call.value("tuples"), call.value("arrays")
    levels = call.value("iterables") if arrays is None else arrays
    if call["names"] is not None:
        return UNKNOWN
    found = _texts(tuples if tuples is not None else levels)
    if tuples is None and found is not None:
        found = [*(zip(*found, strict=False) if arrays is not None else itertools.product(*found))]
    if not found or len({len(label) for label in found}) != 1:
        return UNKNOWN
    return collection("array", tuple(map(label_value, found)))


def _texts(value: object) -> list[tuple[str, ...]] | None:
    if not isinstance(value, (list, tuple)) or not all(isinstance(v, (list, tuple)) for v in value):
        return None
    found = [tuple(v) for v in value]
    return found if all(isinstance(text, str) for each in found for text in each) else None


def plain(table: Table) -> Table:
    """The same columns, named by their places: for whoever gives them names at once."""
    return Table(tuple(replace(c, name=str(i)) for i, (_, c) in enumerate(table.labelled)), index=table.index,
                 flavour=table.flavour)  # fmt: skip


def subscript(table: Table, key: object) -> Type:
    """`df["n"]`: the columns under a label; `df["n", "sum"]`: one column."""
    if isinstance(key, tuple):
        found = next((c for label, c in table.labelled if label == key), None)
        return Series(replace(found, name=""), table.flavour, table.index) if found is not None else UNKNOWN
    if not isinstance(key, str):
        return unknown_table(table.flavour, table.index) if isinstance(key, list) else UNKNOWN
    under = [(label[1:], c) for label, c in table.labelled if label[0] == key]
    if not under or any(label == ("",) for label, _ in under):
        return UNKNOWN  # one column, or none
    if len(under[0][0]) > 1:
        return table_of(under, table.index, table.flavour)
    return with_columns(Table(flavour=table.flavour, index=table.index), (replace(c, name=n) for (n,), c in under))


@method("pandas", "droplevel", "level axis", gives=unknown_table("pandas"), labels=True)
def droplevel(call: Call) -> Type:
    table, level = call.table, call.value("level")
    if call.value("axis", 0) in (0, "index"):
        return replace(table, index=UNKNOWN_INDEX)
    wide = len(table.labelled[0][0]) if table.labelled else 0
    if not isinstance(level, int) or not -wide <= level < wide:
        return unknown_table("pandas", table.index)
    level %= wide
    kept = [(label[:level] + label[level + 1 :], c) for label, c in table.labelled]
    if wide > 2:
        return table_of(kept, table.index)
    return with_columns(Table(flavour="pandas", index=table.index), (replace(c, name=n) for (n,), c in kept))


def index_to_labels(table: Table) -> Table:
    """`reset_index`: the index's names fill the first level, the others are empty."""
    if not index_known(table) or any(not c.name for c in table.index):
        return unknown_table("pandas", ())
    wide = len(table.labelled[0][0])
    keys = [((c.name, *[""] * (wide - 1)), c) for c in table.index]
    return table_of((*keys, *table.labelled), ())
