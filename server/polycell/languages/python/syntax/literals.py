"""String literals by place: where the text of a literal stands in its cell, and which literal a variable holds."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from polycell.core.patterns import pattern
from polycell.core.text import Span
from polycell.languages.python.syntax.shapes import nodes
from polycell.languages.python.syntax.source import PythonSource

_LITERAL = pattern(r"""([rRuU]?)('''|\"\"\"|'|\")""")
_HOLDERS = (ast.List, ast.Tuple, ast.Set, ast.Dict, ast.Constant)


def content(source: PythonSource, node: ast.AST) -> Span | None:
    """The span between the quotes of a literal whose text is its value; None for escapes and joined literals."""
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return None
    whole = source.span(node)
    raw = whole.of(source.code)
    head = _LITERAL.match(raw)
    if head is None or not raw.endswith(head[2]) or len(raw) < head.end() + len(head[2]):
        return None
    inner = Span(whole.start + head.end(), whole.end - len(head[2]))
    return inner if inner.of(source.code) == node.value else None


def place_of(source: PythonSource, node: ast.AST, name: str) -> Span | None:
    """Where a name is written inside of a node: as a keyword, a text, an attribute. Keys of a dictionary go before its
    values; otherwise the first in the text."""
    if isinstance(node, ast.keyword) and node.arg == name:
        start = source.span(node).start
        return Span(start, start + len(name))
    if isinstance(node, ast.Constant):
        return content(source, node) if node.value == name else None
    if isinstance(node, ast.Attribute) and node.attr == name:
        end = source.span(node).end
        return Span(end - len(name), end)
    if isinstance(node, ast.Name):
        held = held_by(source, node.id)
        return place_of(source, held, name) if held is not None else None
    parts: Iterator[ast.AST] = ast.iter_child_nodes(node)
    if isinstance(node, ast.Dict):
        parts = iter([*(k for k in node.keys if k is not None), *node.values])
    return next(filter(None, (place_of(source, part, name) for part in parts)), None)


def literal_of(source: PythonSource, node: ast.AST) -> Span | None:
    """The inside of the text literal that a node is, or that the variable holds which it names."""
    held = held_by(source, node.id) if isinstance(node, ast.Name) else node
    return content(source, held) if held is not None else None


def held_by(source: PythonSource, name: str) -> ast.expr | None:
    """The literal that a variable holds in this cell, where it is bound once, at the top level, and to a literal."""
    if source.tree is None:
        return None
    found: ast.expr | None = None
    for statement in source.tree.body:
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            target = statement.targets[0]
            if isinstance(target, ast.Name) and target.id == name and isinstance(statement.value, _HOLDERS):
                found = statement.value
    if found is None:
        return None
    stored = (n for n in nodes(source.tree) if isinstance(n, ast.Name) and n.id == name)
    return found if sum(not isinstance(n.ctx, ast.Load) for n in stored) == 1 else None
