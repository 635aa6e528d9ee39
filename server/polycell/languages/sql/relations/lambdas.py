"""Parameters of lambdas: `transform(items, x -> x.price)`."""

from __future__ import annotations

from collections.abc import Sequence

from polycell.core.types import Column
from polycell.languages.sql.relations.columns import Relations
from polycell.languages.sql.syntax.blocks import Block
from polycell.languages.sql.syntax.place import Place
from polycell.languages.sql.syntax.scan import Statement


def lambda_element(place: Place, relations: Relations, name: str) -> Sequence[Column] | None:
    """The fields of a lambda's parameter of that folded name: those of the elements of the array that stands first in
    the call. None where no lambda has such a parameter."""
    statement = place.statement
    block: Block | None = place.inner
    while block is not None and block.kind in ("call", "paren"):
        at = _parameter(statement, block, place.index, name)
        if at >= 0:
            return _fields(statement, relations, block, place) if block.kind == "call" else ()
        block = block.parent
    return None


def _parameter(statement: Statement, block: Block, end: int, name: str) -> int:
    """Where the lambda of the call that has the parameter writes its arrow; -1 where none has."""
    tokens = statement.tokens
    for at in range(block.start + 2, min(end, len(tokens))):
        if tokens[at].value != "->" or tokens[at].kind != "op":
            continue
        first = at - 1
        if tokens[first].value == ")":
            while first > block.start and tokens[first].value != "(":
                first -= 1
        if any(statement.spelling(t).casefold() == name for t in tokens[first:at] if t.kind in ("word", "name")):
            return at
    return -1


def _fields(statement: Statement, relations: Relations, block: Block, place: Place) -> Sequence[Column]:
    words = []
    for token in statement.tokens[block.start + 1 : place.index]:
        if token.value == "," and token.kind == "op":
            break
        if token.kind in ("word", "name"):
            words.append(token)
        elif token.value != ".":
            return ()
    found = relations.resolve(words, place.block) if words else None
    held = found[0].type if found is not None else None
    element = held.children[0][1] if held is not None and held.name == "list" and held.children else None
    if element is None or element.name != "struct":
        return ()
    return tuple(Column(label, type_) for label, type_ in element.children)
