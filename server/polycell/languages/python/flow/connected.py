"""The connection that `%sql` lines of a Python cell open: cells below use it until another one is opened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from polycell.core.environment import Binding
from polycell.core.facts import Magic
from polycell.core.service import Context
from polycell.core.types import Connection
from polycell.formats.magics import read_magic
from polycell.languages.python.flow.interpreter import Interpreter
from polycell.languages.python.values import known_text
from polycell.tables.databases.schemes import CONNECTION, called, dialect_of_url


def connections(run: Interpreter, context: Context) -> Iterator[tuple[Connection, str, Magic]]:
    """(connection, its alias or "", the magic) for each `%sql` that opens one, in order of the text."""
    for magic in context.facts.magics:
        if magic.name in ("sql", "jupysql") and not magic.cell:
            found = _connection(run, magic)
            if found is not None:
                connection, alias = found
                yield (connection if connection.folder else replace(connection, folder=run.folder)), alias, magic


def last_connection(run: Interpreter, context: Context) -> Iterator[Binding]:
    """The last one of the cell, and each that has an alias, as bindings of the catalogue."""
    last: Connection | None = None
    for last, alias, _ in connections(run, context):
        if alias:
            yield Binding(f"{CONNECTION} {alias}", last, space="catalog")
    if last is not None:
        yield Binding(CONNECTION, last, space="catalog")


def _connection(run: Interpreter, magic: Magic) -> tuple[Connection, str] | None:
    """(connection, its alias or "") of `%sql URL`, `%sql engine`, `%sql --section shop`."""
    arguments = read_magic("sql", magic.arguments, "").arguments
    word = arguments.connection
    section = arguments.option("--section", "-s")
    if not word and section:
        word = f"[{section}]"
    if not word and magic.arguments.strip().removeprefix("$").isidentifier():
        word = magic.arguments.strip()
    if not word:
        return None
    alias = arguments.option("--alias", "-A") or ""
    dialect = dialect_of_url(word)
    if dialect is not None:
        return Connection(dialect, word), alias
    name = word.removeprefix("$")
    type_ = run.type_of(name) if name.isidentifier() else None
    if isinstance(type_, Connection):
        return called(type_, name), alias
    url = known_text(type_) if type_ is not None else None
    dialect = dialect_of_url(url) if url else None
    return (Connection(dialect, url or ""), alias) if dialect is not None else (Connection("", word), alias)
