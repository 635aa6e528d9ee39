"""Validation of a tree against a schema: one precise problem for each mistake.

A union is judged by the alternative that the text comes nearest to. A misspelt key or value costs an alternative
little, a wrong kind of value much, and what is wrong inside a member counts less than what is wrong with the object
itself. Where alternatives are equally near, the values that each would take are offered together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, Literal

from msgspec import Struct

from polycell.core.text import Span
from polycell.core.values import replace
from polycell.languages.vega.schema import Leaf, Rule, Schema, allowed, child_rule, contradictions, kind_of, refused
from polycell.languages.vega.tree import Node

_RENAMED, _UNKNOWN, _MISSING, _VALUE, _BOUND, _KIND = 2.0, 6.0, 5.0, 4.0, 3.0, 8.0
_INSIDE = 0.6  # weight of what is wrong one level below,
_MOST_INSIDE = 4.0  # and the most that one member can cost: a key that is known is better than one that is not
_NEARER = 0.8  # where a stranger may be meant
_NEAR = 0.7  # difflib ratio from which on a spelling is taken for a slip

ProblemKind = Literal["unknown-key", "missing-key", "value", "kind", "bound"]


class Problem(Struct, frozen=True):
    """`name` is the key or value as written, `choices` what would be right there (keys, values or kinds; any of the
    keys that are missing). `kinds` are JSON types that a value may have besides."""

    kind: ProblemKind
    span: Span
    name: str
    choices: tuple[Any, ...] = ()
    parent: str = ""
    kinds: tuple[str, ...] = ()

    @property
    def meant(self) -> str:
        """The choice that the author most likely meant; "" when none is near."""
        return near(self.name, (c for c in self.choices if isinstance(c, str)))


def near(name: str, choices: Iterable[str]) -> str:
    """The choice nearest to a misspelt name; another case of the same letters wins. "" when none is near."""
    known = list(choices)
    folded = name.casefold()
    for choice in known:
        if choice.casefold() == folded:
            return choice
    found = get_close_matches(name, known, 1, _NEAR)
    if not found and len(name) > 2:
        begun = [choice for choice in known if choice.startswith(name)]
        found = begun if len(begun) == 1 else []
    return found[0] if found else ""


class _Judged(Struct, frozen=True):
    cost: float = 0.0
    problems: tuple[Problem, ...] = ()


_FINE = _Judged()


class _Judge:
    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.known: dict[tuple[int, int], _Judged] = {}

    def node(self, rule: Rule, node: Node, key: str) -> _Judged:
        at = (id(rule), id(node))
        found = self.known.get(at)
        if found is None:
            found = self.known[at] = self._node(rule, node, key)
        return found

    def _node(self, rule: Rule, node: Node, key: str) -> _Judged:
        kind = kind_of(node)
        if not kind or node.kind == "data":
            return _FINE
        if kind == "number" and "anyOf" in rule and (bound := _out_of_bounds(rule, node.value)):
            return _Judged(_BOUND, (Problem("bound", node.span, _spelled(node.value), (bound,), key),))
        leaves = self.schema.leaves(rule)
        fitting = [leaf for leaf in leaves if kind in leaf.kinds]
        if not fitting:
            wanted = tuple(sorted({k for leaf in leaves for k in leaf.kinds}))
            values = tuple(v for leaf in leaves for v in allowed(leaf.rule) or () if isinstance(v, str))
            if kind == "string" and values:
                return _Judged(_KIND, (Problem("value", node.span, str(node.value), values, key),))
            return _Judged(_KIND, (Problem("kind", _head(node), kind, wanted, key),))
        if kind == "object":
            if any(_takes_any_object(leaf.rule) for leaf in fitting):
                return _FINE
            return self._best(fitting, node, self._object, key)
        if kind == "array":
            if len(fitting) > 1 and any(self._is_fine(leaf.rule, node, key) for leaf in fitting):
                return _FINE
            return self._best(fitting, node, self._array, key)
        return _scalar(leaves, node, kind, key)

    def _is_fine(self, rule: Rule, node: Node, key: str) -> bool:
        """Whether an array has no problem by one of its alternatives, those left out that its first item refutes: rows
        of data, of which there may be thousands, are else judged by each kind of array before theirs."""
        first = child_rule(rule, 0) if node.items else None
        if first is not None and self.node(first, node.items[0], key).problems:
            return False
        return not self._array(rule, node, key).problems

    def _best(self, leaves: list[Leaf], node: Node, judge: Any, key: str) -> _Judged:
        counted = sorted(
            ((contradictions(self.schema, leaf, node), at, leaf) for at, leaf in enumerate(leaves)), key=lambda c: c[:2]
        )
        best: list[_Judged] = []
        for count, _, leaf in counted:
            if best and count > counted[0][0] + 1:
                break
            judged: _Judged = judge(leaf.rule, node, key)
            if not judged.problems:
                return judged
            if not best or judged.cost < best[0].cost:
                best = [judged]
            elif judged.cost == best[0].cost:
                best.append(judged)
        return _merged(best)

    def _object(self, rule: Rule, node: Node, key: str) -> _Judged:
        properties: Mapping[str, Rule] = rule.get("properties", {})
        missing = [name for name in rule.get("required", ()) if node.member(name) is None]
        strict = rule.get("additionalProperties") is False
        cost = 0.0
        problems: list[Problem] = []
        spread = False
        for member in node.members:
            if not member.key:
                spread = spread or member.value.kind == "expression"
                continue
            inner = child_rule(rule, member.key)
            if inner is not None:
                if node.member(member.key) is member:
                    judged = self.node(inner, member.value, member.key)
                    cost += min(judged.cost * _INSIDE, _MOST_INSIDE)
                    problems += judged.problems
            elif strict and member.key not in properties:
                free = tuple(p for p in properties if node.member(p) is None)
                problem = Problem("unknown-key", member.span, member.key, free, key)
                meant = problem.meant
                if meant in missing:
                    missing.remove(meant)
                cost += _RENAMED if meant else _UNKNOWN
                problems.append(problem)
            elif member.key not in properties and (slip := self._slip(rule, node, member.key)):
                cost += _RENAMED
                problems.append(Problem("unknown-key", member.span, member.key, (slip,), key))
        if missing and not spread:
            cost += _MISSING * len(missing)
            strangers = [p for p in problems if p.kind == "unknown-key" and p.parent == key and not p.meant]
            if strangers:
                # Another kind of object altogether: one message tells it.
                problems = [p for p in problems if p is strangers[0] or p not in strangers]
            else:
                name = next((n for n in missing if n != "data"), "data")
                problems.append(Problem("missing-key", _head(node), name, (name,), key))
        return _Judged(cost, tuple(problems)) if problems else _FINE

    def _slip(self, rule: Rule, node: Node, name: str) -> str:
        """Vega takes any further key at most places, and looks at none of them: only what is nearly one of its own is
        taken for a mistake. "" for anything else."""
        if self.schema.library != "vega" or rule.get("additionalProperties") is not None:
            return ""
        free = [key for key in rule.get("properties", {}) if node.member(key) is None and len(key) > 3]
        return next(iter(get_close_matches(name, free, 1, _NEARER)), "")

    def _array(self, rule: Rule, node: Node, key: str) -> _Judged:
        cost = 0.0
        problems: list[Problem] = []
        for at, item in enumerate(node.items):
            inner = child_rule(rule, at)
            if inner is not None:
                judged = self.node(inner, item, key)
                cost += judged.cost * _INSIDE
                problems += judged.problems
        least, most = rule.get("minItems", 0), rule.get("maxItems", len(node.items))
        if not least <= len(node.items) <= most and not any(i.kind == "expression" for i in node.items):
            cost += _BOUND
            size = f"{least}" if least == most else f"at least {least}" if len(node.items) < least else f"{most}"
            problems.append(Problem("bound", _head(node), f"{len(node.items)} items", (f"{size} items",), key))
        return _Judged(cost, tuple(problems)) if problems else _FINE


def _takes_any_object(rule: Rule) -> bool:
    """Whether a rule says nothing of an object's members: that of a row of data."""
    return not (rule.get("properties") or rule.get("required")) and rule.get("additionalProperties", True) in (True, {})


def _scalar(leaves: Iterable[Leaf], node: Node, kind: str, key: str) -> _Judged:
    choices: list[Any] = []
    bound = ""
    others: dict[str, None] = {}
    for leaf in leaves:
        if kind not in leaf.kinds:
            others |= dict.fromkeys(sorted(leaf.kinds - {"null"}))
            continue
        values = allowed(leaf.rule)
        if values is not None:
            if any(v == node.value and type(v) is type(node.value) for v in values):
                return _FINE
            choices += values
        elif kind != "number":
            if node.value not in refused(leaf.rule):
                return _FINE
        else:
            bound = _out_of_bounds(leaf.rule, node.value)
            if not bound:
                return _FINE
    if choices and kind != "number":
        kept = tuple(dict.fromkeys(c for c in choices))
        return _Judged(_VALUE, (Problem("value", node.span, _spelled(node.value), kept, key, tuple(others)),))
    return _Judged(_BOUND, (Problem("bound", node.span, _spelled(node.value), (bound,) if bound else (), key),))


def _out_of_bounds(rule: Rule, value: float) -> str:
    if "minimum" in rule and value < rule["minimum"]:
        return f"at least {rule['minimum']}"
    if "maximum" in rule and value > rule["maximum"]:
        return f"at most {rule['maximum']}"
    return ""


def _spelled(value: Any) -> str:
    return {True: "true", False: "false", None: "null"}.get(value, str(value)) if not isinstance(value, str) else value


def _head(node: Node) -> Span:
    """Where a container is underlined: at its bracket only."""
    return Span(node.start, node.start + 1) if node.kind in ("object", "array") else node.span


def _merged(best: list[_Judged]) -> _Judged:
    """The first of the nearest alternatives, with the values that the others would take at the same place."""
    first = best[0]
    if len(best) == 1:
        return first
    problems = []
    for problem in first.problems:
        choices = list(problem.choices)
        for other in best[1:]:
            choices += [
                c
                for p in other.problems
                if p.kind == problem.kind and p.span == problem.span
                if p.name == problem.name or p.kind == "missing-key"
                for c in p.choices
            ]
        problems.append(replace(problem, choices=tuple(dict.fromkeys(choices))))
    return _Judged(first.cost, tuple(problems))


def validate(schema: Schema, root: Node) -> tuple[Problem, ...]:
    """What is wrong with a specification, in order of text. Expressions and unfinished values are never wrong."""
    return tuple(sorted(_Judge(schema).node(schema.root, root, "").problems, key=lambda p: p.span))
