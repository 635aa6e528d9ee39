"""What can be folded in a Python cell, as lines from 1."""

from __future__ import annotations

import pytest

from polycell.core.folding import folds
from polycell.core.text import LineIndex
from tests.dsl import load


def folded(text: str) -> list[tuple[int, int, str]]:
    case = load(text)
    lines = LineIndex(case.notebook.cells[0].text)
    found = folds(case.snapshot, case.session.services, 0)
    return sorted({(lines.position(f.span.start).line + 1, lines.position(f.span.end).line + 1, f.kind) for f in found})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("if a:\n    b\nelif c:\n    d\n\n# e\nelse:\n    f\ng", [(1, 2, ""), (3, 4, ""), (7, 8, "")]),
        ("df = (\n    x.y(\n        1)\n)\n", [(1, 3, ""), (2, 3, "")]),
        ("def f(\n    a,\n):\n    return a", [(1, 2, ""), (1, 4, "")]),
        ('a = """\n(\n"""', [(1, 3, "")]),
        ("# a\n# b\nx  # c\n# d\n# e", [(1, 2, "comment"), (4, 5, "comment")]),
        ("import a\nfrom b import *\nfrom c import (\n  d,\n)\n\nimport e", [(1, 7, "imports"), (3, 4, "")]),
        ("# region in\nx\n# endregion", [(1, 3, "region")]),
        ("%%time\nfor i in x:\n    !ls\n    %timeit i\n", [(2, 4, "")]),
        ("match a:\n    case 1:\n        b\n    case _: c", [(1, 4, ""), (2, 3, "")]),
        ("for i in x:\n    f(\n", [(1, 2, "")]),
        ("x = 1\n\\\n", []),
    ],
)  # fmt: skip
def test_folds(text: str, expected: list[tuple[int, int, str]]) -> None:
    assert folded(text) == expected


def test_of_a_cell_too_large_to_read_nothing_is_folded() -> None:
    assert folded("a = [\n    1,\n]\n") == [(1, 2, "")]
    assert folded("a = [\n    1,\n]\n" * 2_000) == []
