"""What stands around a cursor in unfinished Python: found from the text before it, without a parse.

A tolerant scan of the code up to the cursor keeps the open brackets and strings; so the receiver of an attribute, the
subscript or call that the cursor is in, and the string it is in are known though the statement does not parse.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache

from msgspec import Struct

from polycell.core.patterns import pattern
from polycell.core.text import Span
from polycell.core.values import replace
from polycell.languages.python.syntax.statements import logical_line
from polycell.languages.python.syntax.trees import readable_start

LONGEST_IMPORT = 2_000  # characters of the names that one statement imports
_IMPORTS = pattern(
    r"(?:^|;|:)[ \t]*(?:from[ \t]+[.\w]+[ \t]+)?import\b"
    r"(?:[ \t]*\((?:[\w\s,]|#[^\n]*)*|[\w \t,.]*(?:\\\r?\n[\w \t,.]*)*)\Z",
    re.MULTILINE,
)
FARTHEST = 20_000  # characters looked at before the cursor
_RECEIVERS = 20  # innermost open brackets of which it is told what they belong to

_TOKEN = pattern(
    r"""(?P<comment>\#[^\n]*)
    |(?P<string>(?P<prefix>[rRbBuUfF]{0,2})(?P<quote>'''|\"\"\"|'|"))
    |(?P<name>[^\W\d]\w*)
    |(?P<number>\d[\w.]*)
    |(?P<open>[(\[{])|(?P<close>[)\]}])
    |(?P<newline>\n)|(?P<space>[^\S\n]+|\\\n)
    |(?P<operator>.)""",
    re.VERBOSE | re.DOTALL,
)
_REST = pattern(r"\w*")
_ENDS = {quote: pattern(rf"(?:\\.|(?!{quote})[^\\])*", re.DOTALL) for quote in ("'''", '"""')}
_ENDS |= {quote: pattern(rf"(?:\\.|[^\\\n{quote}])*", re.DOTALL) for quote in ("'", '"')}

_STATEMENT = frozenset({
    "if", "for", "while", "with", "return", "def", "class", "import", "from", "del", "assert", "raise", "elif", "else",
    "try", "except", "finally", "yield", "lambda", "in", "and", "or", "not", "is", "await", "async", "global",
})  # fmt: skip


class Token(Struct, frozen=True):
    kind: str
    text: str
    start: int
    end: int


class Bracket(Struct, frozen=True):
    """An open bracket: `receiver` is the text of what it is called on or subscripts (`df.groupby`, `df`), empty for a
    plain parenthesis, list or dictionary. `argument` counts commas behind it, `keyword` is `on` behind `on=`;
    `key` says that a dictionary's key (not its value) is being written."""

    kind: str
    start: int
    receiver: str = ""
    argument: int = 0
    keyword: str = ""
    key: bool = True


class Site(Struct, frozen=True):
    """The cursor's surroundings. `word` is what is written so far, of `span`, the part to replace (also behind the
    cursor). In a string `quote` is its quote, else "". `receiver` is the expression before a dot, `attribute` says
    that there is one. `brackets` are open, the innermost last. `outer` is the quote of the formatted string in whose
    field the cursor is."""

    word: str
    span: Span
    quote: str = ""
    formatted: bool = False
    comment: bool = False
    attribute: bool = False
    receiver: str = ""
    before: str = ""
    brackets: tuple[Bracket, ...] = ()
    outer: str = ""


@lru_cache(maxsize=16)
def site(code: str, offset: int) -> Site:
    """Look around the cursor. Total, for any text. What answers one request asks several times."""
    start = max(0, offset - FARTHEST)
    if start:
        start = code.find("\n", start, offset) + 1 or start
    return _site(code, _statement(code, max(start, readable_start(code, offset)), offset), offset)


def _statement(code: str, start: int, offset: int) -> int:
    """Where the statement begins that the offset is in. Before it nothing is open, unless something is wrong there:
    then it is `start`."""
    at = start
    while at < offset:
        line = logical_line(code, at, offset)
        if line.next >= offset:
            return at
        if line.fault:
            return start
        at = line.next
    return at


def _site(code: str, start: int, offset: int) -> Site:
    tokens, string = _scan(code, start, offset)
    stack = _brackets(tokens, code)
    if tokens and tokens[-1].kind == "comment" and tokens[-1].end >= offset:
        return Site("", Span(offset, offset), comment=True)
    if string is not None:
        opened, quote, prefix = string
        formatted = bool({"f", "t"} & set(prefix.lower()))
        hole = _hole(code, opened, offset) if formatted else None
        if hole is not None:
            return replace(_site(code, hole, offset), outer=quote)
        end = _string_end(code, offset, quote)
        span = Span(opened, max(end, offset))
        return Site(code[opened:offset], span, quote, formatted, brackets=stack)
    word = ""
    if tokens and tokens[-1].kind == "name" and tokens[-1].end == offset:
        word = tokens[-1].text
        tokens = tokens[:-1]
    elif tokens and tokens[-1].kind == "number" and tokens[-1].end == offset:
        return Site("", Span(offset, offset), comment=True)
    rest = _REST.match(code, offset)
    span = Span(offset - len(word), rest.end() if rest is not None else offset)
    significant = [t for t in tokens if t.kind != "space"]
    if significant and significant[-1].text == ".":
        receiver = chain_before(code, tokens, significant[-1].start)
        return Site(word, span, attribute=True, receiver=receiver, brackets=stack)
    before = significant[-1].text if significant and significant[-1].kind in ("name", "operator") else ""
    if before in (",", "(", "") and _IMPORTS.search(code, max(0, span.start - LONGEST_IMPORT), span.start):
        before = "import"
    return Site(word, span, before=before, brackets=stack)


def _scan(code: str, start: int, offset: int) -> tuple[list[Token], tuple[int, str, str] | None]:
    """Tokens before the cursor, and (content's start, quote, prefix) of the string that it is in."""
    tokens: list[Token] = []
    at = start
    while at < offset:
        found = _TOKEN.match(code, at, offset)
        if found is None:
            at += 1
            continue
        kind = found.lastgroup or "operator"
        if found["string"] is not None:
            quote = found["quote"]
            inside = _ENDS[quote].match(code, found.end(), len(code))
            end = inside.end() if inside else found.end()
            if end >= offset:
                return tokens, (found.end(), quote, found["prefix"])
            if code.startswith(quote, end):
                end += len(quote)
            if end > offset:
                return tokens, (found.end(), quote, found["prefix"])
            tokens.append(Token("string", code[at:end], at, end))
            at = max(end, at + 1)
            continue
        if kind in ("prefix", "quote"):
            kind = "operator"
        tokens.append(Token(kind, found[0], at, found.end()))
        at = found.end()
    return tokens, None


def _hole(code: str, opened: int, offset: int) -> int | None:
    """Where the expression begins that the offset is in, of a formatted string whose content begins at `opened`; None
    in its text, and behind the `:` or `!` of a field."""
    fields: list[tuple[int, int, bool]] = []  # of each open field its start, open brackets, whether its format began
    at = opened
    while at < offset:
        sign = code[at]
        inside = bool(fields) and not fields[-1][2]
        if not inside:
            if sign == "{" and not fields and code.startswith("{{", at):
                at += 1
            elif sign == "{":
                fields.append((at + 1, 0, False))
            elif sign == "}" and fields:
                fields.pop()
        else:
            start, depth, _ = fields[-1]
            if sign in "([{":
                fields[-1] = (start, depth + 1, False)
            elif sign == "}" and not depth:
                fields.pop()
            elif sign in ")]}":
                fields[-1] = (start, max(depth - 1, 0), False)
            elif not depth and (sign == ":" or (sign == "!" and not code.startswith("!=", at))):
                fields[-1] = (start, depth, True)
            elif sign in "'\"":
                end = code.find(sign, at + 1, offset)
                if end < 0:
                    break
                at = end
        at += 1
    return fields[-1][0] if fields and not fields[-1][2] else None


def _string_end(code: str, offset: int, quote: str) -> int:
    """Where the string's content ends: before its closing quote, or (unclosed) where its words do. Behind one that is
    closed the line, or the code, has an odd number of such quotes, where all others are closed as well."""
    limit = code.find("\n", offset) if len(quote) == 1 else offset + FARTHEST
    limit = len(code) if limit < 0 else limit
    closing = code.find(quote, offset, limit)
    rest = code[offset : closing if closing >= 0 else offset]
    if closing >= 0 and not re.search(r"[,()\[\]{}=\n]", rest):
        return closing
    quotes = code.count(quote, offset, limit) - code.count(f"\\{quote}", offset, limit)
    return closing if quotes % 2 else offset


def _brackets(tokens: list[Token], code: str) -> tuple[Bracket, ...]:
    stack: list[tuple[str, int, list[Token], int]] = []
    counts: list[list[object]] = []
    significant: list[Token] = []
    for token in tokens:
        if token.kind in ("space", "comment"):
            continue
        if token.kind == "newline":
            if not stack:
                significant.append(token)
            continue
        if token.kind == "open":
            stack.append((token.text, token.start, list(significant[-1:]), len(significant)))
            counts.append([0, "", True])
        elif token.kind == "close":
            if stack:
                stack.pop()
                counts.pop()
        elif counts and token.text == ",":
            counts[-1] = [int(str(counts[-1][0])) + 1, "", True]
        elif counts and token.text == "=" and significant and significant[-1].kind == "name":
            before = significant[-2].text if len(significant) > 1 else ""
            if before in ("(", ","):
                counts[-1][1] = significant[-1].text
        elif counts and token.text == ":" and stack[-1][0] == "{":
            counts[-1][2] = False
        significant.append(token)
    made = []
    innermost = len(stack) - _RECEIVERS
    for at, ((kind, start, owner, _), (argument, keyword, key)) in enumerate(zip(stack, counts, strict=True)):
        receiver = ""
        if (
            at >= innermost
            and owner
            and kind in "(["
            and owner[0].kind in ("name", "close")
            and owner[0].text not in _STATEMENT
        ):
            receiver = chain_before(code, tokens, start)
        made.append(Bracket(kind, start, receiver, int(str(argument)), str(keyword), bool(key)))
    return tuple(made)


def chain_before(code: str, tokens: list[Token], end: int) -> str:
    """The primary expression that ends at `end`: names, dots, and closed brackets, as in `df.loc[a].groupby("b")`."""
    index = bisect_right(tokens, end, key=lambda token: token.end) - 1
    start = end
    wanted = True  # a name or a bracket may come next, else only a dot
    depth = 0
    inside: list[bool] | None = None
    while index >= 0:
        token = tokens[index]
        if token.kind == "comment":
            index -= 1
            continue
        if depth:
            if token.kind == "close":
                depth += 1
            elif token.kind == "open":
                depth -= 1
                start = token.start
                wanted = True
            index -= 1
            continue
        if token.kind in ("space", "newline"):
            if token.kind == "newline":
                inside = inside or _inside(tokens, index)
                if not inside[index]:
                    break
            index -= 1
            continue
        if token.kind == "close" and wanted:
            depth = 1
        elif token.kind == "name" and wanted and token.text not in _STATEMENT:
            start = token.start
            wanted = False
        elif token.kind == "string" and wanted:
            start = token.start
            break
        elif token.text == "." and not wanted:
            wanted = True
        elif token.text == "." and wanted:
            break
        else:
            break
        index -= 1
    return code[start:end].strip() if depth == 0 else ""


def _inside(tokens: list[Token], last: int) -> list[bool]:
    """For each token up to `last` whether it stands inside brackets: a newline separates nothing there."""
    found: list[bool] = []
    depth = 0
    for token in tokens[: last + 1]:
        found.append(depth > 0)
        if token.kind == "open":
            depth += 1
        elif token.kind == "close":
            depth = max(0, depth - 1)
    return found
