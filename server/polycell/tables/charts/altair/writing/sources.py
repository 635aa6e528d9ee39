"""A `data` object as Altair's code."""

from __future__ import annotations

from typing import Any

from polycell.tables.charts.altair.literals import NoFormError, arguments, literal
from polycell.tables.charts.altair.writing.names import Names, key_of

# The class for data of each kind, by the key that tells it.
_CLASSES = {
    "url": "UrlData", "values": "InlineData", "sequence": "SequenceGenerator", "graticule": "GraticuleGenerator",
    "sphere": "SphereGenerator",
}  # fmt: skip
LONGEST = 20_000  # characters of data that are written down


def source(data: Any, names: Names) -> str:
    """An expression for what `data` says: a frame, a class of Altair's, the address alone of a file."""
    if not isinstance(data, dict):
        raise NoFormError
    known = names.sources.get(key_of(data))
    if known is not None:
        return known
    if set(data) == {"name"}:
        frame = names.frames.get(str(data["name"]))
        if frame is None:
            raise NoFormError
        return frame
    if set(data) == {"url"} and isinstance(data["url"], str):
        return literal(data["url"])
    kind = next((key for key in _CLASSES if key in data), None)
    if kind is None:
        raise NoFormError
    text = f"alt.{_CLASSES[kind]}({arguments(data)})"
    if len(text) > LONGEST:
        raise NoFormError
    return text
