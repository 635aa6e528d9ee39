"""Language-neutral features, on the toy language."""

from __future__ import annotations

import asyncio

from polycell.core import features
from polycell.core.notebook import Cell
from polycell.core.places import located
from polycell.core.text import Span
from polycell.core.types import Anchor
from tests.core.toy import notebook, session


def opened(*texts: str):  # type: ignore[no-untyped-def]
    made = session()
    return made, made.update(notebook(*texts))


def define(made, snapshot, cell: str, offset: int):  # type: ignore[no-untyped-def]
    return [
        (where.cell, where.span) for where in asyncio.run(features.definition(snapshot, made.services, cell, offset))
    ]


def test_definition_goes_to_the_nearest_cell_above() -> None:
    made, snapshot = opened("a = 1", "a = 2", "b = a")
    assert define(made, snapshot, "c2", 4) == [("c1", Span(0, 1))]


def test_definition_inside_the_cell_wins() -> None:
    made, snapshot = opened("a = 1", "a = 2\nb = a")
    assert define(made, snapshot, "c1", 10) == [("c1", Span(0, 1))]


def test_definition_of_an_unknown_name_is_empty() -> None:
    made, snapshot = opened("b = a")
    assert define(made, snapshot, "c0", 4) == []
    assert define(made, snapshot, "no such cell", 0) == []


def test_references_across_cells() -> None:
    made, snapshot = opened("a = 1", "b = a a", "c = b")
    found = features.references(snapshot, made.services, "c1", 4)
    assert [(r.cell, r.span) for r in found] == [("c0", Span(0, 1)), ("c1", Span(4, 5)), ("c1", Span(6, 7))]
    uses = features.references(snapshot, made.services, "c1", 4, declaration=False)
    assert [(r.cell, r.span) for r in uses] == [("c1", Span(4, 5)), ("c1", Span(6, 7))]


def test_highlights_stay_in_their_cell() -> None:
    made, snapshot = opened("a = 1", "b = a a")
    assert [(h.span, h.write) for h in features.highlights(snapshot, made.services, "c1", 5)] == [
        (Span(4, 5), False),
        (Span(6, 7), False),
    ]


def test_symbols_are_a_cells_definitions() -> None:
    _, snapshot = opened("a = 1\nb = a\na = 3")
    assert [(s.name, s.span) for s in features.symbols(snapshot, 0)] == [("a", Span(0, 1)), ("b", Span(6, 7))]


def test_findings_settle_everything_first() -> None:
    _, snapshot = opened("b = a", "a = 1")
    assert [f.code for f in features.findings(snapshot, 0)] == ["later", "missing"]


def test_markup_is_silent() -> None:
    made = session()
    book = notebook("a = 1")
    snapshot = made.update(type(book)(book.uri, (Cell("m", "toy", "b = a", kind="markup"),)))
    assert features.findings(snapshot, 0) == ()
    assert asyncio.run(features.hover(snapshot, made.services, "m", 1)) is None
    assert asyncio.run(features.complete(snapshot, made.services, "m", 1)).items == ()


def test_anchors_follow_their_token() -> None:
    _, snapshot = opened("zz = 1\na = 1 2")
    anchor = Anchor.at("a = 1", 0, "a", cell="c0")
    where = located(snapshot.notebook, anchor)
    assert where is not None
    assert where.span == Span(7, 8)
    assert located(snapshot.notebook, Anchor("gone", cell="c0")) is None
    assert located(snapshot.notebook, Anchor("a", 7, cell="c0")) is None
    assert located(snapshot.notebook, Anchor("a", cell="nowhere")) is None


def test_an_anchor_counts_occurrences() -> None:
    text = "aa a aa"
    for start in (0, 3, 5):
        found = Anchor.at(text, start, "a").find(text)
        assert found is not None
        assert found[0] == start
