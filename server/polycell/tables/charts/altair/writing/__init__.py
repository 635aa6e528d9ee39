"""A Vega-Lite specification as Altair code; `altair.reading` is the way back.

A mark with its encoding, what is put together of such views (layers, concatenations, facets, repetitions), parameters,
and the data of each. What is not certain to mean the same there gives None. Source: altair 5 and 6, `Chart.to_dict`;
Vega-Lite's `defaultType` for the type of a channel.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping
from typing import Any

from polycell.tables.charts.altair.literals import NoFormError, is_plain, literal
from polycell.tables.charts.altair.writing.expressions import whole
from polycell.tables.charts.altair.writing.names import Names, Spec, key_of, variable, views
from polycell.tables.charts.altair.writing.parameters import definition, parameters, placed
from polycell.tables.charts.altair.writing.sources import source


def code(
    content: Any, frames: Mapping[str, str], *, given: str = "", imported: bool, taken: Container[str] = ()
) -> str | None:
    """The specification as Python whose last expression is the chart; None where some of it has no such form here.

    `frames` are the variables behind names of data, `given` the one that the chart draws whatever its text says (""
    for none), `taken` names that must keep their values."""
    if not isinstance(content, dict) or not is_plain(content):
        return None
    try:
        return _code(content, frames, given, imported, {"alt", given, *frames.values()}, taken)
    except NoFormError:
        return None


def _code(
    content: Spec, frames: Mapping[str, str], given: str, imported: bool, own: set[str], taken: Container[str]
) -> str:
    content = placed(content)
    made = [] if imported else ["import altair as alt\n"]
    own_sets = content.get("datasets", {})
    if isinstance(own_sets, dict):
        frames = {**frames, **{name: f"alt.NamedData({literal(name)})" for name in own_sets}}
    lines = []
    params: dict[str, str] = {}
    for param in parameters(content):
        name = params[key_of(param)] = _free(param["name"], own, taken)
        params.setdefault(param["name"], name)
        lines.append(f"{name} = {definition(param)}")
    sources: dict[str, str] = {}
    if given:
        content = {**content, "data": None}
    for data in _shared(content):
        text = source(data, Names(frames))
        if not text.isidentifier():
            name = _free("source", own, taken)
            sources[key_of(data)] = name
            lines.append(f"{name} = {text}")
    if lines:
        lines.append("")
    return "\n".join([*made, *lines, whole(content, given, Names(frames, params, sources))])


def _free(name: str, own: set[str], taken: Container[str]) -> str:
    made = variable(name, lambda text: text in own or text in taken)
    own.add(made)
    return made


def _shared(content: Spec) -> list[Any]:
    """Data that more than one view draws."""
    if "mark" in content:
        return []
    found = {key_of(view["data"]): view["data"] for view in views(content) if isinstance(view.get("data"), dict)}
    top = [key_of(content["data"])] if isinstance(content.get("data"), dict) else []
    said = Counter(key_of(view["data"]) for view in views(content) if isinstance(view.get("data"), dict))
    return [data for key, data in found.items() if said[key] > 1 or key in top]
