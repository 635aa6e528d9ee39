"""Laying out SQL: white space is all that changes.

sqlglot's printer would be the library for it, but it writes another query of the same meaning: `x::int` becomes a cast,
`!=` another sign, `-- a comment` a block. Here the tokens, comments and templates of a statement are printed again as
they are written, each clause on a line of its own where the statement does not fit on one. What comes out is read again
and must be the same tokens and comments; anything else is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from polycell.core.notebook import Cell
from polycell.core.results import Edit, Formatted, Layout
from polycell.core.text import Span
from polycell.languages.sql.definitions import target
from polycell.languages.sql.layout import HARD, LINE, SOFT, Doc, Group, Indent, flat, printed
from polycell.languages.sql.syntax.blocks import Block, Segment, blocks
from polycell.languages.sql.syntax.dialects import DIALECTS
from polycell.languages.sql.syntax.lexer import Token
from polycell.languages.sql.syntax.scan import Script, Statement, scan
from polycell.languages.sql.syntax.words import RESERVED, words_of

WIDTH = 80
SHORT = 60  # a statement of at most so many characters stays on one line, where it is on one
LONGEST = 100_000  # characters of a cell that are laid out

_PLAIN = frozenset({"SELECT", "WITH", "FROM", "VALUES", "INSERT", "UPDATE", "DELETE", "MERGE"})
_SPACED = frozenset({"=", "<=", ">=", "<>", "!=", "||"})
# Spaced where they certainly stand between two operands: they are also signs, stars, brackets of types, and parts of
# operators that the lexer does not know.
_MAYBE_SPACED = frozenset({"+", "-", "*", "/", "%", "<", ">"})
_TYPES = words_of("ARRAY STRUCT MAP LIST")
_OPERAND_STARTS = words_of("( CASE CAST NOT NULL INTERVAL EXISTS")
_MINUS = frozenset(DIALECTS) - {"", "bigquery"}
# A parenthesis behind these is no list of arguments.
_NO_CALL = words_of(
    """AND OR NOT IN ON WHERE WHEN THEN ELSE BETWEEN LIKE ILIKE HAVING QUALIFY BY AS FROM JOIN USING VALUES OVER SELECT
    EXISTS UNION EXCEPT INTERSECT INTO"""
)
_FRAMES = words_of("ORDER ROWS RANGE GROUPS PARTITION")
_BEHIND_KEYWORD = words_of("BY DISTINCT ALL")


def formatted(cell: Cell, text: str, script: Script, span: Span, layout: Layout, *, literal: bool = False) -> Formatted:
    """Edits for the statements that `span` touches. `literal`: the text stands in a string of another language, where
    lines are indented as the first one is."""
    if len(text) > LONGEST:
        return Formatted(refusal="It is too long to be laid out.")
    if script.blocks:
        return Formatted(refusal="A template decides here which text is SQL.")
    edits, refusal = [], ""
    for statement in script.statements:
        content = _content(statement)
        if content is None or content.end < span.start or span.end < content.start:
            continue
        try:
            answer = _statement(cell, text, statement, content, layout, literal)
        except RecursionError:
            answer = "It is nested too deep to be laid out."
        if isinstance(answer, Edit):
            edits.append(answer)
        else:
            refusal = refusal or answer
    return Formatted(tuple(edits), refusal)


def _content(statement: Statement) -> Span | None:
    """From the statement's first token or comment to its last, in the whole text; None for one without tokens.

    A comment on the line of the `;` before it stays there.
    """
    if not statement.tokens:
        return None
    comments = statement.lexed.comments
    if statement.start:
        line = len(statement.text.split("\n", 1)[0])
        comments = [c for c in comments if c.start > line or c.start > statement.tokens[0].start]
    first = min([statement.tokens[0].start, *(c.start for c in comments)])
    last = max([statement.tokens[-1].end, *(c.end for c in comments)])
    return Span(first, first + len(statement.text[first:last].rstrip())).shift(statement.start)


def _statement(cell: Cell, text: str, statement: Statement, content: Span, layout: Layout, literal: bool) -> Edit | str:
    """The edit, or why there is none."""
    if statement.root.statement not in _PLAIN and (statement.root.statement != "CREATE" or target(statement) is None):
        return "Only queries and definitions of tables and views are laid out."
    if any(b.steps for b in blocks(statement.root)):
        return "A query that is written as pipes keeps its layout."
    if statement.lexed.unclosed or any(
        b.implicit or (b.parent is not None and b.head is None and not b.closed) for b in blocks(statement.root)
    ):
        return "A parenthesis or a quote in it is open, or not understood."
    line = text.rfind("\n", 0, content.start) + 1
    before = cell.text[line : content.start]
    base = before[: len(before) - len(before.lstrip())]
    fresh = ""
    if before.rstrip().endswith(";") and statement.start:
        fresh, start = "\n" + base, line + len(before.rstrip())
        before, content = base, Span(start, content.end)
    if before.strip() and not literal:
        return "It begins on a line with other text, which stays as it is."
    step = " " * layout.tab_size if layout.spaces else "\t"
    old = content.of(text)
    lead = len(old) - len(old.lstrip()) if fresh else 0
    parts = _Printer(statement, content.start + lead - statement.start).statement()
    if parts is None:
        return "Its clauses are in an order that is not known here."
    one_line = "\n" not in old.strip() and flat(parts, SHORT) <= SHORT
    if before.strip() and not one_line:
        base += step
    made = fresh + printed([Group(parts)] if one_line else parts, WIDTH, step, base).rstrip()
    if "\r\n" in old:
        made = made.replace("\r\n", "\n").replace("\n", "\r\n")
    if not _same(old, made, statement):
        return "It would not come out as it went in."
    return Edit(cell.id, content, made)


def _same(old: str, new: str, statement: Statement) -> bool:
    """Whether the tokens, comments and templates are the same."""
    return _essence(old, statement) == _essence(new, statement)


def _essence(text: str, statement: Statement) -> list[object]:
    made: list[object] = []
    for one in scan(text, statement.dialect).statements:
        made += [(t.kind, one.text[t.start : t.end]) for t in one.tokens]
        made += [c.of(one.text).rstrip() for c in one.lexed.comments]
        made += [h.of(one.text) for h in one.holes]
    return made


class _Printer:
    """One statement as pieces for `layout`. Offsets are the statement's."""

    def __init__(self, statement: Statement, first: int) -> None:
        self.source = statement
        self.tokens = statement.tokens
        self._has_types = any(
            a.value in _TYPES and b.value == "<" for a, b in pairwise(statement.tokens) if a.kind == "word"
        )
        self._has_paths = any(t.kind == "word" and t.value.startswith("@") for t in statement.tokens)
        self.above: dict[int, list[Doc]] = {}  # token index → comments on lines of their own before it
        self.behind: dict[int, list[Doc]] = {}  # token index → comments on its line
        self._place_comments([c for c in statement.lexed.comments if c.start >= first])

    def statement(self) -> list[Doc] | None:
        """None where the tree of blocks does not tell where each token belongs."""
        made = self.query(self.source.root)
        if made is None:
            return None
        return [*made, *self.above.get(len(self.tokens), ())]

    def _place_comments(self, comments: Sequence[Span]) -> None:
        text = self.source.text
        for comment in comments:
            index = self.source.index_at(comment.start)
            written = comment.of(text).rstrip()
            ends_line = not written.startswith("/*")
            start = self.tokens[index - 1].end if index else 0
            if index and "\n" not in text[start : comment.start] and index - 1 not in self.above.get(index, ()):
                self.behind.setdefault(index - 1, []).extend([" ", written, *([HARD] if ends_line else [])])
                continue
            stop = self.tokens[index].start if index < len(self.tokens) else len(text)
            alone = ends_line or "\n" in text[comment.end : stop] or index == len(self.tokens)
            self.above.setdefault(index, []).extend([HARD, written, HARD if alone else " "])

    # -- tokens

    def atom(self, at: int) -> list[Doc]:
        token = self.tokens[at]
        return [*self.above.get(at, ()), self.source.text[token.start : token.end], *self.behind.get(at, ())]

    def gap(self, at: int) -> str:
        """What stands between a token and the one before it: as written, but for what is always the same."""
        before, token = self.tokens[at - 1], self.tokens[at]
        close = before.end == token.start
        if token.kind == "op":
            if token.value in (",", ")", "]", "::"):
                return ""
            if self._between_operands(at) or (
                token.value == "(" and before.value in _NO_CALL and before.kind == "word"
            ):
                return " "
        if before.value == ")" and before.kind == "op" and token.kind != "op":
            return " "
        if before.kind == "op":
            if before.value in ("(", "[", "::"):
                return ""
            if before.value == "," or self._between_operands(at - 1):
                return " "
        return "" if close else " "

    def _between_operands(self, at: int) -> bool:
        """Whether an operator gets blanks around it."""
        value = self.tokens[at].value
        if not 0 < at < len(self.tokens) - 1 or (value not in _SPACED and value not in _MAYBE_SPACED):
            return False
        before, after = self.tokens[at - 1], self.tokens[at + 1]
        if (before.kind == "op" and before.value not in (")", "]")) or (after.kind == "op" and after.value != "("):
            return False
        if value in _SPACED:
            return True
        if not _is_operand(before) or not (_is_operand(after) or after.value in _OPERAND_STARTS):
            return False
        if value in "<>":
            return not self._has_types and not after.value.startswith("@")
        # BigQuery's `my-project.data`, Snowflake's `@stage/path`.
        joined = before.end == self.tokens[at].start and self.tokens[at].end == after.start
        if not joined:
            return True
        return not self._has_paths if value == "/" else value != "-" or self.source.dialect.name in _MINUS

    def run(self, start: int, end: int) -> list[Doc]:
        """Tokens one behind the other."""
        made: list[Doc] = []
        for at in range(start, end):
            made += [*([self.gap(at)] if at > start else []), *self.atom(at)]
        return made

    # -- expressions

    def listed(self, owner: Block, start: int, end: int) -> list[Doc] | None:
        """What commas separate, each a group of its own where there are several."""
        commas, depth = [], 0
        for at, child in owner.walk(start, end):
            value = self.tokens[at].value if child is None and self.tokens[at].kind == "op" else ""
            depth += (value in ("[", "{")) - (value in ("]", "}"))
            if value == "," and not depth:
                commas.append(at)
        if not commas:
            return self.expression(owner, start, end)
        made: list[Doc] = []
        for a, b in pairwise([start - 1, *commas, end]):
            item = self.expression(owner, a + 1, b)
            if item is None:
                return None
            made.append(Group(item))
            if b < end:
                made += [*self.atom(b), LINE]
        return made

    def expression(self, owner: Block, start: int, end: int, *, breaks: bool = True) -> list[Doc] | None:
        """Tokens with what is in parentheses. With `breaks` lines may end before AND and OR."""
        made: list[Doc] = []
        at, between = start, 0
        while at < end:
            token, child = self.tokens[at], owner.children.get(at)
            word = token.value if token.kind == "word" else ""
            space: Doc = self.gap(at) if at > start else ""
            if child is not None:
                inner = self.parenthesis(child)
                if inner is None or child.end <= at:
                    return None
                made += [space, *inner]
                at = child.end
                continue
            if word == "CASE":
                stop = self._end_of_case(owner, at, end)
                cases = self._case(owner, at, stop) if stop else None
                if cases is None:
                    return None
                made += [space, cases]
                at = stop + 1
                continue
            if word == "BETWEEN":
                between += 1
            elif word == "AND" and between:
                between -= 1
            elif at > start and breaks and word in ("AND", "OR"):
                space = LINE
            made += [space, *self.atom(at)]
            at += 1
        return made

    def parenthesis(self, block: Block) -> list[Doc] | None:
        start, end = block.start, block.end - 1
        before = self.tokens[start - 1].value if start else ""
        if block.segments:
            inner = self.query(block)
        elif before == "OVER":
            inner = self._window(block, start + 1, end)
        else:
            inner = self.listed(block, start + 1, end)
        if inner is None:
            return None
        if not inner:
            return [*self.atom(start), *self.atom(end)]
        return [Group([*self.atom(start), Indent([SOFT, *inner]), SOFT, *self.atom(end)])]

    def _window(self, block: Block, start: int, end: int) -> list[Doc] | None:
        """PARTITION BY, ORDER BY and the frame."""
        marks = [at for at, child in block.walk(start, end) if child is None and self.tokens[at].value in _FRAMES]
        made: list[Doc] = []
        for a, b in pairwise(dict.fromkeys([start, *marks, end])):
            part = self.listed(block, a, b)
            if part is None:
                return None
            made += [*([LINE] if made else []), Group([Indent(part)])]
        return made

    def _end_of_case(self, owner: Block, start: int, end: int) -> int:
        depth = 0
        for at, child in owner.walk(start, end):
            word = self.tokens[at].value if child is None and self.tokens[at].kind == "word" else ""
            depth += (word == "CASE") - (word == "END")
            if not depth:
                return at
        return 0

    def _case(self, owner: Block, start: int, end: int) -> Doc | None:
        marks, depth = [], 0
        for at, child in owner.walk(start + 1, end):
            word = self.tokens[at].value if child is None and self.tokens[at].kind == "word" else ""
            if word in ("WHEN", "ELSE") and not depth:
                marks.append(at)
            depth += (word == "CASE") - (word == "END")
        inside: list[Doc] = []
        for a, b in pairwise([*marks, end]):
            part = self.expression(owner, a, b)
            if part is None:
                return None
            inside += [LINE, Group(part)]
        subject = self.expression(owner, start + 1, marks[0] if marks else end)
        if subject is None:
            return None
        head = [*self.atom(start), *([" ", *subject] if subject else [])]
        return Group([*head, Indent(inside), LINE, *self.atom(end)])

    # -- queries

    def query(self, block: Block) -> list[Doc] | None:
        """The clauses of a block, one a line, and its UNIONs."""
        stop = block.end - 1 if block.closed else block.end
        begin = block.start + 1 if block.closed else block.start
        made: list[Doc] = []
        for a, b in self._arms(block, begin, stop):
            if isinstance(a, int):
                made += [LINE, *self.run(a, b), LINE]
                continue
            clauses = self._clauses(a, b)
            if clauses is None:
                return None
            made += clauses
        return made

    def _arms(self, block: Block, begin: int, stop: int) -> Iterator[tuple[int | tuple[Block, int], int]]:
        """(block and its first token, end) of each query of a UNION; (first token, end) of the words between them."""
        home, at = block, begin
        for arm in block.arms:
            end = max([s.end for s in home.segments], default=at)
            yield (home, at), end
            yield end, arm.start
            home, at = arm, arm.start
        yield (home, at), stop

    def _clauses(self, place: tuple[Block, int], stop: int) -> list[Doc] | None:
        block, begin = place
        starts = [_keyword(s) for s in block.segments]
        if block.segments and block.segments[0].clause == "head" and block.segments[0].start <= begin:
            starts[0] = begin
        if starts != sorted(starts) or not starts or starts[0] != begin:
            return None
        made: list[Doc] = []
        for segment, (start, end) in zip(block.segments, pairwise([*starts, stop]), strict=True):
            lead = self.above.pop(start, []) if end > start else []
            clause = self._clause(block, segment, start, end)
            if clause is None:
                return None
            if not clause:
                continue
            if segment.join == "," and made:
                source = self.listed(block, start + 1, end)
                if source is None:
                    return None
                made += [*self.atom(start), LINE, Group(source)]
            elif segment.clause in ("on", "using") and made:
                last = made.pop()
                made.append(Group([last, Indent([LINE, *lead, *clause])]))
            else:
                made += [*([LINE] if made else []), *lead, Group(clause)]
        return made

    def _clause(self, block: Block, segment: Segment, start: int, end: int) -> list[Doc] | None:
        if segment.clause == "head":
            return self.expression(block, start, end, breaks=False)
        body = segment.start
        while body < end and self.tokens[body].kind == "word" and self.tokens[body].value in _BEHIND_KEYWORD:
            body += 1
        keyword = self.run(start, body)
        inner = self.listed(block, body, end)
        if inner is None:
            return None
        if not inner:
            return keyword
        derived = segment.clause == "from" and body in block.children
        if derived or segment.clause in ("on", "using", "with") or segment.join.endswith("JOIN"):
            return [*keyword, " ", *inner]
        return [*keyword, Indent([LINE, *inner])]


def _is_operand(token: Token) -> bool:
    if token.kind == "word":
        return token.value not in RESERVED or token.value in ("END", "NULL", "TRUE", "FALSE")
    return token.kind != "op" or token.value in (")", "]")


def _keyword(segment: Segment) -> int:
    """The index of the first word of a clause's keyword."""
    if segment.clause == "head":
        return segment.start
    return segment.start - (len(segment.join.split()) or 1)
