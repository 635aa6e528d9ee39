"""Where a cursor stands in a specification: the path to it, and what would be replaced there."""

from __future__ import annotations

import re
from typing import Literal

from msgspec import Struct

from polycell.core.patterns import pattern
from polycell.core.text import Span
from polycell.languages.vega.tree import Member, Node, Path, Tree

_BARE = pattern(r"[\w$.-]*\Z")


class Cursor(Struct, frozen=True):
    """`path` leads to the value at the cursor, or (role "key") to the object whose key it is in.

    `container` is the innermost object or array, `member` the one whose key or value is at the cursor, `token` the
    scalar or key text under it. `word` is what a completion replaces: the inside of a string, or a bare word.
    `quote` is the mark that opens the token, "" when bare; `closed` whether it is closed as well.
    """

    path: Path
    role: Literal["key", "value"]
    container: Node
    member: Member | None
    token: Node | None
    word: Span
    quote: str = ""
    closed: bool = True

    def prefix(self, text: str, offset: int) -> str:
        return text[self.word.start : offset]


def locate(tree: Tree, offset: int) -> Cursor | None:
    """The cursor at `offset`; None outside of the specification, in comments, and where nothing may be written."""
    root = tree.root
    if root is None or any(c.start < offset <= c.end for c in tree.comments):
        return None
    if not _inside(root, offset):
        return None
    path: list[str | int] = []
    node = root
    while True:
        step = _object(tree, node, path, offset) if node.kind == "object" else _array(tree, node, path, offset)
        if not isinstance(step, Node):
            return step
        node = step


def _inside(node: Node, offset: int) -> bool:
    return node.start < offset < node.end or (not node.closed and node.start < offset <= node.end)


def _object(tree: Tree, node: Node, path: list[str | int], offset: int) -> Node | Cursor | None:
    before: Member | None = None
    for member in node.members:
        if member.start >= offset:
            break
        before = member
    if before is None:
        return _new_key(tree, node, path, offset)
    member = before
    if member.key or member.quote or member.colon >= 0:
        key = Node("string", member.start, member.end, member.key, member.quote, _key_closed(tree, member))
        if _at_word(key, offset):
            return _on(tree, "key", path, node, member, key, offset)
    value = member.value
    path.append(member.key)
    if value.kind in ("object", "array") and _inside(value, offset):
        return value
    if 0 <= member.colon < offset:
        if value.kind == "missing" or offset < value.start:
            return Cursor(tuple(path), "value", node, member, None, _bare(tree.text, offset))
        if value.kind not in ("object", "array") and _at_word(value, offset):
            return _on(tree, "value", path, node, member, value, offset)
    path.pop()
    end = max(value.end, member.end)
    if member.comma >= 0:
        return _new_key(tree, node, path, offset) if offset > member.comma else None
    # No comma yet: a new line begins a new key, the rest of this line belongs to nobody.
    return _new_key(tree, node, path, offset) if "\n" in tree.text[end:offset] else None


def _array(tree: Tree, node: Node, path: list[str | int], offset: int) -> Node | Cursor | None:
    index = -1
    for at, item in enumerate(node.items):
        if item.start >= offset and not (item.start == offset and item.kind not in ("object", "array")):
            break
        index = at
    if index < 0:
        return _new_item(tree, node, path, 0, offset)
    item = node.items[index]
    if item.kind in ("object", "array"):
        if _inside(item, offset):
            path.append(index)
            return item
    elif _at_word(item, offset):
        path.append(index)
        return _on(tree, "value", path, node, None, item, offset)
    between = tree.text[item.end : offset]
    return _new_item(tree, node, path, index + 1, offset) if "," in between or "\n" in between else None


def _new_key(tree: Tree, node: Node, path: list[str | int], offset: int) -> Cursor:
    return Cursor(tuple(path), "key", node, None, None, _bare(tree.text, offset))


def _new_item(tree: Tree, node: Node, path: list[str | int], index: int, offset: int) -> Cursor:
    return Cursor((*path, index), "value", node, None, None, _bare(tree.text, offset))


def _on(
    tree: Tree, role: Literal["key", "value"], path: list[str | int], node: Node, member: Member | None, token: Node,
    offset: int,
) -> Cursor:  # fmt: skip
    if token.quote:
        word = Span(token.start + 1, token.end - (1 if token.closed else 0))
        return Cursor(tuple(path), role, node, member, token, word, token.quote, token.closed)
    start = offset - len(_BARE.search(tree.text[token.start : offset])[0])  # type: ignore[index]
    after = re.compile(r"[\w$-]*").match(tree.text, offset)
    end = min(after.end() if after else offset, max(token.end, offset))
    return Cursor(tuple(path), role, node, member, token, Span(start, end))


def _at_word(token: Node, offset: int) -> bool:
    """Whether an offset belongs to a token: within the marks of a string, anywhere at a bare word."""
    if token.quote:
        return token.start < offset and (offset < token.end if token.closed else offset <= token.end)
    return token.start <= offset <= token.end


def _key_closed(tree: Tree, member: Member) -> bool:
    return not member.quote or (member.end - member.start >= 2 and tree.text[member.end - 1] == member.quote)


def _bare(text: str, offset: int) -> Span:
    return Span(offset, offset)
