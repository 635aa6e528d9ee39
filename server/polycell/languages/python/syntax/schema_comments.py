"""Our comment that declares a frame: `# schema df: id int64, "unit price" double?, …`.

Items are names with types as hovers spell them; `?` says that values may be missing, `...` that there may be more
columns. A line that ends with a comma goes on in the next comment. A comment in which nothing is typed and nothing left
open is prose, and none of ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from msgspec import Struct

from polycell.core.patterns import pattern
from polycell.core.results import Finding
from polycell.core.text import Span
from polycell.core.types import Anchor, Column, DataType, Evidence, Table
from polycell.languages.python.syntax.cursor import site
from polycell.tables.type_names import parse_type

CODE = "malformed-schema"
WIDTH = 100  # characters of a line that is written
MOST = 2000  # columns
_HEAD = pattern(r"^([ \t]*)#[ \t]*schema[ \t]+([^\W\d]\w*)[ \t]*:", re.MULTILINE)
_MORE = pattern(r"\n[ \t]*#[ \t]?")
_ITEM = pattern(r"""\s*(?:"([^"\n]+)"|'([^'\n]+)'|([^\s,:"'?]+))\s*(?::|\s|\Z)\s*(.*?)\s*\Z""", re.DOTALL)


class Item(Struct, frozen=True):
    """One column as written; `wrong` says what is not understood about it."""

    name: str
    type: DataType | None
    nullable: bool
    span: Span
    name_start: int
    wrong: str = ""


class SchemaComment(Struct, frozen=True):
    """`span` is the whole comment, which begins at its `#`; `name_span` is where it names the frame."""

    name: str
    name_span: Span
    span: Span
    items: tuple[Item, ...]
    open: bool

    def table(self, text: str, cell: str) -> Table:
        """The declared table; open where the comment says so, or has an item that is not understood."""
        columns: dict[str, Column] = {}
        for item in self.items:
            if not item.wrong:
                origin = Anchor.at(text, item.name_start, item.name, cell=cell)
                source = " ".join(item.span.of(text).split())
                nullable = item.nullable or None
                columns[item.name] = Column(
                    item.name, item.type, nullable, Evidence.DECLARED, origin=origin, source=source
                )
        return Table(tuple(columns.values()), open=self.open or len(columns) < len(self.items))


@lru_cache(maxsize=512)
def schema_comments(text: str) -> tuple[SchemaComment, ...]:
    """The comments of ours in a cell, in order. Total."""
    if "schema" not in text:
        return ()
    return tuple(c for head in _HEAD.finditer(text) if (c := _read(text, head)) is not None)


def _read(text: str, head: re.Match[str]) -> SchemaComment | None:
    start = head.end(1)
    if not site(text, start + 1).comment:
        return None  # inside of a text
    end = _line_end(text, head.end())
    while text[head.end() : end].rstrip().endswith(",") and (more := _MORE.match(text, end)):
        end = _line_end(text, more.end())
    items: list[Item] = []
    open_ = False
    for part in _parts(text, head.end(), end):
        words = _unmarked(part.of(text)).strip()
        if words in ("...", "…"):
            open_ = True
        elif words:
            items.append(_item(text, part, words, {i.name for i in items}))
    if not items or not (open_ or any(i.type is not None and not i.wrong for i in items)):
        return None
    return SchemaComment(head[2], Span(*head.span(2)), Span(start, end), tuple(items), open_)


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _unmarked(text: str) -> str:
    """Without the marks of continued lines."""
    return _MORE.sub(" ", text)


def _parts(text: str, start: int, end: int) -> Iterator[Span]:
    """The spans between commas that stand in no brackets and no quotes."""
    depth, quote, begun = 0, "", start
    for at in range(start, end):
        char = text[at]
        if quote:
            quote = "" if char in (quote, "\n") else quote
        elif char in "'\"":
            quote = char
        elif char in "<([{":
            depth += 1
        elif char in ">)]}":
            depth -= 1
        elif char == "," and depth <= 0:
            yield Span(begun, at)
            begun = at + 1
    yield Span(begun, end)


def _item(text: str, part: Span, words: str, known: set[str]) -> Item:
    raw = part.of(text)
    lead = len(raw) - len(_MORE.sub(lambda m: " " * len(m[0]), raw).lstrip())
    span = Span(part.start + lead, part.start + len(raw.rstrip()))
    found = _ITEM.match(words)
    if found is None:
        return Item("", None, False, span, span.start, "A column is written as `name type`.")
    name = found[1] or found[2] or found[3]
    said = found[4].strip()
    nullable = said.endswith("?")
    said = said.removesuffix("?").strip()
    if not said and name.endswith("?"):
        name, nullable = name[:-1], True
    type_ = parse_type(said) if said else None
    wrong = ""
    if said and type_ is None and said not in ("object", "unknown"):
        wrong = f"`{said[:40]}` is no type. Write one as hovers show it: `int64`, `double`, `string`, `timestamp[us]`."
    elif name in known:
        wrong = f"`{name}` is declared twice."
    return Item(name, type_, nullable, span, span.start + (found[3] is None), wrong)


def findings(text: str) -> Iterator[Finding]:
    """What is not understood in the comments of a cell, each at its own place."""
    for comment in schema_comments(text):
        for item in comment.items:
            if item.wrong:
                yield Finding(CODE, item.span, item.wrong)


def written(name: str, table: Table, indent: str = "") -> str:
    """The comment that declares a table, over several lines where it is long; empty where it would declare nothing."""
    items = [_written(column) for column in table.columns[:MOST]]
    if table.open:
        items.append("...")
    typed = any(c.type is not None and _spelled(c.type) for c in table.columns)
    if not table.columns or not (typed or table.open):
        return ""
    lines = [f"{indent}# schema {name}:"]
    for at, item in enumerate(items):
        item = f" {item}," if at + 1 < len(items) else f" {item}"
        if len(lines[-1]) + len(item) > WIDTH and not lines[-1].endswith(":"):
            lines.append(f"{indent}#  ")
        lines[-1] += item
    return "\n".join(lines)


def _written(column: Column) -> str:
    name = column.name
    if re.fullmatch(r"[^\s,:\"'?<>()\[\]{}]+", name) is None or name in ("...", "…"):
        name = f'"{name}"' if '"' not in name else f"'{name}'"
    mark = "?" if column.nullable else ""
    said = _spelled(column.type) if column.type is not None else ""
    return f"{name} {said}{mark}" if said else f"{name}{mark}"


def _spelled(type_: DataType) -> str:
    """The type as the comment writes it; empty where it could not be read back."""
    text = {"dictionary": "category", "float": "float32"}.get(type_.name, str(type_))
    return text if parse_type(text) == type_ or type_.name == "dictionary" else ""
