"""What is asked about Scala documents, and what is known of them, whoever answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol, TypeVar

from msgspec import Struct

from polycell.bridge.connection import Gone
from polycell.bridge.server import Server
from polycell.bridge.text import Text
from polycell.core.text import Span
from polycell.languages.scala.config import Config
from polycell.languages.scala.glue import short as short
from polycell.languages.scala.glue import without_glue

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Question:
    """A cell's document and what it is compiled with; as a key of a source, what the compiler says of it by itself.
    `notebook` (its URI) and `cell` name it across edits. `after`: cells of the notebook whose answers, where they are
    to come, make another question of this one: it waits for them."""

    config: Config
    notebook: str
    cell: str
    text: str
    after: frozenset[str] = field(default=frozenset(), compare=False)

    @property
    def place(self) -> tuple[str, str]:
        return self.notebook, self.cell


class Problem(Struct, frozen=True):
    """An error, in the document's offsets."""

    span: Span
    message: str


class Told(NamedTuple):
    """A definition: the offset of its name, the type as the compiler shows it, and `native` as a text may declare it
    (of a method what it gives); "" where that cannot be written. It names the document's objects around cells."""

    offset: int
    name: str
    type: str
    native: str = ""


class Typed(Struct, frozen=True):
    """Of the document `text`."""

    problems: tuple[Problem, ...] = ()
    types: tuple[Told, ...] = ()
    text: str = ""


class Answer(Struct, frozen=True):
    """What `server` said about a text."""

    result: Any
    text: Text
    server: Server

    def span(self, value: Any) -> Span | None:
        """A range of the answer as a span of the document."""
        return self.text.span(value, self.server.encoding)


class Absent(Gone):
    """It is not there and will not come by itself: the next one may answer."""


async def answered(server: Server, asking: Awaitable[T]) -> T:
    """The answer. Raises what asking does; Absent where the server will not be there again."""
    try:
        return await asking
    except Gone as reason:
        if server.status.phase in ("missing", "failed"):
            raise Absent(str(reason)) from reason
        raise


class Backend(Protocol):
    """Who answers. Both ways of asking raise Gone (Absent) where it is not there, Refused where it says no."""

    async def at(self, question: Question, method: str, offset: int, **more: Any) -> Answer:
        """A request of the protocol at an offset of the document."""

    async def compile(self, question: Question, wanted: Callable[[], bool]) -> Typed | None:
        """What is wrong in the document, and the types of what it defines; None where that is not `wanted` any more."""

    @property
    def servers(self) -> tuple[Server, ...]:
        """Those that were started, the one asked last at the end."""

    async def leave(self, notebook: str) -> None:
        """The notebook of that URI has been closed: end what only it needed."""

    async def close(self) -> None:
        """End all of them."""


def once(note: Callable[[str], None]) -> Callable[[str], None]:
    """The same, told nothing twice."""
    told: set[str] = set()

    def tell(text: str) -> None:
        if text not in told:
            told.add(text)
            note(text)

    return tell


def typed(answer: Answer) -> Typed:
    """`answer.result`: {diagnostics: as the protocol has them, definitions: [{offset, name, type, native}]}, offsets in
    code points."""
    said = answer.result if isinstance(answer.result, Mapping) else {}
    problems = []
    for one in said.get("diagnostics") or ():
        span = answer.span(one.get("range"))
        if span is not None and one.get("severity") == 1:
            problems.append(Problem(span, without_glue(str(one.get("message", "")))))
    types = [
        Told(int(one["offset"]), str(one["name"]), without_glue(str(one["type"])), str(one.get("native") or ""))
        for one in said.get("definitions") or ()
        if one["type"]
    ]
    return Typed(tuple(problems), tuple(types), answer.text.text)
