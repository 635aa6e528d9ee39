"""Channels of Altair code as definitions: shorthand, classes and their methods, conditions."""

from __future__ import annotations

import ast
from typing import Any

from polycell.tables.charts.altair.reading.values import (
    Formula,
    Names,
    Parameter,
    Predicate,
    Spec,
    UnclearError,
    arguments,
    called,
    every,
    json_of,
    keywords,
    plain,
    value,
)
from polycell.tables.charts.altair.words import CHANNELS, CLASSES, DETAILS, SECONDARY
from polycell.tables.charts.shorthand import definition

# Stands for the type that Altair takes from the data, until the data are known.
UNTYPED = "\0untyped"
_METHODS = DETAILS | {"aggregate", "type", "timeUnit"}
_OF_FIELDS = frozenset({"field", "aggregate", "type", "timeUnit"})  # what no condition of a list may say


def encoding(node: ast.Call, names: Names) -> Spec:
    """What `.encode(…)` says."""
    given = keywords(node)
    for argument in node.args:
        first = argument.elts[0] if isinstance(argument, ast.List) and argument.elts else argument
        channel = channel_of(first, names)
        if not channel or channel in given:
            raise UnclearError
        given[channel] = argument
    if not set(given) <= set(CHANNELS):
        raise UnclearError
    return {name: channel_definition(name, inner, names) for name, inner in given.items()}


def channel_of(node: ast.expr, names: Names) -> str:
    """The channel whose class makes a definition; "" where none does."""
    return _class_of(called(_innermost(_resolved(node, names)), names))[0]


def _class_of(name: str) -> tuple[str, str]:
    """(channel, "value" or "datum" for classes of those) of a class of Altair's."""
    if name in CLASSES:
        return CLASSES[name], ""
    for ending in ("Value", "Datum"):
        if name.endswith(ending) and name.removesuffix(ending) in CLASSES:
            return CLASSES[name.removesuffix(ending)], ending.lower()
    return "", ""


def _resolved(node: ast.expr, names: Names) -> ast.expr:
    seen = 0
    while isinstance(node, ast.Name) and node.id in names.bound and seen < 9:
        node, seen = names.bound[node.id], seen + 1
    return node


def _innermost(node: ast.expr) -> ast.expr:
    """`alt.X("a")` of `alt.X("a").title("t").bin(True)`."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Call):
        node = node.func.value
    return node


def _first(node: ast.expr, names: Names) -> ast.expr:
    """The first call of a chain, through names that stand for the begin of it."""
    for _ in range(9):
        inner = _innermost(node)
        owner = inner.func.value if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute) else None
        if not isinstance(owner, ast.Name) or owner.id not in names.bound:
            return inner
        node = names.bound[owner.id]
    return node


def channel_definition(name: str, node: ast.expr, names: Names) -> Any:
    """A channel's definition; the type that Altair takes from the data is `UNTYPED`."""
    node = _resolved(node, names)
    if isinstance(node, ast.List):
        return [channel_definition(name, item, names) for item in node.elts]
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return _typed(name, definition(node.value))
    if isinstance(node, ast.Dict):
        return plain(node, names)
    return json_of(_made(name, node, names))


def _typed(name: str, made: Spec) -> Spec:
    """A shorthand's definition; the second end of a range has no type, whatever it says."""
    if name in SECONDARY:
        return {key: inner for key, inner in made.items() if key != "type"}
    return made if "type" in made or not made else {**made, "type": UNTYPED}


def _made(name: str, node: ast.expr, names: Names) -> Spec:
    function = called(node, names)
    if function == "condition":
        return _condition(name, node, names)
    if function in ("value", "datum"):
        made: Spec = value(node, names)
        return made
    if function:
        return _of_class(name, function, node, names)
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        raise UnclearError
    if called(_first(node, names), names) == "when":
        return _when(name, node, names)
    key, made = node.func.attr, _made(name, node.func.value, names)
    given = {k: value(v, names) for k, v in keywords(node).items()}
    if key not in _METHODS or len(node.args) + bool(given) != 1:
        raise UnclearError
    return {**made, key: given or value(node.args[0], names)}


def _of_class(name: str, function: str, node: ast.expr, names: Names) -> Spec:
    assert isinstance(node, ast.Call)
    channel, special = _class_of(function)
    if channel != name:
        raise UnclearError
    if special:
        return {key: value(inner, names) for key, inner in arguments(node, (special,)).items()}
    given = arguments(node, ("shorthand",))
    short = given.pop("shorthand", None)
    said = {key: value(inner, names) for key, inner in given.items()}
    if short is None:
        return said
    if called(short, names) == "repeat" and isinstance(short, ast.Call):
        which = arguments(short, ("repeater",)).get("repeater")
        return {"field": {"repeat": "repeat" if which is None else plain(which, names)}, **said}
    text = value(short, names)
    if not isinstance(text, str):
        raise UnclearError
    typed = {"type": said["type"]} if "type" in said else {}
    return {**_typed(name, {**definition(text), **typed}), **said}


# -- conditions


def predicate(test: Any, empty: bool | None = None) -> Spec:
    """What a condition says of when it holds."""
    if isinstance(test, Parameter):
        formula = test.content.get("expr")
        if not test.is_selection and formula is not None:
            return {"test": formula}
        return {"param": test.name, "empty": empty} if empty is not None else test.predicate
    if isinstance(test, Predicate):
        return {"test": test.content}
    if isinstance(test, Formula):
        return {"test": test.text}
    if isinstance(test, str):
        return {"test": test}
    if isinstance(test, dict):
        return dict(test)
    raise UnclearError


def _part(name: str, node: ast.expr, names: Names) -> Spec:
    """One side of a condition; of a text Altair reads the shorthand and no data."""
    node = _resolved(node, names)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return definition(node.value)
    if isinstance(node, ast.Dict):
        made = value(node, names)
        return dict(made)
    return _made(name, node, names)


def _then(name: str, node: ast.expr, names: Names) -> Spec:
    made = _part(name, node, names)
    if made.get("type") == UNTYPED:
        raise UnclearError  # Altair refuses it
    return made


def _condition(name: str, node: ast.expr, names: Names) -> Spec:
    assert isinstance(node, ast.Call)
    given = arguments(node, ("predicate", "if_true", "if_false"))
    parts = [given.pop(key, None) for key in ("predicate", "if_true", "if_false")]
    empty = value(given.pop("empty"), names) if "empty" in given else None
    if given or None in parts:
        raise UnclearError
    test, first, second = (part for part in parts if part is not None)
    condition = {**predicate(value(test, names), empty), **_then(name, first, names)}
    return {**_part(name, second, names), "condition": condition}


def _when(name: str, node: ast.Call, names: Names) -> Spec:
    """`alt.when(…).then(…).when(…).then(…).otherwise(…)`."""
    calls: list[tuple[str, ast.Call]] = []
    inner: ast.expr = node
    while isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute):
        calls.insert(0, (inner.func.attr, inner))
        inner = _resolved(inner.func.value, names)
    conditions: list[Spec] = []
    otherwise: Spec = {}
    listed = True
    for at, (method, call) in enumerate(calls):
        if method == "when" and not at % 2:
            conditions.append(_test_of(call, names))
        elif method == "then" and at % 2 and len(call.args) == 1:
            more = {key: value(inner, names) for key, inner in keywords(call).items()}
            then = {**_then(name, call.args[0], names), **more}
            listed = listed and not set(conditions[-1]) & _OF_FIELDS and not (set(then) - set(more)) & _OF_FIELDS
            conditions[-1].update(then)
        elif method == "otherwise" and at == len(calls) - 1 and len(call.args) == 1 and not call.keywords:
            otherwise = _part(name, call.args[0], names)
        else:
            raise UnclearError
    if not listed and len(conditions) > 1:
        raise UnclearError
    return {**otherwise, "condition": conditions if listed else conditions[0]}


def _test_of(call: ast.Call, names: Names) -> Spec:
    given = keywords(call)
    empty = value(given.pop("empty"), names) if "empty" in given else None
    fields = {key: value(inner, names) for key, inner in given.items()}
    return predicate(every([value(test, names) for test in call.args], fields), empty)
