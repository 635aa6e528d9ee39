"""The Scala cells of a notebook, read once: what each says by itself, and which give a name.

Every cell's document starts from here. `Reader` keeps what it read last, so that asking about each cell of a notebook
in turn reads each cell once, and an edit reads one cell anew.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import lru_cache

from msgspec import Struct, field

from polycell.core.notebook import Cell
from polycell.core.patterns import pattern
from polycell.core.values import replace
from polycell.languages.scala.glue import short
from polycell.languages.scala.outline import Outline, outline
from polycell.languages.scala.text import scala_text

_GIVEN = pattern(r"^[ \t]*(?:given|extension)\b", re.MULTILINE)  # implicit values of Scala 3, which may have no name


class Unit(Struct, frozen=True):
    """A Scala cell with what it says by itself."""

    cell: Cell
    index: int
    text: str
    outline: Outline

    @property
    def name(self) -> str:
        """What the objects around the cell are called by: the same wherever the cell stands, so that documents of cells
        that do not need it stay as they are when it comes, moves or goes."""
        return _named(self.cell.id)


@lru_cache(maxsize=2048)
def _named(cell: str) -> str:
    return short(cell)


def unit(cell: Cell, index: int) -> Unit:
    text = scala_text(cell)
    return Unit(cell, index, text, outline(text))


class Units(Struct, frozen=True):
    """The units of one name space by index. `giving`: name → indices of the cells that give it, ascending; `always`:
    those that matter to every cell below (imports, implicit values, packages), ascending."""

    by_index: Mapping[int, Unit]
    giving: Mapping[str, Sequence[int]]
    always: Sequence[int]

    def nearest(self, name: str, index: int) -> Unit | None:
        """The last cell above `index` that gives the name."""
        found = self.giving.get(name, ())
        at = bisect_left(found, index)
        return self.by_index[found[at - 1]] if at else None

    def always_above(self, index: int) -> list[Unit]:
        """Nearest first."""
        return [self.by_index[at] for at in reversed(self.always[: bisect_left(self.always, index)])]


NO_UNITS = Units({}, {}, ())


class Reader(Struct):
    """`result` is the name that a cell's last value gets, "" where the host gives none."""

    _cells: Sequence[Cell] = ()
    _asked: tuple[str, str] = ("", "")
    _read: Units = field(default=NO_UNITS)

    def units(self, cells: Sequence[Cell], space: str, result: str) -> Units:
        """The units of the Scala cells whose names live in `space`."""
        if cells is not self._cells or (space, result) != self._asked:
            known = {u.cell.id: u for u in self._read.by_index.values()}
            self._read = _units(cells, space, result, known)
            self._cells, self._asked = cells, (space, result)
        return self._read


def _units(cells: Sequence[Cell], space: str, result: str, known: Mapping[str, Unit]) -> Units:
    by_index: dict[int, Unit] = {}
    giving: dict[str, list[int]] = {}
    always: list[int] = []
    for index, cell in enumerate(cells):
        if cell.kind != "code" or cell.language != "scala" or cell.space != space:
            continue
        before = known.get(cell.id)
        if before is None or before.cell is not cell:
            one = unit(cell, index)
        else:
            one = before if before.index == index else replace(before, index=index)
        by_index[index] = one
        for name in one.outline.names:
            giving.setdefault(name.name, []).append(index)
        if result and one.outline.last is not None:
            giving.setdefault(result, []).append(index)
        implicit = any(name.implicit for name in one.outline.names) or _GIVEN.search(one.text) is not None
        if one.outline.broken is None and (one.outline.imports or one.outline.package or implicit):
            always.append(index)
    return Units(by_index, giving, always)
