"""SQL in strings of statements that do not parse: a quote or a bracket is open, a word behind a dot is missing.

That is how a query looks while it is typed. The text alone tells where it is: a literal behind the parenthesis of a
call that sends SQL, or behind `name =` where such a call is given the name. What is not closed reaches to the end of
its line, or of the text between three quotes. Nothing of it is judged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from msgspec import Struct

from polycell.core.facts import Fragment
from polycell.core.patterns import pattern
from polycell.core.text import Span
from polycell.languages.python.syntax.sql_texts import holes_of, joined

BEFORE = 300  # characters in which the call is looked for
_LITERAL = pattern(
    r"""(?P<comment>\#[^\n]*)|(?P<prefix>\b[rRbBuUfF]{1,2}|)(?P<quote>'''|\"\"\"|'|")""",
)
_ENDS = {q: pattern(rf"(?:\\[\s\S]|(?!{q})[^\\])*") for q in ("'''", '"""')}
_ENDS |= {q: pattern(rf"(?:\\[\s\S]|[^\\\n{q}])*") for q in ("'", '"')}
_BETWEEN = pattern(r"(?:\s|\#[^\n]*\n|\\\n)*(?=[rRbBuUfF]{0,2}['\"])")
_CALL = pattern(r"(?P<owner>(?:[^\W\d]\w*\.)*)(?P<name>[^\W\d]\w*)\s*\(\s*(?:(?P<keyword>[^\W\d]\w*)\s*=\s*)?\Z")
_NAMED = pattern(r"(?:\A|\n)[ \t]*(?P<name>[^\W\d]\w*)\s*(?::\s*str\s*)?\+?=\s*\(?\s*\Z")
_GIVEN = pattern(
    r"(?P<owner>(?:[^\W\d]\w*\.)*)(?P<name>[^\W\d]\w*)\(\s*(?:\w+\s*=\s*)?(?P<given>[^\W\d]\w*)(?=\s*(?:[,)]|\Z|\n))"
)
_CONNECTION = pattern(r"['\"]*\s*,\s*(?:con\s*=\s*|connection\s*=\s*)?([^\W\d]\w*)")


class Sending(Struct, frozen=True):
    """A call that is given a text: the last two words of its name, its method, the variable that it is called on, and
    the keyword of the argument."""

    name: str
    method: str
    owner: str
    keyword: str = ""


Judge = Callable[[Sending, str], tuple[str, str] | None]


def unfinished_queries(text: str, broken: tuple[Span, ...], sends: Judge) -> Iterator[Fragment]:
    """The queries in the spans of a cell that do not parse. `sends` says of a call and its text the dialect and the
    variable of the connection, or None where that is no SQL."""
    for span in broken:
        yield from _of_names(text, span, sends)
        at = span.start
        while (found := _LITERAL.search(text, at, span.end)) is not None:
            if found["quote"] is None:
                at = found.end()
                continue
            end, missing = _run(text, found.start(), span.end)
            made = _fragment(text, Span(found.start(), end), missing, sends)
            if made is not None:
                yield made
            at = max(end, found.end())


def _of_names(text: str, span: Span, sends: Judge) -> Iterator[Fragment]:
    """The literals that a statement above binds to names which the broken one sends."""
    for call in _GIVEN.finditer(text, span.start, span.end):
        if sends(_of_call(call["owner"], call["name"], ""), "select ") is None:
            continue
        bound = [*re.finditer(rf"(?:\A|\n)[ \t]*{re.escape(call['given'])}\s*=\s*\(?\s*(?=[rRuUfF]?['\"])", text)]
        if len(bound) == 1:
            end, missing = _run(text, bound[0].end(), len(text))
            made = _fragment(text, Span(bound[0].end(), end), missing, sends)
            if made is not None:
                yield made


def _run(text: str, start: int, limit: int) -> tuple[int, str]:
    """(where the literals that begin at `start` end, the quote that is missing there)."""
    at = start
    while True:
        found = _LITERAL.match(text, at, limit)
        if found is None or found["quote"] is None:
            return at, ""
        quote = found["quote"]
        # The lines of a longer text may each look like statements of their own.
        limit = len(text) if len(quote) > 1 else limit
        body = _ENDS[quote].match(text, found.end(), limit)
        end = body.end() if body is not None else limit
        if not text.startswith(quote, end) or end + len(quote) > limit:
            return end, quote
        at = end + len(quote)
        following = _BETWEEN.match(text, at, limit)
        if following is None:
            return at, ""
        at = following.end()


def _fragment(text: str, whole: Span, missing: str, sends: Judge) -> Fragment | None:
    before = text[max(0, whole.start - BEFORE) : whole.start]
    found = joined(text[: whole.end] + missing, Span(whole.start, whole.end + len(missing)))
    call = _sending(text, before)
    if found is None or call is None:
        return None
    span, written = found
    told = sends(call, written)
    if told is None:
        return None
    dialect, connection = told
    if connection == "" and call.method.startswith("read_"):
        behind = _CONNECTION.match(text, whole.end)
        connection = behind[1] if behind is not None else ""
    formatted = "f" in text[whole.start : whole.start + 2].lower().partition("'")[0].partition('"')[0]
    return Fragment(
        "sql", span, text=written, dialect=dialect, connection=connection,
        holes=holes_of(span, written) if formatted else (), judged=False,
    )  # fmt: skip


def _sending(text: str, before: str) -> Sending | None:
    call = _CALL.search(before)
    if call is not None:
        return _of_call(call["owner"], call["name"], call["keyword"] or "")
    bound = _NAMED.search(before)
    if bound is None:
        return None
    given = re.search(
        rf"((?:[^\W\d]\w*\.)*)([^\W\d]\w*)\(\s*(?:\w+\s*=\s*)?{re.escape(bound['name'])}\s*(?:[,)\n]|\Z)", text
    )
    return _of_call(given[1], given[2], "") if given is not None else None


def _of_call(owner: str, name: str, keyword: str) -> Sending:
    parts = owner.strip(".").split(".") if owner else []
    dotted = f"{parts[-1]}.{name}" if parts else name
    return Sending(dotted, name if parts else "", parts[0] if len(parts) == 1 else "", keyword)
