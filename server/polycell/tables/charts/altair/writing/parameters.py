"""Parameters and selections as Altair's code, and the predicates that speak of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from polycell.tables.charts.altair.literals import NoFormError, arguments, is_name, literal, named
from polycell.tables.charts.altair.writing.names import Names, Spec, key_of, views

_SELECTIONS = ("interval", "point")
_INPUTS = ("checkbox", "radio", "range", "select")
_ZOOMS = ("interval", {"type": "interval"}, {"type": "interval", "encodings": ["x", "y"]})


def placed(content: Spec) -> Spec:
    """The specification with each selection in the views that it is for, where its top says so by their names."""
    params = content.get("params")
    if params is None:
        return content
    if not isinstance(params, list) or not all(isinstance(p, dict) for p in params):
        raise NoFormError
    here = [p for p in params if "views" not in p]
    made = {**content, "params": here} if here else {key: v for key, v in content.items() if key != "params"}
    for param in params:
        for name in param.get("views", ()):
            own = {key: value for key, value in param.items() if key != "views"}
            if sum(view.get("name") == name and "mark" in view for view in views(made)) != 1:
                raise NoFormError
            made = _given(made, name, own)
    return made


def _given(view: Spec, name: str, param: Spec) -> Spec:
    if view.get("name") == name and "mark" in view:
        return {**view, "params": [*view.get("params", []), param]}
    made = dict(view)
    for key, inner in view.items():
        if isinstance(inner, list) and key in ("layer", "hconcat", "vconcat", "concat"):
            made[key] = [_given(one, name, param) if isinstance(one, dict) else one for one in inner]
        elif key == "spec" and isinstance(inner, dict):
            made[key] = _given(inner, name, param)
    return made


def parameters(content: Spec) -> list[Spec]:
    """The different parameters of a specification that need a variable."""
    found: dict[str, Spec] = {}
    for view in views(content):
        for param in view.get("params", ()):
            if not isinstance(param, dict) or not isinstance(param.get("name"), str):
                raise NoFormError
            if not is_zoom(param, content):
                found.setdefault(key_of(param), param)
    return list(found.values())


def is_zoom(param: Spec, content: Spec) -> bool:
    """Whether a parameter is what `.interactive()` gives a view, and nothing else speaks of it."""
    if set(param) != {"name", "select", "bind"} or param["bind"] != "scales" or param["select"] not in _ZOOMS:
        return False
    homes = [view for view in views(content) if param in view.get("params", ())]
    if not all("mark" in view for view in homes):
        return False
    name = param["name"]
    return len(homes) == json.dumps(content).count(json.dumps(name)) and not _is_spoken_of(name, content)


def _is_spoken_of(name: str, content: Any) -> bool:
    """Whether an expression may speak of a parameter."""
    return any(name in text for text in _texts(content) if text != name)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)


def definition(param: Spec) -> str:
    """The call that makes a parameter."""
    own = dict(param)
    name = literal(own.pop("name"))
    bind = {"bind": _binding(own.pop("bind"))} if "bind" in own else {}
    select = own.pop("select", None)
    rest = {key: literal(value) for key, value in own.items()}
    if select is None:
        return f"alt.param({named({'name': name, **bind, **rest})})"
    options = dict(select) if isinstance(select, dict) else {"type": select}
    kind = options.pop("type", None)
    if kind not in _SELECTIONS or not set(rest) <= {"value"} or {"name", "bind", "value", "empty"} & set(options):
        raise NoFormError
    said = {key: literal(value) for key, value in options.items()}
    return f"alt.selection_{kind}({named({'name': name, **said, **bind, **rest})})"


def _binding(bind: Any) -> str:
    if not isinstance(bind, dict):
        return literal(bind)
    if "input" not in bind:
        inner = (f"{literal(key)}: {_binding(value)}" for key, value in bind.items())
        return "{" + ", ".join(inner) + "}"
    rest = {key: value for key, value in bind.items() if key != "input"}
    if not all(map(is_name, rest)):
        return literal(bind)
    if bind["input"] in _INPUTS:
        return f"alt.binding_{bind['input']}({arguments(rest)})"
    return f"alt.binding({arguments({'input': bind['input'], **rest})})"


def added(params: list[Spec], content: Spec, whole: Spec, names: Names) -> list[str]:
    """The methods that give a view its parameters."""
    if not params:
        return []
    zooms = [p for p in params if is_zoom(p, whole)]
    others = [p for p in params if p not in zooms]
    if "mark" not in content and any("select" in p for p in params):
        _check_units(content)
    if len(zooms) > 1:
        raise NoFormError
    made = [f".add_params({', '.join(names.params[key_of(p)] for p in others)})"] if others else []
    return [*made, *([".interactive()"] if zooms else [])]


def _check_units(content: Spec) -> None:
    """A selection of several views together is given to each of them by Altair; to only the first of layers."""
    for view in views(content):
        if len(view.get("layer", ())) > 1:
            raise NoFormError


def predicate(said: Any, names: Names) -> tuple[str, str]:
    """A condition on rows as code, and what goes with it behind: `brush` and `, empty=False`."""
    if isinstance(said, dict) and "param" in said and set(said) <= {"param", "empty"}:
        variable = names.params.get(str(said["param"]))
        if variable is None:
            return literal(said), ""
        return variable, f", empty={literal(said['empty'])}" if "empty" in said else ""
    return literal(said), ""
