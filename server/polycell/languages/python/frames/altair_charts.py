"""Altair's charts: the table that each is over, and what its transforms make of that."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from polycell.core.types import Anchor, Chart, Collection, Record, Scalar, Table, Type
from polycell.core.values import replace
from polycell.languages.python.frames.registry import Argument, Call, function, method
from polycell.languages.python.syntax.values import NOT_KNOWN, value_of
from polycell.tables.charts.altair.words import KEEPING, PARAMETERS, transforms
from polycell.tables.charts.transforms import OPAQUE, Json, apply, placed

_OPEN = Table(open=True)


@function("altair.Chart", "data **")
def made(call: Call) -> Type:
    return over(call["data"])


def over(data: Argument | None) -> Chart:
    """A chart over a frame; Altair leaves the index behind."""
    found = data.type if data is not None else None
    table = replace(found, index=()) if isinstance(found, Table) else _OPEN
    return Chart(table, table)


@method("chart", " ".join(KEEPING), "*parts **")
def kept(call: Call) -> Type:
    return call.receiver


@method("chart", "properties", "**")
def properties(call: Call) -> Type:
    data = (call.extra or {}).get("data")
    return over(data) if data is not None else call.receiver


def _transform(name: str) -> Callable[[Call], Type]:
    def rule(call: Call) -> Type:
        chart = call.receiver
        assert isinstance(chart, Chart)
        given = {**call.given, **(call.extra or {})}
        named = {key: json_of(argument.type) for key, argument in given.items()}
        table = chart.table
        for transform in transforms(name, [], named):
            table = placed(table, apply(table, transform, lambda: _OPEN), partial(_place, call))
        return replace(chart, table=table)

    return rule


def _place(call: Call, name: str) -> Anchor | None:
    """Where the call gives a field its name: a keyword, or a text of `as_`."""
    for keyword in call.node.keywords:
        if keyword.arg == name:
            return call.run.place(keyword, name)
    return call.place("as_", name)


for _name, _parameters in PARAMETERS.items():
    # `transform_filter` takes predicates without end, and keywords that compare: none changes the fields.
    _form = "*predicates **" if _name == "filter" else f"{' '.join(_parameters)} **"
    method("chart", f"transform_{_name}", _form)(kept if _name == "filter" else _transform(_name))


def json_of(type_: Type) -> Json:
    """A known value as JSON; `OPAQUE` where only a run can tell, also inside of lists and dictionaries."""
    if isinstance(type_, Record) and type_.name == "dict" and not type_.open:
        return {name: json_of(field) for name, field in type_.fields}
    if isinstance(type_, Collection) and type_.items is not None:
        return [json_of(item) for item in type_.items]
    value = value_of(type_) if isinstance(type_, Scalar) else NOT_KNOWN
    return OPAQUE if value is NOT_KNOWN else value
