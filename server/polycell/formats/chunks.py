"""Options of code chunks in Markdown notebooks: knitr's chunk header, `#|` lines, MyST's `:key:` lines and YAML blocks.

Sources: knitr, "Chunk options and package options"; Quarto, "Execution options"; MyST-NB, "Text-based notebooks".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from msgspec import Struct, field

from polycell.core.patterns import pattern
from polycell.formats import yaml_text
from polycell.formats.lines import Line, lines_in

_HEAD = pattern(r"\{[ \t]*([A-Za-z][\w+.-]*)")
_PIPE = pattern(r"[ \t]*(?:#|--|//|%%|;|')\|[ \t]?(.*)\Z", re.DOTALL)
_COLON = pattern(r"[ \t]*:([\w.-]+:.*|[ \t].*)\Z", re.DOTALL)  # behind a blank: of the key above
_TRUE = frozenset({"TRUE", "T", "true"})
_FALSE = frozenset({"FALSE", "F", "false"})


class ChunkHead(Struct, frozen=True):
    """`{r label, echo=FALSE}`: the engine as written, the label, the options."""

    engine: str
    label: str = ""
    options: dict[str, Any] = field(default_factory=dict)


@lru_cache(maxsize=2048)
def parse_head(info: str) -> ChunkHead | None:
    """A fence's info string as a chunk header; None when it is none (`python`, `{=html}`, `{.python}`).

    What comes back is shared: copy its options before you change them.
    """
    info = info.strip()
    match = _HEAD.match(info)
    if not match:
        return None
    rest = info[match.end() :].rstrip()
    rest = (rest[:-1] if rest.endswith("}") else rest).strip()
    if rest and not (rest[0] in "," or info[match.end()] in " \t"):
        return None
    label = ""
    options: dict[str, Any] = {}
    for index, item in enumerate(_items(rest)):
        key, equal, value = item.partition("=")
        key = key.strip()
        if not equal:
            words = [word for word in item.split() if not word.startswith(".")]
            if index == 0 and words:
                label = words[0].lstrip("#")
            continue
        # Without commas, as Pandoc and jupytext write it: `label #id .class key=value other=value`.
        *before, key = key.split() or [""]
        if before and index == 0:
            label = before[0].lstrip("#")
        if key:
            options[key] = _value(value.strip())
    return ChunkHead(match[1], label, options)


def _items(text: str) -> Iterator[str]:
    """Split at commas, and at blanks before a further `key=`, outside of quotes and brackets."""
    depth = 0
    quote = ""
    start = 0
    seen_equal = False
    for index, character in enumerate(text):
        if quote:
            if character == quote and text[index - 1] != "\\":
                quote = ""
        elif character in "\"'`":
            quote = character
        elif character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
        elif depth <= 0 and character == "=":
            seen_equal = True
        elif depth <= 0 and (
            character == ","
            or (character in " \t" and seen_equal and text[index - 1] not in " \t" and _NEXT_KEY.match(text, index))
        ):
            if text[start:index].strip():
                yield text[start:index].strip()
            start = index + 1
            seen_equal = False
    if text[start:].strip():
        yield text[start:].strip()


_NEXT_KEY = pattern(r"[ \t]+[A-Za-z.][\w.-]*[ \t]*=(?!=)")


def _value(text: str) -> Any:
    if len(text) >= 2 and text[0] in "\"'" and text[-1] == text[0]:
        return text[1:-1]
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if re.fullmatch(r"-?\d{1,15}", text):
        return int(text)
    if text.startswith("c(") and text.endswith(")"):
        return [_value(item) for item in _items(text[2:-1])]
    return text


def pipe_options(text: str, start: int, end: int) -> tuple[dict[str, Any], int]:
    """The `#| key: value` lines at the beginning of a chunk, and where its code begins."""
    return _leading(text, start, end, _PIPE)


def colon_options(text: str, start: int, end: int) -> tuple[dict[str, Any], int]:
    """MyST's options: `:key: value` lines, or YAML between `---` lines; one blank line behind belongs to them."""
    first = next(lines_in(text, start, end), None)
    if first is None:
        return {}, start
    if text[first.start : first.end].strip().startswith("---"):
        options, after = _block(text, first, end)
    else:
        options, after = _leading(text, start, end, _COLON)
    following = next(lines_in(text, after, end), None)
    if after == start or following is None or following.next == following.end:
        return options, after
    if not text[following.start : following.end].strip():
        after = following.next
    return options, after


def _block(text: str, first: Line, end: int) -> tuple[dict[str, Any], int]:
    for line in lines_in(text, first.next, end):
        if text[line.start : line.end].strip().startswith("---"):
            return dict(yaml_text.load_mapping(text[first.next : line.start])), line.next
    return {}, first.start


def _leading(text: str, start: int, end: int, pattern: re.Pattern[str]) -> tuple[dict[str, Any], int]:
    body: list[str] = []
    for line in lines_in(text, start, end):
        match = pattern.match(text[line.start : line.end])
        if not match:
            break
        body.append(match[1])
        start = line.next
    return (dict(yaml_text.load_mapping("\n".join(body))) if body else {}), start
