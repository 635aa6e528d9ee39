"""Standard output as nothing but messages."""

from __future__ import annotations

import os
import sys
from typing import IO


def alone() -> IO[bytes]:
    """For messages; what the JVM or a compiler plug-in prints goes to standard error instead of between them."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return out
