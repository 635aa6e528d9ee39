"""Walks over a cell's statements that go on where the cell begins to differ from what was walked a moment ago.

Whoever types changes one statement, and the nodes of those above and below it stay the very same (`trees`). What a walk
has gathered behind the last of those above holds as long as they are; what it gathered over those below may be taken
over by whoever knows what that hangs on.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

_KEPT = 8  # cells of which it is remembered


class Rest(Struct, frozen=True, eq=False):
    """`gathered` over the last `count` statements."""

    count: int
    gathered: Any


class _Walked(Struct, frozen=True, eq=False):
    body: Sequence[ast.stmt]
    count: int
    gathered: Mapping[str, Any]
    rest: Rest | None


class Behind(Struct, frozen=True):
    """`gathered` behind the first `count` statements (None and 0: nothing). Behind the first `split` it is to be kept:
    these are what the cell has in common with what was walked before, and so are the last `common` ones. `rest`: what
    was gathered over the last of these; None where it is to be gathered."""

    count: int
    gathered: Mapping[str, Any] | None
    split: int
    common: int = 0
    rest: Rest | None = None


class Walks:
    """What walks of one kind have gathered in the cells that are being typed. `few` statements are walked again rather
    than remembered."""

    def __init__(self, few: int) -> None:
        self._few = few
        self._walked: tuple[_Walked, ...] = ()  # the last one last

    def behind(self, body: Sequence[ast.stmt]) -> Behind | None:
        """Where to begin; None in a cell that is short."""
        if len(body) <= self._few:
            return None
        for walked in self._walked:
            if walked.body[0] is body[0]:
                same = _shared(walked.body, body)
                split = min(same, len(body) - 1)
                common, rest = self._below(walked, body, split)
                if not 0 < walked.count <= same:
                    return Behind(0, None, split, common, rest)
                further = split if split - walked.count > self._few else walked.count
                return Behind(walked.count, walked.gathered, further, common, rest)
        for walked in self._walked:
            if walked.body[-1] is body[-1]:
                common, rest = self._below(walked, body, 0)
                return Behind(0, None, len(body) - 1, common, rest)
        return Behind(0, None, len(body) - 1)  # most is typed at the end

    def _below(self, walked: _Walked, body: Sequence[ast.stmt], split: int) -> tuple[int, Rest | None]:
        """`common` and `rest` of a cell that begins to differ behind so many statements."""
        common = min(_shared(walked.body[::-1], body[::-1]), len(body) - split)
        rest = walked.rest
        return common, rest if rest is not None and common - self._few <= rest.count <= common else None

    def keep(self, body: Sequence[ast.stmt], count: int, gathered: Mapping[str, Any], rest: Rest | None = None) -> None:
        others = [
            walked for walked in self._walked if walked.body[0] is not body[0] and walked.body[-1] is not body[-1]
        ]
        self._walked = (*others[1 - _KEPT :], _Walked(body, count, gathered, rest))


def _shared(a: Sequence[ast.stmt], b: Sequence[ast.stmt]) -> int:
    """How many leading statements are the very same."""
    pairs = enumerate(zip(a, b, strict=False))
    return next((at for at, (old, new) in pairs if old is not new), min(len(a), len(b)))
