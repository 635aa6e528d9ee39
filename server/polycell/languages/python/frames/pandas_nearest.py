"""pandas: joins of ordered frames, `merge_asof` and `merge_ordered`."""

from __future__ import annotations

from polycell.core.types import Table, Type
from polycell.languages.python.frames.columns import unknown_table, untyped
from polycell.languages.python.frames.pandas_combine import put_together
from polycell.languages.python.frames.registry import Call, function


@function("pandas.merge_asof",
          "left right on left_on right_on left_index right_index by left_by right_by suffixes tolerance "
          "allow_exact_matches direction", gives=unknown_table("pandas"))  # fmt: skip
def merge_asof(call: Call) -> Type:
    """A left join on the nearest key."""
    return _joined(call, "left", (("on", "left_on", "right_on"), ("by", "left_by", "right_by")))


@function("pandas.merge_ordered", "left right on left_on right_on left_by right_by fill_method suffixes how",
          gives=unknown_table("pandas"))  # fmt: skip
def merge_ordered(call: Call) -> Type:
    """An outer join whose rows are in order, and filled on demand."""
    how = call.value("how", "outer")
    if how not in ("inner", "left", "right", "outer") or call["left_by"] is not None or call["right_by"] is not None:
        return unknown_table("pandas")
    return untyped(_joined(call, how, (("on", "left_on", "right_on"),)))


def _joined(call: Call, how: str, keys: tuple[tuple[str, str, str], ...]) -> Table:
    left, right = call["left"], call["right"]
    suffixes = call.value("suffixes", ["_x", "_y"])
    plain = isinstance(suffixes, list) and len(suffixes) == 2 and all(isinstance(s, str) for s in suffixes)
    if not plain or left is None or right is None or call["left_index"] is not None or call["right_index"] is not None:
        return unknown_table("pandas")
    if not isinstance(left.type, Table) or not isinstance(right.type, Table) or left.type.open or right.type.open:
        return unknown_table("pandas")
    pairs: list[tuple[str, str]] = []
    for both, first, second in keys:
        ons, lefts, rights = call.texts(both), call.texts(first), call.texts(second)
        if any(call[name] is not None and call.texts(name) is None for name in (both, first, second)):
            return unknown_table("pandas")
        if ons is None and (lefts is None or rights is None or len(lefts) != len(rights)):
            if both == "on" or lefts is not None or rights is not None:
                return unknown_table("pandas")
            continue
        pairs += [(name, name) for name in ons] if ons is not None else zip(lefts or (), rights or (), strict=True)
    return put_together(left.type, right.type, pairs, how, suffixes, (), call)
