"""What a statement is made of: blocks, their clauses, and the common table expressions they define.

A *query* block has segments, one a clause; a parenthesis is a block of its own: a query when it holds one, a *join*
group behind FROM, else a *call* or plain *paren*. Each `|>` of a piped query begins a query block of its own, a step.
`builder` makes them from tokens.

All positions in blocks are token indexes; `Block.end` is exclusive.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field

from polycell.languages.sql.syntax.lexer import Token

# Statements that write to one table, and may be a common table expression too.
WRITING = frozenset({"INSERT", "UPDATE", "DELETE", "MERGE"})


class Segment(Struct):
    """One clause: tokens `[start, end)`, its keyword left out. `join` are the words that made a from-segment."""

    clause: str
    start: int
    end: int = -1
    join: str = ""


class Cte(Struct):
    name: Token
    columns: tuple[Token, ...]
    block: Block


class Block(Struct, eq=False):
    kind: str
    start: int
    parent: Block | None = None
    head: Block | None = None  # the first arm, for the later arms of a UNION
    end: int = -1
    segments: list[Segment] = field(default_factory=list)
    children: dict[int, Block] = field(default_factory=dict)
    ctes: list[Cte] = field(default_factory=list)
    arms: list[Block] = field(default_factory=list)
    recursive: bool = False
    by_name: bool = False
    pivots: bool = False
    steps: list[Block] = field(default_factory=list)  # of a query that is written as pipes, in order
    step: str = ""  # the operator that a step begins with: WHERE, EXTEND, AGGREGATE, …
    # The first word of a statement's root: SELECT, INSERT, CREATE, …; of another block that writes: INSERT, UPDATE, …
    statement: str = ""
    implicit: bool = False  # opened without a parenthesis
    cte: bool = False
    closed: bool = False  # its `)` is there
    memo: dict[str, object] = field(default_factory=dict)

    def segment(self, clause: str) -> Segment | None:
        for segment in self.segments:
            if segment.clause == clause:
                return segment
        return None

    def walk(self, start: int, end: int) -> Iterator[tuple[int, Block | None]]:
        """Token indexes in `[start, end)` at this block's own depth; a child block comes once, at its first token."""
        at = start
        while at < end:
            child = self.children.get(at)
            yield at, child
            at = max(at + 1, child.end) if child is not None else at + 1

    def query(self) -> Block:
        """The nearest query block, itself included."""
        block = self
        while block.kind != "query" and block.parent is not None:
            block = block.parent
        return block


def blocks(block: Block) -> Iterator[Block]:
    """A block and everything inside it."""
    stack = [block]
    while stack:
        here = stack.pop()
        yield here
        stack += [*here.arms, *here.children.values()]
