"""The classes of a compiler as the JVM had read them, in a file for the starts to come: its class data sharing.

Reading and checking some ten thousand classes is a third of what a start costs. The JVM writes an archive when it ends,
so one is made for that, in the background, once nobody has asked anything for a while:
`python -m polycell.languages.scala.host.archive`. Whether an archive fits (the same JVM, the same jars) the JVM judges
itself, and starts without one that does not. It crashes at one that is damaged, so its digest is kept beside it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path

from polycell.languages.scala.host.jars import cache
from polycell.languages.scala.host.java import Java, find_java, start

_UNUSED = 60 * 24 * 3600.0  # seconds after which an archive that no start has used is removed
_PART = ".part"


@dataclass(frozen=True, slots=True)
class Wanted:
    """`jars` are the compiler's, which the JVM starts with; `classpath` what the notebook's code sees."""

    scala: str
    jars: tuple[str, ...]
    classpath: tuple[str, ...]
    part: str
    memory: int = 1024


def place(java: Java, jars: Sequence[str]) -> Path:
    """Of the archive for a JVM that starts with these jars, whether there is one or not."""
    told = [str(java.library), _release(java), _version_of_jpype()]
    for jar in jars:
        with contextlib.suppress(OSError):
            stat = Path(jar).stat()
            told.append(f"{jar} {stat.st_size} {stat.st_mtime_ns}")
    return cache() / f"classes-{hashlib.sha256(chr(10).join(told).encode()).hexdigest()[:24]}.jsa"


def is_tried(archive: Path) -> bool:
    """Whether it was made, or shown that this JVM makes none."""
    return _seal(archive).exists()


def usable(archive: Path) -> bool:
    """Whether a start can use it. One that is damaged is forgotten."""
    try:
        told = _seal(archive).read_text(encoding="ascii").strip()
        whole = bool(told) and told == _digest(archive)
        if told and not whole:
            _seal(archive).unlink()
        for path in (archive, _seal(archive)) if whole else ():
            os.utime(path)  # it is used: see `_UNUSED`
    except (OSError, UnicodeDecodeError):
        return False
    return whole


def _seal(archive: Path) -> Path:
    """Holds its digest, nothing where there will be no archive."""
    return archive.with_suffix(".sha256")


def _digest(archive: Path) -> str:
    made = hashlib.sha256()
    with archive.open("rb") as file:
        while block := file.read(1 << 20):
            made.update(block)
    return made.hexdigest()


def options(archive: Path) -> list[str]:
    """Of a JVM that starts with it; one that finds it unfit says so nowhere but in its log."""
    return [f"-XX:SharedArchiveFile={archive}", "-Xshare:auto", "-Xlog:cds=off", "-Xlog:cds+dynamic=off"]


def write(
    archive: Path,
    scala: str,
    jars: Sequence[str],
    classpath: Sequence[str],
    memory: int,
    *,
    command: Sequence[str] = (sys.executable, "-m", "polycell.languages.scala.host.archive"),
) -> bool:
    """Make it, in a process that ends when we do; whether that worked. Nothing is done where somebody else makes it."""
    folder = archive.parent
    folder.mkdir(parents=True, exist_ok=True)
    _sweep(folder)
    part = archive.with_suffix(_PART)
    try:
        part.with_suffix(".lock").open("x").close()
    except OSError:
        return False
    try:
        wanted = Wanted(scala, tuple(jars), tuple(classpath), str(part), memory)
        child = subprocess.Popen(
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert child.stdin is not None
        with contextlib.suppress(OSError):  # it has ended already
            child.stdin.write(f"{json.dumps(asdict(wanted))}\n")
            child.stdin.flush()
        child.wait()
        if child.returncode or not part.is_file():
            _seal(archive).write_text("", encoding="ascii")  # not to be tried at every start
            return False
        digest = _digest(part)
        part.replace(archive)
        _seal(archive).write_text(digest, encoding="ascii")
        return True
    finally:
        part.unlink(missing_ok=True)
        part.with_suffix(".lock").unlink(missing_ok=True)


def _sweep(folder: Path) -> None:
    """Remove what no start uses any more, and what a write has left that was killed."""
    for path in folder.glob("classes-*"):
        kept = _UNUSED if path.suffix in (".jsa", ".sha256") else 3600.0
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > kept:
                path.unlink()


def _release(java: Java) -> str:
    try:
        return (java.home / "release").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _version_of_jpype() -> str:
    """Its jar is among those that the JVM starts with."""
    try:
        return metadata.version("jpype1")
    except metadata.PackageNotFoundError:
        return ""


def main() -> None:
    """Reads a `Wanted` as JSON from a line of standard input, whose end ends it."""
    wanted = Wanted(**json.loads(sys.stdin.readline()))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if hasattr(os, "nice"):
        os.nice(10)
    java = find_java()
    if java is None:
        sys.exit(1)
    start(java, wanted.memory, wanted.jars, [f"-XX:ArchiveClassesAtExit={wanted.part}"])
    import jpype

    from polycell.languages.scala.host import warm
    from polycell.languages.scala.host.engines import answering, checking
    from polycell.languages.scala.host.interop import Source
    from polycell.languages.scala.host.versions import release_for

    release = release_for(wanted.scala)[0]

    def source(text: str) -> Source:
        return Source("file:///Warm.scala", text)

    warm.up(answering(release, wanted.classpath), source, wanted.classpath, lambda: False)
    checking(release, wanted.classpath).compile(source(warm.text(wanted.classpath)))
    jpype.JClass("java.lang.System").exit(0)


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(1)


if __name__ == "__main__":
    main()
