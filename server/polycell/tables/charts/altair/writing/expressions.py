"""Views as expressions: a chart with its methods, and what is put together of several."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from polycell.core.values import replace
from polycell.tables.charts.altair.literals import NoFormError, arguments, literal, named
from polycell.tables.charts.altair.words import CONFIGURED, MARKS, PROPERTIES, RESOLVED
from polycell.tables.charts.altair.writing.channels import encoding, mapping
from polycell.tables.charts.altair.writing.names import JOINED, Names, Spec, views
from polycell.tables.charts.altair.writing.parameters import added
from polycell.tables.charts.altair.writing.sources import source
from polycell.tables.charts.altair.writing.transforms import methods

_STEPS = frozenset({"$schema", "data", "transform", "encoding", "config", "params", "resolve", "projection"})


class _Around(Struct, frozen=True):
    """What is known around a view. `data`: the expression for what it draws unless it says so itself; "" where Altair
    hands that down. `shared`: channels that the views around it say something of."""

    names: Names
    whole: Spec
    data: str = ""
    shared: frozenset[str] = frozenset()
    outermost: bool = False


def whole(content: Spec, given: str, names: Names) -> str:
    """The chart as one expression; `given` is what it draws whatever it says."""
    return _view(content, _Around(names, content, given, outermost=True))


def _view(content: Any, around: _Around) -> str:
    """An expression for a view, over several lines where it is long."""
    if not isinstance(content, dict):
        raise NoFormError
    encoded = content.get("encoding", {})
    if not isinstance(encoded, dict):
        raise NoFormError
    kinds = [key for key in ("mark", "facet", "repeat", *JOINED) if key in content]
    if len(kinds) != 1 or (not around.outermost and {"config", "$schema", "datasets"} & set(content)):
        raise NoFormError
    (kind,) = kinds
    own = content.get("data")
    if own is not None:
        around = replace(around, data=source(own, around.names))
    elif "data" in content and not (around.outermost and around.data):
        raise NoFormError
    head, said = _HEADS.get(kind, _joined)(content, kind, around)
    calls = _calls(content, kind, said, around)
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


def _unit(content: Spec, kind: str, around: _Around) -> _Head:
    mark = content["mark"]
    options = dict(mark) if isinstance(mark, dict) else {"type": mark}
    name = options.pop("type", None)
    if not isinstance(name, str) or name not in MARKS:
        raise NoFormError
    return f"alt.Chart({around.data}).mark_{name}({arguments(options)})", frozenset({"mark"})


def _apart(content: Spec, around: _Around) -> tuple[_Around, dict[str, str]]:
    """How the views inside of one take their data: all by the same expression, or, where one of them has its own, from
    the whole, which says it once."""
    inner = replace(around, outermost=False, shared=frozenset())
    others = [view for view in views(content) if view is not content and "data" in view]
    if not others or not around.data:
        return inner, {}
    return replace(inner, data=""), {"data": around.data}


def _joined(content: Spec, kind: str, around: _Around) -> _Head:
    listed = content[kind]
    if not isinstance(listed, list) or not listed:
        raise NoFormError
    # Altair moves the size of a layer to the chart, where it means another thing.
    if kind == "layer" and any({"width", "height", "view"} & set(view) for view in listed if isinstance(view, dict)):
        raise NoFormError
    inner, data = _apart(content, around)
    if kind == "layer":
        inner = replace(inner, shared=around.shared | frozenset(content.get("encoding", ())))
    texts = [_view(view, inner) for view in listed]
    more = {key: literal(content[key]) for key in ("columns",) if key in content and kind == "concat"}
    lines = [f"    {text}," for text in (text.replace("\n", "\n    ") for text in texts)]
    rest = named({**more, **data})
    lines += [f"    {rest},"] if rest else []
    return "\n".join([f"alt.{kind}(", *lines, ")"]), frozenset({kind, *more})


def _facet(content: Spec, kind: str, around: _Around) -> _Head:
    spec, given = content.get("spec"), content["facet"]
    # Vega-Lite draws facets of facets, but Altair refuses them.
    if not isinstance(spec, dict) or "facet" in spec or not isinstance(given, dict) or not given:
        raise NoFormError
    inner, data = _apart(content, around)
    wrapped = not set(given) <= {"row", "column"}
    parts = mapping({"facet": given} if wrapped else given, around.names)
    columns = {"columns": literal(content["columns"])} if "columns" in content and wrapped else {}
    said = frozenset({"facet", "spec", *columns})
    if {"mark", "layer"} & set(spec) and (inner.data or data):
        return f"{_view(spec, inner)}.facet({named({**parts, **data, **columns})})", said
    # Only charts and layers that have data themselves have the method.
    text = _view(spec, replace(inner, data=""))
    way = parts["facet"] if wrapped else f"alt.FacetMapping({named(parts)})"
    if way.startswith('"'):
        way = f"alt.Facet({way})"
    rest = named({"facet": way, **({"data": around.data} if around.data else {}), **columns})
    return f"alt.FacetChart(spec={text}, {rest})", said


def _repeat(content: Spec, kind: str, around: _Around) -> _Head:
    given = content["repeat"]
    inner, data = _apart(content, around)
    text = _view(content.get("spec"), inner)
    if isinstance(given, list):
        more = {"columns": literal(content["columns"])} if "columns" in content else {}
        rest = "".join(f", {key}={value}" for key, value in {**more, **data}.items())
        return f"{text}.repeat({literal(given)}{rest})", frozenset({"repeat", "spec", *more})
    if not isinstance(given, dict) or not set(given) <= {"row", "column", "layer"} or not given:
        raise NoFormError
    ways = {key: literal(value) for key, value in given.items()}
    return f"{text}.repeat({named({**ways, **data})})", frozenset({"repeat", "spec"})


_HEADS = {"mark": _unit, "facet": _facet, "repeat": _repeat}


def _calls(content: Spec, kind: str, said: frozenset[str], around: _Around) -> list[str]:
    """The methods that say the rest of a view."""
    names = around.names
    encoded, resolve, config = (content.get(key, {}) for key in ("encoding", "resolve", "config"))
    if not all(isinstance(part, dict) for part in (resolve, config)) or (encoded and kind not in ("mark", "layer")):
        raise NoFormError
    calls = list(methods(content["transform"], names)) if "transform" in content else []
    calls += [encoding(encoded, names, around.shared)] if encoded else []
    rest = {key: value for key, value in content.items() if key not in said and key not in _STEPS}
    if not set(rest) <= PROPERTIES[kind]:
        raise NoFormError
    if "projection" in content:
        if kind not in ("mark", "layer") or not isinstance(content["projection"], dict):
            raise NoFormError
        calls.append(f".project({arguments(content['projection'])})")
    for name, choices in resolve.items():
        if name not in RESOLVED or not isinstance(choices, dict):
            raise NoFormError
        calls.append(f".resolve_{name}({arguments(choices)})")
    calls += added(content.get("params", []), content, around.whole, names)
    calls += [f".properties({arguments(rest)})"] if rest else []
    return [*calls, *_configured(config)]


def _configured(config: Spec) -> list[str]:
    own = {name: value for name, value in config.items() if name in CONFIGURED and isinstance(value, dict)}
    rest = {name: value for name, value in config.items() if name not in own}
    calls = [f".configure({arguments(rest)})"] if rest else []
    return [*calls, *(f".configure_{name}({arguments(value)})" for name, value in own.items())]
