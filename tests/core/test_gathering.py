"""What cells say together: asked by rules, recorded like any question, told anew when it changes."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from polycell.core.facts import Facts
from polycell.core.hosts import Host
from polycell.core.notebook import Cell, Notebook, splice
from polycell.core.results import Finding
from polycell.core.service import Context, services
from polycell.core.session import Session
from polycell.core.text import Span
from polycell.core.values import replace


class Shouts:
    """Every cell says its words in capitals; the notebook, its metadata's `motto`."""

    name = "shouts"

    def of_cell(self, cell: Cell, facts: Facts, host: Host) -> tuple[Hashable, ...]:
        return tuple(word for word in cell.text.split() if word.isupper())

    def of_notebook(self, notebook: Notebook) -> tuple[Hashable, ...]:
        motto = notebook.metadata.get("motto")
        return (motto,) if motto else ()


class Listening:
    code = "heard"

    def check(self, context: Context) -> Iterator[Finding]:
        if context.cell.text.startswith("listen"):
            heard = [f"{who}:{' '.join(map(str, said))}" for who, said in context.view.gathered("shouts")]
            yield Finding(self.code, Span(0, 6), ", ".join(heard))


def notebook(*texts: str) -> Notebook:
    return Notebook("test:n", tuple(Cell(f"c{i}", "none", text) for i, text in enumerate(texts)))


class Listened:
    def __init__(self, *texts: str) -> None:
        self.looked: list[str] = []
        made = services([], [Listening()], gatherers=[Shouts()])
        self.session = Session(made, listener=lambda what, cell: self.looked.append(f"{what} {cell}"))
        self.snapshot = self.session.update(notebook(*texts))

    def heard(self) -> str:
        self.snapshot.analysis.settle()
        found = [f for i in range(len(self.snapshot.notebook.cells)) for f in self.snapshot.analysis.findings(i)]
        return "|".join(f.message for f in found)

    def change(self, changed: Notebook) -> None:
        self.looked.clear()
        self.snapshot = self.session.update(changed)

    def edit(self, index: int, text: str) -> None:
        cells = self.snapshot.notebook.cells
        self.change(splice(self.snapshot.notebook, index, 1, [replace(cells[index], text=text)]))


def test_cells_above_and_below_are_heard() -> None:
    assert Listened("A b", "listen", "C").heard() == "c0:A, c2:C"


def test_an_edit_that_says_nothing_new_disturbs_nobody() -> None:
    case = Listened("A b", "listen", "C")
    case.heard()
    case.edit(2, "C more words")
    assert case.heard() == "c0:A, c2:C"
    assert "diagnose c1" not in case.looked


def test_an_edit_that_says_something_new_is_heard() -> None:
    case = Listened("A b", "listen", "C")
    case.heard()
    case.edit(2, "C D")
    assert case.heard() == "c0:A, c2:C D"
    assert case.looked.count("diagnose c1") == 1
    assert "diagnose c0" not in case.looked


def test_cells_that_come_go_and_move_are_heard() -> None:
    case = Listened("A", "listen", "C")
    case.heard()
    cells = case.snapshot.notebook.cells
    case.change(replace(case.snapshot.notebook, cells=(cells[2], cells[1], cells[0])))
    assert case.heard() == "c2:C, c0:A"
    case.change(splice(case.snapshot.notebook, 0, 1))
    assert case.heard() == "c0:A"
    case.change(splice(case.snapshot.notebook, 0, 0, [Cell("new", "none", "N")]))
    assert case.heard() == "new:N, c0:A"


def test_the_notebook_itself_is_heard() -> None:
    case = Listened("A", "listen")
    case.heard()
    case.change(replace(case.snapshot.notebook, metadata={"motto": "M"}))
    assert case.heard() == ":M, c0:A"
    case.change(replace(case.snapshot.notebook, metadata={"motto": "M"}))
    assert case.heard() == ":M, c0:A"
    assert case.looked == []


def test_an_edited_notebook_says_what_one_opened_anew_does() -> None:
    case = Listened("A", "listen", "C D", "listen E")
    case.heard()
    case.edit(3, "F")
    case.change(splice(case.snapshot.notebook, 2, 1))
    anew = Listened()
    anew.change(case.snapshot.notebook)
    assert case.heard() == anew.heard() == "c0:A, c3:F"
