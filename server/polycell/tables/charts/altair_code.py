"""A Vega-Lite specification as Altair code, and such code as the specification that it makes.

Single views only: a mark, its encoding, transforms and a few properties. What is not certain to mean the same on the
other side gives None. Source: altair 5 and 6, `Chart.to_dict`; Vega-Lite's `defaultType` for the type of a channel.
"""

from __future__ import annotations

import ast
import json
import keyword
from collections.abc import Mapping
from typing import Any

from polycell.core.types import Table
from polycell.tables.charts.altair import CHANNELS, CLASSES, MARKS, PARAMETERS, transforms
from polycell.tables.charts.names import column_of, kind_of_type
from polycell.tables.charts.shorthand import AGGREGATES, definition, written
from polycell.tables.charts.transforms import OPAQUE

_PROPERTIES = ("title", "width", "height", "description", "name", "background")
_KNOWN = frozenset({"$schema", "data", "mark", "encoding", "transform", *_PROPERTIES})
# Channels that take a list, and whose default type does not depend on more than the definition.
_LISTS = frozenset({"tooltip", "detail", "order"})
_TYPED = frozenset({"x", "y", "color", "size", "theta", "opacity", "fill", "stroke"})
_SECONDARY = frozenset({"x2", "y2", "theta2", "radius2", "latitude2", "longitude2"})
# What else a definition may say, in every version of Altair in use.
_DETAILS = frozenset({
    "align", "axis", "bandPosition", "bin", "center", "columns", "format", "formatType", "header", "impute", "legend",
    "scale", "sort", "spacing", "stack", "title",
})  # fmt: skip
_WRITTEN = frozenset({"calculate", "filter", "aggregate", "joinaggregate", "window", "fold", "timeunit", "bin"})
_DEEPEST = 40


# -- to code


def code(content: Any, frame: str, *, imported: bool) -> str | None:
    """The specification as Python that draws the variable `frame`; None where some of it has no such form here."""
    if not isinstance(content, dict) or not set(content) <= _KNOWN or not _is_plain(content):
        return None
    mark, encoding = content.get("mark"), content.get("encoding", {})
    options = dict(mark) if isinstance(mark, dict) else {"type": mark}
    kind = options.pop("type", None)
    if not isinstance(kind, str) or kind not in MARKS or not _are_keywords(options) or not isinstance(encoding, dict):
        return None
    steps = _transforms(content.get("transform", []))
    channels = [_channel(name, value) for name, value in encoding.items()]
    if steps is None or None in channels:
        return None
    calls = [*steps, f".mark_{kind}({_arguments(options)})"]
    if encoding:
        lines = [f"    {name}={text}," for name, text in zip(encoding, channels, strict=True)]
        calls.append("\n".join([".encode(", *lines, ")"]))
    properties = {key: content[key] for key in _PROPERTIES if key in content}
    if properties:
        calls.append(f".properties({_arguments(properties)})")
    head = "" if imported else "import altair as alt\n\n"
    if not steps:
        return f"{head}alt.Chart({frame}){''.join(calls)}"
    inner = "\n".join([f"alt.Chart({frame})", *calls]).replace("\n", "\n    ")
    return f"{head}(\n    {inner}\n)"


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
    return next((m for m in sorted(_WRITTEN) if ("timeUnit" if m == "timeunit" else m) in item), None)


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
    given = _with_type(name, value)
    # Altair keeps the escape of a colon in the name, so that such a field would not be the same.
    if given is None or ":" in str(given.get("field", "")) or given.get("aggregate", "mean") not in AGGREGATES:
        return None
    short = written(given)
    rest = {key: inner for key, inner in given.items() if key not in ("field", "type", "aggregate", "timeUnit")}
    if not short or not set(rest) <= _DETAILS:
        return None
    return f"alt.{_class(name)}({_literal(short)}, {_arguments(rest)})" if rest else _literal(short)


def _with_type(name: str, value: dict[str, Any]) -> dict[str, Any] | None:
    """The definition with the type that Vega-Lite takes where none is said: Altair would take the data's instead."""
    if "type" in value:
        # Altair forbids a type on the second end of a range.
        return None if name in _SECONDARY else value
    if name in _SECONDARY:
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


def _is_plain(value: Any, depth: int = 0) -> bool:
    """Whether a value is JSON through and through: nothing in it that only a run can tell."""
    if depth > _DEEPEST or value is OPAQUE:
        return False
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_plain(inner, depth + 1) for key, inner in value.items())
    if isinstance(value, list):
        return all(_is_plain(inner, depth + 1) for inner in value)
    if isinstance(value, float):
        return abs(value) < float("inf")
    return value is None or isinstance(value, str | int)


# -- from code


def frame_of(call: ast.expr, module: str) -> str:
    """The variable that a chain on `<module>.Chart(df)` draws; "" where it is no such chain."""
    while isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
        inner = call.func.value
        if isinstance(inner, ast.Name):
            single = len(call.args) == 1 and not call.keywords and isinstance(call.args[0], ast.Name)
            made = inner.id == module and call.func.attr == "Chart" and single
            return call.args[0].id if made and isinstance(call.args[0], ast.Name) else ""
        call = inner
    return ""


def specification(call: ast.expr, module: str, table: Table) -> dict[str, Any] | None:
    """What a chain on `<module>.Chart(df)` makes, without its data; `table` is `df`, whose columns give the types."""
    calls: list[ast.Call] = []
    while isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
        calls.append(call)
        call = call.func.value
    parts: dict[str, Any] = {"transform": [], "mark": None, "encoding": {}}
    properties: dict[str, Any] = {}
    for each in calls[-2::-1]:
        method = each.func.attr if isinstance(each.func, ast.Attribute) else ""
        try:
            if method == "encode":
                more = {k.arg: _definition(k.arg or "", k.value, module, table) for k in each.keywords}
                if each.args or None in more or not set(more) <= set(CHANNELS) or set(more) & _SECONDARY:
                    return None
                parts["encoding"].update(more)
                continue
            positional = [ast.literal_eval(argument) for argument in each.args]
            named = {k.arg: ast.literal_eval(k.value) for k in each.keywords if k.arg is not None}
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            return None
        if any(k.arg is None for k in each.keywords):
            return None
        kind, _, name = method.partition("_")
        if kind == "mark" and name in MARKS and not positional:
            parts["mark"] = {"type": name, **named} if named else name
        elif method == "properties" and not positional and set(named) <= set(_PROPERTIES):
            properties.update(named)
        elif kind == "transform" and name in _WRITTEN:
            made = transforms(name, positional, named)
            if OPAQUE in made or not made:
                return None
            parts["transform"] += made
        else:
            return None
    content = {**properties, **{key: value for key, value in parts.items() if value}}
    # What cannot be said in code again was not understood.
    return content if parts["mark"] and _is_plain(content) and code(content, "df", imported=True) is not None else None


def _definition(name: str, value: ast.expr, module: str, table: Table) -> Any:
    """A channel's definition; ValueError where it cannot be told."""
    if isinstance(value, ast.List):
        return [_definition(name, item, module, table) for item in value.elts]
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return _typed(definition(value.value), table)
    owner = value.func if isinstance(value, ast.Call) else None
    if not isinstance(value, ast.Call) or not isinstance(owner, ast.Attribute) or len(value.args) > 1:
        raise ValueError
    if not isinstance(owner.value, ast.Name) or owner.value.id != module or any(k.arg is None for k in value.keywords):
        raise ValueError
    named = {str(k.arg): ast.literal_eval(k.value) for k in value.keywords}
    first = ast.literal_eval(value.args[0]) if value.args else None
    if owner.attr in ("value", "datum") and value.args and not named:
        return {owner.attr: first}
    if CLASSES.get(owner.attr) != name or not isinstance(first, str | None) or "shorthand" in named:
        raise ValueError
    return _typed({**(definition(first) if first else {}), **named}, table)


def _typed(made: dict[str, Any], table: Table) -> dict[str, Any]:
    """With the type that Altair takes from the data. An ordered category brings its order along, which nobody knows;
    decimals and durations it takes differently by library."""
    if "type" in made:
        return made
    column = column_of(table, made.get("field", ""))
    kind = kind_of_type(column.type if column is not None else None)
    exact = column is not None and column.type is not None and column.type.name.startswith(("decimal", "duration"))
    if exact or kind not in ("quantitative", "nominal", "temporal"):
        raise ValueError
    return {**made, "type": kind}
