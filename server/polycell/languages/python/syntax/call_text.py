"""The arguments of a call that is being written, taken from its text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from polycell.core.patterns import pattern
from polycell.languages.python.syntax.cursor import Bracket, Site

WIDEST = 4000  # characters of a call that are looked at

_PART = pattern(
    r"""(?P<string>[rRbBuUfF]{0,2}(?P<quote>'''|\"\"\"|'|")(?:\\.|(?!(?P=quote)).)*?(?:(?P=quote)|$))"""
    r"""|(?P<comment>\#[^\n]*)|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<comma>,)|(?P<blank>\n[ \t]*\n)|.""",
    re.DOTALL,
)
_KEYWORD = pattern(r"\s*([^\W\d]\w*)\s*=(?!=)")


class Part(Struct, frozen=True):
    """One argument as written; `keyword` is empty for a positional one."""

    keyword: str
    text: str


def arguments(text: str, bracket: Bracket, site: Site) -> tuple[Part, ...]:
    """The arguments behind an open bracket, those behind the cursor too, as far as they are written. The one at the
    cursor is among them."""
    return tuple(_parts(text, bracket.start + 1, site))


def _parts(text: str, start: int, site: Site) -> Iterator[Part]:
    depth, begun, at = 0, start, start
    stop = min(len(text), start + WIDEST)
    while at < stop:
        if site.quote and at == site.span.start - len(site.quote):
            at = site.span.end + (len(site.quote) if text.startswith(site.quote, site.span.end) else 0)
            continue
        found = _PART.match(text, at, stop)
        if found is None:
            break
        kind = found.lastgroup
        if found["string"] is not None and site.quote and found.start() < site.span.start <= found.end():
            at = site.span.start - len(site.quote)  # its prefix
            if at <= found.start():
                at = site.span.end
            continue
        if kind == "open":
            depth += 1
        elif kind == "close":
            depth -= 1
            if depth < 0:
                break
        elif kind == "comma" and not depth:
            yield _part(text[begun:at])
            begun = found.end()
        elif kind == "blank":
            break
        at = found.end()
    if text[begun:at].strip():
        yield _part(text[begun:at])


def _part(text: str) -> Part:
    keyword = _KEYWORD.match(text)
    return Part(keyword[1], text[keyword.end() :].strip()) if keyword else Part("", text.strip())


def argument(parts: tuple[Part, ...], position: int, *keywords: str) -> str:
    """The text of an argument, by keyword or by position; empty when it is not there."""
    for part in parts:
        if part.keyword and part.keyword in keywords:
            return part.text
    plain = [part for part in parts[: position + 1] if not part.keyword]
    return plain[position].text if position < len(plain) else ""
