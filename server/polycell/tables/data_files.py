"""From a path in code to the files that it means: one, those of a folder, those that fit a pattern.

Nothing is looked at outside the notebook's folder and the roots, whatever links and `..` say, and nothing on a network.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal, TypeAlias
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from polycell.core.patterns import pattern

MOST_FILES = 1000  # of a folder or a pattern
MOST_ENTRIES = 20_000  # of folders that are looked through
DEEPEST = 12
LONGEST = 4096  # characters of a path

_WILD = pattern(r"[*?\[]")
_PARTITION = pattern(r"(?:^|[/\\])[^/\\=]+=[^/\\]*[/\\]")


class UnreadableError(ValueError):
    """Why the columns of a file are not told, for people: its content, or an option, is not understood."""


def partitioned(path: str) -> bool:
    """Whether a path as written has folders such as `year=2024`, which DuckDB makes columns of without being asked."""
    return _PARTITION.search(path) is not None


Stamp: TypeAlias = tuple[tuple[str, int, int], ...]  # (path, bytes, nanoseconds) of each file


class DataFiles(Struct, frozen=True):
    """`base` is the file or folder, of a pattern the folder before its first wildcard; `files` are sorted, `label` is
    the path as written. `many`: there are more files than these."""

    base: Path
    files: tuple[Path, ...]
    label: str = ""
    kind: Literal["file", "folder", "pattern", "list"] = "file"
    many: bool = False

    def one(self) -> Path:
        """The only file that is meant. Raises UnreadableError for readers that take no more."""
        if self.kind != "file":
            raise UnreadableError(f"a {self.kind} where one file is read")
        return self.base

    def stamp(self) -> Stamp:
        """What changes when any of the files does. Raises OSError."""
        return tuple((str(file), (s := file.stat()).st_size, s.st_mtime_ns) for file in self.files)


_POINTERS = (
    (b"version https://git-lfs.github.com/spec/", "a Git LFS pointer: run `git lfs pull`"),
    (b"/annex/objects/", "a git-annex pointer: run `git annex get`"),
)
POINTER_SIZE = 1024  # bytes that no pointer exceeds; Git LFS's specification says so, git-annex's are shorter


def is_pointer(head: bytes) -> str:
    """What a file is that begins like this, where it only stands for content that was not fetched; else ""."""
    return next((said for begins, said in _POINTERS if head.startswith(begins)), "")


def find(path: str, folder: str, roots: Sequence[Path], *, anywhere: bool = False) -> DataFiles:
    """What a path means: relative to the notebook's `folder` (or ""), then to each root. `anywhere` lifts the bounds.
    Raises UnreadableError with the reason why nothing may be read there."""
    text = local(path)
    bases = [Path(folder)] if folder else []
    bases += roots
    allowed = None if anywhere else [real_path(base) for base in bases]
    written = Path(os.path.expanduser(text)) if text.startswith("~") else Path(text)
    reasons = []
    for candidate in [written] if written.is_absolute() else [base / written for base in bases]:
        try:
            return _found(candidate, path, allowed)
        except UnreadableError as reason:
            reasons.append(reason)
        except OSError as problem:
            reasons.append(UnreadableError(problem.strerror or str(problem)))
    # Of several places the one that has something there tells more.
    raise next((r for r in reasons if str(r) != _ABSENT), reasons[0] if reasons else UnreadableError(_ABSENT))


_ABSENT = "not there"


def local(path: str) -> str:
    """A path without what says that it is local. Raises UnreadableError for one that is none, or no such one."""
    if not path or len(path) > LONGEST:
        raise UnreadableError("no path" if not path else "a path that is too long")
    if "\0" in path:
        raise UnreadableError("a path with a NUL byte")
    scheme = urlsplit(path).scheme if "://" in path else ""
    if scheme == "file":
        return unquote(urlsplit(path).path)
    if scheme:
        raise UnreadableError("on the network")
    return path


def _found(candidate: Path, label: str, allowed: Sequence[Path] | None) -> DataFiles:
    mode = _mode(candidate)
    if mode is None:
        if _WILD.search(str(candidate)):
            return _fitting(candidate, label, allowed)
        raise UnreadableError("a link to nothing" if candidate.is_symlink() else _ABSENT)
    real = _inside(candidate, allowed)
    if stat.S_ISREG(mode):
        return DataFiles(real, (real,), label)
    if not stat.S_ISDIR(mode):
        raise UnreadableError("neither a file nor a folder")
    files = list(_walk(real, allowed))
    return DataFiles(real, tuple(sorted(files[:MOST_FILES])), label, "folder", len(files) > MOST_FILES)


def _fitting(candidate: Path, label: str, allowed: Sequence[Path] | None) -> DataFiles:
    """The files that a pattern fits. `*` and `?` stand for anything but a slash, `**` for folders."""
    parts = candidate.parts
    first = next(i for i, part in enumerate(parts) if _WILD.search(part))
    above = Path(*parts[:first])
    mode = _mode(above)
    if mode is None or not stat.S_ISDIR(mode):
        raise UnreadableError(_ABSENT)
    base = _inside(above, allowed)
    fits = _regex(parts[first:])
    files = [f for f in _walk(base, allowed) if fits.fullmatch(f.relative_to(base).as_posix())]
    if not files:
        raise UnreadableError("no file fits the pattern")
    return DataFiles(base, tuple(sorted(files)[:MOST_FILES]), label, "pattern", len(files) > MOST_FILES)


def _regex(parts: Sequence[str]) -> re.Pattern[str]:
    made = []
    for at, part in enumerate(parts):
        last = at == len(parts) - 1
        if part == "**":
            made.append(".*" if last else "(?:[^/]+/)*")
            continue
        text = re.sub(
            r"\[!?[^\]]*\]|.",
            lambda m: {"*": "[^/]*", "?": "[^/]"}.get(
                m[0], m[0].replace("[!", "[^") if len(m[0]) > 2 else re.escape(m[0])
            ),
            part,
        )
        made.append(text if last else f"{text}/")
    try:
        return re.compile("".join(made))
    except re.error:
        raise UnreadableError("a pattern that is not understood") from None


def _walk(folder: Path, allowed: Sequence[Path] | None) -> Iterator[Path]:
    """The regular files below a folder. Raises UnreadableError when it is too large to look through."""
    waiting, seen = [(folder, 0)], 0
    while waiting:
        at, depth = waiting.pop()
        with os.scandir(at) as entries:
            for entry in entries:
                seen += 1
                if seen > MOST_ENTRIES:
                    raise UnreadableError(f"a folder of more than {MOST_ENTRIES} entries")
                if entry.is_dir(follow_symlinks=False):
                    if depth < DEEPEST:
                        waiting.append((Path(entry.path), depth + 1))
                elif entry.is_file() and (not entry.is_symlink() or is_inside(Path(entry.path), allowed)):
                    yield Path(entry.path)


def _mode(path: Path) -> int | None:
    """The mode of what is there; None when there is nothing. Raises OSError."""
    try:
        return path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None
    except ValueError as problem:
        raise UnreadableError(str(problem)) from None
    except RuntimeError:
        raise UnreadableError("a link to itself") from None


def _inside(path: Path, allowed: Sequence[Path] | None) -> Path:
    if not is_inside(path, allowed):
        raise UnreadableError("outside the workspace")
    return real_path(path)


def is_inside(path: Path, allowed: Sequence[Path] | None) -> bool:
    """Whether a path leads into one of the allowed folders, themselves resolved; None allows all."""
    real = real_path(path)
    return allowed is None or any(real == base or base in real.parents for base in allowed)


def real_path(path: Path) -> Path:
    """Symbolic links resolved, so that a link is no way out of the workspace."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return path.absolute()
