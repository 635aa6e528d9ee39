"""Changes of a notebook's metadata as one edit of its JSON: everything else keeps its bytes.

The layout around the place is taken over: a list over several lines gets a line more, one in a line a value more.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from polycell.core.results import MetadataChange
from polycell.core.text import Span
from polycell.formats.ipynb import metadata_span


def changed(text: str, changes: Iterable[MetadataChange]) -> tuple[Span, str] | None:
    """The edit that makes all changes, each after those before it. None where something else stands in a place, or the
    result would not read back as it should."""
    now, start, behind = text, len(text), len(text)  # what is the same before all edits, and behind them
    for change in changes:
        edit = _edit(now, change)
        if edit is None:
            return None
        after = now[: edit[0].start] + edit[1] + now[edit[0].end :]
        if not _reads_back(now, after, change):
            return None
        start, behind = min(start, edit[0].start), min(behind, len(now) - edit[0].end)
        now = after
    return Span(start, len(text) - behind), now[start : len(now) - behind]


def _edit(text: str, change: MetadataChange) -> tuple[Span, str] | None:
    if not isinstance(change.path[-1], int):
        return _append(text, change.path, change.value) if change.value is not None else None
    span = metadata_span(text, change.path)
    if span is None or text[span.start - 1 : span.start] != '"':
        return None
    whole = Span(span.start - 1, span.end + 1)
    if change.value is not None:
        return whole, json.dumps(change.value, ensure_ascii=False)
    return _taken_out(text, whole)


def _reads_back(before: str, after: str, change: MetadataChange) -> bool:
    try:
        wanted, found = json.loads(before), json.loads(after)
    except ValueError:
        return False
    *path, last = change.path
    holder: Any = wanted
    try:
        for key in ("metadata", *path):
            holder = holder.setdefault(key, {}) if isinstance(key, str) else holder[key]
        if not isinstance(last, int):
            holder.setdefault(last, []).append(change.value)
        elif holder[last] != change.old:
            return False
        elif change.value is None:
            del holder[last]
        else:
            holder[last] = change.value
    except (AttributeError, LookupError, TypeError):
        return False
    return bool(found == wanted)


def _taken_out(text: str, span: Span) -> tuple[Span, str]:
    """Without an entry of a list: with the comma and the space behind it, or, of the last one, before it."""
    behind = re.compile(r"\s*,\s*").match(text, span.end)
    if behind is not None:
        return Span(span.start, behind.end()), ""
    before = len(text[: span.start].rstrip())
    if text[before - 1] == ",":
        return Span(before - 1, span.end), ""
    after = re.compile(r"\s*").match(text, span.end)
    return Span(before, after.end() if after is not None else span.end), ""


def _append(text: str, path: Sequence[str | int], value: str) -> tuple[Span, str] | None:
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
