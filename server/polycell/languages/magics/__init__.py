"""Magics themselves, in cells of every language: their names, their options, and what they do."""

from __future__ import annotations

import re

from polycell.core.patterns import pattern
from polycell.core.results import Completion, Completions, Hover
from polycell.core.service import Context, Topic
from polycell.core.text import Span
from polycell.languages.magics.catalogue import ENTRIES, Entry
from polycell.languages.magics.values import values

# Hosts whose cells are not IPython's, or whose percent signs mean something else.
_WITHOUT = frozenset({"polynote", "sos", "dotnet", "marimo", "knitr", "almond"})
_BEFORE = r"\A(?:[ \t]*|[ \t]*[^\W\d][\w, \t]*=[ \t]*)(?P<sign>%{1,2})"  # a line's start, or `x =`
_NAME = pattern(_BEFORE + r"(?P<name>\w*)\Z")
_OPTION = pattern(_BEFORE + r"(?P<name>\w+)[ \t](?:.*[ \t])?(?P<option>-[\w-]*)\Z")
_WORD = pattern(_BEFORE + r"(?P<name>\w+)[ \t]+(?P<word>[\w.]*)\Z")
_WRITTEN = pattern(r"(?:^|=)[ \t]*(?P<sign>%{1,2})(?P<name>\w+)", re.MULTILINE)


class Magics(Topic):
    async def complete(self, context: Context, offset: int) -> Completions | None:
        if context.host.name in _WITHOUT:
            return None
        text = context.cell.text
        start = text.rfind("\n", 0, offset) + 1
        before = text[start:offset]
        found = _NAME.match(before)
        if found is not None:
            first = not text[:start].strip()
            named = Span(offset - len(found["name"]), _word_end(text, offset))
            return Completions(tuple(_names(context, found["sign"], named, first)))
        taken = values(context, offset)
        if taken is not None:
            return taken
        found = _WORD.match(before)
        entry = ENTRIES.get(found["name"]) if found is not None else None
        if found is not None and entry is not None and entry.words and _is_magic(context, start, found["sign"]):
            span = Span(offset - len(found["word"]), _word_end(text, offset, "."))
            words = enumerate(entry.words)
            return Completions(tuple(Completion(word, "value", span, "", "", "", rank) for rank, word in words))
        found = _OPTION.match(before)
        entry = ENTRIES.get(found["name"]) if found is not None else None
        if found is None or entry is None or not _is_magic(context, start, found["sign"]):
            return None
        span = Span(offset - len(found["option"]), _word_end(text, offset, "-"))
        return Completions(
            tuple(
                Completion(o.name, "property", span, "", o.value, o.summary.capitalize() + ".", rank)
                for rank, o in enumerate(entry.options)
            )
        )

    def concerns(self, context: Context, offset: int) -> bool:
        return context.host.name not in _WITHOUT and _written(context, offset) is not None

    async def hover(self, context: Context, offset: int) -> Hover | None:
        found = _written(context, offset)
        return Hover(documentation(found[0]), found[1]) if found is not None else None


def _names(context: Context, sign: str, span: Span, first: bool) -> list[Completion]:
    """Line magics in Python cells; cell magics in the first line of any. Typed is one sign or two."""
    python = context.cell.language == "python" or sign == "%%"
    made = []
    for entry in ENTRIES.values() if python else ():
        if entry.line and sign == "%":
            made.append(_item(entry, "%", span, 1, sign))
        if entry.cell and first:
            made.append(_item(entry, "%%", span, 2 - len(sign) % 2, sign))
    return made


def _item(entry: Entry, sign: str, span: Span, rank: int, typed: str) -> Completion:
    whole = Span(span.start - len(typed), span.end)
    label = f"{sign}{entry.name}"
    return Completion(label, "magic", whole, label, "", documentation(entry), rank, label)


def _is_magic(context: Context, start: int, sign: str) -> bool:
    return sign == "%" or not context.cell.text[:start].strip()


def _written(context: Context, offset: int) -> tuple[Entry, Span] | None:
    """The magic whose name stands at the offset."""
    text = context.cell.text
    start = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", offset)
    for found in _WRITTEN.finditer(text, start, end if end >= 0 else len(text)):
        entry = ENTRIES.get(found["name"])
        span = Span(found.start("sign"), found.end("name"))
        if entry is None or not span.touches(offset) or not (entry.cell if found["sign"] == "%%" else entry.line):
            continue
        if _is_magic(context, start, found["sign"]):
            return entry, span
    return None


def documentation(entry: Entry) -> str:
    """Markdown: what the magic does, and its options."""
    signs = " ".join(f"`{sign}{entry.name}`" for sign, has in (("%", entry.line), ("%%", entry.cell)) if has)
    rows = [f"- `{' '.join(filter(None, (o.name, o.value)))}` {o.summary}" for o in entry.options]
    return "\n\n".join(filter(None, (signs, entry.summary, "\n".join(rows))))


def _word_end(text: str, offset: int, more: str = "") -> int:
    while offset < len(text) and (text[offset].isalnum() or text[offset] == "_" or text[offset] in more):
        offset += 1
    return offset
