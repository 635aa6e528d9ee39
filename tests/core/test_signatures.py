"""Which parts of a call form are parameters, and which of them an argument is for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polycell.core.signatures import parameters, written


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("f()", []),
        ("f", []),
        ("f(a, b=1) -> int", ["a", "b=1"]),
        ("f(a, /, b, *, c=(1, 2), **rest)", ["a", "b", "c=(1, 2)", "**rest"]),
        ("f(a=',', b: dict[str, int] = {}) -> (x, y)", ["a=','", "b: dict[str, int] = {}"]),
        ("f(a, b", ["a"]),
        ("count(*)", []),
    ],
)
def test_parameters(label: str, expected: list[str]) -> None:
    assert [span.of(label) for span in parameters(label)] == expected


@pytest.mark.parametrize(
    ("argument", "keyword", "expected"),
    [(0, "", "a"), (1, "", "b=1"), (2, "", "*rest"), (9, "", "*rest"), (0, "c", "c: int = 2"), (0, "z", "**more")],
)
def test_written(argument: int, keyword: str, expected: str) -> None:
    label = "f(a, b=1, *rest, c: int = 2, **more)"
    spans = parameters(label)
    found = written(label, spans, argument, keyword)
    assert found is not None
    assert spans[found].of(label) == expected


def test_what_is_too_much_is_no_parameter() -> None:
    assert written("f(a)", parameters("f(a)"), 1) is None
    assert written("f(a)", parameters("f(a)"), 0, "b") is None


@given(st.text("f(a, b=1)[]'\"*/…:é", max_size=30), st.integers(0, 5))
def test_any_label(label: str, argument: int) -> None:
    spans = parameters(label)
    assert all(0 <= s.start < s.end <= len(label) for s in spans)
    found = written(label, spans, argument)
    assert found is None or 0 <= found < len(spans)
