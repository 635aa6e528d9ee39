"""From what the user typed to the notebooks meant: files, folders and glob patterns."""

from __future__ import annotations

import difflib
import glob
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from msgspec import Struct


class Found(Struct, frozen=True):
    """One notebook to look at. `named`: the user named this very file, so it is read whatever it looks like. `text`:
    what it would hold, where that is not read from the disk."""

    path: Path
    named: bool = False
    text: str | None = None


class Missing(Struct, frozen=True):
    """A path or pattern for which there is nothing; `message` says what to do."""

    path: str
    message: str


def expand(patterns: Iterable[str], is_notebook: Callable[[Path], bool]) -> Iterator[Found | Missing]:
    """Every notebook meant, once, in order of the arguments and by name within a folder."""
    seen: set[str] = set()
    for pattern in patterns:
        for found in _expand(pattern, is_notebook):
            if isinstance(found, Found):
                key = os.path.realpath(found.path)
                if key in seen:
                    continue
                seen.add(key)
            yield found


def walk(folder: Path, is_notebook: Callable[[Path], bool]) -> Iterator[Path]:
    """Notebooks below a folder, sorted. Links are not followed; hidden, installed and built folders are passed over."""
    for root, folders, files in os.walk(folder):
        here = Path(root)
        folders[:] = sorted(f for f in folders if not _skipped(here, f))
        for name in sorted(files):
            if not name.startswith(".") and is_notebook(here / name):
                yield here / name


# Folders of installed packages and copies. A virtual environment is known by its pyvenv.cfg, whatever its name.
_SKIPPED = frozenset({"node_modules", "__pycache__", "site-packages"})
_BUILT = frozenset({"build", "dist"})


def _skipped(parent: Path, name: str) -> bool:
    if name.startswith(".") or name in _SKIPPED:
        return True
    if name in _BUILT:
        # Only where a project builds into them: notebooks in a folder called "build" may be real.
        return any((parent / marker).exists() for marker in ("pyproject.toml", "setup.py", "package.json"))
    return (parent / name / "pyvenv.cfg").is_file()


def _expand(pattern: str, is_notebook: Callable[[Path], bool]) -> Iterator[Found | Missing]:
    path = Path(pattern)
    try:
        if path.is_dir():
            yield from (Found(p) for p in walk(path, is_notebook))
            return
        if path.exists():
            yield Found(path, named=True)
            return
        if glob.has_magic(pattern):
            matches = sorted(glob.glob(pattern, recursive=True))
            found = [Found(Path(m)) for m in matches if os.path.isfile(m) and is_notebook(Path(m))]
            yield from found
            if not found:
                yield Missing(pattern, "no notebook matches this pattern")
            return
    except (OSError, ValueError) as problem:  # a name too long for the file system, a NUL in it
        yield Missing(pattern, f"cannot be looked up: {problem}")
        return
    yield Missing(pattern, missing(path))


def missing(path: Path) -> str:
    """Why there is no file at a path, with the nearest name in the same folder; empty when there is one."""
    if path.is_dir():
        return "this is a folder; name a notebook in it"
    if path.exists():
        return ""
    try:
        names = [p.name for p in path.parent.iterdir()]
    except OSError:
        return "no such file: its folder is not there either"
    folded = {n.casefold(): n for n in names}
    near = difflib.get_close_matches(path.name.casefold(), folded, n=1, cutoff=0.6)
    near = near or [n for n in folded if Path(n).stem == path.name.casefold()]
    return f"no such file; did you mean {path.parent / folded[near[0]]}?" if near else "no such file"
