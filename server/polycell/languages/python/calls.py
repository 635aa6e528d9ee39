"""Who calls what in a Python cell, by its text alone; and methods of the notebook's own classes."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct, field

from polycell.core.facts import Definition
from polycell.core.places import located
from polycell.core.results import NO_CALLS, Calls, CallSite, Location
from polycell.core.service import Context
from polycell.core.text import Span
from polycell.core.types import Class, Record
from polycell.languages.python.flow.at_cursor import Place, word_end
from polycell.languages.python.syntax.shapes import is_placeholder
from polycell.languages.python.syntax.source import PythonSource

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_NESTED = (*_FUNCTIONS, ast.ClassDef)
BASES = 8  # classes above one another that are looked through


class _Around(Struct):
    """A definition around what is being read. `inner` are what it defines itself; `owner` is the class of a method,
    `this` the name by which the method knows its object."""

    definition: Definition | None
    is_class: bool = False
    inner: dict[str, Definition] = field(default_factory=dict)
    owner: _Around | None = None
    this: str = ""


def calls(context: Context) -> Calls:
    """Definitions at any depth, and every call with what is around it. A variable that is a lambda counts too."""
    source = context.facts.analysis
    if not isinstance(source, PythonSource) or source.tree is None:
        return NO_CALLS
    reader = _Reader(source)
    reader.block(source.tree, [_Around(None)])
    return Calls(tuple(reader.callables), tuple(sorted(reader.sites, key=lambda site: site.span)))


class _Reader:
    def __init__(self, source: PythonSource) -> None:
        self.source = source
        self.callables: list[Definition] = []
        self.sites: list[CallSite] = []

    def block(self, node: ast.AST, around: list[_Around]) -> None:
        """All that runs when `node` does, definitions inside of it apart. What is deeper than Python allows is left."""
        waiting = list(ast.iter_child_nodes(node))
        inner: list[tuple[ast.AST, Definition]] = []
        calls: list[ast.Call] = []
        for child in waiting:  # it grows meanwhile
            if isinstance(child, _NESTED):
                inner.append((child, self._definition(child, around[-1])))
                waiting += child.decorator_list
                waiting += child.bases if isinstance(child, ast.ClassDef) else _defaults(child)
                continue
            if isinstance(child, ast.Assign) and isinstance(child.value, ast.Lambda):
                inner += [
                    (child.value, self._variable(target, child, around[-1]))
                    for target in child.targets
                    if isinstance(target, ast.Name)
                ]
                if any(isinstance(target, ast.Name) for target in child.targets):
                    continue
            if isinstance(child, ast.Call) and not is_placeholder(child):
                calls.append(child)
            waiting += ast.iter_child_nodes(child)
        around[-1].inner.update((made.name, made) for _, made in inner)
        caller = next((a.definition for a in reversed(around) if a.definition is not None and not a.is_class), None)
        for call in calls:
            span = self._callee(call)
            if span is not None:
                self.sites.append(CallSite(span, caller, _known(call.func, around)))
        for child, made in inner:
            self.callables.append(made)
            self.block(child, [*around, _entered(child, made, around[-1])])

    def _definition(self, node: ast.AST, around: _Around) -> Definition:
        extent = self.source.span(node)
        name = str(getattr(node, "name", ""))
        at = _word(self.source.code, name, extent.start, extent.end) or Span(extent.start, extent.start)
        container = around.definition.name if around.definition is not None else ""
        if isinstance(node, ast.ClassDef):
            return Definition(name, "class", at, extent, container)
        return Definition(name, "method" if around.is_class else "function", at, extent, container)

    def _variable(self, target: ast.Name, statement: ast.Assign, around: _Around) -> Definition:
        container = around.definition.name if around.definition is not None else ""
        return Definition(target.id, "function", self.source.span(target), self.source.span(statement), container)

    def _callee(self, call: ast.Call) -> Span | None:
        """The name that is called; None where the callee has none, or it is not where the tree says."""
        function = call.func
        if not isinstance(function, (ast.Name, ast.Attribute)):
            return None
        name = function.id if isinstance(function, ast.Name) else function.attr
        whole = self.source.span(function)
        span = Span(whole.end - len(name), whole.end)
        if span.start < whole.start or span.of(self.source.code) != name:
            return None  # of an f-string, whose places Python before 3.12 tells wrongly
        return span


def _defaults(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.expr]:
    yield from node.args.defaults
    yield from (default for default in node.args.kw_defaults if default is not None)


def _entered(node: ast.AST, made: Definition, around: _Around) -> _Around:
    owner = around if around.is_class and isinstance(node, _FUNCTIONS) else None
    first = next(iter([*node.args.posonlyargs, *node.args.args]), None) if isinstance(node, _FUNCTIONS) else None
    static = isinstance(node, _FUNCTIONS) and any(getattr(d, "id", "") == "staticmethod" for d in node.decorator_list)
    this = first.arg if owner is not None and first is not None and not static else ""
    return _Around(made, isinstance(node, ast.ClassDef), owner=owner, this=this)


def _known(function: ast.expr, around: list[_Around]) -> Definition | None:
    """An inner function by the scopes around, a method of the class around by `self`; names of the cell are left to
    the environment, which knows what they mean where."""
    if isinstance(function, ast.Name):
        seen = (a for a in reversed(around[1:]) if not a.is_class or a is around[-1])
        return next((a.inner[function.id] for a in seen if function.id in a.inner), None)
    if not isinstance(function, ast.Attribute) or not isinstance(function.value, ast.Name):
        return None
    method = next((a for a in reversed(around) if a.owner is not None), None)
    if method is None or method.owner is None or function.value.id != method.this:
        return None
    return method.owner.inner.get(function.attr)


def method_at(context: Context, offset: int) -> Location | None:
    """Where the method at an offset is defined, by the class that we know its object to be of."""
    place = Place(context, word_end(context.cell.text, offset))
    site = place.site
    if not site.attribute or site.quote or site.comment:
        return None
    owner = place.type_of(site.receiver)
    name = owner.name if isinstance(owner, (Record, Class)) else ""
    return _method(context, name, site.word, BASES) if name.isidentifier() else None


def _method(context: Context, class_: str, name: str, most: int) -> Location | None:
    """The method of a class or of its bases, as the cell of `context` sees them."""
    binding = context.view.lookup(class_)
    here = [d for d in context.facts.definitions if d.name == class_ and d.kind == "class"]
    origin = None if here else located(context.notebook, binding.origin) if binding is not None else None
    index = context.index if here else context.notebook.index(origin.cell) if origin is not None else None
    if index is None or not most:
        return None
    owner = context if index == context.index else context.neighbour(index)
    source = owner.facts.analysis
    found = [d for d in owner.facts.definitions if d.name == name and d.kind == "method" and d.container == class_]
    if found:
        return Location(found[-1].span, owner.cell.id)
    tree = source.tree if isinstance(source, PythonSource) else None
    written = [n for n in (tree.body if tree is not None else ()) if isinstance(n, ast.ClassDef) and n.name == class_]
    bases = [base.id for base in (written[-1].bases if written else ()) if isinstance(base, ast.Name)]
    places = (_method(owner, base, name, most - 1) for base in bases if base != class_)
    return next((place for place in places if place is not None), None)


def _word(code: str, name: str, start: int, end: int) -> Span | None:
    at = code.find(name, start, end) if name else -1
    while at >= 0:
        before, after = code[at - 1 : at], code[at + len(name) : at + len(name) + 1]
        if not (before.isidentifier() or before.isdigit() or after.isidentifier() or after.isdigit()):
            return Span(at, at + len(name))
        at = code.find(name, at + 1, end)
    return None
