"""Paths of data files that are being written in charts."""

from __future__ import annotations

from polycell.core.patterns import pattern
from polycell.core.results import WrittenPath

FARTHEST = 2000  # characters before the place that are looked at
_BEFORE = pattern(r"""(?:^|[\s{,"'])url["']?\s*:\s*(?P<quote>["']?)(?P<path>[^"'\n{}\[\],:]*)\Z""")
_REST = pattern(r"""[^"'/\s,}]*""")


def written_path(text: str, offset: int) -> WrittenPath | None:
    """The path that is written at an offset, as the value of `url`; None where none is."""
    found = _BEFORE.search(text[max(0, offset - FARTHEST) : offset])
    rest = _REST.match(text, offset)
    if found is None or rest is None:
        return None
    return WrittenPath.of(found["path"], offset, rest.end())
