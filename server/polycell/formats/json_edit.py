"""One value added to a notebook's metadata as an edit of its JSON: everything else keeps its bytes.

The layout around the place is taken over: a list over several lines gets a line more, one in a line a value more.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from polycell.core.text import Span
from polycell.formats.ipynb import metadata_span


def append_to(text: str, path: Sequence[str], value: str) -> tuple[Span, str] | None:
    """The edit that appends a text to the list at a path of the metadata, which is made where it is not there yet.
    None where something else stands in its place, or the result would not read back."""
    made = _append(text, path, value)
    if made is None:
        return None
    try:
        before, after = json.loads(text), json.loads(text[: made[0].start] + made[1] + text[made[0].end :])
    except ValueError:
        return None
    holder: Any = before.setdefault("metadata", {})
    for key in path[:-1]:
        holder = holder.setdefault(key, {})
    holder.setdefault(path[-1], []).append(value)
    return made if after == before else None


def _append(text: str, path: Sequence[str], value: str) -> tuple[Span, str] | None:
    for length in range(len(path), -1, -1):
        span = metadata_span(text, path[:length])
        if span is None:
            continue
        opening = text[span.start : span.start + 1]
        if length == len(path):
            return _added(text, span, json.dumps(value, ensure_ascii=False)) if opening == "[" else None
        if opening != "{":
            return None
        newline, unit, own = _layout(text, span)
        inner: Any = [value]
        for key in reversed(path[length + 1 :]):
            inner = {key: inner}
        written = json.dumps(inner, ensure_ascii=False, indent=unit or None)
        if unit:
            written = written.replace("\n", newline + own + unit)
        return _added(text, span, f"{json.dumps(path[length], ensure_ascii=False)}: {written}")
    return None


def _added(text: str, span: Span, item: str) -> tuple[Span, str]:
    """One item more in the list or object at a span."""
    inner = text[span.start + 1 : span.end - 1]
    newline, unit, own = _layout(text, span)
    last = span.start + 1 + len(inner.rstrip())
    if not inner.strip():
        around = f"{newline}{own}{unit}{item}{newline}{own}" if unit else item
        return Span(span.start + 1, span.end - 1), around
    if "\n" in text[last : span.end]:
        line = text.rfind("\n", 0, last) + 1
        begin = re.match(r"[ \t]*", text[line:])
        indent = begin[0] if begin and line > span.start else own + unit
        # The item before may itself be over several lines: its closing line has the indentation of the items.
        return Span(last, last), f",{newline}{indent}{item}"
    separator = ", " if re.search(r",\s", inner) or '": ' in text[:2000] else ","
    return Span(last, last), f"{separator}{item}"


def _layout(text: str, span: Span) -> tuple[str, str, str]:
    """The document's line end, one step of its indentation ("" for none), and that of the span's line."""
    newline = "\r\n" if "\r\n" in text else "\n"
    step = re.search(r"\{\r?\n([ \t]+)\S", text)
    line = text.rfind("\n", 0, span.start) + 1
    own = re.match(r"[ \t]*", text[line : span.start])
    return newline, step[1] if step else "", own[0] if own else ""
