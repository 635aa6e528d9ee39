"""What a place in a cell is about: the state there, receivers' types, and the table whose columns a string names."""

from __future__ import annotations

import ast

from polycell.core.service import Context
from polycell.core.types import UNKNOWN, GroupBy, Module, Record, Table, Type
from polycell.languages.python.column_arguments import (
    EXPRESSIONS,
    FUNCTIONS,
    METHODS,
    READER_COLUMNS,
    READERS,
    Takes,
)
from polycell.languages.python.cursor import Bracket, Site, site
from polycell.languages.python.flow.exports import run, source_of
from polycell.languages.python.flow.interpreter import Interpreter
from polycell.languages.python.frames import rules

WIDEST = 4000  # characters of a receiver that is evaluated


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

    def columns(self) -> Table | None:
        """The table whose columns the string at the offset names; None when it names none."""
        brackets = self.site.brackets
        return self._columns(brackets) if brackets else None

    def keys(self) -> Record | None:
        """The dictionary whose keys it names."""
        brackets = self.site.brackets
        if brackets and brackets[-1].kind == "[" and brackets[-1].receiver:
            found = self.type_of(brackets[-1].receiver)
            if isinstance(found, Record) and found.name == "dict":
                return found
        return None

    def _columns(self, brackets: tuple[Bracket, ...]) -> Table | None:
        inner = brackets[-1]
        if inner.kind == "[" and inner.receiver:
            return self._subscripted(inner)
        if inner.kind == "(" and inner.receiver:
            return self._called(inner, brackets[:-1], "value", None)
        outer = brackets[-2] if len(brackets) > 1 else None
        if outer is None:
            return None
        if inner.kind == "[" and outer.kind == "[" and outer.receiver:
            return self._subscripted(outer)
        if outer.kind == "(" and outer.receiver:
            how = {"[": "value", "{": "key" if inner.key else "", "(": "pair"}[inner.kind]
            return self._called(outer, brackets[:-2], how, inner) if how else None
        if len(brackets) > 2 and inner.kind == "[" and outer.kind == "(" and not outer.receiver:
            return None
        return None

    def _subscripted(self, bracket: Bracket) -> Table | None:
        text = bracket.receiver
        for indexer in (".loc", ".at"):
            if text.endswith(indexer):
                found = self.type_of(text[: -len(indexer)])
                return found if isinstance(found, Table) and bracket.argument >= 1 else None
        return table_of(self.type_of(text))

    def _called(self, bracket: Bracket, outer: tuple[Bracket, ...], how: str, inner: Bracket | None) -> Table | None:
        owner, _, method = bracket.receiver.rpartition(".")
        base = self.type_of(owner) if owner else UNKNOWN
        if not owner or isinstance(base, Module):
            callee = self.type_of(bracket.receiver)
            qualified = rules.canonical(callee.qualified) if isinstance(callee, Module) else ""
            return self._function(qualified, bracket, outer, how)
        takes = METHODS.get(method)
        if takes is None:
            return None
        if bracket.keyword in takes.right:
            return table_of(self.type_of(self._argument(bracket)))
        table = table_of(base)
        return table if table is not None and _fits(takes, bracket, how, inner) else None

    def _function(self, qualified: str, bracket: Bracket, outer: tuple[Bracket, ...], how: str) -> Table | None:
        if qualified in EXPRESSIONS:
            for enclosing in reversed(outer):
                owner = enclosing.receiver.rpartition(".")[0]
                table = table_of(self.type_of(owner)) if enclosing.kind == "(" and owner else None
                if table is not None:
                    return table
            return None
        if qualified in READERS and bracket.keyword in READER_COLUMNS:
            return table_of(self.type_of(f"{bracket.receiver}({self._argument(bracket)})"))
        takes = FUNCTIONS.get(qualified)
        if takes is None:
            return None
        if bracket.keyword in takes.right:
            return table_of(self.type_of(self._argument(bracket, 1)))
        if not _fits(takes, bracket, how, None):
            return None
        named = self._argument(bracket, 0, takes.table)
        return table_of(self.type_of(named))

    def _argument(self, bracket: Bracket, index: int = 0, keyword: str = "") -> str:
        """The text of an argument that stands before the cursor, by keyword or by position."""
        text = self.context.cell.text
        parts: list[str] = []
        depth, start = 0, bracket.start + 1
        quote = ""
        stop = min(self.offset, bracket.start + WIDEST)
        for at in range(bracket.start + 1, stop):
            char = text[at]
            if quote:
                quote = "" if char == quote and text[at - 1] != "\\" else quote
            elif char in "'\"":
                quote = char
            elif char in "([{":
                depth += 1
            elif char in ")]}":
                depth -= 1
            elif char == "," and depth == 0:
                parts.append(text[start:at])
                start = at + 1
        # What stands behind the cursor may be the one that is looked for: `sns.barplot(x="<cursor>", data=df)`.
        rest = text[self.site.span.end + 1 : self.site.span.end + 500].split("\n\n", 1)[0] if self.site.quote else ""
        for part in parts:
            name, equals, value = part.partition("=")
            if keyword and equals and name.strip() == keyword:
                return value.strip()
        if keyword and f"{keyword}=" in rest:
            value = rest.split(f"{keyword}=", 1)[1]
            end = next((i for i, c in enumerate(value) if not (c.isalnum() or c in "_.")), len(value))
            return value[:end]
        if index < len(parts) and "=" not in parts[index].replace("==", ""):
            return parts[index].strip()
        return parts[index].strip() if index < len(parts) and "(" in parts[index] else ""


def _fits(takes: Takes, bracket: Bracket, how: str, inner: Bracket | None) -> bool:
    """Whether the argument at the cursor takes columns. `how`: as a value, as a dictionary's key, in a tuple."""
    where: str | int = bracket.keyword or bracket.argument
    if how == "key":
        return where in takes.keys
    if how == "pair":
        return takes.pairs and bool(bracket.keyword) and inner is not None and inner.argument == 0
    if isinstance(where, str):
        return where in takes.keywords
    return takes.positions == "*" or where in takes.positions


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
