"""A Maven repository on the web, where the user's setting names one: its folders' listings tell groups and artifacts,
`maven-metadata.xml` the versions. Coursier completes coordinates in the same way.
"""

from __future__ import annotations

import re
from urllib.parse import unquote, urljoin

from polycell.core.patterns import pattern
from polycell.dependencies.web import Kept, Server

_LINK = pattern(r"""href\s*=\s*["']([^"'?#]+/)["']""", re.IGNORECASE)
_VERSION = pattern(r"<version>\s*([^<\s]+)\s*</version>")
_GROUP = pattern(r"[\w-]+(?:\.[\w-]+)*")
_ARTIFACT = pattern(r"[\w-][\w.-]*")


class WebRepository:
    """One repository, by its address (`https://repo1.maven.org/maven2`). Every answer may block."""

    def __init__(self, address: str) -> None:
        self._server = Server(address)
        self._folders = Kept(self._listed)
        self._versions = Kept(self._told)

    def groups(self, prefix: str) -> tuple[str, ...]:
        base, dot, _ = prefix.rpartition(".")
        return tuple(f"{base}{dot}{name}" for name in self._below(base) if _GROUP.fullmatch(name))

    def artifacts(self, group: str) -> tuple[str, ...]:
        """The folders below a group: artifacts, and groups that are deeper."""
        return self._below(group) if group else ()

    def versions(self, group: str, artifact: str) -> tuple[str, ...]:
        if not _GROUP.fullmatch(group) or not _ARTIFACT.fullmatch(artifact):
            return ()
        return self._versions(f"{group.replace('.', '/')}/{artifact}")

    def _below(self, group: str) -> tuple[str, ...]:
        return self._folders(group.replace(".", "/")) if not group or _GROUP.fullmatch(group) else ()

    def _listed(self, path: str) -> tuple[str, ...]:
        below = f"{path}/" if path else ""
        here = f"{self._server.address}/{below}"
        targets = {urljoin(here, link) for link in _LINK.findall(self._server.page(below))}
        names = {unquote(target[len(here) : -1]) for target in targets if target.startswith(here)}
        return tuple(sorted(name for name in names if _ARTIFACT.fullmatch(name)))

    def _told(self, path: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(_VERSION.findall(self._server.page(f"{path}/maven-metadata.xml"))))
