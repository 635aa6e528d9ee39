"""The standard library's modules, by Python version.

Source: the "Removed" and "New modules" parts of What's New in Python 3.10 to 3.14, over the running Python's own list.
"""

from __future__ import annotations

import sys

# Module → the version that no longer has it.
REMOVED: dict[str, tuple[int, int]] = {
    **dict.fromkeys(("formatter", "parser", "symbol", "macpath", "dummy_threading"), (3, 10)),
    "binhex": (3, 11),
    **dict.fromkeys(("asynchat", "asyncore", "distutils", "imp", "smtpd"), (3, 12)),
    **dict.fromkeys(("aifc", "audioop", "cgi", "cgitb", "chunk", "crypt", "imghdr", "lib2to3", "mailcap"), (3, 13)),
    **dict.fromkeys(("msilib", "nis", "nntplib", "ossaudiodev", "pipes", "sndhdr", "spwd", "sunau"), (3, 13)),
    **dict.fromkeys(("telnetlib", "uu", "xdrlib"), (3, 13)),
}
# Module → the first version that has it.
ADDED: dict[str, tuple[int, int]] = {
    "graphlib": (3, 9),
    "zoneinfo": (3, 9),
    "tomllib": (3, 11),
    "annotationlib": (3, 14),
    "compression": (3, 14),
}
_EVER = frozenset(sys.stdlib_module_names) | REMOVED.keys() | ADDED.keys() | {"__main__", "test", "__future__"}


def in_standard_library(module: str, version: tuple[int, int] | None) -> bool:
    """Whether Python itself has a top-level module; of any version where none is known."""
    if module not in _EVER:
        return False
    if version is None:
        return True
    return version < REMOVED.get(module, (99, 0)) and version >= ADDED.get(module, (0, 0))
