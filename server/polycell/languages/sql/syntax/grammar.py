"""The grammar of statements that are no query, as data (`grammar.txt`): what may follow what, a dialect at a time.

A section `[a b]` or `[all but a b]` says for which dialects the lines below it hold (`generic` is the one that is used
where nothing says which database is meant). A line is `rule: body`; the lines of one rule are its alternatives. In a
body, words in upper case are keywords, `[…]` may be left out, `{a | b}` is a choice, `x*` comes any number of times,
`x,` is a list with commas, `(…)` are parentheses of the statement, and other signs stand for themselves. Words in lower
case are rules, or what `KINDS` lists.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from importlib import resources
from typing import Literal

from msgspec import Struct

from polycell.core.patterns import pattern
from polycell.languages.sql.syntax.words import words_of

# What stands for more than a keyword: names that are made up (`new`), tables, views and schemas that are there, columns
# of the table that was named last, types, expressions, queries, literals, and whatever the rest of a statement is.
KINDS = words_of("new table view schema column type expr query string number any any-word")
_PARTS = pattern(r"[\[\]{}()|*,=]|[\w-]+")


class Node(Struct, frozen=True, eq=False):
    """`keyword` and `sign` have a `text`, `kind` and `rule` a name; the others have `parts`."""

    what: Literal["keyword", "sign", "kind", "rule", "row", "choice", "maybe", "many", "list", "parens"]
    text: str = ""
    parts: tuple[Node, ...] = ()


@lru_cache(maxsize=32)
def grammar(dialect: str) -> Mapping[str, Node]:
    """The rules of a dialect, each a choice of its lines."""
    made: dict[str, list[Node]] = {}
    for dialects, others, name, body in _lines():
        if ((dialect or "generic") in dialects) is not others:
            made.setdefault(name, []).append(body)
    return {name: Node("choice", parts=tuple(lines)) for name, lines in made.items()}


@lru_cache(maxsize=1)
def _lines() -> Sequence[tuple[frozenset[str], bool, str, Node]]:
    text = resources.files("polycell.languages.sql.syntax").joinpath("grammar.txt").read_text(encoding="utf-8")
    return tuple(_read(text))


def _read(text: str) -> Iterator[tuple[frozenset[str], bool, str, Node]]:
    dialects, others = frozenset[str](), False
    for line in text.splitlines():
        if line.startswith("["):
            words = line.strip("[]").split()
            dialects, others = frozenset(words) - {"all", "but"}, words[0] == "all"
        elif line and not line.startswith("#"):
            name, _, body = line.partition(":")
            yield dialects, others, name, _body(_PARTS.findall(body))


def _body(words: list[str]) -> Node:
    """A choice of rows, up to the bracket that closes it; what was read is taken from `words`."""
    rows: list[Node] = []
    row: list[Node] = []
    while words and words[0] not in ("]", "}", ")"):
        word = words.pop(0)
        if word == "|":
            rows.append(_row(row))
            row = []
        elif word in "*,":
            row[-1] = Node("many" if word == "*" else "list", parts=(row[-1],))
        elif word in "[{(":
            inside = _body(words)
            words.pop(0)
            row.append(inside if word == "{" else Node("maybe" if word == "[" else "parens", parts=(inside,)))
        elif word in KINDS:
            row.append(Node("kind", word))
        elif word == "=":
            row.append(Node("sign", word))
        else:
            row.append(Node("keyword" if word != word.lower() else "rule", word))
    rows.append(_row(row))
    return rows[0] if len(rows) == 1 else Node("choice", parts=tuple(rows))


def _row(parts: list[Node]) -> Node:
    return parts[0] if len(parts) == 1 else Node("row", parts=tuple(parts))
