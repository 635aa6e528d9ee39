"""A statement as a tree of blocks, found from tokens alone so that no mistake in it can hide the rest.

Where parentheses or keywords are missing, keywords decide: FROM inside a call that is never closed ends the call, a
second SELECT behind a lost `)` belongs to the query around it. Every rule here is one of those repairs; on sound SQL
none of them fires.
"""

from __future__ import annotations

from polycell.languages.sql.syntax.blocks import WRITING, Block, Cte, Segment
from polycell.languages.sql.syntax.lexer import Token
from polycell.languages.sql.syntax.words import RESERVED, words_of

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
# MySQL and SQLite: an INSERT that deletes what is in its way.
_ALSO_CALLED = {"REPLACE": "INSERT"}
# Words that act on blocks at all; every other word is passed over quickly.
_ACTING = (
    _SET_OPERATORS
    | _CLAUSES.keys()
    | {"SELECT", "FROM", "JOIN", "ON", "USING", "SET", "VALUES", "WITH", "LATERAL", "WINDOW", "CLUSTER", "DISTRIBUTE"}
    | {"SORT", "PIVOT", "UNPIVOT", "WHEN", "START", "CONNECT", "STRAIGHT_JOIN", "INTO", "APPLY"}
    | WRITING
)
# What the words of a step are like.
_STEP_CLAUSES = {
    "EXTEND": "select",
    "AGGREGATE": "select",
    "WINDOW": "select",
    "RENAME": "select",
    "DROP": "drop",
    "SET": "assign",
    "AS": "as",
}
_LOOKED_AT = _ACTING | {"(", ")", ",", "|>"}
_BEFORE_CTES = frozenset({"AS", "MATERIALIZED"})
_IN_JOINS = frozenset({"JOIN", "ON", "USING", "LATERAL", "PIVOT", "UNPIVOT", "FROM", "APPLY"})
_JOIN_WORDS = words_of("LEFT RIGHT FULL INNER OUTER CROSS NATURAL SEMI ANTI ASOF POSITIONAL ANY GLOBAL STRAIGHT ARRAY")
# Words that are never the name of a function, so that a parenthesis behind them is no call.
_NO_CALL = words_of(
    """SELECT FROM WHERE AND OR NOT IN ON USING AS BY HAVING QUALIFY LIMIT OFFSET SET VALUES WHEN THEN ELSE CASE
    BETWEEN LIKE ILIKE IS JOIN UNION ALL EXCEPT INTERSECT DISTINCT EXISTS ANY SOME INTO WITH OVER LATERAL
    RETURNING EXCLUDE DESC ASC ROLLUP CUBE SETS GROUP ORDER FETCH MATERIALIZED PARTITION MINUS"""
) - {"OVER", "EXISTS", "ANY", "ALL", "ROLLUP", "CUBE", "SETS"}
# Functions and operators whose parenthesis may hold a query; in every other call a FROM belongs to the query around.
_TAKE_QUERIES = frozenset({"EXISTS", "ANY", "ALL", "SOME", "ARRAY", "LIST", "AS", "SUMMARIZE", "UNIQUE"})
_FACTOR_STARTS = frozenset({",", "FROM", "JOIN", "(", "LATERAL", "ONLY", "USING", "UPDATE", "INTO"})


class _Builder:
    """Walks the tokens of one statement once."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        # Each word or operator as it stands, "" for all else and around the ends: looking about needs no bounds.
        self.words = [value if kind == "word" or kind == "op" else "" for kind, value, _, _ in tokens] + [""] * 4
        self.root = self.top = Block("query", 0)
        self.stack: list[Block] = [self.root]  # its last is always `top`
        self._matched: set[int] | None = None
        self._parentheses: list[int] | None = None
        self._begin("head", 0)

    def build(self) -> Block:
        tokens = self.tokens
        for word in tokens:
            if word.kind == "word":
                self.root.statement = _ALSO_CALLED.get(word.value, word.value)
                break
            if word.value != "(":
                break
        words = self.words
        for i in [i for i, word in enumerate(words) if word in _LOOKED_AT]:
            value = words[i]
            if value == ",":
                clause = self.top.segments[-1].clause if self.top.segments else ""
                if clause == "on" or clause == "using":
                    self._comma(i)
            elif value == "(":
                self._open(i)
            elif value == ")":
                self._close(i)
            elif value == "|>":
                self._pipe(i)
            else:
                self._word(i, value)
        while len(self.stack) > 1:
            self._pop(len(tokens))
        self._end_segments(self.root, len(tokens))
        self.root.end = len(tokens)
        return self.root

    # -- frames

    def _push(self, block: Block, at: int) -> Block:
        top = block.parent = self.top
        top.children[at] = block
        self.stack.append(block)
        self.top = block
        return block

    def _pop(self, end: int) -> None:
        block = self.stack.pop()
        self.top = self.stack[-1]
        self._end_segments(block, end)
        block.end = end if end > block.start else block.start + 1

    def _pop_to(self, block: Block, end: int) -> None:
        while self.top is not block:
            self._pop(end)

    def _end_segments(self, block: Block, end: int) -> None:
        if block.segments and block.segments[-1].end < 0:
            block.segments[-1].end = end

    def _begin(self, clause: str, start: int, *, join: str = "") -> None:
        """Open the segment that starts behind the keyword (or comma) at `start - 1`."""
        segments = self.top.segments
        if segments and segments[-1].end < 0:
            segments[-1].end = max(start - 1, 0)
        segments.append(Segment(clause, start, -1, join))

    def _clause(self) -> str:
        segments = self.top.segments
        return segments[-1].clause if segments else ""

    # -- parentheses and commas

    def _open(self, i: int) -> None:
        words = self.words
        following = self._behind_parentheses(i + 1) if words[i + 1] == "(" else i + 1
        clause = self._clause()
        cte = self._cte_name(i) if clause == "with" or words[i - 1] in _BEFORE_CTES else None
        before = self.tokens[i - 1] if i else None
        calls = before is not None and (
            before.kind in ("name", "hole") or (before.kind == "word" and before.value not in _NO_CALL)
        )
        bare = calls and words[following] == "FROM" and words[i - 1] not in _TAKE_QUERIES
        if words[following] in _QUERY_STARTS and not bare and (following == i + 1 or clause != "from"):
            if cte is not None:
                self._define(cte, Block("query", i), i)
                return
            block = self._push(Block("query", i), i)
            block.segments.append(Segment("head", i + 1))
            return
        top = self.top
        if cte is not None and top.kind == "query" and clause == "with" and self.tokens[i - 1] is not cte[0]:
            self._define(cte, Block("query", i), i)
            return
        if calls:
            self._push(Block("call", i), i)
        elif top.kind in ("query", "join") and clause == "from" and (before is None or before.value in _FACTOR_STARTS):
            block = self._push(Block("join", i), i)
            block.segments.append(Segment("from", i + 1))
        else:
            self._push(Block("paren", i), i)

    def _behind_parentheses(self, i: int) -> int:
        """The index of the first word at or behind `i` that is no `(`; all of them are found at once, since text may
        be nothing but parentheses."""
        if self._parentheses is None:
            self._parentheses = found = list(range(len(self.words)))
            for at in range(len(found) - 2, -1, -1):
                if self.words[at] == "(":
                    found[at] = found[at + 1]
        return self._parentheses[i]

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
        """Behind ON or USING: another source comes."""
        top = self.top
        if top.kind in ("query", "join") and not self._is_target(top):
            self._begin("from", i + 1, join=",")

    def _is_target(self, block: Block) -> bool:
        return block.statement in ("INSERT", "MERGE", "CREATE", "PIVOT", "UNPIVOT")

    # -- pipes

    def _pipe(self, i: int) -> None:
        """`|> WHERE …`: a step over what the query before it yields."""
        while self.top.kind != "query" and len(self.stack) > 1:
            self._pop(i)
        if self.top.step:
            self._pop(i)
        owner = self.top
        if owner.head is not None or owner.kind != "query":
            owner.query().pivots = True  # of which query of a UNION it is a step nobody says
            return
        self._end_segments(owner, i)
        owner.segments[-1].end = min(owner.segments[-1].end, i)
        word = self.words[i + 1]
        step = self._push(Block("query", i, implicit=True, step=word or "|>"), i)
        owner.steps.append(step)
        step.segments.append(Segment("head", i + 1))
        if word in _STEP_CLAUSES:
            self._begin(_STEP_CLAUSES[word], i + 2)

    # -- common table expressions

    def _cte_name(self, i: int) -> tuple[Token, tuple[Token, ...]] | None:
        """Name and column list of `name [(a, b)] AS [NOT MATERIALIZED] (` when the parenthesis at `i` ends such."""
        at = i - 1
        if self.words[at] == "MATERIALIZED":
            at -= 2 if self.words[at - 1] == "NOT" else 1
        has_as = self.words[at] == "AS"
        if not has_as and self._clause() != "with":
            return None
        if has_as:
            at -= 1
        columns: tuple[Token, ...] = ()
        if self.words[at] == ")":
            start = at - 1
            while start > 0 and self.words[start] != "(":
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
        if self.words[i + 1] in WRITING:
            block.statement = self.words[i + 1]
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
        if word == "OFFSET" and self.words[i - 1] == "[":
            return  # BigQuery: items[OFFSET(0)]
        if word in WRITING and top is not self.root:  # `REFERENCES t ON DELETE CASCADE` among definitions
            return
        if top.kind in ("call", "paren") and not self._leave(i, word):
            return
        top = self.top
        if top.kind == "join" and word not in _IN_JOINS:
            if word in ("WINDOW", "SET", "VALUES", "WHEN", "START", "CONNECT", "CLUSTER", "DISTRIBUTE", "SORT", "WITH"):
                return
            self._pop(i)
            self._word(i, word)
            return
        if word in _SET_OPERATORS:
            if self.words[i + 1] != "(" or self._clause() != "select" or top.segment("from") is not None:
                self._arm(i)
        elif word == "FROM":
            self._from(i)
        elif word == "JOIN":
            if self._clause() != "head" or self._statement() in ("UPDATE", "MERGE") or top.step:
                self._begin("from", i + 1, join=self._join_words(i))
        elif word == "STRAIGHT_JOIN":
            if self._clause() in ("from", "on", "using"):
                self._begin("from", i + 1, join="JOIN")
        elif word == "APPLY":
            if self.words[i - 1] in ("CROSS", "OUTER") and self._clause() in ("from", "on", "using"):
                self._begin("from", i + 1, join=f"{self.words[i - 1]} APPLY")
        elif word == "ON":
            self._on(i)
        elif word == "USING":
            self._using(i)
        elif word in _CLAUSES:
            if word in ("GROUP", "ORDER") and self.words[i - 1] == "WITHIN":
                return
            if word in ("LIMIT", "OFFSET", "FETCH") and self._clause() in ("head", "with") and not top.step:
                return
            if word == "OFFSET" and self.words[i - 1] == "WITH":
                return  # BigQuery: UNNEST(items) WITH OFFSET
            self._begin(_CLAUSES[word], i + 1)
        else:
            self._rare(i, word)

    def _rare(self, i: int, word: str) -> None:
        following = self.words[i + 1]
        if word == "WITH":
            if self._clause() == "head" and following not in ("NO", "(", "TIME", "TIES"):
                self.top.recursive = following == "RECURSIVE"
                self._begin("with", i + 1)
        elif word == "SET":
            if self._statement() in ("UPDATE", "MERGE", "INSERT") and self._clause() != "set":
                self._begin("set", i + 1)
        elif word == "VALUES":
            clause = self._clause()
            if clause == "head" or (self._statement() in ("INSERT", "MERGE") and clause not in ("conflict", "set")):
                self._begin("values", i + 1)
        elif word == "INTO":
            if self._clause() == "select" and self.top is self.root and self.root.statement in ("SELECT", "WITH"):
                self._begin("into", i + 1)
        elif word == "LATERAL":
            if following == "VIEW":
                self._end_segments(self.top, i)
                self._begin("from", i + 2, join="LATERAL VIEW")
        elif word == "WINDOW":
            if self._clause() != "head" and self.words[i + 2] == "AS":
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
        elif word in WRITING and self.top is self.root and self._clause() == "with" and self.words[i - 1] == ")":
            self._writes(i, word)

    def _writes(self, i: int, word: str) -> None:
        """`WITH a AS (…) UPDATE t …`: the statement is an UPDATE whose head comes later."""
        root = self.root
        self._end_segments(root, i)
        root.statement = word
        root.segments = [s for s in root.segments if s.clause != "head"]
        root.segments.append(Segment("head", i))

    def _statement(self) -> str:
        return self.top.statement

    def _select(self, i: int) -> None:
        before = self.words[i - 1]
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
        name = self.words[top.start - 1]
        if word in ("ORDER", "LIMIT", "OFFSET", "ON", "USING", "SET", "VALUES", "WITH", "WINDOW", "WHEN", "SORT"):
            return False
        if word in (
            "CLUSTER",
            "DISTRIBUTE",
            "START",
            "CONNECT",
            "FETCH",
            "LATERAL",
            "RETURNING",
            "PIVOT",
            "UNPIVOT",
            "APPLY",
        ):
            return False
        if word == "FROM" and self.words[i - 1] == "DISTINCT":
            return False
        if word == "FROM" and name in _FROM_CALLS and "from" not in top.memo:
            top.memo["from"] = True  # a second one is not its own
            return False
        if word == "WHERE" and name == "FILTER":
            return False
        if top.kind == "call" and name == "OVER":
            return False
        if word == "FROM" and top.kind == "paren" and self._is_closed(top):
            top.kind = "query"  # its SELECT is lost
            top.segments.append(Segment("select", top.start + 1))
            return True
        if word in ("EXCEPT", "MINUS", "UNION", "INTERSECT") and self.words[i - 1] == "*":
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

    def _is_closed(self, block: Block) -> bool:
        """Whether the `)` of a parenthesis that is still open here does come."""
        if self._matched is None:
            self._matched = _matching(self.words)
        return block.start in self._matched

    def _arm(self, i: int) -> None:
        top = self.top
        if self.words[i - 1] == "*" or (
            self.words[i - 2] == "*" and self.words[i + 1] == "(" and self._clause() == "select"
        ):
            return  # SELECT * EXCEPT (a, b)
        if self._clause() == "head" and not top.children:
            return
        owner = top.head or top
        self._end_segments(top, i)
        if top.head is not None:
            self.stack.pop()
            self.top = self.stack[-1]
            top.end = i
        arm = Block("query", i + 1, parent=owner, head=owner)
        at = i + 1
        while self.words[at] in ("ALL", "DISTINCT", "BY", "NAME", "CORRESPONDING"):
            if self.words[at] == "NAME":
                owner.by_name = True
            at += 1
        arm.start = at
        arm.segments.append(Segment("head", at))
        owner.arms.append(arm)
        self.stack.append(arm)
        self.top = arm

    def _from(self, i: int) -> None:
        if self.words[i - 1] == "DISTINCT" and self.words[i - 2] in ("IS", "NOT"):
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
        while at >= 0 and self.words[at] in _JOIN_WORDS:
            words.insert(0, self.words[at])
            at -= 1
        return " ".join([*words, "JOIN"])

    def _on(self, i: int) -> None:
        clause = self._clause()
        if self._statement() == "INSERT" and self.words[i + 1] in ("CONFLICT", "DUPLICATE"):
            self._begin("conflict", i + 1)
        elif clause == "from" or (clause == "head" and self._statement() == "MERGE"):
            self._begin("on", i + 1)

    def _using(self, i: int) -> None:
        if self._statement() in ("DELETE", "MERGE"):
            self._begin("from", i + 1, join="FROM")
        elif self._clause() == "from":
            self._begin("using", i + 1)


def _is_name(token: Token) -> bool:
    return token.kind == "name" or (token.kind == "word" and token.value not in RESERVED)


def _matching(words: list[str]) -> set[int]:
    """Indexes of the `(` that are closed."""
    open_: list[int] = []
    made: set[int] = set()
    for i, word in enumerate(words):
        if word == "(":
            open_.append(i)
        elif word == ")" and open_:
            made.add(open_.pop())
    return made


def build(tokens: list[Token]) -> Block:
    """The tree of one statement's tokens; total."""
    return _Builder(tokens).build()
