"""Texts, attributes and keywords that equal a column's name and are not known to name it: which of them certainly do
not, and what to say of the others. When in doubt, in doubt: a rename is then refused."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from polycell.core.service import Context
from polycell.core.text import Span
from polycell.core.types import UNKNOWN, Module, Opaque, Record, Series, Table, Type
from polycell.languages.python.candidates import Candidate, Reading
from polycell.languages.python.source import PythonSource

# Calls whose texts are for people.
_SPOKEN = frozenset({
    "print", "title", "suptitle", "xlabel", "ylabel", "zlabel", "set_title", "set_xlabel", "set_ylabel", "set_label",
    "annotate", "legend", "figtext", "warn", "warning", "info", "debug", "error", "exception", "markdown",
    "Markdown", "write", "header", "subheader", "caption", "set_caption", "display", "open",
    "ValueError", "TypeError", "KeyError", "RuntimeError", "Exception", "getLogger", "import_module",
})  # fmt: skip
_SPOKEN_KEYWORDS = frozenset({
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
_OPERATORS = re.compile(r"[<>=~*+|&@:^]|\w\(")


def harmless(reading: Reading, candidate: Candidate) -> bool:
    """Whether a place certainly names no column of another table than one that is known to lack it."""
    node = candidate.node
    if isinstance(node, ast.keyword):
        return _keyword(reading, node)
    if isinstance(node, ast.Attribute):
        return _attribute(reading, node)
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


def _attribute(reading: Reading, node: ast.Attribute) -> bool:
    outer = reading.parents.get(node)
    called = isinstance(outer, ast.Call) and outer.func is node
    type_ = reading.evaluate(node.value)
    if isinstance(type_, Table):
        return not type_.open or called
    return called or (type_ != UNKNOWN and not (isinstance(type_, Record) and type_.open))


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
            if outer.arg in _SPOKEN_KEYWORDS and child is node:
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
    """Whether a subscript is no column's name: of a table that lacks it, of a dictionary, of a column."""
    if isinstance(type_, Table):
        return not type_.open
    return type_ != UNKNOWN and not isinstance(type_, Opaque)


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
    if called in _SPOKEN or called.startswith(("read_", "scan_")):
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
    """Texts with holes that may come out as the name: `f"price_{year}"`, `"price_" + year`."""
    for node in _built(reading.source, name):
        if _subscripted(reading, node) or not _text(reading, node):
            yield reading.source.span(node)


def _built(source: PythonSource, name: str) -> Iterator[ast.expr]:
    if source.tree is None or not ('f"' in source.code or "f'" in source.code or "+" in source.code):
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.JoinedStr):
            fixed = [p.value for p in node.values if isinstance(p, ast.Constant) and isinstance(p.value, str)]
            holes = [p for p in node.values if not isinstance(p, ast.Constant)]
            if not holes or not "".join(fixed).strip():
                continue
            pattern = "".join(
                re.escape(p.value) if isinstance(p, ast.Constant) and isinstance(p.value, str) else ".*"
                for p in node.values
            )
            if len("".join(fixed)) < 200 and re.fullmatch(pattern, name):
                yield node
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            for side, fits in ((node.left, name.startswith), (node.right, name.endswith)):
                text = side.value if isinstance(side, ast.Constant) and isinstance(side.value, str) else ""
                if len(text) > 1 and text != name and fits(text):
                    yield node
