"""matplotlib's axes in arrays, of which its annotations say nothing."""

from __future__ import annotations

import ast

from polycell.core.types import UNKNOWN, Collection, Opaque, Type
from polycell.languages.python.frames.registry import Call, function
from polycell.languages.python.syntax.values import NOT_KNOWN, collection

GRID = "grid"  # a numpy array of objects, as a Collection: of rows where it has two dimensions
AXES = Opaque("matplotlib.axes.Axes")
_FIGURE = Opaque("matplotlib.figure.Figure")


@function("matplotlib.pyplot.subplots", "nrows ncols sharex sharey squeeze width_ratios height_ratios **")
def subplots(call: Call) -> Type:
    """The figure, and its axes where there are several; of one, matplotlib's annotations say what it is."""
    rows, columns, squeeze = call.value("nrows", 1), call.value("ncols", 1), call.value("squeeze", True)
    if call.extra and call.extra.keys() & {"subplot_kw"}:
        return UNKNOWN  # other axes, with more members
    if squeeze is False:
        dimensions = 2
    elif squeeze is not True or NOT_KNOWN in (rows, columns):
        return UNKNOWN
    else:
        dimensions = (rows != 1) + (columns != 1)
    if not dimensions:
        return UNKNOWN
    line = Collection(GRID, AXES)
    return collection("tuple", (_FIGURE, line if dimensions == 1 else Collection(GRID, line)))


def cell(grid: Collection, where: ast.expr) -> Type:
    """`axes[0]`, `axes[i, j]`, `axes[:, 0]`: each index takes one dimension away."""
    found: Type = grid
    for part in where.elts if isinstance(where, ast.Tuple) else [where]:
        if isinstance(part, ast.Slice):
            continue
        if not isinstance(found, Collection) or found.kind != GRID:
            return UNKNOWN
        found = found.element or UNKNOWN
    return found


def flat(grid: Collection) -> Collection:
    """All in one row: `axes.flat`, `axes.ravel()`."""
    inner = grid.element
    return flat(inner) if isinstance(inner, Collection) and inner.kind == GRID else grid
