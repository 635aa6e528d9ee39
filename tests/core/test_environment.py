from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from polycell.core.environment import Binding, Exports, NoSources, Owners, View
from polycell.core.hosts import HOSTS, host
from polycell.core.types import FLOAT64, INT64, UNKNOWN, Scalar


def owners(*cells: tuple[Binding, ...]) -> Owners:
    made = Owners()
    for index, bindings in enumerate(cells):
        made.add(index, Exports(bindings))
    return made


def view(made: Owners, index: int, language: str = "python", **more: object) -> View:
    return View(made, index, language, host("jupyter"), NoSources(), **more)  # type: ignore[arg-type]


A1, A2 = Binding("a", Scalar(INT64)), Binding("a", Scalar(FLOAT64))


def test_the_nearest_definition_above_wins() -> None:
    made = owners((A1,), (A2,), ())
    assert view(made, 2).lookup("a") == A2
    assert view(made, 1).lookup("a") == A1
    assert view(made, 0).lookup("a") is None
    assert view(made, 0).defined_later("a")


def test_a_deleted_name_is_gone_until_bound_again() -> None:
    made = owners((A1,), (Binding("a", kind="deleted"),), (A2,))
    assert view(made, 2).lookup("a") is None
    assert view(made, 3).lookup("a") == A2
    assert "a" not in {b.name for b in view(made, 2).bindings()}


def test_folding_prefers_the_exact_spelling() -> None:
    upper = Binding("A", UNKNOWN)
    made = owners((A1,), (upper,))
    assert view(made, 2).lookup_folded("a") == A1
    assert view(made, 2).lookup_folded("A") == upper
    assert view(made, 1).lookup_folded("A") == A1
    assert view(made, 1).lookup("A") is None


def test_a_view_records_each_answer_and_can_be_asked_again() -> None:
    record: dict = {}
    first = view(owners((A1,)), 1, record=record)
    first.lookup("a")
    first.lookup("b")
    first.defined_later("b")
    assert len(record) == 3
    changed = view(owners((A2,)), 1)
    assert [changed.answer(q) == answer for q, answer in record.items()] == [False, True, True]


def test_what_an_overlay_answers_is_not_recorded() -> None:
    record: dict = {}
    seen = view(owners((A1,)), 1, record=record).with_overlay({"a": A2})
    assert seen.lookup("a") == A2
    assert record == {}


def test_a_fragment_of_another_language_sees_its_own_spaces_and_records_so() -> None:
    record: dict = {}
    stored = Binding("t", UNKNOWN, kind="table", space="catalog")
    made = owners((stored,))
    inner = view(made, 1, record=record).with_overlay({}, "sql")
    assert inner.lookup("t") == stored
    outer = view(made, 1)
    assert outer.lookup("t") is None
    assert all(outer.answer(q) == answer for q, answer in record.items())


def test_a_copy_of_owners_is_independent() -> None:
    made = owners((A1,))
    copy = made.copy()
    copy.add(1, Exports((A2,), ("exec",)))
    copy.remove(0, Exports((A1,)))
    assert view(made, 5).lookup("a") == A1
    assert view(made, 5).opens() == ()
    assert view(copy, 5).lookup("a") == A2
    assert view(copy, 5).opens() == ("exec",)


def test_the_nearest_names_come_first() -> None:
    made = owners((A1, Binding("c")), (Binding("b"),), (Binding("aa"),), (), (Binding("a3"),))
    assert [(d, b.name) for d, b in view(made, 3).nearest()] == [(1, "aa"), (2, "b"), (3, "a"), (3, "c")]
    assert [b.name for _, b in view(made, 3).nearest("A")] == ["aa", "a"]


_bindings = st.builds(
    Binding,
    st.sampled_from("aAbB"),
    st.sampled_from([Scalar(INT64), Scalar(FLOAT64)]),
    st.sampled_from(["variable", "deleted"]),
    st.sampled_from(["python", "sql", "catalog"]),
)
_cells = st.lists(st.lists(_bindings, max_size=3, unique_by=lambda b: b.name), max_size=5)


@given(_cells, st.integers(0, 5), st.sampled_from(sorted(HOSTS)), st.sampled_from(["", "a"]), st.lists(_bindings))
def test_nearest_and_bindings_are_the_same_names(
    cells: list[list[Binding]], index: int, row: str, prefix: str, above: list[Binding]
) -> None:
    seen = View(owners(*map(tuple, cells)), index, "python", host(row), NoSources())  # type: ignore[arg-type]
    seen = seen.with_overlay({b.name: b for b in above})
    assert sorted(map(repr, seen.bindings(prefix))) == sorted(repr(b) for _, b in seen.nearest(prefix))
