"""Where a Python cell names attributes."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from polycell.core.results import ANYTHING, Attribute
from polycell.core.service import Context
from polycell.core.text import Span
from polycell.languages.python.syntax.shapes import dotted, nodes
from polycell.languages.python.syntax.source import PythonSource

_BY_TEXT = frozenset({"getattr", "setattr", "hasattr", "delattr", "attrgetter", "methodcaller"})


def attributes(context: Context, name: str) -> Iterator[Attribute]:
    """`x.name`, what a class's body binds, keywords `Class(name=…)` and texts as in `getattr(x, "name")`, in no order.
    What older Pythons place wrongly (in f-strings) is left out."""
    source = context.facts.analysis
    if not isinstance(source, PythonSource) or source.tree is None or source.isolated or not name:
        return
    classes: dict[str, bool] = {}
    for node in nodes(source.tree):
        if isinstance(node, ast.ClassDef):
            classes[node.name] = bool(node.bases)
        elif isinstance(node, ast.Attribute) and node.attr == name:
            end = source.span(node).end
            if context.cell.text[end - len(name) : end] == name:
                yield Attribute(Span(end - len(name), end), not isinstance(node.ctx, ast.Load))
        elif isinstance(node, ast.Call):
            if dotted(node.func).rpartition(".")[2] in _BY_TEXT:
                texts = (a for a in node.args if isinstance(a, ast.Constant) and a.value == name)
                yield from (Attribute(source.span(text), called=ANYTHING) for text in texts)
            for keyword in node.keywords:
                start = source.span(keyword).start
                if keyword.arg == name and context.cell.text.startswith(name, start):
                    called = dotted(node.func).rpartition(".")[2]
                    yield Attribute(Span(start, start + len(name)), called=called or "()")
    for d in context.facts.definitions:
        if d.container and d.name == name and d.span.of(context.cell.text) == name:
            yield Attribute(d.span, True, d.container, classes.get(d.container.rpartition(".")[2], True))
