"""The first query of a dialect takes 30 to 180 ms: what sqlglot has for it is imported, its tables are made. So where a
notebook has been opened whose texts name a database, one is read in a thread before anybody needs it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from polycell.core.notebook import Cell
from polycell.core.text import has_any

# Words in the texts of cells (folded) that tell which dialects are spoken there, or may be.
_SPOKEN: Mapping[str, tuple[str, ...]] = {
    "duckdb": ("duckdb", "mo.sql"),
    "bigquery": ("bigquery", "gbq"),
    "snowflake": ("snowflake",),
    "spark": ("spark",),
    "postgres": ("postgres", "psycopg", "asyncpg"),
    "redshift": ("redshift",),
    "mysql": ("mysql", "mariadb"),
    "sqlite": ("sqlite",),
    "tsql": ("mssql", "pyodbc", "pymssql", "tsql", "sql server"),
    "oracle": ("oracle",),
    "trino": ("trino", "athena", "presto"),
    "clickhouse": ("clickhouse",),
}
_read: set[str] = set()  # dialects of which a query has been read


def ahead(cells: Iterable[Cell]) -> Callable[[], None] | None:
    """What to call in a thread before the cells are followed; None where all is there."""
    texts = "\n".join(cell.text for cell in cells if cell.kind == "code").casefold()
    named = [name for name, words in _SPOKEN.items() if name not in _read and has_any(texts, words)]
    if not named or not has_any(texts, ("select", "create ")):
        return None

    def read() -> None:
        from polycell.languages.sql.relations.infer import rehearse

        for name in named:
            rehearse(name)
            _read.add(name)

    return read
