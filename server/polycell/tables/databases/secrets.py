"""Credentials: taken from the environment when a database is read, and kept out of everything that is said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote, unquote, urlsplit

from polycell.core.patterns import pattern

_REFERENCE = pattern(r"\$\{([A-Za-z_]\w*)\}")
_USERINFO = pattern(r"(://[^:/@\s]*):[^@\s]*@")
_WORD = pattern(r"(?i)\b(password|passwd|pwd|token|secret)(\s*[=:]\s*)('[^']*'|\"[^\"]*\"|[^\s&;,]+)")


class MissingVariable(LookupError):  # noqa: N818  (a state of the environment)
    """The environment does not have what a URL refers to."""


def expand(url: str, environment: Mapping[str, str]) -> str:
    """`${NAME}` replaced by the environment's value, quoted as a part of a URL unless it is all of it. Raises
    MissingVariable."""
    whole = _REFERENCE.fullmatch(url)

    def value(found: re.Match[str]) -> str:
        if found[1] not in environment:
            raise MissingVariable(f"the environment variable {found[1]} is not set")
        return environment[found[1]] if whole else quote(environment[found[1]], safe="")

    return _REFERENCE.sub(value, url)


def secrets_of(url: str) -> tuple[str, ...]:
    """What must not be repeated of a URL: its password, as written and as meant."""
    try:
        password = urlsplit(url).password
    except ValueError:
        return ()
    return tuple(dict.fromkeys(s for s in (password, unquote(password or "")) if s))


def masked(text: str, secrets: Iterable[str] = ()) -> str:
    """The text with passwords made unreadable."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "***")
    return _WORD.sub(r"\1\2***", _USERINFO.sub(r"\1:***@", text))
