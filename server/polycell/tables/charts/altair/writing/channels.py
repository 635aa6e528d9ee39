"""A channel's definition as Altair's code: a shorthand where it says all, else the channel's class."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

from msgspec import Struct

from polycell.tables.charts.altair.literals import NoFormError, arguments, literal
from polycell.tables.charts.altair.words import CHANNELS, DETAILS, SECONDARY, class_of
from polycell.tables.charts.altair.writing.names import Names, Spec
from polycell.tables.charts.altair.writing.parameters import predicate
from polycell.tables.charts.shorthand import AGGREGATES, PICKS, written

# Channels that take a list.
_LISTS = frozenset({"tooltip", "detail", "order"})
# Those whose default type does not depend on more than the definition.
_TYPED = frozenset({"x", "y", "color", "size", "theta", "opacity", "fill", "stroke"})
_SHORT = ("field", "type", "aggregate", "timeUnit")
_PREDICATES = frozenset({"param", "empty", "test"})
_KEYS = frozenset({*_SHORT, *DETAILS, "condition", "datum", "value"})


class _Place(Struct, frozen=True):
    """A channel. `typed`: whether nothing around the view says its type, so that Vega-Lite's default is its type."""

    name: str
    names: Names
    typed: bool = True


def encoding(content: Mapping[str, Any], names: Names, shared: Container[str]) -> str:
    """`.encode(…)`, a channel a line. `shared`: channels that the views around this one say something of."""
    if not set(content) <= set(CHANNELS):
        raise NoFormError
    lines = [f"    {n}={_channel(value, _Place(n, names, n not in shared))}," for n, value in content.items()]
    return "\n".join([".encode(", *lines, ")"])


def mapping(content: Mapping[str, Any], names: Names) -> dict[str, str]:
    """The fields of a facet, each as code."""
    return {name: _of_class(value, _Place(name, names), short=True) for name, value in content.items()}


def _channel(value: Any, place: _Place) -> str:
    if isinstance(value, list):
        if place.name not in _LISTS or not value:
            raise NoFormError
        return f"[{', '.join(_of_class(part, place) for part in value)}]"
    if not isinstance(value, dict):
        raise NoFormError
    if "condition" in value:
        return _conditional(value, place)
    return _plain(value) or _of_class(value, place, short=True)


def _plain(value: Spec) -> str:
    """`alt.value("red")`, `alt.datum(3)`; "" for more."""
    key = next(iter(value)) if len(value) == 1 else ""
    return f"alt.{key}({literal(value[key])})" if key in ("value", "datum") else ""


def _of_class(value: Any, place: _Place, *, short: bool = False) -> str:
    """`alt.X("price:Q", title=None)`; only the shorthand where that says all and `short`."""
    if not isinstance(value, dict) or not set(value) <= _KEYS:
        raise NoFormError
    aggregate = value.get("aggregate")
    if isinstance(aggregate, dict) and not set(aggregate) <= set(PICKS):
        raise NoFormError
    for key, ending in (("value", "Value"), ("datum", "Datum")):
        if key in value:
            rest = {k: v for k, v in value.items() if k != key}
            return f"alt.{class_of(place.name)}{ending}({_listed(literal(value[key]), arguments(rest))})"
    text, said = _field(value, place)
    rest = {key: inner for key, inner in value.items() if key not in said}
    if not rest and short and text.startswith('"'):
        return text
    return f"alt.{class_of(place.name)}({_listed(text, arguments(rest))})"


def _listed(*parts: str) -> str:
    return ", ".join(filter(None, parts))


def _field(value: Spec, place: _Place) -> tuple[str, set[str]]:
    """The first argument of a channel's class, and the keys that it says; "" where keywords must say them."""
    repeated = value.get("field")
    if isinstance(repeated, dict) and set(repeated) == {"repeat"} and isinstance(repeated["repeat"], str):
        return f"alt.repeat({literal(repeated['repeat'])})", {"field"}
    given = _with_type(value, place)
    # Altair keeps the escape of a colon in the name, so that such a field would not be the same.
    if given is None or ":" in str(given.get("field", "")) or given.get("aggregate", "mean") not in AGGREGATES:
        return "", set()
    text = written(given) if "field" in given or "aggregate" in given else None
    return (literal(text), set(_SHORT)) if text else ("", set())


def _with_type(value: Spec, place: _Place) -> Spec | None:
    """The definition as a shorthand can say it, with the type that Vega-Lite takes where none is said: Altair would
    take the data's instead. None where that is not certain."""
    if place.name in SECONDARY:
        # A second end of a range has the type of the first.
        return None if "type" in value else value
    if "type" in value:
        return value
    if not place.typed or place.name not in _TYPED or {"sort", "scale"} & set(value):
        return None
    if "timeUnit" in value:
        return {**value, "type": "temporal"}
    if isinstance(value.get("aggregate"), str) or value.get("bin"):
        return {**value, "type": "quantitative"}
    return {**value, "type": "nominal"} if "field" in value and "bin" not in value else None


def _conditional(value: Spec, place: _Place) -> str:
    """`alt.condition(brush, "price:Q", alt.value("grey"))`; several conditions, and one without an else, by keyword."""
    condition, otherwise = value["condition"], {key: inner for key, inner in value.items() if key != "condition"}
    tests = _PREDICATES & set(condition) if isinstance(condition, dict) else frozenset()
    whole = _plain(otherwise) or not {"value", "datum"} & set(otherwise)
    if not otherwise or not whole or tests not in ({"test"}, {"param"}, {"param", "empty"}):
        return _of_class(value, place)
    then = {key: inner for key, inner in condition.items() if key not in tests}
    test, more = predicate({key: condition[key] for key in sorted(tests, reverse=True)}, place.names)
    if "test" in tests and isinstance(condition["test"], str):
        test = literal(condition["test"])
    first = _plain(then) or _of_class(then, place)
    second = _plain(otherwise) or _of_class(otherwise, place, short=True)
    return f"alt.condition({test}, {first}, {second}{more})"
