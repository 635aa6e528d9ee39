"""The catalogue of a database server, through SQLAlchemy's inspector. Runs in a process of its own (`worker`).

Only catalogues are read, in a read-only session where the database knows such, with limits on how long it may take.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from polycell.core.types import Column
from polycell.tables.databases.catalogue import MOST_COLUMNS, Database, Relation, column, relation_table
from polycell.tables.databases.server_types import neutral

CONNECT = 5  # seconds
STATEMENT = 8  # seconds

# Drivers to try in turn; of those that a URL names, the asynchronous ones cannot be used here.
_DRIVERS: Mapping[str, tuple[str, ...]] = {
    "postgresql": ("psycopg", "psycopg2", "pg8000"),
    "mysql": ("pymysql", "mysqldb", "mysqlconnector"),
    "mariadb": ("pymysql", "mysqldb", "mariadbconnector"),
}
_DIALECTS = {"postgresql": "postgres", "mariadb": "mysql", "mssql": "tsql", "cockroachdb": "postgres"}
_SYSTEM = frozenset({"information_schema", "pg_catalog", "pg_toast", "sys", "performance_schema", "mysql", "guest"})
# Databases whose catalogue shows every table to everybody, whatever the rights of who asks.
_TELLS_ALL = frozenset({"postgresql"})


def read_server(url: str, label: str) -> Database:
    """Raises what SQLAlchemy and the drivers raise; ImportError when one of them is not installed."""
    import sqlalchemy
    from sqlalchemy.pool import NullPool

    made = sqlalchemy.make_url(re.sub(r"^postgres(?=\+|:)", "postgresql", url))
    backend = made.get_backend_name()
    made = made.set(drivername=_driver(made.drivername, backend))
    engine = sqlalchemy.create_engine(made, poolclass=NullPool, connect_args=_limits(made.drivername))
    with engine.connect() as connection:
        if backend in ("mysql", "mariadb"):
            connection.exec_driver_sql("set session transaction read only")
        inspector = sqlalchemy.inspect(connection)
        schemas = [s for s in inspector.get_schema_names() if s.lower() not in _SYSTEM and not s.startswith("pg_t")]
        search = _search_path(connection, backend) or [inspector.default_schema_name or ""]
        # What is named without a schema comes first, if not everything can be taken.
        ordered = dict.fromkeys(s for s in (*search, *schemas) if s in schemas)
        relations: list[Relation] = []
        read = 0
        for schema in ordered:
            for relation in _relations(inspector, schema):
                read += len(relation.table.columns)
                if read > MOST_COLUMNS:
                    break
                relations.append(relation)
    return Database(
        label, _DIALECTS.get(backend, backend), tuple(relations), tuple(search), tuple(ordered),
        complete=backend in _TELLS_ALL and read <= MOST_COLUMNS, catalog=made.database or "",
    )  # fmt: skip


def _driver(named: str, backend: str) -> str:
    """The URL's driver, or the first installed one of the database where it names none or one that cannot be used."""
    from importlib.util import find_spec

    modules = {"mysqldb": "MySQLdb", "mysqlconnector": "mysql.connector", "mariadbconnector": "mariadb"}
    backend_drivers = _DRIVERS.get(backend)
    driver = named.partition("+")[2]
    if backend_drivers is None or (
        driver
        and find_spec(modules.get(driver, driver).partition(".")[0]) is not None
        and not driver.startswith(("async", "aio"))
    ):
        return named
    for name in backend_drivers:
        if find_spec(modules.get(name, name).partition(".")[0]) is not None:
            return f"{backend}+{name}"
    raise ImportError(f"no driver for {backend} is installed; {' or '.join(backend_drivers)} would do")


def _limits(driver: str) -> dict[str, Any]:
    if driver in ("postgresql+psycopg", "postgresql+psycopg2"):
        settings = f"-c default_transaction_read_only=on -c statement_timeout={STATEMENT * 1000}"
        return {"connect_timeout": CONNECT, "options": settings, "application_name": "polycell"}
    if driver.startswith(("mysql+", "mariadb+")):
        return {"connect_timeout": CONNECT}
    return {}


def _search_path(connection: Any, backend: str) -> list[str]:
    if backend != "postgresql":
        return []
    path = connection.exec_driver_sql("select current_schemas(false)").scalar()
    return list(path) if isinstance(path, list) else []


def _relations(inspector: Any, schema: str) -> Iterator[Relation]:
    from sqlalchemy.engine.reflection import ObjectKind, ObjectScope

    kinds = {"kind": ObjectKind.ANY, "scope": ObjectScope.DEFAULT}
    if inspector.dialect.name in ("mysql", "mariadb"):
        # Reading how a view is made needs a right of its own there; one that may not be read must not spoil the rest.
        kinds["kind"] = ObjectKind.TABLE
        for name in _names(inspector.get_view_names, schema):
            yield Relation(name, relation_table(_viewed(inspector, schema, name)), schema, "view")
    found = inspector.get_multi_columns(schema=schema, **kinds)
    keys = _all(inspector.get_multi_pk_constraint, schema, kinds)
    foreign = _all(inspector.get_multi_foreign_keys, schema, kinds)
    comments = _all(inspector.get_multi_table_comment, schema, kinds)
    views = {*_names(inspector.get_view_names, schema), *_names(inspector.get_materialized_view_names, schema)}
    for (own, name), columns in sorted(found.items(), key=lambda item: str(item[0])):
        primary = (keys.get((own, name)) or {}).get("constrained_columns") or []
        targets = dict(_targets(foreign.get((own, name)) or (), schema))
        yield Relation(
            name, relation_table([_column(c, primary, targets, view=name in views) for c in columns]), schema,
            "view" if name in views else "table", (comments.get((own, name)) or {}).get("text") or "",
        )  # fmt: skip


def _viewed(inspector: Any, schema: str, name: str) -> list[Column]:
    """The columns of a view of MySQL: with their types, or as the information schema has them, which tells everybody
    who may read the view."""
    from sqlalchemy import text
    from sqlalchemy.exc import SQLAlchemyError

    try:
        return [_column(found, [], {}, view=True) for found in inspector.get_columns(name, schema)]
    except (SQLAlchemyError, NotImplementedError):
        query = text(
            "select column_name, column_type from information_schema.columns"
            " where table_schema = :schema and table_name = :name order by ordinal_position"
        )
        rows = inspector.bind.execute(query, {"schema": schema, "name": name}).fetchall()
        return [column(str(row[0]), None, str(row[1]), None) for row in rows]


def _all(read: Any, schema: str, kinds: dict[str, Any]) -> Mapping[Any, Any]:
    """What some databases do not have, or do not tell everybody, is left out."""
    from sqlalchemy.exc import SQLAlchemyError

    try:
        return dict(read(schema=schema, **kinds))
    except (SQLAlchemyError, NotImplementedError):
        return {}


def _names(read: Any, schema: str) -> list[str]:
    from sqlalchemy.exc import SQLAlchemyError

    try:
        return list(read(schema=schema))
    except (SQLAlchemyError, NotImplementedError):
        return []


def _targets(keys: Iterable[Mapping[str, Any]], schema: str) -> Iterator[tuple[str, str]]:
    for key in keys:
        other = key.get("referred_schema")
        table = f"{other}.{key['referred_table']}" if other and other != schema else key["referred_table"]
        for name, target in zip(key["constrained_columns"], key["referred_columns"], strict=False):
            yield name, f"{table}.{target}"


def _column(found: Mapping[str, Any], primary: list[str], targets: Mapping[str, str], *, view: bool) -> Column:
    type_, text = neutral(found["type"])
    name = str(found["name"])
    said = [text]
    if name in primary:
        said.append("primary key")
    if name in targets:
        said.append(f"references {targets[name]}")
    comment = found.get("comment")
    # Whether a column of a view may be null, no catalogue knows.
    nullable = None if view else found.get("nullable")
    return column(name, type_, ", ".join(said) + (f" · {comment}" if comment else ""), nullable)
