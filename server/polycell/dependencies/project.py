"""Files beside a notebook that declare dependencies: `requirements*.txt`, `pyproject.toml`, `environment.yml` and
`uv.lock`.

Pure in the files' texts, and total: an entry that no tool reads is told as broken, with its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from msgspec import Struct

from polycell.core.patterns import pattern
from polycell.dependencies.install_commands import conda_declaration
from polycell.dependencies.metadata import locked_packages
from polycell.dependencies.model import NOWHERE, Requirement
from polycell.dependencies.requirement import Read, read_requirement
from polycell.dependencies.toml_strings import toml_strings

NAMES = pattern(
    r"(?:.*requirements.*\.(?:txt|in)|pyproject\.toml|environment.*\.ya?ml|conda.*\.ya?ml|uv\.lock)", re.IGNORECASE
)
# Templates are filled by somebody else first; a wrong encoding is not for us to judge.
_UNJUDGED = pattern(r"[{}$%\0\ufffd]|<<")
# The files that are what their name says: `my_requirements_notes.txt` may be prose.
JUDGED = frozenset({"requirements.txt", "pyproject.toml", "environment.yml", "environment.yaml"})
_OPTION = pattern(r"\s+--(?:hash|config-settings|global-option|install-option)\b.*$")


class Broken(Struct, frozen=True):
    """An entry of a file that is no requirement: `line` counts from 1, `problem` says what is wrong."""

    file: str
    line: int
    text: str
    problem: str


def read_project_file(name: str, text: str) -> tuple[Requirement | Broken, ...]:
    """What a file of that name declares, in its order; of `-r` lines nothing, which `included` tells."""
    base = PurePosixPath(name.replace("\\", "/")).name.lower()
    if base == "pyproject.toml":
        return tuple(_pyproject(text, name))
    if base == "uv.lock":
        return tuple(Requirement("python", n, f"=={v}" if v else "", "file", n, file=name) for n, v in _lock(text))
    if base.endswith((".yml", ".yaml")):
        return tuple(_environment(text, name))
    return tuple(_requirements(text, name))


def included(text: str) -> Iterator[str]:
    """Files that a requirements file takes in (`-r other.txt`); constraints are none."""
    for _, line in logical_lines(text):
        found = re.match(r"(?:-r|--requirement)[ =]*(\S+)", line)
        if found:
            yield found[1]


def logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines of a requirements file without comments, continued ones joined, as pip reads them; each with the number of
    its first line."""
    waiting, first = "", 0
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        first = first if waiting else number
        if line.endswith("\\"):
            waiting += line[:-1]
            continue
        whole, waiting = re.sub(r"(?:^|\s)#.*$", "", waiting + line).strip(), ""
        if whole:
            yield first, whole
    if waiting.strip():
        yield first, waiting.strip()


def _judged(read: Read, name: str, line: int) -> Iterator[Requirement | Broken]:
    """A requirement, or why it is none; neither where that is not for us to judge."""
    if not read.problem:
        yield read.requirement
    elif not _UNJUDGED.search(read.requirement.text):
        yield Broken(name, line, read.requirement.text, read.problem)


def _line_of(text: str, entry: str) -> int:
    return text.count("\n", 0, max(text.find(entry), 0)) + 1


def _requirements(text: str, name: str) -> Iterator[Requirement | Broken]:
    for number, line in logical_lines(text):
        if line.startswith("-"):
            if re.match(r"-e\b|--editable\b", line):
                yield Requirement("python", "", f"@ {line.split(maxsplit=1)[-1]}", "file", line, file=name)
            continue
        yield from _judged(read_requirement(_OPTION.sub("", line), "file", name), name, number)


def _pyproject(text: str, name: str) -> Iterator[Requirement | Broken]:
    for string in toml_strings(text):
        table, key = string.table, string.key
        listed = (table == "project" and key == "dependencies") or table in (
            "project.optional-dependencies",
            "dependency-groups",
        )
        if listed and string.listed:
            number = text.count("\n", 0, string.span.start) + 1
            yield from _judged(read_requirement(string.value, "file", name), name, number)
        elif re.fullmatch(r"tool\.poetry(?:\.group\.[\w-]+)?\.(?:dev-)?dependencies", table) and key:
            first, _, inner = key.partition(".")
            if first != "python" and inner in ("", "version"):
                yield Requirement("python", first, "", "file", string.value, file=name)
        elif re.fullmatch(r"tool\.pixi(?:\.feature\.[\w-]+)?\.(?:pypi-)?dependencies", table) and key:
            yield Requirement("python", key.partition(".")[0], "", "file", string.value, file=name)


def _environment(text: str, name: str) -> Iterator[Requirement | Broken]:
    import yaml

    try:
        said = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        return
    listed = said.get("dependencies") if isinstance(said, dict) else None
    for entry in listed if isinstance(listed, list) else ():
        if isinstance(entry, str):
            made = conda_declaration(entry, NOWHERE, "file", name)
            yield from _judged(Read(made.requirement, made.problem), name, _line_of(text, entry))
        elif isinstance(entry, dict) and isinstance(entry.get("pip"), list):
            for line in entry["pip"]:
                if isinstance(line, str) and not line.lstrip().startswith("-"):
                    yield from _judged(read_requirement(line, "file", name), name, _line_of(text, line))


def _lock(text: str) -> list[tuple[str, str]]:
    return locked_packages(text)
