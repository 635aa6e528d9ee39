"""The process: `python -m polycell.languages.scala.host`. Messages on standard input and output, the log on stderr."""

from __future__ import annotations

import os
import sys

from polycell.languages.scala.host.server import Host
from polycell.languages.scala.host.stdio import alone


def main() -> None:
    out = alone()
    code = Host(out).run(sys.stdin.buffer)
    out.close()
    # The compiler's threads are no daemons: a process that waits for them never ends.
    os._exit(code)


main()
