"""The Scala service: facts and names from the text alone, types, members and errors from the compiler."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from functools import lru_cache
from typing import TypeVar

from polycell.core.environment import Binding, Exports
from polycell.core.facts import Facts
from polycell.core.hosts import Host
from polycell.core.notebook import Cell, Notebook
from polycell.core.results import NO_COMPLETIONS, Action, Completion, Completions, Finding, Hover, Location, Signatures
from polycell.core.service import Context, LanguageService
from polycell.core.text import Span
from polycell.core.types import Table, describe
from polycell.core.values import replace
from polycell.languages.scala import answers, columns, foreign_calls
from polycell.languages.scala.actions import actions
from polycell.languages.scala.cells import Reader, Unit, Units, unit
from polycell.languages.scala.compilers import Compilers
from polycell.languages.scala.config import Config, Configure, plain
from polycell.languages.scala.document import Made, document, result_name, result_span
from polycell.languages.scala.exports import UNTOLD, exports, own_frames
from polycell.languages.scala.facts import facts
from polycell.languages.scala.findings import findings
from polycell.languages.scala.frames import views
from polycell.languages.scala.host.versions import release_for
from polycell.languages.scala.lexer import KEYWORDS, tokens
from polycell.languages.scala.members import Asked, Members, asked, matching
from polycell.languages.scala.outline import Name, Outline
from polycell.languages.scala.questions import Answer, Question, Told, Typed
from polycell.languages.scala.slices import native
from polycell.languages.scala.text import scala_text
from polycell.tables.describe import table_markdown

T = TypeVar("T")

_COMPLETION, _HOVER = "textDocument/completion", "textDocument/hover"
_SIGNATURE, _DEFINITION = "textDocument/signatureHelp", "textDocument/definition"


class ScalaService(LanguageService):
    """`compilers` None: what the text alone says. `configure` tells what a notebook declares for its Scala.
    `with_ours`, `alone`: seconds that the compiler has when we have names to show ourselves, and when we have not."""

    languages = frozenset({"scala"})

    def __init__(
        self,
        compilers: Compilers | None = None,
        configure: Configure = plain,
        *,
        with_ours: float = 1.0,
        alone: float = 8.0,
    ) -> None:
        self._compilers = compilers
        self._configure = configure
        self._with_ours, self._alone = with_ours, alone
        self._reader = Reader()
        self._behind_dots = Members()
        self._configured: tuple[Notebook, Config] | None = None  # the notebook asked about last

    def facts(self, cell: Cell, host: Host) -> Facts:
        return facts(cell)

    def exports(self, context: Context) -> Exports:
        outline = context.facts.analysis
        typed, made = self._typed(context) if _needs_types(context) else (None, None)
        if typed is None or made is None or not isinstance(outline, Outline):
            return exports(context, lambda name: UNTOLD)

        # An answer about an earlier text of the cell has other offsets, but most of its names are still these.
        current = typed.text == made.text
        by_name = {one.name: one for one in typed.types}
        by_place = {one.offset: one for one in reversed(typed.types)}  # the first of a place counts
        units = self._units(context)

        def told(found: Told | None) -> tuple[str, str]:
            return (found.type, native(found.native, units, context.index)) if found is not None else UNTOLD

        def compiled(name: Name) -> tuple[str, str]:
            if not current:
                return told(by_name.get(name.name))
            if name.kind not in ("val", "def"):
                return UNTOLD
            at = made.map.to_document(context.cell.id, name.span.start)
            return told(by_place.get(at)) if at is not None else UNTOLD

        last = context.host.last_expression
        one = unit(context.cell, context.index)
        span = result_span(one) if last else None
        return exports(context, compiled, told(by_name.get(result_name(one, last))) if span is not None else UNTOLD)

    def diagnose(self, context: Context) -> Sequence[Finding]:
        if not _is_judged(self._config(context.notebook)):
            return ()
        typed, made = self._typed(context)
        if typed is None or made is None or typed.text != made.text:
            return ()
        return tuple(findings(typed, made, context, spark=self._config(context.notebook).spark))

    async def complete(self, context: Context, offset: int) -> Completions:
        if offset < context.cell.body:
            return NO_COMPLETIONS
        found = columns.complete(context, offset)
        if found is not None:
            return found
        member = asked(unit(context.cell, context.index), offset, cut=self._reads_dots(context))
        if member is not None and self._compilers is not None:
            members, late = await _in_time(self._members(context, member), self._alone)
            if members is None:
                return Completions((), late)
            return matching(members, context.cell.id, context.cell.text, member.typed, _place_of_imports(context))
        if _in_string(context.cell, offset):
            return NO_COMPLETIONS
        names = _names(context, offset)
        patience = self._with_ours if names.items else self._alone
        place, late = await self._in_time(context, offset, _COMPLETION, patience)
        if place is not None:
            answer, made = place
            imports = _place_of_imports(context)
            answered = answers.completions(answer.result, made, context.cell.id, answer.span, imports)
            if answered.items:
                return answered
        # Whoever types on asks again, and the compiler may have started by then.
        return replace(names, incomplete=late)

    async def hover(self, context: Context, offset: int) -> Hover | None:
        found = columns.hover(context, offset)
        if found is not None:
            return found
        word = _word(context.cell, offset)
        if word is None:
            return None
        place, _ = await self._in_time(context, offset, _HOVER)
        return self._with_table(context, word, answers.hover(place[0].result, word) if place is not None else None)

    def _with_table(self, context: Context, word: Span, told: Hover | None) -> Hover | None:
        """With what the value is to other languages: a type of theirs, the columns of a table."""
        name = word.of(context.cell.text)
        own = own_frames(context)
        table = own.tables.get(name)
        binding = context.view.lookup(name) if table is None and name not in own.types else None
        type_ = table if table is not None else binding.type if binding is not None else None
        if isinstance(type_, Table):
            said = f"{describe(type_)}\n\n{table_markdown(context.notebook, type_)}"
            return Hover(f"{told.markdown}\n\n{said}" if told is not None else said, word)
        if told is None or binding is None or binding.space == context.cell.language or not describe(binding.type):
            return told
        return Hover(f"{told.markdown}\n\n{binding.space.capitalize()}: {describe(binding.type)}", told.span)

    def scope_at(self, context: Context, offset: int) -> Mapping[str, Binding]:
        """The views that the cell has registered before."""
        own = own_frames(context)
        return {one.name: one for one in views(own, offset)}

    async def define(self, context: Context, offset: int) -> Sequence[Location]:
        if given := columns.define(context, offset):
            return given
        place, _ = await self._in_time(context, offset, _DEFINITION)
        if place is None:
            return ()
        answer, made = place
        return tuple(answers.locations(answer.result, made, answer.text.uri, answer.span))

    def actions(self, context: Context, span: Span) -> Sequence[Action]:
        return tuple(actions(context, span))

    async def signature(self, context: Context, offset: int) -> Signatures | None:
        foreign = foreign_calls.signature(context, offset)
        if foreign is not None:
            return foreign
        place, _ = await self._in_time(context, offset, _SIGNATURE)
        return answers.signatures(place[0].result) if place is not None else None

    async def leave(self, notebook: str) -> None:
        self._behind_dots.leave(notebook)
        if self._compilers is not None:
            await self._compilers.leave(notebook)

    async def close(self) -> None:
        await self._behind_dots.close()
        if self._compilers is not None:
            await self._compilers.close()

    # -- inside

    async def _in_time(
        self, context: Context, offset: int, method: str, patience: float | None = None
    ) -> tuple[tuple[Answer, Made] | None, bool]:
        return await _in_time(self._ask(context, offset, method), patience or self._alone)

    async def _members(self, context: Context, member: Asked) -> Completions | None:
        compilers = self._compilers
        assert compilers is not None
        question, made = self._document(context, member.own)
        cell = context.cell.id
        # A text of its own for the compiler too: the cell's is not shown to it anew at each dot.
        question = replace(question, cell=f"{cell} members")

        async def ask() -> Completions | None:
            at = made.map.to_document(cell, member.at)
            answer = await compilers.at(question, _COMPLETION, at) if at is not None else None
            return answers.completions(answer.result, made, cell, answer.span, 0) if answer is not None else None

        return await self._behind_dots.of(question, ask)

    def _reads_dots(self, context: Context) -> bool:
        """Whether the compiler makes a whole of a text that goes on behind a dot with something else."""
        return release_for(self._config(context.notebook).scala)[0].engine == "metals"

    async def _ask(self, context: Context, offset: int, method: str) -> tuple[Answer, Made] | None:
        if self._compilers is None:
            return None
        question, made = self._document(context)
        at = made.map.to_document(context.cell.id, offset)
        if at is None:
            return None
        answer = await self._compilers.at(question, method, at)
        return (answer, made) if answer is not None else None

    def _document(self, context: Context, own: Unit | None = None) -> tuple[Question, Made]:
        config = self._config(context.notebook)
        made = document(context, self._units(context), own=own, spark=config.spark)
        return Question(config, context.notebook.uri, context.cell.id, made.text, made.awaited), made

    def _units(self, context: Context) -> Units:
        return self._reader.units(context.notebook.cells, context.cell.space, context.host.last_expression)

    def _config(self, notebook: Notebook) -> Config:
        if self._configured is None or self._configured[0] is not notebook:
            self._configured = notebook, self._configure(notebook)
        return self._configured[1]

    def _typed(self, context: Context) -> tuple[Typed | None, Made | None]:
        if self._compilers is None:
            return None, None
        question, made = self._document(context)
        found = context.view.read(question)
        return (found if isinstance(found, Typed) else None), made


async def _in_time(answer: Awaitable[T], patience: float) -> tuple[T | None, bool]:
    """The answer, and whether it was late: a compiler needs some seconds to start."""
    try:
        return await asyncio.wait_for(answer, patience), False
    except asyncio.TimeoutError:
        return None, True


def _is_judged(config: Config) -> bool:
    """Whether the compiler is that of the notebook's own Scala: another one's errors say nothing about it."""
    return not release_for(config.scala)[1]


def _needs_types(context: Context) -> bool:
    """Whether something in the cell has a type that its text does not tell."""
    outline = context.facts.analysis
    if not isinstance(outline, Outline) or outline.broken is not None:
        return False
    untold = any(name.kind in ("val", "def") and not (name.declared or name.literal) for name in outline.names)
    return untold or (bool(context.host.last_expression) and outline.last is not None)


def _place_of_imports(context: Context) -> int:
    """The line of the cell's first statement, below magics and comments."""
    text = scala_text(context.cell)
    first = next((token.start for token in tokens(text) if token.kind not in ("comment", "newline")), len(text))
    return max(text.rfind("\n", 0, first) + 1, context.cell.body)


def _word(cell: Cell, offset: int) -> Span | None:
    for span in _words(scala_text(cell)):
        if span.touches(offset):
            return span
    return None


@lru_cache(maxsize=64)
def _words(text: str) -> tuple[Span, ...]:
    return tuple(Span(token.start, token.end) for token in tokens(text) if token.kind in ("id", "keyword", "op"))


def _in_string(cell: Cell, offset: int) -> bool:
    """Whether the place is within a string without interpolation, where nothing of Scala goes."""
    text = scala_text(cell)
    strings = (token for token in tokens(text) if token.kind == "string" and text.startswith('"', token.start))
    return any(token.start < offset < token.end + token.broken for token in strings)


def _names(context: Context, offset: int) -> Completions:
    """Names of the notebook: what is known without a compiler."""
    text = context.cell.text
    start = offset
    while start > context.cell.body and (text[start - 1].isalnum() or text[start - 1] in "_$"):
        start -= 1
    prefix = text[start:offset]
    if not prefix or text[:start].rstrip().endswith("."):
        return NO_COMPLETIONS
    span = Span(start, offset)
    made = {}
    outline = context.facts.analysis
    for name in outline.names if isinstance(outline, Outline) else ():
        if name.name.startswith(prefix) and not name.span.touches(offset):
            made[name.name] = Completion(name.name, "variable", span, detail=name.declared or name.literal)
    for distance, binding in context.view.nearest(prefix):
        if binding.name.startswith(prefix) and binding.name not in made:
            detail = binding.source if binding.space == context.cell.language else describe(binding.type)
            made[binding.name] = Completion(binding.name, "variable", span, detail=detail, rank=50 + min(distance, 40))
    for word in sorted(KEYWORDS):
        if word.startswith(prefix) and word != prefix:
            made.setdefault(word, Completion(word, "keyword", span, rank=95))
    return Completions(tuple(made.values()))
