"""What jupytext writes into text notebooks: the YAML header of scripts, and `key="value"` options of cell markers.

Source: jupytext's documentation, "Notebooks as code" and its format specification 1.3.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from polycell.core.notebook import CellMagic
from polycell.core.patterns import pattern
from polycell.formats import yaml_text
from polycell.formats.languages import canonical
from polycell.formats.lines import Line, line_at
from polycell.formats.magics import outputs

_KEY = pattern(r"(?:^|(?<=\s))([A-Za-z_][\w.-]*)[ ]*=[ ]*(?=\S)")
_DECODER = json.JSONDecoder()
LONGEST_OPTIONS = 10_000  # characters of a marker line
HEADER_LINES = 500  # a header that has not ended by then is none


class Header(Struct, frozen=True):
    """The front of a script: `end` is where its cells may begin."""

    end: int = 0
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def format_name(self) -> str:
        """`percent`, `light`, `hydrogen`, `myst`, `markdown`, …; "" when the header does not say."""
        found = at(self.metadata, "jupytext", "text_representation", "format_name")
        return found if isinstance(found, str) else ""

    @property
    def comments_magics(self) -> bool | None:
        """Whether magics are written as comments; None when the header does not say."""
        found = at(self.metadata, "jupytext", "comment_magics")
        if isinstance(found, bool):
            return found
        if self.format_name == "hydrogen":
            return False
        return True if self.format_name in ("percent", "light") else None

    @property
    def language(self) -> str:
        return language_of(self.metadata)


def at(metadata: Any, *keys: str) -> Any:
    """A value deep in nested mappings; None where a key is missing."""
    for key in keys:
        metadata = metadata.get(key) if isinstance(metadata, Mapping) else None
    return metadata


def language_of(metadata: Mapping[str, Any]) -> str:
    """The language that front matter gives a notebook's unmarked cells; "" when it gives none."""
    for keys in (("jupytext", "main_language"), ("kernelspec", "language"), ("language_info", "name")):
        found = at(metadata, *keys)
        if isinstance(found, str) and canonical(found):
            return canonical(found)
    found = at(metadata, "kernelspec", "name")
    return canonical(found) if isinstance(found, str) else ""


def read_header(text: str, comment: str) -> Header:
    """A shebang line and the commented YAML block (`# ---` to `# ---`) at the top of a script, both optional."""
    start = 0
    metadata: dict[str, Any] = {}
    if text.startswith("\ufeff"):
        start = 1
    if text.startswith("#!", start):
        first = line_at(text, start, len(text))
        metadata["executable"] = text[first.start + 2 : first.end].strip()
        start = first.next
    line = line_at(text, start, len(text))
    if re.match(r"\W{1,4}.*coding[:=]", text[line.start : line.end]) and text.startswith(comment, line.start):
        line = line_at(text, line.next, len(text))
    while line.start == line.end and line.next < len(text):
        line = line_at(text, line.next, len(text))
    if _uncomment(text, line, comment) != "---":
        return Header(start, metadata)
    body: list[str] = []
    for _ in range(HEADER_LINES):
        if line.next >= len(text):
            break
        line = line_at(text, line.next, len(text))
        content = _uncomment(text, line, comment)
        if content is None:
            break
        if content.rstrip() == "---":
            loaded = yaml_text.load_mapping("\n".join(body))
            nested = loaded.get("jupyter")
            return Header(line.next, {**loaded, **(nested if isinstance(nested, dict) else {}), **metadata})
        body.append(content)
    return Header(start, metadata)


def _uncomment(text: str, line: Line, comment: str) -> str | None:
    if not text.startswith(comment, line.start, line.end):
        return None
    start = line.start + len(comment)
    if text.startswith(" ", start, line.end):
        start += 1
    return text[start : line.end]


def parse_options(text: str) -> tuple[dict[str, Any], str]:
    """The `key=value` options of a marker and the words before them, its title.

    Values are JSON; what is no JSON is taken as a Python literal or as the bare word. The older form, one JSON object,
    is read too. Classes (`.class`) are left out.
    """
    text = text.strip()
    if len(text) > LONGEST_OPTIONS:
        return {}, ""
    if text.endswith("}") and (brace := text.find("{")) >= 0 and (text.find("=") < 0 or brace < text.find("=")):
        try:
            found = json.loads(text[brace:])
        except (ValueError, RecursionError):
            found = None
        if isinstance(found, dict):
            return found, text[:brace].strip()
    options: dict[str, Any] = {}
    title = None
    position = 0
    while match := _KEY.search(text, position):
        if title is None:
            title = text[: match.start()]
        value, position = _value(text, match.end())
        options[match[1]] = value
    words = (text if title is None else title).split(" ")
    while words and (not words[-1] or (words[-1].startswith(".") and words[-1][1:].isidentifier())):
        words.pop()
    return options, " ".join(words).strip()


def _value(text: str, start: int) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        pass
    if text[start] in "'\"[{(":
        closing = {"[": "]", "{": "}", "(": ")"}.get(text[start], text[start])
        end = text.find(closing, start + 1)
        if end > 0:
            try:
                literal = ast.literal_eval(text[start : end + 1])
                return yaml_text.plain(literal), end + 1
            except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
                pass
    end = start
    while end < len(text) and not text[end].isspace():
        end += 1
    return text[start:end].strip("\"'"), end


def magic_result(magic: str, options: Mapping[str, Any]) -> str:
    """The name that a cell's result gets by `magic_args`, which is the line of the cell magic `magic`; "" when none."""
    line = options.get("magic_args")
    if not isinstance(line, str):
        return ""
    found = outputs(CellMagic(magic, line))
    return found[0] if found else ""


def is_raw(options: Mapping[str, Any]) -> bool:
    """Whether a cell is active nowhere, which is how jupytext's light format writes raw cells."""
    return options.get("active") == ""


def is_active(options: Mapping[str, Any], suffix: str) -> bool:
    """Whether a cell is active in a file of this suffix (no dot): jupytext's `active` option and `active-…` tags."""
    active = options.get("active")
    if isinstance(active, str):
        return suffix in re.split(r"[.,\s-]+", active)
    tags = options.get("tags")
    for tag in tags if isinstance(tags, list) else ():
        if isinstance(tag, str) and tag.startswith("active-"):
            return suffix in tag.split("-")
    return True
