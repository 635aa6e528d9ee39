"""Names that .NET Interactive brings from one kernel to another. Source: its documentation of variable sharing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from polycell.core.patterns import pattern
from polycell.core.text import Span
from polycell.formats import arguments
from polycell.languages.python.syntax.source import MagicName

_SHARING = pattern(r"^#!(share|set)[ \t]+([^\r\n]*)", re.MULTILINE)
_SHARE = arguments.Grammar(values=frozenset({"--from", "--as", "--mime-type", "--name", "--value"}))
_NAME = pattern(r"[^\W\d]\w*")


def shared_names(text: str, stop: int) -> Iterator[MagicName]:
    """What .NET Interactive brings from other kernels before the code runs: `#!share name --from kernel [--as other]`
    and `#!set --name other --value @kernel:name`."""
    for line in _SHARING.finditer(text, 0, stop):
        found = arguments.parse(line[2], _SHARE)
        if line[1] == "share":
            given = found.words[0].text if found.words else ""
            name = found.option("--as") or given
        else:
            name, value = found.option("--name") or "", found.option("--value") or ""
            given = value.partition(":")[2] if value.startswith("@") else ""
        at = text.find(name, line.start(2), line.end()) if _NAME.fullmatch(name) else -1
        if at >= 0:
            yield MagicName(name, Span(at, at + len(name)), Span(*line.span()), "shared", origin=given)
