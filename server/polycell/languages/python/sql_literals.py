"""SQL that stands in string literals: `duckdb.sql("…")`, `con.execute(…)`, `mo.sql(f"…")`.

Only what the text alone tells: a call whose first argument (or whose `sql`, `query`, `sqlQuery`) is one literal. A
literal with escapes, or one that is joined of several, is left out, since its offsets are not those of the cell. The
holes of an f-string keep their length; names stay as they are, since a frame may be meant.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from polycell.core.facts import Fragment
from polycell.core.text import Span
from polycell.languages.python.source import PythonSource

LONGEST = 100_000  # characters of a literal

# Functions of modules, under their usual names → dialect ("": not known).
_FUNCTIONS: Mapping[str, str] = {
    **{f"duckdb.{name}": "duckdb" for name in ("sql", "query", "execute", "from_query")},
    **{f"{m}.{name}": "" for m in ("pd", "pandas") for name in ("read_sql", "read_sql_query")},
    **{f"{m}.{name}": "" for m in ("pl", "polars") for name in ("sql", "read_database", "read_database_uri")},
    "spark.sql": "spark",
    "mo.sql": "duckdb",
    "text": "",
    "sa.text": "",
    "sqlalchemy.text": "",
}
# These take nothing else, so that the first letters of a query count already.
_ALWAYS = frozenset({"duckdb.sql", "duckdb.query", "duckdb.execute", "spark.sql", "mo.sql", "pl.sql"})
# Methods of connections; what they are given is SQL when it begins like it.
_METHODS = frozenset({"sql", "execute", "executemany", "query", "from_query"})
_KEYWORDS = frozenset({"sql", "query", "sqlQuery"})
_MAYBE = re.compile(r"\b(?:sql|execute|executemany|query|from_query|read_\w+|text)\s*\(")
_STARTS = re.compile(
    r"\s*(?:--[^\n]*\n\s*)*\(?\s*(?:select|with|from|values|insert\s+into|update|delete\s+from|merge\s+into|describe|"
    r"summarize|pivot|unpivot|create\s+(?:or\s+replace\s+)?(?:temp\w*\s+)?(?:table|view)|drop\s+(?:table|view)|"
    r"alter\s+table)\s",
    re.I,
)
_LITERAL = re.compile(r"""([A-Za-z]{0,2})(\"{3}|'{3}|\"|')""")


def sql_fragments(source: PythonSource, text: str) -> tuple[Fragment, ...]:
    """The SQL literals of a cell, in order of its text."""
    if source.tree is None or not _MAYBE.search(source.code):
        return ()
    return tuple(sorted(_found(source, text), key=lambda fragment: fragment.span))


def _found(source: PythonSource, text: str) -> Iterator[Fragment]:
    assert source.tree is not None
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Call):
            continue
        name = _dotted(node.func)
        method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if name not in _FUNCTIONS and method not in _METHODS:
            continue
        literal = node.args[0] if node.args else next((k.value for k in node.keywords if k.arg in _KEYWORDS), None)
        if not isinstance(literal, (ast.Constant, ast.JoinedStr)):
            continue
        found = _content(source, text, literal)
        if found is None:
            continue
        span, masked = found
        if name in _FUNCTIONS and (name in _ALWAYS or not masked.strip() or _STARTS.match(masked)):
            yield Fragment("sql", span, text=masked, dialect=_FUNCTIONS[name])
        elif name not in _FUNCTIONS and _STARTS.match(masked):
            receiver = node.func.value if isinstance(node.func, ast.Attribute) else None
            connection = receiver.id if isinstance(receiver, ast.Name) else ""
            yield Fragment("sql", span, text=masked, dialect="", connection=connection)


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return f"{node.value.id}.{node.attr}"
    return ""


def _content(source: PythonSource, text: str, node: ast.Constant | ast.JoinedStr) -> tuple[Span, str] | None:
    """(span between the quotes, its text with the holes of an f-string as plain ones); None for what is not one
    literal whose text is its value."""
    if isinstance(node, ast.Constant) and not isinstance(node.value, str):
        return None
    whole = source.span(node)
    raw = whole.of(text)
    head = _LITERAL.match(raw)
    if head is None or len(raw) > LONGEST:
        return None
    prefix, quote = head[1].lower(), head[2]
    inner = raw[head.end() : -len(quote)]
    if "b" in prefix or not raw.endswith(quote) or len(raw) < head.end() + len(quote):
        return None
    if quote in inner or "\\" in inner:
        return None
    if isinstance(node, ast.JoinedStr) or "f" in prefix:
        holes = _holes(inner)
        if holes is None:
            return None
        inner = holes
    elif isinstance(node, ast.Constant) and node.value != inner.replace("\r\n", "\n").replace("\r", "\n"):
        return None
    start = whole.start + head.end()
    return Span(start, start + len(inner)), inner


_PLAIN_HOLE = re.compile(r"\{\s*[A-Za-z_]\w*\s*\}\Z")


def _holes(inner: str) -> str | None:
    """The text of an f-string with every hole that is no plain name made one that is; None where `{{` escapes."""
    made: list[str] = []
    at = depth = start = 0
    for i, c in enumerate(inner):
        if c == "{":
            if not depth:
                if inner[i : i + 2] == "{{":
                    return None
                made.append(inner[at:i])
                start = i
            depth += 1
        elif c == "}":
            if not depth:
                return None
            depth -= 1
            if not depth:
                hole = inner[start : i + 1]
                made.append(hole if _PLAIN_HOLE.match(hole) else "{" + "_" * (len(hole) - 2) + "}")
                at = i + 1
    return "".join([*made, inner[at:]]) if not depth else None
