"""How much work something is, by what never flakes: the number of calls that it makes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any


def calls(work: Callable[[], Any]) -> int:
    """Calls of functions, in Python and in C, while `work` runs in this thread."""
    with counted() as made:
        work()
    return made()


@contextmanager
def counted() -> Iterator[Callable[[], int]]:
    """The same for a block, which may wait: what its event loop runs meanwhile counts too."""
    made = 0

    def count(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal made
        made += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        yield lambda: made
    finally:
        sys.setprofile(before)
