"""Files beside a notebook that declare dependencies: `requirements*.txt`, `pyproject.toml`, `environment.yml` and
`uv.lock`.

Pure in the files' texts, and total: what cannot be read is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from polycell.dependencies.install_commands import conda_declaration
from polycell.dependencies.metadata import locked_packages
from polycell.dependencies.model import NOWHERE, Requirement
from polycell.dependencies.requirement import read_requirement
from polycell.dependencies.toml_strings import toml_strings

NAMES = re.compile(
    r"(?:.*requirements.*\.(?:txt|in)|pyproject\.toml|environment.*\.ya?ml|conda.*\.ya?ml|uv\.lock)", re.IGNORECASE
)
_OPTION = re.compile(r"\s+--(?:hash|config-settings|global-option|install-option)\b.*$")


def read_project_file(name: str, text: str) -> tuple[Requirement, ...]:
    """What a file of that name declares; of `-r` lines only the option is kept, in `included`."""
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
    for line in logical_lines(text):
        found = re.match(r"(?:-r|--requirement)[ =]*(\S+)", line)
        if found:
            yield found[1]


def logical_lines(text: str) -> Iterator[str]:
    """Lines of a requirements file without comments, continued ones joined, as pip reads them."""
    joined = re.sub(r"\\\r?\n", "", text)
    for line in joined.splitlines():
        line = re.sub(r"(?:^|\s)#.*$", "", line).strip()
        if line:
            yield line


def _requirements(text: str, name: str) -> Iterator[Requirement]:
    for line in logical_lines(text):
        if line.startswith("-"):
            if re.match(r"-e\b|--editable\b", line):
                yield Requirement("python", "", f"@ {line.split(maxsplit=1)[-1]}", "file", line, file=name)
            continue
        read = read_requirement(_OPTION.sub("", line), "file", name)
        if not read.problem:
            yield read.requirement


def _pyproject(text: str, name: str) -> Iterator[Requirement]:
    for string in toml_strings(text):
        table, key = string.table, string.key
        listed = (table == "project" and key == "dependencies") or table in (
            "project.optional-dependencies",
            "dependency-groups",
        )
        if listed and string.listed:
            read = read_requirement(string.value, "file", name)
            if not read.problem:
                yield read.requirement
        elif re.fullmatch(r"tool\.poetry(?:\.group\.[\w-]+)?\.(?:dev-)?dependencies", table) and key:
            first, _, inner = key.partition(".")
            if first != "python" and inner in ("", "version"):
                yield Requirement("python", first, "", "file", string.value, file=name)
        elif re.fullmatch(r"tool\.pixi(?:\.feature\.[\w-]+)?\.(?:pypi-)?dependencies", table) and key:
            yield Requirement("python", key.partition(".")[0], "", "file", string.value, file=name)


def _environment(text: str, name: str) -> Iterator[Requirement]:
    import yaml

    try:
        said = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        return
    listed = said.get("dependencies") if isinstance(said, dict) else None
    for entry in listed if isinstance(listed, list) else ():
        if isinstance(entry, str):
            made = conda_declaration(entry, NOWHERE, "file", name)
            if not made.problem:
                yield made.requirement
        elif isinstance(entry, dict) and isinstance(entry.get("pip"), list):
            for line in entry["pip"]:
                read = read_requirement(line, "file", name) if isinstance(line, str) else None
                if read is not None and not read.problem and not read.requirement.text.startswith("-"):
                    yield read.requirement


def _lock(text: str) -> list[tuple[str, str]]:
    return locked_packages(text)
