"""The function call around the cursor, and what is known of a function: by a catalogue where we have one."""

from __future__ import annotations

from polycell.core.results import Signature, Signatures
from polycell.core.signatures import parameters, signatures, written
from polycell.languages.sql import more_functions
from polycell.languages.sql.duckdb import functions as duckdb_functions
from polycell.languages.sql.functions import line_of
from polycell.languages.sql.syntax.scan import Statement

MOST = 12  # call forms of one function


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
    for index, commas in reversed(open_):
        before = tokens[index - 1] if index else None
        if tokens[index].value != "(" or before is None or before.kind != "word":
            continue
        return _of_function(statement.dialect.name, statement.spelling(before), commas)
    return None


def _of_function(dialect: str, name: str, argument: int) -> Signatures | None:
    """The form of our own words first: they name arguments where catalogues often give types alone."""
    label, _, documentation = line_of(dialect, name).partition(": ")
    if dialect == "duckdb" and (found := duckdb_functions.named(name)) is not None:
        return _overloads(found, label, documentation, argument)
    if not label and (named := more_functions.named(dialect, name)) is not None:
        label = named.form
    return signatures(label, argument, "", documentation) if "(" in label else None


def _overloads(function: duckdb_functions.Function, label: str, words: str, argument: int) -> Signatures | None:
    """All forms; the first that takes as many arguments is the likeliest."""
    own = [label] if "(" in label else []
    forms = [*own, *function.forms][:MOST]
    said = "\n\n".join(filter(None, [words, function.summary]))
    made = tuple(Signature(form, parameters(form), said) for form in forms)
    if not made:
        return None
    places = [written(one.label, one.parameters, argument) for one in made]
    active = next((at for at, place in enumerate(places) if place is not None), 0)
    return Signatures(made, active, places[active])


def described(dialect: str, name: str) -> tuple[str, str] | None:
    """(call form, what it does) of a function; None for one that nobody knows."""
    label, _, words = line_of(dialect, name).partition(": ")
    if dialect == "duckdb" and (found := duckdb_functions.named(name)) is not None:
        return label or found.forms[0], "\n\n".join(filter(None, [words, found.documentation]))
    if label:
        return label, words
    named = more_functions.named(dialect, name)
    return (named.form, "") if named is not None else None
