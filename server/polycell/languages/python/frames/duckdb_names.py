"""Names that stand twice in a relation of DuckDB's: the one thing that its columns are not called alike everywhere.

A query's second `k` is `k_1` to whoever reads its relation (SQL, its own methods, pandas, polars, Arrow), and that is
what a `Table` holds; only the relation's own `columns` says `k` again. Where a method made the relation, Arrow says so
too, and after some methods it depends on the version.
"""

from __future__ import annotations

from polycell.core.patterns import pattern
from polycell.core.types import Table

_SUFFIXED = pattern(r"(.+)_\d+\Z")


def may_be_doubled(table: Table) -> frozenset[str]:
    """Columns called as the second of their name would be."""
    names = {c.name.casefold() for c in table.columns}
    found = ((c.name, _SUFFIXED.match(c.name)) for c in table.columns)
    return frozenset(name for name, parts in found if parts is not None and parts[1].casefold() in names)
