"""Which of many names are offered: those that match best what is typed. Editors match loosely, each in its own way."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

T = TypeVar("T")

MOST = 200  # items that are offered at once; whoever types on asks again


NOT_AT_ALL = 3  # the distance of names that do not match


def distance(typed: str, name: str) -> int:
    """How far a name is from what is typed, both case folded: it begins so, has it in it, has its letters in order, or
    has not."""
    if name.startswith(typed):
        return 0
    if typed in name:
        return 1
    letters = iter(name)
    return 2 if all(letter in letters for letter in typed) else NOT_AT_ALL


def best_first(items: Iterable[T], typed: str, name: Callable[[T], str], order: Callable[[T], Any]) -> list[T]:
    """Items that are too many to be offered all: what matches goes first, then by their order."""
    if not typed:
        return sorted(items, key=order)
    folded = typed.casefold()
    return sorted(items, key=lambda item: (distance(folded, name(item).casefold()), order(item)))
