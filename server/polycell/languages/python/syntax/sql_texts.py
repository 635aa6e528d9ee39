"""String literals as texts of another language, at the offsets of the cell.

A text has the length of its source: an escape of two characters becomes a blank and what it stands for, the quotes
between joined literals become blanks, and the holes of an f-string keep their place, names as they are (a frame may be
meant). Blanks more or less do not matter in SQL, outside of its own strings at least.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from polycell.core.patterns import pattern
from polycell.core.text import Span
from polycell.languages.python.syntax.shapes import nodes
from polycell.languages.python.syntax.source import PythonSource

LONGEST = 100_000  # characters of a literal

_OPENING = pattern(r"""([A-Za-z]{0,2})(\"{3}|'{3}|\"|')""")
_BETWEEN = pattern(r"(?:\s|\\\r?\n|\#[^\n]*)*")
NOT_LINE_ENDS = pattern(r"[^\r\n]")
_ESCAPE = pattern(r"\\(\r\n|[\s\S])")
_ESCAPED = {"n": "  ", "t": "  ", "r": "  ", "\n": " \n", "\r\n": " \r\n", "'": " '", '"': ' "', "\\": " \\"}
_REFUSED = frozenset("xuUN01234567abfv")
_PLAIN_HOLE = pattern(r"\{\s*[A-Za-z_]\w*\s*\}\Z")
_HOLE = pattern(r"\{[^{}]*\}")

Literal = ast.Constant | ast.JoinedStr


def bound_once(tree: ast.Module) -> Mapping[str, ast.expr]:
    """Names that the cell binds once, by a plain assignment → what they are bound to."""
    stores: dict[str, int] = {}
    values: dict[str, ast.expr] = {}
    for node in nodes(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            stores[node.id] = stores.get(node.id, 0) + 1
        elif isinstance(node, ast.arg):
            stores[node.arg] = stores.get(node.arg, 0) + 1
        elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            values[node.targets[0].id] = node.value
    return {name: value for name, value in values.items() if stores.get(name) == 1}


def content(source: PythonSource, text: str, node: Literal) -> tuple[Span, str] | None:
    """(the span between the first quote and the last, its text); None where offsets could not be kept."""
    if isinstance(node, ast.Constant) and not isinstance(node.value, str):
        return None
    return joined(text, source.span(node))


def joined(text: str, whole: Span) -> tuple[Span, str] | None:
    """The same of the literals in a span of the text."""
    if len(whole) > LONGEST:
        return None
    parts = list(joined_parts(text, whole))
    if not parts or parts[-1] is None:
        return None
    made: list[str] = []
    begin = at = -1
    for part in parts:
        if part is None:
            return None
        span, inner = part
        if begin < 0:
            begin = span.start
        else:
            if made[-1][-1:].isalnum() and inner[:1].isalnum():
                return None  # two halves of one word
            made.append(NOT_LINE_ENDS.sub(" ", text[at : span.start]))
        made.append(inner)
        at = span.end
    return Span(begin, at), "".join(made)


def holes(node: Literal, span: Span, masked: str) -> tuple[Span, ...]:
    """Where Python stands in an f-string's text, as `content` tells it: inside of its braces."""
    return holes_of(span, masked) if isinstance(node, ast.JoinedStr) else ()


def holes_of(span: Span, masked: str) -> tuple[Span, ...]:
    """Where Python stands in a text with holes."""
    return tuple(Span(found.start() + 1, found.end() - 1).shift(span.start) for found in _HOLE.finditer(masked))


def joined_parts(text: str, whole: Span) -> Iterator[tuple[Span, str] | None]:
    """(span, text) of each of the literals that are joined; a last None where one is not understood."""
    at = whole.start
    while at < whole.end:
        head = _OPENING.match(text, at)
        if head is None:
            yield None
            return
        prefix, quote = head[1].lower(), head[2]
        end = _closing(text, head.end(), whole.end, quote)
        if end is None or "b" in prefix:
            yield None
            return
        inner: str | None = text[head.end() : end]
        if "f" in prefix and inner is not None:
            inner = None if "\\" in inner and "r" not in prefix and _in_hole(inner) else _holes(inner)
        if "r" not in prefix and inner is not None:
            inner = _unescaped(inner)
        if inner is None:
            yield None
            return
        yield Span(head.end(), end), inner
        following = _BETWEEN.match(text, end + len(quote))
        at = following.end() if following is not None else whole.end


def _closing(text: str, start: int, end: int, quote: str) -> int | None:
    at = start
    while at < end:
        if text[at] == "\\":
            at += 2
        elif text.startswith(quote, at):
            return at
        else:
            at += 1
    return None


def _unescaped(inner: str) -> str | None:
    """The text with what escapes stand for, each as long as it was; None for escapes of other lengths."""
    if "\\" not in inner:
        return inner
    if any(found[1] in _REFUSED for found in _ESCAPE.finditer(inner)):
        return None
    open_: set[str] = set()

    def meant(found: re.Match[str]) -> str:
        quote = found[1]
        if quote not in "'\"":
            return _ESCAPED.get(quote, found[0])
        # No blank may come between a quote and what it is around.
        open_.symmetric_difference_update(quote)
        return f" {quote}" if quote in open_ else f"{quote} "

    return _ESCAPE.sub(meant, inner)


def _in_hole(inner: str) -> bool:
    return any("\\" in part.partition("}")[0] for part in inner.split("{")[1:])


def _holes(inner: str) -> str | None:
    """The text of an f-string with every hole that is no plain name made one that is; None where `{{` escapes."""
    made: list[str] = []
    at = depth = start = 0
    for i, c in enumerate(inner):
        if c == "{":
            if not depth:
                if inner[i : i + 2] == "{{":
                    return None
                made.append(inner[at:i])
                start = i
            depth += 1
        elif c == "}":
            if not depth:
                return None
            depth -= 1
            if not depth:
                hole = inner[start : i + 1]
                made.append(hole if _PLAIN_HOLE.match(hole) else "{" + "_" * (len(hole) - 2) + "}")
                at = i + 1
    return "".join([*made, inner[at:]]) if not depth else None
