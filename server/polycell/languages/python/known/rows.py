"""Tables of data beside the code: a row is `head: words`, lines that begin with blanks go on with the one above."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path


def rows(file: str) -> Iterator[tuple[str, str]]:
    """(head, words) of each row of a file of this folder. Import light: a start waits for one of them."""
    text = Path(__file__).with_name(file).read_text(encoding="utf-8")
    for line in text.replace("\n    ", " ").splitlines():
        if not line.startswith("#"):
            head, _, words = line.partition(": ")
            yield head, words
