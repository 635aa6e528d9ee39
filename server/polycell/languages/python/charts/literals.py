"""Charts that stand in Python as a dictionary or as JSON: `alt.Chart.from_dict({…})`, `VegaLite({…}, df)`.

A dictionary is read as the JSON that it writes down, at the same offsets: Python's own words become JSON's, comments
blanks. What is no literal is a hole, which stays Python's. Only what the text alone tells: a literal, or a name that
the cell binds once to one and uses for nothing else.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator

from polycell.core.facts import Fragment
from polycell.core.patterns import pattern
from polycell.core.text import Span, has_any
from polycell.languages.python.syntax.source import PythonSource
from polycell.languages.python.syntax.sql_texts import bound_once, content

LONGEST = 50_000  # characters of a specification
_MAYBE = pattern(r"\bfrom_dict\s*\(|\bfrom_json\s*\(|\bVega(?:Lite)?\s*\(|application/vnd\.vega")
_DRAWING = ("from_dict", "from_json", "Vega", "vnd.vega")
_MIME = pattern(r"application/vnd\.(vega|vegalite)\.v\d+\+json\Z")
_SHOWING = frozenset({"display", "publish_display_data", "update_display"})
_WORDS = {"True": "true", "False": "false", "None": "null"}
_STRING = pattern(r"""(["'])(?:(?!\1)[^\\\n]|\\["'\\/bfnrtu])*\1\Z""")
_NUMBER = pattern(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?\Z")
# A frame handed over row by row, which the chart's language understands as it stands.
_ROWS = pattern(r"""[A-Za-z_]\w*(?:\.to_dict\(["']records["']\)|\.to_dicts\(\))?\Z""")
_LINE_ENDS = pattern(r"[^\r\n]")


def chart_fragments(source: PythonSource, text: str) -> Iterator[Fragment]:
    """The specifications of a cell, in no order."""
    if source.tree is None or not may_draw(source.code):
        return
    bound = bound_once(source.tree)
    loads = [n.id for n in ast.walk(source.tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)]
    for node in ast.walk(source.tree):
        for language, value, frame in specifications(node):
            if isinstance(value, ast.Name) and loads.count(value.id) == 1:
                value = bound.get(value.id, value)
            made = read_literal(source, text, language, value, frame)
            if made is not None:
                yield made


def may_draw(code: str) -> bool:
    """Whether a cell may hand a specification to somebody who draws it."""
    return has_any(code, _DRAWING) and _MAYBE.search(code) is not None


def specifications(node: ast.AST) -> Iterator[tuple[str, ast.expr, str]]:
    """(language, specification, the frame that is given beside it) of a call."""
    if not isinstance(node, ast.Call) or not node.args:
        return
    first, name = node.args[0], _last(node.func)
    if name in ("from_dict", "from_json"):
        owner = node.func.value if isinstance(node.func, ast.Attribute) else None
        if owner is not None and _last(owner).endswith("Chart"):
            yield "vega-lite", first, ""
    elif name in ("VegaLite", "Vega"):
        frame = node.args[1] if len(node.args) > 1 else None
        given = frame.id if isinstance(frame, ast.Name) and name == "VegaLite" else ""
        # Data that nobody here can name may be anything.
        if frame is None or given:
            yield "vega-lite" if name == "VegaLite" else "vega", first, given
    elif name in _SHOWING and isinstance(first, ast.Dict):
        for key, value in zip(first.keys, first.values, strict=True):
            said = _MIME.match(key.value) if isinstance(key, ast.Constant) and isinstance(key.value, str) else None
            if said is not None:
                yield "vega" if said[1] == "vega" else "vega-lite", value, ""


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def read_literal(source: PythonSource, text: str, language: str, value: ast.expr, frame: str) -> Fragment | None:
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        found = content(source, text, value)
        return Fragment(language, found[0], text=found[1], dialect="") if found is not None else None
    span = source.span(value)
    if not isinstance(value, ast.Dict) or len(span) > LONGEST or span.of(source.code) != span.of(text):
        return None
    out, holes = list(span.of(text)), list[Span]()
    if not _blank_comments(out) or not all(_literal(source, text, part, span, out, holes) for part in [value]):
        return None
    return Fragment(language, span, text="".join(out), dialect="python", connection=frame, holes=tuple(holes))


def _blank_comments(out: list[str]) -> bool:
    """Whether the text is made of tokens, no two strings side by side; its comments become blanks."""
    written = "".join(out)
    starts = [0]
    for line in written.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    before = 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(written).readline):
            if token.type == tokenize.COMMENT:
                start = starts[token.start[0] - 1] + token.start[1]
                out[start : start + len(token.string)] = " " * len(token.string)
            elif token.type not in (tokenize.NL, tokenize.NEWLINE):
                if token.type == before == tokenize.STRING:
                    return False
                before = token.type
    except (tokenize.TokenError, SyntaxError, IndexError):
        return False
    return True


def _literal(
    source: PythonSource, text: str, node: ast.expr, whole: Span, out: list[str], holes: list[Span], key: str = ""
) -> bool:
    """Write a value as JSON, in its place; False for a dictionary whose keys only a run can tell."""
    if isinstance(node, ast.Dict):
        for name, value in zip(node.keys, node.values, strict=True):
            if not isinstance(name, ast.Constant) or not isinstance(name.value, str):
                return False
            if not _STRING.match(source.span(name).of(text)):
                return False
            if not _literal(source, text, value, whole, out, holes, name.value):
                return False
        return True
    if isinstance(node, ast.List):
        return all(_literal(source, text, item, whole, out, holes) for item in node.elts)
    span = source.span(node)
    written, start, end = span.of(text), span.start - whole.start, span.end - whole.start
    if written in _WORDS:
        out[start:end] = _WORDS[written]
        return True
    if _STRING.match(written) or _NUMBER.match(written):
        return True
    holes.append(span)
    if key in ("values", "data") and _ROWS.match(written):
        return True
    if len(written) < 2:
        return False
    out[start:end] = f"`{_LINE_ENDS.sub(' ', written[1:-1])}`"
    return True
