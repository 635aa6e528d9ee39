"""Charts of Altair code as views: what each method says, and what is put together of several."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from polycell.tables.charts.altair.reading.channels import channel_definition, encoding
from polycell.tables.charts.altair.reading.parameters import JOINED, ZOOM, of, with_params
from polycell.tables.charts.altair.reading.values import (
    Formula,
    Names,
    Parameter,
    Predicate,
    Spec,
    UnclearError,
    arguments,
    called,
    data,
    every,
    json_of,
    keywords,
    plain,
    value,
)
from polycell.tables.charts.altair.words import CONFIGURED, MARKS, PARAMETERS, PROPERTIES, RESOLVED, transforms
from polycell.tables.charts.transforms import OPAQUE

_OPERATORS: Mapping[type[ast.operator], str] = {ast.Add: "layer", ast.BitOr: "hconcat", ast.BitAnd: "vconcat"}
_LIFTED = ("width", "height", "view")  # what Altair says of layers together
_OUTER = frozenset({"config", "background", "padding", "autosize"})  # what no view inside of another may say
_DEEPEST = 30


def chart(node: ast.expr, names: Names, depth: int) -> Spec:
    """The view that an expression makes, types of its fields still open."""
    if depth > _DEEPEST:
        raise UnclearError
    if isinstance(node, ast.Name) and node.id in names.bound:
        return chart(names.bound[node.id], names, depth + 1)
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        kind = _OPERATORS[type(node.op)]
        left, right = chart(node.left, names, depth + 1), chart(node.right, names, depth + 1)
        # `a + b + c` is one chart of three layers.
        if kind in left and set(left) - {"data"} != {kind}:
            raise UnclearError
        first = left.get(kind, [left])
        return _together(kind, [*(_with_data(view, left) for view in first), right])
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        raise UnclearError
    name = called(node, names)
    if name:
        return _made(node, name, names, depth)
    return _method(chart(node.func.value, names, depth + 1), node.func.attr, node, names)


def _made(node: ast.Call, name: str, names: Names, depth: int) -> Spec:
    """`alt.Chart(df)`, `alt.layer(a, b)`."""
    if name == "Chart":
        given = arguments(node, ("data",))
        own = {"data": data(given.pop("data"), names)} if "data" in given else {}
        return _properties(own, {key: plain(inner, names) for key, inner in given.items()})
    given = keywords(node)
    own = {"data": data(given.pop("data"), names)} if "data" in given else {}
    if name == "FacetChart":
        spec, way, columns = (given.pop(key, None) for key in ("spec", "facet", "columns"))
        if spec is None or way is None or given or node.args:
            raise UnclearError
        more = {"columns": plain(columns, names)} if columns is not None else {}
        if called(way, names) == "FacetMapping" and isinstance(way, ast.Call):
            facet: Any = {key: channel_definition(key, v, names) for key, v in keywords(way).items()}
        else:
            facet = channel_definition("facet", way, names)
        return {**own, "facet": facet, **more, "spec": chart(spec, names, depth + 1)}
    if name not in JOINED or not node.args or any(isinstance(a, ast.Starred) for a in node.args):
        raise UnclearError
    more = {key: plain(inner, names) for key, inner in given.items()}
    wrapped: Spec = {"columns": more.pop("columns")} if name == "concat" and "columns" in more else {}
    made = _together(name, [chart(argument, names, depth + 1) for argument in node.args])
    if own:
        inner = [_with_data(view, made) for view in made[name]]
        if all(view.get("data", own["data"]) == own["data"] for view in inner):
            inner = [{key: said for key, said in view.items() if key != "data"} for view in inner]
        made = {**{key: said for key, said in made.items() if key != "data"}, name: inner}
    return _properties({**made, **own, **wrapped}, more)


def _together(kind: str, views: list[Spec]) -> Spec:
    """Several views as one, with the data that they share above them."""
    if any(_OUTER & set(view) for view in views):
        raise UnclearError
    lifted: Spec = {}
    if kind == "layer":
        if any({"facet", "repeat", *JOINED[1:]} & set(view) for view in views):
            raise UnclearError
        for key in _LIFTED:
            said = [view[key] for view in views if key in view]
            if any(one != said[0] for one in said):
                raise UnclearError
            lifted |= {key: said[0]} if said else {}
        views = _once([{k: v for k, v in view.items() if k not in _LIFTED} for view in views])
    first = views[0].get("data")
    if first is None or any(view.get("data") != first for view in views):
        return {kind: views, **lifted}
    return {"data": first, kind: [{k: v for k, v in view.items() if k != "data"} for view in views], **lifted}


def _once(views: list[Spec]) -> list[Spec]:
    """Layers of which only the first has a selection that several were given."""
    seen: list[Spec] = []
    made = []
    for view in views:
        params = [param for param in view.get("params", []) if "select" not in param or param not in seen]
        seen += params
        rest = {key: inner for key, inner in view.items() if key != "params"}
        made.append({**rest, "params": params} if params else rest)
    return made


def _with_data(view: Spec, outer: Spec) -> Spec:
    return {"data": outer["data"], **view} if "data" in outer and "data" not in view else view


def kind_of(content: Spec) -> str:
    return next((key for key in ("facet", "repeat", *JOINED) if key in content), "mark")


def _properties(content: Spec, said: Spec) -> Spec:
    if not set(said) <= PROPERTIES[kind_of(content)]:
        raise UnclearError
    return {**content, **said}


def _method(content: Spec, method: str, node: ast.Call, names: Names) -> Spec:
    what = kind_of(content)
    if method == "encode" and what in ("mark", "layer"):
        return {**content, "encoding": {**content.get("encoding", {}), **encoding(node, names)}}
    if method == "facet" and what in ("mark", "layer"):
        return _faceted(content, node, names)
    kind, _, name = method.partition("_")
    if kind == "transform":
        return _transformed(content, name, node, names)
    given = keywords(node)
    if method in ("add_params", "add_selection") and not given:
        return with_params(content, [of(value(argument, names)) for argument in node.args])
    if method == "properties" and "data" in given and not node.args:
        content = {**content, "data": data(given.pop("data"), names)}
    named = {key: plain(inner, names) for key, inner in given.items()}
    if method == "repeat":
        return _repeated(content, [plain(argument, names) for argument in node.args], named)
    if method == "project" and what in ("mark", "layer"):
        said = {key: plain(inner, names) for key, inner in arguments(node, ("type",)).items()}
        return {**content, "projection": said}
    if node.args:
        raise UnclearError
    if kind == "mark" and name in MARKS and what == "mark":
        return {**content, "mark": {"type": name, **named} if named else name}
    if method == "properties":
        return _properties(content, named)
    if kind == "resolve" and name in RESOLVED:
        return {**content, "resolve": {**content.get("resolve", {}), name: named}}
    if method == "configure":
        return {**content, "config": named}
    if kind == "configure" and name in CONFIGURED:
        return {**content, "config": {**content.get("config", {}), name: named}}
    if method == "interactive" and set(named) <= {"name", "bind_x", "bind_y"}:
        return with_params(content, [_zoom(named)])
    if method == "copy":
        return content
    raise UnclearError


def _zoom(named: Spec) -> Spec:
    axes = [axis for axis in ("x", "y") if named.get(f"bind_{axis}", True)]
    return {**ZOOM, "name": named.get("name") or ZOOM["name"], "select": {"type": "interval", "encodings": axes}}


def _transformed(content: Spec, name: str, node: ast.Call, names: Names) -> Spec:
    if name not in PARAMETERS or any(isinstance(a, ast.Starred) for a in node.args):
        raise UnclearError
    given = keywords(node)
    if name == "filter":
        made: list[Any] = [{"filter": _filter(node, given, names)}]
    else:
        positional = [_argument(argument, names) for argument in node.args]
        made = transforms(name, positional, {key: _argument(inner, names) for key, inner in given.items()})
    if OPAQUE in made or not made:
        raise UnclearError
    return {**content, "transform": [*content.get("transform", []), *made]}


def _argument(node: ast.expr, names: Names) -> Any:
    """An argument of a transform; data to look up fields in are named as those of charts."""
    if isinstance(node, ast.Name) and node.id in names.bound:
        node = names.bound[node.id]
    if called(node, names) == "LookupData" and isinstance(node, ast.Call):
        given = arguments(node, ("data", "key", "fields"))
        own = {"data": data(given.pop("data"), names)} if "data" in given else {}
        return {**own, **{key: plain(inner, names) for key, inner in given.items()}}
    made = value(node, names)
    return made.text if isinstance(made, Formula) else json_of(made)


def _filter(node: ast.Call, given: Mapping[str, ast.expr], names: Names) -> Any:
    fields = {key: value(inner, names) for key, inner in given.items() if key != "empty"}
    test = every([value(argument, names) for argument in node.args], fields)
    if isinstance(test, Parameter):
        if not test.is_selection:
            raise UnclearError
        return {"param": test.name, "empty": plain(given["empty"], names)} if "empty" in given else test.predicate
    if isinstance(test, Predicate):
        return json_of(test.content)
    return test.text if isinstance(test, Formula) else json_of(test)


def _repeated(content: Spec, positional: list[Any], named: Spec) -> Spec:
    named = dict(named)
    fields = positional[0] if len(positional) == 1 else named.pop("repeat", None)
    columns = {"columns": named.pop("columns")} if "columns" in named else {}
    if isinstance(fields, list) and not named:
        repeat: Any = fields
    elif fields is None and not positional and not columns and named and set(named) <= {"row", "column", "layer"}:
        repeat = named
    else:
        raise UnclearError
    return _outer(content, {"repeat": repeat, **columns})


def _outer(content: Spec, around: Spec, own: Spec | None = None) -> Spec:
    if _OUTER & set(content):
        raise UnclearError
    inner = {key: inner for key, inner in content.items() if key != "data" or own}
    above = own or ({"data": content["data"]} if "data" in content else {})
    return {**above, **around, "spec": inner}


def _faceted(content: Spec, node: ast.Call, names: Names) -> Spec:
    parts = arguments(node, ("facet",))
    own = {"data": data(parts.pop("data"), names)} if "data" in parts else None
    columns = {"columns": plain(parts.pop("columns"), names)} if "columns" in parts else {}
    more = {key: plain(parts.pop(key), names) for key in PROPERTIES["facet"] & set(parts)}
    if own is None and "data" not in content:
        raise UnclearError
    made = {key: channel_definition(key, inner, names) for key, inner in parts.items()}
    if set(made) == {"facet"}:
        return {**_outer(content, {"facet": made["facet"], **columns}, own), **more}
    if columns or not made or not set(made) <= {"row", "column"}:
        raise UnclearError
    return {**_outer(content, {"facet": made}, own), **more}
