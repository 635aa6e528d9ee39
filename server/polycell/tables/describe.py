"""Texts for people about bindings, tables and columns, alike in every language: for completion and hover."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from polycell.core.environment import Binding
from polycell.core.notebook import Notebook
from polycell.core.types import Anchor, Certainty, Column, Evidence, Table

SHOWN = 30  # columns of a table in a hover
WIDEST = 40  # characters of a cell after which others are not made as wide


def origin_text(notebook: Notebook, origin: Anchor | None) -> str:
    """`cell 3` or `sales.csv`; empty when it is not known."""
    if origin is None:
        return ""
    if origin.uri:
        return _file_name(origin.uri)
    index = notebook.index(origin.cell)
    return f"cell {index + 1}" if index is not None else ""


@lru_cache(maxsize=64)
def _file_name(uri: str) -> str:
    return unquote(urlsplit(uri).path).rsplit("/", 1)[-1]


def column_from(notebook: Notebook, column: Column) -> str:
    """Where a column comes from, in one line."""
    where = origin_text(notebook, column.origin)
    source = column.source
    if column.evidence in (Evidence.FILE, Evidence.SAVED_OUTPUT, Evidence.USAGE):
        return source or where
    if source and where:
        return f"`{_code(source)}` in {where}"
    return f"`{_code(source)}`" if source else where


def column_type(column: Column) -> str:
    """The type, with a mark where it is only likely; empty when it is not known."""
    if column.type is None:
        return ""
    return f"{column.type} (likely)" if column.type_certainty < Certainty.CERTAIN else str(column.type)


def doubt(column: Column) -> str:
    """What another source says against the column's type; empty when none does."""
    disagreement = column.doubt
    return f"but {disagreement.says}" if disagreement is not None and disagreement.against == column.type else ""


def evidence_word(column: Column) -> str:
    """Why the column is believed, where that is not its derivation; and that it is a guess, where it is one."""
    return "declared" if column.evidence is Evidence.DECLARED else ""


def table_markdown(notebook: Notebook, table: Table) -> str:
    """A table of the columns: name, type, nullable (where that is known of any), from. The first thirty, then a
    count."""
    if not table.columns:
        return "The columns are not known." if table.open else "No columns."
    columns = (*table.index, *table.columns)[:SHOWN] if any(c.name for c in table.index) else table.columns[:SHOWN]
    columns = tuple(column for column in columns if column.name)
    nulls = any(column.nullable is not None for column in columns)
    rows = [("column", "type", *(["null"] if nulls else []), "from")]
    for column in columns:
        marks = " *(index)*" if column in table.index else " *(maybe)*" if column.maybe else ""
        nullable = "" if column.nullable is None else "yes" if column.nullable else "no"
        source = ", ".join(filter(None, (evidence_word(column), column_from(notebook, column), doubt(column))))
        cells = (f"{column.name}{marks}", _quoted(column_type(column)), *([nullable] if nulls else []), source)
        rows.append(cells)
    more = len(table.columns) - SHOWN
    text = aligned(rows)
    if more > 0:
        text += f"\n\n… and {more} more columns."
    return text + "\n\nThere may be more columns." if table.open else text


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table of which the first row is the head. Its cells stand below each other in editors that show the
    text as it is (Neovim, Helix), too."""
    cells = [[_cell(cell) for cell in row] for row in rows]
    widths = [max(3, *(len(cell) for cell in column if len(cell) <= WIDEST)) for column in zip(*cells, strict=True)]
    lines = [f"| {' | '.join(map(str.ljust, row, widths))} |" for row in cells]
    return "\n".join([lines[0], f"|{'|'.join(':' + '-' * (width + 1) for width in widths)}|", *lines[1:]])


def binding_line(notebook: Notebook, binding: Binding | None) -> str:
    """Where a binding comes from and what made it, in one line; empty when neither is known."""
    if binding is None:
        return ""
    source = f"`{_code(binding.source)}`" if binding.source else ""
    return " · ".join(filter(None, (origin_text(notebook, binding.origin), source)))


def _code(text: str) -> str:
    return text.replace("`", "'")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").replace("\r", " ")


def _quoted(text: str) -> str:
    return f"`{_code(text)}`" if text else ""
