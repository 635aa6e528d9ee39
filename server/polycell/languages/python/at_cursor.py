"""What a place in a cell is about: what stands around it, the state there, and the types of texts."""

from __future__ import annotations

import ast
import re

from polycell.core.service import Context
from polycell.core.types import UNKNOWN, GroupBy, Record, Table, Type
from polycell.languages.python.column_arguments import GIVEN
from polycell.languages.python.cursor import Bracket, Site, site
from polycell.languages.python.flow.exports import run, source_of
from polycell.languages.python.flow.interpreter import Interpreter
from polycell.languages.python.frames import rules

WIDEST = 4000  # characters of a receiver that is evaluated
_LAMBDA = re.compile(r"\blambda\s+([^\W\d]\w*)\s*:")
_ROWS = re.compile(r"\bfor\s+\w+\s*,\s*([^\W\d]\w*)\s+in\s+([\w.]+)\.iterrows\(\)")


class Place:
    """A cell at an offset. What is not asked for is not computed."""

    def __init__(self, context: Context, offset: int) -> None:
        self.context = context
        self.offset = offset
        # The text itself, not the neutralised code: a broken line is blank there.
        self.site: Site = site(context.cell.text, offset)
        self._run: Interpreter | None = None

    @property
    def run(self) -> Interpreter:
        """The interpreter as it is just before the statement at the offset."""
        if self._run is None:
            made = run(self.context, self.offset)
            made.until = None
            self._run = made
            self._bind_rows()
            self._bind_lambdas()
        return self._run

    def type_of(self, text: str) -> Type:
        """The type of an expression's text, evaluated at this place."""
        if not text or len(text) > WIDEST:
            return UNKNOWN
        try:
            tree = ast.parse(f"({text}\n)", mode="eval")
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return UNKNOWN
        before = self.run.state
        self.run.state = before.copy()
        try:
            return self.run.evaluate(tree.body)
        except RecursionError:
            return UNKNOWN
        finally:
            self.run.state = before

    def keys(self) -> Record | None:
        """The dictionary whose keys it names."""
        brackets = self.site.brackets
        if brackets and brackets[-1].kind == "[" and brackets[-1].receiver:
            found = self.type_of(brackets[-1].receiver)
            if isinstance(found, Record) and found.name == "dict":
                return found
        return None

    def _bind_rows(self) -> None:
        """The row of a loop over `df.iterrows()`: its keys are the columns."""
        for found in _ROWS.finditer(self.context.cell.text, 0, self.offset):
            name, owner = found.groups()
            slot = self.run.state.names.get(name)
            table = self.type_of(owner)
            if slot is not None and self.run.object(slot.address) == UNKNOWN and isinstance(table, Table):
                self.run.state.objects[slot.address] = table

    def _bind_lambdas(self) -> None:
        """The parameter of a lambda that is being written, where its caller hands it the table or a row of it."""
        brackets = self.site.brackets
        for at, bracket in enumerate(brackets):
            inner = brackets[at + 1].start if at + 1 < len(brackets) else self.offset
            name = _open_lambda(self.context.cell.text[bracket.start + 1 : inner]) if bracket.receiver else ""
            if name:
                owner, method = owner_and_method(bracket)
                type_ = self.type_of(owner)
                table = table_of(type_)
                if table is not None and (rules.flavour_of(type_), method) in GIVEN:
                    self.run.bind(name, table)


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
    """The table that a value is, or that its groups are made of."""
    if isinstance(type_, Table):
        return type_
    if isinstance(type_, GroupBy):
        return type_.table
    return None


def word_end(text: str, offset: int) -> int:
    """The end of the identifier at an offset."""
    while offset < len(text) and (text[offset].isalnum() or text[offset] == "_"):
        offset += 1
    return offset


def after_statement(context: Context, offset: int) -> Interpreter:
    """The interpreter behind the top-level statement that an offset lies in."""
    source = source_of(context)
    until = None
    for statement in source.tree.body if source.tree is not None else ():
        span = source.span(statement)
        if span.start <= offset <= span.end:
            until = span.end + 1
            break
    return run(context, until)
