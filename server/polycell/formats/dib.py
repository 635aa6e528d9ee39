"""Polyglot Notebooks' `.dib`: a line `#!kernel` starts a cell.

`#!meta` holds the notebook's metadata as JSON, with the kernels' names, aliases and languages. Only a kernel's name
starts a cell: `#!share`, `#!set`, `#!connect` and the like are commands inside one. Where a kernel is named with
arguments (`#!sql-shop --name orders`) the line stays in the text, and its cell is the one that was just begun.
Source: dotnet/interactive, docs and samples.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from polycell.core.notebook import CellKind, Notebook
from polycell.core.patterns import pattern
from polycell.core.text import Span
from polycell.formats.languages import canonical
from polycell.formats.lines import Sheet, is_blank, line_at, trim_blank_lines, without_last_line_end
from polycell.formats.model import Document, Format

_DIRECTIVE = pattern(r"(?:^|(?<=\r))#!([A-Za-z][\w.+#-]*)([^\r\n]*)", re.MULTILINE)
_NAME = pattern(r"--name[ \t]+(?:\"([^\"\r\n]*)\"|'([^'\r\n]*)'|(\S+))")
_CONNECT = pattern(r"^#!connect[ \t]+(\w+)([^\r\n]*)", re.MULTILINE)
_KERNEL_NAME = pattern(r"--kernel-name[ \t]+\"?([\w.-]+)")
_KERNEL_SPEC = pattern(r"--kernel-spec[ \t]+\"?([\w.-]+)")
_CONNECTED = pattern(r"(?:sql|kql|python|r|http)-")

# The kernels of a plain installation; the file's own list is added. An empty language: text that no language reads.
_KERNELS: Mapping[str, str] = {
    **{name: name for name in ("csharp", "fsharp", "html", "javascript", "kql", "sql", "mermaid", "http", "markdown")},
    "c#": "csharp",
    "C#": "csharp",
    "f#": "fsharp",
    "F#": "fsharp",
    "js": "javascript",
    "md": "markdown",
    "powershell": "powershell",
    "pwsh": "powershell",
    "python": "python",
    "pythonkernel": "python",
    "r": "r",
    "raw": "",
    "tsql": "sql",
    "value": "",
    "webview": "javascript",
}
# The values that `#!value` keeps are text without a language; the name is none that anybody serves.
_VALUE_LANGUAGE = "value"


def read(text: str, uri: str = "", path: str = "") -> Document:
    metadata, start = _meta(text)
    kernels = {**_KERNELS, **_declared_kernels(metadata)}
    kernels.update(_connected_kernels(text))
    info = metadata.get("kernelInfo")
    default = info.get("defaultKernelName") if isinstance(info, Mapping) else None
    language = _language(kernels, default if isinstance(default, str) and default else "csharp")
    sheet = Sheet(text, Notebook(uri, host="dotnet", language=language, metadata=metadata, path=path))
    kernel, arguments = "", ""
    open_marker = False  # a `#!kernel` line stands alone directly above `start`
    for match in _DIRECTIVE.finditer(text, start):
        name, rest = match[1], match[2].strip()
        if name not in kernels and not _CONNECTED.match(name):
            continue
        empty = is_blank(text, start, match.start())
        if rest and empty and open_marker:
            kernel, arguments = name, rest
            continue
        if open_marker or not empty:
            _add(sheet, start, match.start(), kernel, arguments, kernels)
        kernel, arguments = name, rest
        line = line_at(text, match.start(), len(text))
        open_marker = True
        # A bare kernel line is only a marker; one with arguments is part of what the kernel is sent.
        start = line.start if rest else line.next
    if open_marker or not is_blank(text, start, len(text)):
        _add(sheet, start, len(text), kernel, arguments, kernels)
    return sheet.document()


def _add(sheet: Sheet, start: int, end: int, kernel: str, arguments: str, kernels: Mapping[str, str]) -> None:
    language = _language(kernels, kernel) if kernel else sheet.notebook.language
    kind: CellKind = "markup" if language == "markdown" else "raw" if kernel == "raw" else "code"
    first = trim_blank_lines(sheet.text, start, end)
    # The last cell goes to the very end, where somebody may be typing.
    stop = end if end == len(sheet.text) else without_last_line_end(sheet.text, start, end)
    span = Span(first.start, max(first.end, stop))
    named = _NAME.search(arguments)
    result = next(filter(None, named.groups()), "") if named else ""
    metadata: dict[str, Any] = {"polyglot_notebook": {"kernelName": kernel}} if kernel else {}
    sheet.add([span], kind, declared=language, metadata=metadata, result=result if result.isidentifier() else "")


def _language(kernels: Mapping[str, str], kernel: str) -> str:
    found = kernels.get(kernel)
    if found is None:
        prefix = _CONNECTED.match(kernel)
        found = prefix[0][:-1] if prefix else canonical(kernel)
    return found or _VALUE_LANGUAGE


def _meta(text: str) -> tuple[dict[str, Any], int]:
    """The JSON of the `#!meta` block at the top and where the cells begin."""
    head = re.compile(r"\ufeff?\s*#!meta[ \t]*(?=[\r\n]|\Z)").match(text)
    if not head:
        return {}, 0
    at = head.end()
    while at < len(text) and text[at].isspace():
        at += 1
    try:
        value, end = json.JSONDecoder().raw_decode(text, at)
        return (value if isinstance(value, dict) else {}), end
    except (ValueError, RecursionError):
        # Broken metadata hides no cell: they begin at the next directive.
        following = _DIRECTIVE.search(text, head.end())
        return {}, following.start() if following else len(text)


def _connected_kernels(text: str) -> dict[str, str]:
    """Kernels made by `#!connect`: Jupyter kernels keep their name, databases get their kind before it."""
    found: dict[str, str] = {}
    for kind, options in _CONNECT.findall(text):
        name = _KERNEL_NAME.search(options)
        if name and kind == "jupyter":
            spec = _KERNEL_SPEC.search(options)
            found[name[1]] = canonical(spec[1]) if spec else ""
        elif name:
            found[f"{'kql' if kind == 'kql' else 'sql'}-{name[1]}"] = "kql" if kind == "kql" else "sql"
    return found


def _declared_kernels(metadata: Mapping[str, Any]) -> dict[str, str]:
    info = metadata.get("kernelInfo")
    items = info.get("items") if isinstance(info, Mapping) else None
    found: dict[str, str] = {}
    for item in items if isinstance(items, list) else ():
        if not isinstance(item, Mapping) or not isinstance(item.get("name"), str):
            continue
        name, spoken, aliases = item["name"], item.get("languageName"), item.get("aliases")
        language = canonical(spoken) if isinstance(spoken, str) else _KERNELS.get(name, "")
        for spelling in (name, *(aliases if isinstance(aliases, list) else ())):
            if isinstance(spelling, str):
                found[spelling] = language
    return found


def detect(text: str, path: str) -> bool:
    return path.lower().endswith(".dib") or bool(re.match(r"\ufeff?#!(?:meta|csharp|fsharp)[ \t]*[\r\n]", text))


FORMAT = Format("dib", (".dib", ".dotnet-interactive"), detect, read)
