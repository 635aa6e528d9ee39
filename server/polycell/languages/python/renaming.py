"""What a rename must know of a Python cell: how names are written, all names in it, and mentions inside of strings."""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Iterator

from polycell.core.patterns import pattern
from polycell.core.service import Context
from polycell.core.text import Span
from polycell.languages.python.known.members import MEMBERS
from polycell.languages.python.syntax.literals import content
from polycell.languages.python.syntax.shapes import last_word, nodes
from polycell.languages.python.syntax.source import PythonSource

_WORD = pattern(r"[^\W\d]\w*")
_QUERY = pattern(
    r"\s*[(\s]*(?:select|with|from|insert|update|delete|merge|create|drop|alter|truncate|describe|summarize|copy|show"
    r"|explain|pivot|unpivot|values|table)\b",
    re.IGNORECASE,
)
# What `df.x` already is.
_METHODS = frozenset(member for kind in ("pandas", "pandas groups", "spark") for member, _ in MEMBERS[kind])
# Calls whose strings are Python code, and subscripts of these hold names.
_CODE = frozenset({"eval", "exec", "timeit", "compile", "run_cell", "run_line_magic", "run_cell_magic", "ex", "ev"})
_SPACES = frozenset({"globals", "locals", "vars", "getattr", "setattr", "user_ns"})


def spelling(context: Context, span: Span, name: str) -> str | None:
    """An import without `as` gets one, so that the module keeps its own name. None where that is not possible."""
    if not name.isidentifier() or keyword.iskeyword(name):
        return None
    text = context.cell.text
    for definition in context.facts.definitions:
        if definition.kind == "import" and definition.span == span:
            if re.search(r"\bas[\s\\]+\Z", text[definition.extent.start : span.start]):
                return name
            if text[span.end : span.end + 1] == ".":
                return None
            return f"{span.of(text)} as {name}"
    return name


def column_spelling(context: Context, span: Span, name: str) -> str | None:
    """A column's name in place of a mention: inside of quotes, as an attribute or keyword, in an expression."""
    text = context.cell.text
    source = context.facts.analysis
    whole = _literal_around(source, span) if isinstance(source, PythonSource) else None
    if whole is not None and whole == span:
        quote = text[span.end : span.end + 1]
        return name if name.isprintable() and not {quote, "\\", "{", "}"} & set(name) else None
    if not name.isidentifier() or keyword.iskeyword(name):
        return None
    attribute = whole is None and re.search(r"\.\s*\Z", text[: span.start])
    return None if attribute and name in _METHODS else name


def _literal_around(source: PythonSource, span: Span) -> Span | None:
    """The inside of the text literal that a span lies in."""
    for node in nodes(source.tree) if source.tree is not None else ():
        inside = content(source, node)
        if inside is not None and inside.start <= span.start and span.end <= inside.end:
            return inside
    return None


def spoken(context: Context) -> Iterator[str]:
    source = context.facts.analysis
    if not isinstance(source, PythonSource) or source.tree is None or source.broken:
        yield from _WORD.findall(context.cell.text)
        return
    for node in nodes(source.tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.alias):
            yield node.asname or node.name.partition(".")[0]
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            yield from node.names
        elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
            yield node.name
        elif isinstance(node, ast.MatchMapping) and node.rest:
            yield node.rest
    for name in source.names:
        yield name.name
    for used, _ in source.uses:
        yield used


def hidden(context: Context, name: str) -> Iterator[Span]:
    """Strings that are queries or code and have the name in them, and pandas' `@name`."""
    source = context.facts.analysis
    if not isinstance(source, PythonSource) or source.tree is None:
        yield from (Span(*w.span()) for w in _WORD.finditer(context.cell.text) if w[0] == name)
        return
    code: set[int] = set()
    spaces = False
    for node in nodes(source.tree):
        if isinstance(node, ast.Call):
            called = last_word(node)
            spaces = spaces or called in _SPACES
            if called in _CODE:
                code.update(id(argument) for argument in node.args)
        elif isinstance(node, ast.Attribute):
            spaces = spaces or node.attr in _SPACES
    word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE)
    for node in nodes(source.tree):
        if isinstance(node, ast.JoinedStr):
            text = "".join(str(v.value) if isinstance(v, ast.Constant) else "\0" for v in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        else:
            continue
        if not word.search(text):
            continue
        exact = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None
        if (
            _QUERY.match(text)
            or (exact and re.search(rf"@{re.escape(name)}(?!\w)", text))
            or (exact and id(node) in code)
            or (spaces and text == name)
        ):
            yield source.span(node)
