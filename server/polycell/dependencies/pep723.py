"""The script block of PEP 723 (`# /// script`): its dependencies with their places, whatever state it is in.

Source: the inline script metadata specification of the Python packaging user guide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from polycell.core.patterns import pattern
from polycell.core.text import Span
from polycell.dependencies.model import Declaration, Requirement
from polycell.dependencies.requirement import read_requirement
from polycell.dependencies.toml_strings import toml_strings

_OPEN = pattern(r"^# /// (?P<type>[a-zA-Z0-9-]+)[ \t]*\r?$", re.MULTILINE)
_LINE = pattern(r"#(?: (?P<content>[^\r\n]*)|(?=\r?\n|\r|\Z))(?:\r\n|\n|\r|\Z)")
_DEPENDENCIES = pattern(r"^[ \t]*(?P<key>dependencies)[ \t]*=", re.MULTILINE)
_NO_LIST = 'The dependencies should be a list of texts: `dependencies = ["name"]`.'
_ARRAY = pattern(r"^[ \t]*dependencies[ \t]*=[ \t]*\[", re.MULTILINE)


class Block(Struct, frozen=True):
    """`span` is the whole block, `content` its TOML and `starts` where each of its lines begins in the text."""

    span: Span
    content: str
    places: tuple[tuple[int, int], ...]  # (offset in `content`, offset in the text), line by line
    closed: bool

    def place(self, offset: int) -> int:
        """The offset in the text of an offset in `content`."""
        inside, outside = max((p for p in self.places if p[0] <= offset), default=self.places[0])
        return outside + offset - inside

    def span_of(self, span: Span) -> Span:
        return Span(self.place(span.start), self.place(span.end))


def find_block(text: str) -> Block | None:
    """The first `script` block; one that is not closed ends with its comment lines."""
    if "# /// script" not in text:
        return None
    for opened in _OPEN.finditer(text):
        if opened["type"] != "script":
            continue
        at = opened.end() + (1 if text[opened.end() : opened.end() + 1] == "\n" else 0)
        content, places, closed = [], [], False
        length = 0
        last = opened.end()
        while line := _LINE.match(text, at):
            written = line["content"] or ""
            if written.rstrip() == "///":
                last, closed = line.start() + len("# ///"), True
                # The block ends with the last such line of the comment.
                if not re.match(r"#(?: [^\r\n]*)?(?:\r?\n#[^\r\n]*)*\r?\n# ///[ \t]*(?:\r?\n|\Z)", text[line.end() :]):
                    break
            begin = line.start("content") if line["content"] is not None else line.start() + 1
            places.append((length, begin))
            content.append(written)
            length += len(written) + 1
            at = line.end()
            last = begin + len(written) if not closed else last
            if line.end() == line.start():
                break
        places = places or [(0, min(at, len(text)))]
        return Block(Span(opened.start(), last), "\n".join(content), tuple(places), closed)
    return None


def read_block(text: str) -> tuple[Declaration, ...]:
    """The dependencies of the text's block, each where it stands; a broken block is one declaration with a problem."""
    block = find_block(text)
    if block is None:
        return ()
    found = []
    if not block.closed:
        where = Span(block.span.start, block.span.start + len("# /// script"))
        found.append(
            Declaration(Requirement("python", "", style="pep723"), where, problem="The block is not closed by `# ///`.")
        )
    found += _of_another_type(block)
    for string in toml_strings(block.content):
        if string.table or string.key != "dependencies" or not string.listed:
            continue
        span = block.span_of(string.span)
        if not string.closed:
            requirement = Requirement("python", "", style="pep723", text=string.value)
            found.append(Declaration(requirement, span, problem="The string is not closed."))
            continue
        read = read_requirement(string.value, "pep723")
        if read.problem and len(string.value) == len(string.span):
            span = block.span_of(read.span.shift(string.span.start))
        found.append(Declaration(read.requirement, span, problem=read.problem))
    return tuple(found)


def _of_another_type(block: Block) -> Iterator[Declaration]:
    """`dependencies` that is no list of texts, where the rest of the block is sound."""
    written = _DEPENDENCIES.search(block.content)
    if written is None:
        return
    try:
        import tomllib  # type: ignore[import-not-found]
    except ImportError:
        return  # Python 3.10 has no reader of TOML
    try:
        value = tomllib.loads(block.content).get("dependencies")
    except (tomllib.TOMLDecodeError, RecursionError):
        return
    if value is not None and not (isinstance(value, list) and all(isinstance(entry, str) for entry in value)):
        made = Requirement("python", "", style="pep723")
        yield Declaration(made, block.span_of(Span(*written.span("key"))), problem=_NO_LIST)


def insertion(text: str, requirement: str) -> tuple[Span, str] | None:
    """The edit that adds a requirement to the block, in the block's own layout; None where it has no place for it."""
    block = find_block(text)
    if block is None or not block.closed:
        return None
    opened = _ARRAY.search(block.content)
    quoted = _quoted(requirement)
    newline = "\r\n" if "\r\n" in text else "\n"
    if opened is None:
        at = text.find("\n", block.span.start) + 1
        return Span(at, at), f"# dependencies = [{newline}#     {quoted},{newline}# ]{newline}"
    own = [
        s
        for s in toml_strings(block.content)
        if not s.table and s.key == "dependencies" and s.span.start > opened.end()
    ]
    close = _closing(block.content, opened.end(), own[-1].span.end + 1 if own else opened.end())
    if close is None:
        return None
    if "\n" not in block.content[opened.end() : close]:
        at = block.place(own[-1].span.end + 1 if own else opened.end())
        return Span(at, at), f", {quoted}" if own else quoted
    if not own:
        line = block.content.rfind("\n", 0, close) + 1
        at = block.place(line) - 2
        return Span(at, at), f"#     {quoted},{newline}"
    last = own[-1].span.end + 1
    line = block.content.rfind("\n", 0, last) + 1
    indent = block.content[line:last][: len(block.content[line:last]) - len(block.content[line:last].lstrip())]
    comma = "" if block.content[last:].lstrip(" \t").startswith(",") else ","
    end = last + (block.content[last:].index(",") + 1 if not comma else 0)
    after = block.content.find("\n", end)
    tail = block.content[end : after if 0 <= after < close else close]
    if comma and tail.strip():
        return None
    at = block.place(end if comma or not tail.strip().startswith("#") else end + len(tail))
    return Span(at, at), f"{comma}{newline}# {indent}{quoted},"


def _closing(content: str, start: int, after: int) -> int | None:
    """The offset of the `]` that ends the list."""
    at = after
    while at < len(content):
        if content[at] == "#":
            at = content.find("\n", at)
            if at < 0:
                return None
        elif content[at] == "]":
            return at
        at += 1
    return None


def new_block(*requirements: str, newline: str = "\n") -> str:
    """A block that declares requirements."""
    listed = [f"#     {_quoted(requirement)}," for requirement in requirements]
    return newline.join(("# /// script", "# dependencies = [", *listed, "# ]", "# ///", ""))


def _quoted(requirement: str) -> str:
    """As a basic string of TOML."""
    return '"' + requirement.replace("\\", "\\\\").replace('"', '\\"') + '"'
