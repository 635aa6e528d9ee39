"""`polycell scala fetch`: the one place where Polycell opens the network for Scala without being asked by a setting."""

from __future__ import annotations

from pathlib import Path

import typer

from polycell.dependencies.classpath import Classpath, classpath_of


def fetch_compiler(notebook: Path | None, *, metals: bool = False) -> int:
    """Fetch the compiler, what a notebook declares, and Metals where that is wanted. 0: all is here, 1: one of the
    others is not to be had, 2: nothing works (no Java, no network), said on standard error."""
    from polycell.languages.scala.light import lacks

    if lacking := lacks():
        typer.echo(lacking, err=True)
        return 2
    from polycell.languages.scala.host.classpath import Dependencies, compiler_jars, find, find_plugins
    from polycell.languages.scala.host.jars import MissingError, jars_of
    from polycell.languages.scala.host.versions import release_for

    config = _config(notebook)
    release, note = release_for(config.scala)
    if note:
        typer.echo(note)
    try:
        jars = jars_of(compiler_jars(release), download=True, progress=typer.echo)
    except MissingError as error:
        typer.echo(f"The compiler of Scala {release.scala}: {error}", err=True)
        return 2
    typer.echo(f"Scala {release.scala}: the compiler is here, {len(jars)} jars.")
    wanted = Dependencies(config.modules, config.exclusions, config.repositories, config.plugins)
    found = find(wanted, release, download=True, progress=typer.echo)
    plugins, lost = find_plugins(wanted, release, download=True, progress=typer.echo)
    missing = {**found.missing, **lost}
    for module, reason in missing.items():
        typer.echo(f"{module}: {reason}", err=True)
    if found.jars or plugins:
        typer.echo(f"{notebook}: what it declares is here, {len(found.jars) + sum(map(len, plugins))} jars.")
    return 1 if missing or (metals and not _fetch_metals()) else 0


def _fetch_metals() -> bool:
    from polycell.languages.scala.host.jars import MissingError, Wanted, jars_of
    from polycell.languages.scala.metals.command import MODULE, VERSION

    try:
        jars = jars_of(Wanted((MODULE,)), download=True, progress=typer.echo)
    except MissingError as error:
        typer.echo(f"Metals {VERSION} {error}", err=True)
        return False
    typer.echo(f"Metals {VERSION} is here, {len(jars)} jars.")
    return True


def _config(notebook: Path | None) -> Classpath:
    if notebook is None:
        return Classpath()
    from polycell.formats import read_file

    found = read_file(notebook).notebooks
    return classpath_of(found[0]) if found else Classpath()
