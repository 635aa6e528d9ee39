"""Percent scripts: `# %%` starts a cell, in any language with line comments.

The markers are those of jupytext, VS Code, Spyder, PyCharm and Hydrogen; `[sql]`, `language="sql"` and `-> name` are
ours. Markers count only at the start of a line, as in VS Code. Whatever is typed is read: an open quote above hides no
cell below. Only where the whole file is Python as it stands, text in its strings that looks like a marker is none, as
jupytext has it: programs that write notebooks, and their tests, are full of such strings.

Sources: jupytext's format specification (percent 1.3); VS Code's `jupyter.interactiveWindow.codeRegularExpression`.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from msgspec import Struct, field

from polycell.core.notebook import CellKind, Notebook
from polycell.core.patterns import pattern
from polycell.core.text import LineIndex, Span
from polycell.formats import light
from polycell.formats.commented import code_spans, hiding_comments
from polycell.formats.jupytext import is_active, is_raw, parse_options, read_header
from polycell.formats.languages import canonical, is_known
from polycell.formats.lines import (
    Sheet,
    all_commented,
    is_blank,
    line_at,
    trim_blank_lines,
    uncommented,
    without_last_line_end,
)
from polycell.formats.model import Document, Format
from polycell.formats.scripts import SUFFIXES, Script, script_of

# `# %%sql` directly below a marker is a commented cell magic; `#%%Load the data` is a marker with a glued title. Where
# nothing else decides, these names are magics.
_CELL_MAGIC_WORDS = """
    bash bigquery capture cython dql file html javascript js julia latex local markdown memit perl prun pypy pyspark
    python python2 python3 R ruby rush scala script sh spark sparksql sql SVG svg time timeit writefile
"""
_CELL_MAGICS = frozenset(_CELL_MAGIC_WORDS.split())
_ARROW = pattern(r"(?:^|\s)->\s*([^\W\d]\w*)(?=\s|$)")
_BRACKET = pattern(r"(?:^|\s)\[\s*([\w+#./-]+)\s*\](?=\s|$)")
_MARKUP_WORDS = frozenset({"markdown", "md"})


class Marker(Struct, frozen=True):
    """A line that starts a cell. `[start, end)` is the line without its end, `next` where the cell's text begins."""

    start: int
    end: int
    next: int
    kind: CellKind = "code"
    declared: str = ""
    title: str = ""
    result: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)


@lru_cache(maxsize=8)
def _marker_pattern(comment: str) -> re.Pattern[str]:
    words = r"%%(?P<more>%*)(?P<rest>[^\r\n]*)|(?P<other>In\[[0-9 ]*\]:?|<(?:code|markdown)cell>)[ \t]*(?=[\r\n]|\Z)"
    return re.compile(rf"(?:^|(?<=\r)){re.escape(comment)}(?P<gap>[ \t]*)(?:{words})", re.MULTILINE)


def markers(text: str, start: int, comment: str) -> Iterator[Marker]:
    """The cell markers at or below `start`."""
    below = -1  # where the text of the last marker's cell begins
    for match in _marker_pattern(comment).finditer(text, start):
        line = line_at(text, match.start(), len(text))
        other = match["other"]
        if other:
            kind: CellKind = "markup" if other.startswith("<m") else "code"
            yield Marker(line.start, line.end, line.next, kind, "markdown" if kind == "markup" else "")
            below = line.next
            continue
        rest: str = match["rest"]
        if rest[:1].isalpha() or rest[:1] == "_":
            word = re.split(r"\W", rest, maxsplit=1)[0]
            first = is_blank(text, below, line.start) if below >= 0 else False
            if first or match["gap"] or word in _CELL_MAGICS:
                continue
        yield _parse_marker(line.start, line.end, line.next, rest.rstrip("% \t") if match["more"] else rest)
        below = line.next


def cell_markers(text: str, start: int, script: Script) -> list[Marker]:
    """The markers that start cells: those in strings of a script that is Python as a whole are left out."""
    found = list(markers(text, start, script.comment))
    if script.language != "python" or not any(_may_be_quoted(text, marker.start) for marker in found):
        return found
    quoted = _long_strings(text)
    return [marker for marker in found if not any(marker.start in span for span in quoted)]


def _may_be_quoted(text: str, offset: int) -> bool:
    """Whether an odd number of either triple quote stands above: cheap, and true of every marker in a string."""
    return bool(text.count('"""', 0, offset) % 2 or text.count("'''", 0, offset) % 2)


def _long_strings(text: str) -> list[Span]:
    """Where strings of several lines stand, but for each one's first line, in a text that is Python; else nothing."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return []
    lines = LineIndex(text)
    return [
        Span(lines.line_span(node.lineno).start, lines.line_span(node.end_lineno - 1).end)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Constant, ast.JoinedStr)) and node.end_lineno and node.end_lineno > node.lineno
    ]


def _parse_marker(start: int, end: int, after: int, rest: str) -> Marker:
    rest = rest.strip()
    if not rest:
        return Marker(start, end, after)
    result = ""
    arrow = _ARROW.search(rest)
    if arrow:
        result = arrow[1]
        rest = f"{rest[: arrow.start()]} {rest[arrow.end() :]}".strip()
    kind, declared = "", ""
    bracket = _BRACKET.search(rest)
    if bracket:
        kind, declared = _cell_type(bracket[1])
        if kind:
            rest = f"{rest[: bracket.start()]} {rest[bracket.end() :]}".strip()
    options, title = parse_options(rest)
    if not kind and title.lower() in ("markdown", "md", "raw"):
        kind, declared = _cell_type(title)
        title = ""
    for key in ("cell_type", "language"):
        said = options.get(key)
        if not kind and isinstance(said, str):
            kind, declared = _cell_type(said) if key == "cell_type" else ("code", canonical(said))
            if canonical(said) == "markdown":
                kind = "markup"
    if is_raw(options):
        kind = "raw"
    if title:
        options = {"title": title, **options}
    made: CellKind = "markup" if kind == "markup" else "raw" if kind == "raw" else "code"
    return Marker(start, end, after, made, declared, title, result, options)


def _cell_type(word: str) -> tuple[str, str]:
    """Kind and language of a word in brackets; ("", "") for a word that is a part of the title."""
    folded = word.lower()
    if folded in _MARKUP_WORDS:
        return "markup", "markdown"
    if folded == "raw":
        return "raw", ""
    if folded == "code":
        return "code", ""
    language = canonical(folded)
    return ("code", language) if is_known(language) else ("", "")


def read(text: str, uri: str = "", path: str = "") -> Document:
    """The document of a percent script; a text without markers is one cell."""
    script = script_of(path or uri)
    header = read_header(text, script.comment)
    if header.format_name == "light":
        return light.read(text, uri, path, script, header)
    language = header.language or script.language
    notebook = Notebook(uri, host="percent", language=language, metadata=header.metadata, path=path)
    sheet = Sheet(text, notebook)
    found = cell_markers(text, header.end, script)
    wanted = header.comments_magics
    removed = [] if wanted is False else hiding_comments(text, header.end, len(text), script.comment, language, wanted)
    first = found[0].start if found else len(text)
    before = trim_blank_lines(text, header.end, first)
    if before.start < before.end or not found:
        end = without_last_line_end(text, header.end, first) if found else first
        _add(sheet, Marker(0, 0, before.start), max(before.start, end), script, removed)
    for index, marker in enumerate(found):
        last = index + 1 == len(found)
        end = len(text) if last else without_last_line_end(text, marker.next, found[index + 1].start)
        _add(sheet, marker, end, script, removed)
    return sheet.document()


def _add(sheet: Sheet, marker: Marker, end: int, script: Script, removed: list[Span]) -> None:
    """The cell whose text lies between `marker` and `end`."""
    text, start, comment = sheet.text, marker.next, script.comment
    own = sheet.notebook.language
    if marker.kind != "code":
        spans = _prose(text, start, end, comment)
    elif _is_commented_whole(text, start, end, marker, script, own):
        spans = uncommented(text, start, end, comment)
    else:
        spans = code_spans(text, start, end, comment, removed)
    if not spans and marker.end < marker.next:
        spans = [Span(start, start)]  # an empty cell has a place too, unless the file ends with its marker
    sheet.add(
        spans,
        marker.kind,
        declared=marker.declared,
        metadata=marker.options,
        name=marker.title,
        result=marker.result,
    )


def _is_commented_whole(text: str, start: int, end: int, marker: Marker, script: Script, own: str) -> bool:
    """A cell of another language, or one that is not active in scripts, whose every line is written as a comment."""
    foreign = bool(marker.declared) and marker.declared != own
    if not foreign and is_active(marker.options, script.suffix):
        return False
    return all_commented(text, start, end, script.comment)


def _prose(text: str, start: int, end: int, comment: str) -> list[Span]:
    """A Markdown or raw cell: comments, or one triple-quoted string (Python), or as it is."""
    inner = trim_blank_lines(text, start, end)
    quote = re.compile(r"[rR]?(\"\"\"|''')").match(text, inner.start, inner.end)
    if quote:
        begin, stop = quote.end(), inner.end
        if text.endswith(quote[1], begin, stop) and stop - 3 >= begin:
            stop -= 3
        if text[begin : begin + 2] == "\r\n":
            begin += 2
        elif text[begin : begin + 1] in ("\n", "\r") and begin < stop:
            begin += 1
        return [Span(begin, max(begin, without_last_line_end(text, begin, stop)))]
    return uncommented(text, inner.start, inner.end, comment)


def detect(text: str, path: str) -> bool:
    """Whether a script has a cell marker, or a header that calls it a notebook."""
    script = script_of(path)
    if cell_markers(text, 0, script):
        return True
    return "jupytext" in text[:4096] and read_header(text, script.comment).format_name in ("light", "percent")


FORMAT = Format("percent", SUFFIXES, detect, read)
