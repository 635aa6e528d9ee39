"""JupySQL's settings: `%config SqlMagic.autopandas = True`, `[tool.jupysql.SqlMagic]` of the nearest pyproject.toml.

A line of the notebook wins over the file. What `%config` says is kept in the catalogue under `SqlMagic.` and the
setting's name, with its value as source; the file is a source of the environment.
"""

from __future__ import annotations

import importlib
import logging
import sys
from collections.abc import Hashable, Iterable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from polycell.core.environment import Binding, View
from polycell.core.patterns import pattern
from polycell.core.types import STRING, Connection, Flavour, Scalar
from polycell.core.values import replace
from polycell.tables.answers import Answers, OnReady
from polycell.tables.data_files import real_path

log = logging.getLogger(__name__)

NAME = "pyproject.toml"
MOST = 1_000_000  # bytes of a file that is read

_CONFIG = pattern(r"SqlMagic\.(\w+)\s*=\s*(?:(['\"])(.*?)\2|([\w.]+))")
_SPACE = "SqlMagic."
# Of these JupySQL clears one when the other is set.
_KINDS: tuple[tuple[str, Flavour], ...] = (("autopandas", "pandas"), ("autopolars", "polars"))
_TRUE = frozenset({"true", "1"})


class SettingsRequest(Struct, frozen=True):
    """The key for `View.read`: what the file says that holds for notebooks in `folder`."""

    folder: str


class Settings(Struct, frozen=True):
    values: tuple[tuple[str, str], ...] = ()


def configured(line: str) -> Iterator[Binding]:
    """What `%config line` puts into the catalogue."""
    for found in _CONFIG.finditer(line):
        name, value = found[1], found[3] if found[2] else found[4]
        yield _binding(name, value)
        if value.lower() in _TRUE:
            yield from (_binding(other, "False") for other, _ in _KINDS if name in dict(_KINDS) and other != name)


def _binding(name: str, value: str) -> Binding:
    return Binding(f"{_SPACE}{name}", Scalar(STRING, value), space="catalog", source=value)


def setting(view: View, folder: str, name: str) -> str:
    """The value that holds for a cell; "" where nobody says."""
    said = view.with_overlay({}, "sql").lookup(f"{_SPACE}{name}")
    if said is not None:
        return said.source
    found = view.read(SettingsRequest(folder)) if folder else None
    return dict(found.values).get(name, "") if isinstance(found, Settings) else ""


def handed_out(view: View, folder: str) -> Flavour:
    """The kind of table in which JupySQL hands out results."""
    for name, kind in _KINDS:
        if setting(view, folder, name).lower() in _TRUE:
            return kind
    return "result-set"


def sectioned(connection: Connection, view: View, folder: str) -> Connection:
    """The connection with the file of named ones that the notebook chose, where it is a section of one."""
    if not connection.source.startswith("["):
        return connection
    return replace(connection, file=setting(view, folder, "dsn_filename"))


class SettingsSources:
    """Reads the files, in a thread with `on_ready`, at once without; never one outside of `roots`."""

    def __init__(self, roots: Sequence[Path], on_ready: OnReady | None = None) -> None:
        self._roots = tuple(real_path(root) for root in roots)
        self._answers: Answers[SettingsRequest, Settings] = Answers(
            self._settings, on_ready, workers=1 if on_ready is not None else 0,
            lasts=lambda settings: float("inf"), name="polycell-jupysql",
        )  # fmt: skip

    def read(self, key: Hashable) -> Settings | None:
        return self._answers.get(key) if isinstance(key, SettingsRequest) else None

    def changed(self, paths: Iterable[str | Path]) -> None:
        if any(Path(path).name == NAME for path in paths):
            self._answers.again(self._answers.known())

    def close(self) -> None:
        self._answers.close()

    def _settings(self, key: SettingsRequest) -> Settings:
        folder = real_path(Path(key.folder))
        for place in (folder, *folder.parents):
            if not any(place == root or root in place.parents for root in self._roots):
                break
            file = place / NAME
            if file.is_file():  # the nearest counts, whether it speaks of JupySQL or not
                return _read(file)
        return Settings()


def _read(file: Path) -> Settings:
    try:
        toml = importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
        with file.open("rb") as opened:
            said = toml.loads(opened.read(MOST).decode("utf-8"))
        said = said.get("tool", {}).get("jupysql", {}).get("SqlMagic", {})
        return Settings(tuple((str(n), str(v)) for n, v in said.items() if isinstance(v, (str, bool, int))))
    except (OSError, ValueError, AttributeError, ImportError, RecursionError) as problem:
        log.info("%s is not read for JupySQL's settings: %s", file, problem)
        return Settings()
