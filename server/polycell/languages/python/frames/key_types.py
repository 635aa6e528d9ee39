"""`merge-key-types`: keys of a join whose types its library does not compare.

Which pairs are refused was asked of the libraries themselves (pandas 3.1, polars 2.1; the tests ask again): pandas
compares numbers with truth values and, without a word, finds nothing where it compares texts with them; polars wants
equal types, but for the widths of numbers. Dates in pandas are objects, and categories may hold anything.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import NamedTuple

from polycell.core.types import FLOATS, INTEGERS, STRINGS, Column, DataType, Module, Table
from polycell.languages.python.frames.columns import sure
from polycell.languages.python.frames.refusals import Refusal, Remedy, certain, shown
from polycell.languages.python.frames.registry import Call


class Side(NamedTuple):
    """One of the two tables that are joined, and the expression that it is the value of."""

    table: Table
    node: ast.expr | None


def kind(type_: DataType) -> str:
    """What libraries distinguish; "" for what is not judged."""
    if type_.name == "timestamp":
        return "zoned" if len(type_.parameters) > 1 else "timestamp"
    if type_.name in INTEGERS:
        return "integer"
    if type_.name in FLOATS:
        return "float"
    if type_.name in STRINGS:
        return "text"
    return {"bool": "bool", "duration": "duration", "date32": "date", "time64": "time"}.get(type_.name, "")


_NUMBERS = ("integer", "float")
_INSTANTS = ("timestamp", "zoned", "duration")
_PANDAS = frozenset(
    {
        *(frozenset({number, other}) for number in _NUMBERS for other in ("text", *_INSTANTS)),
        *(frozenset({"text", other}) for other in _INSTANTS),
        *(frozenset({"bool", other}) for other in ("timestamp", "zoned")),
        *(frozenset({a, b}) for a in _INSTANTS for b in _INSTANTS if a != b),
    }
)


def refused(left: DataType, right: DataType, flavour: str) -> bool:
    """Whether the library refuses to join on columns of these types."""
    first, second = kind(left), kind(right)
    if not first or not second or first == second:
        return False
    return frozenset({first, second}) in _PANDAS if flavour == "pandas" else True


def judge(call: Call, left: Side, right: Side, pairs: Iterable[tuple[str, str]]) -> None:
    """Tell the interpreter what the library says of the keys; `pairs` are their names on either side."""
    given = call["on"] or call["left_on"] or call["right"] or call["other"]
    node = given.node if given is not None else call.node
    call.run.judge(call.node, node, "merge-key-types", _refusal(call, left, right, pairs))


def _refusal(call: Call, left: Side, right: Side, pairs: Iterable[tuple[str, str]]) -> Refusal | None:
    flavour = left.table.flavour.removesuffix("-lazy")
    if flavour != right.table.flavour.removesuffix("-lazy") or not certain(left.table, right.table):
        return None
    for a, b in pairs:
        mine, theirs = left.table.column(a), right.table.column(b)
        if mine is None or theirs is None or not sure(mine) or not sure(theirs):
            continue
        assert mine.type is not None
        assert theirs.type is not None
        if refused(mine.type, theirs.type, flavour):
            remedy = _remedy(call, left, right, mine, theirs)
            says = (
                f"{_of(call, left, mine, 'the left table')} and {_of(call, right, theirs, 'the right table')}: "
                f"{_BEHAVIOUR[flavour]}"
            )
            advice = f"Convert one of them first, as `{remedy.title}` does." if remedy else "Convert one of them first."
            fixes = (Remedy(f"Convert: `{remedy.title}`", remedy.behind, remedy.text),) if remedy else ()
            return Refusal(f"{says} {advice}", fixes)
    return None


_BEHAVIOUR = {
    "pandas": "pandas refuses to merge on columns of these types (ValueError).",
    "polars": "polars refuses to join on columns of different types (SchemaError).",
}


def _of(call: Call, side: Side, column: Column, otherwise: str) -> str:
    owner = shown(call.run.text_of(side.node), otherwise) if side.node is not None else otherwise
    return f"`{column.name}` of {owner} is {column.type}"


def _remedy(call: Call, left: Side, right: Side, mine: Column, theirs: Column) -> Remedy | None:
    """Integers as what the other side is: that neither fails nor loses anything."""
    kinds = kind(mine.type), kind(theirs.type)  # type: ignore[arg-type]
    if "integer" not in kinds:
        return None
    (side, column), other = ((left, mine), kinds[1]) if kinds[0] == "integer" else ((right, theirs), kinds[0])
    if not isinstance(side.node, ast.Name) or not {'"', "\\"}.isdisjoint(column.name):
        return None
    if side.table.flavour == "pandas":
        text = f'.astype({{"{column.name}": "str"}})' if other == "text" else ""
    else:
        known = call.run.evaluate(ast.Name("pl", ast.Load())) == Module("polars")
        target = {"text": "pl.Utf8", "float": "pl.Float64"}.get(other) if known else None
        text = f'.cast({{"{column.name}": {target}}})' if target else ""
    return Remedy(f"{side.node.id}{text}", side.node, text) if text else None
