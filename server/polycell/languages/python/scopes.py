"""Names of a cell by Python's scoping rules: which it binds, which it needs, where each occurs.

One walk in order of execution. What runs later (bodies of functions, lambdas, generators) is *deferred*: it may use
what the cell binds below it, so it is resolved when the walk is over. Sources: the language reference, "Execution
model" and "Annotation scopes".
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from polycell.core.facts import Definition, DefinitionKind, Import, Reference, Use
from polycell.core.text import Span
from polycell.languages.python.opens import opening_call, opening_import
from polycell.languages.python.source import PythonSource

_HEADER = re.compile(r"(?:async\s+)?(?:def|class)\s+|type\s+")
_FROM = re.compile(r"from\s+([.\s]*)([\w.]*)")
_CATCHES_NAME_ERROR = frozenset({"NameError", "UnboundLocalError", "Exception", "BaseException"})
_CATCHES_IMPORT_ERROR = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})
_NAMESPACES = frozenset({"globals", "locals", "vars", "dir"})
# Calls that run a generator handed to them at once.
_CONSUMERS = frozenset(
    {"all", "any", "dict", "frozenset", "list", "max", "min", "next", "set", "sorted", "sum", "tuple"}
)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_TRIES: tuple[type, ...] = tuple(filter(None, (ast.Try, getattr(ast, "TryStar", None))))


@dataclass(frozen=True, slots=True)
class Scopes:
    """See `Facts` for the first four. `opens`: reasons why the code may bind names that it does not show."""

    definitions: tuple[Definition, ...] = ()
    uses: tuple[Use, ...] = ()
    references: tuple[Reference, ...] = ()
    imports: tuple[Import, ...] = ()
    opens: tuple[str, ...] = ()


@dataclass(slots=True)
class _Scope:
    """`kind` is module, function, class, comprehension or inner (a `%timeit`, run at once, names stay inside).

    `names` are all that a function or comprehension binds, or what a class or inner scope has bound so far.
    """

    kind: str
    names: set[str] = field(default_factory=set)
    globals: set[str] = field(default_factory=set)
    container: str = ""


def analyse(source: PythonSource) -> Scopes:
    """Raises RecursionError for trees too deep to walk; the caller answers for that."""
    walk = _Walk(source)
    if source.tree is not None and not source.isolated:
        walk.block(source.tree.body)
    return walk.finish()


class _Walk:
    def __init__(self, source: PythonSource) -> None:
        self.source = source
        self.code = source.code
        self.starts = source.lines.starts
        self.ascii = source.code.isascii()
        self.scopes: list[_Scope] = [_Scope("module")]
        self.bound: set[str] = set()
        self.ever: set[str] = set()
        self.definitions: list[Definition] = []
        self.references: list[Reference] = []
        self.uses: list[Use] = []
        self.imports: list[Import] = []
        self.opens: list[str] = []
        self.waiting: list[tuple[str, Span, bool]] = []  # deferred: name, span, guarded
        self.deferred = 0
        self.conditions = 0
        self.guards = 0
        self.import_guards = 0
        self.guarded: set[str] = set()
        self.loops: list[tuple[Sequence[ast.stmt], int]] = []
        self.strings: list[list[int]] = []  # f-strings around: [start, end, cursor]
        self.shells: set[str] = set()  # names that hold get_ipython()
        self.inner = [(span, _Scope("inner")) for span in source.inner]
        placed = {n.span for n in source.names}
        self.magic_spans = placed
        self.pending = sorted(source.names, key=lambda n: n.span, reverse=True)

    # -- results

    def finish(self) -> Scopes:
        self.magic_names(len(self.code) + 1)
        for name, span, guarded in self.waiting:
            here = name in self.ever
            self.references.append(Reference(name, span, False, here))
            if not here:
                self.uses.append(Use(name, span, True, guarded))
        first: dict[str, int] = {}
        for definition in self.definitions:
            if not definition.container:
                first[definition.name] = min(definition.span.start, first.get(definition.name, definition.span.start))
        for name, span in self.source.uses:
            here = first.get(name, span.start) < span.start
            self.references.append(Reference(name, span, False, here))
            if not here:
                self.uses.append(Use(name, span, False, True))
        self.definitions.sort(key=lambda d: (d.span, d.extent))
        self.uses.sort(key=lambda u: u.span)
        self.references.sort(key=lambda r: r.span)
        return Scopes(
            tuple(self.definitions),
            tuple(self.uses),
            tuple(self.references),
            tuple(self.imports),
            tuple(dict.fromkeys(self.opens)),
        )

    # -- places

    def at(self, line: int, column: int) -> int:
        if self.ascii:
            return self.starts[line - 1] + column if line <= len(self.starts) else len(self.code)
        return self.source.offset(line, column)

    def start(self, node: Any) -> int:
        return self.at(node.lineno, node.col_offset)

    def span(self, node: Any) -> Span:
        start = self.at(node.lineno, node.col_offset)
        return Span(start, max(start, self.at(node.end_lineno, node.end_col_offset)))

    def name_span(self, node: Any, name: str) -> Span:
        """The span of a Name; inside f-strings older Pythons place it wrongly, so the text is asked."""
        start = self.at(node.lineno, node.col_offset)
        if not self.strings:
            return Span(start, max(start, self.at(node.end_lineno, node.end_col_offset)))
        area = self.strings[-1]
        if area[0] <= start < area[1] and self.code.startswith(name, start) and self.whole_word(start, name):
            return Span(start, start + len(name))
        for begin in (area[2], area[0]):
            found = self.word(name, begin, area[1])
            if found is not None:
                area[2] = found.end
                return found
        return Span(area[0], area[1])

    def whole_word(self, start: int, name: str) -> bool:
        before = self.code[start - 1 : start]
        after = self.code[start + len(name) : start + len(name) + 1]
        return not (before.isalnum() or before in ("_", ".")) and not (after.isalnum() or after == "_")

    def word(self, name: str, start: int, end: int) -> Span | None:
        """The first whole word `name` in code[start:end]."""
        at = self.code.find(name, start, end)
        while at >= 0:
            if self.whole_word(at, name):
                return Span(at, at + len(name))
            at = self.code.find(name, at + 1, end)
        return None

    def word_in(self, node: ast.Constant) -> Span:
        """The span of a name written as a string."""
        whole = self.span(node)
        return self.word(str(node.value), whole.start, whole.end) or whole

    # -- binding and using

    def bind(self, name: str, span: Span, kind: DefinitionKind, extent: Span) -> None:
        scope = self.scopes[-1]
        at = len(self.scopes) - 1
        while scope.kind == "comprehension":  # only `:=` gets here: it binds outside
            at -= 1
            scope = self.scopes[at]
        if scope.kind == "function":
            if name not in scope.globals:
                return
            self.define(name, span, kind, extent, True)
        elif scope.kind == "module":
            self.define(name, span, kind, extent, self.conditions > 0)
        elif name in scope.globals:
            self.define(name, span, kind, extent, True)
        else:
            scope.names.add(name)
            if scope.kind == "class" and not self.deferred:
                member: DefinitionKind = "method" if kind == "function" else kind
                self.definitions.append(Definition(name, member, span, extent, scope.container))

    def define(self, name: str, span: Span, kind: DefinitionKind, extent: Span, conditional: bool) -> None:
        self.ever.add(name)
        if not self.deferred:
            self.bound.add(name)
        self.definitions.append(Definition(name, kind, span, extent, "", conditional))
        self.references.append(Reference(name, span, True, True))

    def use(self, name: str, span: Span, write: bool = False) -> None:
        scopes = self.scopes
        last = len(scopes) - 1
        for at in range(last, 0, -1):
            scope = scopes[at]
            if name in scope.globals:
                break
            if name in scope.names and (scope.kind != "class" or at == last):
                return
        if self.deferred:
            self.waiting.append((name, span, self.guards > 0 or name in self.guarded))
            return
        here = name in self.bound
        self.references.append(Reference(name, span, write, here))
        if not here:
            guarded = self.guards > 0 or name in self.guarded or self.bound_around(name)
            self.uses.append(Use(name, span, False, guarded))

    def bound_around(self, name: str) -> bool:
        """Whether a use under a condition in a loop may come after the loop's own binding, in a later turn."""
        return any(self.conditions > depth and name in _bound_in(body)[0] for body, depth in self.loops)

    def magic_names(self, before: int) -> None:
        while self.pending and self.pending[-1].span.start < before:
            given = self.pending.pop()
            if not any(given.span == d.span and d.name == given.name for d in self.definitions[-4:]):
                self.define(given.name, given.span, "variable", given.extent, False)

    # -- statements

    def block(self, body: Iterable[ast.stmt]) -> None:
        for statement in body:
            self.statement(statement)

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
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, list):
                for item in value:
                    if isinstance(item, ast.AST):
                        self.visit(item)
            elif isinstance(value, ast.AST):
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

    extent: Span | None = None

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
        if _is_shell(node.value):
            self.shells.update(t.id for t in node.targets if isinstance(t, ast.Name))
        self.within(node, node.targets)

    def augmented(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self.use(node.target.id, self.name_span(node.target, node.target.id))
        self.visit(node.value)
        self.within(node, [node.target])

    def annotated(self, node: ast.AnnAssign) -> None:
        self.later(node.annotation)
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
        off = _is_false(node.test) or _is_type_checking(node.test)
        self.guards += off
        self.conditional(node.body)
        self.guards -= off
        self.conditional(node.orelse)

    def if_expression(self, node: ast.IfExp) -> None:
        self.visit(node.test)
        self.conditions += 1
        self.each((node.body, node.orelse))
        self.conditions -= 1

    def boolean(self, node: ast.BoolOp) -> None:
        self.visit(node.values[0])
        self.conditions += 1
        self.each(node.values[1:])
        self.conditions -= 1

    def compare(self, node: ast.Compare) -> None:
        if (
            isinstance(node.left, ast.Constant)
            and isinstance(node.left.value, str)
            and isinstance(node.ops[0], (ast.In, ast.NotIn))
            and _is_namespace(node.comparators[0])
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
        self.loops.append((body, self.conditions))
        self.block(body)
        self.loops.pop()

    def with_(self, node: ast.With | ast.AsyncWith) -> None:
        guards = 0
        for item in node.items:
            self.visit(item.context_expr)
            if item.optional_vars is not None:
                self.within(node, [item.optional_vars])
            if isinstance(item.context_expr, ast.Call) and _mentions(item.context_expr.args, _CATCHES_NAME_ERROR):
                guards = 1
        self.guards += guards
        self.block(node.body)
        self.guards -= guards

    def try_(self, node: Any) -> None:
        types = [handler.type for handler in node.handlers]
        anything = any(type_ is None for type_ in types)
        guard = anything or _mentions(types, _CATCHES_NAME_ERROR)
        import_guard = anything or _mentions(types, _CATCHES_IMPORT_ERROR)
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

    def header_name(self, node: Any) -> Span:
        start = self.start(node)
        found = _HEADER.match(self.code, start)
        begin = found.end() if found else start
        if self.code.startswith(node.name, begin):
            return Span(begin, begin + len(node.name))
        return self.word(node.name, begin, len(self.code)) or Span(begin, begin + len(node.name))

    def function(self, node: Any) -> None:
        self.each(node.decorator_list)
        arguments = node.args
        self.each((*arguments.defaults, *arguments.kw_defaults))
        extent = self.span(node)
        self.bind(node.name, self.header_name(node), "function", extent)
        parameters = getattr(node, "type_params", None) or ()
        if parameters:
            self.push_type_parameters(parameters)
        for argument in _arguments(arguments):
            self.later(argument.annotation)
        self.later(node.returns)
        self.body(arguments, node.body)
        if parameters:
            self.scopes.pop()

    def body(self, arguments: ast.arguments, body: Sequence[ast.stmt]) -> None:
        names, globals_, outer = _bound_in(body)
        scope = _Scope("function", {a.arg for a in _arguments(arguments)} | (names - globals_ - outer), globals_)
        self.scopes.append(scope)
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
        walrus = {n.target.id for n in ast.walk(node.body) if isinstance(n, ast.NamedExpr)}
        self.scopes.append(_Scope("function", {a.arg for a in _arguments(node.args)} | walrus))
        self.later(node.body)
        self.scopes.pop()

    def class_(self, node: Any) -> None:
        self.each(node.decorator_list)
        parameters = getattr(node, "type_params", None) or ()
        if parameters:
            self.push_type_parameters(parameters)
        self.each((*node.bases, *(k.value for k in node.keywords)))
        _, globals_, _ = _bound_in(node.body)
        outer = self.scopes[-1].container
        self.scopes.append(
            _Scope("class", {"__module__", "__qualname__"}, globals_, f"{outer}.{node.name}".lstrip("."))
        )
        extent, self.extent = self.extent, None
        self.block(node.body)
        self.extent = extent
        self.scopes.pop()
        if parameters:
            self.scopes.pop()
        self.bind(node.name, self.header_name(node), "class", self.span(node))

    def push_type_parameters(self, parameters: Iterable[Any]) -> None:
        container = self.scopes[-1].container
        self.scopes.append(_Scope("function", {p.name for p in parameters}, container=container))
        for parameter in parameters:
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
        self.scopes.append(_Scope("comprehension", names))
        wait = isinstance(node, ast.GeneratorExp) and not now
        self.deferred += wait
        self.conditions += 1
        for index, generator in enumerate(generators):
            if index:
                self.visit(generator.iter)
            for target in ast.walk(generator.target):  # `a[i]` as a target reads names
                if isinstance(target, ast.Name) and isinstance(target.ctx, ast.Load):
                    self.visit(target)
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
        for argument in node.args:
            self.visit(argument)
        for keyword in node.keywords:
            self.visit(keyword.value)

    def attribute(self, node: ast.Attribute) -> None:
        if node.attr in ("user_ns", "user_global_ns"):
            self.opens.append(f"{node.attr} of the shell")
        self.visit(node.value)

    def subscript(self, node: ast.Subscript) -> None:
        if isinstance(node.ctx, ast.Store) and _is_namespace(node.value):
            key = node.slice
            if isinstance(key, ast.Constant) and isinstance(key.value, str) and key.value.isidentifier():
                if not (len(self.scopes) > 1 and isinstance(node.value, ast.Call) and _called(node.value) == "locals"):
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

    def import_(self, node: ast.Import) -> None:
        for alias in node.names:
            span = self.span(alias)
            reason = opening_import(alias.name)
            if reason:
                self.opens.append(reason)
            module = Span(span.start, min(span.end, span.start + len(alias.name)))
            self.imports.append(Import(alias.name, module, alias.asname or "", guarded=self.import_guards > 0))
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
        self.imports.append(Import(module, span, "", names, star, node.level, self.import_guards > 0))
        if star:
            self.opens.append(f"from {'.' * node.level}{module} import *")
        for alias in node.names:
            if alias.name == "*":
                continue
            place = self.span(alias)
            if alias.asname:
                place = Span(place.end - len(alias.asname), place.end)
            self.bind(alias.asname or alias.name, place, "import", extent)

    def nothing(self, node: ast.AST) -> None:
        """Constants, and statements that only declare."""


_HANDLERS: dict[type, Callable[[_Walk, Any], None]] = {
    ast.Name: _Walk.name,
    ast.Constant: _Walk.nothing,
    ast.Global: _Walk.nothing,
    ast.Nonlocal: _Walk.nothing,
    ast.Pass: _Walk.nothing,
    ast.Attribute: _Walk.attribute,
    ast.Call: _Walk.call,
    ast.Assign: _Walk.assign,
    ast.AugAssign: _Walk.augmented,
    ast.AnnAssign: _Walk.annotated,
    ast.NamedExpr: _Walk.walrus,
    ast.Subscript: _Walk.subscript,
    ast.If: _Walk.if_,
    ast.IfExp: _Walk.if_expression,
    ast.BoolOp: _Walk.boolean,
    ast.Compare: _Walk.compare,
    ast.For: _Walk.for_,
    ast.AsyncFor: _Walk.for_,
    ast.While: _Walk.while_,
    ast.With: _Walk.with_,
    ast.AsyncWith: _Walk.with_,
    ast.FunctionDef: _Walk.function,
    ast.AsyncFunctionDef: _Walk.function,
    ast.Lambda: _Walk.lambda_,
    ast.ClassDef: _Walk.class_,
    ast.JoinedStr: _Walk.formatted,
    ast.Import: _Walk.import_,
    ast.ImportFrom: _Walk.import_from,
    ast.Match: _Walk.match,
    ast.MatchAs: _Walk.pattern,
    ast.MatchStar: _Walk.pattern,
    ast.MatchMapping: _Walk.mapping_pattern,
    **dict.fromkeys(_TRIES, _Walk.try_),
    **dict.fromkeys(_COMPREHENSIONS, _Walk.comprehension),
}
for _name, _handler in (("TypeAlias", _Walk.type_alias), ("TemplateStr", _Walk.formatted)):
    if hasattr(ast, _name):
        _HANDLERS[getattr(ast, _name)] = _handler


def _arguments(arguments: ast.arguments) -> Iterator[ast.arg]:
    yield from arguments.posonlyargs
    yield from arguments.args
    yield from arguments.kwonlyargs
    if arguments.vararg:
        yield arguments.vararg
    if arguments.kwarg:
        yield arguments.kwarg


def _bound_in(body: Sequence[ast.stmt]) -> tuple[set[str], set[str], set[str]]:
    """(names bound in a block, names declared global, names declared nonlocal), nested scopes left out."""
    names: set[str] = set()
    globals_: set[str] = set()
    outer: set[str] = set()
    todo: list[ast.AST] = list(body)
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Name):
            if not isinstance(node.ctx, ast.Load):
                names.add(node.id)
            continue
        if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            names.add(node.name)
            todo += node.decorator_list
            continue
        if isinstance(node, ast.Lambda):
            continue
        if isinstance(node, _COMPREHENSIONS):
            names.update(n.target.id for n in ast.walk(node) if isinstance(n, ast.NamedExpr))
            continue
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names.update(a.asname or a.name.partition(".")[0] for a in node.names)
            continue
        if isinstance(node, ast.Global):
            globals_.update(node.names)
        elif isinstance(node, ast.Nonlocal):
            outer.update(node.names)
        elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)):
            if node.name:
                names.add(node.name)
        elif isinstance(node, ast.MatchMapping) and node.rest:
            names.add(node.rest)
        todo += ast.iter_child_nodes(node)
    return names, globals_, outer


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _is_namespace(node: ast.AST) -> bool:
    """`globals()`, `locals()`, `vars()`, `dir()` or one of their `.keys()`."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "keys":
        node = node.func.value
    return isinstance(node, ast.Call) and not node.args and _called(node) in _NAMESPACES


def _is_shell(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and _called(node) == "get_ipython"


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and not node.value


def _is_type_checking(node: ast.expr) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    return name == "TYPE_CHECKING"


def _mentions(nodes: Iterable[ast.AST | None], names: frozenset[str]) -> bool:
    for node in nodes:
        if isinstance(node, ast.Tuple):
            if _mentions(node.elts, names):
                return True
        elif (node.id if isinstance(node, ast.Name) else getattr(node, "attr", None)) in names:
            return True
    return False
