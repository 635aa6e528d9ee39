"""Polynote's viz cells: the plot that such a cell describes, as a Vega-Lite specification over a table stream.

Source: Polynote's notebook format (`plotDefinition`) and what its "Convert to Vega" writes: the aggregation is done by
the stream, whose fields are then called `mean(price)`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

Made = tuple[str, str, dict[str, Any]]


def specification(cell: Any) -> Made | None:
    """(name of the value, stream expression, `mark` and `encoding`) of a plot; None for what is no plot, or one that
    has not all it needs."""
    if not isinstance(cell, Mapping) or cell.get("type") != "plot" or not str(cell.get("value", "")).isidentifier():
        return None
    definition = cell.get("plotDefinition")
    plot = definition.get("plot") if isinstance(definition, Mapping) else None
    if not isinstance(plot, Mapping) or not isinstance(definition, Mapping):
        return None
    value = str(cell["value"])
    kind = plot.get("type")
    if kind in ("bar", "line", "area"):
        return _series(value, plot, kind)
    if kind == "xy":
        return _points(value, plot)
    if kind == "histogram":
        return _histogram(value, plot)
    return None


def _name(part: Any) -> str:
    name = part.get("field") if isinstance(part, Mapping) else part
    return name if isinstance(name, str) else ""


def _field(name: str, kind: str) -> dict[str, str]:
    return {"field": name, "type": kind}


def _series(value: str, plot: Mapping[str, Any], kind: str) -> Made | None:
    x, y = _name(plot.get("x")), plot.get("y")
    series = y.get("series") if isinstance(y, Mapping) else None
    # Several series would need a layer each; one is what nearly all such cells have.
    if not x or not isinstance(series, list) or len(series) != 1 or not isinstance(series[0], Mapping):
        return None
    field, aggregation = _name(series[0]), series[0].get("aggregation")
    if not field or not isinstance(aggregation, str) or aggregation == "quartiles":
        return None
    stream = f"{value}.aggregate({json.dumps([x])}, {json.dumps([{field: aggregation}])})"
    encoding = {"x": _field(x, "ordinal"), "y": _field(f"{aggregation}({field})", "quantitative")}
    return value, stream, {"mark": kind, "encoding": encoding}


def _points(value: str, plot: Mapping[str, Any]) -> Made | None:
    names = [_name(plot.get(axis)) for axis in ("x", "y")]
    if not all(names):
        return None
    encoding = {"x": _field(names[0], "quantitative"), "y": _field(names[1], "quantitative")}
    colour = _name(plot.get("color"))
    if colour:
        encoding["color"] = _field(colour, "nominal")
        names.append(colour)
    stream = f"{value}.select({', '.join(map(json.dumps, dict.fromkeys(names)))})"
    return value, stream, {"mark": "point", "encoding": encoding}


def _histogram(value: str, plot: Mapping[str, Any]) -> Made | None:
    x, bins = _name(plot.get("x")), plot.get("binCount")
    if not x or not isinstance(bins, int) or bins <= 0:
        return None
    encoding: dict[str, Any] = {
        "x": {"field": "start", "type": "quantitative", "bin": {"binned": True}, "title": x},
        "x2": {"field": "end"},
        "y": _field("count", "quantitative"),
    }
    return value, f"{value}.histogram({json.dumps(x)}, {bins})", {"mark": "bar", "encoding": encoding}
