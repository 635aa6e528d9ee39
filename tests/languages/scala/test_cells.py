"""The Scala cells of a notebook are read once, and one of them after an edit."""

from __future__ import annotations

import pytest

from polycell.core.notebook import Cell, Notebook, replace_cell
from polycell.languages.scala import cells as module
from polycell.languages.scala.cells import Reader

BOOK = Notebook(
    "n",
    (
        Cell("a", "scala", "import x.y\nval a = 1"),
        Cell("p", "python", "a = 1"),
        Cell("b", "scala", "val a = 2\na + 1"),
        Cell("c", "scala", "val broken = ("),
        Cell("d", "scala", "implicit val i = 1", space="local"),
    ),
)


def test_the_nearest_cell_above_gives_a_name() -> None:
    units = Reader().units(BOOK.cells, "", "Out")
    nearest = {index: found.cell.id for index in range(6) if (found := units.nearest("a", index)) is not None}
    assert nearest == {1: "a", 2: "a", 3: "b", 4: "b", 5: "b"}
    assert units.nearest("nowhere", 5) is None
    result = units.nearest("Out", 5)
    assert result is not None
    assert result.cell.id == "b"


def test_what_matters_to_all_cells_below() -> None:
    reader = Reader()
    assert [u.cell.id for u in reader.units(BOOK.cells, "", "").always_above(4)] == ["a"]
    assert reader.units(BOOK.cells, "", "").always_above(0) == []
    assert [u.cell.id for u in reader.units(BOOK.cells, "local", "").always_above(5)] == ["d"]


def test_an_edit_reads_one_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    read = []
    once = module.unit
    monkeypatch.setattr(module, "unit", lambda cell, index: read.append(cell.id) or once(cell, index))  # type: ignore[func-returns-value]
    reader = Reader()
    first = reader.units(BOOK.cells, "", "")
    assert reader.units(BOOK.cells, "", "") is first
    assert read == ["a", "b", "c"]
    edited = replace_cell(BOOK, Cell("b", "scala", "val z = 2"))
    found = reader.units(edited.cells, "", "").nearest("a", 4)
    assert found is not None
    assert found.cell.id == "a"
    assert read == ["a", "b", "c", "b"]
