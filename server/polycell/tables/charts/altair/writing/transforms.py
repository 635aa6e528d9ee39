"""Transforms as the methods of Altair's charts that make them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from polycell.core.patterns import pattern
from polycell.tables.charts.altair.literals import NoFormError, arguments, is_name, literal, named
from polycell.tables.charts.altair.words import BY_SHORTHAND, PARAMETERS, PREDICATES, transforms
from polycell.tables.charts.altair.writing.names import Names, Spec
from polycell.tables.charts.altair.writing.parameters import predicate
from polycell.tables.charts.altair.writing.sources import source

# In the order in which Vega-Lite tells transforms apart.
_METHODS = (
    "lookup", "pivot", "density", "quantile", "regression", "loess", "fold", "flatten", "impute", "stack", "window",
    "joinaggregate", "aggregate", "timeUnit", "bin", "calculate", "filter", "sample", "extent",
)  # fmt: skip
_SIMPLE = pattern(r"[^\W\d][\w ]*\Z")


def methods(listed: Any, names: Names) -> Iterator[str]:
    """A method call for each transform of a list."""
    for item in listed if isinstance(listed, list) else [None]:
        key = next((key for key in _METHODS if key in item), None) if isinstance(item, dict) else None
        if key is None or not isinstance(item, dict):
            raise NoFormError
        yield _filter(item, names) if key == "filter" else _method(key.lower(), item, names)


def _filter(item: Spec, names: Names) -> str:
    said = item["filter"]
    if set(item) != {"filter"}:
        raise NoFormError
    if isinstance(said, dict) and set(said) == {"not"} and isinstance(said["not"], dict) and "param" in said["not"]:
        variable, more = predicate(said["not"], names)
        if not more and variable in names.params.values():
            return f".transform_filter(~{variable})"
    kind = next((name for key, name in PREDICATES.items() if isinstance(said, dict) and key in said), None)
    if kind is not None and "field" in said and all(map(is_name, said)):
        return f".transform_filter(alt.{kind}({arguments(said)}))"
    return f".transform_filter({''.join(predicate(said, names))})"


def _method(method: str, item: Spec, names: Names) -> str:
    given = {f"{key}_" if key in ("as", "from") else key: value for key, value in item.items()}
    if not set(given) <= set(PARAMETERS[method]) or transforms(method, [], given) != [item]:
        raise NoFormError
    short = _shortened(method, given)
    if short is not None and transforms(method, [], short) == [item]:
        given = short
    said = {key: literal(value) for key, value in given.items()}
    if "from_" in given:
        said["from_"] = _foreign(given["from_"], names)
    return f".transform_{method}({named(said)})"


def _shortened(method: str, given: Spec) -> Spec | None:
    """`total="sum(price)"` for `aggregate=[{"op": "sum", …}]`, `twice="datum.price * 2"` for a calculation."""
    if method == "calculate":
        return _as_keyword(method, given["as_"], given["calculate"]) if set(given) == {"as_", "calculate"} else None
    if method == "timeunit":
        whole = set(given) == {"as_", "field", "timeUnit"} and all(isinstance(v, str) for v in given.values())
        return _as_keyword(method, given["as_"], f"{given['timeUnit']}({given['field']})") if whole else None
    if method not in BY_SHORTHAND or not isinstance(given[method], list):
        return None
    made: Spec = {}
    for operation in given[method]:
        if not isinstance(operation, dict) or not set(operation) <= {"op", "field", "as"}:
            return None
        field = operation.get("field", "")
        if not isinstance(field, str) or (field and not _SIMPLE.match(field)):
            return None
        more = _as_keyword(method, operation.get("as"), f"{operation.get('op')}({field})")
        if more is None or set(more) & set(made):
            return None
        made = {**made, **more}
    return {**made, **{key: value for key, value in given.items() if key != method}}


def _as_keyword(method: str, name: Any, text: str) -> Spec | None:
    free = isinstance(name, str) and is_name(name) and name not in PARAMETERS[method]
    return {name: text} if free else None


def _foreign(origin: Any, names: Names) -> str:
    if not isinstance(origin, dict):
        raise NoFormError
    if "param" in origin:
        return f"alt.LookupSelection({arguments(origin)})"
    said = {key: literal(value) for key, value in origin.items()}
    return f"alt.LookupData({named({**said, 'data': source(origin.get('data'), names)})})"
