"""`polycell show`: open a notebook and print what Polycell knows of it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from polycell.cli.paths import missing

if TYPE_CHECKING:
    from polycell.cli.loading import Databases


def show_notebook(
    path: Path,
    *,
    cell: int | None = None,
    as_json: bool = False,
    verbose: bool = False,
    pictures: Path | None = None,
    databases: Databases | None = None,
    compile_scala: bool = False,
) -> int:
    """Print a notebook, or one of its cells; the exit code (2 when it cannot be read). Its charts are drawn into the
    folder `pictures`, where one is given."""
    said = missing(path)
    if said:
        return _complain(path, said)

    from polycell.cli.compiling import compiling
    from polycell.cli.inspection import inspect
    from polycell.cli.loading import failures, open_notebook

    with failures(verbose) as failed, compiling(compile_scala) as compiler:
        try:
            opened = open_notebook(path, databases, compiler)
        except OSError as unreadable:
            return _complain(path, unreadable.strerror or str(unreadable))
        views = [inspect(snapshot, opened.services) for snapshot in opened.snapshots]
    count = max((len(v.cells) for v in views), default=0)
    if cell is not None and cell > count and count:
        return _complain(path, f"there is no cell {cell}; the notebook has {count}")
    if as_json:
        from polycell.cli.asjson import notebook_json

        found = [notebook_json(view, str(path)) for view in views]
        if cell is not None:
            for entry in found:
                entry["cells"] = [c for c in entry["cells"] if c["number"] == cell]
        print(json.dumps(found[0] if len(found) == 1 else found, indent=2))
    else:
        from polycell.cli.output import console, shown
        from polycell.cli.render import print_notebook

        out = console()
        for number, view in enumerate(views):
            if number:
                out.print()
            which = f", notebook {number + 1} of {len(views)}" if len(views) > 1 else ""
            print_notebook(out, view, shown(path) + which, only=cell, why=verbose)
    if pictures is not None:
        from polycell.cli.pictures import draw_charts

        try:
            # What is for programs stays alone on standard output.
            for line in draw_charts(opened, pictures, only=cell):
                print(line, file=sys.stderr if as_json else sys.stdout)
        except OSError as unwritable:
            return _complain(pictures, unwritable.strerror or str(unwritable))
    for problem in opened.document.problems:
        _complain(path, problem.message)
    if failed:
        _complain(path, "Polycell failed on a part of this file, please report it (`--verbose` shows where)")
    return 2 if opened.document.problems or failed or not views else 0


def _complain(path: Path, message: str) -> int:
    print(f"polycell: {path}: {message}", file=sys.stderr)
    return 2
