"""When garbage is looked for. Nearly all of it is freed by reference counts; a collection finds cycles, and stops
everything for as long as it takes to look at what lives: 30-80 ms at each full one with a large notebook open."""

from __future__ import annotations

import gc


def put_off() -> None:
    """None while the server starts: all that is loaded then stays, and looking at it took a seventh of the imports."""
    gc.disable()


def make_rare() -> None:
    """From now on let the young be looked at seldom, and everything hardly ever: a slice of the loop's work stays as
    short as it was planned."""
    gc.set_threshold(20_000, 20, 50)
    gc.enable()


def keep_what_is_loaded() -> None:
    """What is loaded now stays: no collection looks at it again."""
    gc.freeze()
