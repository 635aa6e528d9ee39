"""Asking the client to ask again: what it shows of a cell may have changed by an edit of another one.

An editor asks for the hints and colours of a text that changed, and keeps those of all others. So after a look at a
notebook it is told where these may be others now. Hints come from an engine, whose types no recorded question covers:
any change of another cell counts. Colours follow what names are, so cells count that had to be judged again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from polycell.lsp.settings import Settings
from polycell.lsp.state import State, key_of

HINTS = "workspace/inlayHint/refresh"
COLOURS = "workspace/semanticTokens/refresh"


class Refreshing:
    """`ask` sends a request without parameters, whose answer says nothing."""

    def __init__(self, state: State, ask: Callable[[str], None]) -> None:
        self._state = state
        self._ask = ask

    def looked(self, group: str, changed: Collection[str], judged: Collection[str]) -> None:
        """Everything was looked at, after texts of the cells `changed` (none: something outside of them did). `judged`:
        the cells whose findings had to be made anew."""
        found = self._state.groups.get(key_of(group))
        if found is None:
            return
        asked_anyway = {found.homes.get(cell) for cell in changed}
        others = {key for cell in judged if (key := found.homes.get(cell)) not in asked_anyway}
        if self._state.client.refreshes_colours and others:
            self._ask(COLOURS)
        if any(_kinds(self._state.settings)) and found.faces.keys() - asked_anyway:
            self._ask_for_hints()

    def configured(self, before: Settings, now: Settings) -> None:
        """Other kinds of hints may be wanted."""
        if _kinds(before) != _kinds(now):
            self._ask_for_hints()

    def _ask_for_hints(self) -> None:
        if self._state.client.refreshes_hints:
            self._ask(HINTS)


def _kinds(settings: Settings) -> tuple[bool, bool, bool]:
    return settings.inlay_hints, settings.type_hints, settings.argument_hints
