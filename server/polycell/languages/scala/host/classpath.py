"""The jars of a compiler and of a notebook: what is wanted, and what can be had of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from polycell.core.values import replace
from polycell.languages.scala.host.jars import MissingError, Wanted, jars_of
from polycell.languages.scala.host.versions import Release


@dataclass(frozen=True, slots=True)
class Dependencies:
    """`modules` are "group:artifact:version", where `{scala}` stands for the full version of Scala, `plugins` the same;
    `exclusions` and `repositories` as in `Wanted`."""

    modules: tuple[str, ...] = ()
    exclusions: tuple[str, ...] = ()
    repositories: tuple[str, ...] = ()
    plugins: tuple[str, ...] = ()

    def plugin(self, module: str) -> Dependencies:
        """Of one plugin, which shares nothing with the notebook's code."""
        return Dependencies((module,), ("org.scala-lang",), self.repositories)


@dataclass(frozen=True, slots=True)
class Found:
    """`missing` are modules that cannot be had, with the reason; `jars` is what there is of the others."""

    jars: tuple[str, ...] = ()
    missing: dict[str, str] = field(default_factory=dict)


def compiler_jars(release: Release) -> Wanted:
    """What the compiler of a Scala version consists of."""
    return Wanted(release.modules, release.forced)


def dependency_jars(dependencies: Dependencies, release: Release) -> Wanted:
    """What a notebook declares, with the library of the Scala that compiles it."""
    modules = tuple(module.replace("{scala}", release.scala) for module in dependencies.modules)
    ours = any(f"_{release.binary}:" in module for module in modules)
    forced = (release.library,) if ours else ()
    return Wanted(modules, forced, dependencies.exclusions, dependencies.repositories)


def find(dependencies: Dependencies, release: Release, *, download: bool, progress: Callable[[str], None]) -> Found:
    """All of them together, so that one version of each is chosen; where that fails one by one, since one that cannot
    be had must not cost the others."""
    if not dependencies.modules:
        return Found()
    try:
        return Found(jars_of(dependency_jars(dependencies, release), download=download, progress=progress))
    except MissingError as error:
        if len(dependencies.modules) == 1:
            return Found(missing={dependencies.modules[0]: str(error)})
    jars: dict[str, None] = {}
    missing = {}
    for module in dependencies.modules:
        one = replace(dependencies, modules=(module,))
        try:
            jars.update(dict.fromkeys(jars_of(dependency_jars(one, release), download=download, progress=progress)))
        except MissingError as error:
            missing[module] = str(error)
    return Found(tuple(jars), missing)


@dataclass(frozen=True, slots=True)
class Jars:
    """`compiler` is what the compiler consists of, `classpath` what the notebook's code sees: the library and what it
    declares; `missing` as in `Found`; `options` are those of the compiler that name its plugins; not `judged` where one
    of them is missing, so that errors prove nothing."""

    compiler: tuple[str, ...]
    classpath: tuple[str, ...]
    missing: Mapping[str, str]
    options: tuple[str, ...] = ()
    judged: bool = True

    def complaints(self) -> Iterator[str]:
        """What the notebook declares and cannot be had, for users; the rest works without it."""
        by_reason: dict[str, list[str]] = {}
        for module, reason in self.missing.items():
            by_reason.setdefault(reason.partition("\n")[0], []).append(module)
        for reason, modules in by_reason.items():
            yield f"Scala cells do without {', '.join(modules)}: {reason}"


def resolve(dependencies: Dependencies, release: Release, *, download: bool, progress: Callable[[str], None]) -> Jars:
    """Raises MissingError where the compiler cannot be had."""
    compiler = jars_of(compiler_jars(release), download=download, progress=progress)
    library = [jar for jar in compiler if Path(jar).name.startswith(("scala-library-", "scala3-library_3-"))]
    own = find(dependencies, release, download=download, progress=progress)
    plugins, missing = find_plugins(dependencies, release, download=download, progress=progress)
    options = tuple(f"-Xplugin:{os.pathsep.join(jars)}" for jars in plugins)
    return Jars(compiler, tuple(dict.fromkeys((*library, *own.jars))), {**own.missing, **missing}, options, not missing)


def find_plugins(
    dependencies: Dependencies, release: Release, *, download: bool, progress: Callable[[str], None]
) -> tuple[list[tuple[str, ...]], dict[str, str]]:
    """The jars of each plugin, and those that cannot be had, with the reason."""
    plugins, missing = [], {}
    for module in dependencies.plugins:
        found = find(dependencies.plugin(module), release, download=download, progress=progress)
        missing.update(found.missing)
        if found.jars:
            plugins.append(found.jars)
    return plugins, missing
