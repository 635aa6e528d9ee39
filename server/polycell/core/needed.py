"""Which cells above decide what the names of one cell are: found in the texts, so that of a notebook that has just been
opened only these are read.

A name is followed upwards to the cell that binds it for certain, with every cell in between that has it, since that may
change the value; what these cells use is followed likewise, and what else they bind is followed downwards, since it may
be the same object under another name. Of imports and definitions the binding alone counts. Cells whose effects reach
further than their names (`LanguageService.reach`) are all among them. What is found is a little too much at most
places; where it is much, there is no answer, and reading everything is as good.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from typing import TYPE_CHECKING

from msgspec import Struct

from polycell.core.environment import fold
from polycell.core.facts import NO_FACTS, Fragment, Use
from polycell.core.guard import guard
from polycell.core.notebook import Cell
from polycell.core.service import Reach, Services
from polycell.core.text import Span, has_any

if TYPE_CHECKING:
    from polycell.core.analysis import Analysis

MOST = 120  # cells beyond which all that are above are read instead
_CONSTANT = frozenset({"import", "function", "class"})
_BINDING_WORDS = ("import", "def", "class")


class _Said(Struct, frozen=True):
    """What a cell says of names: those that it binds (name → whether for certain, and whether all that it binds to it
    are imports, functions or classes), and those that it uses."""

    binds: Mapping[str, tuple[bool, bool]]
    uses: frozenset[str]
    embeds: bool  # texts of other languages, or code that nobody sees


class _Bound(Struct, frozen=True):
    """The cells that bind a name, from below up to the one that does so for certain, and those down to it that have it;
    whether all that is bound to it are imports, functions and classes."""

    binding: tuple[int, ...]
    having: tuple[int, ...]
    constant: bool


class _Search:
    def __init__(self, analysis: Analysis, services: Services, below: int) -> None:
        self.analysis = analysis
        self.services = services
        self.below = below
        self.cells = analysis.notebook.cells[:below]
        self.folded = [_folded(cell) for cell in self.cells]
        self.found: set[int] = set()
        self._followed: set[tuple[str, int]] = set()
        self._bound: dict[tuple[str, int], _Bound] = {}
        self._said: dict[int, _Said] = {}
        self._stands: dict[tuple[str, int], bool | None] = {}
        self._asked: set[tuple[str, int]] = set()
        self._told: set[tuple[str, int]] = set()
        # (name, above or below which cell, whether upwards)
        self.waiting: list[tuple[str, int, bool]] = []
        self.tables: set[str] = set()  # names of tables, which code makes by texts

    def run(self) -> bool:
        """False where there are too many."""
        for index, writes in self.reaching():
            self.found.add(index)  # what it does so does not hang on what else is done with the names it binds
            if writes:
                self.need_used(index)
        while self.waiting:
            if len(self.found) > MOST:
                return False
            name, at, upwards = self.waiting.pop()
            if upwards:
                self.up(name, at)
            else:
                self.down(name, at)
        return len(self.found) <= MOST

    def reaching(self) -> Iterator[tuple[int, bool]]:
        """The cells that have a word by which they may change more than their names, and whether it is one of those
        that write."""
        spoken: dict[str, list[int]] = {}
        for index, cell in enumerate(self.cells):
            if cell.kind == "code":
                spoken.setdefault(cell.language, []).append(index)
        for language, cells in spoken.items():
            reach = self.services.languages.reach(language) or Reach()
            all_texts = "\n".join([self.cells[index].text for index in cells])
            writing = [word for word in reach.writing if word in all_texts]
            words = [*writing, *(word for word in reach.words if word in all_texts)]
            for index in cells if words else ():
                text = self.cells[index].text
                if has_any(text, words):
                    yield index, has_any(text, writing)

    def need(self, uses: Iterable[Use], below: int) -> None:
        """What decides these names; those that are used later, anywhere above the cell that is asked about."""
        for use in uses:
            if use.table and use.name not in self.tables:
                self.tables.add(use.name)
                self._asked = {asked for asked in self._asked if asked[0] != use.name}
                self._bound = {asked: bound for asked, bound in self._bound.items() if asked[0] != use.name}
            asked = (use.name, self.below if use.deferred else below)
            if asked not in self._asked:
                self._asked.add(asked)
                self.waiting.append((*asked, True))

    def bound(self, name: str, below: int) -> _Bound:
        found = self._bound.get((name, below))
        if found is None:
            found = self._bound[name, below] = self._find(name, below)
        return found

    def _find(self, name: str, below: int) -> _Bound:
        binding: list[int] = []
        having: list[int] = []
        constant = True
        for index in self.having(name, range(below - 1, -1, -1)):
            having.append(index)
            if not self._stands[name, index] or not self.concerns(index, name):
                continue
            said = self.said(index)
            sure, always = said.binds.get(name, (False, False))
            if name in said.binds or self.binds_otherwise(index, name):
                binding.append(index)
                constant = constant and always
                if sure and name not in said.uses:
                    break
        return _Bound(tuple(binding), tuple(having), constant)

    def up(self, name: str, below: int) -> None:
        """What decides what a name is at the beginning of a cell."""
        bound = self.bound(name, below)
        if bound.constant:
            for index in bound.binding:
                self.found.add(index)
                self.need((use for use in self.analysis.facts(index).uses if use.deferred), self.below)
            return
        for index in bound.having:
            if index in bound.binding or self.touches(index, name):
                self.follow(index, name)

    def down(self, name: str, above: int) -> None:
        """Cells that may change what a cell has bound to a name."""
        for index in self.having(name, range(above + 1, self.below)):
            if not self.concerns(index, name):
                continue
            said = self.said(index)
            if said.binds.get(name, (False, False))[0] and name not in said.uses:
                return
            if self.touches(index, name):
                self.follow(index, name)

    def follow(self, index: int, name: str) -> None:
        """A cell counts, and so does all that it uses where it has to do with a name, and all that may change what it
        binds there."""
        self.found.add(index)
        if (name, index) in self._followed:
            return
        tied, read = self.tied(index, name)
        self._followed.update((one, index) for one in tied)
        self.need_used(index, read)
        for one in tied & self.said(index).binds.keys():
            if (one, index) not in self._told:
                self._told.add((one, index))
                self.waiting.append((one, index, False))

    def tied(self, index: int, name: str) -> tuple[frozenset[str], frozenset[str]]:
        """Of the names of a cell those that may have one value with a name, or hold it: those that stand in one
        statement with it, or with one of them. And all that are read there and where it is decided what runs."""
        parts, rest = self.parts(index)
        everything = frozenset().union(*parts, rest)
        unplaced = self.said(index).uses - everything
        if name not in everything:
            return everything | {name}, everything | unplaced
        tied, read, left = {name}, {*rest, *unplaced}, [*parts, rest]
        while met := [part for part in left if not tied.isdisjoint(part)]:
            left = [part for part in left if tied.isdisjoint(part)]
            for part in met:
                read |= part
                tied |= {one for one in part if one not in tied and not self.constant(index, one)}
        return frozenset(tied), frozenset(read)

    def parts(self, index: int) -> tuple[list[frozenset[str]], frozenset[str]]:
        """The names in each statement of a cell that binds one, and all others."""
        facts = self.analysis.facts(index)
        extents = sorted({d.extent for d in facts.definitions if not d.container}, key=lambda extent: extent.start)
        parts: list[set[str]] = [set() for _ in extents]
        rest: set[str] = set()
        for reference in facts.references:
            at = reference.span.start
            inside = [part for part, extent in zip(parts, extents, strict=True) if extent.start <= at < extent.end]
            for part in inside or (rest,):
                part.add(reference.name)
        return [frozenset(part) for part in parts], frozenset(rest)

    def constant(self, index: int, name: str) -> bool:
        """Whether a name of a cell is a module, a function or a class, or nobody gives it."""
        binds = self.said(index).binds.get(name)
        above = name not in self.said(index).uses or self.bound(name, index).constant
        return above and (binds is None or binds[1])

    def need_used(self, index: int, names: Set[str] | None = None) -> None:
        """What a cell uses of these names, or all, and the texts of other languages in it."""
        facts = self.analysis.facts(index)
        self.need((use for use in facts.uses if names is None or use.name in names), index)
        for fragment in facts.fragments:
            self.need(_used(self.services, self.analysis, index, fragment), index)

    def touches(self, index: int, name: str) -> bool:
        """Whether a cell in whose text the name stands may have to do with what it is."""
        if not self.concerns(index, name):
            return False
        said = self.said(index)
        if name in said.binds or self.binds_otherwise(index, name):
            return True
        service = self.services.of(self.cells[index].language)
        return name in said.uses and service.may_change(self.analysis.facts(index), name)

    def concerns(self, index: int, name: str) -> bool:
        """False where the cell's language gives names in few ways, of which none is there. Asked before its facts are:
        for a frame that SQL reads nobody has to load what reads SQL."""
        cell = self.cells[index]
        reach = self.services.languages.reach(cell.language)
        if reach is None or reach.binding is None or name in self.tables or has_any(cell.code, reach.binding):
            return True
        folded = fold(name)
        return folded in fold(cell.text[: cell.body]) or folded not in fold(cell.text)

    def binds_otherwise(self, index: int, name: str) -> bool:
        """Whether a cell in whose text the name stands may bind it though the facts do not say so: in another spelling,
        in a text of another language, by what its magic's line or metadata say; in a language that does not tell how it
        reaches further (`Reach`), anywhere."""
        said, cell = self.said(index), self.cells[index]
        folded = fold(name)
        return (
            said.embeds
            or name in self.tables
            or self.services.languages.reach(cell.language) is None
            or any(fold(other) == folded for other in said.binds)
            or folded in fold(cell.text[: cell.body])
            or folded not in fold(cell.text)
        )

    def having(self, name: str, cells: Iterable[int]) -> Iterator[int]:
        """Those of the cells in whose text the name stands. `_stands` tells whether it may be bound there."""
        word, texts, stands = fold(name), self.folded, self._stands
        for index in cells if word else ():
            if word in texts[index]:
                if (name, index) not in stands:
                    stands[name, index] = self._look(word, index)
                if stands[name, index] is not None:
                    yield index

    def _look(self, word: str, index: int) -> bool | None:
        """Whether a word may be bound in a cell by how it stands; None where it does not stand there."""
        text, found = self.folded[index], None
        at = text.find(word)
        while at >= 0:
            end = at + len(word)
            if not (_in_word(text[at - 1 : at]) or _in_word(text[end : end + 1])):
                if self.cells[index].language != "python" or self._may_bind(index, at, end):
                    return True
                found = False
            at = text.find(word, end)
        return found

    def _may_bind(self, index: int, at: int, end: int) -> bool:
        """Whether what stands at a place is no mere attribute, call or item."""
        text = self.folded[index]
        while text[end : end + 1] in (" ", "\t") and end < len(text):
            end += 1
        if text[end : end + 1] not in (".", "(", "["):
            return True
        line = text[max(at - 40, text.rfind("\n", 0, at) + 1) : at].rstrip()
        return line.endswith((*_BINDING_WORDS, ","))

    def said(self, index: int) -> _Said:
        found = self._said.get(index)
        if found is None:
            facts = self.analysis.facts(index)
            apart = bool(self.cells[index].space)  # what it binds, others may not see
            binds: dict[str, tuple[bool, bool]] = {}
            for made in facts.definitions:
                if not made.container:
                    sure, constant = binds.get(made.name, (False, True))
                    sure = sure or not (made.conditional or apart)
                    binds[made.name] = (sure, constant and made.kind in _CONSTANT)
            uses = frozenset(use.name for use in facts.uses)
            found = self._said[index] = _Said(binds, uses, bool(facts.opens or facts.fragments))
        return found


def _folded(cell: Cell) -> str:
    """The text in which names are looked for, with what metadata say, which may give a name to what the cell yields."""
    if cell.kind != "code":
        return ""
    beside = (cell.result, cell.name, repr(cell.metadata) if cell.metadata else "")
    return fold("\n".join((cell.text, *beside)) if any(beside) else cell.text)


def _in_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _used(services: Services, analysis: Analysis, index: int, fragment: Fragment) -> tuple[Use, ...]:
    """The tables that a text of another language in a cell uses, and those that it changes."""
    outer = analysis.notebook.cells[index]
    cell = Cell(outer.id, fragment.language, fragment.text or fragment.span.of(outer.text))
    service = services.of(fragment.language)
    facts = guard("facts", cell, NO_FACTS, lambda: service.facts(cell, analysis.host))
    changed = (Use(d.name, d.span, table=True) for d in facts.definitions if not d.container)
    return (*facts.uses, *changed)


def needed(analysis: Analysis, services: Services, index: int) -> list[int] | None:
    """The cells above a cell that decide what its names are, in order; None where they are many, or cells are ordered
    by what they use."""
    if analysis.host.order == "any":
        return None
    search = _Search(analysis, services, index)
    search.need_used(index)
    cell = analysis.notebook.cells[index]
    begun = services.of(cell.language).half_written(cell, analysis.facts(index))
    search.need((Use(name, Span(0, 0)) for name in begun), index)
    return sorted(search.found) if search.run() else None
