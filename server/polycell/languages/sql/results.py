"""What a SQL cell's result is called, where that name lives, and which kind of table it is."""

from __future__ import annotations

from collections.abc import Iterator

from polycell.core.environment import View
from polycell.core.hosts import Host
from polycell.core.notebook import Cell
from polycell.core.patterns import pattern
from polycell.core.text import Span
from polycell.core.types import Flavour
from polycell.tables.jupysql import handed_out

_BY_HOST: dict[str, Flavour] = {
    "databricks": "spark",
    "synapse": "spark",
    "polynote": "spark",
    "sparkmagic": "pandas",
    "snowflake": "pandas",
    "deepnote": "pandas",
    "marimo": "pandas",
    "knitr": "pandas",
    "percent": "pandas",
}
# What `-t` of magic-duckdb names.
_DUCKDB_TYPES = {"df": "pandas", "pl": "polars", "arrow": "arrow", "relation": "duckdb", "show": "duckdb"}
FLAVOURS: dict[str, Flavour] = {
    "pandas": "pandas", "polars": "polars", "arrow": "arrow", "duckdb": "duckdb", "spark": "spark",
}  # fmt: skip


_PARAMETERS = pattern(r"--params\b[^{\r\n]*(\{[^\r\n]*\})")
_KEYS = pattern(r"""["'](\w+)["'][ \t]*:""")


def parameters(cell: Cell) -> tuple[str, ...]:
    """The names that `%%bigquery --params {"low": 3}` gives values to, which the query writes behind a `@`."""
    said = _PARAMETERS.search(cell.magic.arguments) if cell.magic is not None and "--params" in cell.text else None
    return tuple(dict.fromkeys(_KEYS.findall(said[1]))) if said is not None else ()


def result_name(cell: Cell, host: Host) -> str:
    """The name that the cell's result gets; "" when it gets none."""
    return cell.result or host.implicit_result


def result_space(cell: Cell, host: Host) -> str:
    """sparkmagic's `-o` brings the result to the local side; everywhere else the host says."""
    if cell.magic is not None and host.name != "sparkmagic" and host.result_space == "local":
        return "python"
    return host.result_space


def result_span(cell: Cell) -> Span | None:
    """Where the result's name stands in the cell's text, if it does."""
    if not cell.result or cell.magic is None:
        return None
    text, name, arguments = cell.text, cell.result, cell.magic.arguments_start
    limit = max(cell.body, arguments + len(cell.magic.arguments))
    for at in _words(text, name, arguments, limit + 4):
        if _HANDED.match(text, at + len(name), limit + 4):
            return Span(at, at + len(name))
    first = next(_words(text, name, cell.body, len(text)), None)  # on the first line behind the magic's
    if first is not None and not text[cell.body : first].strip() and _HANDED.match(text, first + len(name)):
        return Span(first, first + len(name))
    at = next(_words(text, name, arguments, limit), next(_words(text, name, 0, limit), -1))
    return Span(at, at + len(name)) if at >= 0 else None


_HANDED = pattern(r"\s*=?\s*<<")
_BEFORE = pattern(r"[\w-]")
_BEHIND = pattern(r"\w")


def _words(text: str, name: str, start: int, end: int) -> Iterator[int]:
    """Where `name` stands as a word in text[start:end]. Cheaper than a pattern of its own for each name."""
    at = text.find(name, start, end)
    while at >= 0:
        last = at + len(name)
        if not (at and _BEFORE.match(text, at - 1)) and not _BEHIND.match(text, last, end):
            yield at
        at = text.find(name, at + 1, end)


def flavour(cell: Cell, host: Host, view: View, folder: str) -> Flavour:
    """The kind of table in which the host hands the result to the notebook's language."""
    if cell.magic is not None:
        from polycell.formats.magics import spec_of

        name, spec = cell.magic.name, spec_of(cell.magic.name, host.name)
        if spec is not None and spec.kind and cell.magic.prefix == "%%":
            return FLAVOURS[_DUCKDB_TYPES.get(option(cell, "-t", "--type"), spec.kind)]
        if name in ("sql", "jupysql") and host.name not in _BY_HOST:
            return handed_out(view, folder)
    return _BY_HOST.get(host.name, "pandas" if cell.magic is None else "result-set")


def option(cell: Cell, *spellings: str) -> str:
    """The value of an option of the cell's magic, "" when it is absent."""
    from polycell.formats.magics import read_magic

    if cell.magic is None:
        return ""
    reading = read_magic(cell.magic.name, cell.magic.arguments, cell.code, prefix=cell.magic.prefix)
    return reading.arguments.option(*spellings) or ""


def named_tables(cell: Cell, host: Host) -> tuple[str, ...]:
    """The tables that the cell's magic makes of its result (`--view v`, `--save s`, `--destination_table t`)."""
    from polycell.formats.magics import read_magic, spec_of

    if cell.magic is None or cell.magic.prefix != "%%":
        return ()
    spec = spec_of(cell.magic.name, host.name)
    if spec is None or not spec.grammar.tables:
        return ()
    reading = read_magic(cell.magic.name, cell.magic.arguments, cell.code, host.name)
    return tuple(value for option, value in reading.arguments.options if option in spec.grammar.tables and value)
