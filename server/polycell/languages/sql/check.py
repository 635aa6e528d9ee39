"""Findings in SQL that are certain: by DuckDB's binder where it can be asked, else by names alone (`name_check`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from polycell.core.results import Finding
from polycell.core.types import Table
from polycell.languages.sql.catalogue import ViewCatalogue
from polycell.languages.sql.checks.changed import unknown_changed
from polycell.languages.sql.checks.letter_case import differing_case
from polycell.languages.sql.checks.merge import unknown_merged
from polycell.languages.sql.checks.missing_tables import missing_tables
from polycell.languages.sql.checks.names import ambiguous_columns, unknown_columns, unknown_tables, unknown_written
from polycell.languages.sql.checks.pivots import unknown_pivoted
from polycell.languages.sql.checks.sqlite_syntax import syntax_error
from polycell.languages.sql.duckdb import check as duckdb_check
from polycell.languages.sql.syntax.scan import Statement
from polycell.languages.sql.syntax.templates import hole_name


def findings(statement: Statement, catalogue: ViewCatalogue) -> Iterator[Finding]:
    """By DuckDB's binder where it can be asked, else by names alone."""
    if not statement.tokens or not statement.dialect.name:
        return
    yield from missing_tables(statement, catalogue)
    if statement.dialect.name == "duckdb":
        bound = duckdb_check.findings(statement, catalogue)
        if bound is None:
            bound = [
                *unknown_columns(statement, catalogue),
                *unknown_written(statement, catalogue),
                *unknown_merged(statement, catalogue),
                *unknown_changed(statement, catalogue),
            ]
        yield from bound
        return
    unread = syntax_error(statement) if statement.dialect.name == "sqlite" else None
    if unread is not None:
        yield unread
        return
    made = catalogue if statement.dialect.name == "polars" else _Made(catalogue)
    yield from unknown_columns(statement, made)
    yield from unknown_written(statement, made)
    yield from unknown_merged(statement, made)
    yield from unknown_changed(statement, made)
    yield from unknown_pivoted(statement, made)
    yield from unknown_tables(statement, made)
    yield from ambiguous_columns(statement, made)
    yield from differing_case(statement, made, catalogue)


class _Made(Struct, frozen=True):
    """The catalogue without what databases do not see: frames and files."""

    catalogue: ViewCatalogue

    def table(self, parts: Sequence[str]) -> Table | None:
        found = self.catalogue.binding(parts)
        if found is None or not isinstance(found.type, Table):
            return None
        # Polynote makes the frames that a query names its temporary views.
        viewed = self.catalogue.view.host.name == "polynote" and found.type.flavour == "spark" and len(parts) == 1
        return self.catalogue.table(parts) if found.space == "catalog" or viewed else None

    def file(self, *args: object, **options: object) -> None:
        return None

    def variable(self, name: str) -> bool:
        return self.catalogue.variable(name)

    def hole(self, text: str) -> Table | None:
        """Snowflake's `{{cell}}` is what that cell's query yielded."""
        view = self.catalogue.view
        found = view.lookup(hole_name(text)) if view.host.name == "snowflake" else None
        return self.catalogue.hole(text) if found is not None and found.kind == "result" else None
