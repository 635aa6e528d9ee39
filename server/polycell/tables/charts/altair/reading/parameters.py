"""Where the parameters of a chart stand in its specification."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from polycell.tables.charts.altair.reading.values import Parameter, Spec, UnclearError

JOINED = ("layer", "hconcat", "vconcat", "concat")
ZOOM = {"name": "zoom", "select": {"type": "interval", "encodings": ["x", "y"]}, "bind": "scales"}


def with_params(content: Spec, params: list[Spec]) -> Spec:
    """A view with parameters added: Altair gives them to the first of layers, to each of several views."""
    if "layer" in content:
        first, *others = content["layer"]
        return {**content, "layer": [with_params(first, params), *others]}
    for key in JOINED:
        if key in content:
            return {**content, key: [with_params(view, params) for view in content[key]]}
    if "spec" in content:
        return {**content, "spec": with_params(content["spec"], params)}
    known = content.get("params", [])
    return {**content, "params": [*known, *(param for param in params if param not in known)]}


def of(made: Any) -> Spec:
    """A parameter's definition; one without a name is called after what it is."""
    if not isinstance(made, Parameter):
        raise UnclearError
    return made.content if made.name else {**made.content, "name": "selection" if made.is_selection else "parameter"}


def placed(content: Spec) -> Spec:
    """The whole with its variables at the top, and selections that several views share there too, by their names."""
    if "mark" in content:
        return content
    params = [param for view in _units(content) for param in view.get("params", [])]
    variables = [param for at, param in enumerate(params) if "select" not in param and param not in params[:at]]
    if len({param["name"] for param in variables}) < len(variables):
        raise UnclearError
    shared = [param for at, param in enumerate(params) if param in params[:at] and "select" in param]
    views: dict[str, list[str]] = {param["name"]: [] for param in shared}
    if any(param["name"] in views and param not in shared and "select" in param for param in params):
        raise UnclearError
    made = _settled(content, views, iter(range(1, 1000)))
    tops = [{**next(p for p in shared if p["name"] == name), "views": named} for name, named in views.items()]
    return {**made, "params": [*variables, *tops]} if variables or tops else made


def _units(content: Spec) -> Iterator[Spec]:
    if "mark" in content:
        yield content
    for key in JOINED:
        for view in content.get(key, ()):
            yield from _units(view)
    if "spec" in content:
        yield from _units(content["spec"])


def _settled(content: Spec, views: dict[str, list[str]], counter: Iterator[int]) -> Spec:
    """A view with only those of its parameters that are its own; `views` gets the names of views of the others."""
    made = dict(content)
    for key in JOINED:
        if key in made:
            made[key] = [_settled(view, views, counter) for view in made[key]]
    if "spec" in made:
        made["spec"] = _settled(made["spec"], views, counter)
    params = made.pop("params", [])
    kept = [param for param in params if "select" in param and param["name"] not in views]
    common = [param["name"] for param in params if param["name"] in views]
    if common and "name" not in made:
        made["name"] = f"view_{next(counter)}"
    for name in common:
        views[name].append(made["name"])
    return {**made, "params": kept} if kept else made
