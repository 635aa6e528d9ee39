"""Versions of a distribution from a package index, where the user's setting names one; else nobody is asked.

The index is asked by its Simple API as JSON (PEP 691), or as HTML where it speaks only that (PEP 503).
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from polycell.core.patterns import pattern
from polycell.dependencies.model import normal
from polycell.dependencies.web import Kept, Server

_ACCEPT = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"
_FILE = pattern(r">\s*([^<>\s]+\.(?:whl|tar\.gz|zip))\s*<")


class Index:
    """One index, by its address (`https://pypi.org/simple`)."""

    def __init__(self, address: str) -> None:
        self._server = Server(address)
        self._kept = Kept(self._ask)

    def versions(self, name: str) -> Sequence[str]:
        """Newest first, pre-releases last; empty where the index does not know it or does not answer. Blocks."""
        return self._kept(normal(name))

    def _ask(self, key: str) -> tuple[str, ...]:
        body = self._server.page(f"{key}/", _ACCEPT)
        return _sorted(_from_json(body) if body.lstrip().startswith("{") else _from_html(body, key))


def _from_json(body: str) -> set[str]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return set()
    if isinstance(said.get("versions"), list):
        return {v for v in said["versions"] if isinstance(v, str)}
    files = said.get("files")
    names = (f.get("filename") for f in files if isinstance(f, dict)) if isinstance(files, list) else ()
    return {version for name in names if isinstance(name, str) and (version := _version(name))}


def _from_html(body: str, key: str) -> set[str]:
    return {version for name in _FILE.findall(body) if (version := _version(name))}


def _version(filename: str) -> str:
    """The version in the name of a wheel or a source archive, or ""."""
    if filename.endswith(".whl"):
        parts = filename.split("-")
        return parts[1] if len(parts) >= 5 else ""
    stem = re.sub(r"\.(?:tar\.gz|zip)$", "", filename)
    return stem.rpartition("-")[2] if "-" in stem else ""


def _sorted(found: set[str]) -> tuple[str, ...]:
    from packaging.version import InvalidVersion, Version

    read = []
    for text in found:
        try:
            read.append((Version(text), text))
        except InvalidVersion:
            continue
    return tuple(text for version, text in sorted(read, key=lambda r: (not r[0].is_prerelease, r[0]), reverse=True))
