"""The process: `python -m polycell.languages.scala.host`. Messages on standard input and output, the log on stderr."""

from __future__ import annotations

import os
import sys

from polycell.languages.scala.host.server import Host


def main() -> None:
    # What the JVM or a compiler plug-in prints must not get between the messages.
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    code = Host(out).run(sys.stdin.buffer)
    out.close()
    # The compiler's threads are no daemons: a process that waits for them never ends.
    os._exit(code)


main()
