"""What a notebook says about its Scala: version, dependencies, repositories. Polynote's configuration, `import $ivy`,
and `//> using`, read as far as the compiler's classpath needs them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from polycell.core.notebook import Notebook

_IVY = re.compile(r"import[ \t]+\$(?:ivy|dep)\.\{?[ \t]*((?:`[^`\n]+`[ \t]*,?[ \t]*)+)")
_QUOTED = re.compile(r"`([^`\n]+)`")
_USING = re.compile(r"^//>[ \t]*using[ \t]+(?:dep|lib|deps|libs)[ \t]+(.+)$", re.MULTILINE)
_VERSION = re.compile(r'^//>[ \t]*using[ \t]+scala[ \t]+"?([\d.]+)"?', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Config:
    """`modules` are "organisation:name:version", with the Scala suffix where the notebook leaves it to the tool.
    Equal configurations share a compiler."""

    scala: str = ""
    modules: tuple[str, ...] = ()
    exclusions: tuple[str, ...] = ()
    repositories: tuple[str, ...] = ()

    @property
    def spark(self) -> bool:
        return any(":spark-sql" in module for module in self.modules)


def config_of(notebook: Notebook) -> Config:
    written = notebook.metadata.get("config")
    config = written if isinstance(written, Mapping) else {}
    dependencies = config.get("dependencies")
    scala = config.get("scalaVersion")
    version = scala if isinstance(scala, str) else ""
    listed = list(_strings(dependencies.get("scala") if isinstance(dependencies, Mapping) else None))
    for cell in notebook.cells:
        if cell.kind == "code" and cell.language == "scala":
            found, told = _in_text(cell.text)
            listed += found
            version = version or told
    binary = ".".join((version or "2.13").split(".")[:2])
    return Config(
        version,
        tuple(dict.fromkeys(module for text in listed if (module := _module(text, binary)))),
        tuple(_strings(config.get("exclusions"))),
        tuple(_repositories(config.get("repositories"))),
    )


@lru_cache(maxsize=1024)
def _in_text(text: str) -> tuple[tuple[str, ...], str]:
    if "$" not in text and "//>" not in text:
        return (), ""
    found = [name for clause in _IVY.finditer(text) for name in _QUOTED.findall(clause[1])]
    for clause in _USING.finditer(text):
        found += [part.strip("\"',") for part in clause[1].split()]
    version = _VERSION.search(text)
    return tuple(found), version[1] if version else ""


def _module(text: str, binary: str) -> str:
    """ "org:name:version"; "" for what is no Maven coordinate (a file, a list, a wildcard)."""
    text = text.strip().partition("?")[0]
    if "/" in text or " " in text:
        return ""
    cross = "::" in text
    parts = [part for part in text.split(":") if part]
    if len(parts) != 3 or any(not re.fullmatch(r"[\w.+-]+", part) for part in parts):
        return ""
    organisation, name, version = parts
    if version in ("_", "latest.release", "latest.integration"):
        return ""
    return f"{organisation}:{name}_{binary}:{version}" if cross else f"{organisation}:{name}:{version}"


def _repositories(value: Any) -> Iterable[str]:
    for entry in value if isinstance(value, list) else ():
        maven = entry.get("maven") if isinstance(entry, Mapping) else None
        base = maven.get("base") if isinstance(maven, Mapping) else None
        if isinstance(base, str) and base.startswith(("https://", "http://", "file:")):
            yield base


def _strings(value: Any) -> Iterable[str]:
    return (item for item in value if isinstance(item, str)) if isinstance(value, list) else ()
