"""What a notebook's metadata declares: Polynote's `config`, our portable key, nteract's and juv's keys, Deepnote's.

Source for Polynote: the codecs of its ipynb format. A list that is not one, a value that is no text: each is a
declaration with a problem at its own path.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from polycell.core.notebook import Notebook
from polycell.core.text import Span
from polycell.core.values import replace
from polycell.dependencies.install_commands import conda_declaration
from polycell.dependencies.jvm_cells import coordinates, maven_declaration
from polycell.dependencies.model import NOWHERE, Declaration, Ecosystem, Path, Requirement
from polycell.dependencies.requirement import read_requirement
from polycell.dependencies.toml_strings import toml_strings

# Where lists of requirements stand: path, ecosystem, style.
_LISTS: tuple[tuple[tuple[str, ...], Ecosystem, str], ...] = (
    (("config", "dependencies", "scala"), "maven", "polynote"),
    (("config", "dependencies", "python"), "python", "polynote"),
    (("polyglot", "dependencies", "python"), "python", "polyglot"),
    (("polyglot", "dependencies", "conda"), "conda", "polyglot"),
    (("polyglot", "dependencies", "scala"), "maven", "polyglot"),
    (("polyglot", "dependencies", "maven"), "maven", "polyglot"),
    (("polyglot", "dependencies", "nuget"), "nuget", "polyglot"),
    (("runt", "uv", "dependencies"), "python", "runt"),
    (("runt", "conda", "dependencies"), "conda", "runt"),
    (("uv", "dependencies"), "python", "uv"),
    (("conda", "dependencies"), "conda", "uv"),
    (("deepnote_settings", "requirements"), "python", "deepnote"),
    (("application/vnd.databricks.v1+notebook", "environmentMetadata", "dependencies"), "python", "dbutils"),
)
SPARK_PACKAGES = ("config", "sparkConfig", "spark.jars.packages")  # one text, coordinates with commas between them
_POLYNOTE_KEYS = ("scala", "python")
_POLYGLOT_KEYS = ("python", "conda", "scala", "maven", "nuget")


def declared_by(notebook: Notebook) -> tuple[Declaration, ...]:
    """Total: any metadata."""
    return tuple(_declared(notebook.metadata))


def _declared(metadata: Mapping[str, Any]) -> Iterator[Declaration]:
    for path, ecosystem, style in _LISTS:
        value = _at(metadata, path)
        if value is None:
            continue
        if not isinstance(value, list):
            yield _broken(path, style, "This should be a list of texts.")
            continue
        for number, entry in enumerate(value):
            if isinstance(entry, str):
                yield replace(_entry(entry, ecosystem, style), path=(*path, number))
            else:
                yield _broken((*path, number), style, "This should be a text.")
    yield from _unknown_keys(metadata, ("config", "dependencies"), _POLYNOTE_KEYS, "polynote")
    yield from _unknown_keys(metadata, ("polyglot", "dependencies"), _POLYGLOT_KEYS, "polyglot")
    jars = _at(metadata, SPARK_PACKAGES)
    if isinstance(jars, str):
        yield from (
            replace(d, path=SPARK_PACKAGES, inner=d.span, span=NOWHERE) for d in coordinates(jars, 0, "polynote")
        )
    yield from _locked(metadata)


def listed_at(path: Path) -> tuple[Ecosystem, str] | None:
    """The ecosystem and the style of an entry's path; None where no list of requirements stands."""
    if path == SPARK_PACKAGES:
        return "maven", "polynote"
    if not path or not isinstance(path[-1], int):
        return None
    return next(((ecosystem, style) for listed, ecosystem, style in _LISTS if path[:-1] == listed), None)


def written_in(metadata: Mapping[str, Any]) -> str:
    """The part of the metadata that this module reads, as text: equal as long as nothing of it changed."""
    keys = dict.fromkeys(path[0] for path, _, _ in _LISTS)
    part = {key: metadata[key] for key in (*keys, "uv.lock") if key in metadata}
    return json.dumps(part, sort_keys=True, default=repr) if part else ""


def scala_of(metadata: Mapping[str, Any]) -> str:
    """The Scala version that a notebook's metadata names, or "": Polynote's setting, else the kernel's own."""
    said = _at(metadata, ("config", "scalaVersion"))
    if isinstance(said, str):
        return said
    info = _at(metadata, ("language_info",))
    if isinstance(info, Mapping) and info.get("name") == "scala" and isinstance(info.get("version"), str):
        return str(info["version"])
    kernel = _at(metadata, ("kernelspec", "name"))
    digits = kernel.removeprefix("scala") if isinstance(kernel, str) and kernel.startswith("scala") else ""
    if digits == "3":
        return digits
    return f"{digits[0]}.{digits[1:]}" if digits.isdigit() and len(digits) == 3 else ""


def kernel_of(metadata: Mapping[str, Any]) -> str:
    """The kernelspec's name, or ""."""
    name = _at(metadata, ("kernelspec", "name"))
    return name if isinstance(name, str) else ""


def repositories(metadata: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """(kind, address) of Polynote's repositories, in the file's form and in that of its clipboard."""
    listed = _at(metadata, ("config", "repositories"))
    found = []
    for entry in listed if isinstance(listed, list) else ():
        if not isinstance(entry, Mapping):
            continue
        kind = entry.get("type")
        inner = entry.get("resolver") if isinstance(kind, str) else None
        if inner is None:
            kind, inner = next(((k, v) for k, v in entry.items() if k in ("maven", "ivy", "pip")), ("", None))
        if isinstance(inner, Mapping):
            address = next((inner[key] for key in ("base", "url") if isinstance(inner.get(key), str)), "")
            if address:
                found.append((str(kind), address))
    return tuple(found)


def _entry(text: str, ecosystem: Ecosystem, style: str) -> Declaration:
    if ecosystem == "conda":
        made = conda_declaration(text, NOWHERE, style)
        return replace(made, inner=Span(0, len(text))) if made.problem else made
    if ecosystem == "nuget":
        name, _, version = (part.strip() for part in text.partition(","))
        return Declaration(Requirement("nuget", name, version, style, text), NOWHERE)
    if text.strip().endswith(".txt") and style == "polynote":
        return Declaration(Requirement(ecosystem, "", "", style, text, flags=("list",)), NOWHERE)
    if ecosystem == "maven":
        plain = text.rstrip().removesuffix("?nocache")
        flags = ("nocache",) if plain != text.rstrip() else ()
        found = maven_declaration(plain, NOWHERE, style, crosses=style != "polynote")
        requirement = replace(found.requirement, text=text.strip(), flags=flags)
        return Declaration(requirement, NOWHERE, problem=found.problem, inner=found.span if found.problem else None)
    read = read_requirement(text, style)
    return Declaration(read.requirement, NOWHERE, problem=read.problem, inner=read.span if read.problem else None)


def _broken(path: Path, style: str, problem: str) -> Declaration:
    return Declaration(Requirement("python", "", style=style), NOWHERE, path, problem)


def _unknown_keys(
    metadata: Mapping[str, Any], path: tuple[str, ...], known: tuple[str, ...], style: str
) -> Iterator[Declaration]:
    value = _at(metadata, path)
    if value is None:
        return
    if not isinstance(value, Mapping):
        yield _broken(path, style, "This should be an object from language to a list of texts.")
        return
    for key, listed in value.items():
        if key not in known and listed:
            said = f"`{key}` is read by nobody here: " + ", ".join(f"`{k}`" for k in known) + "."
            yield _broken((*path, str(key)), style, said)


def _locked(metadata: Mapping[str, Any]) -> Iterator[Declaration]:
    lock = metadata.get("uv.lock")
    if isinstance(lock, str):
        for name, version in locked_packages(lock):
            made = Requirement("python", name, f"=={version}" if version else "", "uv.lock", name)
            yield Declaration(made, NOWHERE, ("uv.lock",))


def locked_packages(lock: str) -> list[tuple[str, str]]:
    """(name, version) of the packages in a `uv.lock`."""
    found: dict[int, dict[str, str]] = {}
    for string in toml_strings(lock):
        if string.table == "package" and string.key in ("name", "version") and not string.listed:
            found.setdefault(string.number, {}).setdefault(string.key, string.value)
    return [(p["name"], p.get("version", "")) for p in found.values() if "name" in p]


def _at(value: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value
