"""What a notebook is before its cells are looked at: host, default language, metadata, path."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

from polycell.core.notebook import Notebook
from polycell.formats.hosts import detect_host, unwrap_notebook_metadata
from polycell.formats.model import CellSource


def path_of(uri: str) -> str:
    """The file that a `file:` URI names; empty for anything else (untitled, remote, virtual)."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return ""
    if parts.scheme != "file":
        return ""
    path = unquote(parts.path, errors="surrogateescape")
    if os.name == "nt":
        path = path.replace("/", "\\")
        return f"\\\\{parts.netloc}{path}" if parts.netloc else path.lstrip("\\")
    return path


def frame(uri: str, kind: str, said: Mapping[str, Any], cells: Sequence[CellSource] = ()) -> Notebook:
    """The notebook without cells. `kind` is the client's notebookType, `said` its metadata as sent."""
    metadata = unwrap_notebook_metadata(said)
    host, language = detect_host(metadata, cells, "ipynb", kind)
    return Notebook(uri, (), host, language, metadata, path_of(uri))
