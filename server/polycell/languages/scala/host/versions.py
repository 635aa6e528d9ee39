"""Which compiler serves which Scala: data. A version that is not here is served by the nearest one, with a note.

The module mtags is published for one full Scala version each. Where it is not to be had, the compiler's own interactive
part answers: less (no auto-import), yet by the rules of the right language.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

COURSIER = "1.0.27"
COURSIER_PATH = f"io/get-coursier/interface/{COURSIER}/interface-{COURSIER}.jar"
COURSIER_SHA256 = "7c25eceb50c5654f62b97817b01642909d4ca5f7112ec59b9eb73b129d481b55"


Engine = Literal["metals", "dotty", "nsc"]


@dataclass(frozen=True, slots=True)
class Release:
    """`engine` is what answers: Metals' presentation compiler, or the interactive part of the compiler itself (Scala 3:
    dotty, 2.12: nsc). `modules` are what it is fetched as, "organisation:name:version"; `forced` are versions that the
    resolution must take; `library` is what the notebook's code sees anyway."""

    scala: str
    engine: Engine
    library: str
    modules: tuple[str, ...]
    forced: tuple[str, ...] = ()

    @property
    def binary(self) -> str:
        """As artifacts' names end: "2.13", "3"."""
        return "3" if self.scala.startswith("3.") else self.scala.rpartition(".")[0]


RELEASES: tuple[Release, ...] = (
    Release(
        "2.13.16",
        "metals",
        "org.scala-lang:scala-library:2.13.16",
        ("org.scalameta:mtags_2.13.16:1.5.1",),
        # Not its `semanticdb-scalac-core` too: the compiler inherits that one's caches of names of symbols, and built
        # against another version it makes them anew at each look, which more than doubled every completion.
        ("org.scalameta:semanticdb-shared_2.13:4.13.5",),
    ),
    Release("2.12.20", "nsc", "org.scala-lang:scala-library:2.12.20", ("org.scala-lang:scala-compiler:2.12.20",)),
    Release("3.3.7", "dotty", "org.scala-lang:scala3-library_3:3.3.7", ("org.scala-lang:scala3-compiler_3:3.3.7",)),
)
DEFAULT = RELEASES[0]


def release_for(wanted: str) -> tuple[Release, str]:
    """The release that serves a version as a notebook writes it ("2.12", "2.13.10", "3", ""), and a note for the user
    where it is not that version's own. Releases of one minor version differ in bugs alone."""
    if not wanted:
        return DEFAULT, ""
    major, minor = _numbers(wanted)
    for release in RELEASES:
        if _numbers(release.scala) == (major, minor) or (minor is None and _numbers(release.scala)[0] == major):
            return release, ""
    same = [release for release in RELEASES if _numbers(release.scala)[0] == major] or [DEFAULT]
    nearest = min(same, key=lambda release: abs((_numbers(release.scala)[1] or 0) - (minor or 0)))
    return (
        nearest,
        f"Scala {wanted} is answered by the compiler of Scala {nearest.scala}, the nearest there is here. What that "
        "finds wrong is not reported.",
    )


def _numbers(version: str) -> tuple[int | None, int | None]:
    """Major and minor of "2.13.16"; None for what is no number."""
    parts = [int(part) if part.isdigit() else None for part in version.split(".")]
    return parts[0], (parts[1] if len(parts) > 1 else None)
