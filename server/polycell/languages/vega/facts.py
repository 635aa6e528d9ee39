"""What a chart cell's text alone says: the names of other cells that it uses, and the first thing no reader accepts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from polycell.core.facts import Facts, Problem, Reference, Use
from polycell.core.hosts import Host
from polycell.core.notebook import Cell
from polycell.core.patterns import pattern
from polycell.core.text import Span
from polycell.languages.vega.data import head_name, names_in
from polycell.languages.vega.places import inside
from polycell.languages.vega.reading import given, tree_of
from polycell.languages.vega.tree import Node, Tree, walk

_STRINGS = pattern(r'"(?:[^"\\]|\\.)*"?|' r"'(?:[^'\\]|\\.)*'?|`(?:[^`\\]|\\.)*`?")
_NAME = pattern(r"(?<![\w$.])[^\W\d][\w$]*(?!\s*:(?!:))")
_NOT_NAMES = frozenset({
    "true", "false", "null", "undefined", "new", "function", "return", "var", "let", "const", "if", "else", "typeof",
    "instanceof", "in", "of", "this", "void", "delete", "NaN", "Infinity", "Math", "Date", "JSON", "Object", "Array",
    "String", "Number", "Boolean", "RegExp", "console", "async", "await", "for", "while",
})  # fmt: skip
_PARAMETER = pattern(r"([^\W\d][\w$]*)\s*=>|(?:\(|function\s*\w*\s*\()([^()]*)\)\s*(?:=>|\{)")


def facts(cell: Cell, host: Host) -> Facts:
    """Spans are offsets into the cell's text."""
    tree = tree_of(cell, host.name)
    names = [(g.variable, g.span) for g in given(cell)]
    names += list(_of_viz(tree.root) if cell.language == "viz" else _of_chart(tree))
    problems: tuple[Problem, ...] = ()
    if tree.mistakes:
        # What follows a mistake is mostly its consequence.
        first = tree.mistakes[0]
        problems = (Problem(first.span, first.message, "vega-syntax"),)
    return Facts(
        uses=tuple(Use(name, span, table=True) for name, span in names),
        references=tuple(Reference(name, span) for name, span in names),
        problems=problems,
        analysis=tree,
    )


def _of_chart(tree: Tree) -> Iterator[tuple[str, Span]]:
    root = tree.root
    if root is None:
        return
    own = set(names_in(root))
    for path, node in walk(root):
        if node.kind == "expression":
            yield from names_of_expression(str(node.value), node.start)
        elif node.kind == "string" and path[-2:] == ("data", "name"):
            name = str(node.value)
            if name.isidentifier() and name not in own:
                yield name, inside(node)


def _of_viz(root: Node | None) -> Iterator[tuple[str, Span]]:
    """A viz cell of Polynote is JSON that names one value: `{"type": "plot", "value": "df", …}`."""
    value = root.get("value") if root is not None else None
    if value is not None and value.kind == "string" and str(value.value).isidentifier():
        yield value.value, inside(value)


def names_of_expression(text: str, start: int) -> Iterator[tuple[str, Span]]:
    """Names that an expression needs from outside of it: no members, keys, parameters or JavaScript's own."""
    if not head_name(text) and not _NAME.search(text):
        return
    bare = _STRINGS.sub(lambda found: " " * len(found[0]), text)
    own = set()
    for found in _PARAMETER.finditer(bare):
        own.update(re.findall(r"[^\W\d][\w$]*", found[1] or found[2] or ""))
    for found in _NAME.finditer(bare):
        if found[0] not in _NOT_NAMES and found[0] not in own:
            yield found[0], Span(start + found.start(), start + found.end())
