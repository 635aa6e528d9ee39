"""Altair code as the specification that it makes, read from its syntax tree: nothing is run.

What is not certain gives None. A chart may be put together of others, and of names that the cell binds once to such.
Source: altair 5 and 6, `Chart.to_dict` and the operators of its charts.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from polycell.core.types import Table
from polycell.tables.charts.altair.literals import is_plain
from polycell.tables.charts.altair.words import (
    CHANNELS,
    CLASSES,
    CONFIGURED,
    MARKS,
    PROPERTIES,
    RESOLVED,
    SECONDARY,
    transforms,
)
from polycell.tables.charts.names import column_of, kind_of_type
from polycell.tables.charts.shorthand import definition
from polycell.tables.charts.transforms import OPAQUE

_OPERATORS: Mapping[type[ast.operator], str] = {ast.Add: "layer", ast.BitOr: "hconcat", ast.BitAnd: "vconcat"}
_JOINED = ("layer", "hconcat", "vconcat", "concat")
# Classes whose keywords are the members of the object that they make.
_OBJECTS = frozenset({
    "Axis", "Bin", "BinParams", "EncodingSortField", "FacetedEncoding", "Header", "Impute", "ImputeParams", "Legend",
    "Scale", "SortField", "Step", "TitleParams",
})  # fmt: skip
DETAILS = frozenset({
    "align", "axis", "bandPosition", "bin", "center", "columns", "format", "formatType", "header", "impute", "legend",
    "scale", "sort", "spacing", "stack", "title",
})  # fmt: skip
WRITTEN = frozenset({"calculate", "filter", "aggregate", "joinaggregate", "window", "fold", "timeunit", "bin"})
ZOOM = {"name": "zoom", "select": {"type": "interval", "encodings": ["x", "y"]}, "bind": "scales"}
_DEEPEST = 30

Spec = dict[str, Any]


class _UnclearError(Exception):
    """Some of the code means what only a run can tell, or is not known here."""


@dataclass(frozen=True, slots=True)
class Names:
    """What the names of the code stand for: `module` is altair's, `table` tells the frame of a variable, `bound` are
    names of charts."""

    module: str
    table: Callable[[str], Table | None]
    bound: Mapping[str, ast.expr] = field(default_factory=dict)


def specification(chart: ast.expr, names: Names) -> Spec | None:
    """The specification of a chart, its data by the names of variables: `{"data": {"name": "df"}, …}`."""
    try:
        content = _chart(chart, names, 0)
    except (_UnclearError, ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
    return content if is_plain(content) and _is_whole(content) else None


def frames_of(content: Any) -> set[str]:
    """The variables whose rows a specification draws."""
    if isinstance(content, list):
        return set().union(*map(frames_of, content))
    if not isinstance(content, dict):
        return set()
    data = content.get("data")
    own = {str(data["name"])} if isinstance(data, dict) and "name" in data else set()
    inner = [content[key] for key in (*_JOINED, "spec") if key in content]
    return own.union(*map(frames_of, inner))


def _is_whole(content: Spec) -> bool:
    """Whether every view of it has a mark."""
    parts = [view for key in _JOINED for view in content.get(key, ())]
    if "spec" in content:
        parts.append(content["spec"])
    return all(map(_is_whole, parts)) if parts else "mark" in content


def _chart(node: ast.expr, names: Names, depth: int) -> Spec:
    if depth > _DEEPEST:
        raise _UnclearError
    if isinstance(node, ast.Name) and node.id in names.bound:
        return _chart(names.bound[node.id], names, depth + 1)
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        kind = _OPERATORS[type(node.op)]
        left, right = _chart(node.left, names, depth + 1), _chart(node.right, names, depth + 1)
        # `a + b + c` is one chart of three layers.
        if kind in left and set(left) - {"data"} != {kind}:
            raise _UnclearError
        first = left.get(kind, [left])
        return _together(kind, [*(_with_data(view, left) for view in first), right])
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        raise _UnclearError
    owner, method = node.func.value, node.func.attr
    if any(k.arg is None for k in node.keywords) or any(isinstance(a, ast.Starred) for a in node.args):
        raise _UnclearError
    if isinstance(owner, ast.Name) and owner.id == names.module:
        return _made(node, method, names, depth)
    content = _chart(owner, names, depth + 1)
    if method == "encode":
        return {**content, "encoding": {**content.get("encoding", {}), **_encoding(node, content, names)}}
    if method == "facet":
        return _faceted(node, content, names)
    positional = [_value(argument, names) for argument in node.args]
    named = {str(k.arg): _value(k.value, names) for k in node.keywords}
    return _method(content, method, positional, named)


def _made(node: ast.Call, method: str, names: Names, depth: int) -> Spec:
    """`alt.Chart(df)`, `alt.layer(a, b)`."""
    named = {str(k.arg): k.value for k in node.keywords}
    if method == "Chart":
        data = node.args[0] if len(node.args) == 1 else named.pop("data", None)
        if len(node.args) > 1 or not isinstance(data, ast.Name):
            raise _UnclearError
        return _method({"data": {"name": data.id}}, "properties", [], {k: _value(v, names) for k, v in named.items()})
    if method not in _JOINED or not node.args:
        raise _UnclearError
    said = {key: _value(value, names) for key, value in named.items()}
    columns = {"columns": said.pop("columns")} if method == "concat" and "columns" in said else {}
    made = _together(method, [_chart(argument, names, depth + 1) for argument in node.args])
    return _method({**made, **columns}, "properties", [], said) if said else {**made, **columns}


def _together(kind: str, views: list[Spec]) -> Spec:
    """Several views as one, with the data that they share above them."""
    if kind == "layer" and any({"width", "height", "params", "config", "facet", *_JOINED[1:]} & set(v) for v in views):
        raise _UnclearError
    if any({"params", "config"} & set(view) for view in views):
        raise _UnclearError
    first = views[0].get("data")
    if first is None or any(view.get("data") != first for view in views):
        return {kind: views}
    return {"data": first, kind: [{k: v for k, v in view.items() if k != "data"} for view in views]}


def _with_data(view: Spec, outer: Spec) -> Spec:
    return {"data": outer["data"], **view} if "data" in outer and "data" not in view else view


def _kind(content: Spec) -> str:
    return next((key for key in ("facet", "repeat", *_JOINED) if key in content), "mark")


def _method(content: Spec, method: str, positional: list[Any], named: dict[str, Any]) -> Spec:
    kind, _, name = method.partition("_")
    what = _kind(content)
    if kind == "mark" and name in MARKS and not positional and what == "mark":
        return {**content, "mark": {"type": name, **named} if named else name}
    if kind == "transform" and name in WRITTEN and what in ("mark", "layer"):
        made = transforms(name, positional, named)
        if OPAQUE in made or not made:
            raise _UnclearError
        return {**content, "transform": [*content.get("transform", []), *made]}
    if method == "properties" and not positional and set(named) <= PROPERTIES[what]:
        return {**content, **named}
    if kind == "resolve" and name in RESOLVED and not positional:
        resolve = content.get("resolve", {})
        return {**content, "resolve": {**resolve, name: {**resolve.get(name, {}), **named}}}
    if kind == "configure" and name in CONFIGURED and not positional:
        return {**content, "config": {**content.get("config", {}), name: named}}
    if method == "interactive" and not positional and not named and what == "mark" and "params" not in content:
        return {**content, "params": [ZOOM]}
    if method == "repeat" and what in ("mark", "layer"):
        return _repeated(content, positional, named)
    raise _UnclearError


def _repeated(content: Spec, positional: list[Any], named: dict[str, Any]) -> Spec:
    fields = positional[0] if len(positional) == 1 else named.pop("repeat", None)
    columns = {"columns": named.pop("columns")} if "columns" in named else {}
    if isinstance(fields, list) and not named:
        repeat: Any = fields
    elif fields is None and not positional and not columns and named and set(named) <= {"row", "column", "layer"}:
        repeat = named
    else:
        raise _UnclearError
    return _outer(content, {"repeat": repeat, **columns})


def _outer(content: Spec, around: Spec) -> Spec:
    if {"params", "config"} & set(content) or "data" not in content:
        raise _UnclearError
    inner = {key: value for key, value in content.items() if key != "data"}
    return {"data": content["data"], **around, "spec": inner}


def _faceted(node: ast.Call, content: Spec, names: Names) -> Spec:
    table = _table(content, names)
    parts = {str(k.arg): k.value for k in node.keywords}
    columns = {"columns": _value(parts.pop("columns"), names)} if "columns" in parts else {}
    if len(node.args) == 1:
        parts["facet"] = node.args[0]
    made = {key: _definition(key, value, names, table) for key, value in parts.items()}
    if len(node.args) > 1 or _kind(content) not in ("mark", "layer"):
        raise _UnclearError
    if set(made) == {"facet"}:
        return _outer(content, {"facet": made["facet"], **columns})
    if columns or not made or not set(made) <= {"row", "column"}:
        raise _UnclearError
    return _outer(content, {"facet": made})


def _table(content: Spec, names: Names) -> Table:
    """The frame that a view draws, whose columns give the types."""
    data = content.get("data")
    found = names.table(data["name"]) if data is not None else None
    if found is None:
        raise _UnclearError
    return found


# -- channels


def _encoding(node: ast.Call, content: Spec, names: Names) -> Spec:
    table = _table(content, names)
    given = {str(k.arg): k.value for k in node.keywords}
    for argument in node.args:
        first = argument.elts[0] if isinstance(argument, ast.List) and argument.elts else argument
        channel = CLASSES.get(_called(_innermost(first), names), "")
        if not channel or channel in given:
            raise _UnclearError
        given[channel] = argument
    if not set(given) <= set(CHANNELS) or set(given) & SECONDARY or _kind(content) not in ("mark", "layer"):
        raise _UnclearError
    return {name: _definition(name, value, names, table) for name, value in given.items()}


def _innermost(node: ast.expr) -> ast.expr:
    """`alt.X("a")` of `alt.X("a").title("t").bin(True)`."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Call):
        node = node.func.value
    return node


def _called(node: ast.expr, names: Names) -> str:
    """`X` of a call `alt.X(…)`; "" for any other expression."""
    owner = node.func if isinstance(node, ast.Call) else None
    if not isinstance(owner, ast.Attribute) or not isinstance(owner.value, ast.Name):
        return ""
    return owner.attr if owner.value.id == names.module else ""


def _definition(name: str, node: ast.expr, names: Names, table: Table) -> Any:
    """A channel's definition."""
    if isinstance(node, ast.List):
        return [_definition(name, item, names, table) for item in node.elts]
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return _typed(definition(node.value), table)
    made = _chained(name, node, names)
    return made if set(made) in ({"value"}, {"datum"}) else _typed(made, table)


def _chained(name: str, node: ast.expr, names: Names) -> Spec:
    called = _called(node, names)
    if called:
        assert isinstance(node, ast.Call)
        return _of_class(name, called, node, names)
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        raise _UnclearError
    key, made = node.func.attr, _chained(name, node.func.value, names)
    named = {str(k.arg): _value(k.value, names) for k in node.keywords}
    if key not in DETAILS | {"aggregate", "type", "timeUnit"} or len(node.args) + bool(named) != 1:
        raise _UnclearError
    return {**made, key: named or _value(node.args[0], names)}


def _of_class(name: str, called: str, node: ast.Call, names: Names) -> Spec:
    if len(node.args) > 1 or any(k.arg is None for k in node.keywords):
        raise _UnclearError
    named = {str(k.arg): _value(k.value, names) for k in node.keywords}
    first = node.args[0] if node.args else None
    if called in ("value", "datum") and first is not None and not named:
        return {called: _value(first, names)}
    if CLASSES.get(called) != name or "shorthand" in named:
        raise _UnclearError
    if first is None:
        return named
    if _called(first, names) == "repeat" and isinstance(first, ast.Call) and not first.keywords:
        which = _value(first.args[0], names) if len(first.args) == 1 else "repeat"
        return {"field": {"repeat": which}, **named}
    short = _value(first, names)
    if not isinstance(short, str):
        raise _UnclearError
    return {**definition(short), **named}


def _typed(made: Spec, table: Table) -> Spec:
    """With the type that Altair takes from the data. An ordered category brings its order along, which nobody knows;
    decimals and durations it takes differently by library."""
    if "type" in made or not {"field", "aggregate", "timeUnit", "bin"} & set(made):
        return made
    name = made.get("field", "")
    if not isinstance(name, str):
        raise _UnclearError
    column = column_of(table, name)
    kind = kind_of_type(column.type if column is not None else None)
    exact = column is not None and column.type is not None and column.type.name.startswith(("decimal", "duration"))
    if exact or kind not in ("quantitative", "nominal", "temporal"):
        raise _UnclearError
    return {**made, "type": kind}


def _value(node: ast.expr, names: Names) -> Any:
    """A literal, `alt.Axis(format="%")` and the like as JSON."""
    called = _called(node, names)
    if called in _OBJECTS and isinstance(node, ast.Call) and not node.args:
        return {str(k.arg): _value(k.value, names) for k in node.keywords if k.arg is not None}
    if isinstance(node, ast.Dict) and all(isinstance(key, ast.Constant) for key in node.keys):
        pairs = zip(node.keys, node.values, strict=True)
        return {key.value: _value(value, names) for key, value in pairs if isinstance(key, ast.Constant)}
    if isinstance(node, ast.List | ast.Tuple):
        return [_value(item, names) for item in node.elts]
    return ast.literal_eval(node)
