"""A statement as a tree of blocks, found from tokens alone so that no mistake in it can hide the rest.

A *query* block has segments, one a clause; a parenthesis is a block of its own: a query when it holds one, a *join*
group behind FROM, else a *call* or plain *paren*. Where parentheses or keywords are missing, keywords decide: FROM
inside a call that is never closed ends the call, a second SELECT behind a lost `)` belongs to the query around it.
Every rule here is one of those repairs; on sound SQL none of them fires.

All positions in blocks are token indexes; `Block.end` is exclusive.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from polycell.languages.sql.lexer import Token
from polycell.languages.sql.words import RESERVED, words_of

# Functions whose arguments are separated by FROM.
_FROM_CALLS = frozenset({"EXTRACT", "SUBSTRING", "TRIM", "OVERLAY", "POSITION", "DATE_PART", "LTRIM", "RTRIM"})
_SET_OPERATORS = frozenset({"UNION", "EXCEPT", "INTERSECT", "MINUS"})
_QUERY_STARTS = frozenset({"SELECT", "WITH", "FROM", "VALUES", "PIVOT", "UNPIVOT"})
_CLAUSES = {
    "WHERE": "where",
    "PREWHERE": "where",
    "GROUP": "group",
    "HAVING": "having",
    "QUALIFY": "qualify",
    "ORDER": "order",
    "LIMIT": "limit",
    "OFFSET": "limit",
    "FETCH": "limit",
    "RETURNING": "returning",
}
# Words that act on blocks at all; every other word is passed over quickly.
_ACTING = (
    _SET_OPERATORS
    | _CLAUSES.keys()
    | {"SELECT", "FROM", "JOIN", "ON", "USING", "SET", "VALUES", "WITH", "LATERAL", "WINDOW", "CLUSTER", "DISTRIBUTE"}
    | {"SORT", "PIVOT", "UNPIVOT", "WHEN", "START", "CONNECT"}
)


@dataclass(slots=True)
class Segment:
    """One clause: tokens `[start, end)`, its keyword left out. `join` are the words that made a from-segment."""

    clause: str
    start: int
    end: int = -1
    join: str = ""


@dataclass(slots=True)
class Cte:
    name: Token
    columns: tuple[Token, ...]
    block: Block


@dataclass(slots=True, eq=False)
class Block:
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
    statement: str = ""  # the first word of a statement's root: SELECT, INSERT, CREATE, …
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


class Builder:
    """Walks the tokens of one statement once."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.root = Block("query", 0)
        self.stack: list[Block] = [self.root]
        self._matched = _matching(tokens)
        self._begin("head", 0)

    def build(self) -> Block:
        tokens = self.tokens
        for word in tokens:
            if word.kind == "word":
                self.root.statement = word.value
                break
            if word.value != "(":
                break
        for i, (kind, value, _, _) in enumerate(tokens):
            if kind == "word":
                if value in _ACTING:
                    self._word(i, value)
            elif kind == "op":
                if value == "(":
                    self._open(i)
                elif value == ")":
                    self._close(i)
                elif value == ",":
                    self._comma(i)
        while len(self.stack) > 1:
            self._pop(len(tokens))
        self._end_segments(self.root, len(tokens))
        self.root.end = len(tokens)
        return self.root

    # -- frames

    @property
    def top(self) -> Block:
        return self.stack[-1]

    def _push(self, block: Block, at: int) -> Block:
        block.parent = self.top
        self.top.children[at] = block
        self.stack.append(block)
        return block

    def _pop(self, end: int) -> None:
        block = self.stack.pop()
        self._end_segments(block, end)
        block.end = max(end, block.start + 1)

    def _pop_to(self, block: Block, end: int) -> None:
        while self.top is not block:
            self._pop(end)

    def _end_segments(self, block: Block, end: int) -> None:
        if block.segments and block.segments[-1].end < 0:
            block.segments[-1].end = end

    def _begin(self, clause: str, start: int, *, join: str = "") -> None:
        """Open the segment that starts behind the keyword (or comma) at `start - 1`."""
        block = self.top
        self._end_segments(block, max(start - 1, 0))
        block.segments.append(Segment(clause, start, join=join))

    def _clause(self) -> str:
        return self.top.segments[-1].clause if self.top.segments else ""

    def _word_at(self, i: int) -> str:
        return self.tokens[i].value if 0 <= i < len(self.tokens) and self.tokens[i].kind in ("word", "op") else ""

    # -- parentheses and commas

    def _open(self, i: int) -> None:
        following = i + 1
        while self._word_at(following) == "(":
            following += 1
        top = self.top
        cte = self._cte_name(i)
        before = self.tokens[i - 1] if i else None
        calls = before is not None and (
            before.kind in ("name", "hole") or (before.kind == "word" and before.value not in _NO_CALL)
        )
        bare = calls and self._word_at(following) == "FROM" and before is not None and before.value not in _TAKE_QUERIES
        if self._word_at(following) in _QUERY_STARTS and not bare and (following == i + 1 or self._clause() != "from"):
            if cte is not None:
                self._define(cte, Block("query", i), i)
                return
            block = self._push(Block("query", i), i)
            block.segments.append(Segment("head", i + 1))
            return
        if cte is not None and top.kind == "query" and self._clause() == "with" and self.tokens[i - 1] is not cte[0]:
            self._define(cte, Block("query", i), i)
            return
        if calls:
            self._push(Block("call", i), i)
        elif (
            top.kind in ("query", "join")
            and self._clause() == "from"
            and (before is None or before.value in _FACTOR_STARTS)
        ):
            block = self._push(Block("join", i), i)
            block.segments.append(Segment("from", i + 1))
        else:
            self._push(Block("paren", i), i)

    def _close(self, i: int) -> None:
        while len(self.stack) > 1 and (self.top.implicit or self.top.head is not None):
            self._pop(i)
        if len(self.stack) > 1:
            block = self.top
            block.closed = True
            self._pop(i + 1)
            if block.segments:
                block.segments[-1].end = min(block.segments[-1].end, i)

    def _comma(self, i: int) -> None:
        top = self.top
        if top.kind in ("query", "join") and self._clause() in ("on", "using") and not self._is_target(top):
            self._begin("from", i + 1, join=",")

    def _is_target(self, block: Block) -> bool:
        return block.parent is None and block.statement in ("INSERT", "MERGE", "CREATE", "PIVOT", "UNPIVOT")

    # -- common table expressions

    def _cte_name(self, i: int) -> tuple[Token, tuple[Token, ...]] | None:
        """Name and column list of `name [(a, b)] AS [NOT MATERIALIZED] (` when the parenthesis at `i` ends such."""
        at = i - 1
        if self._word_at(at) == "MATERIALIZED":
            at -= 2 if self._word_at(at - 1) == "NOT" else 1
        has_as = self._word_at(at) == "AS"
        if not has_as and self._clause() != "with":
            return None
        if has_as:
            at -= 1
        columns: tuple[Token, ...] = ()
        if self._word_at(at) == ")":
            start = at - 1
            while start > 0 and self._word_at(start) != "(":
                start -= 1
            columns = tuple(t for t in self.tokens[start + 1 : at] if t.kind in ("word", "name"))
            at = start - 1
        if at < 0 or self.tokens[at].kind not in ("word", "name"):
            return None
        if self.root.statement == "CREATE" and self.root.segment("with") is None:
            return None
        if self.tokens[at].kind == "word" and self.tokens[at].value in _NO_CALL | {"WITH", "RECURSIVE"}:
            return None
        return (self.tokens[at], columns)

    def _define(self, cte: tuple[Token, tuple[Token, ...]], block: Block, i: int) -> None:
        home = self._with_home()
        if home is not self.top and home is not None and self._clause() != "select":
            # `, name AS (SELECT` inside another clause: the `)` of the CTE before it is lost.
            self._pop_to(home, i)
        block.cte = True
        self._push(block, i)
        block.segments.append(Segment("head", i + 1))
        (home or block.parent or self.root).ctes.append(Cte(cte[0], cte[1], block))

    def _with_home(self) -> Block | None:
        for block in reversed(self.stack):
            if block.kind == "query" and block.segments and block.segments[-1].clause == "with":
                return block
        for block in reversed(self.stack):
            if block.kind == "query":
                return block
        return None

    # -- words

    def _word(self, i: int, word: str) -> None:
        top = self.top
        if word == "SELECT":
            self._select(i)
            return
        if top.kind in ("call", "paren") and not self._leave(i, word):
            return
        top = self.top
        if top.kind == "join" and word not in ("JOIN", "ON", "USING", "LATERAL", "PIVOT", "UNPIVOT", "FROM"):
            if word in ("WINDOW", "SET", "VALUES", "WHEN", "START", "CONNECT", "CLUSTER", "DISTRIBUTE", "SORT", "WITH"):
                return
            self._pop(i)
            self._word(i, word)
            return
        if word in _SET_OPERATORS:
            if self._word_at(i + 1) != "(" or self._clause() != "select" or top.segment("from") is not None:
                self._arm(i)
        elif word == "FROM":
            self._from(i)
        elif word == "JOIN":
            if self._clause() != "head" or self._statement() in ("UPDATE", "MERGE"):
                self._begin("from", i + 1, join=self._join_words(i))
        elif word == "ON":
            self._on(i)
        elif word == "USING":
            self._using(i)
        elif word in _CLAUSES:
            if word in ("GROUP", "ORDER") and self._word_at(i - 1) == "WITHIN":
                return
            if word in ("LIMIT", "OFFSET", "FETCH") and self._clause() in ("head", "with"):
                return
            self._begin(_CLAUSES[word], i + 1)
        else:
            self._rare(i, word)

    def _rare(self, i: int, word: str) -> None:
        following = self._word_at(i + 1)
        if word == "WITH":
            if self._clause() == "head" and following not in ("NO", "(", "TIME", "TIES"):
                self.top.recursive = following == "RECURSIVE"
                self._begin("with", i + 1)
        elif word == "SET":
            if self._statement() in ("UPDATE", "MERGE", "INSERT") and self._clause() != "set":
                self._begin("set", i + 1)
        elif word == "VALUES":
            if self._clause() == "head" or self._statement() in ("INSERT", "MERGE"):
                self._begin("values", i + 1)
        elif word == "LATERAL":
            if following == "VIEW":
                self._begin("from", i + 2, join="LATERAL VIEW")
        elif word == "WINDOW":
            if self._clause() != "head" and self._word_at(i + 2) == "AS":
                self._begin("window", i + 1)
        elif word in ("CLUSTER", "DISTRIBUTE", "SORT"):
            if following == "BY" and self._clause() != "head":
                self._begin("order", i + 1)
        elif word in ("PIVOT", "UNPIVOT"):
            if self._clause() == "from":
                self.top.pivots = True
            elif self._clause() == "head" and i == self.top.segments[-1].start:
                self.top.pivots = True
                self._begin("from", i + 1)
        elif word == "WHEN":
            if self._statement() == "MERGE" and following in ("MATCHED", "NOT"):
                self._begin("when", i + 1)
        elif word in ("START", "CONNECT") and following in ("WITH", "BY") and self._clause() != "head":
            self._begin("where", i + 1)

    def _statement(self) -> str:
        return self.root.statement if self.top is self.root else ""

    def _select(self, i: int) -> None:
        before = self._word_at(i - 1)
        top = self.top
        if top.kind != "query":
            # Not behind `(`: the parenthesis of a subquery is lost, or the call around it was never closed.
            self._implicit(i)
            return
        if top.segment("select") is None:
            if self._clause() == "with" and before == "AS":
                cte = self._cte_name(i)
                if cte is not None:
                    block = Block("query", i, implicit=True)
                    self._define(cte, block, i)
                    block.segments[:] = []
                    self._begin("select", i + 1)
                    return
            self._begin("select", i + 1)
            return
        home = next(
            (
                b
                for b in reversed(self.stack)
                if b.kind == "query" and b.segments and b.segments[-1].clause == "with" and b is not top
            ),
            None,
        )
        token = self.tokens[i - 1]
        if home is not None and (token.kind in ("name", "number", "string") or before == ")" or _is_name(token)):
            self._pop_to(home, i)
            self._begin("select", i + 1)
            return
        self._implicit(i)

    def _implicit(self, i: int) -> None:
        block = self._push(Block("query", i, implicit=True), i)
        block.segments.append(Segment("select", i + 1))

    def _leave(self, i: int, word: str) -> bool:
        """Whether `word`, met inside a parenthesis, shall act; frames that it proves to be over are popped."""
        top = self.top
        name = self._word_at(top.start - 1)
        if word in ("ORDER", "LIMIT", "OFFSET", "ON", "USING", "SET", "VALUES", "WITH", "WINDOW", "WHEN", "SORT"):
            return False
        if word in ("CLUSTER", "DISTRIBUTE", "START", "CONNECT", "FETCH", "LATERAL", "RETURNING", "PIVOT", "UNPIVOT"):
            return False
        if word == "FROM" and self._word_at(i - 1) == "DISTINCT":
            return False
        if word == "FROM" and name in _FROM_CALLS and "from" not in top.memo:
            top.memo["from"] = True  # a second one is not its own
            return False
        if word == "WHERE" and name == "FILTER":
            return False
        if top.kind == "call" and name == "OVER":
            return False
        if word == "FROM" and top.kind == "paren" and self._matched.get(top.start) is not None:
            top.kind = "query"  # its SELECT is lost
            top.segments.append(Segment("select", top.start + 1))
            return True
        if word in ("EXCEPT", "MINUS", "UNION", "INTERSECT") and self._word_at(i - 1) == "*":
            return False
        if word in _SET_OPERATORS and top.kind == "paren" and top.children:
            only = [b for b in top.children.values() if b.kind == "query"]
            if only:  # ((SELECT …) UNION (SELECT …))
                top.kind = "query"
                top.segments.append(Segment("head", top.start + 1))
                return True
        if len(self.stack) > 1:
            self._pop(i)
            top = self.top
            return top.kind not in ("call", "paren") or self._leave(i, word)
        return True

    def _arm(self, i: int) -> None:
        top = self.top
        if self._word_at(i - 1) == "*" or (
            self._word_at(i - 2) == "*" and self._word_at(i + 1) == "(" and self._clause() == "select"
        ):
            return  # SELECT * EXCEPT (a, b)
        if self._clause() == "head" and not top.children:
            return
        owner = top.head or top
        self._end_segments(top, i)
        if top.head is not None:
            self.stack.pop()
            top.end = i
        arm = Block("query", i + 1, parent=owner, head=owner)
        at = i + 1
        while self._word_at(at) in ("ALL", "DISTINCT", "BY", "NAME", "CORRESPONDING"):
            if self._word_at(at) == "NAME":
                owner.by_name = True
            at += 1
        arm.start = at
        arm.segments.append(Segment("head", at))
        owner.arms.append(arm)
        self.stack.append(arm)

    def _from(self, i: int) -> None:
        if self._word_at(i - 1) == "DISTINCT" and self._word_at(i - 2) in ("IS", "NOT"):
            return
        top = self.top
        if top.kind == "join":
            self._pop(i)
            self._word(i, "FROM")
            return
        if top.segment("from") is not None and self._statement() not in ("DELETE", "COPY"):
            for block in reversed(self.stack[:-1]):
                if block.kind == "query" and block.segment("select") is not None and block.segment("from") is None:
                    self._pop_to(block, i)
                    break
        self._begin("from", i + 1, join="FROM")

    def _join_words(self, i: int) -> str:
        words: list[str] = []
        at = i - 1
        while at >= 0 and self._word_at(at) in _JOIN_WORDS:
            words.insert(0, self._word_at(at))
            at -= 1
        return " ".join([*words, "JOIN"])

    def _on(self, i: int) -> None:
        clause = self._clause()
        if self._statement() == "INSERT" and self._word_at(i + 1) == "CONFLICT":
            self._begin("conflict", i + 1)
        elif clause == "from" or (clause == "head" and self._statement() == "MERGE"):
            self._begin("on", i + 1)

    def _using(self, i: int) -> None:
        if self._statement() in ("DELETE", "MERGE"):
            self._begin("from", i + 1, join="FROM")
        elif self._clause() == "from":
            self._begin("using", i + 1)


_JOIN_WORDS = frozenset(
    {
        "LEFT",
        "RIGHT",
        "FULL",
        "INNER",
        "OUTER",
        "CROSS",
        "NATURAL",
        "SEMI",
        "ANTI",
        "ASOF",
        "POSITIONAL",
        "ANY",
        "GLOBAL",
        "STRAIGHT",
    }
)
# Words that are never the name of a function, so that a parenthesis behind them is no call.
_NO_CALL = words_of(
    """SELECT FROM WHERE AND OR NOT IN ON USING AS BY HAVING QUALIFY LIMIT OFFSET SET VALUES WHEN THEN ELSE CASE
    BETWEEN LIKE ILIKE IS JOIN UNION ALL EXCEPT INTERSECT DISTINCT EXISTS ANY SOME INTO WITH OVER LATERAL
    RETURNING EXCLUDE DESC ASC ROLLUP CUBE SETS GROUP ORDER FETCH MATERIALIZED PARTITION MINUS"""
) - {"OVER", "EXISTS", "ANY", "ALL", "ROLLUP", "CUBE", "SETS"}
# Functions and operators whose parenthesis may hold a query; in every other call a FROM belongs to the query around.
_TAKE_QUERIES = frozenset({"EXISTS", "ANY", "ALL", "SOME", "ARRAY", "LIST", "AS", "SUMMARIZE", "UNIQUE"})
_FACTOR_STARTS = frozenset({",", "FROM", "JOIN", "(", "LATERAL", "ONLY", "USING", "UPDATE", "INTO"})


def _is_name(token: Token) -> bool:
    return token.kind == "name" or (token.kind == "word" and token.value not in RESERVED)


def _matching(tokens: list[Token]) -> dict[int, int]:
    """Index of each closed `(` to the index of its `)`."""
    open_: list[int] = []
    made: dict[int, int] = {}
    for i, token in enumerate(tokens):
        if token.kind == "op":
            if token.value == "(":
                open_.append(i)
            elif token.value == ")" and open_:
                made[open_.pop()] = i
    return made


def build(tokens: list[Token]) -> Block:
    """The tree of one statement's tokens; total."""
    return Builder(tokens).build()
