"""Jupyter's `.ipynb`: nbformat 4, 3 and 2, read leniently and with positions.

Outputs and attachments are stepped over by the standard library's C scanner; cells, metadata and keys that nobody
knows are kept. What is broken becomes a problem at its place, and the cells before it are read all the same.
Source: nbformat's schemas and its `v2`, `v3` and `v4` readers; real files for what hosts write beside the schema.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from polycell.core.notebook import Cell, CellKind, Notebook
from polycell.core.text import Span
from polycell.core.values import replace
from polycell.core.virtual import Segment
from polycell.formats.cells import make_cell
from polycell.formats.hosts import detect_host
from polycell.formats.jsontext import Broken, JsonReader, JsonString, LazyMap, segments
from polycell.formats.model import CellSource, Document, DocumentProblem, Format

# How deep into the text `detect` looks: the head of a file is enough for the first key.
_KEYS = ('"cells"', '"nbformat"', '"worksheets"', '"nbformat_minor"')

_KINDS: Mapping[str, CellKind] = {"code": "code", "markdown": "markup", "heading": "markup", "html": "markup"}


class RawCell(Struct):
    """A cell as the file has it. `strings` are the pieces of its source, `place` where they stand or would stand.

    `outputs` is the span of the saved outputs' JSON in the document, None where there are none: whoever wants them
    reads them from there, and only then.
    """

    type: str = ""
    id: str = ""
    strings: list[JsonString] = field(default_factory=list)
    place: Span = field(default_factory=lambda: Span(0, 0))
    metadata: Mapping[str, Any] = field(default_factory=dict)
    outer: dict[str, Any] = field(default_factory=dict)
    execution_count: int | None = None
    outputs: Span | None = None


class RawNotebook(Struct):
    """`cells` in order, those of all worksheets; `found` says whether the file has any list of cells."""

    cells: list[RawCell] = field(default_factory=list)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    version: int = 4
    found: bool = False
    problems: list[DocumentProblem] = field(default_factory=list)


def metadata_span(text: str, path: Sequence[str | int]) -> Span | None:
    """Where a value of the notebook's metadata stands in its JSON; a string's text without its quotes. None where the
    path leads nowhere."""
    reader = JsonReader(text)
    try:
        return _value_span(reader, ("metadata", *path))
    except Broken:
        return None


def metadata_path(text: str, offset: int) -> tuple[str | int, ...] | None:
    """The path of the text in the notebook's metadata that stands at an offset of its JSON, quotes included."""
    span = metadata_span(text, ())
    if span is None or not span.touches(offset):
        return None
    reader = JsonReader(text)
    reader.at = span.start
    try:
        return _path_to(reader, offset)
    except Broken:
        return None


def _path_to(reader: JsonReader, offset: int) -> tuple[str | int, ...] | None:
    following = reader.peek()
    if following == '"':
        found = reader.string().span
        return () if found.start - 1 <= offset <= found.end + 1 else None
    items: Iterable[str | int] = ()
    if following == "{":
        items = reader.members()
    elif following == "[":
        items = reader.elements()
    for key in items:
        reader.peek()
        start = reader.at
        span = reader.skip()
        if span.touches(offset):
            reader.at = start
            inner = _path_to(reader, offset)
            return (key, *inner) if inner is not None else None
    return None


def _value_span(reader: JsonReader, path: Sequence[str | int]) -> Span | None:
    following = reader.peek()
    if not path:
        if following == '"':
            return reader.string().span
        return reader.skip()
    if following == "{" and isinstance(path[0], str):
        for key in reader.members():
            if key == path[0]:
                return _value_span(reader, path[1:])
            reader.skip()
    elif following == "[" and isinstance(path[0], int):
        for number in reader.elements():
            if number == path[0]:
                return _value_span(reader, path[1:])
            reader.skip()
    return None


def read(text: str, uri: str = "", path: str = "") -> Document:
    """Read a notebook; total. A document that is no notebook has a problem that says what it is instead."""
    foreign = _foreign(text)
    if foreign is not None:
        return Document((Notebook(uri, path=path),), problems=(foreign,))
    raw = read_raw(text)
    ids = _unique_ids(raw.cells)
    sources: list[CellSource] = []
    prefixes: list[str] = []
    joint = _joint(raw)
    for cell, cell_id in zip(raw.cells, ids, strict=True):
        prefix = _heading(cell)
        prefixes.append(prefix)
        sources.append(_source(cell, cell_id, prefix, joint, raw.version))
    host, language = detect_host(raw.metadata, sources)
    notebook = Notebook(uri, host=host, language=language, metadata=raw.metadata, path=path)
    cells: list[Cell] = [make_cell(source, notebook) for source in sources]

    def mapping() -> Iterator[Segment]:
        for cell, cell_id, prefix in zip(raw.cells, ids, prefixes, strict=True):
            if cell.strings:
                width = 1 if joint and _needs_joint(cell, raw.version) else 0
                yield from segments(text, cell_id, len(prefix), cell.strings, width)
            else:
                yield Segment(cell_id, len(prefix), 0, cell.place.start, 0)

    return Document((replace(notebook, cells=tuple(cells)),), LazyMap(mapping), tuple(raw.problems))


def read_raw(text: str) -> RawNotebook:
    """The cells, metadata and problems of a notebook's JSON; total."""
    reader = JsonReader(text)
    raw = RawNotebook(problems=reader.problems)
    try:
        _notebook(reader, raw)
    except Broken:
        pass
    else:
        if reader.peek():
            reader.note("Broken JSON: the notebook ends before this; what follows does not belong to it")
    if not raw.found and not raw.problems:
        reader.note('This is JSON, but not a notebook: it has no "cells"', 0, 0)
    return raw


def _notebook(reader: JsonReader, raw: RawNotebook) -> None:
    if reader.peek() != "{":
        reader.note("This is not a notebook: a notebook is a JSON object and begins with {")
        raise Broken
    for key in reader.members():
        if key == "cells":
            _cells(reader, raw)
        elif key == "worksheets":
            if reader.peek() != "[":
                reader.skip()
                continue
            for _ in reader.elements():
                if reader.peek() != "{":
                    reader.skip()
                    continue
                for inner in reader.members():
                    if inner == "cells":
                        _cells(reader, raw)
                    else:
                        reader.skip()
        elif key == "metadata":
            value = reader.value()
            if isinstance(value, dict):
                raw.metadata = value
        elif key == "nbformat":
            value = reader.value()
            if isinstance(value, int) and not isinstance(value, bool):
                raw.version = value
        else:
            reader.skip()


def _cells(reader: JsonReader, raw: RawNotebook) -> None:
    if reader.peek() != "[":
        reader.skip()
        return
    raw.found = True
    for _ in reader.elements():
        if reader.peek() != "{":
            reader.note("This is not a cell: a cell is a JSON object")
            reader.skip()
            continue
        cell = RawCell(place=Span(reader.at, reader.at))
        try:
            _cell(reader, cell)
        finally:
            # What was read of a cell that breaks off is still worth having.
            if cell.type or cell.strings:
                raw.cells.append(cell)


def _cell(reader: JsonReader, cell: RawCell) -> None:
    for key in reader.members():
        if key == "source" or key == "input":
            _strings(reader, cell)
        elif key == "outputs":
            cell.outputs = reader.skip()
        elif key == "attachments":
            reader.skip()
        elif key == "metadata":
            value = reader.value()
            if isinstance(value, dict):
                cell.metadata = value
        elif key == "cell_type":
            value = reader.value()
            cell.type = value if isinstance(value, str) else ""
        elif key == "id":
            value = reader.value()
            cell.id = value if isinstance(value, str) else ""
        elif key == "execution_count" or key == "prompt_number":
            value = reader.value()
            if isinstance(value, int) and not isinstance(value, bool):
                cell.execution_count = value
        else:
            cell.outer[key] = reader.value()


def _strings(reader: JsonReader, cell: RawCell) -> None:
    """The source: a string, or a list of strings; anything else in it is left out."""
    following = reader.peek()
    start = reader.at
    strings: list[JsonString] = []
    cell.strings = strings
    cell.place = Span(start + 1, start + 1) if following in ('"', "[") else Span(start, start)
    if following == '"':
        strings.append(reader.string())
    elif following == "[":
        for _ in reader.elements():
            if reader.peek() == '"':
                strings.append(reader.string())
            else:
                reader.skip()
    else:
        reader.skip()


def _needs_joint(cell: RawCell, version: int) -> bool:
    """nbformat 2 and 3 kept lines without their ends in some writers; then they are joined by them (`v3.rwbase`)."""
    return version < 4 and len(cell.strings) > 1 and not cell.strings[0].value.endswith(("\n", "\r"))


def _joint(raw: RawNotebook) -> str:
    return "\n" if raw.version < 4 else ""


def _heading(cell: RawCell) -> str:
    """nbformat 3's headings as Markdown."""
    if cell.type != "heading":
        return ""
    level = cell.outer.get("level")
    return "#" * (level if isinstance(level, int) and 1 <= level <= 6 else 1) + " "


def _source(cell: RawCell, cell_id: str, prefix: str, joint: str, version: int) -> CellSource:
    glue = joint if _needs_joint(cell, version) else ""
    text = prefix + glue.join([string.value for string in cell.strings])
    outer = cell.outer
    if version < 4 and outer.get("language") == "python":
        # nbformat 2 and 3 wrote this into every code cell, whatever the kernel.
        outer = {key: value for key, value in outer.items() if key != "language"}
    kind = _KINDS.get(cell.type, "raw") if cell.type else "code"
    return CellSource(cell_id, text, kind, "", cell.metadata, outer, execution_count=cell.execution_count)


def _unique_ids(cells: list[RawCell]) -> list[str]:
    """nbformat's ids where they are unique, else `#<index>`."""
    taken = {cell.id for cell in cells if cell.id}
    seen: set[str] = set()
    ids: list[str] = []
    for index, cell in enumerate(cells):
        made = cell.id
        if not made or made in seen:
            made = f"{cell.id}#{index}"
            while made in taken or made in seen:
                made += "'"
        seen.add(made)
        ids.append(made)
    return ids


def _foreign(text: str) -> DocumentProblem | None:
    """What an .ipynb often is instead of a notebook."""
    head = text[:2000].lstrip("\ufeff \t\r\n")
    start = text.find(head[:1]) if head else 0
    line = Span(start, start + len(head.split("\n", 1)[0]))
    if not head and not text[2000:].strip("\ufeff \t\r\n\0"):
        return DocumentProblem("The file is empty: there is no notebook in it", Span(0, 0))
    if head[:1] == "<" and head[:9].lower().startswith(("<!doctype", "<html", "<?xml", "<head", "<svg", "<!--")):
        return DocumentProblem(
            "This is an HTML page, not a notebook: download the notebook's raw file instead of the page that shows it",
            line,
        )
    if head.startswith("version https://git-lfs"):
        return DocumentProblem("This is a Git LFS pointer, not the notebook itself: run `git lfs pull`", line)
    return None


def detect(head: str, path: str) -> bool:
    """Whether a text is a notebook's JSON, by its suffix or by its first keys."""
    if path.lower().endswith(".ipynb"):
        return True
    start = head.lstrip("\ufeff \t\r\n")
    return start.startswith("{") and any(key in head for key in _KEYS)


FORMAT = Format("ipynb", (".ipynb",), detect, read)
