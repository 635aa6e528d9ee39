"""Axes of a figure with several: what an expression is, held against matplotlib."""

from __future__ import annotations

import textwrap
from typing import Any

import matplotlib
import pytest
from matplotlib.axes import Axes

from polycell.core.types import Opaque, Type
from polycell.languages.python.frames.figures import AXES
from tests.languages.python.oracle import ours

GRIDS = ["", "1, 1", "2", "1, 2", "2, 2", "2, squeeze=False", "nrows=1, ncols=3", "1, 1, squeeze=False"]
READ = """
one = axes[0]
two = axes[0][1]
pair = axes[0, 1]
i = int("0")
free = axes[i, i]
line = axes[:, 0]
again = axes[:, 0][i]
for looped in axes.flat:
    pass
for flattened in axes.flatten():
    pass
for at, numbered in enumerate(axes.ravel()):
    pass
for zipped, _ in zip(axes.flat, "ab"):
    pass
listed = [ax for ax in axes.flat][0]
for row in axes:
    pass
"""
NAMES = ["one", "two", "pair", "free", "line", "again", "looped", "flattened", "numbered", "zipped", "listed", "row"]


def real(grid: str) -> dict[str, Any]:
    matplotlib.use("Agg")
    names: dict[str, Any] = {}
    exec(f"import matplotlib.pyplot as plt\nfig, axes = plt.subplots({grid})\nplt.close(fig)", names)
    for statement in READ.replace(":\n    pass", ": pass").strip().splitlines():
        try:
            exec(statement, names)
        except (TypeError, IndexError, AttributeError):  # not of this shape
            continue
    return names


@pytest.mark.parametrize("grid", GRIDS)
def test_axes_agree_with_matplotlib(grid: str) -> None:
    held = real(grid)
    said: dict[str, Type] = ours(
        f"import matplotlib.pyplot as plt\nfig, axes = plt.subplots({grid})\n{textwrap.dedent(READ)}"
    )
    for name in (
        "one",
        "two",
        "pair",
        "free",
        "line",
        "again",
        "looped",
        "flattened",
        "numbered",
        "zipped",
        "listed",
        "row",
    ):
        if said[name] == AXES and name in held:
            assert isinstance(held[name], Axes), name
        elif name in held and not isinstance(held["axes"], Axes):
            assert not isinstance(held[name], Axes), f"{name} is not known"


def test_other_projections_are_left_to_others() -> None:
    said = ours(
        "import matplotlib.pyplot as plt\nfig, axes = plt.subplots(2, subplot_kw={'projection': '3d'})\na = axes[0]"
    )
    assert not isinstance(said["a"], Opaque)
