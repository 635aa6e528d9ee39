"""What can be done about a table in any language: a query over it, as a new cell in the notebook's own way."""

from __future__ import annotations

from collections.abc import Sequence

from polycell.core.results import Action, NewCell
from polycell.core.service import Context
from polycell.core.text import Span
from polycell.core.types import Table
from polycell.languages.sql.offers import quoted_in
from polycell.languages.sql.syntax.dialects import Dialect, dialect

SHOWN = 12  # columns that a query names; of more it takes all
# Hosts whose cells have a language of their own, so that no magic is needed, and their dialect.
_NATIVE = {"polynote": "spark", "databricks": "databricks", "snowflake": "snowflake", "deepnote": "duckdb"}


def query_of_tables(context: Context, span: Span) -> Sequence[Action]:
    """A cell that selects from the table whose name is under the cursor."""
    name = next((r.name for r in context.facts.references if r.span.touches(span.start)), "")
    binding = context.view.lookup(name) if name else None
    if binding is None or not isinstance(binding.type, Table):
        return ()
    cell = _cell(context, name, binding.type)
    return (Action(f"New cell: SQL over `{name}`", "refactor", insert_cell=cell),) if cell is not None else ()


def _cell(context: Context, name: str, table: Table) -> NewCell | None:
    own = context.cell.id
    host = context.host.name
    text = query(name, table, dialect(_NATIVE.get(host, "duckdb")))
    used = [c for c in context.notebook.cells if c.language == "sql" and c.kind == "code"]
    magic = next((c.magic for c in reversed(used) if c.magic is not None), None)
    if magic is not None:
        line = f"{magic.prefix}{magic.name}"
        return NewCell(own, context.notebook.language, f"{line}\n{text}")
    if used or host in _NATIVE:
        return NewCell(own, "sql", text)
    if host == "marimo":
        return NewCell(own, "python", f'_df = mo.sql(f"""\n{text}\n""")')
    if table.flavour not in ("pandas", "polars", "polars-lazy", "duckdb", "arrow"):
        return None  # no engine here is known to see it
    imported = context.view.module("duckdb", "python") == "duckdb"
    lines = [] if imported else ["import duckdb", ""]
    return NewCell(own, "python", "\n".join([*lines, f'duckdb.sql("""\n{text}\n""")']))


def query(name: str, table: Table, spelling: Dialect) -> str:
    """`SELECT` of the columns by name where they are few and known, else of all."""
    names = [quoted_in(c.name, spelling) for c in table.columns]
    if (
        not names
        or table.open
        or len(names) > SHOWN
        or any(spelling.quote in c.name or "\\" in c.name for c in table.columns)
    ):
        names = ["*"]
    wide = sum(map(len, names)) > 80
    listed = ",\n".join(f"  {n}" for n in names) if wide else ", ".join(names)
    return f"SELECT{chr(10) if wide else ' '}{listed}\nFROM {quoted_in(name, spelling)}\nLIMIT 100"
