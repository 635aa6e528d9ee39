"""Texts that code builds of literals and values: `"…{}…".format(x)`, `"…%s…" % x`, `"…" + x + "…"`,
`Template("…$t…").substitute(t=x)`, a literal under `dedent(…)` or `.strip()`, or a name that is bound to any of these
(`bound_texts`).

Where a value comes in is a hole of the length of what stands there, written as a template that the other language
reads. A hole keeps the name of what fills it where that fits; else it gets one that the text has not, and `Built.names`
says what it means.
"""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Callable, Iterator, Mapping
from typing import Literal

from msgspec import Struct

from polycell.core.patterns import pattern
from polycell.core.text import Span
from polycell.core.types import STRING, UNKNOWN, Scalar, Type
from polycell.languages.python.syntax.source import PythonSource
from polycell.languages.python.syntax.sql_texts import LONGEST, NOT_LINE_ENDS, joined_parts

# What hands on a text with other blanks at most, as a method of it or around it.
_BLANKS = frozenset({"strip", "lstrip", "rstrip"})
_AROUND = frozenset({"dedent", "cleandoc", "text", "SQL", "str", "TextClause"})
_FILLING = {"format": "format", "substitute": "template", "safe_substitute": "template", "render": "jinja"}
_STYLES: Mapping[str, re.Pattern[str]] = {
    "format": pattern(r"\{\{|\}\}|\{(?P<name>[^{}!:.\[]*)(?P<more>[^{}]*)\}|[{}]"),
    "percent": pattern(r"%%|%(?:\((?P<name>\w+)\))?(?P<more>[-+#0 ]*(?:\d+|\*)?(?:\.\d+)?)[sdifgeGEFrxXc]|%"),
    "template": pattern(r"\$\$|\$(?P<open>\{)?(?P<name>[A-Za-z_]\w*)(?(open)\})"),
    "jinja": pattern(r"\{\{(?P<name>\s*\w+\s*)\}\}"),
}
_HOLE = pattern(r"\{\{[^{}]*\}\}|\{[^{}]*\}|\$\w+|%\(\w+\)\w")
_NAME = pattern(r"[A-Za-z_]\w*\Z")
_WORD = pattern(r"[A-Za-z_]\w*")

Style = Literal["", "format", "percent", "template", "jinja"]
Literals = ast.Constant | ast.JoinedStr


class Recipe(Struct, frozen=True):
    """How a text is built: `parts` in their order, the first a literal; `fills` are the values for the holes of a
    `style`, by name, or by number as it is written. `loose`: some parts come in on some paths only."""

    parts: tuple[ast.expr, ...]
    style: Style = ""
    fills: Mapping[str, ast.expr] = {}
    loose: bool = False


class Built(Struct, frozen=True):
    """`text` has the length of `span`; `values` are the spans of the cell where values stand between literals. Names
    of holes that do not mean what they mean around the text: `names` to the name that they stand for, or to a type."""

    span: Span
    text: str
    values: tuple[Span, ...] = ()
    names: tuple[tuple[str, str | Type], ...] = ()


# What a name is bound to at a place: the parts of its text, and whether they are added on some paths only.
Bound = Callable[[str, ast.expr], "Value | None"]


class Value(Struct, frozen=True):
    first: ast.expr
    added: tuple[ast.expr, ...] = ()
    loose: bool = False


def recipe_of(node: ast.expr | None, bound: Bound) -> Recipe | None:
    """How an expression builds its text; None where it is not known to be one that begins with a literal."""
    style, fills = "", dict[str, ast.expr]()
    added: tuple[ast.expr, ...] = ()
    loose = False
    for _ in range(8):
        inner: ast.expr | None = None
        if isinstance(node, ast.Name):
            value = bound(node.id, node)
            if value is not None and not (added and value.added):
                inner, added, loose = value.first, added or value.added, loose or value.loose
        elif isinstance(node, ast.Call):
            called, name = node.func, _last_name(node.func)
            if isinstance(called, ast.Attribute) and name in _BLANKS and not node.args:
                inner = called.value
            elif isinstance(called, ast.Attribute) and name in _FILLING and not style:
                style, fills, inner = _FILLING[name], _arguments(node), called.value
            elif len(node.args) == 1 and (name in _AROUND or (name == "Template" and style)):
                inner = node.args[0]
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) and not style:
            style, fills, inner = "percent", _operands(node.right), node.left
        else:
            break
        if inner is None:
            return None
        node = inner
    parts = (*_added(node), *(part for value in added for part in _added(value))) if node is not None else ()
    if not parts or not _is_text(parts[0]) or (style and any(isinstance(p, ast.JoinedStr) for p in parts)):
        return None
    return Recipe(parts, style, fills, loose)  # type: ignore[arg-type]


def _arguments(call: ast.Call) -> dict[str, ast.expr]:
    found: dict[str, ast.expr] = {}
    if not any(isinstance(value, ast.Starred) for value in call.args):
        found = {str(at): value for at, value in enumerate(call.args)}
    for keyword in call.keywords:
        if keyword.arg is not None:
            found[keyword.arg] = keyword.value
    if len(call.args) == 1 and isinstance(call.args[0], ast.Dict):
        found.update(_operands(call.args[0]))
    return found


def _operands(node: ast.expr) -> dict[str, ast.expr]:
    if isinstance(node, ast.Tuple):
        return {str(at): value for at, value in enumerate(node.elts)}
    if isinstance(node, ast.Dict):
        keyed = zip(node.keys, node.values, strict=True)
        return {k.value: v for k, v in keyed if isinstance(k, ast.Constant) and isinstance(k.value, str)}
    return {"0": node}


def _added(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        yield from _added(node.left)
        yield from _added(node.right)
    else:
        yield node


def text_of(node: ast.expr | None) -> str | None:
    """The text that a plain literal is."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or text_of(node) is not None


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def built(source: PythonSource, text: str, recipe: Recipe) -> Built | None:
    """The text between the first quote and the last, or the end of the last value; None where offsets could not be
    kept."""
    spans = [source.span(part) for part in recipe.parts]
    if spans[-1].end - spans[0].start > LONGEST:
        return None
    pieces: list[tuple[Span, str]] = []  # the texts of literals
    filled: dict[int, ast.expr] = {}  # behind how many of them a value stands
    values: list[Span] = []
    for part, span in zip(recipe.parts, spans, strict=True):
        if not _is_text(part):
            filled[len(pieces)] = ast.Tuple([]) if len(pieces) in filled else part  # two side by side are one hole
            continue
        for read in joined_parts(text, span):
            if read is None:
                return None
            pieces.append(read)
            if isinstance(part, ast.JoinedStr):
                values += [Span(h.start() + 1, h.end() - 1).shift(read[0].start) for h in _HOLE.finditer(read[1])]
    if len(pieces) in filled:
        pieces.append((Span(spans[-1].end, spans[-1].end), ""))
    holes = _Holes(recipe, "".join(piece for _, piece in pieces))
    made = [holes.written(pieces[0][1])]
    for index, (span, piece) in enumerate(pieces[1:], 1):
        gap, value = Span(pieces[index - 1][0].end, span.start), filled.get(index)
        if value is not None:
            made.append(_hole(gap.of(text), value, source.span(value).start - gap.start if _is_name(value) else 1))
            values.append(Span(min(gap.start + 1, gap.end), max(gap.start + 1, gap.end - bool(len(span) or piece))))
        elif made[-1][-1:].isalnum() and piece[:1].isalnum():
            return None  # two halves of one word
        else:
            made.append(NOT_LINE_ENDS.sub(" ", gap.of(text)))
        made.append(holes.written(piece))
    return Built(Span(pieces[0][0].start, pieces[-1][0].end), "".join(made), tuple(values), holes.names())


def _is_name(node: ast.expr) -> bool:
    return isinstance(node, ast.Name)


def _hole(gap: str, value: ast.expr, at: int) -> str:
    """A hole over all that stands between two literals, the quotes included; lines end where they did."""
    made = list(NOT_LINE_ENDS.sub(" ", gap))
    word = value.id if isinstance(value, ast.Name) else "_"
    at = min(at, len(made) - 1 - len(word))
    if at < 1 or "".join(made[at : at + len(word)]).strip(" "):
        at, word = next((i for i, c in enumerate(made[1:-1], 1) if c == " "), 1), "_"
    made[at : at + len(word)] = word
    made[0], made[-1] = "{", "}"
    return "".join(made)


class _Holes:
    """Writes the holes of literals, and remembers what their names mean."""

    def __init__(self, recipe: Recipe, whole: str) -> None:
        self._recipe = recipe
        self._used = set(_WORD.findall(whole))
        self._fresh: dict[tuple[str, int], str] = {}
        self._count = 0
        self._meant: dict[str, str | Type] = {}

    def names(self) -> tuple[tuple[str, str | Type], ...]:
        return tuple(self._meant.items())

    def written(self, text: str) -> str:
        style = _STYLES.get(self._recipe.style)
        return style.sub(self._written, text) if style is not None else text

    def _written(self, found: re.Match[str]) -> str:
        whole = found[0]
        if whole in ("%%", "{{", "}}", "$$"):
            return f" {whole[0]}"
        if len(whole) == 1:
            return whole
        name = (found["name"] or "").strip()
        if self._recipe.style in ("template", "jinja"):
            return whole.replace(name, self._name(name, len(name)), 1)
        key = name
        if not name:
            key, self._count = str(self._count), self._count + 1
        known = bool(key in self._recipe.fills and not found["more"].strip() and not _glued(found))
        if len(whole) == 2:
            return f"${self._name(key, 1)}" if known and self._value(key) is not UNKNOWN else "{}"
        if whole[0] == "%" and name:  # `%(name)s`
            return f"%({self._name(name, len(name))})s" if not found["more"] else "{" + "_" * (len(whole) - 2) + "}"
        inner = self._name(key, len(whole) - 2) if name and not found["more"].strip() else "_" * (len(whole) - 2)
        return f"{{{inner}}}"

    def _name(self, key: str, length: int) -> str:
        """A name of that length for what fills a hole, which the text has not; the hole's own where nobody knows."""
        if key not in self._recipe.fills:
            return key if len(key) == length and _NAME.match(key) else "_" * length
        made = self._fresh.get((key, length))
        if made is None:
            names = (letter.ljust(length, "_") for letter in string.ascii_letters)
            made = self._fresh[key, length] = next((name for name in names if name not in self._used), "_" * length)
            self._used.add(made)
            self._meant[made] = self._value(key)
        return made

    def _value(self, key: str) -> str | Type:
        value = self._recipe.fills.get(key)
        if isinstance(value, ast.Name):
            return value.id
        text = text_of(value)
        return Scalar(STRING, text) if text is not None else UNKNOWN


def _glued(found: re.Match[str]) -> bool:
    around = (found.string[: found.start()][-1:], found.string[found.end() :][:1])
    return any(c.isalnum() or c in ("_", "$", ":", "`", '"', "'", ")", "]", "}") for c in around)
