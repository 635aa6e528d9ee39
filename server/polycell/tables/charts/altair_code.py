"""A Vega-Lite specification as Altair code; `altair_reading` is the way back.

A mark with its encoding, and what is put together of such views: layers, concatenations, facets and repetitions of one
frame. What is not certain to mean the same there gives None. Source: altair 5 and 6, `Chart.to_dict`; Vega-Lite's
`defaultType` for the type of a channel.
"""

from __future__ import annotations

import json
import keyword
from collections.abc import Mapping
from typing import Any

from polycell.tables.charts.altair import CHANNELS, CONFIGURED, MARKS, PARAMETERS, PROPERTIES, RESOLVED, transforms
from polycell.tables.charts.shorthand import AGGREGATES, written
from polycell.tables.charts.transforms import OPAQUE

_JOINED = ("layer", "hconcat", "vconcat", "concat")
_STEPS = frozenset({"$schema", "data", "transform", "encoding", "config", "params", "resolve"})
# Channels that take a list, and whose default type does not depend on more than the definition.
_LISTS = frozenset({"tooltip", "detail", "order"})
_TYPED = frozenset({"x", "y", "color", "size", "theta", "opacity", "fill", "stroke"})
SECONDARY = frozenset({"x2", "y2", "theta2", "radius2", "latitude2", "longitude2"})
# What else a definition may say, in every version of Altair in use.
DETAILS = frozenset({
    "align", "axis", "bandPosition", "bin", "center", "columns", "format", "formatType", "header", "impute", "legend",
    "scale", "sort", "spacing", "stack", "title",
})  # fmt: skip
WRITTEN = frozenset({"calculate", "filter", "aggregate", "joinaggregate", "window", "fold", "timeunit", "bin"})
_DEEPEST = 40


def code(content: Any, frame: str, *, imported: bool) -> str | None:
    """The specification as Python that draws the variable `frame`; None where some of it has no such form here."""
    if not isinstance(content, dict) or not is_plain(content):
        return None
    text = _view(content, frame, outermost=True)
    return None if text is None else text if imported else f"import altair as alt\n\n{text}"


def _view(content: Any, frame: str, shared: frozenset[str] = frozenset(), *, outermost: bool = False) -> str | None:
    """An expression for a view, over several lines where it is long. `shared` are channels that the views around it
    say something of; what is not said here is said there."""
    if not isinstance(content, dict) or ("data" in content and not outermost):
        return None
    encoding = content.get("encoding", {})
    if not isinstance(encoding, dict) or any(_lacks_type(encoding[name]) for name in shared & set(encoding)):
        return None
    kinds = [key for key in ("mark", "facet", "repeat", *_JOINED) if key in content]
    if len(kinds) != 1 or (not outermost and {"config", "$schema", "params"} & set(content)):
        return None
    (kind,) = kinds
    made = {"mark": _unit, "facet": _facet, "repeat": _repeat}.get(kind, _joined)(content, frame, kind)
    calls = _calls(content, kind, made[1]) if made is not None else None
    if made is None or calls is None:
        return None
    head = made[0]
    steps = [call for call in calls if call.startswith(".transform_")]
    others = [call for call in calls if not call.startswith(".transform_")]
    if kind != "mark":
        return head + "".join([*steps, *others])
    if not steps:
        return head + "".join(others)
    base, _, mark = head.partition(".mark_")
    inner = "\n".join([base, *steps, f".mark_{mark}", *others]).replace("\n", "\n    ")
    return f"(\n    {inner}\n)"


_Head = tuple[str, frozenset[str]]  # the text of a view, and the keys that are said in it


def _lacks_type(channel: Any) -> bool:
    return isinstance(channel, dict) and "type" not in channel and not {"value", "datum"} & set(channel)


def _unit(content: dict[str, Any], frame: str, kind: str) -> _Head | None:
    mark = content["mark"]
    options = dict(mark) if isinstance(mark, dict) else {"type": mark}
    name = options.pop("type", None)
    if not isinstance(name, str) or name not in MARKS or not _are_keywords(options):
        return None
    return f"alt.Chart({frame}).mark_{name}({_arguments(options)})", frozenset({"mark"})


def _joined(content: dict[str, Any], frame: str, kind: str) -> _Head | None:
    listed = content[kind]
    shared = frozenset(content.get("encoding", ())) if kind == "layer" else frozenset()
    views = [_view(view, frame, shared) for view in listed] if isinstance(listed, list) else []
    # Altair moves the size of a layer to the chart, where it means another thing.
    if not views or None in views or (kind == "layer" and any({"width", "height"} & set(view) for view in listed)):
        return None
    lines = [f"    {text}," for text in (view.replace("\n", "\n    ") for view in views if view)]
    more = {key: content[key] for key in ("columns",) if key in content and kind == "concat"}
    lines += [f"    {_arguments(more)},"] if more else []
    return "\n".join([f"alt.{kind}(", *lines, ")"]), frozenset({kind, *more})


def _facet(content: dict[str, Any], frame: str, kind: str) -> _Head | None:
    spec, given = content.get("spec"), content["facet"]
    # Altair cannot tell the data of a facet of several frames, or of views side by side.
    if not isinstance(spec, dict) or not {"mark", "layer"} & set(spec) or not isinstance(given, dict):
        return None
    inner = _view(spec, frame)
    wrapped = not set(given) <= {"row", "column"}
    parts = {"facet": _channel("facet", given)} if wrapped else {k: _channel(k, v) for k, v in given.items()}
    if inner is None or not parts or None in parts.values():
        return None
    arguments = [f"{key}={text}" for key, text in parts.items()]
    arguments += [f"columns={_literal(content['columns'])}"] if "columns" in content and wrapped else []
    said = {"facet", "spec", "columns"} if wrapped else {"facet", "spec"}
    return f"{inner}.facet({', '.join(arguments)})", frozenset(said)


def _repeat(content: dict[str, Any], frame: str, kind: str) -> _Head | None:
    given = content["repeat"]
    inner = _view(content.get("spec"), frame)
    if inner is None:
        return None
    if isinstance(given, list):
        more = f", columns={_literal(content['columns'])}" if "columns" in content else ""
        return f"{inner}.repeat({_literal(given)}{more})", frozenset({"repeat", "spec", "columns"})
    if not isinstance(given, dict) or not set(given) <= {"row", "column", "layer"} or not given:
        return None
    return f"{inner}.repeat({_arguments(given)})", frozenset({"repeat", "spec"})


def _calls(content: dict[str, Any], kind: str, said: frozenset[str]) -> list[str] | None:
    """The methods that say the rest of a view."""
    if kind not in ("mark", "layer") and {"encoding", "transform"} & set(content):
        return None
    calls = _transforms(content.get("transform", []))
    encoding, resolve, config = (content.get(key, {}) for key in ("encoding", "resolve", "config"))
    if calls is None or not all(isinstance(part, dict) for part in (encoding, resolve, config)):
        return None
    channels = [_channel(name, value) for name, value in encoding.items()]
    if None in channels:
        return None
    if encoding:
        lines = [f"    {name}={text}," for name, text in zip(encoding, channels, strict=True)]
        calls.append("\n".join([".encode(", *lines, ")"]))
    rest = {key: value for key, value in content.items() if key not in said and key not in _STEPS}
    if not set(rest) <= PROPERTIES[kind]:
        return None
    for name, choices in resolve.items():
        if name not in RESOLVED or not isinstance(choices, dict) or not _are_keywords(choices):
            return None
        calls.append(f".resolve_{name}({_arguments(choices)})")
    if "params" in content:
        if kind != "mark" or not is_zoom(content):
            return None
        calls.append(".interactive()")
    calls += [f".properties({_arguments(rest)})"] if rest else []
    for name, value in config.items():
        if not isinstance(value, dict) or name not in CONFIGURED or not _are_keywords(value):
            return None
        calls.append(f".configure_{name}({_arguments(value)})")
    return calls


def is_zoom(content: Mapping[str, Any]) -> bool:
    """Whether a view's only parameter is what `.interactive()` gives it, and nothing else speaks of it."""
    params = content.get("params")
    if not isinstance(params, list) or len(params) != 1 or not isinstance(params[0], dict):
        return False
    said, name = params[0], params[0].get("name")
    select = said.get("select")
    wanted = ("interval", {"type": "interval"}, {"type": "interval", "encodings": ["x", "y"]})
    if set(said) != {"name", "select", "bind"} or said["bind"] != "scales" or select not in wanted:
        return False
    others = {key: value for key, value in content.items() if key != "params"}
    return isinstance(name, str) and name not in json.dumps(others)


def _transforms(listed: Any) -> list[str] | None:
    made: list[str] = []
    for item in listed if isinstance(listed, list) else [None]:
        method = _method(item) if isinstance(item, dict) else None
        if method is None or not isinstance(item, dict):
            return None
        if method == "filter":
            if set(item) != {"filter"} or not isinstance(item["filter"], str):
                return None
            made.append(f".transform_filter({_literal(item['filter'])})")
            continue
        named = {f"{key}_" if key == "as" else key: value for key, value in item.items()}
        if not set(named) <= set(PARAMETERS[method]) or transforms(method, [], named) != [item]:
            return None
        made.append(f".transform_{method}({_arguments(named)})")
    return made


def _method(item: dict[str, Any]) -> str | None:
    return next((m for m in sorted(WRITTEN) if ("timeUnit" if m == "timeunit" else m) in item), None)


def _channel(name: str, value: Any) -> str | None:
    if name not in CHANNELS:
        return None
    if isinstance(value, list):
        parts = [_channel(name, part) for part in value] if name in _LISTS else [None]
        if not parts or any(part is None for part in parts):
            return None
        class_ = _class(name)
        return f"[{', '.join(p if p.startswith('alt.') else f'alt.{class_}({p})' for p in parts if p)}]"
    if not isinstance(value, dict) or not _are_keywords(value):
        return None
    if set(value) in ({"value"}, {"datum"}):
        key = next(iter(value))
        return f"alt.{key}({_literal(value[key])})" if isinstance(value[key], str | int | float) else None
    repeated = value.get("field")
    if isinstance(repeated, dict):
        return _repeated(name, value, repeated)
    if not {"field", "aggregate", "timeUnit", "bin"} & set(value):
        # What is said of a channel whose field others say.
        return f"alt.{_class(name)}({_arguments(value)})" if value and set(value) <= DETAILS | {"type"} else None
    given = _with_type(name, value)
    # Altair keeps the escape of a colon in the name, so that such a field would not be the same.
    if given is None or ":" in str(given.get("field", "")) or given.get("aggregate", "mean") not in AGGREGATES:
        return None
    short = written(given)
    rest = {key: inner for key, inner in given.items() if key not in ("field", "type", "aggregate", "timeUnit")}
    if not short or not set(rest) <= DETAILS:
        return None
    return f"alt.{_class(name)}({_literal(short)}, {_arguments(rest)})" if rest else _literal(short)


def _repeated(name: str, value: dict[str, Any], field: dict[str, Any]) -> str | None:
    """A channel whose field is one that the view is repeated for."""
    rest = {key: inner for key, inner in value.items() if key not in ("field", "type", "aggregate")}
    aggregate = value.get("aggregate", "mean")
    if set(field) != {"repeat"} or not isinstance(field["repeat"], str) or not set(rest) <= DETAILS:
        return None
    if "type" not in value or aggregate not in AGGREGATES or name not in CHANNELS:
        return None
    said: dict[str, Any] = {**{key: value[key] for key in ("aggregate", "type") if key in value}, **rest}
    return f"alt.{_class(name)}(alt.repeat({_literal(field['repeat'])}), {_arguments(said)})"


def _with_type(name: str, value: dict[str, Any]) -> dict[str, Any] | None:
    """The definition with the type that Vega-Lite takes where none is said: Altair would take the data's instead."""
    if "type" in value:
        # Altair forbids a type on the second end of a range.
        return None if name in SECONDARY else value
    if name in SECONDARY:
        return None
    if name not in _TYPED or "sort" in value or "scale" in value:
        return None
    if "timeUnit" in value:
        return {**value, "type": "temporal"}
    if isinstance(value.get("aggregate"), str) or value.get("bin"):
        return {**value, "type": "quantitative"}
    return {**value, "type": "nominal"} if "field" in value and "bin" not in value else None


def _class(name: str) -> str:
    return f"{name[0].upper()}{name[1:]}"


def _are_keywords(content: Mapping[str, Any]) -> bool:
    return all(key.isidentifier() and not keyword.iskeyword(key) for key in content)


def _arguments(content: Mapping[str, Any]) -> str:
    return ", ".join(f"{key}={_literal(value)}" for key, value in content.items())


def _literal(value: Any) -> str:
    """JSON as Python writes it, strings in the double quotes of the code around."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_literal(key)}: {_literal(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(_literal, value))}]"
    return repr(value)


def is_plain(value: Any, depth: int = 0) -> bool:
    """Whether a value is JSON through and through: nothing in it that only a run can tell."""
    if depth > _DEEPEST or value is OPAQUE:
        return False
    if isinstance(value, dict):
        return all(isinstance(key, str) and is_plain(inner, depth + 1) for key, inner in value.items())
    if isinstance(value, list):
        return all(is_plain(inner, depth + 1) for inner in value)
    if isinstance(value, float):
        return abs(value) < float("inf")
    return value is None or isinstance(value, str | int)
