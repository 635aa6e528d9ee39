"""Which dialect a cell speaks.

The order (each step only when those before say nothing): the magic's own argument, a connection variable of the
Python flow, the magic's name, the cell's metadata, the host, the connection used last in the document, DuckDB when it
was imported, else the generic dialect. JupySQL keeps its last connection as state, so cells that name one export it
as `schemes.CONNECTION`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import lru_cache

from polycell.core.environment import View
from polycell.core.notebook import Cell, Notebook
from polycell.core.patterns import pattern
from polycell.core.types import Connection, Module, Record, Table, Type
from polycell.core.values import replace
from polycell.formats.connection_words import JUPYSQL_MAGICS, connection_words
from polycell.languages.sql.syntax.dialects import GENERIC, Dialect, dialect
from polycell.tables.databases.catalogue import Database
from polycell.tables.databases.places import DatabaseRequest
from polycell.tables.databases.schemes import CONNECTION, connection_in, connection_meant
from polycell.tables.jupysql import sectioned

IMPORTED = "duckdb is imported"

_HOSTS: Mapping[str, str] = {
    "databricks": "databricks",
    "synapse": "spark",
    "sparkmagic": "spark",
    "polynote": "spark",
    "almond": "spark",
    "snowflake": "snowflake",
    "marimo": "duckdb",
    "dotnet": "tsql",
}
# Kernels whose own language is the SQL of one database, by the kernelspec's name (Azure Data Studio's is `SQL`).
_KERNELS: Mapping[str, str] = {"SQL": "tsql", "xsqlite": "sqlite", "postgres": "postgres", "duckdb": "duckdb"}
_DEEPNOTE_FRAMES = "deepnote-dataframe-sql"


def explicit(cell: Cell, view: View | None = None) -> Connection | None:
    """The connection that the cell's own magic names; None when it names none."""
    for word in _words(cell):
        alias = view.lookup(f"{CONNECTION} {word}") if view is not None and word.isidentifier() else None
        value = _value(view, word.removeprefix("$")) if view is not None else None
        known = connection_meant(word, alias.type if alias is not None else None, value)
        if known is not None:
            return known
    return None


def _words(cell: Cell) -> Sequence[str]:
    """What the cell's magic says of its connection."""
    magic = cell.magic
    return _of_line(magic.name, magic.arguments, magic.prefix, bool(cell.code.strip())) if magic is not None else ()


@lru_cache(maxsize=1024)
def _of_line(name: str, line: str, prefix: str, with_body: bool) -> Sequence[str]:
    """The same of a magic's line; each answer about a cell asks several times, and most lines are alike."""
    from polycell.formats.magics import read_magic

    return tuple(connection_words(name, read_magic(name, line, "x" * with_body, prefix=prefix).arguments))


def alias_of(cell: Cell) -> str:
    """`%sql URL --alias shop`: the name by which later cells mean the connection; "" when none is given."""
    from polycell.languages.sql.results import option

    return option(cell, "--alias", "-A")


def _value(view: View, name: str) -> Type | None:
    """What a name of the Python name space holds, whichever spaces SQL itself may read."""
    binding = view.with_overlay({}, "python").lookup(name) if name.isidentifier() else None
    return binding.type if binding is not None else None


def label(cell: Cell) -> str:
    """The word by which the cell, or the code around a fragment, names its connection; "" where it names none."""
    return _sent_to(cell) or next((word.removeprefix("$") for word in _words(cell)), "") or _kernel(cell)


def _kernel(cell: Cell) -> str:
    """The kernel of .NET Interactive that the cell is sent to, each with a connection of its own."""
    if cell.magic is not None and cell.magic.prefix == "#!":
        return cell.magic.name
    said = cell.metadata.get("polyglot_notebook")
    name = said.get("kernelName") if isinstance(said, Mapping) else None
    return name if isinstance(name, str) else ""


def _connected(cell: Cell, view: View) -> Connection | None:
    """The connection of the kernel of .NET Interactive that the cell is sent to."""
    kernel = _kernel(cell) if view.host.name == "dotnet" else ""
    made = view.lookup(f"{CONNECTION} {kernel}") if kernel else None
    return made.type if made is not None and isinstance(made.type, Connection) else None


def _sent_to(cell: Cell) -> str | None:
    """The variable that Python code sends a SQL literal to, "" for none; None for what is no literal."""
    own = cell.metadata.get("polycell")
    name = own.get("connection") if isinstance(own, Mapping) else None
    return name if isinstance(name, str) else None


def _told(cell: Cell, view: View) -> Connection | None:
    """The connection to which Python code sends a SQL literal."""
    name = _sent_to(cell)
    return connection_in(_value(view, name), name) if name else None


def frames_of(cell: Cell, view: View) -> Mapping[str, Table]:
    """The tables of a SQL literal that is sent to a frame or a SQLContext of polars: `df.sql("… from self")`."""
    name = _sent_to(cell)
    value = _value(view, name) if name else None
    if isinstance(value, Table) and value.flavour in ("polars", "polars-lazy"):
        return {"self": value}
    if isinstance(value, Record) and value.name == "polars.SQLContext":
        return {name: type_ for name, type_ in value.fields if isinstance(type_, Table)}
    return {}


_MEMORY = frozenset({"", ":memory:", "duckdb:", "duckdb://", "duckdb:///:memory:"})


def in_memory(cell: Cell, view: View) -> bool:
    """Whether what a DuckDB cell is sent to holds no tables that nobody sees: no database file, nothing unknown."""
    found = current(cell, view)
    return found is None or found.source in _MEMORY


def current(cell: Cell, view: View) -> Connection | None:
    """The connection that a cell's SQL is sent to, as far as the notebook tells."""
    found = explicit(cell, view) or _told(cell, view) or _connected(cell, view)
    return last(view) if found is None and _takes_the_last(cell) else found


def _takes_the_last(cell: Cell) -> bool:
    """Whether SQL that names no connection goes to the one that JupySQL used last: not that of other magics, nor the
    literals of Python code."""
    return cell.magic.name in JUPYSQL_MAGICS if cell.magic is not None else _sent_to(cell) is None


def used(cell: Cell, view: View) -> Connection | None:
    """The connection that the cell makes JupySQL's last, for the cells below."""
    return explicit(cell, view) if cell.magic is not None and cell.magic.name in JUPYSQL_MAGICS else None


def last(view: View) -> Connection | None:
    """The connection that a cell above used last."""
    found = view.lookup(CONNECTION)
    return found.type if found is not None and isinstance(found.type, Connection) else None


def database(connection: Connection | None, view: View, folder: str) -> Database | None:
    """What the catalogue of the connection's database says; None while it is not known, or nobody may read it."""
    if connection is None or connection.source in _MEMORY:
        return None
    if not connection.folder and folder:
        connection = replace(connection, folder=folder)
    if not connection.file:
        connection = sectioned(connection, view, folder)
    found = view.read(DatabaseRequest.of(connection))
    return found if isinstance(found, Database) else None


def from_text(cell: Cell, host: str) -> Dialect:
    """The dialect as far as the cell's text, metadata and host tell: what facts are made with."""
    found = explicit(cell)
    if found is not None and found.dialect:
        return dialect(found.dialect)
    spoken = _of_magic(cell, host)
    if spoken:
        return dialect(spoken)
    named = _metadata(cell)
    return dialect(named if named is not None else _HOSTS.get(host, ""))


_PROPERTIES = pattern(r"""["']connection_type["']\s*:\s*["'](\w+)["']""")
_PRODUCTS = {"athena": "trino", "sqlserver": "tsql", "postgresql": "postgres"}


def _of_magic(cell: Cell, host: str) -> str:
    """The dialect that the cell's magic always speaks, or that its arguments name (SageMaker's properties)."""
    if cell.magic is None or cell.magic.prefix != "%%":
        return ""
    from polycell.formats.magics import spec_of

    said = _PROPERTIES.search(cell.magic.arguments)
    if said is not None:
        product = said[1].lower()
        return _PRODUCTS.get(product, product)
    spec = spec_of(cell.magic.name, host)
    return spec.dialect if spec is not None else ""


def _metadata(cell: Cell) -> str | None:
    integration = cell.metadata.get("sql_integration_id")
    if isinstance(integration, str):
        return "duckdb" if integration == _DEEPNOTE_FRAMES else ""
    own = cell.metadata.get("polycell")
    if isinstance(own, Mapping) and isinstance(own.get("dialect"), str):
        return str(own["dialect"])
    return None


def resolve(cell: Cell, notebook: Notebook, view: View) -> tuple[Dialect, str]:
    """(dialect, why it is assumed; empty when the cell says so itself)."""
    found = explicit(cell, view) or _told(cell, view) or _connected(cell, view)
    if found is not None:
        spoken = _spoken(found, view, os.path.dirname(notebook.path))
        return (spoken if spoken is not GENERIC else dialect(_of_magic(cell, notebook.host))), ""
    if frames_of(cell, view):
        return dialect("polars"), ""
    plain = from_text(cell, notebook.host)
    if plain is not GENERIC or _metadata(cell) is not None:
        return plain, "" if cell.magic is not None else f"{notebook.host} cell"
    if cell.magic is not None and cell.magic.name not in JUPYSQL_MAGICS and cell.magic.prefix == "%%":
        return GENERIC, ""  # a product's own magic; which database is behind it nobody says
    if cell.magic is None and (kernel := _of_kernel(notebook)):
        return dialect(kernel), "the notebook's kernel"
    return of_view(view)


def _of_kernel(notebook: Notebook) -> str:
    """The dialect of a notebook whose kernel is a database's."""
    kernel = notebook.metadata.get("kernelspec")
    name = kernel.get("name") if isinstance(kernel, Mapping) else None
    return _KERNELS.get(name, "") if isinstance(name, str) else ""


def _spoken(connection: Connection, view: View, folder: str) -> Dialect:
    """The connection's dialect, by its database where the code does not tell (a name from the settings)."""
    if connection.dialect or not connection.source:
        return dialect(connection.dialect)
    found = database(connection, view, folder)
    return dialect(found.dialect) if found is not None else GENERIC


def of_view(view: View) -> tuple[Dialect, str]:
    """The dialect where only the environment is known: a fragment, or a cell without arguments."""
    host = _HOSTS.get(view.host.name, "")
    if host:
        return dialect(host), f"{view.host.name} cell"
    used = last(view)
    if used is not None:
        return _spoken(used, view, ""), "the connection used last"
    imported = view.with_overlay({}, "python").lookup("duckdb")
    if imported is not None and isinstance(imported.type, Module) and imported.type.name == "duckdb":
        return dialect("duckdb"), IMPORTED
    return GENERIC, ""
