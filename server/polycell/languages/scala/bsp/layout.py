"""The folder that the bridge, Metals and the build server share for one notebook.

.bsp/polycell.json     how the build server is started; every other file there would be taken for one more
.polycell/build.json   what is compiled with what (`Build`)
.polycell/typed/       the types of what a text defines, which Metals has no message for
src/                   a file a cell, as it was saved last
classes/               empty: nothing is written by a compile that ends at the types
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from polycell import __version__

SERVER = (sys.executable, "-m", "polycell.languages.scala.bsp")  # and the folder
SOURCE = "polycell"
CONNECTED = "polycell: the notebook's build is known"  # what Metals hands on to the bridge when it can be trusted
MARKER = "compiled"  # the message of the diagnostic that is there however right a text is


class Build(Struct, frozen=True):
    """`scala` is a full version; `compiler` the jars that the compiler consists of, none where there is no compiler,
    `classpath` those that the code sees; `options` are the compiler's; `memory` MiB that its JVM may take; `trace` a
    file for messages."""

    scala: str
    binary: str
    compiler: Sequence[str] = ()
    classpath: Sequence[str] = ()
    options: Sequence[str] = ()
    memory: int = 1024
    trace: str = ""

    def digest(self, content: bytes) -> str:
        """Of a text, and of what it is compiled with."""
        told = json.dumps([self.scala, list(self.classpath), list(self.options)]).encode()
        key = hashlib.blake2b(told, digest_size=32).digest()
        return hashlib.blake2b(content, digest_size=12, key=key).hexdigest()


def mark(digest: str, saved: int) -> str:
    """The source of diagnostics: of which text they speak, and which save of it, by the file's time in nanoseconds."""
    return f"{SOURCE} {digest} {saved:x}"


class Layout(Struct, frozen=True):
    root: Path

    @property
    def sources(self) -> Path:
        return self.root / "src"

    @property
    def classes(self) -> Path:
        return self.root / "classes"

    @property
    def build(self) -> Path:
        return self.root / ".polycell" / "build.json"

    def typed(self, digest: str) -> Path:
        return self.root / ".polycell" / "typed" / f"{digest}.json"

    def make(self, build: Build) -> None:
        """All folders and files but the sources. Raises OSError."""
        for folder in (self.sources, self.classes, self.typed("").parent, self.root / ".bsp"):
            folder.mkdir(parents=True, exist_ok=True)
        self.write(build)
        connection = {
            "name": SOURCE,
            "version": __version__,
            "bspVersion": "2.1.0",
            "languages": ["scala"],
            "argv": [*SERVER, str(self.root)],
        }
        _replace(self.root / ".bsp" / "polycell.json", connection)

    def write(self, build: Build) -> None:
        _replace(self.build, asdict(build))

    def read(self) -> Build:
        """Raises OSError, ValueError or TypeError where it is not there or is no build."""
        return Build(**json.loads(self.build.read_text(encoding="utf-8")))

    def write_typed(self, digest: str, definitions: Any) -> None:
        _replace(self.typed(digest), definitions)

    def read_typed(self, digest: str) -> Any:
        """None where nothing was written."""
        try:
            return json.loads(self.typed(digest).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None


def _replace(path: Path, content: Any) -> None:
    """Whole or not at all, whoever reads meanwhile. What is on its way lies in the folder above, where nobody looks."""
    part = path.parent.parent / f"{path.name}.part"
    part.write_text(json.dumps(content), encoding="utf-8")
    part.replace(path)
