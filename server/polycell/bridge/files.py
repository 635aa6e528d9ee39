"""Texts as files, for servers that read them from the disk however open they are."""

from __future__ import annotations

import os
import time
from pathlib import Path
from urllib.parse import urlsplit

from polycell.bridge.text import Text

_TICK = 1_000_000  # nanoseconds


def path_of(uri: str) -> Path | None:
    """The file of a `file:` URI, however it is escaped; None for any other. Drives have one letter case, `c:` as `C:`:
    servers on Windows write them as they please."""
    parts = urlsplit(uri)
    if parts.scheme != "file":
        return None
    from urllib.request import url2pathname  # which loads all there is for HTTP

    return Path(os.path.normcase(url2pathname(parts.path)))


def write(text: Text) -> None:
    """The text as the file of its URI, line ends and all; whoever reads meanwhile finds the one before. Its time is
    later than that one's, so that whoever looks at times sees each write, though a file system's clock stands still
    for milliseconds. Raises OSError."""
    path = path_of(text.uri)
    if path is None:
        raise OSError(f"no file: {text.uri}")
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.stat().st_mtime_ns if path.exists() else 0
    now = max(time.time_ns(), before + _TICK)
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(encoded(text))
    os.utime(part, ns=(now, now))
    try:
        part.replace(path)
    except PermissionError:  # Windows replaces no file that somebody reads, but lets it be written
        path.write_bytes(encoded(text))
        os.utime(path, ns=(now, now))
        part.unlink()


def encoded(text: Text) -> bytes:
    """What `write` writes: as many code units as the text, whatever it holds."""
    return text.text.encode("utf-8", "replace")
