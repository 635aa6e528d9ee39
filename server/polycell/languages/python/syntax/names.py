"""Names while a cell is walked: what is bound so far, what is used, and where each stands in the text."""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from typing import Any

from msgspec import Struct, field

from polycell.core.facts import Definition, DefinitionKind, Import, Problem, Reference, Use
from polycell.core.patterns import pattern
from polycell.core.text import Span
from polycell.core.values import replace
from polycell.languages.python.syntax.shapes import Place, bindings_in
from polycell.languages.python.syntax.source import PythonSource

# What a walk gathers at the top level of a cell: what it was behind some statement is all that the next ones need.
_GATHERED = (
    *("bound", "ever", "definitions", "references", "uses", "imports", "opens", "problems", "calls", "stores"),
    *("waiting", "guarded", "shells"),
)
# Those of them that are sets of names.
_SETS = ("bound", "ever", "guarded", "shells")
_HEADER = pattern(r"(?:async\s+)?(?:def|class)\s+")


class Scopes(Struct, frozen=True):
    """See `Facts` for the first four. `opens`: reasons why the code may bind names that it does not show."""

    definitions: tuple[Definition, ...] = ()
    uses: tuple[Use, ...] = ()
    references: tuple[Reference, ...] = ()
    imports: tuple[Import, ...] = ()
    opens: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    # What the walk came by and others look for too: see `PythonSource`.
    calls: tuple[ast.Call, ...] = ()
    stores: tuple[ast.expr, ...] = ()


class Scope(Struct):
    """`kind` is module, function, class, comprehension or inner (a `%timeit`, run at once, names stay inside).

    `names` are all that a function or comprehension binds, or what a class or inner scope has bound so far.
    """

    kind: str
    names: set[str] = field(default_factory=set)
    globals: set[str] = field(default_factory=set)
    container: str = ""


class Loop(Struct):
    """A loop around: its body, and how many conditions were around that. `bindings`: see `bindings_in`, when asked."""

    body: Sequence[ast.stmt]
    conditions: int
    bindings: dict[str, list[Place]] | None = None

    def holds(self, places: list[Place]) -> bool:
        """Whether one of the sorted places is in the body."""
        last = self.body[-1]
        at = bisect_left(places, (self.body[0].lineno, 0))
        return at < len(places) and places[at] <= (last.end_lineno or last.lineno, last.end_col_offset or 0)


class Since(Struct, frozen=True, eq=False):
    """What a walk has gathered over the last statements of a text of so many characters: by `_GATHERED`, what came to
    the lists, and what each set was before, gained and lost."""

    length: int
    came: Mapping[str, list[Any]]
    before: Mapping[str, set[str]]
    gained: Mapping[str, set[str]]
    lost: Mapping[str, set[str]]

    def mentions(self, name: str) -> bool:
        """Whether the statements say a name in a way that they can tell whether it is bound above them."""
        came = self.came
        return any(one.name == name for kind in ("references", "definitions", "uses") for one in came[kind]) or any(
            one[0] == name for one in came["waiting"]
        )


class Names:
    """The state of the walk. `deferred`, `conditions` and `guards` count how many of these surround the place."""

    def __init__(self, source: PythonSource) -> None:
        self.source = source
        self.code = source.code
        self.starts = source.lines.starts
        self.ascii = source.code.isascii()
        self.scopes: list[Scope] = [Scope("module")]
        self.bound: set[str] = set()
        self.ever: set[str] = set()
        self.definitions: list[Definition] = []
        self.references: list[Reference] = []
        self.uses: list[Use] = []
        self.imports: list[Import] = []
        self.opens: list[str] = []
        self.problems: list[Problem] = []
        self.calls: list[ast.Call] = []
        self.stores: list[ast.expr] = []
        self.waiting: list[tuple[str, Span, bool]] = []  # deferred: name, span, guarded
        self.deferred = 0
        self.conditions = 0
        self.guards = 0
        self.import_guards = 0
        self.guarded: set[str] = set()
        self.loops: list[Loop] = []
        self.strings: list[list[int]] = []  # f-strings around: [start, end, cursor]
        self.shells: set[str] = set()  # names that hold get_ipython()
        self.inner = [(span, Scope("inner")) for span in source.inner]
        self.pending = sorted(source.names, key=lambda n: n.span, reverse=True)

        self.extent: Span | None = None  # of the statement whose targets are visited

    # -- going on where another walk was

    def gathered(self) -> dict[str, Any]:
        """What has been gathered so far; the walk may go on."""
        return {name: copy(getattr(self, name)) for name in _GATHERED}

    def go_on(self, gathered: Mapping[str, Any]) -> None:
        """Begin behind the statements of which that was gathered."""
        for name in _GATHERED:
            setattr(self, name, copy(gathered[name]))

    def since(self, before: Mapping[str, Any]) -> Since:
        """What came to what was gathered before, up to the text's end."""
        return Since(
            len(self.code),
            {name: getattr(self, name)[len(before[name]) :] for name in _GATHERED if name not in _SETS},
            {name: before[name] for name in _SETS},
            {name: getattr(self, name) - before[name] for name in _SETS},
            {name: before[name] - getattr(self, name) for name in _SETS},
        )

    def take_over(self, since: Since) -> bool:
        """Take for walked what another walk has gathered over the same last statements. False where what is bound above
        them differs for them."""
        if self.guarded != since.before["guarded"] or self.shells != since.before["shells"]:
            return False
        differing = (self.bound ^ since.before["bound"]) | (self.ever ^ since.before["ever"])
        if any(since.mentions(name) for name in differing):
            return False
        for name in _SETS:
            setattr(self, name, (getattr(self, name) | since.gained[name]) - since.lost[name])
        by = len(self.code) - since.length
        for name, came in since.came.items():
            shift = _SHIFTED.get(name)
            getattr(self, name).extend(came if shift is None or not by else [shift(one, by) for one in came])
        return True

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
        # By numbers: spans compare in Python.
        self.definitions.sort(key=lambda d: (d.span.start, d.span.end, d.extent.start, d.extent.end))
        self.uses.sort(key=lambda u: (u.span.start, u.span.end))
        self.references.sort(key=lambda r: (r.span.start, r.span.end))
        return Scopes(
            tuple(self.definitions),
            tuple(self.uses),
            tuple(self.references),
            tuple(self.imports),
            tuple(dict.fromkeys(self.opens)),
            tuple(self.problems),
            tuple(self.calls),
            tuple(self.stores),
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

    def header_name(self, node: Any) -> Span:
        start = self.start(node)
        found = _HEADER.match(self.code, start)
        begin = found.end() if found else start
        if self.code.startswith(node.name, begin):
            return Span(begin, begin + len(node.name))
        return self.word(node.name, begin, len(self.code)) or Span(begin, begin + len(node.name))

    # -- binding and using

    def bind(self, name: str, span: Span, kind: DefinitionKind, extent: Span) -> None:
        scope = self.scopes[-1]
        at = len(self.scopes) - 1
        while scope.kind == "comprehension":  # only `:=` gets here: it binds outside
            at -= 1
            scope = self.scopes[at]
        if scope.kind == "function":
            if name not in scope.globals:
                self.inside(name, span, True, kind)
                return
            self.define(name, span, kind, extent, True)
        elif scope.kind == "module":
            self.define(name, span, kind, extent, self.conditions > 0)
        elif name in scope.globals:
            self.define(name, span, kind, extent, True)
        else:
            scope.names.add(name)
            self.inside(name, span, True, kind)
            if scope.kind == "class" and not self.deferred:
                member: DefinitionKind = "method" if kind == "function" else kind
                self.definitions.append(Definition(name, member, span, extent, scope.container))

    def define(self, name: str, span: Span, kind: DefinitionKind, extent: Span, conditional: bool) -> None:
        self.ever.add(name)
        if self.deferred:
            self.guarded.add(name)  # `global`: bound as soon as somebody calls the function
        else:
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
                self.inside(name, span, write)
                return
        if self.deferred:
            self.waiting.append((name, span, self.guards > 0 or name in self.guarded))
            return
        here = name in self.bound
        self.references.append(Reference(name, span, write, here))
        if not here:
            guarded = self.guards > 0 or name in self.guarded or self.bound_around(name)
            self.uses.append(Use(name, span, False, guarded))

    def inside(self, name: str, span: Span, write: bool, kind: DefinitionKind = "variable") -> None:
        """A name of an inner scope occurs. Facts do not hold these: `inner_names` listens."""

    def given(self, name: str, node: Any) -> None:
        """The same for a parameter or the target of a comprehension, which `node` is."""

    def bound_around(self, name: str) -> bool:
        """Whether a use under a condition in a loop may come after the loop's own binding, in a later turn."""
        if not any(self.conditions > loop.conditions for loop in self.loops):
            return False
        outermost = self.loops[0]
        if outermost.bindings is None:
            outermost.bindings = bindings_in(outermost.body)
        places = outermost.bindings.get(name, [])
        return any(self.conditions > loop.conditions and loop.holds(places) for loop in self.loops)

    def magic_names(self, before: int) -> None:
        while self.pending and self.pending[-1].span.start < before:
            given = self.pending.pop()
            if not any(given.span == d.span and d.name == given.name for d in self.definitions[-4:]):
                self.define(given.name, given.span, "variable", given.extent, False)

    # -- statements in places where they cannot be

    def outside_function(self, node: ast.Return | ast.Yield | ast.YieldFrom) -> None:
        """`return` and `yield` need a function around them; IPython wraps the bodies of `%%timeit` in one."""
        if all(scope.kind in ("module", "class") for scope in self.scopes):
            span = self.span(node)
            word = "return" if isinstance(node, ast.Return) else "yield"
            self.problems.append(Problem(Span(span.start, span.start + len(word)), f"`{word}` outside a function."))

    def outside_loop(self, node: ast.Break | ast.Continue) -> None:
        if not self.loops and self.scopes[-1].kind != "class":
            span = self.span(node)
            self.problems.append(Problem(span, f"`{span.of(self.code)}` outside a loop."))


# What has a place, moved by a number of characters.
_SHIFTED: Mapping[str, Callable[[Any, int], Any]] = {
    "definitions": lambda d, by: Definition(
        d.name, d.kind, d.span.shift(by), d.extent.shift(by), d.container, d.conditional
    ),
    "references": lambda r, by: Reference(r.name, r.span.shift(by), r.write, r.local),
    "uses": lambda u, by: Use(u.name, u.span.shift(by), u.deferred, u.guarded, u.table),
    "imports": lambda i, by: replace(i, span=i.span.shift(by)),
    "problems": lambda p, by: replace(p, span=p.span.shift(by)),
    "waiting": lambda w, by: (w[0], w[1].shift(by), w[2]),
}
