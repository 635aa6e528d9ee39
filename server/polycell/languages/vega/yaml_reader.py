"""A tolerant reader of block YAML as `%%vegalite` takes it: mappings, lists and scalars by indentation, with positions.

Flow collections (`{…}`, `[…]`) inside are read by `reader`. Anchors, tags and several documents are not: such a text
gives an open tree, about which nothing is said.
"""

from __future__ import annotations

import re
from functools import lru_cache

from polycell.core.patterns import pattern
from polycell.core.text import Span
from polycell.languages.vega.reader import LONGEST, flow, unescaped
from polycell.languages.vega.tree import Member, Mistake, Node, Tree

_LINE = pattern(r"([ \t]*)([^\r\n]*)(?:\r\n|\n|\r|\Z)")
_KEY = pattern(r'("(?:[^"\\]|\\.)*"|\'(?:[^\']|\'\')*\'|[\w$][\w$ .-]*?)[ \t]*:(?=[ \t]|$)')
_DASH = pattern(r"-(?:[ \t]+|$)")
_NUMBER = pattern(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\Z")
_COMMENT = pattern(r"(?:^|[ \t])#.*")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "True": True, "False": False}
_ODD = pattern(r"^(?:---|\.\.\.|%)|:[ \t]+[&*!]|^[ \t]*-[ \t]+[&*!]|<<:", re.MULTILINE)


def is_block(text: str, start: int) -> bool:
    """Whether a text is block YAML rather than one flow collection."""
    for line in text[start:].split("\n"):
        stripped = line.strip()
        if stripped and not stripped.startswith(("#", "//")):
            return stripped[0] not in "{["
    return False


class _Frame:
    __slots__ = ("indent", "node")

    def __init__(self, node: Node, indent: int) -> None:
        self.node = node
        self.indent = indent


@lru_cache(maxsize=32)
def read_block(text: str, start: int = 0) -> Tree:
    """The tree of the block YAML in `text[start:]`; total."""
    if len(text) > LONGEST or _ODD.search(text, start):
        return Tree(text, None, dialect="yaml")
    return _Block(text, start).read()


class _Block:
    def __init__(self, text: str, start: int) -> None:
        self.text = text
        self.at = self.start = start
        self.root = Node("object", start - 1, len(text), closed=False)
        self.stack = [_Frame(self.root, 0)]
        self.first = True
        self.mistakes: list[Mistake] = []
        self.comments: list[Span] = []

    def read(self) -> Tree:
        while self.at < len(self.text):
            found = _LINE.match(self.text, self.at)
            if found is None or found.end() == self.at:
                break
            content, begin = found[2], found.start(2)
            self.at = found.end()
            if not content.strip():
                continue
            if content.startswith("#"):
                self.comments.append(Span(begin, begin + len(content)))
                continue
            self._line(len(found[1]), content, begin)
        while self.stack:
            self.stack.pop().node.end = len(self.text)
        return Tree(self.text, self.root, tuple(self.mistakes), tuple(self.comments), "yaml")

    def _line(self, indent: int, content: str, begin: int) -> None:
        if self.first:
            self.stack[0].indent, self.first = indent, False
        dash = _DASH.match(content) is not None
        # A list may stand at the indentation of the key that it belongs to.
        while len(self.stack) > 1 and (
            self.stack[-1].indent > indent
            or (self.stack[-1].indent == indent and self.stack[-1].node.kind == "array" and not dash)
        ):
            self.stack.pop().node.end = max(begin - indent - 1, self.start)
        while (found := _DASH.match(content)) is not None:
            items = self._container("array", indent, begin)
            items.items.append(Node("missing", begin + len(found[0]), begin + len(found[0])))
            indent, begin, content = indent + len(found[0]), begin + len(found[0]), content[len(found[0]) :]
            if not content.strip():
                return
        self._entry(indent, content, begin)

    def _container(self, kind: str, indent: int, begin: int) -> Node:
        """The container that an entry at `indent` belongs to, made where the value of the entry above waits for it."""
        top = self.stack[-1]
        if top.node.kind == kind and top.indent == indent:
            return top.node
        node = Node("object" if kind == "object" else "array", begin, len(self.text), closed=False)
        if top.node.kind == "object" and top.node.members and top.node.members[-1].value.kind == "missing":
            top.node.members[-1].value = node
        elif top.node.kind == "array" and top.node.items and top.node.items[-1].kind == "missing":
            top.node.items[-1] = node
        else:
            return top.node  # indented for no reason that we see: taken as a sibling
        # A mapping is entered a character early, so that a cursor before its first key belongs to it.
        node.start = begin - 1
        self.stack.append(_Frame(node, indent))
        return node

    def _entry(self, indent: int, content: str, begin: int) -> None:
        key = _KEY.match(content)
        top = self.stack[-1].node
        waits = top.kind == "array" and top.items and top.items[-1].kind == "missing"
        if content[0] in "{[" or (key is None and waits and top.kind == "array"):
            value = self._value(content, begin)
            if waits:
                top.items[-1] = value
            return
        home = self._container("object", indent, begin)
        if home.kind != "object":
            return
        if key is None:
            name = _COMMENT.sub("", content).rstrip()
            end = begin + len(name)
            home.members.append(Member(name, begin, end, Node("missing", end, end)))
            return
        word = key[1]
        quote = word[0] if word[0] in "\"'" else ""
        name = unescaped(word[1:-1]) if quote else word
        colon = begin + key.end() - 1
        member = Member(name, begin, begin + len(word), Node("missing", colon + 1, colon + 1), quote, colon)
        home.members.append(member)
        rest = content[key.end() :]
        stripped = rest.lstrip()
        if stripped and not stripped.startswith("#"):
            member.value = self._value(stripped, begin + key.end() + len(rest) - len(stripped), indent)

    def _value(self, content: str, begin: int, indent: int = -1) -> Node:
        """A scalar or flow collection that starts at `begin`; `content` is the rest of its line."""
        if content[0] in "{[":
            node, end, mistakes = flow(self.text, begin)
            self.mistakes += mistakes
            line = _LINE.match(self.text, end)
            self.at = max(self.at, line.end() if line is not None else end)
            return node
        if content[0] in "|>" and indent >= 0:
            return self._folded(begin, indent)
        if content[0] in "\"'":
            end = content.find(content[0], 1)
            while end > 0 and content[end - 1] == "\\" and content[0] == '"':
                end = content.find(content[0], end + 1)
            if end < 0:
                return Node("string", begin, begin + len(content.rstrip()), content[1:].rstrip(), content[0], False)
            body = content[1:end]
            return Node("string", begin, begin + end + 1, unescaped(body) if content[0] == '"' else body, content[0])
        plain = _COMMENT.sub("", content).rstrip()
        end = begin + len(plain)
        if plain in _WORDS:
            return Node("word", begin, end, _WORDS[plain])
        if _NUMBER.match(plain):
            return Node("number", begin, end, float(plain) if set(plain) & set(".eE") else int(plain))
        return Node("string", begin, end, plain)

    def _folded(self, begin: int, indent: int) -> Node:
        """A block scalar: every line below that is indented deeper."""
        start = self.at
        while self.at < len(self.text):
            found = _LINE.match(self.text, self.at)
            if found is None or (found[2].strip() and len(found[1]) <= indent) or found.end() == self.at:
                break
            self.at = found.end()
        return Node("string", begin, max(self.at, begin), self.text[start : self.at])
