"""SQL that stands in string literals: `duckdb.sql("…")`, `con.execute(…)`, `mo.sql(f"…")`.

Only what the text alone tells: a call whose first argument (or whose `sql`, `query`, `sqlQuery`, …) is a literal, a
name that the cell binds once to one, or either of them under `text(…)` and `dedent(…)`. How a literal is read is said
in `sql_texts`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from polycell.core.facts import Fragment
from polycell.core.patterns import pattern
from polycell.core.text import has_any
from polycell.languages.python.shapes import nodes
from polycell.languages.python.source import PythonSource
from polycell.languages.python.sql_texts import bound_once, content, holes, literal_of

# Functions of modules, under their usual names → dialect ("": not known).
_FUNCTIONS: Mapping[str, str] = {
    **{f"duckdb.{name}": "duckdb" for name in ("sql", "query", "execute", "from_query")},
    **{f"{m}.{name}": "" for m in ("pd", "pandas") for name in ("read_sql", "read_sql_query")},
    **{f"{m}.{name}": "bigquery" for m in ("pd", "pandas", "pandas_gbq") for name in ("read_gbq",)},
    **{f"{m}.{name}": "" for m in ("pl", "polars") for name in ("read_database", "read_database_uri")},
    **{f"{m}.sql": "polars" for m in ("pl", "polars")},
    "spark.sql": "spark",
    "sqlContext.sql": "spark",
    "mo.sql": "duckdb",
    "text": "",
    "sa.text": "",
    "sqlalchemy.text": "",
}
# These take nothing else, so that the first letters of a query count already.
_ALWAYS = frozenset({"duckdb.sql", "duckdb.query", "duckdb.execute", "spark.sql", "mo.sql", "pl.sql", "polars.sql"})
# Methods of connections, cursors, sessions and clients; what they are given is SQL when it begins like it.
_METHODS = frozenset(
    {
        *(
            "sql",
            "execute",
            "executemany",
            "query",
            "from_query",
            "executescript",
            "exec_driver_sql",
            "query_and_wait",
            "query_df",
        ),
        *("read_sql", "read_sql_query", "raw_sql"),
    }
)
# Functions whose second argument is the connection.
_SENT = frozenset({"read_sql", "read_sql_query", "read_database"})
_KEYWORDS = frozenset({"sql", "query", "sqlQuery", "statement", "operation"})
_MAYBE = pattern(
    r"\b(?:sql|execute|executemany|executescript|query|from_query|read_\w+|text|exec_driver_sql|query_and_wait|query_df|raw_sql)\s*\("
)
_CALLED = ("sql", "execute", "query", "read_", "text")
_STARTS = pattern(
    r"\s*(?:(?:--[^\n]*\n|/\*[\s\S]*?\*/)\s*)*\(?\s*(?:select|with|from|values|insert\s+into|update|delete\s+from|"
    r"merge\s+into|describe|summarize|pivot|unpivot|create\s+(?:or\s+replace\s+)?(?:global\s+)?(?:temp\w*\s+)?"
    r"(?:table|view)|drop\s+(?:table|view)|alter\s+(?:table|view))\s",
    re.I,
)


def sql_fragments(source: PythonSource, text: str) -> tuple[Fragment, ...]:
    """The SQL literals of a cell, in order of its text; one that is sent twice counts as it is sent first."""
    if source.tree is None or not has_any(source.code, _CALLED) or not _MAYBE.search(source.code):
        return ()
    made: dict[int, Fragment] = {}
    for fragment in _found(source, source.tree, text):
        made.setdefault(fragment.span.start, fragment)
    return tuple(made[start] for start in sorted(made))


def _found(source: PythonSource, tree: ast.Module, text: str) -> Iterator[Fragment]:
    """Outer calls come before those in them, so that `connection.execute(text("…"))` tells the connection."""
    bound = bound_once(tree)
    for node in nodes(tree):
        if not isinstance(node, ast.Call):
            continue
        name = _dotted(node.func)
        method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if name not in _FUNCTIONS and method not in _METHODS:
            continue
        query = node.args[0] if node.args else next((k.value for k in node.keywords if k.arg in _KEYWORDS), None)
        literal = literal_of(query, bound)
        found = content(source, text, literal) if literal is not None else None
        if found is None:
            continue
        span, masked = found
        sent = _sent_to(node, name)
        if (
            (name in _ALWAYS and literal is query)
            or _STARTS.match(masked)
            or (name in _FUNCTIONS and not masked.strip())
        ):
            yield Fragment(
                "sql",
                span,
                text=masked,
                dialect="" if sent and name == "mo.sql" else _FUNCTIONS.get(name, ""),
                connection=sent,
                holes=holes(literal, span, masked) if literal is not None else (),
            )


def _sent_to(node: ast.Call, name: str) -> str:
    """The variable of the connection: what the method is called on, or what `pd.read_sql` is given."""
    to: ast.expr | None = None
    if name.rpartition(".")[2] in _SENT:
        to = next((k.value for k in node.keywords if k.arg in ("con", "connection")), None)
        to = node.args[1] if to is None and len(node.args) > 1 else to
    elif name == "mo.sql":
        to = next((k.value for k in node.keywords if k.arg == "engine"), None)
    elif name not in _FUNCTIONS and isinstance(node.func, ast.Attribute):
        to = node.func.value
    return to.id if isinstance(to, ast.Name) else ""


def _dotted(node: ast.expr) -> str:
    """`spark.sql`, of `self.spark.sql` too."""
    if isinstance(node, ast.Name):
        return node.id
    if not isinstance(node, ast.Attribute):
        return ""
    if isinstance(node.value, ast.Name):
        return f"{node.value.id}.{node.attr}"
    return f"spark.{node.attr}" if isinstance(node.value, ast.Attribute) and node.value.attr == "spark" else ""
