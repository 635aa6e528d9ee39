"""jupytext's `light` scripts: `# +` opens a cell, `# -` closes it, paragraphs of comments between are Markdown.

Read only where the header names the format: elsewhere `# +` is a comment like any other. Code between the markers is
one cell as far as no Markdown comes between; jupytext divides it further at blank lines, which changes no name.
Source: jupytext's documentation, "The light format".
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from polycell.core.notebook import Notebook
from polycell.core.patterns import pattern
from polycell.core.text import Span
from polycell.formats.commented import code_spans, hiding_comments
from polycell.formats.jupytext import Header, at, is_active, is_raw, parse_options
from polycell.formats.languages import canonical, is_known
from polycell.formats.lines import Line, Sheet, all_commented, lines_in, trim_blank_lines, uncommented
from polycell.formats.model import Document
from polycell.formats.scripts import Script

_KIND = pattern(r"\[([\w+#-]+)\][ \t]*")


def read(text: str, uri: str, path: str, script: Script, header: Header) -> Document:
    language = header.language or script.language
    sheet = Sheet(text, Notebook(uri, host="percent", language=language, metadata=header.metadata, path=path))
    wanted = header.comments_magics
    removed = []
    if wanted is not False:
        removed = hiding_comments(text, header.end, len(text), script.comment, language, wanted)
    opening, closing = _markers(header, script.comment)
    start, inside = header.end, ""
    opened = False
    for line in lines_in(text, header.end, len(text)):
        content = text[line.start : line.end]
        match = opening.match(content)
        if match:
            _close(sheet, start, line.start, inside if opened else None, script, removed)
            start, inside, opened = line.next, match[1].strip(), True
        elif opened and closing.match(content):
            _close(sheet, start, line.start, inside, script, removed)
            start, opened = line.next, False
    _close(sheet, start, len(text), inside if opened else None, script, removed)
    return sheet.document()


def _markers(header: Header, comment: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """The lines that open and close a cell: `# +` and `# -`, or the folding markers that the header names."""
    named = at(header.metadata, "jupytext", "cell_markers")
    first, comma, last = named.partition(",") if isinstance(named, str) else ("", "", "")
    if not comma or not first or not last:
        first, last = "+", "-"
    sign = re.escape(comment)
    return (
        re.compile(rf"{sign} ?{re.escape(first)}((?:\s|\Z).*)", re.DOTALL),
        re.compile(rf"{sign} ?{re.escape(last)}[ \t]*\Z"),
    )


def _close(sheet: Sheet, start: int, end: int, options: str | None, script: Script, removed: list[Span]) -> None:
    """The text up to a marker: one explicit cell with its options, or (`options` None) whatever stands between."""
    text, comment = sheet.text, script.comment
    if options is None:
        for span, is_prose in _paragraphs(text, start, end, comment, removed):
            if is_prose:
                sheet.add(uncommented(text, span.start, span.end, comment), "markup", declared="markdown")
            else:
                sheet.add(code_spans(text, span.start, span.end, comment, removed))
        return
    kind = _KIND.match(options)
    word = kind[1].lower() if kind else ""
    metadata, title = parse_options(options[kind.end() :] if kind else options)
    said = metadata.get("language")
    declared = canonical(said) if isinstance(said, str) else ""
    if word and is_known(canonical(word)):
        declared = canonical(word)
    span = trim_blank_lines(text, start, end)
    if word in ("markdown", "md") or declared == "markdown":
        sheet.add(uncommented(text, span.start, span.end, comment), "markup", declared="markdown", metadata=metadata)
        return
    if word == "raw" or is_raw(metadata):
        sheet.add(uncommented(text, span.start, span.end, comment), "raw", metadata=metadata)
        return
    foreign = (bool(declared) and declared != sheet.notebook.language) or not is_active(metadata, script.suffix)
    if foreign and all_commented(text, span.start, span.end, comment):
        spans = uncommented(text, span.start, span.end, comment)
    else:
        spans = code_spans(text, span.start, span.end, comment, removed)
    sheet.add(spans or [Span(start, start)], declared=declared, metadata=metadata, name=title)


def _paragraphs(text: str, start: int, end: int, comment: str, removed: list[Span]) -> Iterator[tuple[Span, bool]]:
    """Code and Markdown in turn. A comment that touches code belongs to it; so does one in a body or a string."""
    code: Span | None = None
    for paragraph in _blocks(text, start, end):
        prose = all(text.startswith(comment, line.start, line.end) for line in paragraph)
        span = Span(paragraph[0].start, paragraph[-1].end)
        index = bisect_left(removed, Span(span.start, span.start))
        magic = index < len(removed) and removed[index].start < span.end
        if prose and not magic and not (code is not None and _is_open(code.of(text))):
            if code is not None:
                yield code, False
                code = None
            yield span, True
        else:
            code = Span(code.start if code is not None else span.start, span.end)
    if code is not None:
        yield code, False


def _is_open(code: str) -> bool:
    """Whether a multi-line string is open at the end of `code`."""
    return code.count('"""') % 2 == 1 or code.count("'''") % 2 == 1


def _blocks(text: str, start: int, end: int) -> Iterator[list[Line]]:
    """Runs of lines that are not blank."""
    block: list[Line] = []
    for line in lines_in(text, start, end):
        if text[line.start : line.end].strip():
            block.append(line)
        elif block:
            yield block
            block = []
    if block:
        yield block
