"""The one guard of a service call: what languages and rules let escape costs one answer, not the session."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar

from polycell.core.notebook import Cell

log = logging.getLogger(__name__)
T = TypeVar("T")


def guard(what: str, cell: Cell, default: T, call: Callable[[], T]) -> T:
    """The answer of `call`; a failure is logged with its cell and answered with `default`."""
    try:
        return call()
    except Exception:
        log.exception("%s failed in cell %s (%s)", what, cell.id, cell.language)
        return default


def each_guarded(cell: Cell, default: T, calls: Iterable[tuple[str, Callable[..., T]]], *about: Any) -> tuple[T, ...]:
    """The answers of many calls about one cell, each guarded: without a call of ours for each."""
    made: list[T] = []
    for what, call in calls:
        try:
            made.append(call(*about))
        except Exception:
            log.exception("%s failed in cell %s (%s)", what, cell.id, cell.language)
            made.append(default)
    return tuple(made)


def listed(ask: Callable[..., Iterable[T]], *about: Any) -> list[T]:
    """All of a generator's answers, so that its failures are met where the guard is."""
    return list(ask(*about))


async def answered(what: str, cell: Cell, default: T, answer: Awaitable[T]) -> T:
    """The same for what is awaited."""
    try:
        return await answer
    except Exception:
        log.exception("%s failed in cell %s (%s)", what, cell.id, cell.language)
        return default
