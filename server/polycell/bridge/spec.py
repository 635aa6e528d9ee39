"""What must be known of a server to run it: one value a server. A missing server is a state with an instruction."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

_NOTHING: Mapping[Any, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ServerSpec:
    """A language server that speaks on standard input and output.

    `argv`: program and arguments; a program without a slash is looked for beside our Python and on the PATH, unless
    `find` says where it is. `languages` are cell languages, `language_id` what the server calls its own.
    `initialization` are its initializationOptions, `settings` answer its `workspace/configuration` by section,
    `capabilities` are merged over what the bridge can do anyway. `install` is what the user does to have it; `trouble`
    what to look at when it does not start. `patience`: seconds without a word after which it is taken to hang, and is
    started anew; `start`: seconds that it has to answer `initialize`. `lacks` says what is missing where that can be
    several things, instead of `install`; `exits` what an exit code of its own means, as in "the server …".
    `able` recognises, by method and parameters, the notification from which on its answers can be trusted; without it
    they can from the start. `answers` are those to requests that are its own invention, `prefers` titles
    of the actions to choose when it asks the user; all else that it asks is dismissed. `files`: it reads texts from the
    disk, so each is written to the file of its URI before it is opened. `computes`: an answer takes it nothing but
    computing, so one that sleeps over a question hangs.
    """

    name: str
    argv: tuple[str, ...]
    languages: frozenset[str]
    language_id: str = ""
    install: str = ""
    trouble: str = ""
    initialization: Mapping[str, Any] = field(default_factory=lambda: _NOTHING, hash=False)
    settings: Mapping[str, Any] = field(default_factory=lambda: _NOTHING, hash=False)
    capabilities: Mapping[str, Any] = field(default_factory=lambda: _NOTHING, hash=False)
    environment: Mapping[str, str] = field(default_factory=lambda: _NOTHING, hash=False)
    find: Callable[[], str | None] | None = None
    patience: float = 30.0
    start: float = 20.0
    lacks: Callable[[], str] | None = None
    exits: Mapping[int, str] = field(default_factory=lambda: _NOTHING, hash=False)
    able: Callable[[str, Any], bool] | None = None
    answers: Mapping[str, Any] = field(default_factory=lambda: _NOTHING, hash=False)
    prefers: frozenset[str] = frozenset()
    files: bool = False
    computes: bool = False

    def command(self) -> list[str] | None:
        """The command line, or None where the program is not installed."""
        program = self.argv[0]
        if self.find is not None:
            found = self.find()
        else:
            found = program if os.path.isabs(program) and os.path.isfile(program) else which(program)
        return [found, *self.argv[1:]] if found else None

    def missing(self) -> str:
        """What to tell the user where it is not installed."""
        return self.lacks() if self.lacks is not None else f"{self.name} is not installed. {self.install}".strip()


def which(program: str) -> str | None:
    """A program beside our Python first: what was installed together belongs together; then on the PATH."""
    import shutil  # late, as a start that has its engine beside it needs neither
    import sysconfig

    beside = [sysconfig.get_path("scripts"), str(Path(sys.executable).parent)]
    return shutil.which(program, path=os.pathsep.join(filter(None, beside))) or shutil.which(program)


def section(settings: Mapping[str, Any], name: str | None) -> Any:
    """A section of nested settings: `a.b` of {"a": {"b": 1}}; all of them for no name, None for an unknown one."""
    found: Any = settings
    for part in name.split(".") if name else ():
        if not isinstance(found, Mapping) or part not in found:
            return None
        found = found[part]
    return plain(found)


def plain(value: Any) -> Any:
    """Mappings and sequences of any kind as JSON has them."""
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(inner) for inner in value]
    return value


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Nested mappings, `over` winning."""
    made = dict(base)
    for key, value in over.items():
        old = made.get(key)
        made[key] = merged(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else plain(value)
    return made
