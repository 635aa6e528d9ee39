"""The longest step of the event loop, in CPU time of its thread, and where it was spent: a step's callback tells which
task it is of, and what stands on the stack while it runs is looked at from a thread."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from asyncio import events
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from msgspec import Struct

SAMPLE = 0.004  # seconds between two looks at the stack
MOSTLY = 0.6  # share of a step's looks that a function must be in to be named
OURS = "/polycell/"


class Step(Struct, frozen=True):
    """`ms` of CPU, of which callback, and the innermost function of ours that was on the stack most of the time."""

    ms: float = 0.0
    callback: str = ""
    function: str = ""

    def __str__(self) -> str:
        return f"{self.ms:.0f} ms in {self.callback}" + (f", {self.function}" if self.function else "")


class Longest:
    """The longest step of the loop since it was last asked."""

    def __init__(self) -> None:
        self._longest = Step()
        self._loop = 0  # the thread of the loop
        self._stacks: list[tuple[str, ...]] = []
        self._running = False
        self._over = threading.Event()

    def take(self) -> Step:
        found, self._longest = self._longest, Step()
        return found

    @contextmanager
    def watching(self) -> Iterator[None]:
        run = events.Handle._run

        def timed(handle: Any) -> None:
            called = _name(handle)
            self._stacks, self._running = [], True
            began = time.thread_time()
            run(handle)
            took = (time.thread_time() - began) * 1000
            self._running = False
            if took > self._longest.ms:
                self._longest = Step(took, called, _innermost(self._stacks))

        self._loop = threading.get_ident()
        events.Handle._run = timed  # type: ignore[method-assign, assignment]
        looking = threading.Thread(target=self._look, daemon=True)
        looking.start()
        try:
            yield
        finally:
            events.Handle._run = run  # type: ignore[method-assign]
            self._over.set()
            looking.join()

    def _look(self) -> None:
        while not self._over.wait(SAMPLE):
            frame = sys._current_frames().get(self._loop)
            if self._running and frame is not None:
                self._stacks.append(tuple(_functions(frame)))


def _name(handle: Any) -> str:
    """Of which task, by its coroutine, or of which function the callback is."""
    callback = handle._callback
    task = getattr(callback, "__self__", None)
    if isinstance(task, asyncio.Task):
        return str(getattr(task.get_coro(), "__qualname__", task.get_name()))
    return str(getattr(callback, "__qualname__", callback))


def _functions(frame: FrameType | None) -> Iterator[str]:
    """Our functions on a stack, the innermost first. It goes on meanwhile, and what it was may be another object."""
    while isinstance(frame, FrameType):
        name = frame.f_code.co_filename
        if OURS in name:
            module = name.rpartition(OURS)[2].removesuffix(".py").replace("/", ".")
            yield f"{module}.{frame.f_code.co_qualname if sys.version_info >= (3, 11) else frame.f_code.co_name}"
        frame = frame.f_back


def _innermost(stacks: list[tuple[str, ...]]) -> str:
    looks = Counter(function for stack in stacks for function in set(stack))
    often = {function for function, seen in looks.items() if seen >= MOSTLY * len(stacks)}
    depths = ((len(stack) - at, function) for stack in stacks for at, function in enumerate(stack) if function in often)
    return max(depths, default=(0, ""))[1]
