"""Members behind a dot, asked once: what a compiler says of `sales.` holds for each letter that is typed behind it, and
in every text in which that expression means the same.

An expression that needs nothing of its own cell is asked about alone, so that an edit around it makes no other question
of it. Otherwise the question is the cell's document without the letters typed. What is remembered is the whole list,
which the letters then only filter.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence

from msgspec import Struct, field

from polycell.core.matching import distance
from polycell.core.results import Completion, Completions, Edit
from polycell.core.text import Span
from polycell.languages.scala.cells import Unit
from polycell.languages.scala.lexer import Token, code, tokens
from polycell.languages.scala.outline import Outline, outline
from polycell.languages.scala.questions import Question

KEPT = 64  # lists
_NONE_SUCH = 3  # `distance` of a name that has not the letters
_FURTHER = 500  # ranks

# What gives members to values, or binds names in a way that the outline does not tell.
_MEANING = frozenset({"import", "implicit", "given", "using", "extension", "export", "this", "super"})


class Asked(Struct, frozen=True):
    """`own` is the cell's text as it is asked about, `at` the place behind the dot in it; `typed` the span of the
    letters behind the dot in the cell itself."""

    own: Unit
    at: int
    typed: Span


def asked(own: Unit, offset: int, *, cut: bool) -> Asked | None:
    """What to ask for the members that go at `offset` of a cell; None where no member of a value goes there. `cut`:
    whether the compiler reads a text that ends at the dot."""
    text = own.text
    start = offset
    while start and (text[start - 1].isalnum() or text[start - 1] in "_$"):
        start -= 1
    found = list(code(tokens(text)))
    dot = next((at for at, token in enumerate(found) if token.end >= start and token.start < start), None)
    if dot is None or found[dot].text != "." or found[dot].end != start:
        return None
    if any(token.start < offset < token.end for token in found):
        return None  # inside of a word
    typed = Span(start, offset)
    first = _closed(found, dot, own.outline)
    if first is not None:
        expression = text[found[first].start : start]
        return Asked(Unit(own.cell, own.index, expression, outline(expression)), len(expression), typed)
    if not cut:
        return None
    rest = text[:start] + text[offset:]
    return Asked(Unit(own.cell, own.index, rest, outline(rest)), start, typed)


def _closed(found: Sequence[Token], dot: int, own: Outline) -> int | None:
    """The first token of the expression in front of a dot, where it means the same outside of its cell."""
    if own.package or any(token.text in _MEANING for token in found):
        return None
    first = _beginning(found, dot)
    if first is None:
        return None
    bound = own.local | {name.name for name in own.names} | _bound(found)
    for at in range(first, dot):
        token = found[at]
        if token.kind == "string" or token.text in ("=>", "_", "{"):
            return None
        if token.kind == "id" and token.text in bound and (at == first or found[at - 1].text != "."):
            return None
    return first


def _beginning(found: Sequence[Token], dot: int) -> int | None:
    at = dot - 1
    while at >= 0:
        token = found[at]
        if token.kind == "close":
            opening = _opening(found, at)
            if opening is None:
                return None
            before = found[opening - 1] if opening else None
            if before is None or not (before.kind == "id" or before.text in (")", "]")):
                return opening if token.text == ")" else None
            at = opening - 1
            continue
        if token.kind != "id":
            return None
        before = found[at - 1] if at else None
        if before is not None and before.text == ".":
            at -= 2
            continue
        return at - 1 if before is not None and before.text == "new" else at
    return None


def _opening(found: Sequence[Token], at: int) -> int | None:
    depth = 0
    for index in range(at, -1, -1):
        depth += {"close": 1, "open": -1}.get(found[index].kind, 0)
        if depth == 0:
            return index
    return None


def _bound(found: Sequence[Token]) -> frozenset[str]:
    """Names that patterns of `case` bind, and those before `=`."""
    bound: set[str] = set()
    pattern = False
    for at, token in enumerate(found):
        pattern = token.text == "case" or (pattern and token.text != "=>")
        follows = at + 1 < len(found) and found[at + 1].text == "="
        if token.kind == "id" and (pattern or follows):
            bound.add(token.text)
    return frozenset(bound)


class Members(Struct):
    """Lists by the question that they answer, and the questions that are still open: whoever types on cancels a
    request, but its answer is that of the next one."""

    _kept: OrderedDict[Question, tuple[Completion, ...]] = field(default_factory=OrderedDict)
    _open: dict[str, tuple[Question, asyncio.Task[Completions | None]]] = field(default_factory=dict)

    async def of(self, question: Question, ask: Callable[[], Awaitable[Completions | None]]) -> Completions | None:
        """The members that answer the question, all of them but where the list is marked as incomplete; None where
        nobody answers."""
        kept = self._kept.get(question)
        if kept is not None:
            self._kept.move_to_end(question)
            return Completions(kept)
        place = f"{question.notebook} {question.cell}"
        before = self._open.get(place)
        if before is not None and before[0] == question:
            task = before[1]
        else:
            if before is not None:
                before[1].cancel()  # somebody types somewhere else by now

            async def awaited() -> Completions | None:
                return await ask()

            task = asyncio.get_running_loop().create_task(awaited(), name="polycell scala members")
            self._open[place] = question, task
            task.add_done_callback(lambda done: self._done(place, question, done))
        await asyncio.wait({task})
        return task.result() if not task.cancelled() else None

    def leave(self, notebook: str) -> None:
        """Forget what the notebook of that URI asked."""
        for question in [question for question in self._kept if question.notebook == notebook]:
            del self._kept[question]
        for question, task in tuple(self._open.values()):
            if question.notebook == notebook:
                task.cancel()

    async def close(self) -> None:
        tasks = {task for _, task in self._open.values()}
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def _done(self, place: str, question: Question, task: asyncio.Task[Completions | None]) -> None:
        current = self._open.get(place)
        if current is not None and current[1] is task:
            del self._open[place]
        found = task.result() if not task.cancelled() and task.exception() is None else None
        if found is not None and found.items and not found.incomplete:
            self._kept[question] = found.items
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)


def matching(found: Completions, cell: str, text: str, typed: Span, imports: int) -> Completions:
    """Those that have the letters typed, in place of these; `imports`: where an import goes that one needs."""
    folded = typed.of(text).casefold()
    made = []
    for item in found.items:
        far = distance(folded, item.label.casefold())
        if far < _NONE_SUCH:
            edits = tuple(Edit(cell, Span(imports, imports), edit.text) for edit in item.edits)
            made.append(item._replace(replace=typed, rank=item.rank + far * _FURTHER, edits=edits))
    return Completions(tuple(made), found.incomplete)
