"""Maven artifacts on this machine: coursier's cache and the local Maven repository, read as folders.

Nothing is downloaded: what these caches do not have, nobody knows here.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from polycell.dependencies.maven import read_coordinate
from polycell.dependencies.model import Requirement

MOST = 200


def local_repositories() -> tuple[Path, ...]:
    """The roots of repositories in Maven's layout: `~/.m2/repository`, and one for each server in coursier's cache."""
    home = Path(os.path.expanduser("~"))
    cache = Path(os.environ.get("COURSIER_CACHE") or home / ".cache/coursier/v1")
    return (home / ".m2/repository", *_roots(cache / "https", 0))


@dataclass(frozen=True, slots=True)
class Coordinates:
    """`repositories` are folders in Maven's layout (`org/typelevel/cats-core_2.13/2.10.0/…`)."""

    repositories: tuple[Path, ...] = ()

    def continuations(self, written: str) -> list[str]:
        """What may follow in a coordinate that is written as far as its last colon: groups, names or versions."""
        group, cross, rest = written.partition("::")
        if not cross:
            group, cross, rest = written.partition(":")
        if not cross:
            return sorted(self._groups(group))[:MOST]
        artifact, colon, _ = rest.partition(":")
        if not colon:
            names = {name for path in self._folders(group) for name in _names(path) if list(_versions(path / name))}
            if cross == "::":
                names = {name.rpartition("_")[0] for name in names if "_" in name}
            return sorted(names)[:MOST]
        found: set[str] = set()
        for path in self._folders(group):
            for name in _names(path):
                if name == artifact or (cross == "::" and name.rpartition("_")[0] == artifact):
                    found.update(_versions(path / name))
        return sorted(found, key=_order, reverse=True)[:MOST]

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

    def _groups(self, prefix: str) -> Iterator[str]:
        """Groups one step below what is written: `org.ty` gives `org.typelevel`."""
        base, dot, _ = prefix.rpartition(".")
        folders: Iterable[Path] = self._folders(base) if dot else self.repositories
        yield from {f"{base}{dot}{name}" for folder in folders for name in _names(folder)}


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
    return [(1, int(part)) if part.isdigit() else (0, part) for part in version.replace("-", ".").split(".")]
