"""SQL that stands in string literals: `duckdb.sql("…")`, `con.execute(…)`, `mo.sql(f"…")`.

Only what the text alone tells: a call whose first argument (or whose `sql`, `query`, `sqlQuery`, …) is a text that the
cell builds (`built_texts`). How a literal is read is said in `sql_texts`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

from polycell.core.facts import Fragment
from polycell.core.patterns import pattern
from polycell.core.text import has_any
from polycell.core.values import replace
from polycell.languages.python.syntax.bound_texts import bound_texts
from polycell.languages.python.syntax.built_texts import Built, Recipe, Style, Value, built, recipe_of, text_of
from polycell.languages.python.syntax.shapes import bound_in, last_word, nodes
from polycell.languages.python.syntax.source import PythonSource
from polycell.languages.python.syntax.unfinished_sql import Sending, unfinished_queries

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
_LAST_WORDS = _METHODS | {name.rpartition(".")[2] for name in _FUNCTIONS}
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


# Comments around a query by which the SQL editor of JupyterLab knows it, wherever its text goes.
_MARK = "--start-sparksql"


def sql_fragments(source: PythonSource, text: str) -> tuple[Fragment, ...]:
    """The SQL literals of a cell, in order of its text; one that is sent twice counts as it is sent first."""
    made: dict[int, Fragment] = {}
    if source.tree is not None and may_send(source) and any(map(_may_be_sent, source.calls)):
        for fragment in _found(source, source.tree, text):
            made.setdefault(fragment.span.start, fragment)
    if source.tree is not None and _MARK in text:
        for fragment in _marked(source, source.tree, text):
            made.setdefault(fragment.span.start, fragment)
    if source.broken and has_any(text, _CALLED) and _MAYBE.search(text) is not None:
        for fragment in unfinished_queries(text, source.broken, _sends):
            made.setdefault(fragment.span.start, fragment)
    return tuple(made[start] for start in sorted(made))


def _found(source: PythonSource, tree: ast.Module, text: str) -> Iterator[Fragment]:
    """Outer calls come before those in them, so that `connection.execute(text("…"))` tells the connection."""
    bound = bound_texts(tree)
    for node, name, query in _calls(tree):
        recipe = recipe_of(query, bound)
        found = built(source, text, recipe) if recipe is not None else None
        if recipe is None or found is None:
            continue
        always = name in _ALWAYS and recipe.parts[0] is query
        if always or _STARTS.match(found.text) or (name in _FUNCTIONS and not found.text.strip()):
            dialect, connection = _spoken(node, name)
            place = source.span(node)
            made = fragment_of(found, dialect, connection)
            seen_from = place.start if found.span.start not in place else None
            yield replace(made, seen_from=seen_from, judged=not recipe.loose)


def _marked(source: PythonSource, tree: ast.Module, text: str) -> Iterator[Fragment]:
    joined = [node for node in nodes(tree) if isinstance(node, ast.JoinedStr)]
    parts = {id(part) for node in joined for part in node.values}
    plain = [node for node in nodes(tree) if isinstance(node, ast.Constant) and text_of(node) and id(node) not in parts]
    for node in (*joined, *plain):
        if _MARK in source.span(node).of(text):
            found = built(source, text, Recipe((node,)))
            if found is not None:
                yield fragment_of(found, "spark", "")


def _sends(call: Sending, text: str) -> tuple[str, str] | None:
    """(dialect, variable of the connection) where a call that is being written sends a text as SQL."""
    known = call.name in _FUNCTIONS
    if not (known or call.method in _METHODS) or (call.keyword and call.keyword not in _KEYWORDS):
        return None
    if call.name not in _ALWAYS and not _STARTS.match(f"{text} ") and not (known and not text.strip()):
        return None
    return _FUNCTIONS.get(call.name, ""), "" if known else call.owner


def fragment_of(built: Built, dialect: str, connection: str) -> Fragment:
    return Fragment(
        "sql",
        built.span,
        text=built.text,
        dialect=dialect,
        connection=connection,
        given=tuple((name, meant) for name, meant in built.names if not isinstance(meant, str)),
        renamed=tuple((name, meant) for name, meant in built.names if isinstance(meant, str)),
        holes=built.values,
    )


def _calls(tree: ast.AST) -> Iterator[tuple[ast.Call, str, ast.expr | None]]:
    """(call, the dotted name that it calls, the query that it is given) where SQL may be sent."""
    for node in nodes(tree):
        if not isinstance(node, ast.Call):
            continue
        name = _dotted(node.func)
        method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if name in _FUNCTIONS or method in _METHODS:
            query = node.args[0] if node.args else next((k.value for k in node.keywords if k.arg in _KEYWORDS), None)
            yield node, name, query


def _may_be_sent(node: ast.Call) -> bool:
    """Whether `_calls` may have a call among its own, by the last word of what is called."""
    return last_word(node) in _LAST_WORDS


def may_send(source: PythonSource) -> bool:
    """Whether a cell may send SQL to somebody, by a look at its text."""
    return source.tree is not None and has_any(source.code, _CALLED) and _MAYBE.search(source.code) is not None


def begins_like_sql(text: str) -> bool:
    return _STARTS.match(text) is not None


def sent_names(source: PythonSource) -> Iterator[SentName]:
    """What a cell sends by a name that it does not bind, and what its functions send of their arguments."""
    if source.tree is None or not any(map(_may_be_sent, source.calls)):
        return
    bound = bound_in(source.tree.body)[0]
    named: list[str] = []

    def free(name: str, place: ast.expr) -> Value | None:
        named.append(name)
        return None if name in bound else _ANY

    for node, name, query in _calls(source.tree):
        named.clear()
        recipe = recipe_of(query, free)
        if recipe is not None and named and recipe.parts == (_ANY.first,):
            fills = tuple((k, text) for k, v in recipe.fills.items() if (text := text_of(v)) is not None)
            yield SentName(named[-1], *_spoken(node, name), recipe.style, fills)
    for function in source.tree.body:
        if not isinstance(function, ast.FunctionDef):
            continue
        arguments = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
        for node, name, query in _calls(function):
            if isinstance(query, ast.Name) and query.id in arguments:
                at = arguments.index(query.id)
                yield SentName(function.name, *_spoken(node, name), function=True, argument=query.id, position=at)
                break


class SentName(Struct, frozen=True, order=True):
    """A name whose text is sent as SQL, with what fills its holes; or a function that sends one of its arguments."""

    name: str
    dialect: str
    connection: str
    style: Style = ""
    fills: tuple[tuple[str, str], ...] = ()
    function: bool = False
    argument: str = ""
    position: int = 0


_ANY = Value(ast.Constant(""))


def _spoken(node: ast.Call, name: str) -> tuple[str, str]:
    """(dialect, variable of the connection) of what is sent."""
    sent = _sent_to(node, name)
    return "" if sent and name == "mo.sql" else _FUNCTIONS.get(name, ""), sent


def built_query(source: PythonSource, text: str, node: ast.expr) -> Built | None:
    """The query that an expression of a cell builds, where it begins like one."""
    if source.tree is None:
        return None
    recipe = recipe_of(node, bound_texts(source.tree))
    found = built(source, text, recipe) if recipe is not None else None
    if recipe is None or recipe.loose or found is None:
        return None
    return found if _STARTS.match(found.text) else None


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
