"""What is installed in an interpreter's environment, read from the files that installers leave; nothing is run.

`importlib.metadata` reads the distributions of given folders. What can be imported is told by the folders themselves:
packages, modules, and the folders that `.pth` files add. An editable installation whose finder cannot be read leaves
the environment `open`: modules may be there that nobody sees.
"""

from __future__ import annotations

import ast
import logging
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field

from polycell.core.patterns import pattern
from polycell.dependencies.interpreter import Interpreter, site_packages
from polycell.dependencies.model import normal

if TYPE_CHECKING:
    import importlib.metadata

log = logging.getLogger(__name__)

_MODULE = pattern(r"([^\W\d]\w*)(?:\.py|\.pyc|(?:\.[\w-]+)?\.(?:so|pyd))")
_HEADERS = frozenset({"name", "version", "summary", "license", "license-expression", "requires-dist", "classifier"})


class Distribution(Struct, frozen=True):
    """`modules` are the top-level names it brings; `requires` its own requirements, as written."""

    name: str
    version: str
    summary: str = ""
    licence: str = ""
    requires: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()


class Installed(Struct, frozen=True, dict=True):
    """`distributions` by normal name; `modules` is every top-level name that can be imported."""

    interpreter: Interpreter
    distributions: Mapping[str, Distribution] = field(default_factory=dict)
    modules: frozenset[str] = frozenset()
    open: bool = False

    @cached_property
    def providers(self) -> Mapping[str, tuple[str, ...]]:
        """Top-level module → normal names of the distributions that bring it."""
        found: dict[str, list[str]] = {}
        for key, distribution in self.distributions.items():
            for module in distribution.modules:
                found.setdefault(module, []).append(key)
        return {module: tuple(keys) for module, keys in found.items()}


def stamp(interpreter: Interpreter) -> tuple[tuple[str, int], ...]:
    """Changes when something is installed or removed: the folders' times."""
    found = []
    for folder in site_packages(interpreter):
        try:
            found.append((str(folder), folder.stat().st_mtime_ns))
        except OSError:
            continue
    return tuple(found)


def read_installed(interpreter: Interpreter) -> Installed:
    """Everything in the environment; some tenths of a second for hundreds of distributions. Total."""
    import importlib.metadata

    folders, opened = search_path(site_packages(interpreter))
    distributions: dict[str, Distribution] = {}
    for found in importlib.metadata.distributions(path=[str(folder) for folder in folders]):
        try:
            made = _distribution(found)
        except Exception as problem:  # whatever is wrong with one installation, the others are told
            log.info("a distribution of %s cannot be read: %s", interpreter.prefix, problem)
            continue
        if made is not None:
            distributions.setdefault(normal(made.name), made)
    modules = {name for folder in folders for name in importable(folder)}
    modules.update(name for folder in folders for name in _mapped(folder))
    return Installed(interpreter, distributions, frozenset(modules), opened)


def importable(folder: Path) -> Iterator[str]:
    """Top-level names that a folder on the path offers; any folder inside may be a package."""
    try:
        entries = list(folder.iterdir())
    except OSError:
        return
    for entry in entries:
        if entry.name.isidentifier():
            if entry.name != "__pycache__":
                yield entry.name
        elif found := _MODULE.fullmatch(entry.name):
            yield found[1]


def search_path(sites: Iterable[Path]) -> tuple[list[Path], bool]:
    """The folders that are searched for modules, those of `.pth` files included; whether there may be more."""
    found: dict[Path, None] = {}
    opened = False
    for site in sites:
        found[site] = None
        for path in sorted(_files(site, ".pth")):
            text = _text(path)
            for line in text.splitlines():
                line = line.strip()
                if line.startswith(("import ", "import\t")):
                    opened = opened or ("editable" in line and not list(_mapped(site)))
                elif line and not line.startswith("#"):
                    added = site / line
                    if added.is_dir():
                        found[added] = None
    return list(found), opened


def _mapped(site: Path) -> Iterator[str]:
    """Names that setuptools' editable finders map: `MAPPING = {'package': '/somewhere'}` in a generated module."""
    for path in _files(site, "_finder.py"):
        if not path.name.startswith("__editable__"):
            continue
        try:
            tree = ast.parse(_text(path))
        except (SyntaxError, ValueError, RecursionError):
            continue
        for node in tree.body:
            target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
            if isinstance(target, ast.Name) and target.id in ("MAPPING", "NAMESPACES"):
                value = getattr(node, "value", None)
                if isinstance(value, ast.Dict):
                    for key in value.keys:
                        if isinstance(key, ast.Constant) and isinstance(key.value, str):
                            yield key.value.partition(".")[0]


def _distribution(found: importlib.metadata.Distribution) -> Distribution | None:
    said: dict[str, list[str]] = {}
    for name, value in _headers(found.read_text("METADATA") or found.read_text("PKG-INFO") or ""):
        said.setdefault(name, []).append(value)
    name, version = (said.get(key, [""])[0] for key in ("name", "version"))
    if not name:
        return None
    licence = (said.get("license-expression") or said.get("license") or [""])[0]
    if not licence or len(licence) > 60:
        licences = [c.rpartition(" :: ")[2] for c in said.get("classifier", ()) if c.startswith("License ::")]
        licence = ", ".join(licences)
    summary = said.get("summary", [""])[0]
    requires = tuple(said.get("requires-dist", ()))
    return Distribution(name, version, summary, licence, requires, tuple(sorted(_top_level(found))))


def _headers(metadata: str) -> Iterator[tuple[str, str]]:
    """The header fields that matter, up to the description; continued lines are left out."""
    for line in metadata.splitlines():
        if not line.strip():
            return
        name, colon, value = line.partition(":")
        if colon and name.lower() in _HEADERS:
            value = value.strip()
            yield name.lower(), "" if value == "UNKNOWN" else value


def _top_level(found: importlib.metadata.Distribution) -> set[str]:
    """The names that a distribution brings: what its RECORD lists, and what `top_level.txt` says."""
    names = {line.strip() for line in (found.read_text("top_level.txt") or "").splitlines() if line.strip()}
    record = found.read_text("RECORD") or ""
    for line in record.splitlines():
        path = line.partition(",")[0].strip('"')
        first, slash, _ = path.partition("/")
        if slash and first.isidentifier():
            names.add(first)
        elif not slash and (module := _MODULE.fullmatch(first)):
            names.add(module[1])
    return {name for name in names if name.isidentifier() and name != "__pycache__"}


def _files(folder: Path, ending: str) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if path.name.endswith(ending)]
    except OSError:
        return []


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
