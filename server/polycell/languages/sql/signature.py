"""The function call around the cursor, in the words of the dialect's list of functions."""

from __future__ import annotations

from polycell.core.results import Signatures
from polycell.core.signatures import signatures
from polycell.languages.sql.scan import Statement
from polycell.languages.sql.words import functions


def signature(statement: Statement, offset: int) -> Signatures | None:
    """None outside of calls, in strings and comments, and for functions nobody described."""
    at = offset - statement.start
    if any(span.start < at <= span.end for span in statement.lexed.comments):
        return None
    open_: list[list[int]] = []  # index of the token `(`, commas behind it
    tokens = statement.tokens
    for index, token in enumerate(tokens):
        if token.start >= at:
            break
        if token.kind == "op" and token.value in "([{":
            open_.append([index, 0])
        elif token.kind == "op" and token.value in ")]}" and token.end <= at:
            if open_:
                open_.pop()
        elif token.kind == "op" and token.value == "," and open_:
            open_[-1][1] += 1
    known = functions(statement.dialect.name)
    for index, commas in reversed(open_):
        before = tokens[index - 1] if index else None
        if tokens[index].value != "(" or before is None or before.kind != "word":
            continue
        text = known.get(before.value.lower())
        if text is None:
            return None
        label, _, documentation = text.partition(": ")
        return signatures(label, commas, "", documentation) if "(" in label else None
    return None
