"""Where a Python cell has names that may be columns', and the states of its statements to judge them by."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cached_property
from typing import Literal, TypeAlias

from msgspec import Struct

from polycell.core.environment import fold
from polycell.core.service import Context
from polycell.core.text import Span
from polycell.core.types import Type
from polycell.languages.python.flow.at_cursor import Place, enclosing, state_at
from polycell.languages.python.flow.exports import source_of
from polycell.languages.python.flow.interpreter import Interpreter
from polycell.languages.python.syntax.literals import content
from polycell.languages.python.syntax.shapes import nodes
from polycell.languages.python.syntax.source import PythonSource

Kind: TypeAlias = Literal["exact", "word", "part"]


class Candidate(Struct, frozen=True):
    """A place where a name stands that may be a column's.

    `exact`: it is the whole of a text, a keyword or attribute; `word`: a word inside of the text that `node` is;
    `part`: only a part of such a word, so that at most the name was made out of it.
    """

    node: ast.AST
    span: Span
    name: str
    kind: Kind = "exact"


class Reading(Struct, dict=True):
    """A cell whose statements' states are worked out once for all that is asked about it."""

    context: Context

    @cached_property
    def source(self) -> PythonSource:
        return source_of(self.context)

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        tree = self.source.tree
        every = nodes(tree) if tree is not None else ()
        return {child: node for node in every for child in ast.iter_child_nodes(node)}

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        """What a node stands in, the nearest first."""
        while node in self.parents:
            node = self.parents[node]
            yield node

    def statement(self, node: ast.AST) -> ast.stmt | None:
        found = (n for n in (node, *self.above(node)) if isinstance(n, ast.stmt))
        return next(found, None)

    def place(self, node: ast.AST, offset: int) -> Place:
        """The place at an offset inside a node, with the state before its statement."""
        statement = self.statement(node)
        start = self.source.span(statement).start if statement is not None else offset
        return Place(self.context, offset, state_at(self.context, start))

    def behind(self, node: ast.AST) -> Interpreter:
        """The state behind the statement that a node stands in."""
        statement = self.statement(node)
        end = self.source.span(statement).end + 1 if statement is not None else len(self.source.code)
        return state_at(self.context, end)

    def evaluate(self, node: ast.expr) -> Type:
        """The type of an expression where it stands."""
        return self.place(node, self.source.span(node).end).evaluate(node)


def affixed(text: str, name: str) -> bool:
    """Whether a text is the name with something before or behind it, as a join or `get_dummies` makes it."""
    return text.startswith(f"{name}_") or text.endswith(f"_{name}")


def candidates(source: PythonSource, name: str) -> Iterator[Candidate]:
    """Where the name stands: as a text, a part of one, an attribute or keyword. Case folded, as SQL may write it."""
    if source.tree is None:
        return
    folded = fold(name)
    word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    waiting: list[ast.AST] = [source.tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.JoinedStr):  # of its parts only the expressions have a place
            for part in node.values:
                if isinstance(part, ast.FormattedValue):
                    waiting += ast.iter_child_nodes(part)
            continue
        waiting += ast.iter_child_nodes(node)
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if fold(node.value) == folded:
                span = content(source, node) or source.span(node)
                yield Candidate(node, span, node.value)
            elif folded in fold(node.value):
                inside = content(source, node)
                if inside is None and word.search(node.value):
                    yield Candidate(node, source.span(node), name, "word")
                elif inside is not None:
                    yield from _words(source, node, inside, word)
        elif isinstance(node, ast.Attribute) and (fold(node.attr) == folded or affixed(node.attr, name)):
            end = source.span(node).end
            kind: Kind = "exact" if fold(node.attr) == folded else "part"
            yield Candidate(node, Span(end - len(node.attr), end), node.attr, kind)
        elif isinstance(node, ast.keyword) and node.arg is not None and fold(node.arg) == folded:
            start = source.span(node).start
            yield Candidate(node, Span(start, start + len(node.arg)), node.arg)


def _words(source: PythonSource, node: ast.Constant, inside: Span, word: re.Pattern[str]) -> Iterator[Candidate]:
    found = [Span(*w.span()) for w in word.finditer(source.code, inside.start, inside.end)]
    for span in found:
        yield Candidate(node, span, span.of(source.code), "word")
    if not found:  # `price_x` may be made out of `price`
        yield Candidate(node, inside, str(node.value), "part")


def at_offset(reading: Reading, offset: int) -> Iterator[Candidate]:
    """The names that touch an offset."""
    source = reading.source
    for node in reversed(enclosing(source, offset)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            inside = content(source, node)
            if inside is not None and inside.touches(offset):
                yield Candidate(node, inside, node.value)
                for word in re.finditer(r"[^\W\d]\w*", inside.of(source.code)):
                    span = Span(*word.span()).shift(inside.start)
                    if span.touches(offset) and span != inside:
                        yield Candidate(node, span, word[0], "word")
        elif isinstance(node, ast.Attribute):
            end = source.span(node).end
            if end - len(node.attr) <= offset <= end:
                yield Candidate(node, Span(end - len(node.attr), end), node.attr)
        elif isinstance(node, ast.keyword) and node.arg is not None:
            start = source.span(node).start
            if start <= offset <= start + len(node.arg):
                yield Candidate(node, Span(start, start + len(node.arg)), node.arg)
