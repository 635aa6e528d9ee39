"""What a library certainly refuses to do: said by the rules, which know what the arguments mean.

A rule *judges* a call each time that it is asked: with a refusal, or with None where the call may work. Only what is
refused whenever the place is walked is reported.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from polycell.core.types import Table

Matter = Literal["merge-key-types", "duplicate-columns"]  # what may be refused, by the code of its finding
LONGEST = 40  # characters of an expression that a message shows


class Remedy(Struct, frozen=True):
    """A repair: `text` written behind a node."""

    title: str
    behind: ast.expr
    text: str


class Refusal(Struct, frozen=True):
    """`message` says what the library does and what to do instead."""

    message: str
    remedies: tuple[Remedy, ...] = ()


def certain(*tables: Table) -> bool:
    """Whether all columns of the tables are known and there on every path."""
    return all(t.proves_absence and not any(c.maybe for c in t.columns) for t in tables)


def repeated(names: Iterable[str]) -> list[str]:
    """The names that come more than once, in order."""
    return [name for name, count in Counter(names).items() if count > 1]


def listed(names: Iterable[str]) -> str:
    """For people: `a`, `b` and `c`."""
    quoted = [f"`{name}`" for name in names]
    return " and ".join(filter(None, (", ".join(quoted[:-1]), quoted[-1])))


def shown(text: str, otherwise: str) -> str:
    """An expression for people, where it is short."""
    return f"`{text}`" if text and len(text) <= LONGEST and "`" not in text and "\n" not in text else otherwise
