"""Which compiler serves which Scala: data. A version that is not here is served by the nearest one, with a note.

Checked against what Maven Central has: the module mtags is published for one full Scala version each.
"""

from __future__ import annotations

from dataclasses import dataclass

COURSIER = "1.0.27"
COURSIER_PATH = f"io/get-coursier/interface/{COURSIER}/interface-{COURSIER}.jar"
COURSIER_SHA256 = "7c25eceb50c5654f62b97817b01642909d4ca5f7112ec59b9eb73b129d481b55"


@dataclass(frozen=True, slots=True)
class Release:
    """`modules` are what the compiler is fetched as, "organisation:name:version"; `forced` are versions that the
    resolution must take."""

    scala: str
    modules: tuple[str, ...]
    forced: tuple[str, ...] = ()

    @property
    def binary(self) -> str:
        return self.scala.rpartition(".")[0]

    @property
    def library(self) -> str:
        return f"org.scala-lang:scala-library:{self.scala}"


RELEASES: tuple[Release, ...] = (
    Release(
        "2.13.16",
        ("org.scalameta:mtags_2.13.16:1.5.1",),
        ("org.scalameta:semanticdb-shared_2.13:4.13.5", "org.scalameta:semanticdb-scalac-core_2.13.16:4.13.5"),
    ),
)
DEFAULT = RELEASES[0]


def release_for(wanted: str) -> tuple[Release, str]:
    """The release that serves a version as a notebook writes it ("2.12", "2.13.10", ""), and a note for the user where
    it is not that version's own."""
    if not wanted:
        return DEFAULT, ""
    for release in RELEASES:
        if wanted in (release.scala, release.binary):
            return release, ""
    binary = ".".join(wanted.split(".")[:2])
    for release in RELEASES:
        if release.binary == binary:
            return release, ""  # one binary version: what differs are bugs
    return (
        DEFAULT,
        f"Scala {wanted} is answered by the compiler of Scala {DEFAULT.scala}: there is none of its own here.",
    )
