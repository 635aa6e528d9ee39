"""Specifications in one form, so that those which mean the same are equal.

Altair says some things elsewhere than people do: selections at the top with the names of their views, data once for
several views, literal data as data sets. Here each view has what it draws and its selections itself.
"""

from __future__ import annotations

import json
from typing import Any

JOINED = ("layer", "hconcat", "vconcat", "concat")
FRAME = {"name": "df"}


def normal(content: dict[str, Any]) -> dict[str, Any]:
    datasets = content.get("datasets", {})
    content = _unnamed(_resolved(content, datasets))
    top = {key: value for key, value in content.items() if key not in ("$schema", "usermeta", "datasets")}
    params = [_param(param) for param in top.pop("params", [])]
    variables = sorted((p for p in params if "select" not in p), key=_name)
    selections = [p for p in params if "select" in p]
    made = _view(top, selections, None)
    variables += made.pop("variables", [])
    return {**made, "variables": variables} if variables else made


def _resolved(value: Any, datasets: dict[str, Any]) -> Any:
    """Data by what they are, window operations without the empty field that Altair gives them."""
    if isinstance(value, list):
        return [_resolved(inner, datasets) for inner in value]
    if not isinstance(value, dict):
        return value
    made = {key: _resolved(inner, datasets) for key, inner in value.items() if (key, inner) != ("field", "")}
    data = made.get("data")
    if isinstance(data, dict):
        if data.get("name") in datasets:
            data = {**{k: v for k, v in data.items() if k != "name"}, "values": datasets[data["name"]]}
        made["data"] = {k: v for k, v in data.items() if k != "name"} if "values" in data else data
    return made


def _unnamed(content: dict[str, Any]) -> dict[str, Any]:
    """`.interactive()` gives names that nobody speaks of."""

    def renamed(value: Any) -> Any:
        if isinstance(value, list):
            return [renamed(inner) for inner in value]
        if not isinstance(value, dict):
            return value
        made = {key: renamed(inner) for key, inner in value.items()}
        zooms = value.get("bind") == "scales" and "select" in value and text.count(value["name"]) == 1
        return {**made, "name": "zoom"} if zooms else made

    text = json.dumps(content)
    return dict(renamed(content))


def _name(param: dict[str, Any]) -> str:
    return str(param["name"])


def _param(param: dict[str, Any]) -> dict[str, Any]:
    if "select" not in param:
        return param
    select = {"type": param["select"]} if isinstance(param["select"], str) else param["select"]
    if select["type"] == "interval" and param.get("bind") == "scales":
        select = {"encodings": ["x", "y"], **select}
    return {**param, "select": select}


def _view(view: dict[str, Any], outer: list[dict[str, Any]], data: Any) -> dict[str, Any]:
    made = {key: value for key, value in view.items() if key not in ("name", "data", "params")}
    own = view.get("data", data)
    mine = [_param(param) for param in view.get("params", [])]
    for key in JOINED:
        if key in made:
            made[key] = [_view(inner, [*outer, *mine], own) for inner in made[key]]
    if "spec" in made:
        faceted = "facet" in made
        made["spec"] = _view(made["spec"], [*outer, *mine], "faceted" if faceted else own)
        if faceted:
            made["data"] = own
    if "mark" in made:
        made["mark"] = made["mark"] if isinstance(made["mark"], dict) else {"type": made["mark"]}
        given = [param for param in outer if _is_for(param, view.get("name"))]
        params = {_name(p): {k: v for k, v in p.items() if k != "views"} for p in [*given, *mine]}
        made["data"] = own
        if params:
            made["params"] = [params[name] for name in sorted(params)]
    for key in ("encoding", "transform", "config"):
        if not made.get(key):
            made.pop(key, None)
    if "encoding" in made:
        made["encoding"] = {name: _channel(d) for name, d in made["encoding"].items()}
    return made


def _is_for(param: dict[str, Any], name: str | None) -> bool:
    """A repeated view's name is a part of those that its parameter is for."""
    wanted = param.get("views")
    return wanted is None or any(name is not None and (v == name or ("child__" in v and name in v)) for v in wanted)


def _channel(channel: Any) -> Any:
    """With the type that Vega-Lite takes."""
    if isinstance(channel, dict) and isinstance(channel.get("condition"), dict):
        channel = {**channel, "condition": _channel(channel["condition"])}
    if not isinstance(channel, dict) or "type" in channel or not {"field", "aggregate", "timeUnit"} & set(channel):
        return channel
    if "timeUnit" in channel:
        return {**channel, "type": "temporal"}
    return {**channel, "type": "quantitative" if channel.get("bin") or "aggregate" in channel else "nominal"}


def ran(text: str, names: dict[str, Any]) -> dict[str, Any]:
    """What altair makes of code whose last expression is a chart."""
    import ast

    import altair as alt

    tree = ast.parse(text)
    last = tree.body.pop()
    assert isinstance(last, ast.Expr)
    known = {"alt": alt, **names}
    theme = alt.theme if hasattr(alt.theme, "enable") else alt.themes  # altair 5.0
    with alt.data_transformers.enable("default"), theme.enable("none"):
        exec(compile(tree, "cell", "exec"), known)
        made: dict[str, Any] = eval(compile(ast.Expression(last.value), "cell", "eval"), known).to_dict()
    return made
