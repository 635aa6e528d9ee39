"""The registry of transfer rules.

A rule is one function from a `Call` to the type of its result. It is registered with the parameters of the real
method, so that positional arguments find their names, and an argument that no rule foresaw makes the result unknown
(an open table), never wrong:

    @method("pandas", "head", "n")
    def head(call: Call) -> Type: ...

A parameter `*columns` takes the remaining positional arguments, `**` any further keywords.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeAlias

from msgspec import Struct

from polycell.core.environment import View
from polycell.core.types import UNKNOWN, Anchor, Connection, GroupBy, Table, Type
from polycell.core.values import replace
from polycell.languages.python.frames.columns import unknown_table, without_labels
from polycell.languages.python.frames.refusals import Matter, Refusal
from polycell.languages.python.syntax.built_texts import Built
from polycell.languages.python.syntax.values import known_text, known_texts, value_of


class Evaluator(Protocol):
    """What a rule may ask of the interpreter that calls it."""

    folder: str

    @property
    def view(self) -> View: ...

    def evaluate(self, node: ast.expr) -> Type: ...

    def place(self, node: ast.AST, name: str) -> Anchor | None:
        """The place of a column's name inside a node."""

    def text_of(self, node: ast.AST) -> str:
        """The node's source on one line, shortened for people."""

    def sql(
        self,
        text: str | None,
        tables: Mapping[str, Type] | None = None,
        node: ast.expr | None = None,
        dialect: str = "",
        connection: Connection | None = None,
    ) -> Table | None:
        """The table that a SQL text yields; `node` is what holds the text, `dialect` its own and `connection` where it
        goes, where they are known. A text that is None is read as `node` builds it, which leaves holes for values."""

    def built(self, node: ast.expr) -> Built | None:
        """The query that an expression builds of literals and values."""

    def register(self, name: str, type_: Type, node: ast.AST, connection: str = "") -> None:
        """A table that enters the catalogue (`createOrReplaceTempView`), of a connection by its name if known."""

    def unregister(self, name: str) -> None:
        """A table that is no more."""

    def define(self, text: str, dialect: str, node: ast.AST, connection: str = "") -> None:
        """What a SQL text does to the catalogue."""

    def remark(self, name: str) -> None:
        """Say something that holds from here on."""

    def remarked(self, name: str) -> bool:
        """Whether the notebook said something so far, such as `readers.MOVED`."""

    def expression_of(self, node: ast.Name) -> ast.expr | None:
        """The column expression that a name stands for, where it means the same here as where it was written."""

    def each(self, generators: list[ast.comprehension], make: Callable[[], object]) -> bool:
        """Call `make` for each item that a comprehension goes over, its names bound; False where not all are known."""

    def judge(self, call: ast.Call, node: ast.expr, matter: Matter, refusal: Refusal | None) -> None:
        """Say whether the library refuses a call, for what is written at `node`: each time that it is looked at."""

    def apply(self, function: ast.expr, arguments: list[ast.expr], types: list[Type]) -> Type:
        """What calling `function` with the arguments gives, their effects included."""


class Argument(Struct, frozen=True):
    node: ast.expr
    type: Type

    @property
    def value(self) -> Any:
        return value_of(self.type)


class Call(Struct, frozen=True):
    """A call whose arguments are bound to parameter names."""

    run: Evaluator
    node: ast.Call
    receiver: Type
    given: Mapping[str, Argument]
    rest: tuple[Argument, ...] = ()
    extra: Mapping[str, Argument] | None = None

    def __getitem__(self, name: str) -> Argument | None:
        return self.given.get(name)

    @property
    def table(self) -> Table:
        assert isinstance(self.receiver, Table)
        return self.receiver

    def value(self, name: str, default: Any = None) -> Any:
        """The known value of an argument, `default` when it is not given, NOT_KNOWN when nobody knows."""
        argument = self.given.get(name)
        return default if argument is None else argument.value

    def text(self, name: str) -> str | None:
        argument = self.given.get(name)
        return known_text(argument.type) if argument is not None else None

    def texts(self, name: str) -> list[str] | None:
        """A known list of strings; one string is a list of one; None when not given or not known."""
        argument = self.given.get(name)
        return known_texts(argument.type) if argument is not None else None

    def place(self, name: str, column: str) -> Anchor | None:
        argument = self.given.get(name)
        return self.run.place(argument.node, column) if argument is not None else None

    def new_name(self, node: ast.expr) -> Callable[[str, str], Anchor | None]:
        """Where a mapping of old names to new ones gives a new one: at its value."""

        def place(old: str, new: str) -> Anchor | None:
            if isinstance(node, ast.Dict):
                for key, value in zip(node.keys, node.values, strict=True):
                    if isinstance(key, ast.Constant) and key.value == old:
                        return self.run.place(value, new)
            return self.run.place(node, new)

        return place

    @property
    def unknown(self) -> Type:
        """The answer where a rule gives up: an open table of the receiver's flavour."""
        return unknown_table(self.receiver.flavour) if isinstance(self.receiver, Table) else UNKNOWN


Rule: TypeAlias = Callable[[Call], Type]


class Entry(Struct, frozen=True):
    """`gives`: what the result is when the arguments were not understood. `changes`: the rule's result replaces the
    receiver (`df.insert`), and `value` says what the call itself gives; `itself`: it gives the receiver as it is then,
    the very object, under another name perhaps (`df.extend`). `labels`: the rule knows columns of several
    levels; all others see such a table as one of which nothing is known. `leaves`: it gives a frame of the flavour's
    own package (`to_pandas`)."""

    rule: Rule
    parameters: tuple[str, ...]
    gives: Type = UNKNOWN
    changes: bool = False
    value: Rule | None = None
    labels: bool = False
    leaves: bool = False
    itself: bool = False


METHODS: dict[tuple[str, str], Entry] = {}
FUNCTIONS: dict[str, Entry] = {}


def _only(first: bool, name: str) -> None:
    """Which of two rules counts would hang on the order of imports."""
    if not first:
        raise ValueError(f"there is a rule for {name} already")


def method(
    flavour: str,
    names: str,
    parameters: str = "",
    *,
    gives: Type = UNKNOWN,
    changes: bool = False,
    value: Rule | None = None,
    labels: bool = False,
    leaves: bool = False,
    itself: bool = False,
) -> Callable[[Rule], Rule]:
    """Register a rule for methods (several names, separated by blanks) of values of a flavour."""

    def register(rule: Rule) -> Rule:
        for name in names.split():
            made = Entry(rule, tuple(parameters.split()), gives, changes or itself, value, labels, leaves, itself)
            _only(METHODS.setdefault((flavour, name), made) is made, f"{flavour} {name}")
        return rule

    return register


def function(names: str, parameters: str = "", *, gives: Type = UNKNOWN) -> Callable[[Rule], Rule]:
    """Register a rule for functions by qualified name (`pandas.read_csv`)."""

    def register(rule: Rule) -> Rule:
        for name in names.split():
            made = Entry(rule, tuple(parameters.split()), gives)
            _only(FUNCTIONS.setdefault(name, made) is made, name)
        return rule

    return register


def bind(
    entry: Entry, run: Evaluator, node: ast.Call, receiver: Type, positional: list[Argument] | None,
    named: dict[str, Argument],
) -> Call | None:  # fmt: skip
    """The call with its arguments bound as Python binds them; None when they do not fit what the rule foresaw.

    `positional` is None when the call has `*args` or `**kwargs`.
    """
    if positional is None:
        return None
    plain = [p for p in entry.parameters if not p.startswith("*")]
    takes_rest = any(p.startswith("*") and p != "**" for p in entry.parameters)
    before = next((i for i, p in enumerate(entry.parameters) if p.startswith("*")), len(plain))
    starred = any(isinstance(a.node, ast.Starred) for a in positional)
    if starred and (before or not takes_rest):
        return None  # which parameters the items go to is not known
    given = dict(zip(plain[:before], positional, strict=False))
    rest = tuple(positional[before:])
    if rest and not takes_rest:
        return None
    extra: dict[str, Argument] = {}
    for name, argument in named.items():
        if name in plain:
            given[name] = argument
        elif "**" in entry.parameters:
            extra[name] = argument
        else:
            return None
    return Call(run, node, receiver, given, rest, extra)


WIDEST = 4_000  # columns of a table that is still followed; self-joins in a row double them without end


def outcome(entry: Entry, receiver: Type, bound: Call | None) -> Type:
    """What the rule says of the call; of a table too wide to follow, only that it is one."""
    if not entry.labels and isinstance(receiver, Table) and receiver.labelled:
        receiver = without_labels(receiver)
        bound = replace(bound, receiver=receiver) if bound is not None else None
    made = unfitting(entry, receiver) if bound is None else entry.rule(bound)
    if isinstance(made, Table) and len(made.columns) > WIDEST:
        return Table(open=True, flavour=made.flavour)
    table = receiver.table if isinstance(receiver, GroupBy) else receiver
    if isinstance(table, Table) and table.library and not entry.leaves:
        return of_library(made, table.library)
    return made


def of_library(made: Type, library: str) -> Type:
    """A frame of a package that goes by pandas' rules, or groups of one; what else there is stays as it is."""
    if isinstance(made, GroupBy):
        return replace(made, table=replace(made.table, library=library))
    return replace(made, library=library) if isinstance(made, Table) and made.flavour == "pandas" else made


def unfitting(entry: Entry, receiver: Type) -> Type:
    """The answer for a call that `bind` refused."""
    if entry.gives is not UNKNOWN:
        return entry.gives
    return unknown_table(receiver.flavour) if isinstance(receiver, Table) else UNKNOWN


__all__ = [
    *("FUNCTIONS", "METHODS", "NOT_KNOWN", "Argument", "Call", "Evaluator"),
    *("bind", "function", "method", "outcome"),
]
