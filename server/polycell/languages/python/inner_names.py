"""Names that no other cell sees: parameters, what functions bind for themselves, targets of comprehensions.

They are found by the same walk that tells a cell's facts, run anew when somebody asks about such a name.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct, field

from polycell.core.facts import DefinitionKind
from polycell.core.patterns import pattern
from polycell.core.places import cell_name
from polycell.core.results import InnerName, InnerPlace
from polycell.core.service import Context
from polycell.core.text import Span
from polycell.languages.python.renaming import hidden
from polycell.languages.python.syntax.names import Scope
from polycell.languages.python.syntax.scopes import Walk
from polycell.languages.python.syntax.shapes import nodes
from polycell.languages.python.syntax.source import PythonSource

_AS = pattern(r"\bas[\s\\]+\Z")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class _Held(Struct):
    """What a scope holds: its names with their places, and all names that are mentioned inside of it."""

    scope: Scope  # kept, so that its identity stays its own
    places: dict[str, dict[Span, tuple[bool, DefinitionKind]]] = field(default_factory=dict)
    mentioned: set[str] = field(default_factory=set)


class _Listening(Walk):
    def __init__(self, source: PythonSource) -> None:
        super().__init__(source)
        self.held: dict[int, _Held] = {}

    def use(self, name: str, span: Span, write: bool = False) -> None:
        self._mention(name)
        super().use(name, span, write)

    def bind(self, name: str, span: Span, kind: DefinitionKind, extent: Span) -> None:
        self._mention(name)
        super().bind(name, span, kind, extent)

    def given(self, name: str, node: Any) -> None:
        start = self.start(node)
        found = (
            self.name_span(node, name) if isinstance(node, ast.Name) else self.word(name, start, self.span(node).end)
        )
        self._mention(name)
        self.inside(name, found or Span(start, start), True)

    def inside(self, name: str, span: Span, write: bool, kind: DefinitionKind = "variable") -> None:
        last = len(self.scopes) - 1
        for at in range(last, 0, -1):
            scope = self.scopes[at]
            if name in scope.names and (scope.kind != "class" or at == last):
                places = self._of(scope).places.setdefault(name, {})
                before = places.get(span, (False, kind))
                places[span] = (before[0] or write, kind if write else before[1])
                return

    def _mention(self, name: str) -> None:
        for scope in self.scopes[1:]:
            self._of(scope).mentioned.add(name)

    def _of(self, scope: Scope) -> _Held:
        return self.held.setdefault(id(scope), _Held(scope))


def inner_name(context: Context, offset: int) -> InnerName | None:
    """The inner name at an offset; None for a name that other cells may see, for what a class holds, and where no name
    stands."""
    source = context.facts.analysis
    if not isinstance(source, PythonSource) or source.tree is None or source.isolated:
        return None
    walk = _Listening(source)
    try:
        walk.block(source.tree.body)
    except RecursionError:
        return None
    for held in walk.held.values():
        for name, places in held.places.items():
            if held.scope.kind != "class" and any(span.touches(offset) for span in places):
                return _inner_name(context, source, held, name, places)
    return None


def _inner_name(
    context: Context,
    source: PythonSource,
    held: _Held,
    name: str,
    places: dict[Span, tuple[bool, DefinitionKind]],
) -> InnerName:
    text, cell = context.cell.text, context.cell.id
    made, refusal = [], ""
    for span, (write, kind) in sorted(places.items()):
        before = ""
        if kind == "import" and write and not _AS.search(text[: span.start]):
            if text[span.end : span.end + 1] == ".":
                refusal = f"`{name}` is the beginning of a module's name."
            before = f"{name} as "
        if span.of(text) != name:
            refusal = f"`{name}` stands where it cannot be told from the text around."
            continue
        made.append(InnerPlace(cell, span, write, before))
    around = _statement(source, min(places).start)
    if any(s.start < around.end and around.start < s.end for s in hidden(context, name) if s not in places):
        refusal = refusal or f"`{name}` is mentioned in a string, and it is not certain what that means."
    function = _with_parameter(source, set(places))
    if function is not None:
        calls, doubt = _keywords(context, source, function, name)
        made += calls
        refusal = refusal or doubt
    return InnerName(name, tuple(made), frozenset(held.mentioned), refusal)


def _statement(source: PythonSource, offset: int) -> Span:
    """The top-level statement around an offset."""
    found = (source.span(statement) for statement in (source.tree.body if source.tree is not None else ()))
    return next((span for span in found if span.start <= offset < span.end), Span(offset, offset))


def _with_parameter(source: PythonSource, places: set[Span]) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """The function that has a parameter at one of the places which a call may name."""
    for node in nodes(source.tree) if source.tree is not None else ():
        if isinstance(node, _FUNCTIONS):
            named = (*node.args.args, *node.args.kwonlyargs)
            starts = {span.start for span in places}
            if any(source.span(argument).start in starts for argument in named):
                return node
    return None


def _keywords(
    context: Context, source: PythonSource, function: ast.FunctionDef | ast.AsyncFunctionDef, name: str
) -> tuple[Sequence[InnerPlace], str]:
    """Where calls name the parameter (`f(x=1)`), and why not all of these are certain."""
    outer = source.tree is not None and function in source.tree.body
    start = source.span(function).start
    mine = [d for d in context.facts.definitions if d.name == function.name and d.extent.start == start]
    made: list[InnerPlace] = []
    doubt = ""
    for index, cell in enumerate(context.notebook.cells):
        if cell.language != "python" or function.name not in cell.text or name not in cell.text:
            continue
        other = context if index == context.index else context.neighbour(index)
        theirs = other.facts.analysis
        if not isinstance(theirs, PythonSource) or theirs.tree is None:
            continue
        for span, sure in _keyword_places(theirs, function.name, name):
            if span.of(cell.text) != name:
                continue
            if sure and outer and _means(context, other, function.name, mine):
                made.append(InnerPlace(cell.id, span, False))
            else:
                doubt = f"{cell_name(index)} has a call `{function.name}({name}=…)` that may mean this parameter."
    return made, doubt


def _keyword_places(source: PythonSource, function: str, name: str) -> Iterator[tuple[Span, bool]]:
    """(the keyword of a call, whether a plain name is called)."""
    for node in nodes(source.tree) if source.tree is not None else ():
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        plain = isinstance(called, ast.Name) and called.id == function
        if not plain and not (isinstance(called, ast.Attribute) and called.attr == function):
            continue
        for keyword in node.keywords:
            if keyword.arg == name:
                start = source.span(keyword).start
                yield Span(start, start + len(name)), plain


def _means(owner: Context, reader: Context, name: str, mine: Sequence[Any]) -> bool:
    """Whether the name means the one function wherever the reader mentions it."""
    if len(mine) != 1 or sum(d.name == name and not d.container for d in owner.facts.definitions) != 1:
        return False
    if reader.index == owner.index:
        return True
    if any(d.name == name for d in reader.facts.definitions):
        return False
    binding = reader.view.lookup(name)
    origin = binding.origin if binding is not None else None
    place = origin.find(owner.cell.text) if origin is not None and origin.cell == owner.cell.id else None
    return place is not None and place[0] == mine[0].span.start
