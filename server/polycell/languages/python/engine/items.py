"""What an engine offers, item by item, in our words."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from polycell.bridge.kinds import COMPLETION_KINDS
from polycell.core.patterns import pattern
from polycell.core.results import Completion, CompletionKind
from polycell.core.text import Span
from polycell.languages.python.engine.glue import MARK, without_glue
from polycell.languages.python.engine.importable import ALIASES, RANK, STANDARD_RANK
from polycell.languages.python.known.usual import ANY, FOREMOST, foremost

_IMPORT = pattern(r"\A\s*(?:from\s+(?P<module>[\w.]+)\s+import\s+(?P<name>\w+)|import\s+(?P<whole>[\w.]+))\s*\Z")
_CALLABLE = pattern(
    r"\A(?:bound method |function |def )?(?:[\w.\[\], *|<>']*?\.)?\w+(?:\[[^\]()]*\])?(?P<form>\(.*)\Z", re.DOTALL
)
# Modules that nobody imports from: private ones, tests, and copies of other projects.
_INNER = pattern(r"[ .](?:_|tests?\b|testing\b|typeshed\b|third_party\b|vendor\b)")
SAME = 3  # modules offered for one name
SHORT = 48  # characters of a type that is shown beside an item
MEMBER, HIDDEN = 6000, 9000  # ranks: columns stand before them
LONG = 600  # characters of one that is shown above its documentation
_LINK = pattern(rf"\[([^\]\n]+)\]\([^)\s]*/{MARK}_\w+\.py[^)\s]*\)")


class Entry(NamedTuple):
    """`detail` is the type in a few words, `documentation` what is shown in full. `statement` is the import that the
    item needs, "" for one that needs none.

    Made once for each answer and offered at many keystrokes, so everything that does not depend on what is typed is
    said here.
    """

    label: str
    kind: CompletionKind
    detail: str = ""
    documentation: str = ""
    insert: str = ""
    statement: str = ""


def entries(answer: Any) -> list[Entry]:
    """The items of a completion answer; ours, that stand in the text around the cells, are left out."""
    items = answer.get("items") if isinstance(answer, Mapping) else answer
    found = (_entry(item) for item in items if isinstance(item, Mapping)) if isinstance(items, list) else ()
    return [entry for entry in found if entry is not None]


def _entry(item: Mapping[str, Any]) -> Entry | None:
    label = item.get("label")
    if not isinstance(label, str) or MARK in label:
        return None
    statement = _statement(item)
    if statement is None:
        return None
    details = item.get("labelDetails")
    said = item.get("detail") or (details.get("description") if isinstance(details, Mapping) else "")
    detail = without_glue(said) if isinstance(said, str) else ""
    # jedi's servers write the call into the label; what is written is the name alone.
    name = label.partition("(")[0]
    edit = item.get("textEdit")
    insert = item.get("insertText") or (edit.get("newText") if isinstance(edit, Mapping) else "") or ""
    insert = insert if isinstance(insert, str) and "$" not in insert else ""
    kind = item.get("kind")
    return Entry(
        name,
        COMPLETION_KINDS.get(kind, "variable") if isinstance(kind, int) else "variable",
        short(detail),
        explained(detail, markdown(item.get("documentation"))),
        "" if insert.partition("(")[0] == name else insert,
        statement,
    )


def _statement(item: Mapping[str, Any]) -> str | None:
    """The import that is to be added; None where something else is to be edited."""
    edits = item.get("additionalTextEdits")
    if not edits:
        return ""
    text = edits[0].get("newText") if isinstance(edits, list) and isinstance(edits[0], Mapping) else None
    found = _IMPORT.match(text) if isinstance(text, str) else None
    if found is not None:
        return found[0].strip()
    details = item.get("labelDetails")
    told = details.get("detail") if isinstance(details, Mapping) else None
    module = re.search(r"\(import ([\w.]+)\)", told) if isinstance(told, str) else None
    return f"from {module[1]} import {item['label']}" if module is not None else None


def markdown(value: Any) -> str:
    """Markup content, a string, or a list of marked strings, as Markdown."""
    if isinstance(value, str):
        return _told(value)
    if isinstance(value, list):
        return "\n\n".join(filter(None, map(markdown, value)))
    if not isinstance(value, Mapping):
        return ""
    text = value.get("value")
    if not isinstance(text, str) or not text.strip():
        return ""
    text = _told(text)
    if "language" in value:
        return f"```{value['language']}\n{text}\n```"
    return text if value.get("kind") != "plaintext" else _as_written(text)


def _told(text: str) -> str:
    """Without what only we have made: names of our classes, links into our texts."""
    return _LINK.sub(r"\1", without_glue(text)).strip()


def _as_written(text: str) -> str:
    """Plain text whose line breaks mean something."""
    return re.sub(r"(?<!\n)\n(?!\n)", "  \n", text)


def short(detail: str) -> str:
    """A type in a few words: of what can be called, its form."""
    if not detail or detail in ("Unknown", "Any") or detail.startswith("Overload["):
        return "(…)" if detail.startswith("Overload[") else ""
    if detail.startswith(("<class", "<module")):
        return ""
    found = _CALLABLE.match(detail)
    shown = " ".join((found["form"] if found else detail).split()).removesuffix(" -> Unknown")
    if len(shown) <= SHORT:
        return shown
    if found is not None:
        result = shown.rpartition(") -> ")[2] if ") -> " in shown else ""
        return f"(…) -> {result}" if result and len(result) <= SHORT - 8 else "(…)"
    return f"{shown[: SHORT - 1]}…"


def explained(detail: str, documentation: str) -> str:
    """Documentation with the whole type above it, where the item itself shows less."""
    if not detail or detail == "Unknown" or short(detail) == detail:
        return documentation
    shown = f"```python\n{detail if len(detail) <= LONG else detail[: LONG - 1] + '…'}\n```"
    return f"{shown}\n\n{documentation}" if documentation else shown


# Beside those that many notebooks import: what has a name that everybody gives it.
_NAMED = frozenset(module.partition(".")[0] for _, module in ALIASES) | {"duckdb"}


def _distance(entry: Entry) -> tuple[int, int]:
    """How far a name is from what people mean by it: `np`, the standard library, usual libraries, any other."""
    if " as " in entry.statement:
        return 0, 0
    module = entry.statement.split()[1].partition(".")[0]
    if module in sys.stdlib_module_names:
        return 1, STANDARD_RANK.get(module, len(STANDARD_RANK))
    return (2, RANK.get(module, len(RANK))) if module in RANK or module in _NAMED else (3, 0)


def importing(found: Iterable[Entry], typed: str, most: int) -> list[Entry]:
    """Of the items that need an import those that begin with what is typed, from the best known places."""
    wanted = [
        entry
        for entry in found
        if entry.statement and entry.label.startswith(typed) and not _INNER.search(entry.statement)
    ]
    wanted.sort(key=lambda e: (_distance(e), e.statement.count("."), len(e.label), e.statement))
    times: dict[str, int] = {}
    made = []
    for entry in wanted:
        times[entry.label] = times.get(entry.label, 0) + 1
        if times[entry.label] <= SAME:
            made.append(entry)
    return made[:most]


def as_members(
    found: Iterable[Entry], span: Span, typed: str, usual: set[str], taken: set[str], owner: str = ANY
) -> Iterable[Completion]:
    """What begins as it is typed first, and of that what most people want of `owner`: the foremost by their use, what
    is `usual` by the alphabet, then all others. What begins with an underscore is last."""
    folded = typed.casefold()
    wanted = [entry for entry in found if entry.label not in taken and not entry.statement]
    first = foremost((entry.label for entry in wanted if entry.label.casefold().startswith(folded)), owner)
    for label, kind, detail, documentation, insert, _ in wanted:
        if label[:1] == "_":
            rank = HIDDEN + hidden(label)
        elif label in first:
            rank = MEMBER + first[label]
        else:
            rank = MEMBER + FOREMOST + (label not in usual)
            rank += 2 if folded and not label.casefold().startswith(folded) else 0
        yield Completion(label, kind, span, insert, detail, documentation, rank)


def hidden(label: str) -> int:
    return label.startswith("_") + label.startswith("__")
