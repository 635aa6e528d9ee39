"""What a cell's document needs of the Scala cells above: statements, found backwards from the names that the cell uses.

A name whose type is known is *cut*: its definition is declared with that type and without its right side, and what
only that needed is not needed. So the length of a document follows what a cell depends on, not how that was made.
Classes are copied, since what they have in them is what cells below want to know; imports and implicit values are
there for every cell below.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from polycell.core.environment import Binding
from polycell.core.patterns import pattern
from polycell.core.service import Context
from polycell.core.virtual import Piece
from polycell.languages.scala.cells import Unit, Units
from polycell.languages.scala.glue import NAME
from polycell.languages.scala.lexer import tokens
from polycell.languages.scala.outline import Statement

ALWAYS = "(Scala above)"  # the name of all that every cell below gets: imports, implicit values, packages
MOST_CELLS = 200
MOST_CHARACTERS = 200_000

_UNTOLD = " = ???"
_VARIABLE = pattern(r"\bvar\b")


class Part(Struct):
    """Of a cell above: its statements that are needed, by their numbers, each with the types of the names that it is
    cut to; None where it is copied."""

    unit: Unit
    kept: dict[int, Mapping[str, str] | None] = field(default_factory=dict)

    def pieces(self) -> Iterator[Piece]:
        for number in sorted(self.kept):
            types = self.kept[number]
            statement = self.unit.outline.statements[number]
            if types is None:
                yield self._copy(statement.span.start, statement.span.end)
            else:
                yield from self._cut(statement, types)
            yield Piece("\n")

    def mentioned(self) -> frozenset[str]:
        """The names that the text of `pieces` mentions."""
        found: set[str] = set()
        for number, types in self.kept.items():
            found |= _mentioned(self.unit.outline.statements[number], types)
        return frozenset(found)

    def types(self) -> Iterator[str]:
        """Those that names are declared with."""
        for types in self.kept.values():
            yield from (types or {}).values()

    def _copy(self, start: int, end: int) -> Piece:
        return Piece(self.unit.text[start:end], self.unit.cell.id, start)

    def _cut(self, statement: Statement, types: Mapping[str, str]) -> Iterator[Piece]:
        first = statement.names[0]
        if first.kind == "def" or not types:
            written = types.get(first.name, "")
            start = statement.span.start
            yield self._copy(start, start + len(self.unit.text[start : first.body].rstrip()))
            yield Piece(f" : {written}{_UNTOLD}" if written else _UNTOLD)
            return
        word = "var" if _VARIABLE.search(self.unit.text, statement.span.start, first.span.start) else "val"
        for name in statement.names:
            yield Piece(f"implicit {word} " if name.implicit else f"{word} ")
            yield self._copy(name.span.start, name.span.end)
            yield Piece(f": {types[name.name]}{_UNTOLD}\n")


class Needed(Struct, frozen=True):
    """`parts` in the order of the cells; `results`: indices of cells whose last value is needed, with its type where
    that is known; `foreign`: values of other languages by name. `doubtful`: some of it was left out, so what is missing
    proves nothing. `awaited`: ids of cells whose types would have made it shorter."""

    parts: tuple[Part, ...]
    results: Mapping[int, str]
    foreign: Mapping[str, Binding]
    doubtful: bool
    awaited: frozenset[str]


def needed(context: Context, own: Unit, units: Units) -> Needed:
    """What the cell of the context, which is `own`, needs of those above."""
    return _Search(context, own, units).run()


class _Search:
    def __init__(self, context: Context, own: Unit, units: Units) -> None:
        self._context = context
        self._own = own
        self._units = units
        self._result = context.host.last_expression
        self._parts: dict[int, Part] = {}
        self._results: dict[int, str] = {}
        self._foreign: dict[str, Binding] = {}
        self._awaited: set[str] = set()
        self._doubtful = False
        self._length = len(own.text)
        self._queue: list[tuple[Unit, frozenset[str]]] = []

    def run(self) -> Needed:
        self._context.view.lookup(ALWAYS)  # recorded: it may change
        for one in self._units.always_above(self._context.index):
            for number, statement in enumerate(one.outline.statements):
                if statement.always or one.outline.package:
                    self._keep(one, number)
        given = {name.name for name in self._own.outline.names}
        self._queue.append((self._own, self._own.outline.mentioned - given))
        while self._queue:
            one, mentioned = self._queue.pop()
            for name in mentioned:
                self._resolve(one, name)
        return Needed(
            tuple(self._parts[index] for index in sorted(self._parts)),
            self._results,
            self._foreign,
            self._doubtful,
            frozenset(self._awaited),
        )

    def _resolve(self, one: Unit, name: str) -> None:
        if one is not self._own and self._define(one, name):
            return
        if self._is_foreign(name):
            return
        found = self._units.nearest(name, one.index)
        if found is None:
            return
        if found.outline.broken is not None:
            self._doubtful = True
        elif not self._define(found, name) and name == self._result:
            self._keep_result(found)

    def _define(self, one: Unit, name: str) -> bool:
        """Keep what gives the name in a cell; False where nothing does."""
        found = False
        for number, statement in enumerate(one.outline.statements):
            if any(given.name == name for given in statement.names):
                self._keep(one, number)
                found = True
        return found

    def _keep(self, one: Unit, number: int) -> None:
        part = self._part(one)
        if part is None or number in part.kept:
            return
        statement = one.outline.statements[number]
        types = self._types(one, statement)
        part.kept[number] = types
        end = statement.names[0].body if types is not None and statement.names else statement.span.end
        self._length += end - statement.span.start
        self._queue.append((one, _mentioned(statement, types)))

    def _keep_result(self, one: Unit) -> None:
        if one.index in self._results or self._part(one) is None:
            return
        binding = self._binding(one, self._result)
        self._results[one.index] = binding.native if binding is not None else ""
        if self._results[one.index]:
            self._queue.append((one, _names_in(self._results[one.index])))
            return
        self._awaited.add(one.cell.id)
        last = one.outline.last
        if last is not None:
            inside = {name for name, span in one.outline.mentions if last.start <= span.start < last.end}
            self._queue.append((one, frozenset(inside)))

    def _part(self, one: Unit) -> Part | None:
        """None where there is no room left."""
        found = self._parts.get(one.index)
        if found is None:
            if len(self._parts) >= MOST_CELLS or self._length > MOST_CHARACTERS:
                self._doubtful = True
                return None
            found = self._parts[one.index] = Part(one)
        return found

    def _types(self, one: Unit, statement: Statement) -> Mapping[str, str] | None:
        """What a statement is cut to: the types to declare, none where it declares them itself; None where it must be
        copied."""
        names = statement.names
        if not statement.plain or not names or not all(name.body for name in names):
            return None
        if all(name.declared for name in names):
            return {} if len(names) == 1 else None
        if any(name.literal for name in names):
            return None
        types = {}
        for name in names:
            binding = self._binding(one, name.name)
            if binding is None:
                return None  # a later cell gives the name anew
            types[name.name] = binding.native
        if all(types.values()):
            return types
        self._awaited.add(one.cell.id)
        return None

    def _binding(self, one: Unit, name: str) -> Binding | None:
        found = self._context.view.lookup(name)
        here = found is not None and found.origin is not None and found.origin.cell == one.cell.id
        return found if here else None

    def _is_foreign(self, name: str) -> bool:
        if name in self._foreign:
            return True
        context = self._context
        binding = context.view.lookup(name)
        own = context.cell.space or context.cell.language
        if binding is None or binding.space == own or binding.space == "catalog":
            return False
        self._foreign[name] = binding
        return True


_OBJECT = pattern(rf"(?:\bNotebook\.)?(?:Given{NAME}\.Cell{NAME}\.)*Given{NAME}\.Cell({NAME})\.(\w+)")
# What only one document has.
_GIVEN = pattern(rf"\bGiven{NAME}\.(?!Cell{NAME})|\bNotebook\.(?!Given{NAME})")


def native(written: str, units: Units, index: int) -> str:
    """A type as the compiler writes it in full, as cells below the one at `index` may write it: a class of the notebook
    by its own name. "" where that name means another one there, and for classes of a document's own."""

    def own(found: re.Match[str]) -> str:
        giver = units.nearest(found[2], index + 1)
        return found[2] if giver is not None and giver.name == found[1] else "-"

    made = _OBJECT.sub(own, written)
    return "" if "-" in made or _GIVEN.search(made) else made


def _mentioned(statement: Statement, types: Mapping[str, str] | None) -> frozenset[str]:
    if types is None:
        return statement.mentioned()
    names = statement.names
    written = frozenset().union(*map(_names_in, types.values()))
    if types and names[0].kind != "def":
        return written
    return statement.mentioned(names[0].body) - {names[0].name} | written


def _names_in(type_: str) -> frozenset[str]:
    """The notebook's own names in a type that is written in full."""
    found = tokens(type_)
    return frozenset(
        token.text
        for at, token in enumerate(found)
        if token.kind == "id" and token.text != "_root_" and (at == 0 or found[at - 1].text != ".")
    )
