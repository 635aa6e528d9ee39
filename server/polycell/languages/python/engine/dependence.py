"""A cell's top-level statements with the names that each binds and reads: what slices are cut from."""

from __future__ import annotations

import ast
from collections import OrderedDict

from msgspec import Struct

from polycell.core.facts import Facts
from polycell.core.text import Span
from polycell.languages.python.syntax.source import PythonSource

_KEPT = 4096


class Statement(Struct, frozen=True):
    """`span` begins at the first decorator. `certain` are the names that it binds whatever happens."""

    span: Span
    binds: frozenset[str]
    certain: frozenset[str]
    reads: tuple[str, ...]


_TABLES: OrderedDict[int, tuple[object, tuple[Statement, ...]]] = OrderedDict()


def statements(facts: Facts) -> tuple[Statement, ...]:
    """In order of the text; none where the cell could not be read."""
    source = facts.analysis
    if not isinstance(source, PythonSource) or source.tree is None:
        return ()
    known = _TABLES.get(id(source))
    if known is not None and known[0] is source:
        _TABLES.move_to_end(id(source))
        return known[1]
    made = _table(facts, source, source.tree)
    _TABLES[id(source)] = (source, made)
    while len(_TABLES) > _KEPT:
        _TABLES.popitem(last=False)
    return made


def _table(facts: Facts, source: PythonSource, tree: ast.Module) -> tuple[Statement, ...]:
    made: list[Statement] = []
    definitions = [d for d in facts.definitions if not d.container]
    at_definition = at_reference = 0
    references = facts.references
    for node in tree.body:
        span = source.span(node)
        decorators = getattr(node, "decorator_list", None)
        if decorators:
            span = Span(source.code.rfind("@", 0, source.span(decorators[0]).start + 1), span.end)
        while at_definition < len(definitions) and definitions[at_definition].span.start < span.start:
            at_definition += 1
        bound: list[tuple[str, bool]] = []
        while at_definition < len(definitions) and definitions[at_definition].span.start < span.end:
            found = definitions[at_definition]
            bound.append((found.name, not found.conditional))
            at_definition += 1
        while at_reference < len(references) and references[at_reference].span.start < span.start:
            at_reference += 1
        reads: dict[str, None] = {}
        while at_reference < len(references) and references[at_reference].span.start < span.end:
            if not references[at_reference].write:
                reads[references[at_reference].name] = None
            at_reference += 1
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            reads[node.target.id] = None
        certain = frozenset(name for name, sure in bound if sure)
        made.append(Statement(span, frozenset(name for name, _ in bound), certain, tuple(reads)))
    return tuple(made)
