"""Altair's way of writing Vega-Lite: its channel classes, and its `transform_…` methods as the transforms they make.

Source: altair 5 and 6 (`Chart.encode`, `TopLevelMixin.transform_…`, `_encoding_name` of the channel classes).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from polycell.tables.charts.shorthand import parse
from polycell.tables.charts.transforms import OPAQUE, Json

CHANNELS = (
    "angle", "color", "column", "description", "detail", "facet", "fill", "fillOpacity", "href", "key", "latitude",
    "latitude2", "longitude", "longitude2", "opacity", "order", "radius", "radius2", "row", "shape", "size", "stroke",
    "strokeDash", "strokeOpacity", "strokeWidth", "text", "theta", "theta2", "time", "tooltip", "url", "x", "x2",
    "xError", "xError2", "xOffset", "y", "y2", "yError", "yError2", "yOffset",
)  # fmt: skip
# `alt.X`, `alt.StrokeDash`: the class of a channel, and the channel's key in a specification.
CLASSES: Mapping[str, str] = {f"{name[0].upper()}{name[1:]}": name for name in CHANNELS}


def class_of(channel: str) -> str:
    return f"{channel[0].upper()}{channel[1:]}"


MARKS = (
    "arc", "area", "bar", "boxplot", "circle", "errorband", "errorbar", "geoshape", "image", "line", "point", "rect",
    "rule", "square", "text", "tick", "trail",
)  # fmt: skip
# What `.properties(…)` may say of a view, by what the view is.
_EVERY = frozenset({"title", "description", "name"})
_OUTER = frozenset({"background", "padding", "autosize", "datasets", "usermeta"})
_LAID_OUT = frozenset({"spacing", "align", "bounds", "center"})
PROPERTIES: Mapping[str, frozenset[str]] = {
    "mark": _EVERY | _OUTER | _LAID_OUT | {"width", "height", "view", "projection"},
    "layer": _EVERY | _OUTER | {"width", "height", "view", "projection"},
    **dict.fromkeys(("hconcat", "vconcat", "concat", "facet", "repeat"), _EVERY | _OUTER | _LAID_OUT),
}  # fmt: skip
RESOLVED = ("scale", "axis", "legend")
# The second ends of ranges, which have no type of their own.
SECONDARY = frozenset({
    "x2", "y2", "theta2", "radius2", "latitude2", "longitude2", "xError", "xError2", "yError", "yError2",
})  # fmt: skip
# What a channel's definition may say beside its field, in every version of Altair in use.
DETAILS = frozenset({
    "align", "axis", "bandPosition", "bin", "center", "columns", "format", "formatType", "header", "impute", "legend",
    "scale", "sort", "spacing", "stack", "title",
})  # fmt: skip
# Classes of predicates about a field, by the key that tells them.
PREDICATES: Mapping[str, str] = {
    "equal": "FieldEqualPredicate", "lt": "FieldLTPredicate", "lte": "FieldLTEPredicate", "gt": "FieldGTPredicate",
    "gte": "FieldGTEPredicate", "range": "FieldRangePredicate", "oneOf": "FieldOneOfPredicate",
    "valid": "FieldValidPredicate",
}  # fmt: skip
# What `.configure_…(…)` there is, in every version in use.
CONFIGURED = frozenset({
    *MARKS, "axis", "concat", "facet", "header", "legend", "mark", "projection", "range", "scale", "selection", "title",
    "view",
    *(f"axis{side}" for side in ("Band", "Bottom", "Left", "Right", "Top", "X", "Y", "Quantitative", "Temporal")),
})  # fmt: skip
# Methods that give the chart back with other looks, the data as they were.
KEEPING = (
    *(f"mark_{mark}" for mark in MARKS), "encode", "interactive", "add_params", "add_selection", "resolve_scale",
    "resolve_axis", "resolve_legend", "project", "copy", "repeat", "facet",
)  # fmt: skip

# The parameters of each method, in order. The first that is no `as_` names the transform.
PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "aggregate": ("aggregate", "groupby"),
    "bin": ("as_", "field", "bin"),
    "calculate": ("as_", "calculate"),
    "density": (
        "density", "as_", "bandwidth", "counts", "cumulative", "extent", "groupby", "maxsteps", "minsteps", "steps",
        "resolve",
    ),
    "extent": ("extent", "param"),
    "filter": ("filter",),
    "flatten": ("flatten", "as_"),
    "fold": ("fold", "as_"),
    "impute": ("impute", "key", "frame", "groupby", "keyvals", "method", "value"),
    "joinaggregate": ("joinaggregate", "groupby"),
    "loess": ("on", "loess", "as_", "bandwidth", "groupby"),
    "lookup": ("lookup", "from_", "as_", "default"),
    "pivot": ("pivot", "value", "groupby", "limit", "op"),
    "quantile": ("quantile", "as_", "groupby", "probs", "step"),
    "regression": ("on", "regression", "as_", "extent", "groupby", "method", "order", "params"),
    "sample": ("sample",),
    "stack": ("as_", "stack", "groupby", "offset", "sort"),
    "timeunit": ("as_", "field", "timeUnit"),
    "window": ("window", "frame", "groupby", "ignorePeers", "sort"),
}  # fmt: skip
# Parameters that name fields of the data.
FIELDS: Mapping[str, frozenset[str]] = {
    "aggregate": frozenset({"groupby"}),
    "bin": frozenset({"field"}),
    "density": frozenset({"density", "groupby"}),
    "extent": frozenset({"extent"}),
    "flatten": frozenset({"flatten"}),
    "fold": frozenset({"fold"}),
    "impute": frozenset({"impute", "key", "groupby"}),
    "joinaggregate": frozenset({"groupby"}),
    "loess": frozenset({"on", "loess", "groupby"}),
    "lookup": frozenset({"lookup"}),
    "pivot": frozenset({"pivot", "value", "groupby"}),
    "quantile": frozenset({"quantile", "groupby"}),
    "regression": frozenset({"on", "regression", "groupby"}),
    "stack": frozenset({"stack", "groupby"}),
    "timeunit": frozenset({"field"}),
    "window": frozenset({"groupby"}),
}
# Methods whose further keywords are names of new fields: given as a shorthand (`total="sum(price)"`), or by an
# expression (`half="datum.price / 2"`).
BY_SHORTHAND = frozenset({"aggregate", "joinaggregate", "window", "timeunit"})
BY_EXPRESSION = frozenset({"calculate"})
_LISTS = frozenset({"aggregate", "joinaggregate", "window"})


def transforms(method: str, positional: Sequence[Json], named: Mapping[str, Json]) -> list[Json]:
    """What `.transform_<method>(…)` adds to a specification's `transform`, arguments as JSON. `[OPAQUE]` for a call
    that Altair would refuse, or that cannot be told."""
    parameters = PARAMETERS.get(method)
    if parameters is None or len(positional) > len(parameters):
        return [OPAQUE]
    given: dict[str, Json] = dict(zip(parameters, positional, strict=False))
    more: dict[str, Json] = {}
    for key, value in named.items():
        (given if key in parameters else more)[key] = value
    if method == "sample" and not given:
        given["sample"] = 1000
    if method == "bin":
        given.setdefault("bin", True)
    whole = {key.rstrip("_"): value for key, value in given.items()}
    if more and method not in BY_SHORTHAND | BY_EXPRESSION:
        return [OPAQUE]
    if method in _LISTS:
        made = [_operation(name, text) for name, text in more.items()]
        listed = whole.get(method, [])
        if OPAQUE in made or not isinstance(listed, list):
            return [OPAQUE]
        return [{**whole, method: [*listed, *made]}]
    if method == "calculate":
        separate: list[Json] = [{"calculate": text, "as": name} for name, text in more.items()]
        return [*([whole] if whole else []), *separate]
    if method == "timeunit":
        separate = [_time_unit(name, text) for name, text in more.items()]
        return [*([whole] if whole else []), *separate]
    return [whole]


def _operation(name: str, text: Json) -> Json:
    """`total="sum(price)"` as `{"op": "sum", "field": "price", "as": "total"}`."""
    read = parse(text) if isinstance(text, str) else None
    if read is None or not read.operation:
        return OPAQUE
    made: dict[str, Any] = {"op": read.operation}
    if read.field:
        made["field"] = read.field
    return {**made, "as": name}


def _time_unit(name: str, text: Json) -> Json:
    read = parse(text) if isinstance(text, str) else None
    if read is None or not read.is_time_unit:
        return OPAQUE
    return {"timeUnit": read.operation, "field": read.field, "as": name}
