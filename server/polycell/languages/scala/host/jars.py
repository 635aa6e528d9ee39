"""The jars of a compiler and of a notebook's dependencies: resolved once, remembered, fetched only when allowed.

What coursier resolved is remembered in a small file, so that a start needs neither network nor coursier. Fetching runs
in a child process (`fetch`) with a JVM of its own, which ends with the work; coursier keeps what it has, so an
interrupted fetch goes on where it was. Mirrors, proxies and credentials are configured as coursier documents it.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from platformdirs import user_cache_path


@dataclass(frozen=True, slots=True)
class Wanted:
    """`modules` are "organisation:name:version"; `forced` the same, for modules whose version is not the resolver's to
    choose; `exclusions` "organisation" or "organisation:name"; `repositories` URLs asked beside the usual ones."""

    modules: tuple[str, ...]
    forced: tuple[str, ...] = ()
    exclusions: tuple[str, ...] = ()
    repositories: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:24]


class MissingError(Exception):
    """The jars are not here, and why; the text is for the user, behind the name of what is missing."""


def cache() -> Path:
    """Where resolutions and the resolver are kept; POLYCELL_CACHE moves it."""
    told = os.environ.get("POLYCELL_CACHE")
    return Path(told) / "scala" if told else user_cache_path("polycell", appauthor=False) / "scala"


def known(wanted: Wanted) -> tuple[str, ...] | None:
    """The jars as resolved earlier; None when that never happened or one of them has gone since."""
    try:
        told = json.loads((cache() / f"{wanted.key}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    jars = told.get("jars") if isinstance(told, dict) else None
    if not isinstance(jars, list) or not all(isinstance(jar, str) and Path(jar).is_file() for jar in jars):
        return None
    return tuple(jars)


def remember(wanted: Wanted, jars: Sequence[str]) -> None:
    folder = cache()
    folder.mkdir(parents=True, exist_ok=True)
    written = folder / f"{wanted.key}.{os.getpid()}.part"
    written.write_text(json.dumps({"wanted": asdict(wanted), "jars": list(jars)}, indent=1), encoding="utf-8")
    written.replace(folder / f"{wanted.key}.json")


def jars_of(wanted: Wanted, *, download: bool, progress: Callable[[str], None]) -> tuple[str, ...]:
    """The jars, fetched where they are not here and that is allowed. Raises MissingError."""
    found = known(wanted)
    if found is not None:
        return found
    if not download:
        raise MissingError(
            "not fetched yet: run `polycell scala fetch` (with the notebook's path), or set `scalaDownload` to true."
        )
    return _fetched(wanted, progress)


def _fetched(wanted: Wanted, progress: Callable[[str], None]) -> tuple[str, ...]:
    """`progress` is told each line that the child prints but the last, which holds the jars."""
    child = subprocess.Popen(
        [sys.executable, "-m", "polycell.languages.scala.host.fetch"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        child.stdin.write(json.dumps(asdict(wanted)))
        child.stdin.close()
        answer: dict[str, object] = {}
        for line in child.stdout:
            said = json.loads(line)
            if "progress" in said:
                progress(str(said["progress"]))
            else:
                answer = said
        child.wait()
    finally:
        if child.poll() is None:
            child.kill()
    jars = answer.get("jars")
    if not isinstance(jars, list):
        raise MissingError(f"could not be fetched: {answer.get('error', 'the fetching process ended')}")
    remember(wanted, jars)
    return tuple(jars)
