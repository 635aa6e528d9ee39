"""marimo notebooks: Python files whose cells are functions.

    @app.cell                     the body, dedented, is the cell; arguments and the last `return` are marimo's own
    @app.function                 the definition itself is the cell (`@app.class_definition` likewise)
    with app.setup:               the body is the cell that runs before all others
    app._unparsable_cell("…")     text that is no Python: kept, read by nobody

The file is divided at the lines where marimo starts a cell and each part is parsed on its own, so that a broken cell
breaks no other and an edit parses one cell again. Source: marimo's documentation and files written by marimo 0.8-0.25.
"""

from __future__ import annotations

import ast
import itertools
import re
import warnings
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from msgspec import Struct

from polycell.core.notebook import CellKind, Notebook
from polycell.core.patterns import pattern
from polycell.core.text import LineIndex, Span
from polycell.formats.lines import Sheet, is_blank, line_at, lines_in, trim_blank_lines, without_last_line_end
from polycell.formats.model import Document, Format

_APP = pattern(r"^([A-Za-z_]\w*)[ \t]*=[ \t]*(?:marimo|mo)\.App\(", re.MULTILINE)
_IMPORT = pattern(r"^import marimo\b|^from marimo\b", re.MULTILINE)
_CELL = pattern(r"^@app\.cell\b", re.MULTILINE)
_SCRIPT_BLOCK = pattern(r"^# /// script[ \t]*$", re.MULTILINE)
_SCRIPT_END = pattern(r"^# ///[ \t]*$", re.MULTILINE)
CACHED = 4000  # characters; a longer part is parsed again at every reading rather than kept
_HEADS = pattern(r"^(?:@{0}\.\w+|with {0}\.setup\b|{0}\._unparsable_cell\(|if __name__\b)".replace("{0}", "%s"))
_DEFINITION = pattern(r"^(?:async[ \t]+)?def[ \t]+(\w*)|^with\b", re.MULTILINE)
_RETURN = pattern(r"[ \t]+return(?![\w])")
_STRING = pattern(r"([A-Za-z]{0,2})(\"\"\"|'''|\"|')")


class _Part(Struct, frozen=True):
    """One cell of a part of the file; spans are relative to the part."""

    spans: tuple[Span, ...]
    kind: CellKind = "code"
    name: str = ""
    options: tuple[tuple[str, Any], ...] = ()


def read(text: str, uri: str = "", path: str = "") -> Document:
    sheet = Sheet(text, Notebook(uri, host="marimo", language="python", path=path))
    app = _app_name(text)
    script = _script_block(text)
    starts = [match.start() for match in _head_pattern(app).finditer(text)]
    limit = starts[0] if starts else len(text)
    if script is not None and script.end <= limit:
        sheet.add([script], "raw", name="script")
    bounds = [*starts, len(text)]
    parts = [(begin, _parsed(text[begin:end], app)) for begin, end in itertools.pairwise(bounds)]
    if any(found is None for _, found in parts):
        # A start inside a string divides what belongs together; the whole file, if it parses, knows better.
        whole = _parsed(text[limit:], app) if limit < len(text) else ()
        if whole is not None:
            parts = [(limit, whole)]
    ends = [*(begin for begin, _ in parts), len(text)][1:]
    for (begin, found), end in zip(parts, ends, strict=True):
        for part in _broken(text[begin:end]) if found is None else found:
            metadata = dict(part.options)
            spans = [span.shift(begin) for span in part.spans]
            declared = "markdown" if part.kind == "markup" else ""
            sheet.add(spans, part.kind, declared=declared, metadata=metadata, name=part.name)
    return sheet.document()


def _app_name(text: str) -> str:
    found = _APP.search(text)
    return found[1] if found else "app"


@lru_cache(maxsize=8)
def _head_pattern(app: str) -> re.Pattern[str]:
    return re.compile(_HEADS.pattern.replace("%s", app), re.MULTILINE)


def _script_block(text: str) -> Span | None:
    """The dependencies that the file declares (PEP 723)."""
    begin = _SCRIPT_BLOCK.search(text)
    end = _SCRIPT_END.search(text, begin.end()) if begin else None
    return Span(begin.start(), end.end()) if begin and end else None


def _parsed(text: str, app: str) -> tuple[_Part, ...] | None:
    """The cells in a part of the file; None when it does not parse."""
    return _parse_again(text, app) if len(text) <= CACHED else _parse(text, app)


@lru_cache(maxsize=4096)
def _parse_again(text: str, app: str) -> tuple[_Part, ...] | None:
    return _parse(text, app)


def _parse(text: str, app: str) -> tuple[_Part, ...] | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    lines = LineIndex(text)
    return tuple(part for node in tree.body if (part := _part(text, lines, node, app)) is not None)


def _part(text: str, lines: LineIndex, node: ast.stmt, app: str) -> _Part | None:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        for decorator in node.decorator_list:
            role, options = _role(decorator, app)
            name = "" if set(node.name) == {"_"} else node.name
            if role == "cell" and not isinstance(node, ast.ClassDef):
                markdown = _markdown(text, lines, node.body)
                if markdown is not None:
                    return _Part((markdown,), "markup", name, options)
                return _Part(_body(text, lines, node), "code", name, options)
            if role in ("function", "class_definition"):
                return _Part(_definition(text, lines, node, decorator), "code", name, options)
    elif isinstance(node, ast.With):
        role, options = _role(node.items[0].context_expr, app)
        if role == "setup":
            return _Part(_body(text, lines, node), "code", "setup", options)
    elif isinstance(node, ast.Expr):
        role, options = _role(node.value, app)
        if role == "_unparsable_cell" and isinstance(node.value, ast.Call) and node.value.args:
            inner = _string(text, lines, node.value.args[0], escapes=True)
            return _Part((inner or Span(0, 0),), "raw", str(dict(options).get("name", "")), options)
    return None


def _role(node: ast.expr, app: str) -> tuple[str, tuple[tuple[str, Any], ...]]:
    """`cell` for `app.cell` or `app.cell(hide_code=True)`, with the literal keyword arguments."""
    options: list[tuple[str, Any]] = []
    if isinstance(node, ast.Call):
        for keyword in node.keywords:
            if keyword.arg and isinstance(keyword.value, ast.Constant):
                value = keyword.value.value
                if value is None or isinstance(value, (str, bool, int, float)):
                    options.append((keyword.arg, value))
        node = node.func
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == app:
        return node.attr, tuple(options)
    return "", ()


def _body(text: str, lines: LineIndex, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.With) -> tuple[Span, ...]:
    """The lines of the body without their indentation and without the function's own `return` statements."""
    header = _header_end(text, lines.starts[node.lineno - 1])
    first = node.body[0]
    start = line_at(text, header, len(text)).next
    if start > _offset(lines, first.lineno, first.col_offset):
        # `def _(): return x`: the body stands on the header's line.
        last = node.body[-1]
        end = _offset(lines, last.end_lineno or last.lineno, last.end_col_offset or 0)
        begin = _offset(lines, first.lineno, first.col_offset)
        return (Span(end, end),) if isinstance(first, ast.Return) else (Span(begin, end),)
    indent = text[lines.starts[first.lineno - 1] : _offset(lines, first.lineno, first.col_offset)]
    returns = [
        (statement.lineno, statement.end_lineno or statement.lineno)
        for statement in (node.body if not isinstance(node, ast.With) else ())
        if isinstance(statement, ast.Return)
    ]
    last_line = node.end_lineno or node.lineno
    end = lines.starts[last_line] if last_line < len(lines.starts) else len(text)
    if not returns or returns[-1][1] < last_line:
        end = _indented_below(text, end, indent)
    return tuple(_dedented(text, lines, start, end, indent, returns))


def _indented_below(text: str, end: int, indent: str) -> int:
    """Behind the comments and prepared lines that follow the last statement at its indentation."""
    found = end
    for line in lines_in(text, end, len(text)):
        content = text[line.start : line.end]
        if content.startswith(indent):
            found = line.next
        elif content.strip():
            break
    return found


def _dedented(
    text: str, lines: LineIndex, start: int, end: int, indent: str, returns: list[tuple[int, int]]
) -> Iterator[Span]:
    gone = [
        Span(lines.starts[first - 1], lines.starts[last] if last < len(lines.starts) else len(text))
        for first, last in returns
    ]
    kept_end = without_last_line_end(text, start, end)
    if gone and gone[-1].end >= end:
        kept_end = without_last_line_end(text, start, gone[-1].start)
    if kept_end <= start:
        yield Span(start, start)
        return
    starts = [span.start for span in gone]
    for line in lines_in(text, start, kept_end):
        index = bisect_right(starts, line.start) - 1
        if index >= 0 and line.start < gone[index].end:
            continue
        at = line.start + len(indent) if text.startswith(indent, line.start, line.end) else line.start
        if at == line.start and is_blank(text, line.start, line.end):
            at = line.end
        yield Span(at, line.next)


def _definition(text: str, lines: LineIndex, node: ast.stmt, decorator: ast.expr) -> tuple[Span, ...]:
    """A whole definition, without the decorator's lines."""
    last = node.end_lineno or node.lineno
    end = lines.starts[last] if last < len(lines.starts) else len(text)
    end = _indented_below(text, end, " ")
    below = decorator.end_lineno or decorator.lineno
    return (Span(lines.starts[below], without_last_line_end(text, lines.starts[below], end)),)


def _header_end(text: str, start: int) -> int:
    """Behind the colon that ends a `def` or `with` header: the first outside of brackets, strings and comments."""
    depth = 0
    at = start
    while at < len(text):
        character = text[at]
        if character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
        elif character == ":" and depth <= 0:
            return at + 1
        elif character == "#":
            at = line_at(text, at, len(text)).end
            continue
        elif character in "\"'":
            closing = text.find(character, at + 1)
            at = closing if closing >= 0 else at
        at += 1
    return len(text)


def _markdown(text: str, lines: LineIndex, body: list[ast.stmt]) -> Span | None:
    """The text of a cell that is only `mo.md("…")` with a plain string."""
    statements = [s for s in body if not isinstance(s, ast.Return)]
    if len(statements) != 1 or not isinstance(statements[0], ast.Expr):
        return None
    call = statements[0].value
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "md"):
        return None
    if not (isinstance(call.func.value, ast.Name) and call.func.value.id in ("mo", "marimo") and len(call.args) == 1):
        return None
    return _string(text, lines, call.args[0], escapes=False)


def _string(text: str, lines: LineIndex, node: ast.expr, *, escapes: bool) -> Span | None:
    """The inside of one string literal, trimmed; None for f-strings, several literals in a row and (unless allowed)
    escapes."""
    if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        return None
    start = _offset(lines, node.lineno, node.col_offset)
    end = _offset(lines, node.end_lineno or node.lineno, node.end_col_offset or 0)
    opening = _STRING.match(text, start, end)
    if opening is None or not text.endswith(opening[2], opening.end(), end):
        return None
    inner = Span(opening.end(), end - len(opening[2]))
    content = inner.of(text)
    several = opening[2] in content.replace("\\" + opening[2][0], "")
    escaped = "\\" in content and "r" not in opening[1].lower()
    if (several or escaped) and not escapes:
        return None
    return trim_blank_lines(text, inner.start, inner.end)


def _offset(lines: LineIndex, line: int, column: int) -> int:
    """`ast` counts lines from 1 and columns in bytes of UTF-8."""
    start = lines.starts[min(line, len(lines.starts)) - 1]
    span = lines.line_span(line - 1)
    content = span.of(lines.text)
    if content.isascii():
        return start + column
    return start + len(content.encode("utf-8", "surrogatepass")[:column].decode("utf-8", "ignore"))


def _broken(text: str) -> Iterator[_Part]:
    """A part that does not parse: its body by lines alone, so that the names and positions in it stay."""
    head = _DEFINITION.search(text)
    if head is None or text.startswith("if __name__"):
        return
    name = head[1] or ""
    if text.startswith(("@app.function", "@app.class_definition")) or re.match(r"@\w+\.(?:function|class_def)", text):
        end = trim_blank_lines(text, head.start(), len(text)).end
        yield _Part((Span(head.start(), max(head.start(), end)),), "code", name)
        return
    header = line_at(text, _header_end(text, head.start()), len(text))
    first = next((line for line in lines_in(text, header.next, len(text)) if text[line.start : line.end].strip()), None)
    if first is None:
        yield _Part((Span(header.next, header.next),), "code", "" if set(name) == {"_"} else name)
        return
    content = text[first.start : first.end]
    indent = content[: len(content) - len(content.lstrip())]
    end = trim_blank_lines(text, header.next, len(text)).end
    spans: list[Span] = []
    for line in lines_in(text, header.next, end):
        if _RETURN.match(text, line.start, line.end) and text.startswith(indent + "return", line.start):
            break
        at = line.start + len(indent) if text.startswith(indent, line.start, line.end) else line.start
        spans.append(Span(at, line.next))
    if spans:
        last = spans[-1]
        spans[-1] = Span(last.start, without_last_line_end(text, last.start, last.end))
    yield _Part(tuple(spans) or (Span(first.start, first.start),), "code", "" if set(name) == {"_"} else name)


def detect(text: str, path: str) -> bool:
    """marimo's own test: the module is imported and an app is made, in the code and not in a string of it."""
    if "marimo" not in text or _IMPORT.search(text) is None:
        return False
    found = _APP.search(text) or _CELL.search(text)
    return found is not None and not _in_string(text[: found.start()])


def _in_string(above: str) -> bool:
    """Whether a text ends inside a string of several lines."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(above)
    except SyntaxError as problem:
        return "triple-quoted" in str(problem.msg)
    except (ValueError, RecursionError, MemoryError):
        return False
    return False


FORMAT = Format("marimo", (".py",), detect, read)
