"""The tree of a chart specification: what `reader` makes and everybody else walks.

Spans are code-point offsets into the whole cell. A tree always exists, however broken the text: what is not finished
is marked, what is no data (a JavaScript expression) is kept as text.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from msgspec import Struct, field

from polycell.core.text import Span

# "data" is a long literal array that was read in one go: `value` holds it, nothing inside it has a position.
# "expression" is JavaScript that only a run can evaluate; `value` is its text. "missing" stands where a value should.
Kind = Literal["object", "array", "string", "number", "word", "expression", "data", "missing"]
Dialect = Literal["json", "javascript", "yaml"]

OPAQUE: frozenset[str] = frozenset({"expression", "missing"})


class Node(Struct, eq=False):
    """`value` is the decoded scalar (None for a container). `quote` is the mark around a string, "" when bare.

    `end` of a container that is never closed is where the reader gave it up.
    """

    kind: Kind
    start: int
    end: int
    value: Any = None
    quote: str = ""
    closed: bool = True
    members: list[Member] = field(default_factory=list)
    items: list[Node] = field(default_factory=list)

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)

    def member(self, key: str) -> Member | None:
        """The member that counts: a later one of the same key wins, as in JSON and JavaScript."""
        for member in reversed(self.members):
            if member.key == key:
                return member
        return None

    def get(self, key: str) -> Node | None:
        """The value of a key; None where it is absent or not written yet."""
        member = self.member(key)
        return member.value if member is not None and member.value.kind != "missing" else None

    def text(self, key: str) -> str | None:
        """The value of a key where that is a string."""
        found = self.get(key)
        return found.value if found is not None and found.kind == "string" else None


class Member(Struct, eq=False):
    """`start` and `end` are the key's, marks included; `colon` and `comma` are offsets, -1 where there is none."""

    key: str
    start: int
    end: int
    value: Node
    quote: str = ""
    colon: int = -1
    comma: int = -1

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


class Mistake(Struct, frozen=True):
    """Something no reader of specifications accepts, at its place."""

    span: Span
    message: str


class Tree(Struct, frozen=True, eq=False):
    """`text` is the whole cell; `comments` are spans in which nothing is offered."""

    text: str
    root: Node | None
    mistakes: tuple[Mistake, ...] = ()
    comments: tuple[Span, ...] = ()
    dialect: Dialect = "json"


# A step from a container to what it holds: a key or an index.
Path = tuple["str | int", ...]


def walk(node: Node) -> Iterator[tuple[Path, Node]]:
    """Every node with its path from `node`, in order of text."""
    stack: list[tuple[Path, Node]] = [((), node)]
    while stack:
        path, here = stack.pop()
        yield path, here
        if here.kind == "object":
            stack += [((*path, m.key), m.value) for m in reversed(here.members)]
        elif here.kind == "array":
            stack += [((*path, i), item) for i, item in reversed(list(enumerate(here.items)))]
