"""What the objects that a document puts around cells are called, and how those names are taken out of what is told."""

from __future__ import annotations

import hashlib

from polycell.core.patterns import pattern

NAME = r"[0-9a-f]{16}"  # of one cell, as `short` makes them
AROUND = pattern(rf"Notebook|Given{NAME}|Cell{NAME}")
_PATH = pattern(rf"\b(?:Notebook\.)?(?:Given{NAME}\.Cell{NAME}\.)+")


def short(name: str) -> str:
    """A name for objects, folders and URIs: names of cells and notebooks may be anything."""
    return hashlib.blake2b(name.encode("utf-8", "replace"), digest_size=8).hexdigest()


def without_glue(text: str) -> str:
    """A type without the objects around cells: `Notebook.Given1f….Cell1f….Sale` is `Sale`."""
    return _PATH.sub("", text)
