"""Databricks notebooks in source form: `# Databricks notebook source`, cells between `# COMMAND ----------` lines.

A cell in another language than the file's, and every cell that begins with a magic, is written as comments
(`# MAGIC %sql`). A title is a comment too (`# DBTITLE 1,Load the data`). The file's suffix gives the default language
and the comment sign. Source: Databricks' documentation, "Export and import notebooks", and real files.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from polycell.core.notebook import CellKind, Notebook
from polycell.core.patterns import pattern
from polycell.core.text import Span
from polycell.formats.lines import Line, Sheet, is_blank, line_at, lines_in, trim_blank_lines, without_last_line_end
from polycell.formats.model import Document, Format
from polycell.formats.scripts import Script, script_of

_TITLE = pattern(r"DBTITLE[ \t]+(?:(\d+)[ \t]*,)?(.*)")
_MARKUP = pattern(r"\s*%md(?:-sandbox)?\b")


@lru_cache(maxsize=8)
def _separator(comment: str) -> re.Pattern[str]:
    return re.compile(rf"(?:^|(?<=\r)){re.escape(comment)}[ \t]*COMMAND[ \t]+-{{5,}}[ \t]*(?=[\r\n]|\Z)", re.MULTILINE)


def _header(text: str, script: Script) -> Line | None:
    line = line_at(text, 1 if text.startswith("\ufeff") else 0, len(text))
    head = text[line.start : line.end]
    if head.startswith(script.comment) and head[len(script.comment) :].strip() == "Databricks notebook source":
        return line
    return None


def read(text: str, uri: str = "", path: str = "") -> Document:
    script = script_of(path or uri)
    sheet = Sheet(text, Notebook(uri, host="databricks", language=script.language, path=path))
    header = _header(text, script)
    start = header.next if header else 0
    separators = [line_at(text, m.start(), len(text)) for m in _separator(script.comment).finditer(text, start)]
    for index in range(len(separators) + 1):
        last = index == len(separators)
        stop = len(text) if last else separators[index].start
        # The very first chunk is a cell only when something stands in it; an empty one further down is a cell.
        if index > 0 or not separators or not is_blank(text, start, stop):
            _add(sheet, start, stop if last else without_last_line_end(text, start, stop), script)
        if not last:
            start = separators[index].next
    return sheet.document()


def _add(sheet: Sheet, start: int, end: int, script: Script) -> None:
    """The cell between two separators, which may follow them without a blank line."""
    text = sheet.text
    metadata: dict[str, Any] = {}
    spans: list[Span] = []
    begun = False
    kind: CellKind = "code"
    first = trim_blank_lines(text, start, end).start if not is_blank(text, start, end) else start
    for line in lines_in(text, start, end):
        content = text[line.start : line.end]
        if not begun:
            # Databricks writes a blank line behind the separator; a magic must be the first thing in its cell.
            if line.start < first:
                continue
            title = _title(content, script.comment)
            if title is not None:
                metadata["title"], metadata["showTitle"] = title
                rest = trim_blank_lines(text, line.next, end)
                first = rest.start
                continue
            begun = bool(content.strip())
        kept = _magic_text(text, line, script.comment)
        if not spans and kept < line.end and _MARKUP.match(text, kept, line.end):
            kind = "markup"
        spans.append(Span(kept, line.next))
    sheet.add(
        spans or [Span(end, end)],
        kind,
        declared="markdown" if kind == "markup" else "",
        metadata=metadata,
        name=str(metadata.get("title", "")),
    )


def _title(content: str, comment: str) -> tuple[str, bool] | None:
    """A title line's text and whether it is shown."""
    if not content.startswith(comment):
        return None
    match = _TITLE.match(content[len(comment) :].lstrip(" \t"))
    return (match[2].strip(), match[1] != "0") if match else None


def _magic_text(text: str, line: Line, comment: str) -> int:
    """Where the line's own text begins: behind `# MAGIC` and one blank, or at its start."""
    if not text.startswith(comment, line.start, line.end):
        return line.start
    at = line.start + len(comment)
    while at < line.end and text[at] in " \t":
        at += 1
    if not text.startswith("MAGIC", at, line.end):
        return line.start
    at += len("MAGIC")
    if at == line.end:
        return at
    return at + 1 if text[at] in " \t" else line.start


def detect(text: str, path: str) -> bool:
    return _header(text, script_of(path)) is not None


FORMAT = Format("databricks", (".py", ".sql", ".scala", ".r"), detect, read)
