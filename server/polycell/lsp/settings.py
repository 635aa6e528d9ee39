"""The user's settings: `initializationOptions`, or the section `polycell` of `workspace/didChangeConfiguration`.

A bad value never stops the server: it is left at its default, and a sentence for the user says which one, why, and
what is allowed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Literal

from msgspec import Struct, field

from polycell.core.values import replace

PythonMode = Literal["full", "companion"]
LOG_LEVELS = ("error", "warning", "info", "debug")
SEVERITIES = ("error", "warning", "information", "hint", "off")
PYTHON_MODES = ("full", "companion")
SCALA_ENGINES = ("auto", "compiler", "metals", "off")
ENGINES = ("ty", "jedi", "pyrefly", "basedpyright", "pylsp", "off")


class Settings(Struct, frozen=True):
    """`log_level`: empty leaves what the command line said. `severity`: per code, or "off". `outside`: data files
    outside of the workspace may be read, and IPython's start-up files. `python`: "companion" leaves to another Python
    server what that does as well.
    `scripts`: report also in plain scripts. `inlay_hints`: show what statements do to tables, `type_hints`: what types
    variables have, `argument_hints`: the names of arguments. `interpreter`: the Python
    that runs the notebooks, an executable or an environment; empty to look for it. `package_index`: the address of the
    index that may be asked for versions, `maven_repository`: of the repository that may be asked for artifacts; empty
    to ask nobody. `scala_engine`: who serves Scala cells, `auto` the Metals of this machine, and where there is
    none the compiler. `scala_download`: fetch the Scala compiler and declared dependencies from Maven Central when
    a Scala cell needs them; `scala_memory`: MiB that the compiler's JVM may take; `scala_archive`: keep its classes in
    a file for quicker starts; `metals_command`: program and arguments that start Metals, empty for the one on the PATH.
    `server_trace`: a file for what is said to and by other servers.
    `engine`: which server knows Python's own semantics.
    `databases`: name → URL of those that may be read, with `${NAME}` for what the environment has; `connections`: so
    may those that notebooks and connection files name. `known`: names that every Python cell has.
    """

    log_level: str = ""
    severity: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    outside: bool = False
    python: PythonMode = "full"
    scripts: bool = False
    inlay_hints: bool = False
    type_hints: bool = False
    argument_hints: bool = False
    interpreter: str = ""
    package_index: str = ""
    maven_repository: str = ""
    scala_engine: str = "auto"
    scala_download: bool = False
    scala_memory: int = 1024
    scala_archive: bool = True
    metals_command: tuple[str, ...] = ()
    server_trace: str = ""
    engine: str = "ty"
    databases: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    connections: bool = False
    known: tuple[str, ...] = ()


def parse(value: object, base: Settings | None = None) -> tuple[Settings, tuple[str, ...]]:
    """The settings in `value` over `base`, and what was wrong with it, one sentence each; unknown keys are ignored."""
    made = base or Settings()
    if value is None:
        return made, ()
    if not isinstance(value, Mapping):
        return made, (f"Polycell's settings are an object such as {{'python': 'full'}}, not {_short(value)}.",)
    problems: list[str] = []
    inner = value.get("polycell")
    said = _unfolded(inner if isinstance(inner, Mapping) else value)
    for name, (field_name, check) in _FIELDS.items():
        if name not in said or said[name] is None:
            continue
        accepted, problem = check(said[name])
        if problem:
            problems.append(f"polycell.{name}: {problem} Its default is used.")
        if accepted is not None:
            made = replace(made, **{field_name: accepted})
    return made, tuple(problems)


def _unfolded(said: Mapping[str, Any]) -> dict[str, Any]:
    """`polycell.python` and `python` mean the same; some clients send the one, some the other."""
    return {key.removeprefix("polycell."): value for key, value in said.items() if isinstance(key, str)}


def _one_of(allowed: tuple[str, ...]) -> Callable[[Any], tuple[Any, str]]:
    def check(value: Any) -> tuple[Any, str]:
        if isinstance(value, str) and value in allowed:
            return value, ""
        return None, f"{_short(value)} is none of {', '.join(allowed)}."

    return check


def _boolean(value: Any) -> tuple[Any, str]:
    return (value, "") if isinstance(value, bool) else (None, f"{_short(value)} is neither true nor false.")


def _mebibytes(value: Any) -> tuple[Any, str]:
    if isinstance(value, int) and not isinstance(value, bool) and 256 <= value <= 1 << 20:
        return value, ""
    return None, f"{_short(value)} is no number of MiB from 256 on."


def _text(value: Any) -> tuple[Any, str]:
    return (value.strip(), "") if isinstance(value, str) else (None, f"{_short(value)} is no text.")


def _command(value: Any) -> tuple[Any, str]:
    """Program and arguments; a text is a program without any."""
    words = (value,) if isinstance(value, str) else tuple(value) if isinstance(value, (list, tuple)) else (None,)
    if all(isinstance(word, str) for word in words):
        return tuple(word for word in words if word), ""
    return None, f"{_short(value)} is no list of texts, such as ['metals', '-Dmetals.verbose=on']."


def _names(value: Any) -> tuple[Any, str]:
    if not isinstance(value, (list, tuple)):
        return None, f"{_short(value)} is no list of names, such as ['spark', 'px']."
    good = tuple(name.strip() for name in value if isinstance(name, str) and name.strip().isidentifier())
    return good, "" if len(good) == len(value) else "some of these are no names of Python."


def _address(value: Any) -> tuple[Any, str]:
    if isinstance(value, str) and re.fullmatch(r"\s*(?:https?://\S+)?\s*", value):
        return value.strip(), ""
    return None, f"{_short(value)} is no address that begins with http:// or https://."


def _severities(value: Any) -> tuple[Any, str]:
    if not isinstance(value, Mapping):
        return (
            None,
            f"an object from code to severity is expected, such as {{'undefined-name': 'off'}}, not {_short(value)}.",
        )
    good = {str(code): level for code, level in value.items() if level in SEVERITIES}
    bad = [f"{code}: {_short(level)}" for code, level in value.items() if level not in SEVERITIES]
    if bad:
        return MappingProxyType(good), f"{', '.join(bad)} is none of {', '.join(SEVERITIES)}."
    return MappingProxyType(good), ""


def _databases(value: Any) -> tuple[Any, str]:
    """`{"shop": "postgresql://…"}` or `{"shop": {"url": …}}`. What is wrong is not repeated: it may hold a password."""
    if not isinstance(value, Mapping):
        return None, "an object from name to URL is expected, such as {'shop': 'postgresql://localhost/shop'}."
    urls = {str(n): u.get("url") if isinstance(u, Mapping) else u for n, u in value.items()}
    good = {name: url.strip() for name, url in urls.items() if isinstance(url, str) and url.strip()}
    bad = ", ".join(name for name in urls if name not in good)
    return MappingProxyType(good), f"{bad}: a URL such as postgresql://localhost/shop is expected." if bad else ""


def _short(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 40 else f"{shown[:37]}..."


_FIELDS: Mapping[str, tuple[str, Callable[[Any], tuple[Any, str]]]] = {
    "logLevel": ("log_level", _one_of(LOG_LEVELS)),
    "severity": ("severity", _severities),
    "filesOutsideWorkspace": ("outside", _boolean),
    "python": ("python", _one_of(PYTHON_MODES)),
    "diagnosePlainScripts": ("scripts", _boolean),
    "inlayHints": ("inlay_hints", _boolean),
    "variableTypes": ("type_hints", _boolean),
    "argumentNames": ("argument_hints", _boolean),
    "interpreter": ("interpreter", _text),
    "pythonEngine": ("engine", _one_of(ENGINES)),
    "databases": ("databases", _databases),
    "notebookConnections": ("connections", _boolean),
    "knownNames": ("known", _names),
    "packageIndex": ("package_index", _address),
    "mavenRepository": ("maven_repository", _address),
    "scalaEngine": ("scala_engine", _one_of(SCALA_ENGINES)),
    "scalaDownload": ("scala_download", _boolean),
    "scalaMemory": ("scala_memory", _mebibytes),
    "scalaArchive": ("scala_archive", _boolean),
    "metalsCommand": ("metals_command", _command),
    "serverTrace": ("server_trace", _text),
}
