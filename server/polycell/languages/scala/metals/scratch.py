"""A folder of our own for each Metals: found by no other server, and removed when it has ended, by us or, where we were
killed, by whoever comes next."""

from __future__ import annotations

import logging
import shutil
import sys
import tempfile
from pathlib import Path
from typing import IO

log = logging.getLogger(__name__)

_LOCK = "lock"
_PREFIX = "notebook-"


class Scratch:
    """`root` lies in `home`. Raises OSError where no folder can be made."""

    def __init__(self, home: Path) -> None:
        home.mkdir(parents=True, exist_ok=True)
        _sweep(home)
        while True:
            # Servers resolve links, and must find the same path that we know.
            self.root = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=home)).resolve()
            self._lock = (self.root / _LOCK).open("w", encoding="ascii")
            if _locked(self._lock) and self.root.is_dir():
                return
            self._lock.close()  # somebody swept in the moment before it was locked

    def remove(self) -> None:
        self._lock.close()
        shutil.rmtree(self.root, ignore_errors=True)


def _sweep(home: Path) -> None:
    """Remove what servers have left that were killed: nobody holds its lock."""
    for folder in home.glob(f"{_PREFIX}*"):
        try:
            with (folder / _LOCK).open("r+", encoding="ascii") as lock:
                free = _locked(lock)
        except OSError:
            continue
        if free:
            log.info("removing what was left in %s", folder)
            shutil.rmtree(folder, ignore_errors=True)


def _locked(file: IO[str]) -> bool:
    """Lock it for as long as it is open; False where somebody else has."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
