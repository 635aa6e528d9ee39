"""Which tables DuckDB needs to bind a statement, and whether all of them are known well enough to ask it."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from polycell.core.types import Certainty, Column, Table
from polycell.languages.sql.catalogue import ViewCatalogue
from polycell.languages.sql.duckdb.shadow import Schema, Tables, may_bind
from polycell.languages.sql.relations.columns import Relations
from polycell.languages.sql.relations.sources import sources
from polycell.languages.sql.syntax.blocks import blocks
from polycell.languages.sql.syntax.parameters import only_values
from polycell.languages.sql.syntax.scan import Statement
from polycell.tables.duckdb_types import to_duckdb

# A PIVOT whose columns the data decide is several statements to DuckDB, which are not asked about.
_QUERIES = frozenset({"SELECT", "WITH", "FROM", "VALUES", "PIVOT", "UNPIVOT"})


class Needed(Struct, frozen=True):
    """The catalogue tables that a statement reads, each closed. `certain`: no column of them is only likely."""

    tables: Mapping[tuple[str, ...], Table]
    certain: bool

    def schemas(self, fill: str, *, likely: bool = True) -> Tables:
        """As DuckDB's own types; `fill` stands for those nobody knows, or (without `likely`) nobody knows for sure."""
        return tuple((name, _schema(table, fill, likely)) for name, table in sorted(self.tables.items()))

    def untyped(self, *, likely: bool = True) -> frozenset[str]:
        """Folded names of the columns that `schemas` has to fill."""
        return frozenset(
            name.casefold() for table in self.tables.values() for name, type_ in _schema(table, "", likely) if not type_
        )


def needed(statement: Statement, catalogue: ViewCatalogue) -> Needed | None:
    """None where DuckDB cannot be asked: no plain query, templates, a table that is open, or one nobody knows."""
    if statement.dialect.name != "duckdb" or statement.root.statement not in _QUERIES:
        return None
    if not only_values(statement) or statement.lexed.unclosed or not may_bind(statement.text):
        return None
    relations = Relations(statement, catalogue)
    found: dict[tuple[str, ...], Table] = {}
    spelled: dict[tuple[str, ...], tuple[str, ...]] = {}
    for block in blocks(statement.root):
        if block.implicit:
            return None
        if block.kind not in ("query", "join"):
            continue
        for source in sources(statement, block):
            if source.block is not None:
                continue
            if source.file is not None:
                name: tuple[str, ...] = (source.file.value,)
                table = catalogue.file(source.file.value)
            elif source.parts and source.hole is None and not source.strange:
                name = tuple(statement.spelling(p) for p in source.parts)
                if len(name) == 1 and relations.cte(name[0], block) is not None:
                    continue
                table = catalogue.table(name)
            else:
                return None
            if table is None or table.open or not table.columns or len(name) > 2:
                return None
            folded = tuple(part.casefold() for part in name)
            found[spelled.setdefault(folded, name)] = table
    return Needed(found, all(t.certainty is Certainty.CERTAIN for t in found.values()))


def _schema(table: Table, fill: str, likely: bool) -> Schema:
    """(name, DuckDB's type) of each column, `fill` for a type that is not known. The same tuple for the same table:
    whoever compares two of them mostly compares pointers."""
    kept = _KEPT.get((id(table), fill, likely))
    if kept is not None and kept[0] is table:
        return kept[1]
    made = tuple((c.name, _type(c, likely) or fill) for c in table.columns)
    if len(_KEPT) >= 512:
        _KEPT.clear()
    _KEPT[id(table), fill, likely] = (table, made)
    return made


# By identity: hashing a table costs more than this does.
_KEPT: dict[tuple[int, str, bool], tuple[Table, Schema]] = {}


def _type(column: Column, likely: bool) -> str:
    if not likely and (column.type_certainty is not Certainty.CERTAIN or column.maybe):
        return ""
    return to_duckdb(column.type) or ""
