"""Names that could be imported, and the statements that import them: read from the files of an environment.

Run as a program with folders as its arguments it prints what they offer, as JSON, and needs nothing but the standard
library. Reading takes a second of computing, which in a thread of ours would delay every answer meanwhile.

Nothing is imported. A package's public names are those of its `__all__`, else what its `__init__.py` defines and takes
from its own modules. Read are top-level packages, the packages right inside them, and the standard library.
"""

from __future__ import annotations

import ast
import contextlib
import json
import os
import re
import subprocess
import sys
import sysconfig
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

MOST_NAMES = 60_000
LONGEST = 60.0  # seconds that reading may take
LARGEST = 300_000  # bytes of a file that is looked into
# What people write, and have always written, for these modules.
ALIASES = (
    ("alt", "altair"), ("dd", "dask.dataframe"), ("dt", "datetime"), ("go", "plotly.graph_objects"),
    ("gpd", "geopandas"), ("jnp", "jax.numpy"), ("mpl", "matplotlib"), ("np", "numpy"),
    ("nx", "networkx"), ("pa", "pyarrow"), ("pd", "pandas"), ("pl", "polars"), ("plt", "matplotlib.pyplot"),
    ("pq", "pyarrow.parquet"), ("px", "plotly.express"), ("sm", "statsmodels.api"), ("smf", "statsmodels.formula.api"),
    ("sns", "seaborn"), ("sp", "sympy"), ("tf", "tensorflow"), ("xgb", "xgboost"), ("xr", "xarray"),
    ("lgb", "lightgbm"), ("st", "streamlit"), ("mo", "marimo"), ("wr", "awswrangler"),
)  # fmt: skip

_ALL = re.compile(r"^__all__(?:\s*:[^=\n]+)?\s*\+?=\s*([\[(])", re.MULTILINE)
_DEFINED = re.compile(r"^(?:async\s+def|def|class)\s+([^\W\d_]\w*)", re.MULTILINE)
_TAKEN = re.compile(r"^from\s+(\.[\w.]*|[\w.]+)\s+import\s+(?:\(([^)]*)\)|([^\n(]+))", re.MULTILINE)
_COMMENT = re.compile(r"#[^\n]*")
_PART = re.compile(r"(?:\w+\s+as\s+)?([^\W\d_]\w*)\Z")


@dataclass(frozen=True, slots=True)
class Importable:
    """(name, module) pairs in order; without a module the name is a module itself. `aliases` are those of `ALIASES`
    whose module is there."""

    names: Sequence[tuple[str, str]] = ()
    aliases: Sequence[tuple[str, str]] = ()

    def statements(self, prefix: str) -> Iterator[tuple[str, str]]:
        """(name, statement) of everything that begins with the prefix, case sensitive."""
        for alias, module in self.aliases:
            if alias.startswith(prefix):
                yield alias, f"import {module} as {alias}"
        for name, module in self.names[bisect_left(self.names, (prefix, "")) :]:
            if not name.startswith(prefix):
                return
            yield name, f"from {module} import {name}" if module else f"import {name}"


NOTHING = Importable()


def read_apart(folders: Iterable[Path]) -> Importable:
    """`read_importable` in a process of its own. Raises OSError, ValueError or SubprocessError where that fails."""
    command = [sys.executable, "-I", __file__, *map(str, folders)]
    run = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=LONGEST, check=True)
    said = json.loads(run.stdout)
    return Importable(*(tuple((name, module) for name, module in said[part]) for part in ("names", "aliases")))


def read_importable(folders: Iterable[Path]) -> Importable:
    """What can be imported from folders that distributions are installed in, and from the standard library. Total."""
    found = set(_standard())
    there: set[str] = set()
    for folder in folders:
        for path in _listed(folder):
            module = path.name if path.is_dir() else path.stem
            if not _public(module) or not (path.suffix == ".py" or (path / "__init__.py").is_file()):
                continue
            there.add(module)
            found.add((module, ""))
            if len(found) > MOST_NAMES:
                continue
            if path.suffix == ".py":
                found.update((name, module) for name in _names(path, module))
                continue
            found.update((name, module) for name in _names(path / "__init__.py", module))
            for inner in _listed(path):
                if _public(inner.name) and (inner / "__init__.py").is_file():
                    whole = f"{module}.{inner.name}"
                    found.update((name, whole) for name in _names(inner / "__init__.py", whole))
    there |= sys.stdlib_module_names
    aliases = tuple(pair for pair in ALIASES if pair[1].partition(".")[0] in there)
    return Importable(tuple(sorted(found)), aliases)


@lru_cache(maxsize=1)
def _standard() -> frozenset[tuple[str, str]]:
    folder = Path(sysconfig.get_paths()["stdlib"])
    found = {(module, "") for module in sys.stdlib_module_names if _public(module)}
    for module in sorted(name for name, _ in found):
        for path in (folder / f"{module}.py", folder / module / "__init__.py"):
            if path.is_file():
                found.update((name, module) for name in _names(path, module))
    return frozenset(found)


def _public(name: str) -> bool:
    return name.isidentifier() and not name.startswith("_") and name not in ("test", "tests", "testing", "conftest")


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _names(path: Path, module: str) -> Iterator[str]:
    try:
        if path.stat().st_size > LARGEST:
            return
        text = path.read_text("utf-8", "replace")
    except OSError:
        return
    listed = list(_all(text))
    if listed:
        yield from filter(_public, listed)
        return
    yield from _DEFINED.findall(text)
    if path.name != "__init__.py":
        return
    for found in _TAKEN.finditer(text):
        if not found[1].startswith(".") and found[1].partition(".")[0] != module.partition(".")[0]:
            continue
        for part in _COMMENT.sub("", found[2] or found[3]).split(","):
            name = _PART.match(part.strip())
            if name is not None and _public(name[1]):
                yield name[1]


def _all(text: str) -> Iterator[str]:
    """The texts of every list that `__all__` is given literally."""
    for found in _ALL.finditer(text):
        end = text.find("]" if found[1] == "[" else ")", found.end())
        try:
            listed = ast.literal_eval(text[found.end() - 1 : end + 1])
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
        yield from (name for name in listed if isinstance(name, str))


if __name__ == "__main__":
    with contextlib.suppress(AttributeError, OSError):
        os.nice(10)  # whoever waits for an answer goes first
    read = read_importable(map(Path, sys.argv[1:]))
    print(json.dumps({"names": read.names, "aliases": read.aliases}))
