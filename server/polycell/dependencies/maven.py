"""Maven coordinates, as Polynote, coursier (`import $ivy`, `//> using dep`) and Spark take them.

    org:name:version                              org::name:version       (Scala suffix added by the tool)
    org:name:type:version                         org:::name:version      (full Scala version added)
    org:name:type:classifier:version
    org:name:type:config:classifier:version

Source: Polynote's `CoursierFetcher` and docs; coursier's dependency grammar.
"""

from __future__ import annotations

import re

from msgspec import Struct

from polycell.core.patterns import pattern
from polycell.core.text import Span
from polycell.core.values import replace
from polycell.dependencies.model import NOWHERE, Requirement

_URL = pattern(r"(?:https?|file|hdfs|hftp|s3|s3n|s3a)://?", re.IGNORECASE)
_PART = pattern(r"[\w.+\-$]+")
_SUFFIX = pattern(r"_(2\.1[0-9](?:\.\d+)?|3)$")
_VERSION = pattern(r"[\w.+\-]+|[\[(][^\[\]()]*[\])]|latest\.\w+|_")


class Coordinate(Struct, frozen=True):
    """`problem` says what is wrong, at `span` of the text; the other parts are what could be read."""

    group: str = ""
    artifact: str = ""
    version: str = ""
    type: str = ""
    configuration: str = ""
    classifier: str = ""
    cross: str = ""  # "::" or ":::" where the tool adds the Scala suffix
    url: str = ""
    problem: str = ""
    span: Span = NOWHERE

    @property
    def suffix(self) -> str:
        """The Scala version in the artifact's name (`2.12`), or ""."""
        found = _SUFFIX.search(self.artifact)
        return found[1] if found else ""


def read_coordinate(text: str, *, crosses: bool = True) -> Coordinate:
    """Total. With `crosses` the tool understands `::`; Polynote does not."""
    start = len(text) - len(text.lstrip())
    plain = text.strip()
    whole = Span(start, start + len(plain))
    if not plain:
        return Coordinate(problem="The coordinate is empty.", span=whole)
    if _URL.match(plain):
        return Coordinate(url=plain)
    marker = re.search(r":{2,}", plain)
    cross = ""
    if marker:
        at = Span(start + marker.start(), start + marker.end())
        if not crosses:
            return Coordinate(
                plain[: marker.start()],
                problem="`::` is not understood here: write the Scala suffix in the name, as in `cats-core_2.12`.",
                span=at,
            )
        # Before the version it asks for the platform's suffix (Scala.js, Native), of which the JVM has none.
        second = re.search(r":{2,}", plain[marker.end() :])
        if second is not None and second[0] == "::" and _PART.fullmatch(plain[marker.end() :][: second.start()]):
            return _of_platform(plain, start, marker.end() + second.start())
        if second:
            at = Span(start + marker.end() + second.start(), start + marker.end() + second.end())
        if second or marker.start() == 0 or ":" in plain[: marker.start()] or len(marker[0]) > 3:
            return Coordinate(problem="`::` stands between the group and the name, nowhere else.", span=at)
        cross = marker[0]
        plain_parts = [plain[: marker.start()], *plain[marker.end() :].split(":")]
        starts = [start]
        position = start + marker.end()
    else:
        plain_parts = plain.split(":")
        starts = []
        position = start
    for part in plain_parts[len(starts) :]:
        starts.append(position)
        position += len(part) + 1
    if len(plain_parts) < 3:
        missing = "the name and the version are" if len(plain_parts) == 1 else "the version is"
        return Coordinate(
            plain_parts[0],
            plain_parts[1] if len(plain_parts) > 1 else "",
            cross=cross,
            problem=f"A coordinate is `group:name:version`: {missing} missing.",
            span=whole,
        )
    if len(plain_parts) > 6:
        return Coordinate(
            plain_parts[0],
            plain_parts[1],
            problem="A coordinate has at most six parts.",
            span=Span(starts[6], whole.end),
        )
    *middle, version = plain_parts[2:]
    for number, part in enumerate(plain_parts):
        allowed = _VERSION if number == len(plain_parts) - 1 else _PART
        if not allowed.fullmatch(part):
            said = "A part of the coordinate is empty." if not part else f"`{part}` is no part of a coordinate."
            at = Span(starts[number], starts[number] + max(len(part), 1))
            at = at if at.end <= whole.end else whole
            return Coordinate(plain_parts[0], plain_parts[1], cross=cross, problem=said, span=at)
    kinds = {1: ("type",), 2: ("type", "classifier"), 3: ("type", "configuration", "classifier")}
    named = dict(zip(kinds.get(len(middle), ()), middle, strict=True))
    kind, configuration, classifier = (named.get(k, "") for k in ("type", "configuration", "classifier"))
    return Coordinate(plain_parts[0], plain_parts[1], version, kind, configuration, classifier, cross)


def _of_platform(plain: str, start: int, at: int) -> Coordinate:
    """A coordinate without the second colon of the `::` at an offset of its text; places are those with it."""
    read = read_coordinate(plain[:at] + plain[at + 1 :])
    span = Span(*(start + place + (place > at) for place in (read.span.start, read.span.end)))
    return replace(read, span=span) if read.problem else read


def requirement_of(coordinate: Coordinate, style: str, text: str, flags: tuple[str, ...] = ()) -> Requirement:
    name = f"{coordinate.group}:{coordinate.artifact}" if coordinate.artifact else coordinate.group
    if coordinate.cross == ":::":
        flags = (*flags, "full")
    return Requirement(
        "maven", name, coordinate.version, style, text.strip(), cross=bool(coordinate.cross), flags=flags
    )


def mismatch(coordinate: Coordinate, scala: str) -> str:
    """The Scala version of the artifact's suffix where it is another one than `scala` (`2.12`, `2.13.14`); else ""."""
    suffix = coordinate.suffix
    if not suffix or not scala or not re.fullmatch(r"[23](?:\.\d+)*", scala):
        return ""
    if scala.startswith("3"):
        # Scala 3 runs the artifacts of 2.13 too.
        return suffix if suffix not in ("3", "2.13") and not suffix.startswith("2.13.") else ""
    if suffix == "3":
        return "" if scala.startswith("2.13") else suffix
    short = ".".join(suffix.split(".")[:2])
    return suffix if short != ".".join(scala.split(".")[:2]) else ""
