"""Calls of functions and classes of other languages: their parameters, which Scala's own type for them lacks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from polycell.core.results import Signature, Signatures
from polycell.core.service import Context
from polycell.core.text import Span
from polycell.core.types import Class, Function
from polycell.languages.scala.lexer import Token, code, tokens
from polycell.languages.scala.outline import Outline
from polycell.languages.scala.text import scala_text


def signature(context: Context, offset: int) -> Signatures | None:
    """Of the call around the offset; None where a name of Scala is called, or a member."""
    outline = context.facts.analysis
    found = [token for token in code(tokens(scala_text(context.cell))) if token.end <= offset]
    opened = _open_call(found)
    if opened is None or not isinstance(outline, Outline):
        return None
    name, active = opened
    if name in outline.local or outline.named(name) is not None:
        return None
    binding = context.view.lookup(name)
    type_ = binding.type if binding is not None and binding.space != (context.cell.space or "scala") else None
    if not isinstance(type_, Function | Class) or not type_.signature.startswith("("):
        return None
    label = f"{name}{type_.signature}"
    return Signatures((Signature(label, tuple(_parameters(label, len(name))), type_.documentation),), 0, active)


def _open_call(found: Sequence[Token]) -> tuple[str, int] | None:
    """The name whose parenthesis is the last that stands open, and the number of commas behind that."""
    depth = commas = 0
    for at in range(len(found) - 1, 0, -1):
        token = found[at]
        if token.kind == "close":
            depth += 1
        elif token.kind == "open" and depth:
            depth -= 1
        elif token.kind == "open":
            called = found[at - 1]
            member = at > 1 and found[at - 2].text == "."
            return (called.text, commas) if token.text == "(" and called.kind == "id" and not member else None
        elif token.text == "," and not depth:
            commas += 1
    return None


def _parameters(label: str, opening: int) -> Iterator[Span]:
    """Between the commas of the bracket at `opening`."""
    depth, start = 0, opening + 1
    for at in range(opening, len(label)):
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(label[at], 0)
        if (depth == 1 and label[at] == ",") or depth == 0:
            if label[start:at].strip():
                yield Span(start, at)
            start = at + 1
            while label[start : start + 1] == " ":
                start += 1
        if depth == 0:
            return
