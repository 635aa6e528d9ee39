"""The rows of a data file, as a chart takes them: small, inside of the workspace, and never from the network."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from polycell.core.charts import Drawing, FileRows, Refusal
from polycell.core.drawing import filled
from polycell.tables.files import FileRequest, resolve

LARGEST = 2 * 1024 * 1024  # bytes


def with_files(drawing: Drawing, roots: Sequence[Path], *, anywhere: bool = False) -> Drawing | Refusal:
    """The chart with the contents of its files in it. Reads the disk."""
    content = drawing.content
    for gap in drawing.gaps:
        if gap.file is None:
            return Refusal(f"`{gap.name}` has rows only when the notebook is run.")
        read = _values(gap.file, drawing.folder, roots, anywhere=anywhere)
        if isinstance(read, Refusal):
            return read
        content = filled(content, gap.path, read)
    return Drawing(drawing.library, content, (), drawing.version, drawing.folder)


def _values(file: FileRows, folder: str, roots: Sequence[Path], *, anywhere: bool) -> dict[str, Any] | Refusal:
    if "://" in file.path and not file.path.startswith("file:"):
        return Refusal("Its data are on the network, which a preview does not open.")
    path = resolve(FileRequest(file.path, folder), roots, anywhere=anywhere)
    if path is None or not path.is_file():
        return Refusal(f"`{file.path}` is not in the workspace.")
    try:
        if path.stat().st_size > LARGEST:
            return Refusal(f"`{file.path}` is larger than {LARGEST // 1024 // 1024} MB.")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as failed:
        return Refusal(f"`{file.path}` cannot be read: {getattr(failed, 'strerror', None) or 'it is no text'}.")
    if file.kind in ("csv", "tsv", "dsv"):
        return {"values": text, "format": {"type": file.kind}}
    try:
        return {"values": json.loads(text)}
    except (ValueError, RecursionError):
        return Refusal(f"`{file.path}` is no JSON.")
