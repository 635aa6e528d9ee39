"""Files checked side by side, each in one of several processes; what is found comes in the order of the files."""

from __future__ import annotations

import os
import signal
from collections.abc import Generator, Sequence
from functools import partial

from msgspec import Struct

from polycell.cli.compiling import Compiling, compiling
from polycell.cli.findings import Report, reports
from polycell.cli.loading import Databases
from polycell.cli.paths import Found

WORTH_ONE = 25  # files: a process must start first, which takes as long as a few of them


class Look(Struct, frozen=True):
    """How each file is looked at; see `findings.reports`."""

    verbose: bool = False
    asked: frozenset[str] = frozenset()
    known: tuple[str, ...] = ()
    databases: Databases | None = None
    compile_scala: bool = False

    def at(self, file: Found, compiler: Compiling | None) -> list[Report]:
        return reports(
            file.path,
            verbose=self.verbose,
            asked=self.asked,
            databases=self.databases,
            compiling=compiler,
            known=self.known,
            text=file.text,
        )


def all_reports(files: Sequence[Found], look: Look, jobs: int | None = None) -> Generator[list[Report]]:
    """What is found in each file. `jobs`: how many processes; None for as many as are worth it."""
    jobs = jobs or _worth(len(files), look)
    with compiling(look.compile_scala) as compiler:
        if jobs == 1:
            for file in files:
                yield look.at(file, compiler)
            return
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing import get_context

        pool = ProcessPoolExecutor(jobs, get_context("spawn"), _begin)
        try:
            for file, found in zip(files, pool.map(partial(_apart, look), files), strict=True):
                yield look.at(file, compiler) if found is None else found
        finally:  # also when the user has enough
            pool.shutdown(cancel_futures=True)


def _worth(files: int, look: Look) -> int:
    """One where databases are read: each process would read them again."""
    if look.databases is not None and (look.databases.named or look.databases.connections):
        return 1
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, files // WORTH_ONE))


def _begin() -> None:
    """Ctrl-C reaches every process of a terminal; the first of them ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _apart(look: Look, file: Found) -> list[Report] | None:
    """What is found in a file; None where Scala is to be compiled: one compiler serves all files, beside the first
    process."""
    if look.compile_scala:
        from polycell.formats import read_file

        notebooks = read_file(file.path).notebooks if file.text is None else ()
        if file.text is not None or any(cell.language == "scala" for book in notebooks for cell in book.cells):
            return None
    return look.at(file, None)
