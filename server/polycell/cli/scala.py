"""`polycell scala fetch`: the one place where Polycell opens the network for Scala without being asked by a setting."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import typer

from polycell.dependencies.classpath import Classpath, classpath_of


def fetch_compiler(notebook: Path | None) -> int:
    """Fetch the compiler, and what a notebook declares. 0: all is here, 1: a dependency is not to be had, 2: nothing
    works (no Java, no network), said on standard error."""
    missing = [name for name in ("jpype", "platformdirs") if importlib.util.find_spec(name) is None]
    if missing:
        typer.echo('Scala needs more than is installed: pip install "polycell[scala]"', err=True)
        return 2
    from polycell.languages.scala.host.jars import MissingError, jars_of
    from polycell.languages.scala.host.server import compiler_jars, dependency_jars
    from polycell.languages.scala.host.versions import release_for

    config = _config(notebook)
    release, note = release_for(config.scala)
    if note:
        typer.echo(note)
    try:
        jars = jars_of(compiler_jars(release), download=True, progress=typer.echo)
    except MissingError as error:
        typer.echo(str(error), err=True)
        return 2
    typer.echo(f"Scala {release.scala}: the compiler is here, {len(jars)} jars.")
    code = 0
    for module in config.modules:
        wanted = dependency_jars((module,), release, config.exclusions, config.repositories)
        try:
            typer.echo(f"{module}: {len(jars_of(wanted, download=True, progress=typer.echo))} jars.")
        except MissingError as error:
            typer.echo(f"{module}: {error}", err=True)
            code = 1
    return code


def _config(notebook: Path | None) -> Classpath:
    if notebook is None:
        return Classpath()
    from polycell.formats import read_file

    found = read_file(notebook).notebooks
    return classpath_of(found[0]) if found else Classpath()
