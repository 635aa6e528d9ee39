"""SQL expressions in strings: `df.filter("…")` of Spark, `relation.project("…")` of DuckDB, `F.expr("…")`.

Only types tell that a string is one, so these fragments are no facts. Each is read as a part of a query over the table
whose columns it names.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from polycell.core.facts import Fragment
from polycell.core.patterns import pattern
from polycell.core.service import Context
from polycell.core.text import has_any
from polycell.core.types import Table
from polycell.core.values import replace
from polycell.languages.python.columns.candidates import Reading
from polycell.languages.python.columns.places import offer
from polycell.languages.python.flow.at_cursor import enclosing
from polycell.languages.python.known.column_arguments import EXPRESSIONS, METHODS
from polycell.languages.python.syntax.shapes import last_word
from polycell.languages.python.syntax.source import PythonSource
from polycell.languages.python.syntax.sql_texts import content, holes

# What stands around the expression where it is an argument of a method; `{}` is the table.
_WHERE, _SELECT = ("SELECT * FROM {} WHERE ", ""), ("SELECT ", "\nFROM {}")
_AROUND: Mapping[str, tuple[str, str]] = {
    "filter": _WHERE,
    "where": _WHERE,
    "order": ("SELECT * FROM {} ORDER BY ", ""),
    "sort": ("SELECT * FROM {} ORDER BY ", ""),
    # DuckDB groups by whatever is not aggregated where nothing else is said.
    "aggregate": ("SELECT ", "\nFROM {} GROUP BY ALL"),
    **{
        name: (f"SELECT {name}(", ")\nFROM {}")
        for name in ("sum", "mean", "avg", "min", "max", "count", "median")
    },
}  # fmt: skip
_GROUP = ("SELECT 1 FROM {} GROUP BY ", "")
_JOINS = frozenset({"join", "crossJoin", "asof_join"})
# Methods whose strings are expressions whatever they are called on; others take names too, so that a string which
# is a name alone is left to them.
_SURE = frozenset({"filter", "where", "selectExpr", "expr", "sql_expr", "SQLExpression", "project", "aggregate"})
_METHODS = frozenset(
    name for methods in METHODS.values() for name, taken in methods.items() if any("sql" in r for r in taken.values())
) - _JOINS  # fmt: skip
_FUNCTIONS = frozenset(
    name.rpartition(".")[2] for name, taken in EXPRESSIONS.items() if any("sql" in r for r in taken.values())
)
_TAKING = _METHODS | _FUNCTIONS
_MAYBE = pattern(rf"\b(?:{'|'.join(sorted(_TAKING))})\s*\(")
_DIALECTS = {"spark": "spark", "duckdb": "duckdb", "polars": "polars", "polars-lazy": "polars"}
_CALLED = {"duckdb": "relation"}  # what a table is called that has no name
MOST = 50  # expressions of a cell beyond which none is looked for


def expressions(context: Context, at: int | None = None) -> Iterator[Fragment]:
    """Those of a cell, or those that a place touches, in order of text."""
    if isinstance(context.facts.analysis, PythonSource) and context.facts.analysis.tree is None:
        return
    if not has_any(context.cell.text, _TAKING) or not _MAYBE.search(context.cell.text):
        return
    reading = Reading(context)
    source = reading.source
    if source.tree is None:
        return
    strings = [*_strings(source, at)]
    for call, node in strings if len(strings) <= MOST else ():
        found = _fragment(reading, call, node, at is not None)
        if found is not None:
            yield found


def _strings(source: PythonSource, at: int | None) -> Iterator[tuple[ast.Call, ast.Constant | ast.JoinedStr]]:
    """The literals that are arguments of calls which may take expressions."""
    assert source.tree is not None
    for node in source.calls if at is None else enclosing(source, at):
        if not isinstance(node, ast.Call) or last_word(node) not in _TAKING:
            continue
        for argument in (*node.args, *(k.value for k in node.keywords if k.arg)):
            if isinstance(argument, ast.JoinedStr) or (
                isinstance(argument, ast.Constant) and isinstance(argument.value, str)
            ):
                span = source.span(argument)
                if at is None or (span.start < at < span.end):
                    yield node, argument


def _fragment(reading: Reading, call: ast.Call, node: ast.Constant | ast.JoinedStr, here: bool) -> Fragment | None:
    found = content(reading.source, reading.context.cell.text, node)
    if found is None:
        return None
    span, text = found
    name = last_word(call)
    plain = text.strip().isidentifier() or not any(map(str.isalpha, text))  # `text.count(", ")`
    if not here and name not in _SURE and plain:
        return None
    given = offer(reading.place(node, span.start))
    if given is None or given.role != "sql":
        return None
    table = given.table
    method = name if name in _METHODS else ""
    around = _AROUND.get(method, _SELECT)
    if method == "aggregate" and (
        node in call.args[1:] or any(k.arg == "group_expr" and k.value is node for k in call.keywords)
    ):
        around = _GROUP
    if not method and not _proving(reading, call):
        table = replace(table, open=True)
    if table.flavour == "spark" and method in ("filter", "where") and not _names_only(text, table):
        # Spark finds columns that a selection before has left out.
        table = replace(table, open=True)
    dialect = _DIALECTS.get(table.flavour, "")
    owner = given.owner if given.owner.isidentifier() else _CALLED.get(dialect, "frame")
    before, after = (part.format(owner) for part in around)
    return Fragment(
        "sql",
        span,
        text=text,
        dialect=dialect,
        around=(before, after),
        given=((owner, _as_sql(table)),),
        holes=holes(node, span, text),
    )


_WORDS = pattern(r"""'[^']*'|"[^"]*"|([^\W\d]\w*)(?!\w|\s*\()""")
_KEYWORDS = frozenset({
    "and", "or", "not", "in", "is", "null", "like", "rlike", "ilike", "between", "true", "false", "case", "when",
    "then", "else", "end",
})  # fmt: skip


def _names_only(text: str, table: Table) -> bool:
    """Whether all that a condition may name are columns of the table: nothing is looked for elsewhere."""
    words = (found[1] for found in _WORDS.finditer(text) if found[1])
    return all(table.column(word) is not None or word.casefold() in _KEYWORDS for word in words)


def _as_sql(table: Table) -> Table:
    return replace(table, index=(), case_sensitive=False, flavour="table")


def _proving(reading: Reading, call: ast.Call) -> bool:
    """Whether an expression stands in a method of one table that has all its columns: not in a join's condition."""
    for node in reading.above(call):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in ("select", "withColumn", "withColumns", "with_columns", "agg", "project"):
                return True
            if node.func.attr in _JOINS | {"filter", "where", "orderBy", "sort"}:
                return False
    return False
