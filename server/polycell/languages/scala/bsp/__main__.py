"""The process: `python -m polycell.languages.scala.bsp FOLDER`. Messages on standard input and output."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from polycell.languages.scala.bsp.layout import Layout
from polycell.languages.scala.bsp.server import BuildServer
from polycell.languages.scala.host.stdio import alone


def main() -> None:
    out = alone()
    code = BuildServer(out, Layout(Path(sys.argv[1]))).run(sys.stdin.buffer)
    out.close()
    os._exit(code)  # the compiler's threads are no daemons


main()
