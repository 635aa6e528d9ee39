"""Which words on the line of a SQL magic name its connection: a URL, a `[section]`, a variable, an alias."""

from __future__ import annotations

from collections.abc import Iterator

from polycell.formats.arguments import Arguments

# JupySQL's magics: they share a connection, the one used last, which every other magic neither uses nor changes.
JUPYSQL_MAGICS = frozenset({"sql", "jupysql"})

_OPTIONS = ("--connection", "-cn", "--connection_string", "-co", "--connection_object")


def connection_words(magic: str, arguments: Arguments) -> Iterator[str]:
    """Those of `%magic` or `%%magic` with these arguments, the one that counts first."""
    if arguments.connection:
        yield arguments.connection
    section = arguments.option("--section", "-s") if magic in JUPYSQL_MAGICS else None
    if section:
        yield f"[{section}]"
    named = (*_OPTIONS, "-c") if magic == "read_sql" else _OPTIONS
    yield from (value for option, value in arguments.options if option in named and value)
