"""Words that arguments of functions take, which no type tells: data (`words.txt`), read when it is first asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TypeAlias

from polycell.languages.python.known.rows import rows

KEY = "[]"  # the argument of `rcParams["`
AXES = "matplotlib.axes"  # whatever is drawn on with methods

# An argument, its name or its position from 0 → the words that it takes.
Accepted: TypeAlias = Mapping[str | int, Sequence[str]]


def accepted(callee: str) -> Accepted:
    """What a function takes, by its qualified name."""
    known = _read()
    module = callee.rpartition(".")[0]
    return {**known.get(f"{module}.*", {}), **known.get(callee, {})}


@lru_cache(maxsize=1)
def _read() -> Mapping[str, Accepted]:
    lists: dict[str, tuple[str, ...]] = {}
    made: dict[str, dict[str | int, Sequence[str]]] = {}
    for head, said in rows("words.txt"):
        words = lists[said[1:]] if said.startswith("@") else tuple(said.split(", "))
        if head.startswith("@"):
            lists[head[1:]] = words
        else:
            callee, _, argument = head.partition(" ")
            made.setdefault(callee, {})[int(argument) if argument.isdigit() else argument] = words
    return made
