"""A tolerant reader of JSON, JSON5 and JavaScript object literals, with positions.

Polynote's Vega cells are JavaScript (`data: {values: df.aggregate(["a"], [{"b": "mean"}])}`), `%%vegalite` takes YAML
whose flow style looks like JSON, everything else is JSON; all are read by the same grammar, which is their union. What
is no literal is kept as an opaque expression. Unfinished text gives the tree that its author most likely means: where
brackets do not match, a second pass lets indentation decide which container a line belongs to.

No recursion, no regular expression that can backtrack over the text twice.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache

from polycell.core.patterns import pattern
from polycell.core.text import Span
from polycell.languages.vega.tree import Dialect, Kind, Member, Mistake, Node, Tree

DEEPEST = 120  # containers inside one another; what is deeper is opaque
LONG_DATA = 4096  # characters of a literal array under `values` from which on its inside has no positions
LONGEST = 2_000_000  # characters of a cell that are looked at
MOST_STEPS = 60_000  # tokens beside long data; a larger text is no specification that somebody writes by hand

_SPACE = pattern(r"\s+|//[^\r\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/)?")
_SPACES = frozenset(" \t\r\n/#")  # what space, and a comment, begins with
_HASH = pattern(r"#[^\r\n]*")
_STRING = pattern(r'"((?:[^"\\\r\n]+|\\(?:\r\n|[\s\S]))*)("?)|' r"'((?:[^'\\\r\n]+|\\(?:\r\n|[\s\S]))*)('?)")
_NUMBER = pattern(r"[-+]?(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|Infinity\b|NaN\b)(?![\w$.])")
_WORD = pattern(r"(?:true|false|null)(?![\w$])")
_NAME = pattern(r"[^\W\d][\w$-]*|\$[\w$]*|\d+")
_KEY = pattern(
    r'(?:"(?:[^"\\\r\n]|\\.)*"|' r"'(?:[^'\\\r\n]|\\.)*'|[\w$][\w$-]*)[^\S\r\n]*(?:/\*[^*]*\*/[^\S\r\n]*)?:(?!:)"
)
_CONTINUES = pattern(r"[.(+*%?&|<>=]|-(?!\d)|/(?![/*])|\[")
_LEADS = pattern(r"[.+*%?&|<>=:]|/(?![/*])")  # what begins a line that continues the one before
_TEMPLATE = pattern(r"`(?:[^`\\]|\\[\s\S])*`?")
_IDENTIFIER = pattern(r"[^\W\d][\w$]*\Z")
_ESCAPE = pattern(
    r"\\(u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|u\{[0-9a-fA-F]{1,6}\}|x[0-9a-fA-F]{2}|\r\n|[\s\S])"
)
_TRAILING = pattern(r"[\s,}\]]*\Z")
_PLAIN = pattern(r"[^\W\d][\w .%/+-]*\Z")  # a YAML scalar without marks
_ENDS_EARLY = pattern(r"([\w.$ -]*[\w.$-])(?:[,}\]\s]*,|:)[\s{\[]*\Z")
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": "", "\r\n": "", "\r": ""}
_WORDS = {"true": True, "false": False, "null": None}
_CLOSERS = {"}": "object", "]": "array"}
_OPENERS = {"{": "}", "[": "]", "(": ")"}
_DECODER = json.JSONDecoder()


@lru_cache(maxsize=64)
def read(text: str, start: int = 0, dialect: Dialect = "json") -> Tree:
    """The tree of the specification in `text[start:]`; total. Kept by text, since every feature asks for it."""
    if len(text) > LONGEST:
        return Tree(text, None, dialect=dialect)
    first = _Reader(text, start, dialect, by_indent=False)
    tree = first.read()
    if first.unbalanced and tree.root is not None:
        second = _Reader(text, start, dialect, by_indent=True).read()
        return second if second.mistakes else Tree(text, second.root, tree.mistakes, second.comments, dialect)
    return tree


def flow(text: str, start: int) -> tuple[Node, int, tuple[Mistake, ...]]:
    """A flow collection inside block YAML: its node, where it ends, and what is wrong with it."""
    reader = _Reader(text, start, "yaml", by_indent=False)
    tree = reader.read()
    return tree.root or Node("expression", start, start + 1, text[start]), reader.at, tree.mistakes


def unescaped(body: str) -> str:
    """A string's value from the text between its marks."""
    return _ESCAPE.sub(_unescape, body) if "\\" in body else body


class _Frame:
    """An open container. `state`: what an object or array waits for."""

    __slots__ = ("indent", "line", "node", "state")

    def __init__(self, node: Node, indent: int, line: int) -> None:
        self.node = node
        self.state = "first"
        self.indent = indent
        self.line = line


class _Reader:
    def __init__(self, text: str, start: int, dialect: Dialect, *, by_indent: bool) -> None:
        self.text = text
        self.at = start
        self.dialect = dialect
        self.by_indent = by_indent
        self.stack: list[_Frame] = []
        self.mistakes: list[Mistake] = []
        self.comments: list[Span] = []
        self.unbalanced = False
        self.broken = False  # an expression was not closed: no later one is searched beyond its line
        self.root: Node | None = None
        self.line_start = text.rfind("\n", 0, start) + 1
        self.fresh = True  # nothing but space since the line began
        self.indent = 0

    def read(self) -> Tree:
        self._find_root()
        steps = 0
        while self.stack:
            self._skip()
            if self.at >= len(self.text):
                self._finish()
                break
            self._step()
            self.fresh = False
            steps += 1
            if steps > MOST_STEPS:
                return Tree(self.text, None, dialect=self.dialect)
        mistakes = tuple(sorted(self.mistakes, key=lambda m: m.span))
        return Tree(self.text, self.root, mistakes, tuple(self.comments), self.dialect)

    # -- text

    def _skip(self) -> None:
        text = self.text
        while self.at < len(text) and (text[self.at] in _SPACES or text[self.at].isspace()):
            found = _SPACE.match(text, self.at)
            if found is None and text[self.at] == "#":
                found = _HASH.match(text, self.at)
            if found is None:
                break
            if text[self.at] in "/#":
                self.comments.append(Span(self.at, found.end()))
            newline = text.rfind("\n", self.at, found.end())
            if newline >= 0:
                self.line_start = newline + 1
                self.fresh = True
            self.at = found.end()
        if self.fresh:
            self.indent = self.at - self.line_start

    def _find_root(self) -> None:
        """The first `{` that begins a value: after nothing, `(`, or `name =`. Leaves other text alone."""
        self._skip()
        found = re.compile(r"(?:(?:var|let|const)\s+[\w$]+\s*=\s*|[\w$.]+\s*=\s*|return\s+)?\(*\s*(?=[{\[])").match(
            self.text, self.at
        )
        if found is None:
            return
        self.at = found.end()
        self._open("object" if self.text[self.at] == "{" else "array")
        self.fresh = False

    def _mistake(self, start: int, end: int, message: str) -> None:
        self.mistakes.append(Mistake(Span(start, max(end, start + 1)), message))

    # -- containers

    def _open(self, kind: Kind) -> Node:
        node = Node(kind, self.at, self.at + 1, closed=False)
        line_indent = self.indent if not self.fresh else self.at - self.line_start
        self.stack.append(_Frame(node, line_indent, self.line_start))
        if self.root is None:
            self.root = node
        self.at += 1
        return node

    def _close(self, at: int, *, closed: bool) -> None:
        frame = self.stack.pop()
        frame.node.end = at
        frame.node.closed = closed
        if self.stack:
            self._settle()

    def _settle(self) -> None:
        self.stack[-1].state = "after"

    def _give_up(self, at: int) -> None:
        """Close the innermost container without a bracket of its own."""
        node = self.stack[-1].node
        self.unbalanced = True
        bracket = "{" if node.kind == "object" else "["
        self._mistake(node.start, node.start + 1, f"This `{bracket}` is never closed.")
        self._close(at, closed=False)

    def _finish(self) -> None:
        end = len(self.text)
        if self.stack:
            self.unbalanced = True
            # The innermost is where the text breaks off; one message is enough.
            node = self.stack[-1].node
            if not any(m.message.endswith("never closed.") for m in self.mistakes):
                bracket = "{" if node.kind == "object" else "["
                self._mistake(node.start, node.start + 1, f"This `{bracket}` is never closed.")
        while self.stack:
            frame = self.stack.pop()
            frame.node.end = end
            frame.node.closed = False

    # -- one token

    def _step(self) -> None:
        if self.by_indent and self.fresh and self._by_indentation():
            return
        frame = self.stack[-1]
        char = self.text[self.at]
        if char in "}]":
            self._closer(char)
        elif frame.node.kind == "object":
            self._in_object(frame, char)
        else:
            self._in_array(frame, char)

    def _by_indentation(self) -> bool:
        """Give up containers that a line which begins a key or closes a bracket has plainly left."""
        char = self.text[self.at]
        if char in "}]":
            kind = _CLOSERS[char]
            for depth in range(len(self.stack) - 1, -1, -1):
                frame = self.stack[depth]
                if frame.indent == self.indent and frame.node.kind == kind and frame.line != self.line_start:
                    while len(self.stack) - 1 > depth:
                        self._give_up(self.at)
                    return False
            return False
        if char == "," or not _KEY.match(self.text, self.at):
            return False
        while len(self.stack) > 1:
            frame = self.stack[-1]
            if self.indent > frame.indent or frame.line == self.line_start:
                break
            self._give_up(self.at)
        return False

    def _closer(self, char: str) -> None:
        kind = _CLOSERS[char]
        frame = self.stack[-1]
        self._unfinished(frame)
        if frame.node.kind != kind:
            if not any(f.node.kind == kind for f in self.stack):
                self.unbalanced = True
                self._mistake(self.at, self.at + 1, f"Nothing is open here for `{char}` to close.")
                self.at += 1
                return
            while self.stack[-1].node.kind != kind:
                self._give_up(self.at)
        if len(self.stack) == 1 and self.dialect != "yaml" and self._more_follows():
            self.unbalanced = True
            self._mistake(self.at, self.at + 1, f"This `{char}` closes the specification, but more of it follows.")
            self.at += 1
            if self.by_indent:
                return
        else:
            self.at += 1
        node = self.stack[-1].node
        self._close(self.at, closed=True)
        if self.stack:
            self._continue(node)

    def _more_follows(self) -> bool:
        """Whether a member of the specification stands behind what would be its last bracket."""
        at = self.at + 1
        while at < len(self.text):
            found = _SPACE.match(self.text, at)
            if found is None:
                break
            at = found.end()
        if at >= len(self.text):
            return False
        return self.text[at] in ",}]" or _KEY.match(self.text, at) is not None

    def _unfinished(self, frame: _Frame) -> None:
        """A bracket or comma came where a value was to be."""
        if frame.state == "value" and frame.node.kind == "object":
            member = frame.node.members[-1]
            self._mistake(member.start, member.end, f"The value of `{member.key}` is missing.")
            member.value.start = member.value.end = self.at
        elif frame.state == "colon":
            self._without_colon(frame.node.members[-1])
        frame.state = "after"

    def _without_colon(self, member: Member) -> None:
        if not member.quote and self.dialect == "javascript" and _IDENTIFIER.match(member.key):
            # `{df}` is short for `{df: df}`.
            member.value = Node("expression", member.start, member.end, member.key)
            return
        self._mistake(member.start, member.end, f"`{member.key}` needs a `:` and a value.")

    # -- objects

    def _in_object(self, frame: _Frame, char: str) -> None:
        if frame.state == "colon":
            self._colon(frame, char)
        elif frame.state == "value":
            if char == ",":
                self._unfinished(frame)
                self._comma(frame)
            elif self._is_key() and (self.text[self.at] in "\"'" or self.fresh):
                member = frame.node.members[-1]
                self._mistake(member.start, member.end, f"The value of `{member.key}` is missing.")
                frame.state = "key"
                self._key(frame)
            else:
                frame.node.members[-1].value = self._value(frame, frame.node.members[-1].key)
        elif char == ",":
            if frame.state != "after":
                self._mistake(self.at, self.at + 1, "There is nothing before this comma.")
            self._comma(frame)
        else:
            if frame.state == "after" and frame.node.members:
                self._no_comma(self._end_of_last(frame))
            self._key(frame)

    def _end_of_last(self, frame: _Frame) -> int:
        node = frame.node
        if node.kind == "object":
            last = node.members[-1]
            return max(last.value.end, last.end)
        return node.items[-1].end

    def _no_comma(self, at: int) -> None:
        self._mistake(at - 1, at, "A comma is missing behind this.")

    def _comma(self, frame: _Frame) -> None:
        if frame.node.kind == "object" and frame.node.members:
            frame.node.members[-1].comma = self.at
        self.at += 1
        frame.state = "key" if frame.node.kind == "object" else "item"

    def _is_key(self) -> bool:
        return _KEY.match(self.text, self.at) is not None

    def _key(self, frame: _Frame) -> None:
        text, at = self.text, self.at
        char = text[at]
        missing = Node("missing", at, at, closed=False)
        if char in "\"'":
            node = self._string()
            missing.start = missing.end = node.end
            frame.node.members.append(Member(node.value, node.start, node.end, missing, node.quote))
            frame.state = "colon"
            return
        found = _NAME.match(text, at)
        if found is not None:
            self.at = found.end()
            if text[self.at : self.at + 1] in ('"', "'") and _KEY.match(
                text[at : self.at] + text[self.at + 1 : self.at + 9]
            ):
                self._mistake(at, self.at, f"A `{text[self.at]}` is missing before `{found.group()}`.")
                self.at += 1
            missing.start = missing.end = self.at
            frame.node.members.append(Member(found.group(), at, self.at, missing))
            frame.state = "colon"
            return
        if char == ":":
            self._mistake(at, at + 1, "The key before this `:` is missing.")
            frame.node.members.append(Member("", at, at, missing, colon=at))
            self.at += 1
            frame.state = "value"
            return
        # `...rest`, a value without a key, or anything else: kept as the value of a nameless member.
        if char in "{[":
            self.unbalanced = True
            if self.by_indent and len(self.stack) > 1 and self.stack[-2].node.kind == "array":
                self._give_up(at)  # the next object of an array whose last one was never closed
                return
            self._mistake(at, at + 1, "A key and a `:` are missing before this.")
        member = Member("", at, at, missing)
        frame.node.members.append(member)
        member.value = self._value(frame, "")

    def _colon(self, frame: _Frame, char: str) -> None:
        member = frame.node.members[-1]
        if char == ":":
            member.colon = self.at
            self.at += 1
            member.value.start = member.value.end = self.at
            frame.state = "value"
        elif char == ",":
            self._without_colon(member)
            self._comma(frame)
        elif self._is_key() or self.fresh:
            self._without_colon(member)
            frame.state = "key"
            self._key(frame)
        else:
            self._without_colon(member)
            member.value = self._value(frame, member.key)

    # -- arrays

    def _in_array(self, frame: _Frame, char: str) -> None:
        if char == ",":
            if frame.state != "after":
                self._mistake(self.at, self.at + 1, "There is nothing before this comma.")
            self._comma(frame)
            return
        if char == ":":
            self._mistake(self.at, self.at + 1, "A `:` stands between keys and values, which an array has not.")
            self.at += 1
            frame.state = "item"
            return
        if frame.state == "after" and frame.node.items:
            self._no_comma(self._end_of_last(frame))
        place = len(frame.node.items)
        frame.node.items.append(Node("missing", self.at, self.at))
        frame.node.items[place] = self._value(frame, "")

    # -- values

    def _value(self, frame: _Frame, key: str) -> Node:
        """Read a value; a container is left open on the stack. Sets the frame's state."""
        text, at = self.text, self.at
        char = text[at]
        frame.state = "after"
        if char in "{[":
            if char == "[" and key == "values" and (long := self._long_data()) is not None:
                return long
            if len(self.stack) >= DEEPEST:
                return self._expression()
            return self._open("object" if char == "{" else "array")
        if char in "\"'":
            node = self._string()
        elif (found := _NUMBER.match(text, at)) is not None:
            self.at = found.end()
            node = Node("number", at, self.at, _number(found.group()))
        elif (found := _WORD.match(text, at)) is not None:
            self.at = found.end()
            node = Node("word", at, self.at, _WORDS[found.group()])
        else:
            return self._expression()
        return self._continued(node)

    def _long_data(self) -> Node | None:
        start = self.at
        if len(self.text) - start < LONG_DATA:
            return None
        try:
            value, end = _DECODER.raw_decode(self.text, start)
        except (ValueError, RecursionError):
            return None
        if end - start < LONG_DATA:
            return None
        self.at = end
        newline = self.text.rfind("\n", start, end)
        if newline >= 0:
            self.line_start = newline + 1
            line = self.text[self.line_start : end]
            self.indent = len(line) - len(line.lstrip())
        return Node("data", start, end, value)

    def _string(self) -> Node:
        found = _STRING.match(self.text, self.at)
        assert found is not None
        start, quote = self.at, self.text[self.at]
        body = found[1] if quote == '"' else found[3]
        closed = bool(found[2] if quote == '"' else found[4])
        end = found.end()
        if closed and len(body) < 200 and (early := _ENDS_EARLY.match(body)) and _NAME.match(self.text, end):
            # `"type: "nominal"` or `"field": "a, "type": …`: the string ran on to the next one's first mark.
            end = start + 1 + len(early[1])
            body, closed = early[1], False
            self._mistake(start, start + 1, f"This string is never closed: a `{quote}` is missing.")
        elif not closed:
            # The brackets and commas at the end of the line were there before the string was begun.
            kept = body[: _trailing(body)] if body[-1:] in (",", "}", "]") else body
            end = start + 1 + len(kept)
            self._mistake(start, start + 1, f"This string is never closed: a `{quote}` is missing.")
            body = kept
        self.at = end
        return Node("string", start, end, unescaped(body), quote, closed)

    def _continued(self, node: Node) -> Node:
        """The node, or the expression that it only begins (`"a" + b`)."""
        end = self._end_if_continued()
        return node if end is None else self._expression_from(node.start)

    def _continue(self, node: Node) -> None:
        """A container was closed: turn it into an expression where it only begins one (`[1, 2].map(f)`)."""
        if self._end_if_continued() is not None:
            made = self._expression_from(node.start)
            node.kind, node.end, node.value = "expression", made.end, made.value
            node.members, node.items = [], []

    def _end_if_continued(self) -> int | None:
        at = self.at
        while at < len(self.text) and self.text[at] in " \t":
            at += 1
        if at < len(self.text) and self.text[at] not in ",:}]\"'\r\n" and _CONTINUES.match(self.text, at):
            return at
        return None

    def _expression(self) -> Node:
        return self._expression_from(self.at)

    def _expression_from(self, start: int) -> Node:
        """Opaque text up to the comma or bracket that ends it; an unclosed one ends with its first line."""
        text, at = self.text, self.at
        open_: list[str] = []
        end = at
        last = self._line_end(at) if self.broken else len(text)
        while at < last:
            char = text[at]
            if char in "\"'":
                found = _STRING.match(text, at)
                at = end = found.end() if found else at + 1
            elif char == "`":
                found = _TEMPLATE.match(text, at)
                at = end = found.end() if found else at + 1
            elif char in _OPENERS:
                open_.append(_OPENERS[char])
                at = end = at + 1
            elif open_ and char == open_[-1]:
                open_.pop()
                at = end = at + 1
            elif char in "}])" or (char == "," and not open_):
                break
            elif char.isspace() or text.startswith(("//", "/*"), at):
                found = _SPACE.match(text, at)
                after = found.end() if found else at + 1
                broken = "\n" in text[at:after] or "\r" in text[at:after]
                if broken and not open_ and not _LEADS.match(text, after):
                    break
                at = after
            else:
                at = end = at + 1
        if open_:
            self.broken = True
            end = self._first_line_end(self.at, end)
            at = end
            self._mistake(start, min(end, start + 1), f"A `{open_[-1]}` is missing in this expression.")
        if end <= start:
            end = at = start + 1
        self.at = end
        if self.dialect == "yaml" and _PLAIN.match(text[start:end]):
            return Node("string", start, end, text[start:end])
        return Node("expression", start, end, text[start:end])

    def _line_end(self, start: int) -> int:
        end = self.text.find("\n", start)
        return end if end >= 0 else len(self.text)

    def _first_line_end(self, start: int, end: int) -> int:
        for mark in "\r\n":
            found = self.text.find(mark, start, end)
            end = found if found >= 0 else end
        body = self.text[start:end]
        return max(start + _trailing(body), start + 1)


def _trailing(body: str) -> int:
    """How much of a line's rest is left without the brackets, commas and spaces at its end."""
    at = len(body)
    while at and body[at - 1] in " \t,}]":
        at -= 1
    return at


def _number(text: str) -> float | int:
    try:
        return int(text, 0)
    except ValueError:
        pass
    try:
        return float(text.replace("Infinity", "inf"))
    except ValueError:
        return 0


def _unescape(found: re.Match[str]) -> str:
    code = found[1]
    if len(code) == 11:  # a pair of surrogates
        return chr(0x10000 + ((int(code[1:5], 16) & 0x3FF) << 10) + (int(code[7:], 16) & 0x3FF))
    if code[0] in "ux" and len(code) > 1:
        point = int(code[1:].strip("{}"), 16)
        return chr(point) if point <= 0x10FFFF else "\ufffd"
    return _ESCAPED.get(code, code)
