"""Which Python runs a notebook, found by looking at files: nothing is started.

In this order: what the user set; the kernelspec that the notebook names; the environment that is active
(`VIRTUAL_ENV`); a `.venv` beside the notebook or above it, up to the workspace's root; the active Conda environment.
A kernelspec named `python3` says nothing: every environment has one of that name, and Jupyter starts its own
(`native`).
An environment that nobody named for this notebook counts only if it could run one (it has IPython or marimo in it): a
tool's own environment that happens to be active proves nothing about the notebook.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from polycell.core.patterns import pattern

GENERIC_KERNELS = frozenset({"", "python", "python3", "python2", "ipykernel"})
_RUNNERS = ("IPython", "ipykernel", "marimo")
_VERSION = pattern(r"^(?:version|version_info)\s*=\s*(\d+)\.(\d+)", re.MULTILINE)
_HOME = pattern(r"^home\s*=\s*(.+?)\s*$", re.MULTILINE)
_SYSTEM_SITE = pattern(r"^include-system-site-packages\s*=\s*true\s*$", re.MULTILINE | re.IGNORECASE)
_LIBRARY = pattern(r"python(\d+)\.(\d+)t?")


class Interpreter(Struct, frozen=True):
    """`python` is the executable's path, `prefix` its environment; `version` (3, 12), None when no file tells it;
    `how`: why this one, for people."""

    python: str
    prefix: str
    version: tuple[int, int] | None = None
    how: str = ""


class Wanted(Struct, frozen=True):
    """What is known about who runs a notebook. `kernel` is its kernelspec's name, `folder` the notebook's own,
    `roots` the workspace's, `chosen` the user's setting (an executable or an environment), `native` the executable of
    the Jupyter server that we run in, if we do."""

    kernel: str = ""
    folder: str = ""
    roots: tuple[str, ...] = ()
    chosen: str = ""
    native: str = ""


def find_interpreter(wanted: Wanted, environ: Mapping[str, str] | None = None) -> Interpreter | None:
    """The interpreter, or None where nothing is known. Reads a few small files; total."""
    environ = os.environ if environ is None else environ
    for how, path, named in _candidates(wanted, environ):
        found = _interpreter(path, how)
        if found is not None and (named or _runs_notebooks(found)):
            return found
    return None


def site_packages(interpreter: Interpreter) -> tuple[Path, ...]:
    """The folders that distributions are installed in, nearest first; those that are not there are left out."""
    prefix = Path(interpreter.prefix)
    found = list(_site_folders(prefix, interpreter.version))
    said = _read(prefix / "pyvenv.cfg")
    base = _HOME.search(said)
    if said and base and _SYSTEM_SITE.search(said):
        home = Path(base[1])
        outer = home.parent if home.name in ("bin", "Scripts") else home
        found += _site_folders(outer, interpreter.version)
    if not said or _SYSTEM_SITE.search(said):
        found += _user_site(interpreter.version)
    return tuple(dict.fromkeys(path for path in found if _is_folder(path)))


def _candidates(wanted: Wanted, environ: Mapping[str, str]) -> Iterator[tuple[str, Path, bool]]:
    """(why, executable or environment, whether somebody named it for this notebook), the strongest first."""
    if wanted.chosen:
        yield "the setting `interpreter`", Path(os.path.expanduser(wanted.chosen)), True
        return
    beside = list(_beside(wanted))
    active = [Path(environ[name]) for name in ("VIRTUAL_ENV",) if environ.get(name)]
    conda = [Path(environ[name]) for name in ("CONDA_PREFIX",) if environ.get(name)]
    if wanted.kernel.lower() not in GENERIC_KERNELS:
        for folder in (*_kernel_folders(environ), *(p / "share/jupyter" for p in (*active, *beside, *conda))):
            spec = folder / "kernels" / wanted.kernel / "kernel.json"
            python = _kernel_python(spec, folder)
            if python is not None:
                yield f"the kernel `{wanted.kernel}`", python, True
    elif wanted.native:
        yield "Jupyter's own environment", Path(wanted.native), True
    yield from (("the active environment", path, False) for path in active)
    yield from ((f"`{path.name}` beside the notebook", path, False) for path in beside)
    yield from (("the active Conda environment", path, False) for path in conda)


def _beside(wanted: Wanted) -> Iterator[Path]:
    """Environments in the notebook's folder and above it, no higher than the workspace's root that holds it."""
    if not wanted.folder:
        return
    folder = _absolute(Path(wanted.folder))
    roots = [root for text in wanted.roots if (root := _absolute(Path(text))) == folder or root in folder.parents]
    top = max(roots, key=lambda root: len(root.parts)) if roots else folder
    for place in (folder, *folder.parents):
        yield from (place / name for name in (".venv", "venv") if _is_file(place / name / "pyvenv.cfg"))
        if place == top:
            return


def _kernel_folders(environ: Mapping[str, str]) -> Iterator[Path]:
    """Jupyter's data folders, as `jupyter --paths` lists them, without those of an environment."""
    yield from (Path(part) for part in environ.get("JUPYTER_PATH", "").split(os.pathsep) if part)
    if environ.get("JUPYTER_DATA_DIR"):
        yield Path(environ["JUPYTER_DATA_DIR"])
    home = Path(os.path.expanduser("~"))
    if sys.platform == "darwin":
        yield home / "Library/Jupyter"
    elif os.name == "nt" and environ.get("APPDATA"):
        yield Path(environ["APPDATA"]) / "jupyter"
    else:
        yield Path(environ.get("XDG_DATA_HOME") or home / ".local/share") / "jupyter"
    yield from (Path("/usr/local/share/jupyter"), Path("/usr/share/jupyter"))


def _kernel_python(spec: Path, folder: Path) -> Path | None:
    """The Python that a kernelspec starts; None for kernels that do not name one."""
    try:
        said = json.loads(_read(spec) or "null")
    except ValueError:
        return None
    argv = said.get("argv") if isinstance(said, dict) else None
    first = argv[0] if isinstance(argv, list) and argv and isinstance(argv[0], str) else ""
    if not re.fullmatch(r"python(?:\d+(?:\.\d+)*)?(?:\.exe)?", re.split(r"[/\\]", first)[-1], re.IGNORECASE):
        return None
    if os.path.isabs(first):
        return Path(first)
    # A bare `python` is that of the environment whose `share/jupyter` the kernelspec lies in.
    prefix = folder.parent.parent if folder.name == "jupyter" and folder.parent.name == "share" else None
    return prefix if prefix is not None and _is_file(prefix / "pyvenv.cfg") else None


def _interpreter(path: Path, how: str) -> Interpreter | None:
    """The interpreter of an executable or an environment's folder. Links are kept: a virtual environment's `python` is
    a link out of it."""
    path = _absolute(path)
    if _is_folder(path):
        for inside in ("bin/python", "bin/python3", "Scripts/python.exe", "python.exe"):
            if _is_file(path / inside):
                return Interpreter(str(path / inside), str(path), _version(path, path / inside), how)
        return None
    if not _is_file(path):
        return None
    prefix = path.parent.parent if path.parent.name in ("bin", "Scripts") else path.parent
    if not _is_file(prefix / "pyvenv.cfg") and not any(_site_folders(prefix, None)):
        real = _absolute(Path(os.path.realpath(path)))  # a link to an installation elsewhere
        prefix = real.parent.parent if real.parent.name == "bin" else real.parent
    return Interpreter(str(path), str(prefix), _version(prefix, path), how)


def _version(prefix: Path, python: Path) -> tuple[int, int] | None:
    said = _VERSION.search(_read(prefix / "pyvenv.cfg"))
    if said:
        return int(said[1]), int(said[2])
    named = _LIBRARY.search(os.path.basename(os.path.realpath(python)))
    if named:
        return int(named[1]), int(named[2])
    found = [m for path in _children(prefix / "lib") if (m := _LIBRARY.fullmatch(path.name))]
    return (int(found[0][1]), int(found[0][2])) if len(found) == 1 else None


def _site_folders(prefix: Path, version: tuple[int, int] | None) -> Iterator[Path]:
    """Where distributions may be below a prefix: POSIX, Windows, and Debian's way."""
    yield from (p for p in (prefix / "Lib/site-packages",) if _is_folder(p))
    for library in ("lib", "lib64", "local/lib"):
        for folder in _children(prefix / library):
            match = _LIBRARY.fullmatch(folder.name)
            if match and (version is None or (int(match[1]), int(match[2])) == version):
                yield from (p for p in (folder / "site-packages", folder / "dist-packages") if _is_folder(p))
        yield from (p for p in (prefix / library / "python3/dist-packages",) if _is_folder(p))


def _user_site(version: tuple[int, int] | None) -> Iterator[Path]:
    if version is not None and os.name != "nt":
        yield Path(os.path.expanduser("~")) / f".local/lib/python{version[0]}.{version[1]}/site-packages"


def _runs_notebooks(interpreter: Interpreter) -> bool:
    return any(_is_folder(folder / name) for folder in site_packages(interpreter) for name in _RUNNERS)


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace") if path.stat().st_size < 100_000 else ""
    except OSError:
        return ""


def _children(folder: Path) -> Iterable[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return ()


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False
