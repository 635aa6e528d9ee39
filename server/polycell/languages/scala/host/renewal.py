"""When a compiler is made anew: it keeps something of every document, and cannot be told to forget."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

# Some 60 bytes stay of a character. Making it anew costs the next question a second, so it has seen so many before.
MOST_SHOWN = 500_000


@dataclass(slots=True)
class Renewal:
    """`is_full`: whether memory runs short, which is asked when it may matter alone."""

    is_full: Callable[[], bool]
    shown: int = 0  # characters since it was made

    def show(self, characters: int) -> None:
        self.shown += characters

    def due(self) -> bool:
        """Whether it is to be made anew now; whoever asks does so."""
        if self.shown <= MOST_SHOWN or not self.is_full():
            return False
        self.shown = 0
        return True
