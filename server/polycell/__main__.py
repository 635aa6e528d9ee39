"""`python -m polycell` is the same as `polycell`."""

from __future__ import annotations

import sys

from polycell.cli import main

if __name__ == "__main__":
    sys.exit(main())
