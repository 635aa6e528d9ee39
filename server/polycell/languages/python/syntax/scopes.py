"""Names of a cell by Python's scoping rules: which it binds, which it needs, where each occurs.

One walk in order of execution. What runs later (bodies of functions, lambdas, generators) is *deferred*: it may use
what the cell binds below it, so it is resolved when the walk is over. Sources: the language reference, "Execution
model" and "Annotation scopes".
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from polycell.core.facts import Definition, Import, Reference
from polycell.core.patterns import pattern
from polycell.core.text import Span
from polycell.languages.python.syntax.names import Loop, Names, Scope, Scopes
from polycell.languages.python.syntax.opens import opening_call, opening_import, opening_reference
from polycell.languages.python.syntax.resumed import Behind, Rest, Walks
from polycell.languages.python.syntax.shapes import (
    COMPREHENSIONS,
    arguments_of,
    asks_version,
    bound_in,
    called,
    children_of,
    is_false,
    is_namespace,
    is_placeholder,
    is_shell,
    is_type_checking,
    mentions,
)
from polycell.languages.python.syntax.source import PythonSource

_FROM = pattern(r"from\s+([.\s]*)([\w.]*)")
_CATCHES_NAME_ERROR = frozenset({"NameError", "UnboundLocalError", "Exception", "BaseException"})
_CATCHES_IMPORT_ERROR = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})
# Calls that run a generator handed to them at once.
_CONSUMERS = frozenset(
    {"all", "any", "dict", "frozenset", "list", "max", "min", "next", "set", "sorted", "sum", "tuple"}
)
_LEAVES = (ast.Return, ast.Raise, ast.Break, ast.Continue)
_TRIES: tuple[type, ...] = tuple(filter(None, (ast.Try, getattr(ast, "TryStar", None))))
FEW = 20  # statements that are walked again rather than remembered
# What was gathered behind leading statements that cells have still: see `resumed`.
_walks = Walks(FEW)


def analyse(source: PythonSource) -> Scopes:
    """Raises RecursionError for trees too deep to walk."""
    walk = Walk(source)
    body = source.tree.body if source.tree is not None else []
    plain = len(body) > FEW and not source.inner and not any(isinstance(node, _LEAVES) for node in body)
    behind = _walks.behind(body) if plain else None
    split = min(behind.split, len(body) - behind.common) if behind is not None else 0
    if behind is None or (walk.pending and walk.pending[-1].span.start < walk.start(body[split])):
        walk.block(body)
        return walk.finish()
    if behind.gathered is not None:
        walk.go_on(behind.gathered)
    walk.block(body[behind.count : split])
    gathered = walk.gathered()
    _walks.keep(body, split, gathered, _walk_rest(walk, body, split, behind))
    return walk.finish()


def _walk_rest(walk: Walk, body: Sequence[ast.stmt], split: int, behind: Behind) -> Rest | None:
    """Walk what stands behind the first `split` statements; what has been gathered over those that the cell has in
    common with what was walked before, if these are many, is taken over."""
    rest = behind.rest
    count = rest.count if rest is not None else behind.common
    end = len(body) - count
    walk.block(body[split:end])
    if count:
        walk.magic_names(walk.start(body[end]))
    if count <= FEW or walk.pending:  # names of magics come among these
        walk.block(body[end:])
        return None
    if rest is not None and walk.take_over(rest.gathered):
        return rest
    before = walk.gathered()
    walk.block(body[end:])
    return Rest(count, walk.since(before))


class Walk(Names):
    """One method a kind of node; `_HANDLERS` says which. What has none is walked through."""

    # -- statements

    def block(self, body: Iterable[ast.stmt]) -> None:
        behind = 0  # 1 where nothing comes any more: what stands there fails nowhere
        for statement in body:
            self.guards += behind
            self.statement(statement)
            self.guards -= behind
            behind = behind or isinstance(statement, _LEAVES)

    def statement(self, node: ast.stmt) -> None:
        if len(self.scopes) == 1:
            start = self.start(node)
            if self.pending:
                self.magic_names(start)
            for span, scope in self.inner:
                if start in span:
                    self.scopes.append(scope)
                    self.visit(node)
                    self.scopes.pop()
                    return
        self.visit(node)

    def visit(self, node: ast.AST) -> None:
        handler = _HANDLERS.get(type(node))
        if handler is not None:
            handler(self, node)
            return
        for name in children_of(type(node)):
            value = getattr(node, name, None)
            if type(value) is list:
                for item in value:
                    if type(item) is not ast.Constant and isinstance(item, ast.AST):
                        self.visit(item)
            elif type(value) is not ast.Constant and isinstance(value, ast.AST):
                self.visit(value)

    def each(self, nodes: Iterable[ast.AST | None]) -> None:
        for node in nodes:
            if node is not None:
                self.visit(node)

    def later(self, node: ast.AST | None) -> None:
        """Visit what runs later or never: an annotation (PEP 563, PEP 649), the value of a `type` alias."""
        if node is not None:
            self.deferred += 1
            self.visit(node)
            self.deferred -= 1

    def conditional(self, body: Iterable[ast.stmt]) -> None:
        self.conditions += 1
        self.block(body)
        self.conditions -= 1

    def name(self, node: ast.Name) -> None:
        span = self.name_span(node, node.id)
        if isinstance(node.ctx, ast.Load):
            self.use(node.id, span)
        elif isinstance(node.ctx, ast.Store):
            self.bind(node.id, span, "variable", self.extent or span)
        else:
            self.delete(node.id, span)

    def delete(self, name: str, span: Span) -> None:
        self.use(name, span, True)
        scope = self.scopes[-1]
        if scope.kind == "module" and not self.conditions:
            self.bound.discard(name)
        elif scope.kind in ("class", "inner"):
            scope.names.discard(name)

    def within(self, node: ast.stmt, targets: Iterable[ast.AST | None]) -> None:
        before, self.extent = self.extent, self.span(node)
        self.each(targets)
        self.extent = before

    def assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        if is_shell(node.value):
            self.shells.update(t.id for t in node.targets if isinstance(t, ast.Name))
        reason = opening_reference(node.value, self.shells)
        if reason:
            self.opens.append(reason)
        self.within(node, node.targets)

    def augmented(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self.stores.append(node.target)
            self.use(node.target.id, self.name_span(node.target, node.target.id))
        self.visit(node.value)
        self.within(node, [node.target])

    def annotated(self, node: ast.AnnAssign) -> None:
        local = any(scope.kind == "function" for scope in self.scopes)
        self.guards += local  # nobody evaluates the annotation of a local variable
        self.later(node.annotation)
        self.guards -= local
        self.each([node.value])
        if node.value is None and isinstance(node.target, ast.Name):
            self.guarded.add(node.target.id)  # declared, not bound: whoever wrote it knows where it comes from
            if self.scopes[-1].kind == "class":
                span = self.span(node.target)
                self.definitions.append(
                    Definition(node.target.id, "variable", span, self.span(node), self.scopes[-1].container)
                )
            return
        self.within(node, [node.target])

    def walrus(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        span = self.name_span(node.target, node.target.id)
        self.bind(node.target.id, span, "variable", self.extent or span)

    def if_(self, node: ast.If) -> None:
        self.visit(node.test)
        version = asks_version(node.test)
        off = version or is_false(node.test) or is_type_checking(node.test)
        self.guards += off
        self.conditional(node.body)
        self.guards -= off
        self.guards += version
        self.conditional(node.orelse)
        self.guards -= version

    def if_expression(self, node: ast.IfExp) -> None:
        self.visit(node.test)
        version = asks_version(node.test)
        self.conditions += 1
        self.guards += version
        self.each((node.body, node.orelse))
        self.guards -= version
        self.conditions -= 1

    def boolean(self, node: ast.BoolOp) -> None:
        self.visit(node.values[0])
        version = asks_version(node.values[0])
        self.conditions += 1
        self.guards += version
        self.each(node.values[1:])
        self.guards -= version
        self.conditions -= 1

    def compare(self, node: ast.Compare) -> None:
        if (
            isinstance(node.left, ast.Constant)
            and isinstance(node.left.value, str)
            and isinstance(node.ops[0], (ast.In, ast.NotIn))
            and is_namespace(node.comparators[0])
        ):
            self.guarded.add(node.left.value)
            return
        self.each((node.left, *node.comparators))

    def for_(self, node: ast.For | ast.AsyncFor) -> None:
        self.visit(node.iter)
        self.conditions += 1
        self.within(node, [node.target])
        self.loop(node.body)
        self.conditions -= 1
        self.conditional(node.orelse)

    def while_(self, node: ast.While) -> None:
        self.visit(node.test)
        self.conditions += 1
        self.loop(node.body)
        self.conditions -= 1
        self.conditional(node.orelse)

    def loop(self, body: Sequence[ast.stmt]) -> None:
        self.loops.append(Loop(body, self.conditions))
        self.block(body)
        self.loops.pop()

    def with_(self, node: ast.With | ast.AsyncWith) -> None:
        guards = 0
        for item in node.items:
            self.visit(item.context_expr)
            if item.optional_vars is not None:
                self.within(node, [item.optional_vars])
            if isinstance(item.context_expr, ast.Call) and mentions(item.context_expr.args, _CATCHES_NAME_ERROR):
                guards = 1
        self.guards += guards
        self.block(node.body)
        self.guards -= guards

    def try_(self, node: Any) -> None:
        types = [handler.type for handler in node.handlers]
        anything = any(type_ is None for type_ in types)
        guard = anything or mentions(types, _CATCHES_NAME_ERROR)
        import_guard = anything or mentions(types, _CATCHES_IMPORT_ERROR)
        self.guards += guard
        self.import_guards += import_guard
        self.conditional(node.body)
        self.guards -= guard
        for handler in node.handlers:
            self.conditions += 1
            self.handler(handler)
            self.conditions -= 1
        self.import_guards -= import_guard
        self.conditional(node.orelse)
        self.block(node.finalbody)

    def handler(self, node: ast.ExceptHandler) -> None:
        self.each([node.type])
        name = node.name
        if name is None:
            self.block(node.body)
            return
        # The name is deleted behind the handler, so it is bound for the handler only.
        scope = self.scopes[-1]
        known = self.bound if scope.kind == "module" else scope.names
        had = name in known
        known.add(name)
        begin = self.span(node.type).end if node.type is not None else self.start(node)
        end = self.start(node.body[0]) if node.body else len(self.code)
        span = self.word(name, begin, end)
        if scope.kind == "module" and span is not None:
            self.references.append(Reference(name, span, True, True))
        elif span is not None:
            self.inside(name, span, True)
        self.block(node.body)
        if not had and scope.kind != "function":
            known.discard(name)

    def match(self, node: ast.Match) -> None:
        self.visit(node.subject)
        for case in node.cases:
            self.conditions += 1
            before, self.extent = self.extent, self.span(node.subject)
            self.visit(case.pattern)
            self.extent = before
            self.each([case.guard])
            self.block(case.body)
            self.conditions -= 1

    def pattern(self, node: Any) -> None:
        inner = getattr(node, "pattern", None)
        if inner is not None:
            self.visit(inner)
        if node.name is not None:
            end = self.span(node).end
            found = self.word(node.name, max(end - len(node.name), 0), end) or self.span(node)
            self.bind(node.name, found, "variable", self.extent or found)

    def mapping_pattern(self, node: ast.MatchMapping) -> None:
        self.each((*node.keys, *node.patterns))
        if node.rest is not None:
            whole = self.span(node)
            begin = self.span(node.patterns[-1]).end if node.patterns else whole.start
            found = self.word(node.rest, begin, whole.end) or whole
            self.bind(node.rest, found, "variable", self.extent or found)

    # -- definitions

    def function(self, node: Any) -> None:
        self.each(node.decorator_list)
        arguments = node.args
        self.each((*arguments.defaults, *arguments.kw_defaults))
        extent = self.span(node)
        self.bind(node.name, self.header_name(node), "function", extent)
        parameters = getattr(node, "type_params", None) or ()
        if parameters:
            self.push_type_parameters(parameters)
        for argument in arguments_of(arguments):
            self.later(argument.annotation)
        self.later(node.returns)
        self.body(arguments, node.body)
        if parameters:
            self.scopes.pop()

    def body(self, arguments: ast.arguments, body: Sequence[ast.stmt]) -> None:
        names, globals_, outer = bound_in(body)
        scope = Scope("function", {a.arg for a in arguments_of(arguments)} | (names - globals_ - outer), globals_)
        self.scopes.append(scope)
        for argument in arguments_of(arguments):
            self.given(argument.arg, argument)
        self.deferred += 1
        extent, self.extent = self.extent, None
        loops, self.loops = self.loops, []
        self.block(body)
        self.loops = loops
        self.extent = extent
        self.deferred -= 1
        self.scopes.pop()

    def lambda_(self, node: ast.Lambda) -> None:
        self.each((*node.args.defaults, *node.args.kw_defaults))
        walrus = bound_in([node.body])[0]
        self.scopes.append(Scope("function", {a.arg for a in arguments_of(node.args)} | walrus))
        for argument in arguments_of(node.args):
            self.given(argument.arg, argument)
        self.later(node.body)
        self.scopes.pop()

    def class_(self, node: Any) -> None:
        self.each(node.decorator_list)
        parameters = getattr(node, "type_params", None) or ()
        if parameters:
            self.push_type_parameters(parameters)
        self.each((*node.bases, *(k.value for k in node.keywords)))
        _, globals_, _ = bound_in(node.body)
        outer = self.scopes[-1].container
        self.scopes.append(Scope("class", {"__module__", "__qualname__"}, globals_, f"{outer}.{node.name}".lstrip(".")))
        extent, self.extent = self.extent, None
        self.block(node.body)
        self.extent = extent
        self.scopes.pop()
        if parameters:
            self.scopes.pop()
        self.bind(node.name, self.header_name(node), "class", self.span(node))

    def push_type_parameters(self, parameters: Iterable[Any]) -> None:
        container = self.scopes[-1].container
        self.scopes.append(Scope("function", {p.name for p in parameters}, container=container))
        for parameter in parameters:
            self.given(parameter.name, parameter)
            self.later(getattr(parameter, "bound", None))
            self.later(getattr(parameter, "default_value", None))

    def type_alias(self, node: Any) -> None:
        self.within(node, [node.name])
        self.push_type_parameters(node.type_params)
        self.later(node.value)
        self.scopes.pop()

    def comprehension(self, node: Any, now: bool = False) -> None:
        generators = node.generators
        self.visit(generators[0].iter)
        names = {n.id for g in generators for n in ast.walk(g.target) if isinstance(n, ast.Name)}
        self.scopes.append(Scope("comprehension", names))
        wait = isinstance(node, ast.GeneratorExp) and not now
        self.deferred += wait
        self.conditions += 1
        for index, generator in enumerate(generators):
            if index:
                self.visit(generator.iter)
            for target in ast.walk(generator.target):  # `a[i]` as a target reads names
                if isinstance(target, ast.Name) and isinstance(target.ctx, ast.Load):
                    self.visit(target)
                elif isinstance(target, ast.Name):
                    self.given(target.id, target)
                elif isinstance(target, (ast.Subscript, ast.Attribute)):
                    self.stored(target)
            self.each(generator.ifs)
        if isinstance(node, ast.DictComp):
            self.each((node.key, node.value))
        else:
            self.visit(node.elt)
        self.conditions -= 1
        self.deferred -= wait
        self.scopes.pop()

    def call(self, node: ast.Call) -> None:
        function = node.func
        if is_placeholder(node):
            return
        self.calls.append(node)
        reason = opening_call(node, self.shells)
        if reason:
            self.opens.append(reason)
        if len(node.args) == 1 and isinstance(node.args[0], ast.GeneratorExp):
            consumed = isinstance(function, ast.Name) and function.id in _CONSUMERS
            if consumed or (isinstance(function, ast.Attribute) and function.attr == "join"):
                self.visit(function)
                self.comprehension(node.args[0], now=True)
                self.each(k.value for k in node.keywords)
                return
        self.visit(function)
        for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
            if type(argument) is not ast.Constant:
                self.visit(argument)

    def stored(self, node: ast.Attribute | ast.Subscript) -> None:
        if type(node.ctx) is not ast.Load:
            self.stores.append(node)

    def attribute(self, node: ast.Attribute) -> None:
        self.stored(node)
        if node.attr in ("user_ns", "user_global_ns"):
            self.opens.append(f"{node.attr} of the shell")
        self.visit(node.value)

    def subscript(self, node: ast.Subscript) -> None:
        self.stored(node)
        if isinstance(node.ctx, ast.Store) and is_namespace(node.value):
            key = node.slice
            if isinstance(key, ast.Constant) and isinstance(key.value, str) and key.value.isidentifier():
                if not (len(self.scopes) > 1 and isinstance(node.value, ast.Call) and called(node.value) == "locals"):
                    self.define(key.value, self.word_in(key), "variable", self.extent or self.span(node), True)
            else:
                self.opens.append("globals()[…] =")
        self.visit(node.value)
        self.visit(node.slice)

    def formatted(self, node: ast.JoinedStr) -> None:
        whole = self.span(node)
        # A nested format specification is a JoinedStr of its own with no place of its own.
        self.strings.append([whole.start, whole.end, whole.start] if not self.strings else self.strings[-1])
        self.each(node.values)
        self.strings.pop()

    # -- imports

    @property
    def unsure(self) -> bool:
        """Whether what stands here may never run."""
        return self.conditions > 0 or any(scope.kind == "function" for scope in self.scopes)

    def import_(self, node: ast.Import) -> None:
        for alias in node.names:
            span = self.span(alias)
            reason = opening_import(alias.name)
            if reason:
                self.opens.append(reason)
            module = Span(span.start, min(span.end, span.start + len(alias.name)))
            self.imports.append(
                Import(alias.name, module, alias.asname or "", guarded=self.import_guards > 0, conditional=self.unsure)
            )
            if alias.asname:
                self.bind(alias.asname, Span(span.end - len(alias.asname), span.end), "import", self.span(node))
            else:
                first = alias.name.partition(".")[0]
                self.bind(first, Span(span.start, span.start + len(first)), "import", self.span(node))

    def import_from(self, node: ast.ImportFrom) -> None:
        extent = self.span(node)
        module = node.module or ""
        found = _FROM.match(self.code, extent.start)
        span = Span(*found.span(2)) if found else extent
        star = any(alias.name == "*" for alias in node.names)
        names = tuple((alias.name, alias.asname or "") for alias in node.names if alias.name != "*")
        self.imports.append(Import(module, span, "", names, star, node.level, self.import_guards > 0, self.unsure))
        if star:
            self.opens.append(f"from {'.' * node.level}{module} import *")
        for alias in node.names:
            if alias.name == "*":
                continue
            place = self.span(alias)
            if alias.asname:
                place = Span(place.end - len(alias.asname), place.end)
            self.bind(alias.asname or alias.name, place, "import", extent)

    def function_only(self, node: ast.Return | ast.Yield | ast.YieldFrom) -> None:
        self.outside_function(node)
        self.each([node.value])

    def loop_only(self, node: ast.Break | ast.Continue) -> None:
        self.outside_loop(node)

    def global_(self, node: ast.Global) -> None:
        whole = self.span(node)
        for name in node.names:
            span = self.word(name, whole.start + len("global"), whole.end)
            if span is not None:
                self.references.append(Reference(name, span, False, name in self.ever))

    def nonlocal_(self, node: ast.Nonlocal) -> None:
        whole = self.span(node)
        for name in node.names:
            span = self.word(name, whole.start + len("nonlocal"), whole.end)
            if span is not None:
                self.inside(name, span, False)

    def nothing(self, node: ast.AST) -> None:
        """Constants, and statements that only declare."""


_HANDLERS: dict[type, Callable[[Walk, Any], None]] = {
    ast.Name: Walk.name,
    ast.Constant: Walk.nothing,
    ast.Global: Walk.global_,
    ast.Nonlocal: Walk.nonlocal_,
    ast.Pass: Walk.nothing,
    ast.Attribute: Walk.attribute,
    ast.Call: Walk.call,
    ast.Assign: Walk.assign,
    ast.AugAssign: Walk.augmented,
    ast.AnnAssign: Walk.annotated,
    ast.NamedExpr: Walk.walrus,
    ast.Subscript: Walk.subscript,
    ast.If: Walk.if_,
    ast.IfExp: Walk.if_expression,
    ast.BoolOp: Walk.boolean,
    ast.Compare: Walk.compare,
    ast.For: Walk.for_,
    ast.AsyncFor: Walk.for_,
    ast.While: Walk.while_,
    ast.With: Walk.with_,
    ast.AsyncWith: Walk.with_,
    ast.FunctionDef: Walk.function,
    ast.AsyncFunctionDef: Walk.function,
    ast.Lambda: Walk.lambda_,
    ast.ClassDef: Walk.class_,
    ast.JoinedStr: Walk.formatted,
    ast.Import: Walk.import_,
    ast.ImportFrom: Walk.import_from,
    ast.Match: Walk.match,
    ast.MatchAs: Walk.pattern,
    ast.MatchStar: Walk.pattern,
    ast.MatchMapping: Walk.mapping_pattern,
    ast.Return: Walk.function_only,
    ast.Yield: Walk.function_only,
    ast.YieldFrom: Walk.function_only,
    ast.Break: Walk.loop_only,
    ast.Continue: Walk.loop_only,
    **dict.fromkeys(_TRIES, Walk.try_),
    **dict.fromkeys(COMPREHENSIONS, Walk.comprehension),
}
for _name, _handler in (("TypeAlias", Walk.type_alias), ("TemplateStr", Walk.formatted)):
    if hasattr(ast, _name):
        _HANDLERS[getattr(ast, _name)] = _handler
