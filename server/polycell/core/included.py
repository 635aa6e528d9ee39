"""The question what another notebook or script gives to the one that runs it (`%run ./setup.ipynb`)."""

from __future__ import annotations

from msgspec import Struct

from polycell.core.environment import Binding


class IncludedRequest(Struct, frozen=True):
    """A file as the code names it, and the folder of the notebook that does."""

    file: str
    folder: str


class Included(Struct, frozen=True):
    """The names that hold at the end of the file, in the notebook's name space and in the catalogue; their places are
    places in files. `opens`: there may be more. `reads`: the names that it takes from around it, where it runs in the
    name space of who runs it."""

    bindings: tuple[Binding, ...] = ()
    opens: bool = False
    reads: tuple[str, ...] = ()
