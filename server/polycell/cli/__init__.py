"""The command line: `polycell show`, `polycell check`, `polycell deps` and `polycell serve`.

`serve` is what editors start, so it is recognised before anything else is imported: neither typer nor rich is loaded.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code. 0: fine, 1: findings, 2: wrong usage or unreadable input, 130: interrupted."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    if arguments[:1] == ["serve"]:
        from polycell.cli.serve import serve

        return serve(arguments[1:])
    from polycell.cli.app import run

    return run(arguments)
