"""What a Scala cell defines and mentions, from its tokens alone: right for any text, broken ones too.

Types that only the compiler knows come later (`exports`); here is what the text says by itself: a declared type, a
literal's type, the fields of a case class. `statements` is the cell cut up, for whoever needs a part of it (`slices`).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from msgspec import Struct

from polycell.core.text import Span
from polycell.core.values import replace
from polycell.languages.scala.lexer import GOES_ON, Token, code, tokens

Kind = Literal["val", "def", "class", "object", "trait", "type", "import", "package"]

# What a complete text cannot end with.
_UNFINISHED = frozenset({".", "=", "=>", "<-", ",", "extends", "with", "new", "val", "var", "def", "import"})
_BINDING = frozenset({"val", "var", "def", "case", "class", "object", "trait", "type"})
_MODIFIERS = frozenset(
    {
        *("private", "protected", "implicit", "lazy", "final", "sealed", "abstract", "override", "case"),
        *("inline", "opaque", "open", "transparent", "infix"),
    }
)
_DEFINING = {
    "val": "val",
    "var": "val",
    "def": "def",
    "class": "class",
    "object": "object",
    "trait": "trait",
    "type": "type",
    "import": "import",
    "package": "package",
}
# Words of Scala 3 that begin what binds names or gives implicit values, and annotations.
_GIVING = frozenset({"given", "extension", "enum", "export", "@"})
# A line that ends with one of these goes on in the next, as does one that the next begins with.
_GOES_ON = frozenset({"=", "=>", "<-", ".", ",", ":", "else", "extends", "with", "match", "yield", "catch", "finally"})
_GOES_ON_BEFORE = frozenset({".", "else", "extends", "with", "match", "yield", "catch", "finally", "=", "=>"})


class Name(Struct, frozen=True):
    """One name that a cell gives. `declared` is the type as written, "" where the compiler has to find it; `fields` of
    a case class are (name, type as written)."""

    name: str
    kind: Kind
    span: Span
    extent: Span
    declared: str = ""
    case: bool = False
    implicit: bool = False
    private: bool = False
    fields: tuple[tuple[str, str], ...] = ()
    literal: str = ""
    body: int = 0


class Statement(Struct, frozen=True):
    """A statement of the outermost level. `always`: it matters to all code below, whatever names that uses (imports,
    implicit values). `plain`: it is one definition of Scala 2, whose right side may be left out."""

    span: Span
    names: tuple[Name, ...] = ()
    mentions: tuple[tuple[str, int], ...] = ()  # as in the outline, with their starts
    always: bool = False
    plain: bool = False

    def mentioned(self, end: int | None = None) -> frozenset[str]:
        """The names it mentions, those before `end` where only that part of it counts."""
        return frozenset(name for name, at in self.mentions if end is None or at < end)


class Import(Struct, frozen=True):
    """`text` is the whole clause, `import a.b.{C => D}`; `names` what it binds by name; `star`: and everything else."""

    text: str
    span: Span
    names: tuple[str, ...]
    star: bool


@dataclass(frozen=True, slots=True)
class Outline:
    """`mentions`: names that are not members (`.name`), as (name, span). `local`: names that some inner scope binds.
    `broken`: why the text cannot be complete Scala, and where; None when nothing speaks against it. `statements` are
    all but plain expressions, which bind nothing."""

    names: tuple[Name, ...] = ()
    imports: tuple[Import, ...] = ()
    mentions: tuple[tuple[str, Span], ...] = ()
    local: frozenset[str] = frozenset()
    package: str = ""
    broken: tuple[str, Span] | None = None
    last: Span | None = None  # of the last statement, where that is an expression
    statements: tuple[Statement, ...] = ()
    mentioned: frozenset[str] = field(default=frozenset(), compare=False)

    def named(self, name: str) -> Name | None:
        return next((found for found in reversed(self.names) if found.name == name), None)


@lru_cache(maxsize=2048)
def outline(text: str, start: int = 0) -> Outline:
    """`start` is where Scala begins in the cell's text."""
    every = tokens(text, start)
    found = list(code(every))
    mentions = tuple(_mentions(found))
    names: list[Name] = []
    imports: list[Import] = []
    cut: list[Statement] = []
    package = ""
    last: Span | None = None
    margin: int | None = None
    for statement in statements(every):
        last = None
        span = Span(statement[0].start, statement[-1].end)
        head = _head(statement)
        word = statement[head[0]].text if head is not None else statement[0].text
        modifiers = head[1] if head is not None else frozenset()
        own: list[Name] = []
        if head is None:
            if word == "enum" and len(statement) > 2 and statement[1].kind == "id":
                own.append(Name(statement[1].text, "class", Span(statement[1].start, statement[1].end), span))
            elif word not in _GIVING:
                last = span
        elif word == "import":
            imports.append(_import(text, statement))
        elif word == "package" and (head[0] + 1 >= len(statement) or statement[head[0] + 1].text != "object"):
            package = package or _path(statement[head[0] + 1 :])
        else:
            own += _defined(text, statement, head[0], modifiers)
        names += own
        column = span.start - text.rfind("\n", 0, span.start) - 1
        margin = column if margin is None else margin
        made = Statement(
            span,
            tuple(own),
            (),
            always=word in ("import", "package") or "implicit" in modifiers or (head is None and word in _GIVING),
            plain=word in ("val", "var", "def") and not modifiers & {"inline", "transparent"},
        )
        if column > margin and cut and not text[: span.start].rstrip().endswith(";"):
            # Scala 3's blocks are indented, without braces.
            before = cut.pop()
            made = Statement(Span(before.span.start, span.end), (*before.names, *own), (), before.always or made.always)
        cut.append(made)
    return Outline(
        tuple(names),
        tuple(imports),
        mentions,
        _local(found, {n.span for n in names}),
        package,
        broken(every, len(text)),
        last,
        tuple(_with_mentions(cut, mentions)),
        frozenset(name for name, _ in mentions),
    )


def _with_mentions(statements: Sequence[Statement], mentions: Sequence[tuple[str, Span]]) -> Iterator[Statement]:
    starts = [span.start for _, span in mentions]
    for one in statements:
        if one.names or one.always:
            first, last = bisect_left(starts, one.span.start), bisect_left(starts, one.span.end)
            yield replace(one, mentions=tuple((name, span.start) for name, span in mentions[first:last]))


def broken(every: Sequence[Token], end: int) -> tuple[str, Span] | None:
    """Why tokens cannot be a complete text: what is open at the end, or closed without being open."""
    opened: list[Token] = []
    pairs = {")": "(", "]": "[", "}": "{"}
    last: Token | None = None
    for token in every:
        if token.broken:
            return "comment" if token.kind == "comment" else "string", Span(token.start, token.end)
        if token.kind == "open":
            opened.append(token)
        elif token.kind == "close":
            if not opened or opened[-1].text != pairs[token.text]:
                return token.text, Span(token.start, token.end)
            opened.pop()
        if token.kind not in ("comment", "newline"):
            last = token
    if opened:
        return opened[-1].text, Span(opened[-1].start, opened[-1].end)
    if last is not None and last.text in _UNFINISHED:
        return last.text, Span(last.start, end)
    return None


def statements(every: Sequence[Token]) -> Iterator[list[Token]]:
    """Statements at the outermost level, without comments and line ends."""
    depth = 0
    made: list[Token] = []
    ended = False
    for token in every:
        if token.kind == "comment":
            continue
        if token.kind == "newline":
            ended = ended or depth == 0
            continue
        if depth == 0 and token.text == ";" and token.kind == "punct":
            if made:
                yield made
            made, ended = [], False
            continue
        goes_on = token.text in _GOES_ON_BEFORE or bool(made and (made[-1].text in _GOES_ON or _is_operator(made[-1])))
        if ended and made and not goes_on:
            yield made
            made = []
        ended = False
        if token.kind == "open":
            depth += 1
        elif token.kind == "close":
            depth = max(0, depth - 1)
        made.append(token)
    if made:
        yield made


def _is_operator(token: Token) -> bool:
    return token.kind == "op"


def _head(statement: Sequence[Token]) -> tuple[int, frozenset[str]] | None:
    """Where the defining word of a statement stands, and the modifiers before it; None for an expression."""
    modifiers = set()
    at = 0
    while at < len(statement):
        token = statement[at]
        if token.text == "@" and at + 1 < len(statement):
            at = _skip_path(statement, at + 1)
            continue
        if token.text in _MODIFIERS:
            modifiers.add(token.text)
            at += 1
            if at < len(statement) and statement[at].text == "[":
                at = _closing(statement, at) + 1
            continue
        if token.kind == "keyword" and token.text in _DEFINING:
            return at, frozenset(modifiers)
        return None
    return None


def _skip_path(statement: Sequence[Token], at: int) -> int:
    """Behind an annotation's name and its arguments."""
    at += 1
    while at + 1 < len(statement) and statement[at].text == ".":
        at += 2
    while at < len(statement) and statement[at].text in ("(", "["):
        at = _closing(statement, at) + 1
    return at


def _closing(statement: Sequence[Token], at: int) -> int:
    """The index of the bracket that closes the one at `at`; the last token where none does."""
    depth = 0
    for index in range(at, len(statement)):
        depth += {"open": 1, "close": -1}.get(statement[index].kind, 0)
        if depth == 0:
            return index
    return len(statement) - 1


def _path(found: Sequence[Token]) -> str:
    parts = []
    for token in found:
        if token.kind == "id" or token.text == ".":
            parts.append(token.text)
        else:
            break
    return "".join(parts)


def _defined(text: str, statement: Sequence[Token], at: int, modifiers: frozenset[str]) -> Iterator[Name]:
    kind: Kind = _DEFINING[statement[at].text]  # type: ignore[assignment]
    extent = Span(statement[0].start, statement[-1].end)
    if kind == "package":
        kind, at = "object", at + 1
    if kind == "val":
        yield from _values(text, statement, at, modifiers, extent)
        return
    if at + 1 >= len(statement) or statement[at + 1].kind not in ("id", "op"):
        return
    name = statement[at + 1]
    fields: tuple[tuple[str, str], ...] = ()
    case = "case" in modifiers
    declared, body = "", 0
    if kind == "class":
        fields = tuple(_fields(text, statement, at + 2)) if case else ()
    elif kind == "def":
        declared, body = _result(text, statement, at + 2)
    yield Name(
        name.text,
        kind,
        Span(name.start, name.end),
        extent,
        declared,
        case,
        "implicit" in modifiers,
        bool(modifiers & {"private", "protected"}),
        fields=fields,
        body=body,
    )


def _values(text: str, statement: Sequence[Token], at: int, modifiers: frozenset[str], extent: Span) -> Iterator[Name]:
    """`val a`, `val a, b: Int = 1`, `val (a, Some(b)) = …`, `val head :: tail = …`."""
    depth, end, colon = 0, len(statement), None
    for index in range(at + 1, len(statement)):
        token = statement[index]
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if depth == 0 and token.text == "=":
            end = index
            break
        if depth == 0 and token.text == ":" and colon is None:
            colon = index
    pattern = statement[at + 1 : colon if colon is not None else end]
    declared = ""
    if colon is not None and colon + 1 < end:
        declared = text[statement[colon + 1].start : statement[end - 1].end]
    simple = all(token.kind == "id" or token.text == "," for token in pattern)
    literal = literal_type(statement[end + 1 :]) if simple else ""
    for index, token in enumerate(pattern):
        if token.kind != "id" or token.text == "_":
            continue
        if not simple:
            following = pattern[index + 1].text if index + 1 < len(pattern) else ""
            before = pattern[index - 1].text if index else ""
            if following in ("(", ".", "[") or before in (".", ":") or not token.text[:1].islower():
                continue
        yield Name(
            token.text,
            "val",
            Span(token.start, token.end),
            extent,
            declared if simple else "",
            implicit="implicit" in modifiers,
            private=bool(modifiers & {"private", "protected"}),
            literal=literal,
            body=statement[end].start if end < len(statement) else 0,
        )


def literal_type(found: Sequence[Token]) -> str:
    """The type of a literal that is the whole right side; "" for anything else."""
    if found and found[0].text in ("-", "+") and len(found) == 2 and found[1].kind == "number":
        found = found[1:]
    ends = [token for token in found if token.kind == "string" and token.text != GOES_ON]
    if found and found[0].kind == "string" and ends == [found[-1]]:
        return "String"
    if len(found) != 1:
        return ""
    token = found[0]
    if token.kind == "char" and token.text.endswith("'"):
        return "Char"
    if token.text in ("true", "false"):
        return "Boolean"
    if token.kind != "number":
        return ""
    word = token.text.casefold()
    if word.startswith("0x"):
        return "Long" if word.endswith("l") else "Int"
    if word.endswith("l"):
        return "Long"
    if word.endswith("f"):
        return "Float"
    return "Double" if word.endswith("d") or "." in word or "e" in word else "Int"


def _fields(text: str, statement: Sequence[Token], at: int) -> Iterator[tuple[str, str]]:
    """The first parameter list of a case class, `(a: Int, b: Seq[String] = Nil)`."""
    if at < len(statement) and statement[at].text == "[":
        at = _closing(statement, at) + 1
    if at >= len(statement) or statement[at].text != "(":
        return
    close = _closing(statement, at)
    for part in _split(statement[at + 1 : close]):
        start = next((i for i, t in enumerate(part) if t.text == ":"), None)
        if not start or part[start - 1].kind != "id" or start + 1 >= len(part):
            continue
        end = next((i for i, t in enumerate(part) if t.text == "=" and i > start), len(part))
        yield part[start - 1].text, text[part[start + 1].start : part[end - 1].end]


def _split(found: Sequence[Token]) -> Iterator[list[Token]]:
    """Parts between the commas of the outermost level."""
    depth = 0
    part: list[Token] = []
    for token in found:
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if depth == 0 and token.text == ",":
            yield part
            part = []
        else:
            part.append(token)
    if part:
        yield part


def _result(text: str, statement: Sequence[Token], at: int) -> tuple[str, int]:
    """The result type that a `def` declares, behind its parameter lists `(x: Int)(y: Int): String`, and where its body
    begins; "" and 0 for what is not there."""
    while at < len(statement) and statement[at].text in ("(", "["):
        at = _closing(statement, at) + 1
    if at >= len(statement):
        return "", 0
    if statement[at].text != ":":
        return "", statement[at].start if statement[at].text in ("=", "{") else 0
    depth = 0
    for index in range(at + 1, len(statement)):
        token = statement[index]
        if depth == 0 and token.text in ("=", "{"):
            declared = text[statement[at + 1].start : statement[index - 1].end] if index > at + 1 else ""
            return declared, token.start
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
    return (text[statement[at + 1].start : statement[-1].end] if at + 1 < len(statement) else ""), 0


def _import(text: str, statement: Sequence[Token]) -> Import:
    span = Span(statement[0].start, statement[-1].end)
    names: list[str] = []
    star = False
    for clause in _split(statement[1:]):
        if clause and clause[-1].text == "}":
            opened = max((i for i, t in enumerate(clause) if t.text == "{"), default=0)
            for part in _split(clause[opened + 1 : -1]):
                word = part[-1].text
                if word in ("_", "*", "given"):
                    star = star or len(part) == 1
                else:
                    names.append(word)
        elif clause:
            if clause[-1].text in ("_", "*", "given"):
                star = True
            elif clause[-1].kind == "id":
                names.append(clause[-1].text)
    return Import(text[span.start : span.end], span, tuple(names), star)


def _mentions(found: Sequence[Token]) -> Iterator[tuple[str, Span]]:
    for index, token in enumerate(found):
        if token.kind != "id" or token.text == "_":
            continue
        if index and found[index - 1].text == "." and found[index - 1].kind == "punct":
            continue
        yield token.text, Span(token.start, token.end)


def _local(found: Sequence[Token], outer: Iterable[Span]) -> frozenset[str]:
    """Names that some inner scope may bind: behind a defining word, before `:`, `=>`, `<-` or `@`, or in a bracket that
    one of these follows."""
    starts = {span.start for span in outer}
    local: set[str] = set()
    groups: list[list[str]] = []
    for index, token in enumerate(found):
        after = found[index + 1].text if index + 1 < len(found) else ""
        if token.kind == "open":
            groups.append([])
        elif token.kind == "close" and groups:
            inside = groups.pop()
            if after in ("=>", "<-", "="):
                local.update(inside)
        elif token.kind == "id" and token.start not in starts:
            if groups:
                groups[-1].append(token.text)
            if after in (":", "=>", "<-", "@") or (index and found[index - 1].text in _BINDING):
                local.add(token.text)
    return frozenset(local)
