"""Specifications that one cell writes and another draws: `spec = {…}`, and further down `VegaLite(spec)`.

What all cells draw by name, and what they change, is gathered; a literal that is bound once, looks like a chart, and is
changed nowhere is one.
"""

from __future__ import annotations

import ast
from collections.abc import Hashable, Iterator

from polycell.core.facts import Facts, Fragment
from polycell.core.hosts import Host
from polycell.core.notebook import Cell, Notebook
from polycell.core.patterns import pattern
from polycell.core.service import Context
from polycell.core.text import has_any
from polycell.languages.python.charts.literals import may_draw, read_literal, specifications
from polycell.languages.python.syntax.shapes import last_word
from polycell.languages.python.syntax.source import PythonSource
from polycell.languages.python.syntax.sql_texts import bound_once

DRAWN = "specifications that cells draw by name"

_BEGINS = pattern(r"""=\s*(?:\{|["'])""")
_SAYS = pattern(r"""["'](?:mark|marks|layer|encoding|[hv]?concat|facet|repeat|spec|\$schema)["']\s*:""")
_KEY_WORDS = ("mark", "layer", "encoding", "concat", "facet", "repeat", "spec", "$schema")
_KEYS = frozenset({"mark", "layer", "hconcat", "vconcat", "concat", "facet", "repeat", "marks"})
_SCHEMA = pattern(r"vega\.github\.io/schema/(vega-lite|vega)/v\d")
# Calls that only look at what they are given.
_LOOKING = frozenset({"display", "print", "pprint", "len", "dumps", "dump", "type", "repr", "str", "deepcopy", "JSON"})
_CHANGING = frozenset({"update", "pop", "popitem", "setdefault", "clear", "__setitem__"})


class Drawn:
    """Of each cell ("draws", name, language, the frame beside it) and ("changes", name)."""

    name = DRAWN

    def of_cell(self, cell: Cell, facts: Facts, host: Host) -> tuple[Hashable, ...]:
        source = facts.analysis
        if cell.language != "python" or not isinstance(source, PythonSource) or source.tree is None:
            return ()
        draws = may_draw(source.code)
        found: set[tuple[str, ...]] = {("changes", name) for name in changed(source, draws)}
        if draws:
            for node in source.calls:
                for language, value, frame in specifications(node):
                    if isinstance(value, ast.Name):
                        found.add(("draws", value.id, language, frame))
        return tuple(sorted(found))

    def of_notebook(self, notebook: Notebook) -> tuple[Hashable, ...]:
        return ()


def changed(source: PythonSource, draws: bool) -> set[str]:
    """Names of values that the code changes in their inside, or hands to somebody who may. `draws`: `may_draw`."""
    if source.tree is None:
        return set()
    found = {_root(node) for node in source.stores}
    for node in source.calls:
        called = last_word(node)
        if called in _LOOKING:
            continue
        if called in _CHANGING and isinstance(node.func, ast.Attribute):
            found.add(_root(node.func.value))
        given = []
        for argument in node.args:
            if type(argument) is ast.Name:
                given.append(argument.id)
        for keyword in node.keywords:
            if type(keyword.value) is ast.Name:
                given.append(keyword.value.id)
        if given and draws:
            drawn = {value.id for _, value, _ in specifications(node) if isinstance(value, ast.Name)}
            given = [name for name in given if name not in drawn]
        found.update(given)
    return found - {""}


def _likely(code: str) -> bool:
    """Whether something that looks like a chart is assigned: the beginning of a value, and a key of one behind it."""
    if not has_any(code, _KEY_WORDS):
        return False
    begins = _BEGINS.search(code)
    return begins is not None and _SAYS.search(code, begins.end()) is not None


def _root(node: ast.AST) -> str:
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def written_here(context: Context) -> Iterator[Fragment]:
    """The specifications of a cell that other cells draw, or whose `$schema` says what they are."""
    source = context.facts.analysis
    if not isinstance(source, PythonSource) or source.tree is None or not _likely(source.code):
        return
    found = [(n, v, s) for n, v in bound_once(source.tree).items() if (s := _schema_or_keys(v)) is not None]
    known = {fragment.span for fragment in context.facts.fragments}
    drawn, elsewhere = drawn_names(context) if found else ({}, set())
    for name, value, said in found:
        language, frame = drawn.get(name, (said, ""))
        if not language or name in elsewhere | changed(source, may_draw(source.code)):
            continue
        fragment = read_literal(source, context.cell.text, language, value, frame)
        if fragment is not None and fragment.span not in known:
            yield fragment


def drawn_names(context: Context) -> tuple[dict[str, tuple[str, str]], set[str]]:
    """(name → language and frame of the charts that cells draw by it, names whose values cells change)."""
    drawn: dict[str, tuple[str, str]] = {}
    changes = set()
    for _, items in context.view.gathered(DRAWN):
        for item in items:
            kind, name, *rest = item if isinstance(item, tuple) else ("", "")
            if kind == "changes":
                changes.add(name)
            elif kind == "draws":
                language, frame = rest
                known = drawn.setdefault(name, (language, frame))
                if known != (language, frame):
                    drawn[name] = (language, "") if known[0] == language else ("", "")
    return drawn, changes


def _schema_or_keys(value: ast.expr) -> str | None:
    """Whether a literal looks like a chart: the language that its `$schema` names, "" where only its keys tell."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        text = value.value
        if not text.lstrip().startswith("{"):
            return None
        said = _SCHEMA.search(text)
        return said[1] if said else "" if any(f'"{key}"' in text for key in _KEYS) else None
    if not isinstance(value, ast.Dict):
        return None
    keys = {key.value: inner for key, inner in zip(value.keys, value.values, strict=True) if _is_text(key)}  # type: ignore[union-attr]
    schema = keys.get("$schema")
    said = _SCHEMA.search(str(schema.value)) if isinstance(schema, ast.Constant) else None
    return said[1] if said else "" if _KEYS & set(keys) else None


def _is_text(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
