"""Ten ways to damage a specification, each with the finding that it must give, at its exact place."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from polycell.core.text import Span
from polycell.languages.vega.tree import Member, Node, Path, Tree, walk

MARKS = frozenset({"bar", "line", "point", "area", "tick", "rect", "circle", "square", "rule", "text"})
TYPES = frozenset({"quantitative", "nominal", "ordinal", "temporal"})
# Keys of the schema that are long enough to be misspelt and still told apart.
KEYS = frozenset(
    {"encoding", "aggregate", "transform", "condition", "timeUnit", "legend", "tooltip", "groupby", "calculate"}
)


@dataclass(frozen=True)
class Damaged:
    """`text` must give exactly one finding: `code`, at `span` (None: anywhere), with `says` in its message."""

    way: str
    text: str
    code: str
    span: Span | None
    says: str = ""


def _members(tree: Tree) -> Iterator[tuple[Path, Node, Member]]:
    assert tree.root is not None
    for path, node in walk(tree.root):
        # Nothing is known about rows of data and free metadata.
        if node.kind == "object" and not {"values", "datasets", "usermeta", "value"} & set(path):
            for member in node.members:
                yield path, node, member


def _replaced(tree: Tree, span: Span, by: str) -> str:
    return tree.text[: span.start] + by + tree.text[span.end :]


def _swapped(word: str) -> str:
    return word[:2] + word[3] + word[2] + word[4:]


def _misspelt_key(tree: Tree, pick: random.Random) -> Damaged | None:
    found = [m for _, _, m in _members(tree) if m.key in KEYS and _swapped(m.key) != m.key]
    if not found:
        return None
    member = pick.choice(found)
    wrong = _swapped(member.key)
    text = _replaced(tree, Span(member.start + 1, member.end - 1), wrong)
    return Damaged("misspelt key", text, "vega-unknown-key", member.span, f"Did you mean `{member.key}`?")


def _added_key(tree: Tree, pick: random.Random) -> Damaged | None:
    found = [n for p, n, m in _members(tree) if p in ((), ("encoding",)) and n.members]
    at = pick.choice(found).start + 1
    return Damaged("added key", tree.text[:at] + '"zzqq": 1, ' + tree.text[at:], "vega-unknown-key", Span(at, at + 6))


def _misspelt_mark(tree: Tree, pick: random.Random) -> Damaged | None:
    found = [
        m.value
        for p, n, m in _members(tree)
        if m.value.kind == "string"
        and m.value.value in MARKS
        and (m.key == "mark" or (m.key == "type" and p[-1:] == ("mark",)))
    ]
    if not found:
        return None
    node = pick.choice(found)
    right = str(node.value)
    text = _replaced(tree, Span(node.start + 1, node.end - 1), right + "r")
    return Damaged("misspelt mark", text, "vega-invalid-value", Span(node.start, node.end + 1), f"`{right}`")


def _misspelt_type(tree: Tree, pick: random.Random) -> Damaged | None:
    found = [
        m.value
        for p, _, m in _members(tree)
        if m.key == "type" and m.value.value in TYPES and len(p) > 1 and p[-2] == "encoding"
    ]
    if not found:
        return None
    node = pick.choice(found)
    right = str(node.value)
    text = _replaced(tree, Span(node.start + 1, node.end - 1), _swapped(right))
    return Damaged("misspelt type", text, "vega-invalid-value", node.span, f"`{right}`")


def _wrong_kind(tree: Tree, pick: random.Random) -> Damaged | None:
    found = [m.value for p, _, m in _members(tree) if m.key in ("encoding", "transform", "config", "layer")]
    if not found:
        return None
    node = pick.choice(found)
    return Damaged(
        "wrong kind", _replaced(tree, node.span, "17"), "vega-invalid-value", Span(node.start, node.start + 2)
    )


def _no_mark(tree: Tree, pick: random.Random) -> Damaged | None:
    assert tree.root is not None
    member = tree.root.member("mark")
    if member is None:
        return None
    end = member.comma + 1 if member.comma >= 0 else member.value.end
    text = _replaced(tree, Span(member.start, end), " " * (end - member.start))
    if member.comma < 0:
        comma = text.rindex(",", 0, member.start)
        text = f"{text[:comma]} {text[comma + 1 :]}"
    return Damaged("no mark", text, "vega-missing-key", Span(tree.root.start, tree.root.start + 1), "`mark`")


def _unknown_field(tree: Tree, pick: random.Random) -> Damaged | None:
    found = [
        m.value
        for p, _, m in _members(tree)
        if m.key == "field"
        and m.value.kind == "string"
        and len(p) == 2
        and p[0] == "encoding"
        and str(m.value.value).isalpha()
    ]
    if not found:
        return None
    node = pick.choice(found)
    text = _replaced(tree, Span(node.start + 1, node.end - 1), f"{node.value}qz")
    return Damaged("unknown field", text, "vega-unknown-field", Span(node.start + 1, node.end + 1))


def _dropped(what: str) -> Callable[[Tree, random.Random], Damaged | None]:
    def damage(tree: Tree, pick: random.Random) -> Damaged | None:
        text = tree.text
        strings = [n.span for _, n in walk(tree.root) if n.kind == "string"] if tree.root else []
        keys = [m.span for _, _, m in _members(tree)]
        inside = {i for span in (*strings, *keys) for i in range(span.start, span.end)}
        if what == '"':
            found = [span.end - 1 for span in keys]
        else:
            found = [i for i, char in enumerate(text) if char == what and i not in inside]
        if what == "}":
            found = found[:-1]
        if what == ",":
            # Two numbers without a comma are another number.
            found = [i for i in found if not (text[i - 1].isalnum() and text[i + 1 : i + 2].isalnum())]
        if not found:
            return None
        at = pick.choice(found)
        return Damaged(f"dropped {what}", text[:at] + text[at + 1 :], "vega-syntax", None)

    return damage


WAYS: tuple[Callable[[Tree, random.Random], Damaged | None], ...] = (
    *(_misspelt_key, _added_key, _misspelt_mark, _misspelt_type, _wrong_kind, _no_mark, _unknown_field),
    *(_dropped("}"), _dropped('"'), _dropped(",")),
)
