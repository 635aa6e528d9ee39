"""What a query yields by DuckDB's own word: every column, with its type."""

from __future__ import annotations

from polycell.core.types import Certainty, Column, DataType, Table
from polycell.core.values import replace
from polycell.languages.sql.catalogue import ViewCatalogue
from polycell.languages.sql.duckdb.shadow import Bound, bind
from polycell.languages.sql.duckdb.tables import needed
from polycell.languages.sql.relations.names import suffixed
from polycell.languages.sql.syntax.blocks import blocks
from polycell.languages.sql.syntax.parameters import without_values
from polycell.languages.sql.syntax.scan import Statement
from polycell.tables.duckdb_types import from_duckdb


def described(statement: Statement, catalogue: ViewCatalogue, table: Table) -> Table | None:
    """`table`, what the scanner says of a query, completed by DuckDB: columns it could not name, and types.

    A name that DuckDB made up for an expression is likely only, since versions print expressions differently. Where
    the type of a source's column is not known, the query is bound with two guesses, and what they agree on is kept.
    What DuckDB refuses stays as the scanner has it: it is being typed, or wrong. None where DuckDB was not asked.
    """
    wanted = needed(statement, catalogue)
    if wanted is None:
        return None
    unsure = any(c.maybe for t in wanted.tables.values() for c in t.columns)
    if unsure and (table.open or any(b.by_name for b in blocks(statement.root))):
        return table  # what `COLUMNS(…)` and UNPIVOT yield, and of which types, depends on which columns there are
    text, _ = without_values(statement)
    bound = [bind(text, wanted.schemas(fill)) for fill in _fills(bool(wanted.untyped()))]
    if None in bound:
        return None
    columns = [b.columns for b in bound if isinstance(b, Bound)]
    if len(columns) != len(bound) or len({tuple(n for n, _ in c) for c in columns}) != 1:
        return table
    names = suffixed([name for name, _ in columns[0]])
    if names is None:
        return None
    types = [t if all(c[at][1] == t for c in columns) else "" for at, (_, t) in enumerate(columns[0])]
    sure = all(c.type_certainty is Certainty.CERTAIN and not c.maybe for t in wanted.tables.values() for c in t.columns)
    weakest = Certainty.CERTAIN if sure else Certainty.LIKELY
    return replace(
        table,
        columns=tuple(
            _column(table, name, from_duckdb(type_), weakest) for name, type_ in zip(names, types, strict=True)
        ),
        open=False,
    )


def _fills(unknown: bool) -> tuple[str, ...]:
    return ("BIGINT", "VARCHAR") if unknown else ("BIGINT",)


def _column(table: Table, name: str, type_: DataType | None, weakest: Certainty) -> Column:
    known = table.column(name)
    if known is None:
        return Column(name, type_, certainty=Certainty.LIKELY, source=name, type_certainty=weakest)
    if type_ is None or (known.type is not None and known.type == type_):
        return known
    return replace(known, type=type_, type_certainty=min(known.type_certainty, weakest))
