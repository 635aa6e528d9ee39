"""Names that could be imported, and the statements that import them: read from the files of an environment.

Run as a program with folders as its arguments it prints what they offer, as JSON, and needs nothing but the standard
library. Reading takes two seconds of computing, which in a thread of ours would delay every answer meanwhile.

Nothing of the environment is imported. A package's public names are those of its `__all__`, else what its
`__init__.py` defines and takes from its own modules. Read are packages down to the third level, the standard library
with its inner modules, and of packages that many notebooks import also the inner modules that list their names. Of the
modules of one package that show a name those nearest to its top count.
"""

from __future__ import annotations

import ast
import contextlib
import json
import os
import re
import sys
import sysconfig
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from importlib import import_module
from pathlib import Path

from msgspec import Struct

from polycell.core.patterns import pattern

MOST_NAMES = 60_000
LONGEST = 600.0  # seconds that reading may take: nobody waits for it, on however slow a machine
DEEPEST = 3
STARS = 2  # modules that take everything from one another
_UNUSUAL = frozenset({"idlelib", "lib2to3", "distutils", "turtledemo", "ensurepip", "encodings", "pydoc_data"})
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

# What notebooks import, the most usual first: counted by the number of repositories in which some notebook does, over
# 6,492 notebooks of 86 public repositories. What fewer than three import, and names that are no package of everybody's
# (`utils`, `src`), are left out.
_BY_USE = """
numpy pandas matplotlib IPython sklearn seaborn scipy requests PIL tqdm statsmodels ipywidgets plotly tensorflow torch
keras pyspark mpl_toolkits google joblib skimage xgboost nltk transformers altair graphviz numba datasets
tensorflow_datasets torchvision dateutil bs4 networkx cv2 dask mlflow imageio sqlalchemy yaml pandas_datareader
tensorflow_hub geopandas jax sympy shapely pymc3 bokeh xarray langchain theano imblearn gym sagemaker diffusers openai
gradio tensorflow_transform cartopy packaging polars lightgbm tabulate spacy soundfile optax boto3 huggingface_hub
evaluate accelerate apache_beam snowflake jinja2 fastai torchmetrics arviz
"""

_STANDARD = """
os datetime time math random sys collections re itertools json urllib warnings pathlib io functools zipfile logging glob
pprint pickle string shutil typing uuid tarfile copy timeit csv base64 subprocess hashlib operator argparse tempfile
textwrap gzip ast traceback threading contextlib inspect importlib statistics concurrent codecs html asyncio dataclasses
gc multiprocessing sqlite3 platform unittest getpass types zlib email array enum
"""
RANK: Mapping[str, int] = {name: rank for rank, name in enumerate(_BY_USE.split())}
STANDARD_RANK: Mapping[str, int] = {name: rank for rank, name in enumerate(_STANDARD.split())}

_ALL = pattern(r"^__all__(?:\s*:[^=\n]+)?\s*\+?=\s*([\[(])", re.MULTILINE)
_DEFINED = pattern(r"^(?:async\s+def|def|class)\s+([^\W\d_]\w*)", re.MULTILINE)
_TAKEN = pattern(r"^(?: {4})?from\s+(\.[\w.]*|[\w.]+)\s+import\s+(?:\(([^)]*)\)|([^\n(]+))", re.MULTILINE)
_HEADING = pattern(r"^[^\s#)\]}]", re.MULTILINE)  # the first letter of a line that is not indented
_INNER_BLOCK = pattern(r"(?:async\s+)?def\s|class\s|if\s+(?:\w+\.)?TYPE_CHECKING")
_COMMENT = pattern(r"#[^\n]*")
_PART = pattern(r"(?:\w+\s+as\s+)?([^\W\d_]\w*)\Z")


class Importable(Struct, frozen=True):
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


async def read_apart(folders: Iterable[Path]) -> Importable:
    """`read_importable` in a process of its own, which ends when nobody waits for it any longer. Raises OSError,
    ValueError or TimeoutError where that fails."""
    import asyncio  # not for the program that this module is too

    output = asyncio.subprocess.PIPE
    nothing = asyncio.subprocess.DEVNULL
    command = (sys.executable, "-I", __file__, *map(str, folders))
    process = await asyncio.create_subprocess_exec(*command, stdin=nothing, stdout=output, stderr=nothing)
    try:
        said, _ = await asyncio.wait_for(process.communicate(), LONGEST)
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    read = json.loads(said)
    return Importable(*(tuple((name, module) for name, module in read[part]) for part in ("names", "aliases")))


def read_importable(folders: Iterable[Path]) -> Importable:
    """What can be imported from folders that distributions are installed in, and from the standard library. Total."""
    found = set(_standard())
    there: set[str] = set()
    for folder in dict.fromkeys(Path(os.path.realpath(folder)) for folder in folders):
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
            found.update(_inside(path, module, DEEPEST if len(found) < MOST_NAMES else 1))
    found = _nearest(found)
    there |= sys.stdlib_module_names
    aliases = tuple(pair for pair in ALIASES if pair[1].partition(".")[0] in there)
    return Importable(tuple(sorted(found)), aliases)


def _nearest(found: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Of the modules of one package that show a name those nearest to its top: `pandas`, not `pandas.core.api`."""
    depths: dict[tuple[str, str], int] = {}
    kept = set(found)
    for name, module in kept:
        key = name, module.partition(".")[0]
        depths[key] = min(depths.get(key, DEEPEST + 1), module.count("."))
    return {(name, module) for name, module in kept if module.count(".") == depths[name, module.partition(".")[0]]}


def _inside(folder: Path, module: str, deep: int) -> Iterator[tuple[str, str]]:
    """(name, module) of a package and of the packages inside of it, `deep` levels of them."""
    yield from ((name, module) for name in _names(folder / "__init__.py", module))
    for inner in _listed(folder) if deep > 1 else ():
        name = inner.name.removesuffix(".py")
        if not _public(name):
            continue
        if name == inner.name and (inner / "__init__.py").is_file():
            yield from _inside(inner, f"{module}.{name}", deep - 1)
        elif name != inner.name and module.partition(".")[0] in RANK:
            yield from ((shown, f"{module}.{name}") for shown in _names(inner, module, listed_only=True))


@lru_cache(maxsize=1)
def _standard() -> frozenset[tuple[str, str]]:
    folder = Path(sysconfig.get_paths()["stdlib"])
    found = {(module, "") for module in sys.stdlib_module_names if _public(module)}
    for module in sorted(name for name, _ in found):
        for path in (folder / f"{module}.py", folder / module / "__init__.py"):
            if path.is_file():
                found.update((name, module) for name in _names(path, module))
        for path in _listed(folder / module) if (folder / module).is_dir() and module not in _UNUSUAL else ():
            inner, file = path.name.removesuffix(".py"), path if path.suffix == ".py" else path / "__init__.py"
            if _public(inner) and file.is_file():
                found.update((name, f"{module}.{inner}") for name in _names(file, module))
    for module in sorted({*sys.builtin_module_names, "math", "cmath", "array", "select", "unicodedata", "zlib"}):
        if _public(module):  # written in C, and a part of the Python that runs us
            with contextlib.suppress(ImportError):
                found.update((name, module) for name in dir(import_module(module)) if _public(name))
    return frozenset(found)


def _public(name: str) -> bool:
    return name.isidentifier() and not name.startswith("_") and name not in ("test", "tests", "testing", "conftest")


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _names(path: Path, module: str, *, listed_only: bool = False, deep: int = STARS) -> Iterator[str]:
    try:
        if path.stat().st_size > LARGEST:
            return
        text = path.read_text("utf-8", "replace")
    except OSError:
        return
    listed = list(_all(text))
    if listed or listed_only:
        yield from filter(_public, listed)
        return
    yield from _DEFINED.findall(text)
    if path.name != "__init__.py" or deep <= 0:
        return
    headings = [found.start() for found in _HEADING.finditer(text)]
    for found in _TAKEN.finditer(text):
        if not found[1].startswith(".") and found[1].partition(".")[0] != module.partition(".")[0]:
            continue
        if found[0].startswith(" ") and _INNER_BLOCK.match(text, headings[bisect_left(headings, found.start()) - 1]):
            continue
        for part in _COMMENT.sub("", found[2] or found[3]).split(","):
            if part.strip() == "*":
                yield from _all_of(path.parent, found[1], module, deep - 1)
            name = _PART.match(part.strip())
            if name is not None and _public(name[1]):
                yield name[1]


def _all_of(folder: Path, taken: str, module: str, deep: int) -> Iterator[str]:
    """What `from .inner import *` takes of a module beside, or below."""
    inner = taken.removeprefix(".").split(".")
    if not taken.startswith(".") or taken.startswith("..") or not all(inner):
        return
    target = folder.joinpath(*inner)
    for file in (target.with_name(f"{target.name}.py"), target / "__init__.py"):
        if file.is_file():
            yield from filter(_public, _names(file, module, deep=deep))
            return


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
    found = read_importable(map(Path, sys.argv[1:]))
    print(json.dumps({"names": found.names, "aliases": found.aliases}))
