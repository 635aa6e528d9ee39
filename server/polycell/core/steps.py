"""Long work in steps: a generator that stops where others may have their turn, and returns its answer at the end.

Who has nobody waiting runs it at once; the server runs it in slices.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

T = TypeVar("T")
Steps = Generator[None, None, T]


def at_once(steps: Steps[T]) -> T:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            answer: T = end.value
            return answer
