"""Members behind a dot: what is asked of the compiler, how often, and what the letters that are typed leave of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from polycell.bridge.server import Server
from polycell.bridge.text import Text
from polycell.languages.scala.light import SPEC
from polycell.languages.scala.questions import Answer, Question, Typed
from tests.languages.scala.live import Live

ABOVE = (
    "host: polynote\n# %% [scala]\nval sales: Seq[Int] = Seq(1)\ndef made(n: Int): Seq[Int] = Seq(n)\n# %% [scala]\n"
)


class Recording:
    """Answers every question alike, and keeps it."""

    def __init__(self, *, incomplete: bool = False) -> None:
        self.asked: list[tuple[str, int]] = []
        self._incomplete = incomplete
        self._server = Server(SPEC)

    async def at(self, question: Question, method: str, offset: int, **more: Any) -> Answer:
        self.asked.append((question.text, offset))
        text = Text("file:///Notebook.scala", question.text, "scala")
        at = text.position(offset, self._server.encoding)
        place = {"start": at, "end": at}
        items = [
            {"label": name, "kind": 2, "textEdit": {"range": place, "newText": name}}
            for name in ("filter", "flatMap", "size", "indexOfSlice")
        ]
        return Answer({"isIncomplete": self._incomplete, "items": items}, text, self._server)

    async def compile(self, question: Question, wanted: Callable[[], bool]) -> Typed | None:
        return None

    @property
    def servers(self) -> tuple[Server, ...]:
        return ()

    async def leave(self, notebook: str) -> None:
        """Nothing is kept."""

    async def close(self) -> None:
        """Nothing runs."""


@pytest.fixture
def recording() -> Recording:
    return Recording()


@pytest.fixture
def live(recording: Recording) -> Iterator[Live]:
    made = Live(lambda note: recording)
    yield made
    made.close()


def labels(live: Live, text: str) -> list[str]:
    return [item.label for item in sorted(live.complete(f"{ABOVE}{text}").items, key=lambda item: item.rank)]


def test_one_question_for_all_letters_and_edits_around(live: Live, recording: Recording) -> None:
    assert labels(live, "sales.<|>") == ["filter", "flatMap", "size", "indexOfSlice"]
    assert labels(live, "sales.f<|>") == ["filter", "flatMap", "indexOfSlice"]
    assert labels(live, "sales.flm<|>") == ["flatMap"]
    assert labels(live, "sales.si<|>") == ["size", "indexOfSlice"]
    assert labels(live, 'val x = 1\nprintln(s"${sales.si<|>} of them")') == ["size", "indexOfSlice"]
    assert labels(live, "sales.zz<|>") == []
    assert len(recording.asked) == 1


def test_what_is_typed_is_replaced(live: Live) -> None:
    found = live.complete(f"{ABOVE}val 𝒳 = 1\nsales.si<|>\nval y = 2")
    assert {(item.replace.start, item.replace.end) for item in found.items} == {(16, 18)}


@pytest.mark.parametrize(
    "cell",
    [
        "sales.map(sales => sales.<|>)",
        "for (sales <- Seq(1)) yield sales.<|>",
        "for { x <- Seq(1); sales = x } yield sales.<|>",
        "Seq(1) match { case sales if sales.<|> }",
        "Seq((1, 2)).map { case (sales, n) if n > 1 => sales.<|> }",
        "def f(sales: Int) = sales.<|>",
        "val sales = 1\nsales.<|>",
        "object Inside { val sales = 1; sales.<|> }",
        "import scala.util.chaining._\nsales.<|>",
        "implicit class Rich(val it: Seq[Int]) { def more = 1 }\nsales.<|>",
        "val n = 2\nmade(n).<|>",
        "sales.filter(_ > 1).<|>",
        "package shop\nobject Inside { Seq(1).<|> }",
    ],
)
def test_what_hangs_on_the_cell_is_asked_with_it(live: Live, recording: Recording, cell: str) -> None:
    assert "filter" in labels(live, cell)
    text, offset = recording.asked[-1]
    before = cell.partition("<|>")[0]
    assert before.partition("\n")[0] in text
    assert text[:offset].endswith(before.rpartition("\n")[2])


@pytest.mark.parametrize("expression", ["sales", "sales.head", "made(3)", "new String(made(1).mkString)", "(made(1))"])
def test_what_means_the_same_elsewhere_is_asked_alone(live: Live, recording: Recording, expression: str) -> None:
    assert "filter" in labels(live, f"val x = 12345\nval y = {expression}.<|>\nval z = 3")
    text, offset = recording.asked[-1]
    assert text[:offset].endswith(f"{expression}.")
    assert "12345" not in text


def test_other_definitions_above_make_another_question(live: Live, recording: Recording) -> None:
    labels(live, "sales.<|>")
    live.complete("host: polynote\n# %% [scala]\nval sales: List[Int] = Nil\n# %% [scala]\nsales.<|>")
    assert ["List[Int]" in text for text, _ in recording.asked] == [False, True]


def test_lists_that_are_not_whole_are_asked_for_again() -> None:
    recording = Recording(incomplete=True)
    live = Live(lambda note: recording)
    try:
        assert live.complete(f"{ABOVE}sales.<|>").incomplete
        labels(live, "sales.f<|>")
        assert len(recording.asked) == 2
    finally:
        live.close()
