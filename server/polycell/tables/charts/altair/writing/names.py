"""The variables of the code that is written: one for each parameter, and for data that several views draw."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec import Struct, field

from polycell.tables.charts.altair.literals import is_name

Spec = dict[str, Any]


class Names(Struct, frozen=True):
    """`frames`: what the names of data are in the code. `params`: parameters, by their names and by their JSON, which
    tells those of one name apart. `sources`: data objects that have a variable, by their JSON."""

    frames: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)


def key_of(content: Any) -> str:
    """Equal for JSON that is equal."""
    return json.dumps(content, sort_keys=True)


def variable(name: str, taken: Callable[[str], bool]) -> str:
    """A name of Python near to `name` that is not taken yet."""
    made = re.sub(r"\W", "_", name)
    made = made if is_name(made) else f"p_{made}"
    number, free = 1, made
    while taken(free):
        number += 1
        free = f"{made}{'' if made[-1:] == '_' else '_'}{number}"
    return free


JOINED = ("layer", "hconcat", "vconcat", "concat")


def inner_views(content: Spec) -> Iterator[Spec]:
    """The views right inside of one."""
    for key in JOINED:
        listed = content.get(key)
        yield from (view for view in listed if isinstance(view, dict)) if isinstance(listed, list) else ()
    if isinstance(content.get("spec"), dict):
        yield content["spec"]


def views(content: Spec) -> Iterator[Spec]:
    """Every view of a specification, outer ones first."""
    yield content
    for inner in inner_views(content):
        yield from views(inner)
