"""A list of dependencies in the formats of the tools that install them, and as JSON.

    requirements    lines for `pip install -r`
    pyproject       a `pyproject.toml` of a project that is no package
    conda           an `environment.yml`
    json            {"version": 1, "notebook": str, "interpreter": str, "wrong": int, "dependencies": [ENTRY…]}
                    ENTRY {"ecosystem": str, "name": str, "constraint": str, "text": str, "style": str, "where": str,
                           "state": str, "installed": str, "cell": int | null, "used": [int…], "problem": str}
                    and, where the notebook declares anything for the JVM, "jvm": {"scala": str, "modules": [str…],
                    "exclusions": [str…], "repositories": [str…]}: what a resolver such as coursier is given

What an installer of Python packages cannot install stands in a comment of the other formats.

Cells count from 1 over all cells.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec.structs import asdict

from polycell.core.notebook import Notebook
from polycell.dependencies.classpath import classpath_of
from polycell.dependencies.listing import Entry, Listing
from polycell.dependencies.metadata import repositories

FORMATS = ("requirements", "pyproject", "conda", "json")


def as_json(listing: Listing, notebook: Notebook) -> dict[str, Any]:
    """The list as plain data, as the module's text says."""
    numbers = {cell.id: number for number, cell in enumerate(notebook.cells, 1)}
    jvm = classpath_of(notebook)
    return {
        "version": 1,
        "notebook": notebook.path,
        "interpreter": listing.interpreter,
        "wrong": len(listing.wrong),
        "dependencies": [_plain(entry, numbers) for entry in listing.entries],
    } | ({"jvm": asdict(jvm)} if jvm.modules else {})


def written(listing: Listing, notebook: Notebook, form: str) -> str:
    """The list in one of `FORMATS`, with a line end at its end."""
    if form == "json":
        return json.dumps(as_json(listing, notebook), indent=2, ensure_ascii=False) + "\n"
    indexes = _indexes(notebook) if form == "requirements" else ""
    return indexes + _WRITERS[form](listing)


def _plain(entry: Entry, numbers: Mapping[str, int]) -> dict[str, Any]:
    requirement = entry.requirement
    return {
        "ecosystem": requirement.ecosystem,
        "name": requirement.name,
        "constraint": requirement.constraint,
        "text": requirement.text,
        "style": requirement.style,
        "where": requirement.where,
        "state": entry.state,
        "installed": entry.installed,
        "cell": numbers.get(entry.cell),
        "used": sorted({numbers[cell] for cell in entry.used if cell in numbers}),
        "problem": entry.problem,
    }


def _python(listing: Listing) -> Iterator[tuple[str, bool]]:
    """(requirement, whether it is declared), each once; a name without constraint gives way to one with."""
    chosen: dict[str, tuple[str, bool]] = {}
    for entry in listing.entries:
        requirement = entry.requirement
        if requirement.ecosystem != "python" or entry.problem:
            continue
        if requirement.file.endswith(".lock") or requirement.style == "uv.lock" or "list" in requirement.flags:
            continue
        text = requirement.text.removesuffix("?nocache")
        key = requirement.key or text
        if key not in chosen or (requirement.constraint and not _constrained(chosen[key][0])):
            chosen[key] = (text, requirement.style != "import")
    yield from chosen.values()


def _constrained(text: str) -> bool:
    return any(sign in text for sign in "=<>~@")


def _comments(listing: Listing, installed: tuple[str, ...] = ("python",)) -> str:
    """A line for each declaration of an ecosystem that the format has no place for."""
    others = (e.requirement for e in listing.entries if e.requirement.ecosystem not in installed and not e.problem)
    lines = dict.fromkeys(f"# {other.ecosystem}: {' '.join(other.text.split())}\n" for other in others)
    return "".join(lines)


def _indexes(notebook: Notebook) -> str:
    """Polynote asks the notebook's own indexes beside the usual one."""
    told = dict.fromkeys(address for kind, address in repositories(notebook.metadata) if kind == "pip")
    return "".join(f"--extra-index-url {address}\n" for address in told if not re.search(r"\s", address))


def _requirements(listing: Listing) -> str:
    lines = [text if declared else f"{text}  # imported, not declared" for text, declared in _python(listing)]
    return "".join(f"{line}\n" for line in lines) + _comments(listing)


def _pyproject(listing: Listing) -> str:
    items = "".join(f"    {json.dumps(text)},\n" for text, _ in _python(listing))
    return f'[project]\nname = "notebook"\nversion = "0"\ndependencies = [\n{items}]\n{_comments(listing)}'


def _conda(listing: Listing) -> str:
    conda = dict.fromkeys(
        e.requirement.text for e in listing.entries if e.requirement.ecosystem == "conda" and not e.problem
    )
    lines = ["dependencies:", "  - python", "  - pip", *(f"  - {json.dumps(text)}" for text in conda)]
    pip = [text for text, _ in _python(listing)]
    if pip:
        lines += ["  - pip:", *(f"      - {json.dumps(text)}" for text in pip)]
    return "\n".join(lines) + "\n" + _comments(listing, ("python", "conda"))


_WRITERS: Mapping[str, Callable[[Listing], str]] = {
    "requirements": _requirements,
    "pyproject": _pyproject,
    "conda": _conda,
}
