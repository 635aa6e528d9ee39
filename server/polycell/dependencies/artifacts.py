"""Maven artifacts: what may follow in a coordinate, and which of them lie on this machine.

Coursier's cache and the local Maven repository are read as folders; a repository on the web is asked where a setting
names one (`repository.WebRepository`). Nothing is downloaded.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from polycell.core.patterns import pattern
from polycell.dependencies.maven import read_coordinate
from polycell.dependencies.model import Requirement

MOST = 200
# What tools add to the name of a Scala library.
SUFFIXES = ("_3", "_2.13", "_2.12", "_2.11")
_SUFFIX = pattern(r"_(?:3|2\.1[0-9])$")


def local_repositories() -> tuple[Path, ...]:
    """The roots of repositories in Maven's layout: `~/.m2/repository`, and one for each server in coursier's cache."""
    home = Path(os.path.expanduser("~"))
    cache = Path(os.environ.get("COURSIER_CACHE") or home / ".cache/coursier/v1")
    return (home / ".m2/repository", *_roots(cache / "https", 0))


class Repository(Protocol):
    """Who knows artifacts. Total; each may block."""

    def groups(self, prefix: str) -> Iterable[str]:
        """Groups one step below what is written: `org.ty` gives `org.typelevel`."""
        ...

    def artifacts(self, group: str) -> Iterable[str]: ...

    def versions(self, group: str, artifact: str) -> Iterable[str]: ...


def continuations(written: str, repositories: Iterable[Repository]) -> list[str]:
    """What may follow in a coordinate that is written as far as its last colon: groups, names or versions, newest
    first. Behind `::` the Scala suffix is the tool's to add."""
    group, cross, rest = written.partition("::")
    if not cross:
        group, cross, rest = written.partition(":")
    artifact, colon, _ = rest.partition(":")
    if not cross:
        return sorted({name for known in repositories for name in known.groups(group)})[:MOST]
    if not colon:
        names = {name for known in repositories for name in known.artifacts(group)}
        if cross == "::":
            names = {_SUFFIX.sub("", name) for name in names if _SUFFIX.search(name)}
        return sorted(names)[:MOST]
    meant = [artifact + suffix for suffix in SUFFIXES] if cross == "::" else [artifact]
    found = {version for known in repositories for name in meant for version in known.versions(group, name)}
    return sorted(found, key=_order, reverse=True)[:MOST]


class Coordinates(Struct, frozen=True):
    """`repositories` are folders in Maven's layout (`org/typelevel/cats-core_2.13/2.10.0/…`)."""

    repositories: tuple[Path, ...] = ()

    def groups(self, prefix: str) -> set[str]:
        base, dot, _ = prefix.rpartition(".")
        folders: Iterable[Path] = self._folders(base) if dot else self.repositories
        return {f"{base}{dot}{name}" for folder in folders for name in _names(folder)}

    def artifacts(self, group: str) -> set[str]:
        return {
            name for path in self._folders(group) for name in _names(path) if any(True for _ in _versions(path / name))
        }

    def versions(self, group: str, artifact: str) -> set[str]:
        return {
            version
            for path in self._folders(group)
            if artifact in _names(path)
            for version in _versions(path / artifact)
        }

    def cached(self, requirement: Requirement) -> str:
        """The file of the artifact, or "" where it is not on this machine."""
        coordinate = read_coordinate(requirement.text.removesuffix("?nocache"))
        for path in self._folders(coordinate.group):
            for name in _names(path):
                same = name == coordinate.artifact
                if same or (coordinate.cross and name.rpartition("_")[0] == coordinate.artifact):
                    for jar in sorted((path / name / coordinate.version).glob("*.jar")):
                        if not jar.name.endswith(("-sources.jar", "-javadoc.jar")):
                            return jar.name
        return ""

    def _folders(self, group: str) -> Iterator[Path]:
        parts = group.split(".")
        if all(part and part not in ("..", ".") and "/" not in part and "\\" not in part for part in parts):
            yield from (path for root in self.repositories if (path := root.joinpath(*parts)).is_dir())


def _roots(folder: Path, depth: int) -> Iterator[Path]:
    """Below coursier's cache: a server's folder, then its path up to `maven2` or the like."""
    for name in _names(folder):
        path = folder / name
        yield path
        for inner in _names(path):
            if inner in ("maven2", "repository", "maven", "releases", "public") and depth < 3:
                yield path / inner


def _names(folder: Path) -> list[str]:
    try:
        return [path.name for path in folder.iterdir() if path.is_dir()]
    except OSError:
        return []


def _versions(folder: Path) -> Iterator[str]:
    for name in _names(folder):
        if any((folder / name).glob("*.pom")) or any((folder / name).glob("*.jar")):
            yield name


def _order(version: str) -> list[tuple[int, int | str]]:
    """A word (`RC1`) makes a version older than the same without it."""
    parts = version.replace("-", ".").split(".")
    return [*((1, int(part)) if part.isdecimal() else (0, part) for part in parts), (1, -1)]
