"""The JSON schemas of Vega-Lite and Vega: loaded when first needed, walked along a path.

The schemas use few of JSON Schema's words (`$ref`, `anyOf`, `type`, `enum`, `const`, `properties`, `required`,
`additionalProperties`, `items` and bounds; Vega's also `oneOf`, `allOf` and `not` of values), so a walk of our own
answers in microseconds what a validator would need a millisecond for, and it knows which alternative of an `anyOf` the
author means.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from importlib import resources
from typing import Any, TypeAlias

from msgspec import Struct, field

from polycell.core.patterns import pattern
from polycell.languages.vega.tree import OPAQUE, Node, Path

Rule: TypeAlias = Mapping[str, Any]

# What lies in `schemas/`: library → major version, newest first → (major, minor).
VENDORED: Mapping[str, Mapping[int, tuple[int, int]]] = {
    "vega-lite": {6: (6, 5), 5: (5, 23)},
    "vega": {6: (6, 4), 5: (5, 33)},
}

_URL = pattern(r"vega\.github\.io/schema/(vega-lite|vega)/v(\d+)(?:\.(\d+))?")
_KINDS = {"object": "object", "array": "array", "string": "string", "number": "number", "data": "array"}
_NO_NAMES: frozenset[str] = frozenset()


class Named(Struct, frozen=True):
    """What a `$schema` says: `library` is "vega-lite", "vega" or "" (nothing, or something else)."""

    library: str = ""
    major: int = 0
    minor: int | None = None


def named(url: str | None) -> Named:
    found = _URL.search(url) if url else None
    if found is None:
        return Named()
    return Named(found[1], int(found[2]), int(found[3]) if found[3] else None)


class Leaf(Struct, frozen=True, eq=False):
    """One alternative with `$ref` and `anyOf` resolved. `names` are the definitions passed on the way to it;
    `text` the documentation met last on that way, `kinds` the JSON types it takes."""

    rule: Rule
    names: frozenset[str] = _NO_NAMES
    text: str = ""
    kinds: frozenset[str] = _NO_NAMES


class Schema(Struct, eq=False):
    """One version's schema with its unions flattened as they are met."""

    library: str
    major: int
    root: Rule
    definitions: Mapping[str, Rule]
    _leaves: dict[int, tuple[Leaf, ...]] = field(default_factory=dict)

    def leaves(self, rule: Rule) -> tuple[Leaf, ...]:
        """The alternatives of a rule, in the schema's order."""
        found = self._leaves.get(id(rule))
        if found is None:
            made: dict[int, Leaf] = {}
            self._flatten(rule, _NO_NAMES, "", made)
            found = self._leaves[id(rule)] = tuple(made.values())
        return found

    def _flatten(self, rule: Rule, names: frozenset[str], text: str, made: dict[int, Leaf]) -> None:
        text = rule.get("description", text)
        if "$ref" in rule:
            name = rule["$ref"].rpartition("/")[2].replace("%3C", "<").replace("%3E", ">")
            target = self.definitions.get(name) or self.definitions.get(rule["$ref"].rpartition("definitions/")[2])
            if target is not None and name not in names:
                self._flatten(target, names | {name}, text, made)
        elif "anyOf" in rule or "oneOf" in rule:
            for one in rule["anyOf" if "anyOf" in rule else "oneOf"]:
                self._flatten(one, names, text, made)
        elif "allOf" in rule:
            for leaf in self._all_of(rule["allOf"]):
                made.setdefault(id(leaf.rule), Leaf(leaf.rule, leaf.names | names, leaf.text or text, leaf.kinds))
        else:
            made.setdefault(id(rule), Leaf(rule, names, text, kinds(rule)))

    def _all_of(self, parts: Sequence[Rule]) -> list[Leaf]:
        """Every way to take one alternative of each part."""
        found = list(self.leaves(parts[0]))
        for part in parts[1:]:
            found = [both for a in found for b in self.leaves(part) if (both := _both(a, b)) is not None]
        return found


def _both(a: Leaf, b: Leaf) -> Leaf | None:
    """What two alternatives take together; None where that is nothing."""
    taken = a.kinds & b.kinds
    if not taken:
        return None
    rule: dict[str, Any] = {**a.rule, **b.rule, "type": sorted(taken)}
    properties: dict[str, Rule] = {**a.rule.get("properties", {}), **b.rule.get("properties", {})}
    for key in a.rule.get("properties", {}).keys() & b.rule.get("properties", {}).keys():
        properties[key] = {"allOf": [a.rule["properties"][key], b.rule["properties"][key]]}
    if properties:
        rule["properties"] = properties
    needed = dict.fromkeys((*a.rule.get("required", ()), *b.rule.get("required", ())))
    if needed:
        rule["required"] = list(needed)
    if a.rule.get("additionalProperties") is False:
        rule["additionalProperties"] = False
    values = [set(map(repr, one)) for one in (allowed(a.rule), allowed(b.rule)) if one is not None]
    if len(values) == 2:
        rule["enum"] = [value for value in allowed(a.rule) or () if repr(value) in values[1]]
        rule.pop("const", None)
    return Leaf(rule, a.names | b.names, b.text or a.text, taken)


@lru_cache(maxsize=8)
def load(library: str, major: int) -> Schema:
    """The schema of a major version of a library; about 30 ms the first time."""
    name = f"schemas/{library}-v{major}.json.gz"
    content = json.loads(gzip.decompress(resources.files("polycell.languages.vega").joinpath(name).read_bytes()))
    return _vega(content, major) if library == "vega" else _vega_lite(content, major)


def _vega(content: dict[str, Any], major: int) -> Schema:
    """Sets of encodings are the only objects with keys of any name."""
    definitions = content["definitions"]
    encodings = [definitions["encode"], definitions["guideEncode"]]
    encodings += definitions["title"]["oneOf"][1]["properties"]["encode"]["anyOf"]
    for rule in encodings:
        for inner in rule.get("patternProperties", {}).values():
            rule["additionalProperties"] = inner
    return Schema("vega", major, content, definitions)


def _vega_lite(content: dict[str, Any], major: int) -> Schema:
    for name in ("FacetSpec", "TopLevelFacetSpec"):
        # Vega-Lite draws facets of facets, and its gallery has some; only its schema does not know of them.
        inner = content["definitions"][name]["properties"]["spec"]
        inner["anyOf"] = [*inner["anyOf"], {"$ref": "#/definitions/FacetSpec"}]
    return Schema("vega-lite", major, content, content["definitions"])


def kinds(rule: Rule) -> frozenset[str]:
    """The JSON types that a leaf takes: "object", "array", "string", "number", "boolean", "null"; all for none said."""
    said = rule.get("type")
    if isinstance(said, str):
        return frozenset({"number" if said == "integer" else said})
    if isinstance(said, list):
        return frozenset("number" if s == "integer" else s for s in said)
    if "const" in rule:
        return frozenset({kind_of_value(rule["const"])})
    if "enum" in rule:
        return frozenset(map(kind_of_value, rule["enum"]))
    return _ALL


_ALL = frozenset({"object", "array", "string", "number", "boolean", "null"})


def kind_of_value(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    return "string" if isinstance(value, str) else "array" if isinstance(value, list) else "object"


def kind_of(node: Node) -> str:
    """The JSON type of a node; "" for what only a run can tell."""
    if node.kind == "word":
        return kind_of_value(node.value)
    return _KINDS.get(node.kind, "")


def allowed(rule: Rule) -> Sequence[Any] | None:
    """The only values that a leaf takes; None when it takes any of its types."""
    if "const" in rule:
        return (rule["const"],)
    values: Sequence[Any] | None = rule.get("enum")
    return values


def refused(rule: Rule) -> Sequence[Any]:
    """Values that a leaf does not take, though they are of its type."""
    values: Sequence[Any] = rule.get("not", {}).get("enum", ())
    return values


def child_rule(rule: Rule, step: str | int) -> Rule | None:
    """The rule for a key or an item of a leaf; None when the leaf says nothing of it."""
    if isinstance(step, int):
        items = rule.get("items")
        if isinstance(items, list):
            return items[step] if 0 <= step < len(items) else None
        return items if isinstance(items, dict) else None
    properties: Mapping[str, Rule] = rule.get("properties", {})
    if step in properties:
        return properties[step]
    more = rule.get("additionalProperties")
    return more if isinstance(more, dict) and more else None


def contradictions(schema: Schema, leaf: Leaf, node: Node, ignored: str = "") -> int:
    """How much of an object or array cannot be meant by this alternative, as seen from its own members only."""
    rule = leaf.rule
    kind = kind_of(node)
    if kind and kind not in leaf.kinds:
        return 100
    if node.kind != "object":
        return 0
    properties: Mapping[str, Rule] = rule.get("properties", {})
    strict = rule.get("additionalProperties") is False
    count = 0
    for member in node.members:
        if member.key == ignored:
            continue
        inner = properties.get(member.key)
        if inner is None:
            count += strict
        elif member.value.kind not in OPAQUE and not _may_be(schema, inner, member.value):
            count += 1
    return count


def _may_be(schema: Schema, rule: Rule, node: Node) -> bool:
    kind = kind_of(node)
    for leaf in schema.leaves(rule):
        if kind in leaf.kinds:
            values = allowed(leaf.rule)
            if node.value not in refused(leaf.rule) if values is None else node.value in values:
                return True
    return False


def meant(schema: Schema, leaves: Iterable[Leaf], node: Node | None, ignored: str = "") -> list[Leaf]:
    """The alternatives that contradict a node least. `ignored` is a key that is still being typed."""
    leaves = list(leaves)
    if node is None or node.kind in OPAQUE or len(leaves) < 2:
        return leaves
    counts = [contradictions(schema, leaf, node, ignored) for leaf in leaves]
    least = min(counts)
    return [leaf for leaf, count in zip(leaves, counts, strict=True) if count == least]


def at(schema: Schema, root: Node, path: Path, *, ignored: str = "") -> list[Leaf]:
    """The alternatives for the value at `path`, those of its containers pruned by what is written in them.

    `ignored`: the key at the cursor, which is no evidence while it is typed.
    """
    leaves = list(schema.leaves(schema.root))
    node: Node | None = root
    for depth, step in enumerate(path):
        last = depth == len(path) - 1
        keep = str(step) if last and isinstance(step, str) else ""
        chosen = meant(schema, leaves, node, ignored or keep) if node is not None else leaves
        reached = _children(schema, chosen, step)
        if not reached and len(chosen) < len(leaves):
            reached = _children(schema, leaves, step)
        leaves = reached
        node = _child(node, step)
    return leaves


def _children(schema: Schema, leaves: Iterable[Leaf], step: str | int) -> list[Leaf]:
    made: dict[int, Leaf] = {}
    for leaf in leaves:
        rule = child_rule(leaf.rule, step)
        if rule is not None:
            for inner in schema.leaves(rule):
                made.setdefault(id(inner.rule), inner)
    return list(made.values())


def _child(node: Node | None, step: str | int) -> Node | None:
    if node is None:
        return None
    if isinstance(step, str):
        return node.get(step) if node.kind == "object" else None
    return node.items[step] if node.kind == "array" and step < len(node.items) else None
