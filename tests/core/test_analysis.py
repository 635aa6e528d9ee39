"""Incremental analysis: constant work per edit, early cutoff, and equality with a rebuild."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polycell.core.analysis import OUTDATED_KEPT, Analysis
from polycell.core.notebook import Cell, Notebook, replace_cell, splice
from polycell.core.session import Session
from polycell.core.values import replace
from tests.core.toy import cells, everything, notebook, session, toy_services

Log = list[tuple[str, str]]


def opened(*texts: str, host: str = "jupyter") -> tuple[Session, Notebook, Log]:
    log: Log = []
    made = session(log)
    book = notebook(*texts, host=host)
    made.update(book)
    everything(made)
    log.clear()
    return made, book, log


def edit(made: Session, book: Notebook, cell: str, text: str) -> Notebook:
    index = book.index(cell)
    assert index is not None
    book = replace_cell(book, Cell(cell, book.cells[index].language, text))
    made.update(book)
    everything(made)
    return book


def counted(log: Log, what: str) -> list[str]:
    return sorted(cell for kind, cell in log if kind == what)


def test_opening_computes_each_cell_once() -> None:
    log: Log = []
    made = session(log)
    made.update(notebook("a = 1", "b = a", "c = b"))
    everything(made)
    for what in ("facts", "exports", "diagnose"):
        assert counted(log, what) == ["c0", "c1", "c2"]


def test_an_edit_that_changes_no_export_recomputes_one_cell() -> None:
    made, book, log = opened("a = 1", "b = a", "c = b")
    edit(made, book, "c0", "  a = 1")
    assert counted(log, "facts") == ["c0"]
    assert counted(log, "exports") == ["c0"]
    assert counted(log, "diagnose") == ["c0"]


def test_an_edit_reaches_exactly_the_cells_that_use_what_changed() -> None:
    made, book, log = opened("a = 1", "x = 5", "b = a", "y = x", "c = b")
    edit(made, book, "c0", "a = 1 2")
    assert counted(log, "facts") == ["c0"]
    assert counted(log, "exports") == ["c0", "c2", "c4"]


def test_a_changed_origin_alone_stops_at_the_edited_cell() -> None:
    made, book, log = opened("a = 1", "b = a")
    edit(made, book, "c0", "# moved\nz = 1\na = 1")
    assert counted(log, "exports") == ["c0"], "c1 asked about `a` only, and `a` is what it was"


@pytest.mark.parametrize("size", [10, 100, 1000])
def test_work_per_edit_does_not_grow_with_the_notebook(size: int) -> None:
    made, book, log = opened(*[f"v{i} = {i}" if i % 3 else f"v{i} = v{max(i - 1, 0)}" for i in range(size)])
    edit(made, book, "c1", "v1 = 7 8")
    assert len(log) <= 3 + 2, log


def test_shadowing_stops_the_propagation() -> None:
    made, book, log = opened("a = 1", "a = 1", "b = a")
    edit(made, book, "c0", "a = 1 2")
    assert "c2" not in counted(log, "exports")


def test_a_definition_below_changes_findings_above() -> None:
    made, book, log = opened("b = a", "c = 1")
    found = made.snapshot("toy:notebook")
    assert found is not None
    assert [f.code for f in found.analysis.findings(0)] == ["missing"]
    edit(made, book, "c1", "a = 1")
    found = made.snapshot("toy:notebook")
    assert found is not None
    assert [f.code for f in found.analysis.findings(0)] == ["later", "missing"]
    assert counted(log, "exports") == ["c1"]
    assert counted(log, "diagnose") == ["c0", "c1"]


def test_moving_a_cell_looks_again_only_at_those_that_can_see_it() -> None:
    made, book, log = opened("a = 1", "b = a", "u = 1", "w = u")
    moved = splice(splice(book, 0, 1), 1, 0, [book.cells[0]])  # b, a, u, w
    made.update(moved)
    assert everything(made) == _fresh(moved)
    assert counted(log, "facts") == []
    assert counted(log, "exports") == ["c1"]


def test_deleting_an_unrelated_cell_recomputes_nothing() -> None:
    made, book, log = opened("a = 1", "z = 1", "b = a")
    made.update(splice(book, 1, 1))
    everything(made)
    assert log == []


def test_opening_a_name_space_below_leaves_cells_above_alone() -> None:
    made, book, _log = opened("b = a", "c = 1", "d = q")
    edit(made, book, "c1", "open!")
    found = made.snapshot("toy:notebook")
    assert found is not None
    assert found.analysis.findings(0), "the cell above cannot see the names that may come"
    assert not found.analysis.findings(2)


def test_a_defective_service_costs_its_own_answers_only(caplog: pytest.LogCaptureFixture) -> None:
    made = session()
    made.update(Notebook("toy:notebook", (*cells("x", language="broken"), *cells("a = 1", first=1))))
    first, second = everything(made)
    assert first == (type(second[0])(), ())
    assert second[0].bindings[0].name == "a"
    assert "failed in cell c0" in caplog.text


def test_a_snapshot_keeps_its_state_when_the_session_goes_on() -> None:
    made, book, _ = opened("a = 1", "b = a")
    before = made.snapshot("toy:notebook")
    assert before is not None
    kept = [before.analysis.exports(i) for i in (0, 1)]
    edit(made, book, "c0", "a = 1 2 3")
    assert [before.analysis.exports(i) for i in (0, 1)] == kept


def test_settling_stops_at_the_deadline_and_goes_on_later() -> None:
    analysis = Analysis(notebook(*[f"v{i} = {i}" for i in range(50)]), toy_services(), session()._sources)
    assert not analysis.settle(deadline=time.monotonic() - 1)
    assert not analysis.settled
    assert analysis.settle(until=3)
    assert analysis.exports(3).bindings
    assert not analysis.exports(49).bindings
    assert analysis.settle()
    assert analysis.exports(49).bindings


def test_a_half_settled_analysis_can_be_advanced() -> None:
    book = notebook("a = 1", "b = a", "c = b")
    analysis = Analysis(book, toy_services(), session()._sources)
    analysis.settle(until=0)
    longer = splice(book, 1, 0, cells("q = a", first=9))
    advanced = analysis.advance(longer)
    advanced.settle()
    assert tuple(advanced.exports(i) for i in range(4)) == tuple(e for e, _ in _fresh(longer))


class Changing:
    """A source whose answer the test changes."""

    def __init__(self) -> None:
        self.value = 1

    def read(self, key: object) -> int:
        return self.value


def test_data_flow_hosts_see_cells_below_and_cycles_end() -> None:
    made = session()
    made.update(notebook("b = a", "a = 1", host="marimo"))
    (first, _), _ = everything(made)
    assert "missing" not in repr(first)
    made.update(notebook("b = a", "a = b", host="marimo"))
    everything(made)


def test_a_cycle_ends_in_slices_too() -> None:
    analysis = Analysis(notebook("a = b 1", "b = a 2", host="marimo"), toy_services(), session()._sources)
    slices = 0
    while not analysis.settle(deadline=time.monotonic()):
        slices += 1
        assert slices < 50


def _fresh(book: Notebook) -> tuple[object, ...]:
    made = session()
    made.update(book)
    return everything(made)


NAMES = st.sampled_from(["a", "b", "c", "d"])
LINE = st.builds(lambda n, ws: f"{n} = {' '.join(ws)}", NAMES, st.lists(st.one_of(NAMES, st.just("1")), max_size=3))
TEXT = st.lists(LINE, max_size=3).map("\n".join)
OPERATION = st.one_of(
    st.tuples(st.just("edit"), st.integers(0, 9), TEXT),
    st.tuples(st.just("insert"), st.integers(0, 9), TEXT),
    st.tuples(st.just("delete"), st.integers(0, 9), st.integers(1, 3)),
    st.tuples(st.just("move"), st.integers(0, 9), st.integers(0, 9)),
    st.tuples(st.just("look"), st.integers(0, 9), st.just(0)),
)


@pytest.mark.parametrize("host", ["jupyter", "polynote"])
@settings(max_examples=150, deadline=None)
@given(start=st.lists(TEXT, max_size=5), operations=st.lists(OPERATION, max_size=8))
def test_any_edit_sequence_equals_a_rebuild(
    host: str, start: list[str], operations: list[tuple[str, int, object]]
) -> None:
    made = session()
    book = notebook(*start, host=host)
    made.update(book)
    fresh = 100
    for kind, at, what in operations:
        count = len(book.cells)
        if kind == "insert":
            fresh += 1
            book = splice(book, at % (count + 1), 0, [Cell(f"n{fresh}", "toy", str(what))])
        elif count == 0:
            continue
        elif kind == "edit":
            book = replace_cell(book, replace(book.cells[at % count], text=str(what)))
        elif kind == "delete":
            assert isinstance(what, int)
            book = splice(book, at % count, what)
        elif kind == "move":
            assert isinstance(what, int)
            cell = book.cells[at % count]
            book = splice(splice(book, at % count, 1), what % count, 0, [cell])
        else:
            snapshot = made.snapshot(book.uri)
            assert snapshot is not None
            snapshot.analysis.settle(until=at)
            continue
        made.update(book)
    assert everything(made) == _fresh(book)


def test_types_nested_without_end_are_data() -> None:
    size = 400
    made, book, _ = opened(*[f"v{i} = v{i - 1}" if i else "v0 = 1" for i in range(size)])
    edit(made, book, "c0", "v0 = 2 3")
    made.update(splice(book, 10, 1))
    assert everything(made)


def test_of_texts_that_a_cell_no_longer_has_the_last_few_are_kept() -> None:
    made, book, log = opened("a = 1", "b = a")
    kept = made._memo.facts
    for number in range(3 * OUTDATED_KEPT):
        book = edit(made, book, "c1", f"b = a + {number}")
    assert len(kept) == 2 + OUTDATED_KEPT
    log.clear()
    edit(made, book, "c1", f"b = a + {3 * OUTDATED_KEPT - 2}")  # undone
    assert counted(log, "facts") == []
    made.close(book.uri)
    assert len(kept) <= OUTDATED_KEPT + 1


def test_closing_a_notebook_frees_what_its_cells_say() -> None:
    made, book, log = opened("a = 1", "b = a")
    made.close(book.uri)
    assert not made._memo.facts
    made.update(book)
    everything(made)
    assert counted(log, "facts") == ["c0", "c1"]
