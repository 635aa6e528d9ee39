"""Connections to databases: what makes them, and which database they mean.

A URL of which only the credentials are not known is kept without them; `os.environ["NAME"]` is kept as `${NAME}`.
"""

from __future__ import annotations

import ast
import re

from polycell.core.patterns import pattern
from polycell.core.types import Connection, Opaque, Type
from polycell.languages.python.frames.registry import Argument, Call, function, method
from polycell.languages.python.syntax.values import known_text
from polycell.tables.databases.schemes import called, dialect_of_url

_HOLE = "\0"
_ENVIRONMENT = pattern(r"""(?:os\.)?(?:environ\[|environ\.get\(|getenv\()\s*(['"])([A-Za-z_]\w*)\1\s*[\])]\Z""")


@function("sqlalchemy.create_engine sqlalchemy.engine.create_engine", "url **")
def create_engine(call: Call) -> Type:
    url = written_url(call, call["url"])
    return Connection(dialect_of_url(url) or "", url, call.run.folder)


@function("sqlite3.connect", "database **")
def sqlite_connect(call: Call) -> Type:
    return Connection("sqlite", _text(call, "database"), call.run.folder)


@function("duckdb.connect", "database read_only config")
def duckdb_connect(call: Call) -> Type:
    return Connection("duckdb", _text(call, "database"), call.run.folder)


@function("psycopg2.connect psycopg.connect", "conninfo **")
def postgres_connect(call: Call) -> Type:
    return Connection("postgres", _postgres(call), call.run.folder)


@method("connection", "connect begin raw_connection cursor execution_options", "*args **")
def same(call: Call) -> Type:
    """What an engine hands out speaks to the same database."""
    return call.receiver


@function("pyspark.sql.SparkSession", "**")
def spark_session(call: Call) -> Type:
    return Opaque("pyspark.sql.SparkSession")


def connection_of(call: Call, argument: Argument | None) -> Connection | None:
    """The connection that a reader is given: one that was made, or a URL. None when nobody knows."""
    if argument is None:
        return None
    if isinstance(argument.type, Connection):
        return called(argument.type, argument.node.id) if isinstance(argument.node, ast.Name) else argument.type
    url = known_text(argument.type) or ""
    dialect = dialect_of_url(url)
    return Connection(dialect, url, call.run.folder) if dialect is not None else None


def written_url(call: Call, argument: Argument | None) -> str:
    """A URL as code writes it, "" where too much of it is not known."""
    if argument is None:
        return ""
    text = known_text(argument.type)
    if text is not None:
        return text
    node = argument.node
    if (variable := _ENVIRONMENT.match(call.run.text_of(node))) is not None:
        return f"${{{variable[2]}}}"
    if not isinstance(node, ast.JoinedStr):
        return ""
    parts = []
    for value in node.values:
        if isinstance(value, ast.Constant):
            parts.append(str(value.value))
        elif isinstance(value, ast.FormattedValue):
            parts.append(known_text(call.run.evaluate(value.value)) or _HOLE)
    scheme, separator, rest = "".join(parts).partition("://")
    _, at, where = rest.rpartition("@")
    plain = f"{scheme}{separator}{where if at else rest}"
    return "" if _HOLE in plain or not separator else plain


def _text(call: Call, name: str) -> str:
    """A path; `pathlib.Path("x.db")` is one too."""
    argument = call[name]
    if argument is None:
        return ""
    text = known_text(argument.type)
    if text is None and isinstance(argument.node, ast.Call) and len(argument.node.args) == 1:
        called = argument.node.func
        if (called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")) in ("Path", "str"):
            text = known_text(call.run.evaluate(argument.node.args[0]))
    return text or "?"  # a file of an unknown name is no database in memory


def _postgres(call: Call) -> str:
    """libpq's `host=… dbname=…`, as a text or as arguments, or a URL."""
    said: dict[str, str] = {}
    text = call.text("conninfo")
    if text is not None and "://" in text:
        return text
    if text is not None:
        said.update(re.findall(r"(\w+)\s*=\s*'?([^'\s]+)'?", text))
    for name, argument in (call.extra or {}).items():
        value = argument.value
        if isinstance(value, (str, int)):
            said[name] = str(value)
    database = said.get("dbname") or said.get("database")
    if not database:
        return ""
    port = f":{said['port']}" if said.get("port") else ""
    return f"postgresql://{said.get('host', 'localhost')}{port}/{database}"
