"""Columns that code reads, watched while the interpreter walks: which names a table certainly lacks at that place.

Nothing is noted where the code itself may not run or expects to fail: on branches, in `try`, behind `and`, inside
functions. A place that is walked several times (the rounds of a loop) counts only when the column was absent in all.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from polycell.core.text import Span
from polycell.core.types import Chart, Collection, GroupBy, Table, Type
from polycell.languages.python.flow.chart_columns import ChartColumn, of_function, of_method
from polycell.languages.python.flow.interpreter import Interpreter, Watcher
from polycell.languages.python.frames import duplicates
from polycell.languages.python.frames.columns import index_known
from polycell.languages.python.frames.readings import DRAWINGS, EXPRESSIONS, METHODS, NAMING, Reads
from polycell.languages.python.frames.refusals import Matter, Refusal
from polycell.languages.python.frames.registry import Argument
from polycell.languages.python.known import frame_attributes
from polycell.languages.python.syntax.literals import content
from polycell.languages.python.syntax.query_words import query_names
from polycell.languages.python.syntax.shapes import nodes
from polycell.languages.python.syntax.values import known_texts, value_of


class Absence(Struct, frozen=True):
    """`name` is not a column of `table`, which `owner` stands for. `span` is the text that names it; `literal`: that
    text is the name in quotes."""

    name: str
    span: Span
    table: Table
    owner: ast.expr
    literal: bool
    later: bool = False  # what follows may still make the column
    bare: bool = False  # the span is the name itself, without quotes
    word: bool = False  # and a word of an expression
    attribute: bool = False  # it is written `df.x`


_SPARKS = frozenset(".`*")
_QUERY_OPTIONS = frozenset({"expr", "inplace", "engine", "parser"})


class Refused(Struct, frozen=True):
    """What a library refuses to do, for what is written at `span` of a call, or of what a name is taken from."""

    matter: Matter
    span: Span
    call: ast.expr
    refusal: Refusal


class Uses(Watcher):
    """`found` has an absence a place and name; None where the column was there once. `other` has those of the table on
    the right of a join, whose keys name columns of both. `refused` likewise."""

    def __init__(self) -> None:
        self.found: dict[tuple[Span, str], Absence | None] = {}
        self.other: dict[tuple[Span, str], Absence | None] = {}
        self.refused: dict[tuple[Span, Matter], Refused | None] = {}

    def absences(self) -> Iterator[Absence]:
        return (
            a for a in (self.other | {k: a for k, a in self.found.items() if a is not None}).values() if a is not None
        )

    def refusals(self) -> Iterator[Refused]:
        return (r for r in self.refused.values() if r is not None)

    # -- what the interpreter tells

    def subscript(self, run: Interpreter, node: ast.Subscript, value: Type) -> None:
        """`t["x"]`, `t[["a", "x"]]`, `t.loc[:, "x"]`, `groups["x"]`."""
        if isinstance(node.value, ast.Attribute) and node.value.attr in ("loc", "at"):
            owner = node.value.value
            located = run.evaluate(owner)
            pair = node.slice.elts if isinstance(node.slice, ast.Tuple) else []
            if isinstance(located, Table) and located.flavour == "pandas" and len(pair) == 2:
                self._names(run, located, owner, pair[1])
            return
        table = value.table if isinstance(value, GroupBy) else value
        if isinstance(table, Table) and not isinstance(node.slice, (ast.Slice, ast.Tuple)):
            self._names(run, table, node.value, node.slice)

    def attribute(self, run: Interpreter, node: ast.Attribute, table: Table) -> None:
        """`t.x`, of pandas and Spark."""
        members = frame_attributes.FRAMES.get(table.flavour)
        if members is None or table.library or node.attr in members or node.attr.startswith("_"):
            return
        if table.flavour == "spark":
            self.judged(run, node.value, node, "duplicate-columns", duplicates.ambiguity(table, node.attr))
        end = run.source.span(node).end
        key = (Span(end - len(node.attr), end), node.attr)
        if not lacks(table, node.attr, index=False):
            self.found[key] = None
        elif key not in self.found:
            self.found[key] = Absence(node.attr, key[0], table, node.value, literal=True, bare=True, attribute=True)

    def method(
        self, run: Interpreter, node: ast.Call, function: ast.Attribute, receiver: Type,
        positional: list[Argument] | None, named: dict[str, Argument],
    ) -> None:  # fmt: skip
        if isinstance(receiver, Chart):
            self._drawn(of_method(run, function, receiver, positional or (), named))
            return
        table = receiver.table if isinstance(receiver, GroupBy) else receiver
        if function.attr in DRAWINGS and isinstance(function.value, ast.Attribute) and function.value.attr == "plot":
            self._plotted(run, function.attr, function.value.value, positional, named)
            return
        if not isinstance(table, Table) or positional is None:
            return
        self._expressions(run, node, function, table)
        grouped = isinstance(receiver, GroupBy)
        reads = METHODS.get(("groups" if grouped else table.flavour.removesuffix("-lazy"), function.attr))
        if reads is not None and not _excused(reads, named):
            self._reads(run, reads, table, function.value, [a.node for a in positional], named)
            if reads.right:
                self._right(run, reads, positional, named)
        if function.attr in ("query", "eval") and table.flavour == "pandas" and not set(named) - _QUERY_OPTIONS:
            expression = positional[0] if positional else named.get("expr")
            if expression is not None:
                self._queried(run, table, function.value, expression.node)
        if function.attr == "drop" and table.flavour == "pandas" and "axis" in named:
            labels = positional[0] if positional else named.get("labels")
            excused = _excused(METHODS["pandas", "drop"], named)
            if named["axis"].value in (1, "columns") and labels is not None and not excused:
                self._names(run, table, function.value, labels.node)

    def _plotted(
        self, run: Interpreter, kind: str, owner: ast.expr, positional: list[Argument] | None,
        named: dict[str, Argument],
    ) -> None:  # fmt: skip
        """`df.plot.scatter(x="a", y="b")`."""
        table, reads = run.evaluate(owner), DRAWINGS[kind]
        if not isinstance(table, Table) or table.flavour != "pandas" or positional is None or _excused(reads, named):
            return
        self._reads(run, reads, table, owner, [a.node for a in positional], named)

    def function(
        self, run: Interpreter, qualified: str, positional: list[Argument] | None, named: dict[str, Argument]
    ) -> None:
        """`pd.merge(left, right, on=…)` and others that take the frame first."""
        if positional is not None:
            self._drawn(of_function(run, qualified, positional, named))
        module, _, name = qualified.rpartition(".")
        if module != "pandas" or name not in ("merge", "melt", "pivot_table") or positional is None:
            return
        first = {"merge": "left", "melt": "frame", "pivot_table": "data"}[name]
        owner = positional[0] if positional else named.get(first)
        reads = METHODS["pandas", name]
        if owner is None or not isinstance(owner.type, Table) or _excused(reads, named):
            return
        rest = positional[1:] if positional else []
        self._reads(run, reads, owner.type, owner.node, [a.node for a in rest], named)
        if reads.right:
            self._right(run, reads, rest, named)

    def judged(self, run: Interpreter, call: ast.expr, node: ast.expr, matter: Matter, refusal: Refusal | None) -> None:
        key = (run.source.span(node), matter)
        if refusal is None:
            self.refused[key] = None
        else:
            self.refused.setdefault(key, Refused(matter, key[0], call, refusal))

    # -- how

    def _drawn(self, columns: Iterable[ChartColumn]) -> None:
        for column in columns:
            key = (column.span, column.name)
            if not column.lacking:
                self.found[key] = None
            elif key not in self.found:
                self.found[key] = Absence(
                    column.name, column.span, column.table, column.owner, column.exact, column.later, bare=True
                )

    def _right(
        self, run: Interpreter, reads: Reads, positional: Sequence[Argument], named: dict[str, Argument]
    ) -> None:
        other = positional[0] if positional else named.get("right") or named.get("other")
        if other is None or not isinstance(other.type, Table):
            return
        for keyword in reads.right:
            if keyword in named:
                self._names(run, other.type, other.node, named[keyword].node, reads, self.other)

    def _reads(
        self, run: Interpreter, reads: Reads, table: Table, owner: ast.expr, positional: Sequence[ast.expr],
        named: dict[str, Argument],
    ) -> None:  # fmt: skip
        arguments: list[tuple[str | int, ast.expr]] = [*enumerate(positional)]
        arguments += [(name, argument.node) for name, argument in named.items()]
        for where, node in arguments:
            if where in reads.names or (reads.rest and isinstance(where, int)):
                self._names(run, table, owner, node, reads)
            if where in reads.keys and isinstance(node, ast.Dict):
                for key in node.keys:
                    if key is not None:
                        self._names(run, table, owner, key, reads)
            if reads.pairs and isinstance(where, str) and isinstance(node, ast.Tuple) and len(node.elts) == 2:
                self._names(run, table, owner, node.elts[0], reads)

    def _names(
        self, run: Interpreter, table: Table, owner: ast.expr, node: ast.expr, reads: Reads | None = None,
        found: dict[tuple[Span, str], Absence | None] | None = None,
    ) -> None:  # fmt: skip
        named = [*_named(run, node)]
        single = isinstance(node, ast.Constant)
        if reads is not None and reads.values and not single and not any(table.column(name) for name, _ in named):
            return  # a list as long as the table may be values, not names
        for name, part in named:
            self._note(run, table, owner, name, part, found, index=reads is not None and reads.index)

    def _note(
        self, run: Interpreter, table: Table, owner: ast.expr, name: str, node: ast.expr,
        found: dict[tuple[Span, str], Absence | None] | None = None, *, index: bool,
    ) -> None:  # fmt: skip
        found = self.found if found is None else found
        span = run.source.span(node)
        key = (span, name)
        if table.flavour == "spark" and not index:
            self.judged(run, owner, node, "duplicate-columns", duplicates.ambiguity(table, name))
        if key in found and found[key] is None:
            return
        if not lacks(table, name, index=index):
            found[key] = None
            return
        if key not in found:
            literal = isinstance(node, ast.Constant)
            found[key] = Absence(name, span, table, owner, literal)

    def _queried(self, run: Interpreter, table: Table, owner: ast.expr, node: ast.expr) -> None:
        """The names in a text of `query` or `eval`."""
        inside = content(run.source, node)
        if inside is None:
            return
        for name, span in query_names(inside.of(run.source.code)):
            key = (span.shift(inside.start), name)
            if not lacks(table, name, index=True):
                self.found[key] = None
            elif key not in self.found:
                self.found[key] = Absence(name, key[0], table, owner, literal=True, bare=True, word=True)

    def _expressions(self, run: Interpreter, node: ast.Call, function: ast.Attribute, table: Table) -> None:
        """`pl.col("x")` and bare names in arguments that are expressions over the frame."""
        library = table.flavour.removesuffix("-lazy")
        takes = EXPRESSIONS.get((library, function.attr))
        if takes is None:
            return
        arguments = [*node.args, *(k.value for k in node.keywords if k.arg)]
        # Spark finds a name that the same call gives, and leaves it to a setting which of the two comes first.
        given = set(_given(arguments)) if library == "spark" else frozenset[str]()
        for argument in arguments:
            named = [*_plain(argument)] if takes == "names" else []
            named += [pair for called in _own_calls(run, argument, library) for a in called.args for pair in _plain(a)]
            for name, part in named:
                if name not in given:
                    self._note(run, table, function.value, name, part, index=False)


def _given(arguments: Iterable[ast.expr]) -> Iterator[str]:
    """The names that `.alias("x")` gives anywhere in the arguments."""
    for argument in arguments:
        for part in nodes(argument):
            if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr == "alias":
                yield from (a.value for a in part.args if isinstance(a, ast.Constant) and isinstance(a.value, str))


def bound_on_some_paths(run: Interpreter, owner: ast.AST) -> bool:
    """Whether a name in an expression is bound on some paths only."""
    for part in nodes(owner):
        slot = run.slot(part.id) if isinstance(part, ast.Name) else None
        if slot is not None and slot.maybe:
            return True
    return False


def lacks(table: Table, name: str, *, index: bool) -> bool:
    """Whether a table certainly has no such column; with `index`, nor an index of that name."""
    if not table.proves_absence or table.flavour not in ("pandas", "polars", "polars-lazy", "spark"):
        return False
    if table.flavour == "spark" and (name.startswith("_") or set(name) & _SPARKS):
        return False  # a field, a quoted name, or a column that a file brings along unseen
    if table.column(name) is not None:
        return False
    if table.flavour == "pandas" and index:
        known = index_known(table) and not any(c.maybe for c in table.index)
        return known and not any(c.name == name for c in table.index)
    # pandas before 2.0 took `df["2020-01"]` for rows of an index of dates.
    return not (table.flavour == "pandas" and name[:4].isdigit())


def _excused(reads: Reads, named: dict[str, Argument]) -> bool:
    if reads.strict and not ("errors" in named and named["errors"].value == "raise"):
        return True
    return any(name in named and (value is None or named[name].value != value) for name, value in reads.unless.items())


def _named(run: Interpreter, node: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """(name, the text that gives it): literals one by one, or a variable that holds names."""
    if isinstance(node, (ast.Constant, ast.List)):
        yield from _plain(node)
    elif isinstance(node, ast.Name):
        type_ = run.evaluate(node)
        listed = isinstance(type_, Collection) and type_.kind == "list"  # an array, or a tuple, is no list of names
        if listed or isinstance(value_of(type_), str):
            for name in known_texts(type_) or ():
                yield name, node


def _plain(node: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    elements = node.elts if isinstance(node, ast.List) else [node]
    for element in elements:
        if isinstance(element, ast.Constant) and isinstance(element.value, str):
            name = element.value
            if name and not (name.startswith("^") and name.endswith("$")) and name != "*":
                yield name, element


def _own_calls(run: Interpreter, node: ast.expr, library: str) -> Iterable[ast.Call]:
    """`pl.col(…)` and the like in an expression, but not those inside another frame's method or a function."""
    module, naming = NAMING[library]
    waiting: list[ast.AST] = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, (ast.Lambda, ast.comprehension, ast.ListComp, ast.GeneratorExp, ast.SetComp, ast.IfExp)):
            continue
        if isinstance(part, ast.Call):
            function = part.func
            if isinstance(function, ast.Name) or (
                isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name)
            ):
                where, _, name = _qualified(run, function).rpartition(".")
                if where != module:
                    continue  # another frame, or something nobody looks into
                if name in naming:
                    yield part
        waiting.extend(ast.iter_child_nodes(part))


def _qualified(run: Interpreter, function: ast.Name | ast.Attribute) -> str:
    """`pyspark.sql.functions.col` for `F.col` or `col`, "" where the name is something else."""
    name = function.value if isinstance(function, ast.Attribute) else function
    assert isinstance(name, ast.Name)
    type_ = run.type_of(name.id) if run.slot(name.id) is not None else None
    qualified = str(getattr(type_, "qualified", ""))
    return f"{qualified}.{function.attr}" if qualified and isinstance(function, ast.Attribute) else qualified
