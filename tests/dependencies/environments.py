"""Environments made of files, as installers leave them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def make_environment(prefix: Path, version: str = "3.12", runner: str = "ipykernel") -> Path:
    """A virtual environment's skeleton; its `site-packages`. `runner` is the package that can run notebooks."""
    site = prefix / f"lib/python{version}/site-packages"
    site.mkdir(parents=True)
    (prefix / "bin").mkdir()
    (prefix / "bin/python").touch()
    (prefix / "pyvenv.cfg").write_text(f"home = /usr/bin\nversion = {version}.1\n", encoding="utf-8")
    if runner:
        install(site, runner, "6.29")
    return site


def install(
    site: Path,
    name: str,
    version: str,
    modules: Iterable[str] = (),
    requires: Iterable[str] = (),
    summary: str = "",
    licence: str = "",
    top_level: bool = True,
) -> None:
    """Leave in `site` what an installer of that distribution would; `modules` are packages, by default of its name."""
    modules = tuple(modules) or (name.replace("-", "_"),)
    info = site / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir()
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", f"Summary: {summary}"]
    lines += [f"License: {licence}", *(f"Requires-Dist: {r}" for r in requires), "", "A long description."]
    (info / "METADATA").write_text("\n".join(lines), encoding="utf-8")
    if top_level:
        (info / "top_level.txt").write_text("\n".join(modules) + "\n", encoding="utf-8")
    for module in modules:
        (site / module).mkdir(parents=True, exist_ok=True)
        (site / module / "__init__.py").touch()
    record = [f"{module}/__init__.py,," for module in modules] + [f"{info.name}/METADATA,,"]
    (info / "RECORD").write_text("\n".join(record) + "\n", encoding="utf-8")
