"""Files and texts to notebooks: one module a format, this registry, and reading files whatever their encoding.

The formats' modules are imported when a text asks for them. `read_document` and `read_file` are total: what cannot be
read is a `Document` whose problem says so.
"""

from __future__ import annotations

import codecs
import logging
import os
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from urllib.parse import unquote, urlsplit

from polycell.core.notebook import Notebook
from polycell.core.text import Span
from polycell.core.values import replace
from polycell.formats import scripts
from polycell.formats.model import Document, DocumentProblem, Format

log = logging.getLogger(__name__)

HEAD = 16_384  # bytes of a file that say whether it is a notebook

# Which modules may read a suffix, in the order of asking; the last one reads a file that none of them recognises.
_BY_SUFFIX: dict[str, tuple[str, ...]] = {
    ".ipynb": ("ipynb",),
    ".dib": ("dib",),
    ".dotnet-interactive": ("dib",),
    ".deepnote": ("deepnote",),
    **dict.fromkeys((".qmd", ".rmd", ".rmarkdown", ".md", ".markdown", ".myst", ".mystnb", ".mnb"), ("markdown",)),
    **dict.fromkeys(scripts.SUFFIXES, ("databricks", "percent")),
    ".py": ("databricks", "marimo", "percent"),
}
# Suffixes whose files are notebooks whatever is in them.
_ALWAYS = frozenset({".ipynb", ".dib", ".dotnet-interactive", ".deepnote", ".qmd", ".rmd", ".rmarkdown"})
# What a client calls a document that has no file yet, or one with a suffix of its own.
_BY_LANGUAGE = {
    "ipynb": ".ipynb",
    "dib": ".dib",
    "dotnet-interactive": ".dib",
    "polyglot-notebook": ".dib",
    "quarto": ".qmd",
    "rmd": ".rmd",
    "markdown": ".md",
    "python": ".py",
    "sql": ".sql",
    "scala": ".scala",
    "r": ".r",
    "julia": ".jl",
}
SUFFIXES = tuple(_BY_SUFFIX)


def formats_of(path: str) -> Iterator[Format]:
    """The formats that may read a file of this name, in the order of asking."""
    for name in _BY_SUFFIX.get(_suffix(path), ()):
        yield format_named(name)


def format_named(name: str) -> Format:
    """A format by the name of its module."""
    found: Format = import_module(f"polycell.formats.{name}").FORMAT
    return found


def is_notebook(path: str | os.PathLike[str], head: str | None = None) -> bool:
    """Whether a file is a notebook; its head is read where the name does not tell and `head` is not given. Total."""
    suffix = _suffix(os.fspath(path))
    if suffix in _ALWAYS:
        return True
    if suffix not in _BY_SUFFIX:
        return False
    if head is None:
        try:
            with open(path, "rb") as file:
                head = decode(file.read(HEAD))
        except (OSError, ValueError):
            return False
    return _detected(head, os.fspath(path)) is not None


def read_file(path: str | os.PathLike[str]) -> Document:
    """Read a notebook's file; total. Offsets count characters of `read_text`."""
    name = os.fspath(path)
    uri = _uri(name)
    try:
        text = read_text(path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return _problem(uri, name, f"The file cannot be read: {reason}")
    return read_document(text, uri, name)


def read_document(text: str, uri: str, path: str = "", language_id: str = "") -> Document:
    """Read a notebook's text; total. The format is found by the name, the client's language and the text's head.

    A script without any cell marker is one cell.
    """
    path = path or (_path(uri) if uri.startswith("file:") else "")
    name = path or _path(uri)
    if _suffix(name) not in _BY_SUFFIX:
        name = (path or "untitled") + _BY_LANGUAGE.get(language_id.lower(), ".ipynb" if _is_json(text) else "")
    found = _detected(text, name) or _fallback(name)
    if found is None:
        return _problem(uri, path, "This is no notebook that Polycell can read")
    try:
        document = found.read(text, uri, path or name)
    except Exception:
        # Readers are total; where one is not after all, the file is a finding and the run goes on.
        log.exception("reading %s as %s failed", uri or path, found.name)
        return _problem(uri, path, f"This {found.name} notebook cannot be read, by a defect in Polycell")
    if path:
        return document
    # The name was good for its suffix; no such file is on this machine.
    return replace(document, notebooks=tuple(replace(notebook, path="") for notebook in document.notebooks))


def read_text(path: str | os.PathLike[str]) -> str:
    """A file's text as the formats count it: no line end is translated, a byte order mark is no character.

    Raises OSError when the file cannot be read.
    """
    return decode(Path(path).read_bytes())


def decode(data: bytes) -> str:
    """Text of bytes in UTF-8 (with or without a mark), UTF-16 with a mark, or else Latin-1. Total."""
    if data.startswith(codecs.BOM_UTF8):
        data = data[len(codecs.BOM_UTF8) :]
    elif data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        # Cut off in the middle of a character, as a head may be.
        if error.end == len(data) and len(data) - error.start < 4 and error.reason == "unexpected end of data":
            return data[: error.start].decode("utf-8")
        return data.decode("latin-1")


def _detected(text: str, path: str) -> Format | None:
    for found in formats_of(path):
        if found.detect(text, path):
            return found
    return None


def _fallback(path: str) -> Format | None:
    names = _BY_SUFFIX.get(_suffix(path), ())
    return format_named(names[-1]) if names else None


def _is_json(text: str) -> bool:
    return text[:200].lstrip("\ufeff \t\r\n").startswith("{")


def _suffix(path: str) -> str:
    base = path.replace("\\", "/").rsplit("/", 1)[-1]
    stem, dot, suffix = base.rpartition(".")
    return f".{suffix.lower()}" if dot and stem else ""


def _path(uri: str) -> str:
    try:
        path = unquote(urlsplit(uri).path)
    except ValueError:
        return ""
    return path.lstrip("/") if os.name == "nt" else path


def _uri(path: str) -> str:
    try:
        return Path(path).resolve().as_uri()
    except (OSError, ValueError, RuntimeError):  # RuntimeError: a link to itself, before Python 3.13
        return path


def _problem(uri: str, path: str, message: str) -> Document:
    return Document((Notebook(uri, path=path),), problems=(DocumentProblem(message, Span(0, 0)),))
