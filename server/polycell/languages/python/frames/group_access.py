"""Selecting columns of groups."""

from __future__ import annotations

from polycell.core.types import UNKNOWN, GroupBy, Type
from polycell.core.values import replace


def select(groups: GroupBy, names: str | list[str] | None) -> Type:
    """`g["a"]`, `g.a`: one column; `g[["a", "b"]]`: several."""
    if groups.selected is not None:
        return UNKNOWN
    if isinstance(names, str):
        return replace(groups, selected=(names,), single=True)
    if isinstance(names, list) and all(isinstance(n, str) for n in names) and len(set(names)) == len(names):
        return replace(groups, selected=tuple(names))
    return UNKNOWN
