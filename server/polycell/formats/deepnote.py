"""Deepnote projects (`.deepnote`): one YAML file, several notebooks, each a list of blocks.

A block's text is a YAML scalar. It is mapped back to the file where that is exact (plain, quoted and literal scalars,
folded ones where nothing is folded); a text of which that is not certain is read but left out of the map, so that
nothing is ever reported at a wrong place. Source: deepnote/deepnote, `docs/oss/deepnote-format.md` and
`supported-code-blocks.md`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from msgspec import Struct, field

from polycell.core.notebook import Cell, CellKind, Notebook
from polycell.core.text import Span
from polycell.core.values import replace
from polycell.core.virtual import Segment, SegmentMap
from polycell.formats import yaml_text
from polycell.formats.cells import make_cell
from polycell.formats.model import CellSource, Document, DocumentProblem, Format
from polycell.formats.scalars import Scalar, pieces

_MARKUP = frozenset({"markdown", "image", "separator"})
# Blocks whose content (where they have one) is neither code that is written there nor text for people.
_SILENT = frozenset({"visualization", "big-number", "button", "notebook-function", "agent"})
LANGUAGES = {"code": "python", "sql": "sql"}
DEEPEST = 100
MOST_BLOCKS = 50_000  # in one project, so that aliases cannot multiply them without end


class _Reading(Struct):
    """What is collected over all notebooks of one project."""

    text: str
    ids: set[str] = field(default_factory=set)
    segments: list[Segment] = field(default_factory=list)
    _mapped: set[int] = field(default_factory=set)

    def map(self, cell_id: str, node: Any) -> None:
        """Tie a cell to its scalar. One that an alias repeats can only stand for its first cell."""
        if id(node) in self._mapped:
            return
        self._mapped.add(id(node))
        # libyaml does not count a byte order mark.
        shift = 1 if self.text.startswith("\ufeff") else 0
        scalar = Scalar(node.value, node.style or "", node.start_mark.index + shift, node.end_mark.index + shift)
        self.segments += [
            Segment(cell_id, p.start, p.length, p.document, p.document_length) for p in pieces(self.text, scalar)
        ]

    def cell_id(self, wanted: str, spare: str) -> str:
        found = wanted if wanted and wanted not in self.ids else spare
        while found in self.ids:
            found += "-"
        self.ids.add(found)
        return found


def read(text: str, uri: str = "", path: str = "") -> Document:
    import yaml

    try:
        root = yaml.compose(text, Loader=yaml_text.safe_loader(text))
    except yaml.YAMLError as error:
        return Document(problems=(_problem(text, error),))
    except (ValueError, RecursionError):
        return Document(problems=(DocumentProblem("This text cannot be read as YAML.", Span(0, 0)),))
    reading = _Reading(text)
    project = _child(root, "project")
    settings = _value(_child(project, "settings"))
    integrations = _value(_child(project, "integrations"))
    notebooks: list[Notebook] = []
    for index, node in enumerate(_items(_child(project, "notebooks"))):
        metadata = {
            "name": _text(_child(node, "name")),
            "id": _text(_child(node, "id")),
            "deepnote_project": _text(_child(project, "name")),
            "deepnote_settings": settings,
            "deepnote_integrations": integrations,
        }
        own = uri if index == 0 else f"{uri}#{metadata['id'] or index}"
        notebook = Notebook(own, host="deepnote", language="python", metadata=metadata, path=path)
        left = MOST_BLOCKS - len(reading.ids)
        cells = tuple(
            cell
            for number, block in enumerate(islice(_items(_child(node, "blocks")), max(left, 0)))
            for cell in _cells(block, notebook, reading, f"n{index}c{number}")
        )
        notebooks.append(replace(notebook, cells=cells))
    return Document(tuple(notebooks), SegmentMap(reading.segments))


def _cells(block: Any, notebook: Notebook, reading: _Reading, spare: str) -> Iterator[Cell]:
    """A block's cell; one more for each further variable that a block running another notebook brings in."""
    cell = _cell(block, notebook, reading, spare)
    if cell.metadata.get("deepnote_cell_type") != "notebook-function":
        yield cell
        return
    mappings = cell.metadata.get("function_notebook_export_mappings")
    exports = mappings.values() if isinstance(mappings, dict) else ()
    named = [m.get("variable_name") for m in exports if isinstance(m, dict) and m.get("enabled") is not False]
    names = [name for name in named if isinstance(name, str) and name.isidentifier()]
    yield replace(cell, result=names[0]) if names else cell
    for name in names[1:]:
        yield replace(cell, id=reading.cell_id("", cell.id), text="", result=name)


def _cell(block: Any, notebook: Notebook, reading: _Reading, spare: str) -> Cell:
    cell_id = reading.cell_id(_text(_child(block, "id")), spare)
    kind = _text(_child(block, "type"))
    content = _child(block, "content")
    source = content.value if _is_scalar(content) and content.tag != "tag:yaml.org,2002:null" else ""
    metadata = _value(_child(block, "metadata"))
    metadata = {"deepnote_cell_type": kind, **(metadata if isinstance(metadata, dict) else {})}
    if source:
        reading.map(cell_id, content)
    made: CellKind = "markup" if kind in _MARKUP or kind.startswith("text-cell") else "code"
    declared = LANGUAGES.get(kind, "markdown" if made == "markup" else "")
    name = metadata.get("deepnote_variable_name")
    result = name if isinstance(name, str) and name.isidentifier() else ""
    count = _value(_child(block, "executionCount"))
    cell = make_cell(
        CellSource(
            cell_id,
            source,
            made,
            declared=declared,
            outer={"language": declared} if declared else {},
            metadata=metadata,
            result=result if kind == "sql" or kind.startswith("input-") or kind in _SILENT else "",
            execution_count=count if isinstance(count, int) and not isinstance(count, bool) else None,
        ),
        notebook,
    )
    if made == "code" and kind not in LANGUAGES:
        # Inputs and charts hold no code and nobody reads them, but the variable that one defines is known by its name.
        return replace(cell, language="", body=0, magic=None, result=result, why="")
    return cell


def _is_scalar(node: Any) -> bool:
    return isinstance(getattr(node, "value", None), str)


def _child(node: Any, key: str) -> Any:
    value = getattr(node, "value", None)
    if getattr(node, "id", "") != "mapping" or not isinstance(value, list):
        return None
    return next((v for k, v in value if _is_scalar(k) and k.value == key), None)


def _items(node: Any) -> Iterator[Any]:
    value = getattr(node, "value", None)
    return iter(value if getattr(node, "id", "") == "sequence" and isinstance(value, list) else ())


def _text(node: Any) -> str:
    return node.value if _is_scalar(node) else ""


def _value(node: Any) -> Any:
    """A node as plain values, within the same budget as any YAML text."""
    return _plain(node, DEEPEST, [yaml_text.MOST_NODES])


def _plain(node: Any, depth: int, left: list[int]) -> Any:
    left[0] -= 1
    if node is None or depth <= 0 or left[0] <= 0:
        return None
    if node.id == "mapping":
        return {_text(k): _plain(v, depth - 1, left) for k, v in node.value if left[0] > 0}
    if node.id == "sequence":
        return [_plain(v, depth - 1, left) for v in node.value if left[0] > 0]
    return yaml_text.scalar(node.value, node.tag)


def _problem(text: str, error: Any) -> DocumentProblem:
    mark = getattr(error, "problem_mark", None)
    at = min(max(getattr(mark, "index", 0) or 0, 0), len(text))
    what = getattr(error, "problem", None) or "it is no text that YAML allows"
    return DocumentProblem(f"This Deepnote project is not valid YAML: {what}.", Span(at, min(at + 1, len(text))))


def detect(text: str, path: str) -> bool:
    return path.lower().endswith(".deepnote")


FORMAT = Format("deepnote", (".deepnote",), detect, read)
