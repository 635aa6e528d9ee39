"""The abstract interpreter's store: names, objects, effects, and what rules may ask.

What expressions, calls and statements mean is in modules of those names, which all work on one `Interpreter`; they
are handed to it as its `Semantics`, so that arrows between modules go one way: walk → statements → expressions →
calls → interpreter → frames.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from typing import Any, TypeAlias

from msgspec import Struct

from polycell.core.environment import Binding, BindingKind, Part, View
from polycell.core.text import Span
from polycell.core.types import (
    UNKNOWN,
    Anchor,
    Collection,
    Column,
    Connection,
    Function,
    GroupBy,
    Module,
    Record,
    Series,
    Table,
    Type,
)
from polycell.core.values import replace
from polycell.languages.python.flow import parts
from polycell.languages.python.flow.state import DELETED, Slot, State, inside_opened, join_states, mutable, opened
from polycell.languages.python.frames import stars
from polycell.languages.python.frames.columns import UNKNOWN_INDEX
from polycell.languages.python.frames.refusals import Matter, Refusal
from polycell.languages.python.frames.registry import Argument
from polycell.languages.python.syntax.built_texts import Built
from polycell.languages.python.syntax.literals import literal_of, place_of
from polycell.languages.python.syntax.source import PythonSource
from polycell.languages.python.syntax.sql_literals import built_query
from polycell.tables.databases.schemes import CONNECTION

SHORTEST = 100  # characters of source that people are shown in one line
DEEPEST = 40  # nested expressions that are looked into
MOST = 30_000  # units of work that one walk over a cell may cost; real cells stay far below


LENT = -2  # in place of the object that a call hands back: one that a container holds


class Reached(Exception):  # noqa: N818  (no error)
    """The place was reached that the caller asked about; the interpreter's state is what holds there."""


class TooMuch(Exception):  # noqa: N818  (no error)
    """The cell costs more than an editor can wait for: it is not followed."""


class Watcher:
    """Who is told what is read, called and stored, while the interpreter walks; hears what it overrides."""

    def subscript(self, run: Interpreter, node: ast.Subscript, value: Type) -> None:
        """An item is read."""

    def attribute(self, run: Interpreter, node: ast.Attribute, table: Table) -> None:
        """An attribute of a table is read, and not to be called."""

    def method(
        self, run: Interpreter, node: ast.Call, function: ast.Attribute, receiver: Type,
        positional: list[Argument] | None, named: dict[str, Argument],
    ) -> None:  # fmt: skip
        """A method of a value whose type we know is called."""

    def function(
        self, run: Interpreter, qualified: str, positional: list[Argument] | None, named: dict[str, Argument]
    ) -> None:
        """A library's function is called."""

    def called(self, run: Interpreter, function: ast.Attribute, receiver: Type) -> None:
        """An attribute of a value that is no module, class or record is called, whether or not it is a method."""

    def own(self, run: Interpreter, node: ast.Call, callee: Function) -> None:
        """A function of the notebook is called."""

    def store(self, run: Interpreter, target: ast.Subscript) -> None:
        """An item is assigned."""

    def judged(self, run: Interpreter, call: ast.expr, node: ast.expr, matter: Matter, refusal: Refusal | None) -> None:
        """A rule has judged whether its library refuses a call."""


class Semantics(Struct, frozen=True):
    """What syntax means. The interpreter is handed it, since its parts need the interpreter."""

    evaluate: Callable[[Interpreter, ast.expr], Type]
    execute: Callable[[Interpreter, Sequence[ast.stmt]], None]
    apply: Callable[[Interpreter, ast.expr, list[ast.expr], list[Type]], Type]
    each: Callable[[Interpreter, list[ast.comprehension], Callable[[], Any]], bool]


# What calls hand over to a function (a method of the class beside it) in whose body the place lies that is asked about,
# by parameter; of a class around the place, what its objects hold, by field.
CalledWith: TypeAlias = Callable[
    [ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, ast.ClassDef | None], Mapping[str, Type]
]

# What a walk has gathered between two statements of the cell, besides `state`.
_GATHERED = (
    "known", "base", "missing", "rebindable", "catalog", "followed", "addresses", "anything", "given_back", "lent",
    "piped", "expressions", "last", "spent",
)  # fmt: skip


class Interpreter:
    def __init__(
        self, semantics: Semantics, source: PythonSource, view: View, *, cell: str = "", folder: str = "",
        until: int | None = None, text: str = "",
    ) -> None:  # fmt: skip
        self.semantics = semantics
        self.source = source
        self.view = view
        self.cell = cell
        self.text = text  # the cell's own, in which anchors count; `source.code` has IPython's syntax replaced
        self.folder = folder
        self.file = ""  # of a script, which knows its own place (`__file__`)
        self.until = until
        self.state = State()
        self.known: dict[str, Slot] = {}  # names that came from cells above
        self.base: dict[int, Type] = {}  # and the types that their objects had there
        self.missing: set[str] = set()
        self.rebindable: set[str] = set()  # names that bodies of the cell declare as global
        self.catalog: dict[str, Binding] = {}
        self.followed: set[str] = set()  # of the reasons in `Facts.opens`, those that proved to hide nothing
        self.addresses = itertools.count()
        self.depth = 0
        self.calls_deep = 0
        self.anything = False  # names may be changed in ways that are not followed
        self.results: list[Type] | None = None  # of `return` statements, inside a function body
        self.handed: list[int | None] = []  # and the objects that they name
        self.yielded: list[tuple[Type, int | None]] | None = None  # of `yield`, inside a generator, with their objects
        self.kept: frozenset[str] = frozenset()  # names that it yields again and again
        self.given_back: dict[int, int] = {}  # calls (by identity) whose value is an object that was there before
        self.lent: set[int] = set()  # calls (by identity) whose value is held by something else
        self.piped: set[int] = set()  # calls (by identity) that hand a frame to a function which was entered
        self.expressions: dict[int, ast.expr] = {}  # column expressions that objects stand for
        self.site: Anchor | None = None  # the call, while a function is followed that it calls
        self.definition: Anchor | None = None  # and where that function is written, if it is known
        self.inside_of: tuple[str, ...] = ()  # the texts of the functions that are being followed, outermost first
        self.entered = 0  # addresses from here on are of objects that the function made
        self.outermost: dict[str, Slot] = {}  # the names of the cell while they are
        self.last: Type | None = None  # the value of the last expression statement
        self.breaks: list[list[State]] = []
        self.class_around: ast.ClassDef | None = None  # the class in which the place lies that is asked about
        self.called_with: CalledWith | None = None
        self.magics: Mapping[int, Callable[[Interpreter], None]] = {}  # assignments (by identity) of what magics yield
        self.uses: Watcher | None = None  # who is told which columns are read
        self.doubts = 0  # conditions around the place: code that may not run, or expects to fail
        self.spent = 0  # units of work: statements walked, objects compared and copied

    def gathered(self) -> dict[str, Any]:
        """What is known between two statements of the cell; the walk may go on."""
        return {"state": self.state.copy(), **{name: copy(getattr(self, name)) for name in _GATHERED}}

    def go_on(self, gathered: Mapping[str, Any]) -> None:
        """Begin behind the statements of which that was gathered."""
        self.state = gathered["state"].copy()
        for name in _GATHERED:
            setattr(self, name, copy(gathered[name]))

    def spend(self, units: int) -> None:
        """Count work whose amount grows with the state; raises `TooMuch` where it runs away."""
        self.spent += units
        if self.spent > MOST:
            raise TooMuch

    @property
    def watcher(self) -> Watcher | None:
        """Who is told of columns read here: nobody, where the code may not run as it stands."""
        return self.uses if not self.doubts and not self.calls_deep else None

    @contextmanager
    def doubt(self) -> Iterator[None]:
        """The code walked inside may not run, or expects to fail."""
        self.doubts += 1
        try:
            yield
        finally:
            self.doubts -= 1

    # -- names

    def slot(self, name: str) -> Slot | None:
        """The name as it stands now, from this cell or from those above; None when it is unbound or deleted."""
        slot = self.state.names.get(name)
        if slot is None:
            slot = self.known.get(name)
            if slot is None and name not in self.missing:
                slot = self._import(name)
        return None if slot is None or slot.address == DELETED else slot

    def _import(self, name: str) -> Slot | None:
        binding = self.view.lookup(name)
        if binding is None:
            module = stars.MODULES.get(name)
            if module is None or not self.remarked(stars.said(module)):
                self.missing.add(name)
                return None
            binding = Binding(name, Module(module, name), kind="import")
        address = next(self.addresses)
        self.base[address] = opened(binding.type) if self.anything else binding.type
        slot = Slot(
            address, binding.kind, binding.origin, binding.source, binding.maybe, binding.aliases, binding.parts
        )
        self.known[name] = slot
        if self.calls_deep and binding.kind not in ("import", "function", "class"):
            self.state.objects[address] = UNKNOWN  # by the time of the call it may be another value
        for alias in binding.aliases:
            # The very same object under another name, unless that name has been rebound since.
            other = self.known.get(alias)
            if other is None and alias not in self.missing and alias not in self.state.names:
                found = self.view.lookup(alias)
                if found is not None and found.type == binding.type and name in found.aliases:
                    self.known[alias] = Slot(
                        address, found.kind, found.origin, found.source, found.maybe, found.aliases, found.parts
                    )
        for part in binding.parts:
            self._tie(name, part)
        return slot

    def _tie(self, name: str, part: Part) -> None:
        """What one name holds under another is one object here too, unless either was rebound since."""
        holder, keys, held = part
        other = held if name == holder else holder
        if other in self.state.names or other in self.missing:
            return
        slot = self.known.get(other) or self._import(other)
        if slot is None or part not in slot.parts:
            return
        root, address = self.known[holder].address, self.known[held].address
        same = parts.value_at(self.object(root), keys) == self.object(address)
        if not same or not parts.tie(self.state, address, root, keys):
            self.state.escaped.add(address)
            self.state.holders.add(root)

    def type_of(self, name: str) -> Type:
        slot = self.slot(name)
        return UNKNOWN if slot is None else self.object(slot.address)

    def object(self, address: int) -> Type:
        found = self.state.objects.get(address)
        return found if found is not None else self.base.get(address, UNKNOWN)

    def bind(
        self,
        name: str,
        type_: Type,
        node: ast.AST | None = None,
        *,
        value: ast.AST | None = None,
        kind: BindingKind = "variable",
        address: int | None = None,
        span: Span | None = None,
    ) -> int:
        """Bind a name to a new object, or to the one at `address`. `node` is where the name stands."""
        if address is None:
            address = next(self.addresses)
            self.state.objects[address] = type_
        if span is None and node is not None:
            span = self.source.span(node)
        origin = None
        if self.site is not None:
            origin = self.site
        elif span is not None:
            at = self.source.code.find(name, span.start, max(span.end, span.start + len(name)))
            origin = self.anchor(at if at >= 0 else span.start, name)
        text = self.text_of(value) if value is not None else ""
        self.state.names[name] = Slot(address, kind, origin, text)
        return address

    def rebound(self, name: str) -> None:
        """Somebody may have bound the name anew (`global f`): what never changes in place is no longer certain."""
        slot = self.slot(name)
        if slot is None or slot.maybe:
            return
        type_ = self.object(slot.address)
        if isinstance(type_, Function) or (isinstance(type_, Collection) and type_.kind == "tuple"):
            self.state.names[name] = replace(slot, maybe=True)

    def delete(self, name: str) -> None:
        self.state.names[name] = Slot(DELETED)

    # -- objects

    def address_of(self, node: ast.expr) -> int | None:
        """The object that a plain name points to, or that a call handed back."""
        if isinstance(node, ast.NamedExpr):
            node = node.target
        if isinstance(node, ast.Call):
            return self.given_back.get(id(node))
        if not isinstance(node, ast.Name):
            return None
        slot = self.slot(node.id)
        return slot.address if slot is not None else None

    def change(self, address: int, type_: Type) -> None:
        """The object was changed in place."""
        before = self.object(address)
        self.state.objects[address] = type_
        if self.state.links:
            parts.follow(self.state, address, self.base)
        if address in self.state.escaped:
            self.change_unseen(besides=address)
        if isinstance(before, Table):
            for other, held in self._objects():
                if isinstance(held, GroupBy):
                    self.state.objects[other] = opened(held)

    def change_unseen(self, besides: int = DELETED) -> None:
        """Something was changed in place, and it may be any object that escaped."""
        parts.expose(self.state)
        for address in self.state.escaped:
            if address != besides:
                self.state.objects[address] = opened(self.object(address))
        for address in self.state.holders:
            if address != besides:
                self.state.objects[address] = inside_opened(self.object(address))

    def open_up(self, address: int) -> None:
        """Somebody unknown may have changed the object, and may keep it."""
        type_ = self.object(address)
        if mutable(type_):
            self.state.escaped.add(address)
            self.change(address, opened(type_))

    def open_everything(self) -> None:
        """`exec`, `globals()`: anything may have changed, and may do so from here on."""
        self.anything = True
        for address, type_ in self._objects():
            if mutable(type_):
                self.state.objects[address] = opened(type_)

    def forget_indexes(self, index: tuple[Column, ...]) -> None:
        """An index object got another name: whichever tables it belongs to."""
        for address, type_ in self._objects():
            if isinstance(type_, (Table, Series)) and type_.flavour == "pandas" and type_.index == index:
                self.state.objects[address] = replace(type_, index=UNKNOWN_INDEX)

    def forget_objects(self, name: str) -> None:
        """A class was changed: what its objects find in it may be something else."""
        for address, type_ in self._objects():
            if isinstance(type_, Record) and type_.name == name:
                self.state.objects[address] = opened(type_)

    def escape(self, node: ast.expr) -> None:
        """The object that a name points to is now reachable in another way too."""
        address = self.address_of(node)
        if address is not None and mutable(self.object(address)):
            self.state.escaped.add(address)

    def _objects(self) -> list[tuple[int, Type]]:
        return list({**self.base, **self.state.objects}.items())

    def join(self, *states: State) -> State:
        """What holds where paths meet; a name that only some of them bind may still be what cells above gave."""
        self.spend(1 + sum(len(state.names) + len(state.objects) for state in states) // 8)
        live = [state.names for state in states if state.live]
        for name in {name for names in live for name in names if not all(name in other for other in live)}:
            if name not in self.known and name not in self.missing:
                self._import(name)
        return join_states(states, self.addresses, self.known, self.base)

    # -- what rules ask

    def evaluate(self, node: ast.expr) -> Type:
        if self.depth > DEEPEST:
            return UNKNOWN
        self.spent += 1
        if self.spent > MOST:
            raise TooMuch
        self.depth += 1
        try:
            return self.semantics.evaluate(self, node)
        finally:
            self.depth -= 1

    def place(self, node: ast.AST, name: str) -> Anchor | None:
        """Where `name` is written in a node; the node's own beginning where it is not."""
        code = self.source.code
        if self.site is not None and self.definition is None:
            return self.site
        span = place_of(self.source, node, name) if name else None
        if span is not None:
            return self.anchor(span.start, name)
        if self.site is not None:
            return self.site
        span = self.source.span(node)
        token = code[span.start : span.end].split("\n", 1)[0]
        return self.anchor(span.start, token) if token else None

    def anchor(self, start: int, token: str) -> Anchor:
        if self.site is not None:  # in the text of a function, which stands in some cell
            begin = self.definition
            inside = self.source.code.find(begin.token) if begin is not None else -1
            if begin is None or not 0 <= inside <= start:
                return self.site
            nth = self.source.code.count(token, inside, start)
            return Anchor(token, nth, begin.cell, after=begin.token)
        return Anchor.at(self.text or self.source.code, start, token, cell=self.cell)

    def text_of(self, node: ast.AST) -> str:
        span = self.source.span(node)
        text = " ".join(self.source.code[span.start : min(span.end, span.start + 4 * SHORTEST)].split())
        return text if len(text) <= SHORTEST else text[: SHORTEST - 1] + "…"

    def sql(
        self,
        text: str | None,
        tables: Mapping[str, Type] | None = None,
        node: ast.expr | None = None,
        dialect: str = "",
        connection: Connection | None = None,
    ) -> Table | None:
        """See `Evaluator.sql`; the names of this cell hide those above."""
        built = self.built(node) if text is None and node is not None else None
        if built is not None:
            text = built.text
        if text is None:
            return None
        overlay = self.overlay()
        if connection is not None:
            overlay[CONNECTION] = Binding(CONNECTION, connection, space="catalog")
        elif dialect:
            overlay[CONNECTION] = Binding(CONNECTION, Connection(dialect), space="catalog")
        for name, type_ in (tables or {}).items():
            overlay[name] = Binding(name, type_)
        for name, meant in built.names if built is not None else ():
            overlay[name] = Binding(name, self.type_of(meant) if isinstance(meant, str) else meant)
        found = self.view.with_overlay(overlay).evaluate("sql", text)
        if not isinstance(found, Table):
            return None
        written = built.span if built is not None else literal_of(self.source, node) if node is not None else None
        return found.rebased(lambda anchor: self.within(anchor, text, written))

    def within(self, anchor: Anchor, text: str, span: Span | None) -> Anchor | None:
        """The anchor in the cell of one that counts in a text, which stands at `span`."""
        found = anchor.find(text) if span is not None and len(span) == len(text) else None
        if span is None or found is None or not self.source.code.startswith(anchor.token, span.start + found[0]):
            return None
        return self.anchor(span.start + found[0], anchor.token)

    def built(self, node: ast.expr) -> Built | None:
        """See `Evaluator.built`."""
        return built_query(self.source, self.text or self.source.code, node)

    def register(self, name: str, type_: Type, node: ast.AST, connection: str = "") -> None:
        """A value that nobody knows takes the place of a table that was there, of whose columns nothing is true now."""
        if not isinstance(type_, Table) and self._listed(name):
            type_ = Table(open=True, flavour="table")
        if isinstance(type_, Table):
            origin = self.place(node, name)
            if self.doubts:
                type_ = opened(type_)
            self.catalog[name] = Binding(
                name, type_, "table", "catalog", origin, self.text_of(node), connection=connection
            )

    def _listed(self, name: str) -> bool:
        """Whether this cell or one above made a table of that name."""
        if name in self.catalog:
            return True
        found = self.view.with_overlay({}, "sql").lookup(name)
        return found is not None and found.space == "catalog"

    def unregister(self, name: str) -> None:
        if self.doubts:
            return
        self.catalog[name] = Binding(name, kind="deleted", space="catalog")

    def define(self, text: str, dialect: str, node: ast.AST, connection: str = "") -> None:
        """The tables that a SQL text makes and drops, and the databases that it attaches."""
        for made in self.view.with_overlay(self.overlay()).effects("sql", text, dialect):
            if made.kind == "deleted":
                self.unregister(made.name)
            elif isinstance(made.type, Table):
                self.register(made.name, made.type, node, connection)
            else:
                self.know(made)

    def know(self, made: Binding) -> None:
        """What SQL says of names besides tables."""
        if isinstance(made.type, Connection) and not made.type.folder:
            made = replace(made, type=replace(made.type, folder=self.folder))
        self.catalog[made.name] = made

    def remark(self, name: str) -> None:
        """Something that is true from here on, in this cell and those below; see `remarked`."""
        self.catalog[name] = Binding(name, kind="parameter", space="catalog")

    def remarked(self, name: str) -> bool:
        """Whether this cell or one above said so, each in the catalogue's name space."""
        return name in self.catalog or self.view.with_overlay({}, "sql").lookup(name) is not None

    def judge(self, call: ast.Call, node: ast.expr, matter: Matter, refusal: Refusal | None) -> None:
        if self.watcher is not None:
            self.watcher.judged(self, call, node, matter, refusal)

    def apply(self, function: ast.expr, arguments: list[ast.expr], types: list[Type]) -> Type:
        return self.semantics.apply(self, function, arguments, types)

    def expression_of(self, node: ast.Name) -> ast.expr | None:
        address = self.address_of(node)
        return self.expressions.get(address) if address is not None else None

    def each(self, generators: list[ast.comprehension], make: Callable[[], Any]) -> bool:
        return self.semantics.each(self, generators, make)

    def execute(self, statements: Sequence[ast.stmt]) -> None:
        self.semantics.execute(self, statements)

    # -- what is handed out

    def overlay(self) -> dict[str, Binding]:
        """The cell's own bindings as they stand, names deleted included, and those from above that it changed."""
        made: dict[str, Binding] = {}
        for name, slot in self.state.names.items():
            made[name] = self.binding(name, slot)
        for name, slot in self.known.items():
            now = self.state.objects.get(slot.address)
            if name not in made and now is not None and now != self.base.get(slot.address):
                made[name] = self.binding(name, slot)
        for binding in self.catalog.values():
            made.setdefault(binding.name, binding)
        return made

    def binding(self, name: str, slot: Slot) -> Binding:
        if slot.address == DELETED:
            return Binding(name, kind="deleted")
        type_ = self.object(slot.address)
        return Binding(name, type_, slot.kind, "python", slot.origin, slot.source, slot.maybe)

    def inside(self) -> State:
        """The state as a function's body may find it when it is called, who knows when: of values that can change only
        modules, functions and classes are still known."""
        state = self.state.copy()
        for name, slot in state.names.items():
            if slot.kind not in ("import", "function", "class"):
                state.names[name] = replace(slot, address=self._nothing(state))
        return state

    def _nothing(self, state: State) -> int:
        address = next(self.addresses)
        state.objects[address] = UNKNOWN
        return address
