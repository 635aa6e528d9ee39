"""From an anchor to its place in a data file, script or notebook, as an editor shows the file."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from polycell.core.text import LineIndex, Span
from polycell.core.types import Anchor
from polycell.tables.readers.text import MAX_JSON, read_text_head

_READABLE = frozenset({".csv", ".tsv", ".txt", ".tab", ".psv", ".json", ".jsonl", ".ndjson", ".py", ".ipy", ".ipynb"})
# Of these the place may be anywhere, of all others it is in the head.
_WHOLE = frozenset({".json", ".py", ".ipy", ".ipynb"})


def place_in_file(anchor: Anchor) -> tuple[LineIndex, Span] | None:
    """The text's first lines and the span of the name in them; None where the file shows no text. Reads the
    file: call it off the event loop."""
    path = Path(url2pathname(unquote(urlsplit(anchor.uri).path)))
    if path.suffix.lower() not in _READABLE:
        return None
    try:
        text = read_text_head(path, "", {}, MAX_JSON if path.suffix.lower() in _WHOLE else 64 * 1024).text
    except (OSError, LookupError, UnicodeError):
        return None
    found = anchor.find(text)
    return (LineIndex(text), Span(*found)) if found is not None else None
