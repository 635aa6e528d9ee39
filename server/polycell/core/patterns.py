"""Regular expressions of modules, compiled at their first use.

There are nearly 500 of them, and to compile them all takes a third of the time that our modules take to be imported; a
conversation needs a fraction. What is built inside of a function is built when it is wanted and stays `re.compile`.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast

_MEMBERS = tuple(name for name in dir(re.Pattern) if not name.startswith("_"))


class _Late:
    """Stands for a `re.Pattern`. Whoever asks for a member first has all of them put beside it, where Python finds them
    without us from then on. Not for `re`'s own functions or `isinstance`, which know the real one only."""

    def __init__(self, text: str | bytes, flags: int) -> None:
        self._text, self._flags = text, flags

    def __getattr__(self, name: str) -> Any:
        if name not in _MEMBERS:  # `copy`, `pickle` and `inspect` look for more, before there is a text at times
            raise AttributeError(name)
        compiled = re.compile(self._text, self._flags)
        self.__dict__.update((member, getattr(compiled, member)) for member in _MEMBERS)
        return getattr(compiled, name)

    def __repr__(self) -> str:
        return f"pattern({self._text!r}, {self._flags})"


def pattern(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """The regular expression, which is compiled when it is first used; what is wrong in it is raised then."""
    return cast("re.Pattern[AnyStr]", _Late(text, flags))
