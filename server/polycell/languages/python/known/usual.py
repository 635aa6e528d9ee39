"""Which names people use of modules and of values, the most usual first.

The words are data (`usual.txt`): counted over 1,600 notebooks of 66 public repositories, by the number of repositories
in which some notebook uses a name, then by the number of uses. A line says what is used of a module or class, the first
(`*`) what stands behind a dot of any value. Left out is what fewer than two repositories use, of values fewer than
three. Whether a name exists at all is told by the engine; nothing is offered because it stands here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from polycell.languages.python.known.rows import rows

ANY = "*"
FOREMOST = 20  # names that stand before the alphabet: more of them are no easier to find than in it

# Counted in the same notebooks.
BUILTINS = """
print len str range list int type open float enumerate zip dict set sum max round sorted Exception min input map
isinstance next object ValueError super abs tuple bool iter dir filter globals any RuntimeError slice all KeyError repr
help TypeError property ord reversed eval ImportError hasattr hash id chr classmethod
"""
BUILTIN_RANK: Mapping[str, int] = {name: rank for rank, name in enumerate(BUILTINS.split())}


def foremost(names: Iterable[str], owner: str) -> dict[str, int]:
    """The most usual of `names`, each with its place: used of a module or class `owner`, or of any value (`ANY`)."""
    known = _by_owner().get(owner)
    if known is None:
        return {}
    found = sorted((known[name], name) for name in names if name in known)
    return {name: place for place, (_, name) in enumerate(found[:FOREMOST])}


@lru_cache(maxsize=1)
def _by_owner() -> Mapping[str, Mapping[str, int]]:
    return {owner: {name: rank for rank, name in enumerate(names.split())} for owner, names in rows("usual.txt")}
