"""Texts, attributes and keywords that equal a column's name and are not known to name it: which of them certainly do
not, and what to say of the others. When in doubt, in doubt: a rename is then refused."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from polycell.core.patterns import pattern
from polycell.core.service import Context
from polycell.core.text import Span
from polycell.core.types import UNKNOWN, GroupBy, Module, Record, Row, Scalar, Series, Table, Type
from polycell.languages.python.columns.candidates import Candidate, Reading
from polycell.languages.python.syntax.shapes import nodes
from polycell.languages.python.syntax.source import PythonSource

# Calls whose texts are for people.
SPOKEN = frozenset({
    "print", "title", "suptitle", "xlabel", "ylabel", "zlabel", "set_title", "set_xlabel", "set_ylabel", "set_label",
    "annotate", "legend", "figtext", "warn", "warning", "info", "debug", "error", "exception", "markdown",
    "Markdown", "write", "header", "subheader", "caption", "set_caption", "display", "open",
    "ValueError", "TypeError", "KeyError", "RuntimeError", "Exception", "getLogger", "import_module",
})  # fmt: skip
SPOKEN_KEYWORDS = frozenset({
    "label", "title", "xlabel", "ylabel", "help", "description", "caption", "how", "method", "kind", "engine",
    "encoding", "orient", "marker", "linestyle", "suffix", "prefix", "sep",
})  # fmt: skip
# Methods whose keywords are names of columns.
_NAMING = frozenset({
    "assign", "agg", "aggregate", "with_columns", "withColumns", "select", "group_by", "mutate", "dict", "DataFrame",
    "eval", "transform_calculate", "transform_aggregate", "transform_window", "transform_joinaggregate", "struct",
    "NamedAgg", "filter", "where", "Row", "summarize", "rename",
})  # fmt: skip
_SEVERAL = (ast.List, ast.Tuple, ast.ListComp, ast.GeneratorExp)
_OPERATORS = pattern(r"[<>=~*+|&@:^]|\w\(")


def harmless(reading: Reading, candidate: Candidate) -> bool:
    """Whether a place certainly names no column of another table than one that is known to lack it."""
    node = candidate.node
    if isinstance(node, ast.keyword):
        return _keyword(reading, node)
    if isinstance(node, ast.Attribute):
        return _attribute(reading, node, part=candidate.kind == "part")
    if (
        candidate.kind != "exact"
        and not _OPERATORS.search(str(getattr(node, "value", "")))
        and not _subscripted(reading, node)
    ):
        return True  # prose
    return _text(reading, node)


def _keyword(reading: Reading, node: ast.keyword) -> bool:
    call = reading.parents.get(node)
    function = call.func if isinstance(call, ast.Call) else None
    called = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return called not in _NAMING


def _attribute(reading: Reading, node: ast.Attribute, *, part: bool) -> bool:
    outer = reading.parents.get(node)
    called = isinstance(outer, ast.Call) and outer.func is node
    type_ = reading.evaluate(node.value)
    if isinstance(type_, Row):
        type_ = type_.table
    if isinstance(type_, Table):
        return not type_.open or called
    return called or part or (type_ != UNKNOWN and not (isinstance(type_, Record) and type_.open))


def _subscripted(reading: Reading, node: ast.AST) -> bool:
    outer = reading.parents.get(node)
    while isinstance(outer, (ast.List, ast.Tuple)):
        node, outer = outer, reading.parents.get(outer)
    return isinstance(outer, ast.Subscript) and outer.slice is node


def _text(reading: Reading, node: ast.AST) -> bool:
    child = node
    for outer in reading.above(node):
        if isinstance(outer, ast.Expr):
            return child is node  # a docstring
        if isinstance(outer, ast.stmt):
            return False
        if isinstance(outer, ast.Compare):
            return any(isinstance(reading.evaluate(side), Series) for side in (outer.left, *outer.comparators))
        if isinstance(outer, ast.keyword):
            if outer.arg in SPOKEN_KEYWORDS and child is node:
                return True
        elif isinstance(outer, ast.Subscript) and outer.slice is child:
            return _of_known(reading.evaluate(outer.value))
        elif isinstance(outer, ast.Dict) and child in outer.values and isinstance(child, _SEVERAL):
            return _makes_frame(reading, outer)  # the values of a column
        elif isinstance(outer, ast.Call) and child is not outer.func:
            return _argument(reading, outer)
        child = outer
    return False


def _of_known(type_: Type) -> bool:
    """Whether a subscript is no column's name: of a table that lacks it, of a column, of a text."""
    table = type_.table if isinstance(type_, (GroupBy, Row)) else type_
    return not table.open if isinstance(table, Table) else isinstance(table, (Series, Scalar))


def _makes_frame(reading: Reading, node: ast.AST) -> bool:
    outer = reading.parents.get(node)
    if not isinstance(outer, ast.Call):
        return False
    callee = reading.evaluate(outer.func)
    return isinstance(callee, Module) and callee.qualified.rpartition(".")[2] in ("DataFrame", "LazyFrame", "from_dict")


def _argument(reading: Reading, call: ast.Call) -> bool:
    """What a text is to the function that it is given to."""
    function = call.func
    called = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if called in SPOKEN or called.startswith(("read_", "scan_")):
        return True
    if not isinstance(function, ast.Attribute):
        return False
    receiver = function.value
    if isinstance(receiver, ast.Attribute) and receiver.attr in ("str", "dt", "cat"):
        receiver = receiver.value
    return isinstance(reading.evaluate(receiver), Series)


def why(reading: Reading, candidate: Candidate) -> str:
    """What is not known about a place, as the end of a sentence."""
    node = candidate.node
    owner: ast.expr | None = None
    if isinstance(node, ast.Attribute):
        owner = node.value
    else:
        for outer in reading.above(node):
            if isinstance(outer, ast.Subscript):
                owner = outer.value
                break
            if isinstance(outer, ast.Call):
                owner = outer.func.value if isinstance(outer.func, ast.Attribute) else None
                break
    if owner is None:
        return "it is not certain what that text is used for"
    shown = " ".join(reading.source.span(owner).of(reading.source.code).split())
    shown = shown if len(shown) <= 30 else f"{shown[:29]}…"
    if isinstance(reading.evaluate(owner), Table):
        return f"the columns of `{shown}` are not all known"
    return f"it is not known what `{shown}` is"


def used_elsewhere(context: Context, name: str) -> bool:
    """Whether another cell has a word that is this name."""
    word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    return any(
        cell.kind == "code" and index != context.index and word.search(cell.text)
        for index, cell in enumerate(context.notebook.cells)
    )


# -- names that are put together


def built(reading: Reading, name: str) -> Iterator[Span]:
    """Texts with holes that may come out as the name, and patterns that it fits: `f"price_{year}"`, `"price_" + year`,
    `df.filter(like="pri")`, `c.startswith("pri")`."""
    for node in _built(reading.source, name):
        if _subscripted(reading, node) or not _text(reading, node):
            yield reading.source.span(node)

    for call in nodes(reading.source.tree) if _PATTERNS.search(reading.source.code) and reading.source.tree else ():
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and _fits(call, call.func.attr, name):
            owner = call.func.value.value if isinstance(call.func.value, ast.Attribute) else call.func.value
            if not isinstance(reading.evaluate(owner), Series):
                yield reading.source.span(call)


_PATTERNS = pattern(r"\b(?:filter|startswith|endswith|contains|match|fullmatch|starts_with|ends_with|matches)\s*\(")


def _fits(call: ast.Call, method: str, name: str) -> bool:
    """Whether a call picks names by a pattern that the name fits."""
    given = [(k.arg or "", k.value) for k in call.keywords] + [("", a) for a in call.args]
    for keyword, node in given:
        text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
        if not text or text == name or len(text) > 100:
            continue
        if method in ("startswith", "starts_with") and name.startswith(text):
            return True
        if method in ("endswith", "ends_with") and name.endswith(text):
            return True
        if (method == "contains" or (method == "filter" and keyword == "like")) and text in name:
            return True
        if (method == "filter" and keyword == "regex") or method in ("matches", "match", "fullmatch", "contains"):
            if re.search(r"[*+}]\)?[*+{]", text):
                return True  # it may take too long to say
            try:
                if re.search(text, name):
                    return True
            except re.error:
                return True
    return False


def _may_be(parts: Sequence[object], name: str) -> bool:
    """Whether a text of fixed parts and holes (None) can come out as the name."""
    at, hole = 0, False
    for part in parts:
        if not isinstance(part, str):
            hole = True
            continue
        found = name.find(part, at) if hole else (at if name.startswith(part, at) else -1)
        if found < 0:
            return False
        at, hole = found + len(part), False
    last = parts[-1] if parts else None
    return hole or at == len(name) or (isinstance(last, str) and name.endswith(last) and None in parts)


# An f-string, or a literal beside a plus: what makes it worth to walk over a cell.
_PUT_TOGETHER = pattern(r"""(?<!\w)[rR]?[fF][rR]?["']|["']\s*\+|\+\s*\(*\s*[rRuU]?["']""")


def _built(source: PythonSource, name: str) -> Iterator[ast.expr]:
    if source.tree is None or not _PUT_TOGETHER.search(source.code):
        return
    for node in nodes(source.tree):
        if isinstance(node, ast.JoinedStr):
            parts = [p.value if isinstance(p, ast.Constant) else None for p in node.values]
            if None in parts and any(isinstance(p, str) and p.strip() for p in parts) and _may_be(parts, name):
                yield node
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            for side, fits in ((node.left, name.startswith), (node.right, name.endswith)):
                text = side.value if isinstance(side, ast.Constant) and isinstance(side.value, str) else ""
                if len(text) > 1 and text != name and fits(text):
                    yield node
