"""How Metals is started, and all that the bridge must know of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from polycell.bridge.spec import ServerSpec, which
from polycell.languages.scala.bsp.layout import CONNECTED, SOURCE
from polycell.languages.scala.host.java import OUT_OF_MEMORY, find_java, needed, options

VERSION = "1.5.1"  # whose own Scala is that of `versions.DEFAULT`, so that it fetches nothing for it
MODULE = f"org.scalameta:metals_2.13:{VERSION}"
MAIN = "scala.meta.metals.Main"


class Chosen(Struct, frozen=True):
    """What the user says: `command` is program and arguments, empty for the one on the PATH, else the one that is
    fetched, if `download` allows. `memory` in MiB."""

    command: Sequence[str] = ()
    download: bool = False
    memory: int = 1024
    trace: str = ""


def on_this_machine(command: Sequence[str] = ()) -> bool:
    """Whether there is one that needs no fetching."""
    return _found(command or ("metals",)) is not None


def find(chosen: Chosen, progress: Callable[[str], None]) -> tuple[str, ...]:
    """The command line. Raises MissingError with what to do."""
    from polycell.languages.scala.host.jars import MissingError, Wanted, jars_of

    found = _found(chosen.command or ("metals",))
    if found is not None:
        return found
    if chosen.command:
        raise MissingError(f"Metals is not there: `metalsCommand` names {chosen.command[0]}, which is no program here.")
    java = find_java()
    if java is None:
        raise MissingError(needed())
    try:
        jars = jars_of(Wanted((MODULE,)), download=chosen.download, progress=progress)
    except MissingError as error:
        reason = f" It {error}" if chosen.download else ""
        raise MissingError(
            "Metals is not there. Put `metals` on the PATH, name it in `metalsCommand`, or have it fetched: run "
            f"`polycell scala fetch --metals`, or set `scalaDownload` to true.{reason}"
        ) from error
    program = java.home / "bin" / ("java.exe" if os.name == "nt" else "java")
    return (str(program), *options(java, chosen.memory), "-cp", os.pathsep.join(jars), MAIN)


def _found(command: Sequence[str]) -> tuple[str, ...] | None:
    named = os.path.abspath(os.path.expanduser(command[0]))
    program = named if os.path.isfile(named) else which(command[0])
    return (program, *command[1:]) if program else None


def spec(argv: Sequence[str], memory: int) -> ServerSpec:
    return ServerSpec(
        name="Metals",
        argv=tuple(argv),
        languages=frozenset({"scala"}),
        language_id="scala",
        trouble="The light compiler serves Scala cells instead; `serverTrace` writes Metals' messages to a file.",
        initialization={"statusBarProvider": "on", "isHttpEnabled": False},
        # Little is announced, so that little comes.
        capabilities={"textDocument": {"synchronization": {"didSave": True}}},
        environment={"JAVA_OPTS": _java_options(memory)},
        find=lambda: argv[0],
        patience=90.0,
        start=180.0,  # what starts it may have to fetch it
        exits={OUT_OF_MEMORY: "ran out of memory (the setting `scalaMemory` gives it more)"},
        able=is_able,
        prefers=frozenset({SOURCE}),  # where it asks which of several build servers it is to use
        answers={"metals/inputBox": {"cancelled": True}, "metals/quickPick": {"cancelled": True}},
        files=True,
    )


def is_able(method: str, params: Any) -> bool:
    """Before it has indexed, another compiler answers, of another Scala and without the classpath. Our build server is
    asked when that is over, and has it pass on a message; the words of Metals itself come a moment later or earlier."""
    said = params if isinstance(params, Mapping) else {}
    if method == "window/showMessage":
        return said.get("message") == CONNECTED
    if method == "metals/status":
        return "indexing complete" in str(said.get("text")).lower()
    return method == "window/logMessage" and "indexed workspace" in str(said.get("message")).lower()


def _java_options(memory: int) -> str:
    """For launchers, which read them; the user's own come later and win. No garbage collector is among them: a
    launcher made as Metals' manual says chooses one, and a JVM that is told two of them does not start."""
    own = os.environ.get("JAVA_OPTS", "")
    return f"-Xmx{memory}m -XX:TieredStopAtLevel=1 -XX:+ExitOnOutOfMemoryError {own}".strip()
