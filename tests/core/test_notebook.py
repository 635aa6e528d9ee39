from __future__ import annotations

from polycell.core.notebook import Cell, Notebook, replace_cell, splice, with_cells
from polycell.core.values import replace


def _notebook(*ids: str) -> Notebook:
    return Notebook("test:book", tuple(Cell(cell, "python", f"{cell} = {at}") for at, cell in enumerate(ids)))


def test_a_cell_is_found_by_its_id_after_every_change() -> None:
    book = _notebook("a", "b", "c")
    assert [book.index(cell) for cell in ("a", "b", "c", "d")] == [0, 1, 2, None]
    edited = replace_cell(book, Cell("b", "python", "b = 2"))
    assert edited.cells[1].text == "b = 2"
    assert edited.index("c") == 2
    assert splice(edited, 0, 1).index("c") == 1
    assert replace(edited, cells=edited.cells[::-1]).index("a") == 2
    assert replace_cell(book, Cell("d", "python", "")) == book


def test_of_cells_with_one_id_the_first_is_meant() -> None:
    assert _notebook("a", "b", "a").index("a") == 0


def test_where_cells_are_is_told_once_for_all_texts_of_a_notebook() -> None:
    """A keystroke asks a few times, also in a notebook of a thousand cells."""
    book = _notebook("a", "b")
    book.index("b")
    edited = with_cells(book, {1: Cell("b", "python", "b = 2")})
    assert edited._places is book._places
    assert edited.index("b") == 1
    assert edited != book
    assert edited == with_cells(_notebook("a", "b"), {1: Cell("b", "python", "b = 2")})
