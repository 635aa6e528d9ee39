"""The strings of a TOML text with their keys and places; tolerant: what is broken is stepped over.

Enough of TOML for lists of requirements, and unlike a parser it says where each string stands and reads a text that
somebody is in the middle of writing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from polycell.core.patterns import pattern
from polycell.core.text import Span

_TOKEN = pattern(
    r"""(?P<comment>\#[^\r\n]*)
    |(?P<long>\"\"\"(?:\\.|[^\\])*?\"\"\"|'''.*?''')
    |(?P<string>"(?:\\.|[^"\\\r\n])*(?:"|(?=[\r\n]|\Z))|'[^'\r\n]*(?:'|(?=[\r\n]|\Z)))
    |(?P<header>^[ \t]*\[{1,2}[^\[\]\r\n"]*\]{1,2}(?=[ \t]*(?:\#|[\r\n]|\Z)))
    |(?P<newline>\r\n|\r|\n)
    |(?P<sign>[\[\]{}=,])
    |(?P<word>[A-Za-z0-9_.\-]+)
    |(?P<space>[ \t]+)
    |(?P<other>.)""",
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", '"': '"', "\\": "\\", "e": "\x1b"}
_ESCAPE = pattern(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)


class TomlString(NamedTuple):
    """`table` as its header names it, `number` counts the headers before; `key` within it, dotted through inline
    tables; `span` is the text between the quotes, and `closed` whether they are closed."""

    table: str
    number: int
    key: str
    value: str
    span: Span
    closed: bool = True
    listed: bool = False


def toml_strings(text: str) -> Iterator[TomlString]:
    """Every string value, in order; total."""
    table, number = "", 0
    keys: list[str] = [""]  # one for each inline table around
    brackets: list[str] = []
    word = ""
    for token in _TOKEN.finditer(text):
        kind, value = token.lastgroup, token[0]
        if kind == "header" and not brackets:
            table, number, keys, word = value.strip(" \t[]"), number + 1, [""], ""
        elif kind == "newline" and not brackets:
            keys, word = [""], ""
        elif kind == "word":
            word = value
        elif kind == "sign":
            if value == "=":
                keys[-1], word = word, ""
            elif value in "[{":
                brackets.append(value)
                if value == "{":
                    keys.append("")
            elif value in "]}" and brackets and brackets.pop() == "{" and len(keys) > 1:
                keys.pop()
        elif kind in ("string", "long"):
            quotes = 3 if kind == "long" else 1
            closed = kind == "long" or (len(value) > 1 and value[-1] == value[0])
            span = Span(token.start() + quotes, token.end() - (quotes if closed else 0))
            if not brackets and not keys[-1]:
                word = span.of(text)  # a key in quotes
                continue
            said = _unescaped(span.of(text)) if value[0] == '"' else span.of(text)
            key = ".".join(key for key in keys if key)
            yield TomlString(table, number, key, said, span, closed, "[" in brackets)
            word = ""


def _unescaped(text: str) -> str:
    def replaced(found: re.Match[str]) -> str:
        code = found[1] or found[2]
        if code:
            return chr(min(int(code, 16), 0x10FFFF))
        return _ESCAPES.get(found[3], found[0])

    return _ESCAPE.sub(replaced, text) if "\\" in text else text
