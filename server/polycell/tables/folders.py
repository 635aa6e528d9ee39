"""What is in a folder that a path in code means, for whoever is writing on.

The bounds are those of `data_files`: nothing outside the notebook's folder and the roots, whatever links and `..` say.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from polycell.tables.data_files import UnreadableError, is_inside, local, real_path

MOST = 2000  # names of a folder that are told


def names(path: str, folder: str, roots: Sequence[Path], *, anywhere: bool = False) -> tuple[str, ...]:
    """The names in the first folder that `path` means, relative to the notebook's `folder` (or "") and then to each
    root: sorted, those of folders with a slash at the end. Blocks; empty where there is none that may be read."""
    try:
        text = local(path) if path else ""
    except UnreadableError:
        return ()
    bases = [Path(folder)] if folder else []
    bases += roots
    allowed = None if anywhere else [real_path(base) for base in bases]
    written = Path(os.path.expanduser(text))
    for candidate in [written] if written.is_absolute() else [base / written for base in bases]:
        if not is_inside(candidate, allowed):
            continue
        try:
            return tuple(sorted(islice(_listed(candidate, allowed), MOST), key=str.casefold))
        except (OSError, ValueError):
            continue
    return ()


def _listed(folder: Path, allowed: Sequence[Path] | None) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_symlink() and not is_inside(Path(entry.path), allowed):
                continue
            yield f"{entry.name}/" if entry.is_dir() else entry.name
