"""What a notebook's declarations mean for the JVM: the modules, exclusions and repositories of its classpath, and the
plugins of its compiler."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from msgspec import Struct

from polycell.core.notebook import Notebook
from polycell.core.patterns import pattern
from polycell.dependencies.jvm_cells import scala_declarations, scala_version, session_declarations, toree_declarations
from polycell.dependencies.maven import read_coordinate
from polycell.dependencies.metadata import declared_by, repositories, scala_of
from polycell.dependencies.model import Declaration, Requirement

_DEFAULT_BINARY = "2.13"
_READ = frozenset({"scala", "python"})
_EXACT = pattern(r"[\w.+-]*\d[\w.+-]*")


class Classpath(Struct, frozen=True):
    """`scala` is the version as written, "" for none; `modules` "group:artifact:version" with the Scala suffix where
    the tool would add it (`{scala}` for the full version, which only who compiles knows), `plugins` the same;
    `repositories` are addresses of Maven repositories."""

    scala: str = ""
    modules: tuple[str, ...] = ()
    exclusions: tuple[str, ...] = ()
    repositories: tuple[str, ...] = ()
    plugins: tuple[str, ...] = ()


def classpath_of(notebook: Notebook) -> Classpath:
    """Malformed declarations, files, and versions that only the tool can choose are left out."""
    said = [_in_text(c.language, c.text) for c in notebook.cells if c.kind == "code" and c.language in _READ]
    declared = [*declared_by(notebook), *(d for _, found in said for d in found)]
    scala = scala_of(notebook.metadata) or next((version for version, _ in said if version), "") or _meant(declared)
    major, *rest = (scala or _DEFAULT_BINARY).split(".")
    binary = "3" if major == "3" else ".".join([major, *rest[:1]])
    config = notebook.metadata.get("config")
    excluded = config.get("exclusions") if isinstance(config, Mapping) else None
    return Classpath(
        scala,
        tuple(dict.fromkeys(_modules(declared, binary, plugins=False))),
        tuple(e for e in excluded if isinstance(e, str)) if isinstance(excluded, list) else (),
        tuple(address for kind, address in repositories(notebook.metadata) if kind == "maven"),
        tuple(dict.fromkeys(_modules(declared, binary, plugins=True))),
    )


@lru_cache(maxsize=4096)
def _in_text(language: str, text: str) -> tuple[str, tuple[Declaration, ...]]:
    """The Scala version that a cell asks for, and what it declares for the JVM."""
    declared = [*session_declarations(text)]
    if language == "scala":
        declared += [*scala_declarations(text), *toree_declarations(text)]
    return scala_version(text) if language == "scala" else "", tuple(declared)


def _meant(declared: list[Declaration]) -> str:
    """The Scala that the artifacts are all built for, by their names; "" where they do not agree or do not say."""
    named = [read_coordinate(f"{one.requirement.name}:1").suffix for one in declared if not one.problem]
    meant = {".".join(suffix.split(".")[:2]) for suffix in named if suffix}
    return meant.pop() if len(meant) == 1 else ""


def _modules(declared: list[Declaration], binary: str, *, plugins: bool) -> Iterator[str]:
    for one in declared:
        required = one.requirement
        if plugins != ("plugin" in required.flags):
            continue
        if one.problem or required.ecosystem != "maven" or required.name.count(":") != 1:
            continue
        if _EXACT.fullmatch(required.constraint):
            yield _module(required, binary)


def _module(required: Requirement, binary: str) -> str:
    suffix = ("_{scala}" if "full" in required.flags else f"_{binary}") if required.cross else ""
    return f"{required.name}{suffix}:{required.constraint}"
