"""Items in the order in which they are sent, since editors sort by what we number."""

from __future__ import annotations

from polycell.core.matching import MOST
from polycell.core.results import Completion, CompletionKind
from polycell.core.text import Span
from polycell.lsp.answers import best
from tests.counting import calls

WORD = Span(0, 0)


def _labels(*items: tuple[str, CompletionKind, int]) -> list[str]:
    return [i.label for i in best([Completion(label, kind, WORD, rank=rank) for label, kind, rank in items], "")[0]]


def test_columns_keep_the_order_of_their_table() -> None:
    assert _labels(("price", "column", 10), ("id", "column", 10), ("amount", "column", 5)) == ["amount", "price", "id"]


def test_names_go_by_the_alphabet() -> None:
    assert _labels(("zeta", "variable", 10), ("Alpha", "function", 10), ("b", "column", 20)) == ["Alpha", "zeta", "b"]


def test_columns_keep_their_order_when_some_are_left_out() -> None:
    names = [f"c{n}" for n in range(MOST + 50)][::-1]
    chosen, cut = best([Completion(n, "column", WORD, rank=10) for n in names], "")
    assert cut
    assert [i.label for i in chosen] == names[:MOST]


def test_choosing_what_to_send_looks_at_each_item_a_few_times() -> None:
    many = [Completion(f"name{n}", "method", WORD, rank=6000) for n in range(1000)]
    assert calls(lambda: best(many, "")) <= 8 * len(many)
