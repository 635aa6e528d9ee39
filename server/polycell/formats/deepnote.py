"""Deepnote projects (`.deepnote`): one YAML file, several notebooks, each a list of blocks.

A block's text is a YAML scalar. It is mapped back to the file where that is exact (plain, quoted and literal scalars,
folded ones where nothing is folded); a text of which that is not certain is read but left out of the map, so that
nothing is ever reported at a wrong place. Source: deepnote/deepnote, `docs/oss/deepnote-format.md` and
`supported-code-blocks.md`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from polycell.core.notebook import Cell, CellKind, Notebook
from polycell.core.text import Span
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


class _Position:
    """Turns the parser's index into an offset of our text: libyaml does not count a byte order mark."""

    def __init__(self, text: str) -> None:
        self._shift = 1 if text.startswith("\ufeff") else 0

    def scalar(self, node: Any) -> Scalar:
        start, end = node.start_mark.index + self._shift, node.end_mark.index + self._shift
        return Scalar(node.value, node.style or "", start, end)


def read(text: str, uri: str = "", path: str = "") -> Document:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        root = yaml.compose(text, Loader=loader)
    except yaml.YAMLError as error:
        return Document(problems=(_problem(text, error),))
    except (ValueError, RecursionError):
        return Document(problems=(DocumentProblem("This text cannot be read as YAML.", Span(0, 0)),))
    position = _Position(text)
    project = _child(root, "project")
    settings = _value(_child(project, "settings"))
    integrations = _value(_child(project, "integrations"))
    notebooks: list[Notebook] = []
    segments: list[Segment] = []
    ids: set[str] = set()
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
        cells = tuple(
            _cell(
                text,
                block,
                notebook,
                _unique(_text(_child(block, "id")), f"n{index}c{number}", ids),
                position,
                segments,
            )
            for number, block in enumerate(_items(_child(node, "blocks")))
        )
        notebooks.append(replace(notebook, cells=cells))
    return Document(tuple(notebooks), SegmentMap(segments))


def _cell(
    text: str, block: Any, notebook: Notebook, cell_id: str, position: _Position, segments: list[Segment]
) -> Cell:
    kind = _text(_child(block, "type"))
    content = _child(block, "content")
    source = content.value if _is_scalar(content) and content.tag != "tag:yaml.org,2002:null" else ""
    metadata = _value(_child(block, "metadata"))
    metadata = {"deepnote_cell_type": kind, **(metadata if isinstance(metadata, dict) else {})}
    if source:
        segments += [
            Segment(cell_id, p.start, p.length, p.document, p.document_length)
            for p in pieces(text, position.scalar(content))
        ]
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
        return replace(cell, language="", body=0, magic=None, result=result, why="", digest=b"")
    return cell


def _unique(wanted: str, spare: str, ids: set[str]) -> str:
    cell_id = wanted if wanted and wanted not in ids else spare
    while cell_id in ids:
        cell_id += "-"
    ids.add(cell_id)
    return cell_id


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
