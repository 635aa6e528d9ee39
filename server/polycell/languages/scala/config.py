"""What a notebook's Scala needs: its version and its classpath. Whoever reads declarations tells it (`compose`)."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from polycell.core.notebook import Notebook


class Config(Struct, frozen=True):
    """`modules` are "group:artifact:version", with `{scala}` where the full version of Scala belongs, `plugins` (of the
    compiler) the same; `repositories` addresses asked beside the usual ones. Equal configurations share a compiler."""

    scala: str = ""
    modules: tuple[str, ...] = ()
    exclusions: tuple[str, ...] = ()
    repositories: tuple[str, ...] = ()
    plugins: tuple[str, ...] = ()

    @property
    def spark(self) -> bool:
        return any(":spark-sql_" in module for module in self.modules)


Configure = Callable[[Notebook], Config]


def plain(notebook: Notebook) -> Config:
    """Scala's own library and nothing else."""
    return Config()
