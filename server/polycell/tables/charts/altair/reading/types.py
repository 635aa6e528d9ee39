"""The types of fields that Altair takes from the data."""

from __future__ import annotations

from typing import Any

from polycell.core.types import Table
from polycell.tables.charts.altair.reading.channels import UNTYPED
from polycell.tables.charts.altair.reading.parameters import JOINED
from polycell.tables.charts.altair.reading.values import Names, Spec, UnclearError
from polycell.tables.charts.names import column_of, kind_of_type


def typed(content: Spec, names: Names, outer: Any = None) -> Spec:
    """A view with the types that its data tell; what they do not tell is unclear. A chart without any data gets one
    empty row from Altair, so that it shows what it has of its own."""
    data = content.get("data", outer)
    made = dict(content)
    if "mark" in content and data is None:
        made["data"] = {"values": [{}]}
    for key in JOINED:
        if key in made:
            made[key] = [typed(view, names, data) for view in made[key]]
    if "spec" in made:
        made["spec"] = typed(made["spec"], names, data)
    for key in ("encoding", "facet"):
        if key in made:
            made[key] = _definitions(made[key], data, names)
    return made


def _definitions(content: Any, data: Any, names: Names) -> Any:
    if not isinstance(content, dict):
        return content
    if content.get("type") == UNTYPED:
        return _definition(content, data, names)
    return {key: _of_channel(inner, data, names) for key, inner in content.items()}


def _of_channel(made: Any, data: Any, names: Names) -> Any:
    if isinstance(made, list):
        return [_of_channel(one, data, names) for one in made]
    untyped = isinstance(made, dict) and made.get("type") == UNTYPED
    return _definition(made, data, names) if untyped else made


def _definition(made: Spec, data: Any, names: Names) -> Spec:
    """An ordered category brings its order along, which nobody knows; decimals and durations Altair takes differently
    by library."""
    field = made.get("field", "")
    frame = data.get("name") if isinstance(data, dict) else None
    table: Table | None = names.table(frame) if isinstance(frame, str) else None
    if table is None or not isinstance(field, str):
        raise UnclearError
    column = column_of(table, field)
    kind = kind_of_type(column.type if column is not None else None)
    exact = column is not None and column.type is not None and column.type.name.startswith(("decimal", "duration"))
    if exact or kind not in ("quantitative", "nominal", "temporal"):
        raise UnclearError
    return {**made, "type": kind}
