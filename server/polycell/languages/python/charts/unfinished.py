"""The specification around the cursor while the Python around it does not parse: a bracket is open, a value missing.

That is how one looks while it is typed. The text alone tells where it begins; its reader is tolerant.
"""

from __future__ import annotations

import re

from polycell.core.facts import Fragment
from polycell.core.patterns import pattern
from polycell.core.service import Context
from polycell.core.text import Span
from polycell.languages.python.charts.drawn_names import drawn_names
from polycell.languages.python.charts.literals import LONGEST, may_draw
from polycell.languages.python.syntax.cursor import Bracket, site
from polycell.languages.python.syntax.source import PythonSource

_DRAWING = pattern(r"(?:\bChart\s*\.\s*)?(from_dict|VegaLite|Vega)\Z")
_BOUND = pattern(r"(?:\A|\n)([^\W\d]\w*)\s*=\s*\Z")
_MIME = pattern(r"""["']application/vnd\.(vega|vegalite)\.v\d+\+json["']\s*:\s*\Z""")
_SCHEMA = pattern(r"vega\.github\.io/schema/(vega-lite|vega)/v\d")
_BESIDE = pattern(r"\s*,\s*([^\W\d]\w*)\s*\)")
_TOKEN = pattern(
    r"""(?P<text>[rRbBuUfF]*(?:\"\"\"[\s\S]*?(?:\"\"\"|\Z)|'''[\s\S]*?(?:'''|\Z)|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?))"""
    r"""|(?P<comment>#[^\n]*)|(?P<word>[^\W\d]\w*)|(?P<open>[{\[(])|(?P<close>[}\])])|(?P<left>\n(?=[^\s}\])#]))"""
)
_WORDS = {"True": "true", "False": "false", "None": "null"}


def unfinished_chart(context: Context, at: int) -> Fragment | None:
    """The specification that is being written at an offset of a cell that does not parse there."""
    source, text = context.facts.analysis, context.cell.text
    if not isinstance(source, PythonSource) or "{" not in text[max(0, at - LONGEST) : at]:
        return None
    if source.tree is not None and not any(span.start <= at <= span.end for span in source.broken):
        return None
    found = _begin(context, site(text, at).brackets)
    if found is None:
        return None
    start, language, frame = found
    end, body = _body(text, start, at)
    if end < at:
        return None
    frame = frame or _beside(text, end)
    return Fragment(language, Span(start, end), text=body, dialect="python", connection=frame)


def _begin(context: Context, brackets: tuple[Bracket, ...]) -> tuple[int, str, str] | None:
    """(where the specification begins, its language, the frame beside it)."""
    text = context.cell.text
    for outer, bracket in zip((None, *brackets), brackets, strict=False):
        if bracket.kind != "{":
            continue
        before = text[max(0, bracket.start - 200) : bracket.start]
        drawing = _DRAWING.search(outer.receiver) if outer is not None and outer.kind == "(" else None
        if drawing is not None and outer is not None and not outer.argument:
            return bracket.start, "vega" if drawing[1] == "Vega" else "vega-lite", ""
        if (mime := _MIME.search(before)) is not None:
            return bracket.start, "vega" if mime[1] == "vega" else "vega-lite", ""
        bound = _BOUND.search(before) if outer is None else None
        if bound is not None:
            return _of_name(context, bound[1], bracket.start)
    return None


def _of_name(context: Context, name: str, start: int) -> tuple[int, str, str] | None:
    text = context.cell.text
    schema = _SCHEMA.search(text, start, start + 400)
    if schema is not None:
        return start, schema[1], ""
    here = re.search(rf"(from_dict|VegaLite|Vega)\(\s*{re.escape(name)}\s*[,)]", text) if may_draw(text) else None
    if here is not None:
        return start, "vega" if here[1] == "Vega" else "vega-lite", _beside(text, here.end() - 1)
    language, frame = drawn_names(context)[0].get(name, ("", ""))
    return (start, language, frame) if language else None


def _beside(text: str, at: int) -> str:
    found = _BESIDE.match(text, at)
    return found[1] if found is not None else ""


def _body(text: str, start: int, at: int) -> tuple[int, str]:
    """Where the specification ends, and its text as JavaScript of equal length. What is never closed ends before the
    line that begins at the margin behind the cursor."""
    out, depth = list(text[start : start + LONGEST]), 0
    for found in _TOKEN.finditer(text, start, start + LONGEST):
        kind, here = found.lastgroup, found.start() - start
        if kind == "comment":
            out[here : found.end() - start] = " " * len(found[0])
        elif kind == "word" and found[0] in _WORDS:
            out[here : found.end() - start] = _WORDS[found[0]]
        elif kind == "open":
            depth += 1
        elif kind == "close":
            depth -= 1
            if not depth:
                return found.end(), "".join(out[: found.end() - start])
            if depth < 0:
                break
        elif kind == "left" and found.start() >= at:
            return found.start(), "".join(out[:here])
    end = min(len(text), start + LONGEST)
    return end, "".join(out[: end - start])
