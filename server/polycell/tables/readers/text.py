"""The first characters of a text file, decompressed and decoded."""

from __future__ import annotations

import bz2
import codecs
import gzip
import lzma
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from msgspec import Struct

from polycell.tables.data_files import UnreadableError

HEAD = 64 * 1024  # bytes looked at, after decompression
LONG_LINES = 1024 * 1024  # as many where the first line does not end before
MAX_JSON = 1024 * 1024  # a JSON document that is no JSON lines is read whole up to this size

_BY_SUFFIX = {
    ".gz": "gzip", ".bz2": "bz2", ".xz": "xz", ".zip": "zip", ".zst": "zstd", ".tar": "tar", ".tgz": "tar"
}  # fmt: skip


class Head(Struct, frozen=True):
    """The first characters of a file. `whole`: there is nothing more; else the last row that a
    parser finds in `text` may be only the beginning of one."""

    text: str
    whole: bool
    uri: str = ""
    label: str = ""


def read_text_head(path: Path, label: str, options: Mapping[str, Any], limit: int = HEAD) -> Head:
    """`compression`, `encoding` and `encoding_errors` are pandas' options. Raises OSError, LookupError, UnicodeError or
    UnreadableError for what is not there or no text."""
    if path.is_dir():
        raise UnreadableError("a folder, not a file")
    compression = options.get("compression", "infer")
    if isinstance(compression, Mapping):
        compression = compression.get("method", "infer")
    if compression == "infer":
        compression = _BY_SUFFIX.get(path.suffix.lower())
    data = _first(path, compression, limit + 1)
    if len(data) > limit and b"\n" not in data[:limit]:
        limit = max(limit, LONG_LINES)
        data = _first(path, compression, limit + 1)
    encoding, errors = options.get("encoding") or "utf-8", options.get("encoding_errors") or "strict"
    if not isinstance(encoding, str) or not isinstance(errors, str):
        raise UnreadableError("its encoding is not known")
    name = codecs.lookup(encoding).name
    if name == "utf-8":
        name = "utf-8-sig"
    if b"\0" in data and not name.startswith(("utf-16", "utf-32")):
        raise UnreadableError("no text: it has NUL bytes")
    whole = len(data) <= limit
    text = codecs.getincrementaldecoder(name)(errors).decode(data if whole else data[:limit], whole)
    if not whole:
        cut = text.rfind("\n")
        if cut < 0:
            raise UnreadableError(f"its first line is longer than {limit} bytes")
        # A record that goes on behind the cut is in the last row that a parser finds, which readers drop; of a sound
        # head that is this blank line.
        text = text[: cut + 1] + "\n"
    return Head(text, whole, path.as_uri() if path.is_absolute() else "", label)


def _first(path: Path, compression: Any, count: int) -> bytes:
    """The first bytes of what is packed in a file."""
    if compression == "zip":
        with ZipFile(path) as archive:
            names = archive.namelist()
            if len(names) != 1:
                raise UnreadableError(f"an archive of {len(names)} files")
            with archive.open(names[0]) as member:
                return member.read(count)
    if compression == "zstd":
        import pyarrow as pa

        with pa.CompressedInputStream(pa.OSFile(str(path)), "zstd") as stream:
            return bytes(stream.read(count))
    openers: Mapping[Any, Any] = {
        None: open, "gzip": gzip.open, "bz2": bz2.open, "xz": lzma.open
    }  # fmt: skip
    if compression not in openers:
        raise UnreadableError(f"compression {compression!r} is not read")
    with openers[compression](path, "rb") as file:
        return bytes(file.read(count))
