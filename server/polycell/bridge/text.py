"""Documents as a server sees them: texts under URIs, in versions, each open once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import cached_property
from typing import Any

from msgspec import Struct

from polycell.bridge.positions import Encoding, position, range_of, span_of
from polycell.core.text import LineIndex, Span

NONE, FULL, INCREMENTAL = 0, 1, 2  # TextDocumentSyncKind


class Text(Struct, frozen=True, dict=True):
    """One document at one moment."""

    uri: str
    text: str
    language: str = ""

    @cached_property
    def lines(self) -> LineIndex:
        return LineIndex(self.text)

    def position(self, offset: int, encoding: Encoding) -> dict[str, int]:
        return position(self.lines, offset, encoding)

    def span(self, value: Any, encoding: Encoding) -> Span | None:
        """The span of a range in the server's JSON."""
        return span_of(self.lines, value, encoding)


class OpenTexts:
    """What one server has open, least recently used first; at most `most` of them. `store` is called with each text
    before it is opened, for servers that read files."""

    def __init__(self, most: int, store: Callable[[Text], None] | None = None) -> None:
        self._most = most
        self._store = store
        self._open: OrderedDict[str, tuple[int, Text]] = OrderedDict()

    def __contains__(self, uri: str) -> bool:
        return uri in self._open

    def version(self, uri: str) -> int | None:
        known = self._open.get(uri)
        return known[0] if known else None

    def shown(self, uri: str) -> object:
        """What the server has under this name, to be compared with what it has later; None where it is not open."""
        return self._open.get(uri)

    def show(self, text: Text, notify: Callable[[str, Any], None], kind: int, encoding: Encoding) -> None:
        """Make the server have this very text, by the fewest and smallest messages."""
        known = self._open.get(text.uri)
        if known is None or (kind == NONE and known[1].text != text.text):
            if known is not None:
                self.close(text.uri, notify)
            version = known[0] + 1 if known else 1
            self._open[text.uri] = (version, text)
            self._opened(version, text, notify)
        elif known[1].text != text.text:
            version = known[0] + 1
            self._open[text.uri] = (version, text)
            change = _change(known[1], text, encoding) if kind == INCREMENTAL else {"text": text.text}
            notify(
                "textDocument/didChange",
                {"textDocument": {"uri": text.uri, "version": version}, "contentChanges": [change]},
            )
        self._open.move_to_end(text.uri)
        while len(self._open) > self._most:
            self.close(next(iter(self._open)), notify)

    def close(self, uri: str, notify: Callable[[str, Any], None]) -> None:
        if self._open.pop(uri, None) is not None:
            notify("textDocument/didClose", {"textDocument": {"uri": uri}})

    def replay(self, notify: Callable[[str, Any], None]) -> None:
        """Open everything again, in a server that has just been started anew."""
        for version, text in self._open.values():
            self._opened(version, text, notify)

    def _opened(self, version: int, text: Text, notify: Callable[[str, Any], None]) -> None:
        if self._store is not None:
            self._store(text)
        said = {"uri": text.uri, "languageId": text.language, "version": version, "text": text.text}
        notify("textDocument/didOpen", {"textDocument": said})


def _change(old: Text, new: Text, encoding: Encoding) -> dict[str, Any]:
    """The one replacement that turns the old text into the new one."""
    before, after = old.text, new.text
    most = min(len(before), len(after))
    start = 0
    while start < most and before[start] == after[start]:
        start += 1
    end = 0
    while end < most - start and before[-1 - end] == after[-1 - end]:
        end += 1
    # Between the two characters of one line end there is no position.
    while start and before[start - 1 : start] == "\r":
        start -= 1
    while end and before[len(before) - end : len(before) - end + 1] == "\n":
        end -= 1
    span = Span(start, len(before) - end)
    return {"range": range_of(old.lines, span, encoding), "text": after[start : len(after) - end]}
