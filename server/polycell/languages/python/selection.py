"""What a selection in Python grows to: expressions, statements, and the blocks that they stand in."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from polycell.core.text import Span
from polycell.languages.python.syntax.source import PythonSource


def selections(source: PythonSource, offset: int) -> Iterator[Span]:
    """Spans of the tree's nodes around an offset, and of the blocks and the text of strings."""
    waiting: list[ast.AST] = list(source.tree.body) if source.tree is not None else []
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.stmt, ast.expr, ast.arg, ast.keyword, ast.alias, ast.ExceptHandler, ast.match_case)):
            span = _whole(source, node)
            if not span.start <= offset <= span.end:
                continue
            yield span
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield from _inside(source.code, span)
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if isinstance(block, list) and block:
                yield Span(_whole(source, block[0]).start, source.span(block[-1]).end)
        waiting += ast.iter_child_nodes(node)


def _whole(source: PythonSource, node: ast.AST) -> Span:
    """A node's span, with the decorators of a definition."""
    if isinstance(node, ast.match_case):
        return Span(source.span(node.pattern).start, source.span(node.body[-1]).end)
    span = source.span(node)
    decorators = getattr(node, "decorator_list", None)
    return Span(source.span(decorators[0]).start - 1, span.end) if decorators else span


def _inside(code: str, span: Span) -> Iterator[Span]:
    """The text of a string between its quotes."""
    text = span.of(code)
    head = len(text) - len(text.lstrip("rbuRBUfF"))
    quote = next((q for q in ('"""', "'''", '"', "'") if text.startswith(q, head)), "")
    if quote and text.endswith(quote) and len(text) >= head + 2 * len(quote):
        yield Span(span.start + head + len(quote), span.end - len(quote))
