"""Scala's Spark code as PySpark's, so that one set of rules says what frames have: whoever serves Python types it.

The two interfaces have the same methods under the same names. What has no counterpart (a function literal, a value that
is no frame) becomes a name that nobody knows, and the rules then say what that leaves unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence

from msgspec import Struct, field

from polycell.core.patterns import pattern
from polycell.core.types import Column, Table
from polycell.core.virtual import Piece
from polycell.languages.scala.lexer import GOES_ON, Token

FUNCTIONS, TYPES, NOTHING = "polycell_F", "polycell_T", "polycell_any"

_OPERATORS = {"===": "==", "=!=": "!=", "<=>": "==", "&&": "&", "||": "|", "!": "~"}
_SAME = frozenset({"+", "-", "*", "/", "%", "<", ">", "<=", ">=", "&", "|"})
_KEYWORDS = {"true": "True", "false": "False", "null": "None"}
_SEQUENCES = frozenset({"Seq", "List", "Array", "Vector"})
_RENAMED = {"as": "alias", "name": "alias", "unionAll": "union", "except": "subtract", "mean": "avg"}
# What Scala may call without parentheses.
_ARGUMENTLESS = frozenset(
    {
        *("distinct", "cache", "persist", "unpersist", "toDF", "isNull", "isNotNull", "isNaN", "desc", "asc", "count"),
        *("checkpoint", "localCheckpoint", "dropDuplicates"),
    }
)
_DROPPED = frozenset({"toDS", "stripMargin"})
_MAPPING = frozenset({"map", "flatMap", "mapPartitions", "rdd", "mapValues", "collect"})
_NUMBER = pattern(r"(?i)^(0x[\da-f_]+?|[\d_.]+(?:e[+-]?\d+)?)[lfd]?$")
_PREFIX = pattern(r'(?:s|f|raw)?(?="|""")')
_MARGIN = pattern(r"(?m)^([ \t]*)\|")
_MOST = 4000  # tokens of one expression


Part = Generator[Piece, None, int]  # gives where it ends


class _UntoldError(Exception):
    """It has no counterpart."""


class Translation(Struct):
    """`is_frame`: whether a name is a frame, `is_given` whether the notebook defines it at all; `rows(tokens)`: the
    table of a collection that Scala makes a frame of, None where that is not known. `made` are tables by the names that
    stand for them in the text."""

    text: str
    cell: str
    is_frame: Callable[[str], bool]
    is_given: Callable[[str], bool]
    rows: Callable[[Sequence[Token]], Table | None]
    made: dict[str, Table] = field(default_factory=dict)

    def expression(self, found: Sequence[Token]) -> list[Piece]:
        """Empty for what is no expression of frames at all."""
        if len(found) > _MOST:
            return []
        try:
            return [Piece("("), *self._expression(found), Piece(")")]
        except (_UntoldError, RecursionError):
            return []

    def _argument(self, found: Sequence[Token]) -> list[Piece]:
        if (len(found) > 1 and found[-1].text == "*" and found[-2].text == "_") or (
            found[-1:] and found[-1].text == "_*"
        ):
            return [Piece(f"*{NOTHING}")]
        if len(found) > 2 and found[0].kind == "id" and found[1].text == "=":
            return [Piece(f"{found[0].text}="), *self._argument(found[2:])]
        try:
            return list(self._expression(found))
        except _UntoldError:
            return [Piece(NOTHING)]

    def _arguments(self, found: Sequence[Token]) -> list[Piece]:
        made: list[Piece] = []
        for part in split(found):
            made += [*([Piece(", ")] if made else []), *self._argument(part)]
        return made

    def _expression(self, found: Sequence[Token]) -> Iterator[Piece]:
        depth = 0
        for at, token in enumerate(found):
            depth += {"open": 1, "close": -1}.get(token.kind, 0)
            if depth == 0 and at and token.kind == "id" and found[at - 1].text != "." and at + 1 < len(found):
                if token.text in ("as", "alias") and found[at + 1].kind in ("string", "char"):
                    yield Piece("(")
                    yield from self._expression(found[:at])
                    yield Piece(").alias(")
                    alias = found[at + 1]
                    if alias.kind == "char":
                        yield from (Piece('"'), self._copy(alias.start + 1, alias.end), Piece('"'))
                    else:
                        yield from self._expression(found[at + 1 :])
                    yield Piece(")")
                    return
                raise _UntoldError
            if depth == 0 and token.text == "->" and at:
                yield from [Piece("("), *self._argument(found[:at]), Piece(", "), *self._argument(found[at + 1 :])]
                yield Piece(")")
                return
        at = 0
        while at < len(found):
            at = yield from self._part(found, at)

    def _part(self, found: Sequence[Token], at: int) -> Part:
        token = found[at]
        following = found[at + 1].text if at + 1 < len(found) else ""
        if token.kind == "id" and not (at and found[at - 1].text == "."):
            return (yield from self._name(found, at, following))
        if token.text == "." and at + 1 < len(found) and found[at + 1].kind in ("id", "keyword"):
            return (yield from self._member(found, at + 1))
        if token.text == "(":
            end = closing(found, at)
            yield from [Piece("("), *self._arguments(found[at + 1 : end]), Piece(")")]
            return end + 1
        if token.kind == "string":
            yield from self._string(token, at + 2 < len(found) and found[at + 2].text == "stripMargin")
        elif token.kind == "char" and not token.text.endswith("'"):
            yield from (Piece(f'{FUNCTIONS}.col("'), self._copy(token.start + 1, token.end), Piece('")'))
        elif token.kind == "number" and (number := _NUMBER.match(token.text)):
            yield Piece(number[1])
        elif token.text in _OPERATORS or token.text in _SAME:
            yield Piece(f" {_OPERATORS.get(token.text, token.text)} ")
        elif token.text in _KEYWORDS:
            yield Piece(_KEYWORDS[token.text])
        elif token.text == "new" and following == "StructType":
            pass
        else:
            raise _UntoldError
        return at + 1

    def _name(self, found: Sequence[Token], at: int, following: str) -> Part:
        name = found[at].text
        end = closing(found, at + 1) if following == "(" else at
        collected = self._collected(found, at, end)
        if collected is not None:
            name, end = collected
            yield Piece(name)
            return end + 1
        if following != "(":
            if name.endswith("Type") and not self.is_frame(name):
                yield Piece(f"{TYPES}.{name}()")
            else:
                yield Piece(name if self.is_frame(name) or name == "spark" else NOTHING)
            return at + 1
        inside = self._arguments(found[at + 2 : end])
        if name == "Map":
            yield from [Piece("dict(["), *inside, Piece("])")]
        elif name in _SEQUENCES:
            yield from [Piece("["), *inside, Piece("]")]
        elif self.is_frame(name):
            yield from [Piece(f"{name}["), *inside, Piece("]")]
        elif name in ("StructType", "StructField"):
            yield from [Piece(f"{TYPES}.{name}("), *inside, Piece(")")]
        elif self.is_given(name):
            raise _UntoldError
        elif name == "sql":
            yield from [Piece("spark.sql("), *inside, Piece(")")]
        else:
            yield from [Piece(f"{FUNCTIONS}.{name}("), *inside, Piece(")")]
        return end + 1

    def _collected(self, found: Sequence[Token], at: int, end: int) -> tuple[str, int] | None:
        """The name that stands for the frame made of a collection, and where that ends: `Seq(…).toDF`,
        `spark.createDataFrame(Seq(…))`."""
        words = [token.text for token in found[at : at + 4]]
        if words[:2] == ["spark", "."] and words[2:] in (["createDataFrame", "("], ["createDataset", "("]):
            end = closing(found, at + 3)
            table = self.rows(found[at + 4 : end])
        elif [token.text for token in found[end + 1 : end + 3]] in ([".", "toDF"], [".", "toDS"]):
            table = self.rows(found[at : end + 1]) if not self.is_frame(found[at].text) else None
        else:
            table = None
        if table is None and not at:
            end, table = self._named(found)
        if table is None:
            return None
        name = f"polycell_frame{len(self.made)}"
        self.made[name] = table
        return name, end

    def _named(self, found: Sequence[Token]) -> tuple[int, Table | None]:
        """What stands before the last `.toDF("a", "b")`, whatever it is made of: as many columns, of unknown types."""
        depth, last = 0, 0
        for at, token in enumerate(found):
            depth += {"open": 1, "close": -1}.get(token.kind, 0)
            if depth == 0 and token.text == "toDF" and [t.text for t in found[at - 1 : at + 2]] == [".", "toDF", "("]:
                last = at
        names = list(split(found[last + 2 : closing(found, last + 1)])) if last else []
        literal = all(len(name) == 1 and name[0].kind == "string" and not name[0].broken for name in names)
        before = {token.text for token in found[: last - 1]}
        if not names or not literal or (self.is_frame(found[0].text) and not before & _MAPPING):
            return 0, None
        columns = tuple(Column(f"_{number + 1}") for number in range(len(names)))
        return last - 2, Table(columns, flavour="spark", case_sensitive=False)

    def _member(self, found: Sequence[Token], at: int) -> Part:
        name = found[at].text
        after = at + 1
        if after < len(found) and found[after].text == "[":
            after = closing(found, after) + 1
            if name == "as":
                return after
        called = after < len(found) and found[after].text == "("
        end = closing(found, after) if called else after - 1
        if name in _DROPPED or (name == "toDF" and end - after <= 1):
            return end + 1
        yield Piece(f".{_RENAMED.get(name, name)}")
        if after < len(found) and found[after].text == "{":
            yield Piece(f"({NOTHING})")
            return closing(found, after) + 1
        if not called:
            if name in _ARGUMENTLESS:
                yield Piece("()")
            return after
        inside = found[after + 1 : end]
        if name == "options" and inside and inside[0].text == "Map":
            yield from [Piece("(**"), *self._argument(inside), Piece(")")]
        else:
            yield from [Piece("("), *self._arguments(inside), Piece(")")]
        return end + 1

    def _string(self, token: Token, margins: bool) -> Iterator[Piece]:
        if token.text == GOES_ON or token.broken:
            raise _UntoldError
        written = self.text[token.start : token.end]
        if written.startswith('$"'):
            yield from (Piece(f"{FUNCTIONS}.col("), self._copy(token.start + 1, token.end), Piece(")"))
            return
        prefix = _PREFIX.match(written)
        if prefix is None:
            raise _UntoldError
        start = token.start + prefix.end()
        if self.text.startswith('"""', start):
            yield Piece("r")
            if margins:
                yield Piece(_MARGIN.sub(r"\1 ", self.text[start : token.end]), self.cell, start)
                return
        yield self._copy(start, token.end)

    def _copy(self, start: int, end: int) -> Piece:
        return Piece(self.text[start:end], self.cell, start)


def split(found: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """Parts between the commas of the outermost level."""
    depth = start = 0
    for at, token in enumerate(found):
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if depth == 0 and token.text == ",":
            yield found[start:at]
            start = at + 1
    if start < len(found):
        yield found[start:]


def closing(found: Sequence[Token], at: int) -> int:
    """The index of the bracket that closes the one at `at`; raises where none does."""
    depth = 0
    for index in range(at, len(found)):
        depth += {"open": 1, "close": -1}.get(found[index].kind, 0)
        if depth == 0:
            return index
    raise _UntoldError
