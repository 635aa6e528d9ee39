"""Fetch jars with coursier, in a process of its own: `python -m polycell.languages.scala.host.fetch`.

Reads a `jars.Wanted` as JSON from standard input; writes lines of JSON: {"progress": text} while it works, and at the
end {"jars": [paths]} or {"error": text}.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from polycell.languages.scala.host.jars import MissingError, Wanted, cache
from polycell.languages.scala.host.java import find_java, needed, start
from polycell.languages.scala.host.versions import COURSIER_PATH, COURSIER_SHA256

CENTRAL = "https://repo1.maven.org/maven2"
_TIMEOUT = 60  # seconds without a byte


def main() -> int:
    out = sys.stdout

    def say(**told: Any) -> None:
        out.write(json.dumps(told) + "\n")
        out.flush()

    try:
        told = json.load(sys.stdin)
        wanted = Wanted(**{name: tuple(values) for name, values in told.items()})
        say(jars=fetch(wanted, lambda text: say(progress=text)))
    except MissingError as error:
        say(error=str(error))
        return 1
    except Exception as error:  # the parent shows it; a traceback helps nobody there
        say(error=f"{type(error).__name__}: {error}"[:2000])
        return 1
    return 0


def fetch(wanted: Wanted, progress: Any) -> list[str]:
    java = find_java()
    if java is None:
        raise MissingError(needed())
    resolver = _resolver(progress)
    import jpype

    start(java, 512, [str(resolver)])
    api = jpype.JPackage("coursierapi")

    seen = Seen(progress)

    @jpype.JImplements("coursierapi.SimpleLogger")
    class Logger:
        @jpype.JOverride
        def starting(self, url: Any) -> None:
            seen.starting(str(url))

        @jpype.JOverride
        def length(self, url: Any, total: int, already: int, watching: bool) -> None:
            pass

        @jpype.JOverride
        def progress(self, url: Any, downloaded: int) -> None:
            seen.downloaded(str(url), int(downloaded))

        @jpype.JOverride
        def done(self, url: Any, success: bool) -> None:
            pass

    parameters = api.ResolutionParams.create()
    for written in wanted.forced:
        organisation, name, version = written.split(":")
        parameters = parameters.forceVersion(api.Module.of(organisation, name), version)
    for written in wanted.exclusions:
        organisation, _, name = written.partition(":")
        parameters = parameters.addExclusion(organisation, name or "*")
    job = api.Fetch.create().withResolutionParams(parameters)
    job = job.withCache(api.Cache.create().withLogger(Logger()))
    for written in wanted.modules:
        organisation, name, version = written.split(":")
        job = job.addDependencies(api.Dependency.of(organisation, name, version))
    for url in wanted.repositories:
        job = job.addRepositories(api.MavenRepository.of(url))
    try:
        return [str(file.getAbsolutePath()) for file in job.fetch()]
    except jpype.JException as error:
        raise MissingError(str(error.getMessage() or error)[:2000]) from None


class Seen:
    """What was downloaded so far, told twice a second at most. Called from coursier's threads."""

    def __init__(self, progress: Any) -> None:
        self._progress = progress
        self._bytes: dict[str, int] = {}
        self._file = ""
        self._told = 0.0

    def starting(self, url: str) -> None:
        self._bytes[url] = 0
        self._file = url.rpartition("/")[2]
        self._tell()

    def downloaded(self, url: str, length: int) -> None:
        self._bytes[url] = length
        self._tell()

    def _tell(self) -> None:
        now = time.monotonic()
        if now - self._told > 0.5:
            self._told = now
            megabytes = sum(tuple(self._bytes.values())) / 1e6
            self._progress(f"{self._file} ({len(self._bytes)} files, {megabytes:.1f} MB)")


def _resolver(progress: Any) -> Path:
    """Coursier itself: one jar, checked against the digest that we know."""
    kept = cache() / Path(COURSIER_PATH).name
    if kept.is_file() and _digest(kept) == COURSIER_SHA256:
        return kept
    kept.parent.mkdir(parents=True, exist_ok=True)
    url = f"{_repository()}/{COURSIER_PATH}"
    progress(kept.name)
    with tempfile.NamedTemporaryFile(dir=kept.parent, suffix=".part", delete=False) as part:
        try:
            with urllib.request.urlopen(url, timeout=_TIMEOUT) as answer:
                while block := answer.read(1 << 16):
                    part.write(block)
            part.close()
            if _digest(Path(part.name)) != COURSIER_SHA256:
                raise MissingError(f"{url} is not the file that was expected; nothing of it was used.")
            Path(part.name).replace(kept)
        except OSError as error:
            raise MissingError(f"{url}: {getattr(error, 'reason', error)}") from error
        finally:
            Path(part.name).unlink(missing_ok=True)
    return kept


def _repository() -> str:
    """Where the resolver itself comes from: the first address in the list that coursier reads, else Maven Central."""
    told = os.environ.get("COURSIER_REPOSITORIES", "").split("|")
    return next((one.strip() for one in told if one.strip().startswith("https://")), CENTRAL).rstrip("/")


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
