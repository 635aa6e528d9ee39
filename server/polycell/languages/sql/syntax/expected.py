"""What may stand at a place of a statement that is no query, by the grammar of its dialect."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import takewhile

from msgspec import Struct

from polycell.languages.sql.syntax.grammar import KINDS, Node, grammar
from polycell.languages.sql.syntax.lexer import Token
from polycell.languages.sql.syntax.place import Place
from polycell.languages.sql.syntax.scan import Statement
from polycell.languages.sql.syntax.words import RESERVED

NEAR = 20_000  # tokens before the cursor that are looked at
_NAMES = KINDS & {"new", "table", "view", "schema", "column"}
_NO_NAMES = RESERVED - {"ANY", "FILTER", "POSITION", "SOME", "IGNORE"} | {"IF", "TABLE"}
_QUERIES = frozenset({"SELECT", "WITH", "FROM", "VALUES"})
_STATEMENT = Node("rule", "statement")
_NESTED = frozenset({"ARRAY", "MAP", "STRUCT", "LIST", "ROW", "NESTED", "TUPLE", "NULLABLE", "LOWCARDINALITY"})
_FIELDS = frozenset({"STRUCT", "ROW", "NESTED", "TUPLE"})
_RULES = frozenset({"PRIMARY", "FOREIGN", "CONSTRAINT", "UNIQUE", "CHECK", "INDEX", "KEY", "LIKE"})
# What follows the first word of a type that has more.
_MORE_OF_TYPE = frozenset({"PRECISION", "VARYING", "UNSIGNED", "SIGNED", "ZONE", "TIME", "LOCAL", "LARGE", "OBJECT"})


class Expected(Struct, frozen=True):
    """`keywords`, the likeliest first; `kinds` of what else may stand there, each of `grammar.KINDS`. `table` are the
    parts of the table's name that stands nearest before, whose columns are meant by "column"; where there is none they
    are `columns`, which the statement itself lists. `begun` are the words of the type that stands before the place;
    `goes_on`: an expression does."""

    keywords: tuple[str, ...] = ()
    kinds: frozenset[str] = frozenset()
    table: tuple[Token, ...] = ()
    columns: tuple[str, ...] = ()
    begun: str = ""
    goes_on: bool = False


def expected(place: Place) -> Expected | None:
    """What may stand at a place; None where the grammar does not know."""
    rules = grammar(place.statement.dialect.name)
    if place.index > NEAR or place.statement.root.statement in _QUERIES:
        return None
    walk = _Walk(place.statement, place.index, rules)
    walk.match(_STATEMENT, 0)
    if not walk.keywords and not walk.kinds and not walk.begun:
        return None
    columns = () if walk.table else walk.columns()
    return Expected(
        tuple(dict.fromkeys(walk.keywords)), frozenset(walk.kinds), walk.table, columns, walk.begun, walk.goes_on
    )


class _Walk:
    """Finds all ways to read the tokens before the cursor, and writes down what each of them goes on with."""

    def __init__(self, statement: Statement, cursor: int, rules: Mapping[str, Node]) -> None:
        self.tokens, self.cursor = statement.tokens[:cursor], cursor
        self.spell = statement.spelling
        self.rules = rules
        self.keywords: list[str] = []
        self.kinds: set[str] = set()
        self.table: tuple[Token, ...] = ()
        self.begun = ""
        self.goes_on = False
        self.closing, self.commas = _parentheses(self.tokens)
        self.known: dict[tuple[int, int], tuple[set[int], bool]] = {}

    def match(self, node: Node, at: int) -> tuple[set[int], bool]:
        """(where the node may end, whether it reaches the cursor) when it begins at a token."""
        key = (id(node), at)
        if key not in self.known:
            self.known[key] = set(), False  # a rule that begins with itself has no other beginning
            self.known[key] = self._match(node, at)
        return self.known[key]

    def _match(self, node: Node, at: int) -> tuple[set[int], bool]:
        what = node.what
        if what == "keyword" or what == "sign":
            if at == self.cursor:
                if what == "keyword":
                    self.keywords.append(node.text)
                return set(), True
            token = self.tokens[at]
            same = token.kind == ("word" if what == "keyword" else "op") and token.value == node.text.upper()
            return ({at + 1}, at + 1 == self.cursor) if same else (set(), False)
        if what == "kind":
            return self._kind(node.text, at)
        if what == "rule":
            rule = self.rules.get(node.text)
            return self.match(rule, at) if rule is not None else (set(), False)
        if what == "choice":
            return _all(self.match(part, at) for part in node.parts)
        if what == "row":
            return self._row(node, at)
        if what == "parens":
            return self._parens(node, at)
        if what == "maybe":
            ends, reaches = self.match(node.parts[0], at)
            # What is begun goes on: `IF` of IF NOT EXISTS is not the name of a table.
            return ({at, *ends}, reaches) if at == self.cursor or not (ends or reaches) else (ends, reaches)
        return self._repeated(node, at)

    def _row(self, node: Node, at: int) -> tuple[set[int], bool]:
        ends, reaches = {at}, False
        for number, part in enumerate(node.parts):
            following: set[int] = set()
            for end in ends:
                if end == self.cursor and part.what == "keyword":
                    run = takewhile(lambda p: p.what == "keyword", node.parts[number:])
                    self.keywords.append(" ".join(p.text for p in run))
                    reaches = True
                    continue
                found = self.match(part, end)
                following |= found[0]
                reaches = reaches or found[1]
            ends = following
            if not ends:
                break
        return ends, reaches

    def _repeated(self, node: Node, at: int) -> tuple[set[int], bool]:
        """`x*`, and `x,` from the last comma on: what is before it says nothing of what follows."""
        comma = node.what == "list"
        part = node.parts[0]
        ends, fresh, reaches = (set(), {at}, False) if comma else ({at}, {at}, False)
        while fresh:
            found = _all([self.match(part, here) for here in fresh])
            reaches = reaches or found[1]
            more = found[0] - ends
            ends |= more
            fresh = {
                end + 1 if comma else end
                for end in more
                if not comma or (end < self.cursor and self.tokens[end].value == ",")
            }
        return ends, reaches

    def _parens(self, node: Node, at: int) -> tuple[set[int], bool]:
        if at == self.cursor:
            return set(), True
        if self.tokens[at].value != "(" or self.tokens[at].kind != "op":
            return set(), False
        end = self.closing.get(at)
        if end is not None:
            return {end + 1}, end + 1 == self.cursor
        inside = node.parts[0]
        self.match(inside, self.commas.get(at, at) + 1 if inside.what == "list" else at + 1)
        return set(), True

    def _kind(self, kind: str, at: int) -> tuple[set[int], bool]:
        if at == self.cursor:
            if kind == "query":
                self.keywords += ["SELECT", "WITH"]
            self.kinds.add(kind)
            return set(), True
        token = self.tokens[at]
        if kind == "any":
            return set(), False
        if kind == "query":  # perhaps in parentheses
            opens = token.value == "(" and token.kind == "op" and at not in self.closing
            return self._kind(kind, at + 1) if opens else (set(), False)
        if kind in _NAMES:
            return self._name(kind, at)
        if kind == "type":
            return self._type(at)
        if kind == "expr":
            ends = set(self._along(at))
            if self.cursor in ends:
                self.kinds.add("expr")
                self.goes_on = True
            return ends, self.cursor in ends
        fits = {"string": ("string", "hole", "name"), "number": ("number", "hole"), "any-word": ()}[kind]
        return ({at + 1}, at + 1 == self.cursor) if not fits or token.kind in fits else (set(), False)

    def _name(self, kind: str, at: int) -> tuple[set[int], bool]:
        first = at
        while at < self.cursor and self._is_name(at, first):
            at += 1
            if at < self.cursor and self.tokens[at].value == "." and self.tokens[at].kind == "op":
                at += 1
                continue
            if kind == "table" or kind == "view":
                self.table = tuple(t for t in self.tokens[first:at] if t.kind != "op")
            return {at}, at == self.cursor
        if first < at == self.cursor:  # behind a dot
            self.kinds.add(kind)
            return set(), True
        return set(), False

    def _is_name(self, at: int, first: int) -> bool:
        kind, value, _, _ = self.tokens[at]
        return kind in ("name", "hole", "string") or (kind == "word" and (at > first or value not in _NO_NAMES))

    def _type(self, at: int) -> tuple[set[int], bool]:
        """A type's name, what is in its brackets, and the words that belong to it."""
        tokens, first = self.tokens, at
        if tokens[at].kind not in ("word", "name", "hole") or tokens[at].value in _NO_NAMES - {"INTERVAL"}:
            return set(), False
        at += 1
        while at < self.cursor:
            word = tokens[at].value
            if word == "(":
                end = self.closing.get(at)
                if end is None:
                    self._inside_type(at, tokens[at - 1].value)
                    return set(), True
                at = end + 1
            elif word == "<":
                end = _angle(tokens, at)
                if end is None:
                    self._inside_type(_open_angle(tokens, at), "")
                    return set(), True
                at = end
            elif word == "[":
                at = next((n + 1 for n in range(at, self.cursor) if tokens[n].value == "]"), self.cursor)
            elif word == "." or (word in ("WITH", "WITHOUT") and tokens[at - 1].value not in ("(", ",")):
                at += 2
            elif word in _MORE_OF_TYPE:
                at += 1
            else:
                break
        if at == self.cursor:
            self.begun = " ".join(t.value for t in tokens[first:])
        return ({at}, at == self.cursor) if at <= self.cursor else (set(), True)

    def _inside_type(self, opening: int, word: str) -> None:
        """In `STRUCT<a |`, `MAP(VARCHAR, |`: a type, behind a field's name where fields have names."""
        holder = word or self.tokens[opening - 1].value
        if holder not in _NESTED:
            return
        before = self.tokens[-1]
        fresh = self.cursor == opening + 1 or before.value in (",", "<", "(")
        if holder in _FIELDS:
            if before.value == ":" or (not fresh and self.tokens[-2].value in ("(", "<", ",")):
                self.kinds.add("type")
        elif fresh:
            self.kinds.add("type")

    def _along(self, at: int) -> Iterator[int]:
        """Each place where an expression that begins at a token may end."""
        while at < self.cursor and self.tokens[at].value not in (",", ")"):
            if self.tokens[at].value == "(" and self.tokens[at].kind == "op":
                end = self.closing.get(at)
                if end is None:
                    self.kinds.add("expr")
                    return
                at = end
            at += 1
            yield at

    def columns(self) -> tuple[str, ...]:
        """The names that the list of a CREATE TABLE gives its columns, as far as it is written."""
        opening = next((at for at, t in enumerate(self.tokens) if t.value == "(" and t.kind == "op"), None)
        if opening is None or opening in self.closing:
            return ()
        made: list[str] = []
        at, fresh = opening + 1, True
        while at < self.cursor - 1:
            token = self.tokens[at]
            if fresh and token.kind in ("word", "name") and token.value not in _RULES:
                made.append(self.spell(token))
            at = self.closing.get(at, at)
            fresh = self.tokens[at].value == "," and self.tokens[at].kind == "op"
            at += 1
        return tuple(made)


def _all(found: Iterable[tuple[set[int], bool]]) -> tuple[set[int], bool]:
    ends: set[int] = set()
    reaches = False
    for more, also in found:
        ends |= more
        reaches = reaches or also
    return ends, reaches


def _parentheses(tokens: list[Token]) -> tuple[dict[int, int], dict[int, int]]:
    """The `)` of each `(` that is closed, and the last comma at its own depth in each that is not."""
    closing: dict[int, int] = {}
    commas: dict[int, int] = {}
    open_: list[int] = []
    angles = 0
    for at, (kind, value, _, _) in enumerate(tokens):
        if kind != "op":
            continue
        if value == "(":
            open_.append(at)
        elif value == ")" and open_:
            closing[open_.pop()] = at
        elif value == "<" and tokens[at - 1].value in _NESTED:
            angles += 1
        elif angles and value in (">", ">>"):
            angles = max(0, angles - len(value))
        elif value == "," and open_ and not angles:
            commas[open_[-1]] = at
    return closing, commas


def _angle(tokens: list[Token], at: int) -> int | None:
    """Behind the `>` of a `<`."""
    depth = 0
    for place in range(at, len(tokens)):
        value = tokens[place].value
        depth += (value == "<") - len(value) * (value in (">", ">>"))
        if depth <= 0:
            return place + 1
    return None


def _open_angle(tokens: list[Token], at: int) -> int:
    """The innermost `<` that is open at the end."""
    open_: list[int] = []
    for place in range(at, len(tokens)):
        value = tokens[place].value
        if value == "<":
            open_.append(place)
        elif value in (">", ">>"):
            del open_[-len(value) :]
    return open_[-1] if open_ else at
