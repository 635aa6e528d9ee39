"""Altair code as the specification that it makes, read from its syntax tree: nothing is run.

What is not certain gives None. A chart may be put together of others, and of names that the cell binds once to such.
Source: altair 5 and 6, `Chart.to_dict` and the operators of its charts.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from polycell.tables.charts.altair.literals import is_plain
from polycell.tables.charts.altair.reading.charts import chart
from polycell.tables.charts.altair.reading.parameters import JOINED, placed
from polycell.tables.charts.altair.reading.types import typed
from polycell.tables.charts.altair.reading.values import MADE, Names, Spec, UnclearError

__all__ = ["Names", "data_of", "frames_of", "specification"]


def specification(node: ast.expr, names: Names) -> Spec | None:
    """The specification of a chart, its data by the names of variables: `{"data": {"name": "df"}, …}`."""
    try:
        content = placed(typed(chart(node, names, 0), names))
    except (UnclearError, ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
    return content if is_plain(content) and _is_whole(content) else None


def data_of(content: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Spec]]:
    """The data objects of a specification with their paths."""
    if isinstance(content, list):
        for at, inner in enumerate(content):
            yield from data_of(inner, (*path, at))
    elif isinstance(content, dict):
        for key, inner in content.items():
            if key == "data" and isinstance(inner, dict):
                yield (*path, key), inner
            elif key in (*JOINED, "spec", "transform", "from"):
                yield from data_of(inner, (*path, key))


def frames_of(content: Any) -> set[str]:
    """The variables whose rows a specification draws."""
    return {str(data["name"]) for _, data in data_of(content) if "name" in data and not MADE & set(data)}


def _is_whole(content: Spec) -> bool:
    """Whether every view of it has a mark."""
    parts = [view for key in JOINED for view in content.get(key, ())]
    if "spec" in content:
        parts.append(content["spec"])
    return all(map(_is_whole, parts)) if parts else "mark" in content
