"""What a notebook's declarations mean for the JVM: the modules, exclusions and repositories of its classpath."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from polycell.core.notebook import Notebook
from polycell.dependencies.jvm_cells import scala_declarations, scala_version
from polycell.dependencies.metadata import declared_by, repositories, scala_of
from polycell.dependencies.model import Declaration, Requirement

_DEFAULT_BINARY = "2.13"
_EXACT = re.compile(r"[\w.+-]*\d[\w.+-]*")


@dataclass(frozen=True, slots=True)
class Classpath:
    """`scala` is the version as written, "" for none; `modules` "group:artifact:version" with the Scala suffix where
    the tool would add it; `repositories` are addresses of Maven repositories."""

    scala: str = ""
    modules: tuple[str, ...] = ()
    exclusions: tuple[str, ...] = ()
    repositories: tuple[str, ...] = ()


def classpath_of(notebook: Notebook) -> Classpath:
    """Malformed declarations, files, and versions that only the tool can choose are left out."""
    texts = [c.text for c in notebook.cells if c.kind == "code" and c.language == "scala"]
    said = [_in_text(text) for text in texts]
    scala = scala_of(notebook.metadata) or next((version for version, _ in said if version), "")
    major, *rest = (scala or _DEFAULT_BINARY).split(".")
    binary = "3" if major == "3" else ".".join([major, *rest[:1]])
    declared = [*declared_by(notebook), *(d for _, found in said for d in found)]
    config = notebook.metadata.get("config")
    excluded = config.get("exclusions") if isinstance(config, Mapping) else None
    return Classpath(
        scala,
        tuple(dict.fromkeys(_modules(declared, binary))),
        tuple(e for e in excluded if isinstance(e, str)) if isinstance(excluded, list) else (),
        tuple(address for kind, address in repositories(notebook.metadata) if kind == "maven"),
    )


@lru_cache(maxsize=4096)
def _in_text(text: str) -> tuple[str, tuple[Declaration, ...]]:
    """The Scala version that a cell asks for, and what it declares."""
    return scala_version(text), tuple(scala_declarations(text))


def _modules(declared: list[Declaration], binary: str) -> Iterator[str]:
    for one in declared:
        required = one.requirement
        if one.problem or required.ecosystem != "maven" or required.name.count(":") != 1:
            continue
        if _EXACT.fullmatch(required.constraint):
            yield _module(required, binary)


def _module(required: Requirement, binary: str) -> str:
    suffix = f"_{binary}" if required.cross else ""
    return f"{required.name}{suffix}:{required.constraint}"
