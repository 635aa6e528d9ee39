"""What may follow in a requirement that is being written: names and versions, of each ecosystem."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct, field

from polycell.core.patterns import pattern
from polycell.core.results import Completion, Completions
from polycell.core.text import Span
from polycell.core.values import replace
from polycell.dependencies.artifacts import Coordinates, Repository, continuations
from polycell.dependencies.common import NAMES
from polycell.dependencies.installed import Distribution
from polycell.dependencies.model import normal
from polycell.dependencies.nuget import Packages
from polycell.dependencies.writing import Writing

# Versions of a distribution, newest first; asked only where a setting names an index.
Versions = Callable[[str], Sequence[str]]

_SIGN = r"(?:===|==|~=|!=|>=|<=|<|>)"
_VERSION = pattern(
    rf"(?P<name>[A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\s*(?:{_SIGN}\s*[\w.*+!-]*\s*,\s*)*{_SIGN}\s*(?P<version>[\w.*+!-]*)"
)
_CONDA_VERSION = pattern(rf"(?P<name>[A-Za-z0-9_][\w.-]*)\s*(?:{_SIGN}|=)(?:[\w.*]*,{_SIGN})*(?P<version>[\w.*]*)")
_NAME = pattern(r"[\w.-]*")


class Catalogue(Struct, frozen=True):
    """Who knows what can be declared. `versions` and `repository` may ask the servers that settings name; the rest lies
    on this machine."""

    versions: Versions | None = None
    coordinates: Coordinates = field(default_factory=Coordinates)
    repository: Repository | None = None
    packages: Packages = field(default_factory=Packages)


def continued(writing: Writing, installed: Mapping[str, Distribution], catalogue: Catalogue) -> Completions | None:
    """What may stand at the end of `writing.text`, with spans in that text; None where it is no requirement by name.
    Blocks."""
    if writing.ecosystem == "maven":
        return _artifacts(writing, catalogue)
    if writing.ecosystem == "nuget":
        return _packages(writing.text, catalogue.packages)
    if writing.ecosystem == "conda":
        return _conda(writing.text, installed)
    return _distributions(writing.text, installed, catalogue.versions)


def shifted(found: Completions, by: int) -> Completions:
    return replace(found, items=tuple(item._replace(replace=item.replace.shift(by)) for item in found.items))


def _distributions(
    written: str, installed: Mapping[str, Distribution], versions: Versions | None
) -> Completions | None:
    if written.startswith("-") or re.search(r"[/{}$@;]", written):
        return None
    compared = _VERSION.fullmatch(written)
    if compared is not None:
        key = normal(compared["name"])
        known = [installed[key].version] if key in installed else []
        return _versions(written, compared["version"], known, versions(key) if versions is not None else ())
    return _names(written, installed) if _NAME.fullmatch(written) else Completions()


def _conda(written: str, installed: Mapping[str, Distribution]) -> Completions | None:
    if written.startswith("-") or re.search(r"[{}$@;]", written):
        return None
    package = written.rpartition("::")[2]
    by = len(written) - len(package)
    compared = _CONDA_VERSION.fullmatch(package)
    if compared is not None:
        key = normal(compared["name"])
        return shifted(
            _versions(package, compared["version"], [installed[key].version] if key in installed else [], ()), by
        )
    return shifted(_names(package, installed), by) if _NAME.fullmatch(package) else Completions()


def _names(written: str, installed: Mapping[str, Distribution]) -> Completions:
    names = {normal(name): name for name in NAMES} | {key: found.name for key, found in installed.items()}
    items = [
        Completion(
            name,
            "module",
            Span(0, len(written)),
            detail=f"{installed[key].version} installed" if key in installed else "",
            documentation=installed[key].summary if key in installed else "",
            rank=10 if key in installed else 30,
        )
        for key, name in sorted(names.items())
    ]
    return Completions(tuple(items))


def _versions(written: str, begun: str, known: Sequence[str], others: Sequence[str]) -> Completions:
    span = Span(len(written) - len(begun), len(written))
    items = [
        Completion(version, "value", span, detail="installed" if version in known else "", rank=rank)
        for rank, version in enumerate(dict.fromkeys((*known, *others)))
    ]
    return Completions(tuple(items))


def _artifacts(writing: Writing, catalogue: Catalogue) -> Completions:
    written = re.sub(r"\s+", ":", writing.text) if writing.parted == " " else writing.text
    asked = [r for r in (catalogue.coordinates, catalogue.repository) if r is not None]
    begun = re.split(r":+|\s+" if writing.parted == " " else r":+", writing.text)[-1]
    span = Span(len(writing.text) - len(begun), len(writing.text))
    parts = continuations(written, asked)
    items = tuple(Completion(part, "value", span, rank=rank) for rank, part in enumerate(parts))
    # Groups are offered one step at a time.
    return Completions(items, incomplete=":" not in written)


def _packages(written: str, packages: Packages) -> Completions:
    name, comma, version = written.partition(",")
    if comma:
        begun = version.lstrip()
        return _versions(written, begun, packages.versions(name.strip()), ())
    items = tuple(
        Completion(found, "module", Span(0, len(written)), detail=", ".join(packages.versions(found)[:1]))
        for found in packages.names()
    )
    return Completions(items)
