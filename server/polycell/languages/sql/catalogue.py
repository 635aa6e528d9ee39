"""Tables from outside a statement: frames and tables of the cells above, DDL earlier in the cell, data files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from polycell.core.environment import Binding, View
from polycell.core.patterns import pattern
from polycell.core.types import Connection, Scalar, Table
from polycell.core.values import replace
from polycell.languages.sql import connection
from polycell.languages.sql.attached import ATTACHED, key_of
from polycell.languages.sql.namespaces import USED, qualified
from polycell.languages.sql.syntax.dialects import Dialect
from polycell.languages.sql.syntax.templates import hole_name
from polycell.languages.sql.syntax.variables import VARIABLE
from polycell.languages.sql.syntax.variables import key_of as key_of_variable
from polycell.tables.databases.catalogue import Database, Relation
from polycell.tables.unseen import TEMPORARY, UNSEEN

_NAME = pattern(r"[^\W\d]\w*(?:\.[^\W\d]\w*){0,2}\Z")
# Schemas that hold what is written without one.
_DEFAULT_SCHEMAS = frozenset({"main", "public", "dbo", "default", "temp", "memory", "global_temp", "pg_temp"})
# Where a name without a schema is looked for as well.
_OWN_SCHEMAS: Mapping[str, str] = {"tsql": "dbo", "postgres": "public", "redshift": "public", "snowflake": "public"}
_READERS: Mapping[str, str] = {
    ".csv": "duckdb.csv",
    ".tsv": "duckdb.csv",
    ".csv.gz": "duckdb.csv",
    ".tsv.gz": "duckdb.csv",
    ".parquet": "duckdb.parquet",
    ".pq": "duckdb.parquet",
    ".json": "duckdb.json",
    ".jsonl": "duckdb.json",
    ".ndjson": "duckdb.json",
    ".json.gz": "duckdb.json",
}
_FUNCTIONS: Mapping[str, str] = {
    "read_csv": "duckdb.csv",
    "read_csv_auto": "duckdb.csv",
    "read_parquet": "duckdb.parquet",
    "parquet_scan": "duckdb.parquet",
    "read_json": "duckdb.json",
    "read_json_auto": "duckdb.json",
    "read_ndjson": "duckdb.json",
    "read_ndjson_auto": "duckdb.json",
}


class ViewCatalogue(Struct, frozen=True):
    """A `relations.Catalogue` over what a cell sees. `local`: folded dotted name → the table that DDL above in the cell
    made, None for a dropped one. `folder` is the notebook's. `connection`: the variable or URL that the cell names.
    `database`: what the catalogue of the database says that the cell is sent to, where it is known. `frames`: what a
    frame or context of polars that it is sent to calls its tables."""

    view: View
    dialect: Dialect
    folder: str = ""
    local: Mapping[str, Binding | None] = field(default_factory=dict)
    connection: str = ""
    database: Database | None = None
    frames: Mapping[str, Table] = field(default_factory=dict)

    def binding(self, parts: Sequence[str]) -> Binding | None:
        """What a table name means: DDL of the cell and of those above, then the database, then whatever the host lets
        the cell see. The frames of Python are no tables of a server."""
        return self._found(parts)[0]

    def _found(self, parts: Sequence[str]) -> tuple[Binding | None, bool]:
        """The same, and whether the name may mean a table of another schema."""
        if len(parts) == 1 and parts[0] in self.frames:
            return Binding(parts[0], self.frames[parts[0]], source="the frame that the query is sent to"), False
        used = self.used_schema()
        if not used or self._is_temporary(parts):
            return self._named(parts), False
        if self.dialect.name == "duckdb":
            return (len(parts) == 1 and self._named([*used, *parts])) or self._named(parts), False
        whole = qualified(parts, used)
        found = self._named(whole) if whole is not None else None
        return (found, False) if found is not None else (self._named(parts), whole != list(parts))

    def spellings(self, parts: Sequence[str], *, temporary: bool = False) -> list[str]:
        """The names under which a table is kept: as it is written, and with the schema that is in use."""
        written = ".".join(parts)
        used = () if temporary or self.dialect.name == "duckdb" else self.used_schema()
        whole = ".".join(qualified(parts, used) or parts)
        return [written] if whole.casefold() == written.casefold() else [written, whole]

    def _is_temporary(self, parts: Sequence[str]) -> bool:
        plain = len(parts) == 1 or parts[0].casefold() == "global_temp"
        name = parts[-1].casefold()
        return plain and (name.startswith("#") or self._kept(f"{TEMPORARY}{name}") is not None)

    def _named(self, parts: Sequence[str]) -> Binding | None:
        names = [".".join(parts)]
        if len(parts) > 1 and all(p.casefold() in _DEFAULT_SCHEMAS for p in parts[:-1]):
            names.append(parts[-1])
        elif len(parts) == 1:
            names += [f"{schema}.{parts[0]}" for schema in ("main", "default") if f"{schema}.{parts[0]}" in self.local]
        for name in names:
            if name.casefold() in self.local:
                return self.local[name.casefold()]
            found = self.view.lookup_folded(name)
            if found is not None and (self.database is None or found.space == "catalog"):
                return found
        holder = self.database
        if len(parts) > 1 and (attached := self.attached(parts[0])) is not None:
            holder, parts = attached, parts[1:]
        relation = holder.find(parts) if holder is not None else None
        if holder is not None and relation is not None:
            return database_binding(holder, relation)
        if self.database is not None and self.reads_frames:
            return next((b for name in names if (b := self.view.lookup_folded(name)) is not None), None)
        return None

    @property
    def reads_frames(self) -> bool:
        """DuckDB takes a name that it does not know for a variable of Python; a server cannot."""
        if self.database is None or self.dialect.name == "duckdb":
            return True
        return bool(self.database.problem) and not self.database.relations

    def table(self, parts: Sequence[str]) -> Table | None:
        found, elsewhere = self._found(parts)
        if found is not None:
            table = sql_table(found)
            doubt = table is not None and (self._in_doubt(found) or (elsewhere and found.space == "catalog"))
            return replace(table, open=True) if table is not None and doubt else table
        schema = _OWN_SCHEMAS.get(self.dialect.name)
        within = self._named([schema, *parts]) if schema and len(parts) == 1 and self.database is None else None
        table = sql_table(within) if within is not None else None
        if table is not None:
            return replace(table, open=True)  # as a session is set up where nobody changed it
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

    def file(
        self, path: str, function: str = "", options: Mapping[str, Any] | None = None, more: Sequence[str] = ()
    ) -> Table | None:
        reader = _FUNCTIONS.get(function, "") if function else reader_of(path)
        if not reader or self.dialect.name not in ("duckdb", ""):
            return None
        from polycell.tables.files import FileRequest

        given = dict(options or {})
        if "ndjson" in function:
            given.setdefault("format", "newline_delimited")
        found = self.view.read(FileRequest.of([path, *more], self.folder, reader, given))
        return found if isinstance(found, Table) else None

    def hole(self, text: str) -> Table | None:
        """A template names a table itself, or holds its name as a text that is known."""
        name = hole_name(text)
        # A text of Python is no table, which is all that other languages see of it.
        found = (self.view.lookup(name) or self.view.with_overlay({}, "python").lookup(name)) if name else None
        if found is None:
            return None
        spelled = found.type.value if isinstance(found.type, Scalar) else None
        if isinstance(spelled, str):
            named = self.table(spelled.split(".")) if _NAME.match(spelled) else None
            return replace(named, open=True) if named is not None else None
        return sql_table(found)

    def variable(self, name: str) -> bool:
        """Whether SQL above declared a variable of that name."""
        return self._kept(key_of_variable(name)) is not None

    def variables(self) -> Iterator[str]:
        """The folded names of the variables that SQL above declared."""
        held = {key: binding for key, binding in self.local.items() if key.startswith(VARIABLE)}
        for binding in self.view.bindings(VARIABLE):
            held.setdefault(binding.name, binding)
        yield from (key.removeprefix(VARIABLE) for key, binding in held.items() if binding is not None)

    @property
    def offers_frames(self) -> bool:
        """Whether a query may name frames of Python as tables: of DuckDB, polars, or nobody knows what."""
        return self.reads_frames and (
            self.dialect.name in ("", "duckdb", "polars") or self.view.host.name == "polynote"
        )

    def tables(self) -> Iterator[Binding]:
        """Every table known that is named without a schema of the database, one a name."""
        seen = set(self.local)
        yield from (Binding(name, table) for name, table in self.frames.items())
        for binding in self.local.values():
            if binding is not None and isinstance(binding.type, Table):
                yield binding
        for binding in self.view.bindings():
            if not isinstance(binding.type, Table) or binding.name.casefold() in seen:
                continue
            if binding.space == "catalog" or self.offers_frames:
                if self.database is not None:
                    seen.add(binding.name.casefold())
                yield binding
        for database in (self.used(), self.database):
            for relation in database.without_schema() if database is not None else ():
                if relation.name.casefold() not in seen:
                    seen.add(relation.name.casefold())
                    yield database_binding(database, relation)  # type: ignore[arg-type]

    def inside(self, parts: Sequence[str]) -> Iterator[Relation]:
        """What is in a schema, by its name: of the database, or of one that was attached."""
        database, schema = self.database, list(parts)
        if schema and (attached := self.attached(schema[0])) is not None:
            database, schema = attached, schema[1:]
        elif database is not None and len(schema) == 2 and schema[0].casefold() == database.catalog.casefold():
            schema = schema[1:]
        if database is not None:
            yield from database.of_schema(schema[0]) if len(schema) == 1 else database.without_schema()

    def attached(self, name: str) -> Database | None:
        """`ATTACH 'shop.db' AS shop`, here or in a cell above."""
        known = self._kept(key_of(name))
        if known is None or not isinstance(known.type, Connection):
            return None
        return connection.database(known.type, self.view, self.folder)

    def databases(self) -> Iterator[tuple[str, Database | None]]:
        """(name, what it holds) of each database that is attached."""
        seen = {key: binding for key, binding in self.local.items() if key.startswith(ATTACHED)}
        for binding in self.view.bindings(ATTACHED):
            seen.setdefault(binding.name, binding)
        for key, known in seen.items():
            if known is not None:
                name = key.removeprefix(ATTACHED)
                yield name, self.attached(name)

    def used(self) -> Database | None:
        """The attached database whose tables need no name before them: `USE shop`."""
        used = self.used_schema()
        return self.attached(used[0]) if used else None

    def used_schema(self) -> list[str]:
        """The schema that `USE` named; [] where none did."""
        known = self._kept(USED)
        value = known.type.value if known is not None and isinstance(known.type, Scalar) else None
        return value.split(".") if isinstance(value, str) and value else []

    def _kept(self, key: str) -> Binding | None:
        return self.local[key] if key in self.local else self.view.lookup(key)


def database_binding(database: Database, relation: Relation) -> Binding:
    """A table of a database, under the name by which a query calls it."""
    plain = not relation.schema or relation.schema in database.search
    # What was read before the database went away proves nothing.
    table = replace(relation.table, open=True) if database.problem else relation.table
    comment = f" · {relation.comment}" if relation.comment else ""
    return Binding(
        relation.name if plain else f"{relation.schema}.{relation.name}", table, "table", "catalog",
        source=f"{relation.kind} of {database.label}{comment}", dialect=database.dialect,
    )  # fmt: skip


def reader_of(path: str) -> str:
    """The reader for a bare file name in FROM, "" when DuckDB would not take it for a file."""
    lowered = path.lower()
    if "://" in path:
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
