"""Answers to questions that take long: worked out off the caller's thread, kept, and told when they come or change.

The threads are daemons: a read that hangs (a dead network folder) never keeps the process from ending.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Hashable, Iterable
from typing import Generic, TypeVar

log = logging.getLogger(__name__)

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

OnReady = Callable[[tuple[Hashable, ...]], None]


class Answers(Generic[K, V]):
    """`work` gives the answer to a key and never raises. `lasts`: for how many seconds an answer is good; whoever asks
    later still gets it, and it is worked out again. `unasked`: after how many seconds it is worked out again even if
    nobody asks; None for never.

    `on_ready(keys)` is called from a thread of ours. Without workers everything is worked out in the caller's thread.
    """

    def __init__(
        self,
        work: Callable[[K], V],
        on_ready: OnReady | None = None,
        *,
        workers: int = 2,
        lasts: Callable[[V], float] = lambda answer: float("inf"),
        unasked: Callable[[V], float | None] = lambda answer: None,
        name: str = "polycell",
    ) -> None:
        self._work = work
        self._on_ready = on_ready
        self._workers = workers
        self._lasts = lasts
        self._unasked = unasked
        self._name = name
        self._lock = threading.Lock()
        self._kept: dict[K, tuple[V, float]] = {}  # with the time at which it is no longer good
        self._under_way: set[K] = set()
        self._untold: set[K] = set()  # answered for the first time, of which nobody has been told yet
        self._queue: queue.SimpleQueue[K | None] = queue.SimpleQueue()
        self._threads = 0
        self._closed = False

    def get(self, key: K) -> V | None:
        """The answer as far as it is known; None while it is worked out for the first time."""
        with self._lock:
            found = self._kept.get(key)
            if self._closed or (found is not None and time.monotonic() < found[1]):
                return found[0] if found is not None else None
            if self._workers:
                self._start(key)
                return found[0] if found is not None else None
        return self._answer(key)

    def first_reads(self) -> frozenset[K]:
        """What is asked for and not known yet; until its answer has been told of."""
        with self._lock:
            return frozenset(key for key in self._under_way if key not in self._kept) | self._untold

    def known(self) -> list[K]:
        with self._lock:
            return list(self._kept)

    def again(self, keys: Iterable[K]) -> None:
        """Work these out again, and tell of those that changed."""
        keys = list(keys)
        with self._lock:
            if self._workers:
                for key in keys:
                    self._start(key)
                return
            told = [key for key in keys if self._kept.pop(key, None) is not None]
        if told and self._on_ready is not None:
            self._on_ready(tuple(told))

    def close(self) -> None:
        with self._lock:
            self._closed = True
            for _ in range(self._threads):
                self._queue.put(None)

    # -- with the lock held

    def _start(self, key: K) -> None:
        if self._closed or key in self._under_way:
            return
        self._under_way.add(key)
        self._queue.put(key)
        if self._threads < min(self._workers, len(self._under_way)):
            self._threads += 1
            threading.Thread(target=self._serve, name=f"{self._name}-{self._threads}", daemon=True).start()

    # -- in a thread of ours

    def _serve(self) -> None:
        while (key := self._queue.get()) is not None:
            with self._lock:
                before = self._kept.get(key)
            after = self._answer(key)
            with self._lock:
                closed = self._closed
            if closed:
                return
            later = self._unasked(after)
            if later is not None:
                timer = threading.Timer(later, self.again, ((key,),))
                timer.daemon = True
                timer.start()
            if self._on_ready is not None and (before is None or before[0] is not after):
                try:
                    self._on_ready((key,))
                except Exception:
                    log.exception("telling of an answer failed")
            with self._lock:
                self._untold.discard(key)

    def _answer(self, key: K) -> V:
        made = self._work(key)
        with self._lock:
            before = self._kept.get(key)
            if before is not None and before[0] == made:
                made = before[0]  # whoever compares what was asked finds the very same object
            if before is None and key in self._under_way:
                self._untold.add(key)
            self._kept[key] = (made, time.monotonic() + self._lasts(made))
            self._under_way.discard(key)
        return made


T = TypeVar("T")


def within(seconds: float, work: Callable[[], T], late: Callable[[T], None] | None = None) -> T:
    """What `work` returns or raises; TimeoutError when it takes longer, while its thread goes on alone. `late` is then
    given there what it returns at last."""
    outcome: list[tuple[T | None, BaseException | None]] = []
    left = threading.Event()

    def run() -> None:
        try:
            value = work()
        except BaseException as problem:
            outcome.append((None, problem))
            return
        outcome.append((value, None))
        if left.is_set() and late is not None:
            late(value)

    thread = threading.Thread(target=run, name="polycell-read", daemon=True)
    thread.start()
    thread.join(seconds)
    left.set()
    if not outcome:
        raise TimeoutError(f"no end within {seconds:g} s")
    value, problem = outcome[0]
    if problem is not None:
        raise problem
    return value  # type: ignore[return-value]
