"""Tables from outside a statement: frames and tables of the cells above, DDL earlier in the cell, data files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from polycell.core.environment import Binding, View
from polycell.core.types import Table
from polycell.languages.sql.dialects import Dialect
from polycell.languages.sql.templates import hole_name
from polycell.tables.unseen import UNSEEN

# Schemas that hold what is written without one.
_DEFAULT_SCHEMAS = frozenset({"main", "public", "dbo", "default", "temp", "memory", "global_temp", "pg_temp"})
_READERS: Mapping[str, str] = {
    ".csv": "duckdb.csv",
    ".tsv": "duckdb.csv",
    ".csv.gz": "duckdb.csv",
    ".tsv.gz": "duckdb.csv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".json": "json",
    ".jsonl": "json",
    ".ndjson": "json",
    ".json.gz": "json",
}
_FUNCTIONS: Mapping[str, str] = {
    "read_csv": "duckdb.csv",
    "read_csv_auto": "duckdb.csv",
    "read_parquet": "parquet",
    "parquet_scan": "parquet",
    "read_json": "json",
    "read_json_auto": "json",
    "read_ndjson": "json",
    "read_ndjson_auto": "json",
}


@dataclass(frozen=True, slots=True)
class ViewCatalogue:
    """A `relations.Catalogue` over what a cell sees. `local`: folded dotted name → the table that DDL above in the cell
    made, None for a dropped one. `folder` is the notebook's. `connection`: the variable or URL that the cell names."""

    view: View
    dialect: Dialect
    folder: str = ""
    local: Mapping[str, Binding | None] = field(default_factory=dict)
    connection: str = ""

    def binding(self, parts: Sequence[str]) -> Binding | None:
        """What a table name means: DDL of the cell, then whatever the host lets the cell see."""
        names = [".".join(parts)]
        if len(parts) > 1 and all(p.casefold() in _DEFAULT_SCHEMAS for p in parts[:-1]):
            names.append(parts[-1])
        elif len(parts) == 1:
            names += [f"{schema}.{parts[0]}" for schema in ("main", "default") if f"{schema}.{parts[0]}" in self.local]
        for name in names:
            if name.casefold() in self.local:
                return self.local[name.casefold()]
            found = self.view.lookup_folded(name)
            if found is not None:
                return found
        return None

    def table(self, parts: Sequence[str]) -> Table | None:
        found = self.binding(parts)
        if found is not None:
            table = sql_table(found)
            return replace(table, open=True) if table is not None and self._in_doubt(found) else table
        # DuckDB takes `FROM penguins.csv`, with quotes and without.
        path = ".".join(parts)
        return self.file(path) if reader_of(path) else None

    def _in_doubt(self, binding: Binding) -> bool:
        """A table of that name may be another one: made through another connection, or changed by SQL that nobody
        could read."""
        if binding.space != "catalog" or binding.kind != "table":
            return False
        elsewhere = bool(binding.connection and self.connection) and binding.connection != self.connection
        return elsewhere or self.view.lookup(UNSEEN) is not None

    def file(self, path: str, function: str = "") -> Table | None:
        reader = _FUNCTIONS.get(function, "") if function else reader_of(path)
        if not reader or self.dialect.name not in ("duckdb", ""):
            return None
        from polycell.tables.files import FileRequest

        found = self.view.read(FileRequest(path, self.folder, reader))
        return replace(found, case_sensitive=False) if isinstance(found, Table) else None

    def hole(self, text: str) -> Table | None:
        name = hole_name(text)
        found = self.view.lookup(name) if name else None
        return sql_table(found) if found is not None else None

    def tables(self) -> Iterator[Binding]:
        """Every table known, one a name."""
        for binding in self.local.values():
            if binding is not None:
                yield binding
        for binding in self.view.bindings():
            if isinstance(binding.type, Table) and binding.name.casefold() not in self.local:
                yield binding


def reader_of(path: str) -> str:
    """The reader for a bare file name in FROM, "" when DuckDB would not take it for a file."""
    lowered = path.lower()
    if any(c in path for c in "*?[") or "://" in path:
        return ""
    for suffix in sorted(_READERS, key=len, reverse=True):
        if lowered.endswith(suffix):
            return _READERS[suffix]
    return ""


def sql_table(binding: Binding) -> Table | None:
    """A binding's table as SQL sees it: no index, names compared without case. None for what is no table."""
    table = binding.type
    if not isinstance(table, Table):
        return None
    # Hashing a table costs as much as this does, so the last answers are found by identity.
    kept = _SEEN.get(id(table))
    if kept is not None and kept[0] is table:
        return kept[1]
    folded = {c.name.casefold() for c in table.columns}
    # A frame may have columns `a` and `A`; a database takes only one of them.
    made = replace(table, index=(), case_sensitive=False, open=table.open or len(folded) != len(table.columns))
    if len(_SEEN) >= 512:
        _SEEN.clear()
    _SEEN[id(table)] = (table, made)
    return made


_SEEN: dict[int, tuple[Table, Table]] = {}
