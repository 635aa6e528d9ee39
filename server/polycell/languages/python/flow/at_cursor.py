"""What a place in a cell is about: what stands around it, the state there, and the types of texts."""

from __future__ import annotations

import ast
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from copy import copy
from functools import partial
from itertools import pairwise

from polycell.core.patterns import pattern
from polycell.core.service import Context
from polycell.core.types import UNKNOWN, Collection, GroupBy, Record, Row, Scalar, Series, Table, Type
from polycell.languages.python.flow.callers import called_with
from polycell.languages.python.flow.definitions import enter
from polycell.languages.python.flow.exports import run, source_of
from polycell.languages.python.flow.interpreter import Interpreter
from polycell.languages.python.flow.iteration import items_and_element
from polycell.languages.python.frames import rules
from polycell.languages.python.frames.holders import held
from polycell.languages.python.known.column_arguments import GIVEN
from polycell.languages.python.syntax.comprehensions import clauses
from polycell.languages.python.syntax.cursor import Bracket, Site, site
from polycell.languages.python.syntax.shapes import arguments_of
from polycell.languages.python.syntax.source import PythonSource
from polycell.languages.python.syntax.values import items_of

WIDEST = 4000  # characters of a receiver that is evaluated
_HEADER = pattern(r"^([ \t]*)(?:async[ \t]+)?def\b[^\n]*(?:\n[^\n]*){0,30}?:[ \t]*(?=\n)", re.MULTILINE)
DEEPEST = 16  # open brackets, from the inside, that are looked through for comprehensions
_REST = pattern(r"\w*")
_LAMBDA = pattern(r"\blambda\s+([^\W\d]\w*)\s*:")


# Methods of a dictionary that take a key first.
_BY_KEY = frozenset({"get", "pop", "setdefault", "__getitem__", "__contains__"})


class Place:
    """A cell at an offset. What is not asked for is not computed."""

    def __init__(self, context: Context, offset: int, state: Interpreter | None = None) -> None:
        """`state`: the interpreter as it is before the statement at the offset, where the caller has it already."""
        self.context = context
        self.offset = offset
        # The text itself, not the neutralised code: a broken line is blank there.
        self.site: Site = site(context.cell.text, offset)
        self._state = state
        self._around: list[ast.AST] | None = None
        self._run: Interpreter | None = None

    @property
    def run(self) -> Interpreter:
        """The interpreter as it is just before the statement at the offset."""
        if self._run is None:
            made = copy(self._state if self._state is not None else state_at(self.context, self.offset))
            made.state = made.state.copy()
            self._run = made
            self._bind_parameters()
            self._bind_lambdas()
            self._bind_comprehensions()
        return self._run

    @property
    def around(self) -> list[ast.AST]:
        """The nodes that the offset lies in, the outermost first; none where the statement does not parse."""
        if self._around is None:
            make = partial(enclosing, source_of(self.context), self.offset)
            self._around = self.context.once(("around", self.offset), make)
        return self._around

    def type_of(self, text: str) -> Type:
        """The type of an expression's text, evaluated at this place."""
        if not text or len(text) > WIDEST:
            return UNKNOWN
        node = self._written(text)
        if node is None:
            try:
                node = ast.parse(f"({text}\n)", mode="eval").body
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                return UNKNOWN
        return self.evaluate(node)

    def _written(self, text: str) -> ast.expr | None:
        """The node around the offset that has this text: only of such a one it is known where its columns are named."""
        source = source_of(self.context)
        text = text.strip()
        for node in reversed(self.around):
            for part in parts_of(node):
                if isinstance(part, ast.expr) and source.span(part).of(source.code) == text:
                    return part
        return None

    def evaluate(self, node: ast.expr) -> Type:
        """The type of a node at this place; what evaluating it changes is undone."""
        before = self.run.state
        self.run.state = before.copy()
        try:
            return self.run.evaluate(node)
        except RecursionError:
            return UNKNOWN
        finally:
            self.run.state = before

    def keys(self) -> Record | None:
        """The dictionary whose keys it names."""
        call = self.site.brackets[-1] if self.site.brackets else None
        owner = call.receiver if call is not None else ""
        if call is not None and call.kind == "(":
            owner, _, method = owner.rpartition(".")
            owner = owner if method in _BY_KEY and not call.argument else ""
        if owner:
            found = self.type_of(owner)
            if isinstance(found, Record) and found.name == "dict":
                return found
        return None

    def _bind_parameters(self) -> None:
        """The parameters of a function whose body is being written and therefore is blank in the code that is read."""
        text = self.context.cell.text
        line = text[text.rfind("\n", 0, self.offset) + 1 : self.offset]
        indent = len(line) - len(line.lstrip())
        headers = [h for h in _HEADER.finditer(text, 0, self.offset) if len(h[1]) < indent] if indent else []
        if not headers or len(headers[-1][0]) > WIDEST:
            return
        try:
            tree = ast.parse(f"{headers[-1][0].strip()} pass")
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return
        function = tree.body[0]
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            unbound = [a.arg for a in arguments_of(function.args) if a.arg not in self.run.state.names]
            if unbound:
                given = called_with(self.context, function, None) if not headers[-1][1] else {}
                enter(self.run, function, given, unbound)

    def _bind_lambdas(self) -> None:
        """The parameter of a lambda, where its caller hands it the table or a row of it."""
        written = [node for node in self.around if not isinstance(node, ast.keyword)]
        for outer, node in pairwise(written):
            if isinstance(node, ast.Lambda) and len(node.args.args) == 1:
                # Whoever calls it hands it something, and never what the name stands for around it.
                self.run.bind(node.args.args[0].arg, self._handed(outer, node) or UNKNOWN)
        if written:
            return
        brackets = self.site.brackets
        for at, bracket in enumerate(brackets):
            inner = brackets[at + 1].start if at + 1 < len(brackets) else self.offset
            name = _open_lambda(self.context.cell.text[bracket.start + 1 : inner]) if bracket.receiver else ""
            if name:
                owner, method = owner_and_method(bracket)
                self.run.bind(name, handed_by(self.type_of(owner), method) or UNKNOWN)

    def _bind_comprehensions(self) -> None:
        """The names of the comprehensions around, the outermost first."""
        for bracket in self.site.brackets[-DEEPEST:]:
            for target, over in clauses(self.context.cell.text, bracket.start, self.offset):
                try:
                    node = ast.parse(f"({target}) = 0").body[0]
                except (SyntaxError, ValueError, RecursionError, MemoryError):
                    continue
                if isinstance(node, ast.Assign):
                    self._bind_target(node.targets[0], items_and_element(self.type_of(over))[1])

    def _bind_target(self, target: ast.expr, type_: Type) -> None:
        if isinstance(target, ast.Name):
            self.run.bind(target.id, type_)
        elif isinstance(target, (ast.Tuple, ast.List)):
            parts = items_of(type_) or ()
            for at, element in enumerate(target.elts):
                self._bind_target(element, parts[at] if len(parts) == len(target.elts) else UNKNOWN)

    def _handed(self, outer: ast.AST, function: ast.Lambda) -> Type | None:
        if isinstance(outer, ast.Subscript):
            located = isinstance(outer.value, ast.Attribute) and outer.value.attr in ("loc", "iloc")
            return table_of(self.evaluate(outer.value.value if located else outer.value))  # type: ignore[attr-defined]
        if not isinstance(outer, ast.Call) or not isinstance(outer.func, ast.Attribute):
            return None
        type_ = self.evaluate(outer.func.value)
        given = GIVEN.get((rules.flavour_of(type_), outer.func.attr))
        if given is None:
            return None
        if outer.func.attr == "assign":  # it is handed the frame as the arguments before it have made it
            end = self.run.source.span(function).start
            before = [k for k in outer.keywords if self.run.source.span(k).end < end]
            type_ = self.evaluate(ast.copy_location(ast.Call(outer.func, outer.args, before), outer))
        return handed_by(type_, outer.func.attr)


def handed_by(type_: Type, method: str) -> Type | None:
    """What a method of a value hands to the function that it is given: the frame, a row of it, all its rows, one value
    of a column."""
    given = GIVEN.get((rules.flavour_of(type_), method))
    if given == "value":
        one = type_.column.type if isinstance(type_, Series) else None
        return Scalar(one) if one is not None else None
    table = table_of(type_.element if isinstance(type_, Collection) and type_.element is not None else type_)
    if given is None or table is None:
        return None
    if given == "pandas":
        return table.with_flavour("pandas")
    if given == "frame":
        return table
    row = Row(table, "spark row" if table.flavour == "spark" else "series")
    return row if given == "row" else Collection("sequence", row)


def _open_lambda(text: str) -> str:
    """The parameter of the last lambda in the text, when what follows is still its body."""
    found = [*_LAMBDA.finditer(text)]
    if not found:
        return ""
    last = found[-1]
    depth = 0
    for char in text[last.end() :]:
        depth += (char in "([{") - (char in ")]}")
        if depth < 0 or (char == "," and not depth):
            return ""
    return last[1]


def owner_and_method(bracket: Bracket) -> tuple[str, str]:
    """(`df`, `groupby`) of the bracket of `df.groupby(`."""
    owner, _, method = bracket.receiver.rpartition(".")
    return owner.strip(), method.strip()


def table_of(type_: Type) -> Table | None:
    """The table that a value is, that its groups are made of, that it is a row of, or that it holds or writes."""
    if isinstance(type_, Table):
        return type_
    if isinstance(type_, (GroupBy, Row)):
        return type_.table
    return held(type_)


def enclosing(source: PythonSource, offset: int) -> list[ast.AST]:
    """The nodes of the cell's tree that an offset lies in or ends, the outermost first."""
    found: list[ast.AST] = []
    line = source.lines.position(offset).line + 1
    node: ast.AST | None = source.tree
    while node is not None:
        inner: ast.AST | None = None
        waiting = _at_line(node.body, line) if isinstance(node, ast.Module) else list(ast.iter_child_nodes(node))
        while waiting:
            part = waiting.pop()
            first: int | None = getattr(part, "lineno", None)
            if first is None:
                waiting += ast.iter_child_nodes(part)
            elif line < first or (line > first and line > (getattr(part, "end_lineno", None) or first)):
                continue  # told without its place
            elif source.span(part).touches(offset) and (inner is None or _closer(source, part, offset)):
                inner = part
        if inner is not None:
            found.append(inner)
        node = inner
    return found


def _at_line(body: list[ast.stmt], line: int) -> list[ast.AST]:
    """The statements of a cell that a line belongs to."""
    first = bisect_left(body, line, key=lambda node: node.end_lineno or node.lineno)
    return [*body[first : bisect_right(body, line, lo=first, key=lambda node: node.lineno)]]


def _closer(source: PythonSource, node: ast.AST, offset: int) -> bool:
    """Whether of two neighbours that touch at the offset this one is meant: the one that is a word there."""
    return source.span(node).start < offset and isinstance(node, (ast.Name, ast.Constant, ast.Attribute, ast.keyword))


def parts_of(node: ast.AST) -> Iterator[ast.AST]:
    """What an expression is made of, two levels deep: the receiver of a call is the value of its function."""
    for part in ast.iter_child_nodes(node):
        yield part
        inner = getattr(part, "value", None)
        if isinstance(inner, ast.expr):
            yield inner


def word_end(text: str, offset: int) -> int:
    """The end of the identifier at an offset."""
    found = _REST.match(text, offset)
    return found.end() if found is not None else offset


def after_statement(context: Context, offset: int) -> Interpreter:
    """The interpreter behind the top-level statement that an offset lies in."""
    source = source_of(context)
    until = None
    for statement in source.tree.body if source.tree is not None else ():
        span = source.span(statement)
        if span.start <= offset <= span.end:
            until = span.end + 1
            break
    return state_at(context, until)


def state_at(context: Context, until: int | None) -> Interpreter:
    """The interpreter as it is just before what stands at an offset, or at the cell's end. It is walked to once, and
    whoever changes something does so in a copy."""
    if until is not None:
        until = _start_of_simple(source_of(context), until)

    def walk() -> Interpreter:
        made = run(context, until, called_with=partial(called_with, context))
        made.until = None
        return made

    return context.once(("state", until), walk)


def _start_of_simple(source: PythonSource, offset: int) -> int:
    """Where the statement around an offset starts, if it stands alone and has no others in it; else the offset. One
    that does not parse is blank in the code, and what stands there instead may end, with its block, before the
    offset."""
    broken = next((span for span in source.broken if span.start <= offset <= span.end), None)
    if broken is not None:
        return broken.start
    line = source.lines.position(offset).line + 1
    for statement in source.tree.body if source.tree is not None else ():
        if (statement.end_lineno or 0) < line or hasattr(statement, "body") or isinstance(statement, ast.Match):
            continue
        span = source.span(statement)
        if span.end >= offset:
            return min(span.start, offset)
    return offset
