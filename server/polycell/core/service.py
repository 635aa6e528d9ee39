"""The protocols by which `core` knows languages and rules. `compose` hands the real ones over.

A service overrides what it can; everything else answers empty. Services are total: whatever the text, they return.
Each call is guarded all the same (`core.guard`), so a defect in one costs one answer, not the session.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, Protocol, TypeVar

from msgspec import Struct

from polycell.core.charts import Drawing, FileRows, Refusal, Rows
from polycell.core.environment import NO_EXPORTS, Binding, Exports, View
from polycell.core.facts import NO_FACTS, Facts, Fragment
from polycell.core.hosts import Host, host
from polycell.core.notebook import Cell, Notebook
from polycell.core.patterns import pattern
from polycell.core.results import (
    NO_CALLS,
    NO_COMPLETIONS,
    NOT_FORMATTED,
    Action,
    Attribute,
    Call,
    Caller,
    Calls,
    Completions,
    Finding,
    Fold,
    Formatted,
    Hint,
    HintKind,
    Hover,
    InnerName,
    Layout,
    Location,
    Mention,
    SemanticToken,
    Signatures,
    WrittenPath,
)
from polycell.core.text import Span
from polycell.core.types import UNKNOWN, Type

_WORD = pattern(r"[^\W\d]\w*")
T = TypeVar("T")


def _nobody(index: int) -> Context:
    raise LookupError("this cell stands alone")


FileChange = Literal["created", "changed", "deleted"]
FileChanges = Mapping[str, FileChange]  # by path


@dataclass(frozen=True, slots=True)
class Context:
    """All that a service sees when it is asked about one cell; or about a fragment, whose text begins at `start` of it.
    `written`: the part of the text that stands there, where more was put around it; `start` may be anything then.

    `neighbour` gives the context of another cell by its index. Nothing that is asked there is recorded: what is kept
    (exports, findings) must not be made from it.
    """

    notebook: Notebook
    cell: Cell
    index: int
    facts: Facts
    view: View
    host: Host
    start: int = 0
    written: Span | None = None
    neighbour: Callable[[int], Context] = field(default=_nobody, compare=False, repr=False)
    _known: dict[Hashable, Any] = field(default_factory=dict, init=False, compare=False, repr=False)

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` answers, which is asked once: one request asks several things of a context that all need the
        same first. `make` must follow from the context and `key` alone."""
        if key not in self._known:
            self._known[key] = make()
        known: T = self._known[key]
        return known

    @property
    def beginning(self) -> int:
        """Where in the whole cell that begins which is written there."""
        return self.start + (self.written.start if self.written is not None else 0)


class Reach(Struct, frozen=True):
    """How cells of a language may change more than the names in them, by words in their texts; a cell without these
    concerns only those who have one of its names. See `core.needed`.

    `words`: `exec`, another working folder. `writing`: files are written, databases chosen, which hangs on what a cell
    uses. `binding`, of a language that gives names to others by its magic's line and by metadata: the words by which
    it may do so elsewhere; None where any of its statements may.
    """

    words: tuple[str, ...] = ()
    writing: tuple[str, ...] = ()
    binding: tuple[str, ...] | None = None


class LanguageService:
    """One language. `languages` are the cell languages it serves."""

    languages: frozenset[str] = frozenset()
    reach: Reach | None = None

    def facts(self, cell: Cell, host: Host) -> Facts:
        """What the text alone says. Pure, fast (under 1 ms for a usual cell), synchronous."""
        return NO_FACTS

    def half_written(self, cell: Cell, facts: Facts) -> Collection[str]:
        """The names in statements of a cell that cannot be read yet, which its facts do not have."""
        return ()

    def may_change(self, facts: Facts, name: str) -> bool:
        """Whether a cell that uses a name may change its value, or give it to another name, by its text alone."""
        return True

    def fragments(self, context: Context, at: int | None = None) -> Iterable[Fragment]:
        """Texts of other languages in the cell, or those that touch the offset `at`: the facts' own, and those that
        only types tell."""
        return context.facts.fragments

    def exports(self, context: Context) -> Exports:
        """The names this cell gives, with their types. Pure in (facts, answers of `context.view`)."""
        return NO_EXPORTS

    def misnamed(self, context: Context) -> bool:
        """Whether the cell certainly speaks another language than it is said to: then nothing is wrong with it."""
        return False

    def diagnose(self, context: Context) -> Sequence[Finding]:
        """Findings that need the environment. Syntax problems are reported from the facts already."""
        return ()

    def evaluate(self, text: str, view: View) -> Type:
        """The type of a fragment's value, seen from `view`: the table that a SQL text yields. Columns that get their
        names in the text have anchors without a cell (`Table.rebased`)."""
        return UNKNOWN

    def effects(self, text: str, view: View, dialect: str) -> Sequence[Binding]:
        """The names that running a fragment gives or takes away, seen from `view` (see `View.effects`), without their
        places: those only the asker knows."""
        return ()

    def rows(self, contexts: Sequence[Context], binding: Binding) -> Rows | FileRows | None:
        """The rows of a frame, where the text alone says them: in a literal, or as a file has them. `contexts` are the
        cells of this language from the one that makes the frame to the one that asks, in none of which it may be
        changed. None when only a run can tell."""
        return None

    def scope_at(self, context: Context, offset: int) -> Mapping[str, Binding]:
        """The cell's own bindings as they stand at `offset`: what hides the environment there."""
        return {}

    async def complete(self, context: Context, offset: int) -> Completions:
        return NO_COMPLETIONS

    async def complete_early(self, context: Context, offset: int) -> Completions | None:
        """The same, where the texts of the cells alone tell it: nothing is settled, so that nothing may be asked of the
        view. None where that takes more."""
        return None

    def path(self, context: Context, offset: int) -> WrittenPath | None:
        """The path of a file that is being written at `offset`, told from what stands before it."""
        return None

    async def hover(self, context: Context, offset: int) -> Hover | None:
        return None

    async def hover_early(self, context: Context, offset: int) -> Hover | None:
        """The same, where the texts of the cells alone tell it, as in `complete_early`."""
        return None

    async def define(self, context: Context, offset: int) -> Sequence[Location]:
        """Definitions that names alone do not tell (a column, an attribute); plain names are answered by `features`."""
        return ()

    async def define_type(self, context: Context, offset: int) -> Sequence[Location]:
        """Where the type of what stands there is defined."""
        return ()

    def inner_name(self, context: Context, offset: int) -> InnerName | None:
        """The name of an inner scope at `offset`: what the facts do not tell, since no other cell sees it."""
        return None

    def attributes(self, context: Context, name: str) -> Iterable[Attribute]:
        """Every place of the cell that names an attribute called `name`, whatever has it."""
        return ()

    def calls(self, context: Context) -> Calls:
        """Who calls what in the cell, by its text alone."""
        return NO_CALLS

    async def callees(self, context: Context, offset: int) -> Sequence[Caller]:
        """What the name at `offset` calls, where names alone do not tell: a method, a library's function."""
        return ()

    async def calls_outside(self, context: Context, caller: Caller, *, incoming: bool) -> Sequence[Call]:
        """The calls of, or (`incoming`) to, something outside of the notebook that `callees` answered."""
        return ()

    async def prepare(self, notebook: Notebook) -> None:
        """A notebook with cells of this language has been opened: start what its first question will need."""

    async def leave(self, notebook: str) -> None:
        """The notebook of that URI has been closed: end what only it needed."""

    def files_changed(self, files: FileChanges) -> None:
        """Files of the workspace have changed: what was read of them may be no longer so."""

    async def close(self) -> None:
        """End what the service has started."""

    # -- what editors offer beyond the usual; each is asked for at a place, never in advance

    def actions(self, context: Context, span: Span) -> Sequence[Action]:
        """What can be done at `span` (the selection; empty for a cursor), beside the fixes that findings carry."""
        return ()

    async def source_actions(self, context: Context) -> Sequence[Action]:
        """What can be done to the whole cell; asked for only when somebody wants just that (on saving)."""
        return ()

    async def signature(self, context: Context, offset: int) -> Signatures | None:
        """The call around `offset`, with the forms it may have. None outside of calls and for unknown functions."""
        return None

    async def hints(self, context: Context, kinds: Collection[HintKind]) -> Sequence[Hint]:
        """Texts to show between the code, of the kinds that the user switched on."""
        return ()

    def selections(self, context: Context, offset: int) -> Sequence[Span]:
        """What a selection at an offset may grow to, in any order: expressions, statements, blocks."""
        return ()

    def folds(self, context: Context) -> Sequence[Fold]:
        """What can be folded beside the extents of the definitions in the facts."""
        return ()

    async def format(self, context: Context, span: Span, layout: Layout) -> Formatted:
        """Edits that lay out what `span` touches, whole statements at least; `span` is the whole text for the cell.
        Comments and meaning stay as they are; formatting what was formatted changes nothing."""
        return NOT_FORMATTED

    async def tokens(self, context: Context) -> Sequence[SemanticToken]:
        """What each word of the cell is, in order of its text and without overlaps; () where nobody can tell. Texts of
        other languages inside of the cell (its fragments) are asked of theirs."""
        return ()

    def mention_at(self, context: Context, offset: int) -> Mention | None:
        """The column that the text at `offset` names."""
        return None

    def mentions(self, context: Context, name: str) -> Iterable[Mention]:
        """Every place in the cell that names a column called `name`, and (without a column) every place that may do
        so where nobody can tell. Cheap for a cell whose text does not have the name in it."""
        for found in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", context.cell.text):
            yield Mention(Span(*found.span()), name, refusal="columns in that language are not followed")

    def inputs(self, context: Context, span: Span) -> Iterable[Mention]:
        """The columns from which the one is made that gets its name at `span`."""
        return ()

    def spelling(self, context: Context, span: Span, name: str) -> str | None:
        """How `name` is written in place of what stands at `span`, quotes included; None where it cannot be."""
        return name if name.isidentifier() else None

    def column_spelling(self, context: Context, span: Span, name: str) -> str | None:
        """The same for the name of a column, in place of a mention's span."""
        return self.spelling(context, span, name)

    def spoken(self, context: Context) -> Iterable[str]:
        """Every name in the cell, those of its inner scopes too: none of them may become the name of something else."""
        return _WORD.findall(context.cell.text)

    def hidden(self, context: Context, name: str) -> Iterable[Span]:
        """Where the cell may mention `name` in a way that its references do not tell: in a query inside of a string,
        in a template. Places that are references may be among them."""
        return (Span(*found.span()) for found in _WORD.finditer(context.cell.text) if found[0] == name)


class Rule(Protocol):
    """A notebook-level check: one module in `rules`, one stable code."""

    code: str

    def check(self, context: Context) -> Iterable[Finding]: ...


# What a language offers in cells of every other language too (a chart of the table under the cursor). The context's
# view holds the names as they are at the cell's end.
Offer = Callable[[Context, Span], Sequence[Action]]

# The same for the value at a path of the notebook's metadata, seen from the notebook's first cell.
MetadataOffer = Callable[[Context, tuple[str | int, ...]], Sequence[Action]]

# The chart at an offset of a cell in any language: ready to be drawn, why it cannot be, or None where there is none.
Drawer = Callable[[Context, int], Drawing | Refusal | None]


class Gatherer(Protocol):
    """What the cells of a notebook say together, whatever their languages: the dependencies that they declare.

    What `of_cell` and `of_notebook` answer holds no positions, so that it stays equal while text moves; empty where
    there is nothing to say. Asked through `View.gathered`.
    """

    name: str

    def of_cell(self, cell: Cell, facts: Facts, host: Host) -> tuple[Hashable, ...]:
        """Pure, fast and total."""
        ...

    def of_notebook(self, notebook: Notebook) -> tuple[Hashable, ...]:
        """What its metadata says. Pure, fast and total."""
        ...


class Listing(Protocol):
    """The names in a folder, those of folders with a slash at the end: sorted, and none where nothing may be told."""

    async def __call__(self, notebook: Notebook, folder: str) -> Sequence[str]: ...


class Topic:
    """Something that occurs in cells of every language and is served the same in all: declared dependencies."""

    async def complete(self, context: Context, offset: int) -> Completions | None:
        """What is offered instead of the language's own answer; None where the place is not about the topic."""
        return None

    def concerns(self, context: Context, offset: int) -> bool:
        """Whether the place is about the topic: told from the cell alone, before all cells are looked at."""
        return False

    async def hover(self, context: Context, offset: int) -> Hover | None:
        """Where the place concerns the topic: told below what the language says of the same place."""
        return None

    async def complete_value(self, context: Context, path: tuple[str | int, ...], before: str) -> Completions | None:
        """What may follow in a text of the notebook's metadata, `before` as far as the cursor: spans are offsets in it.
        The context is that of the notebook's first cell."""
        return None

    async def hover_value(self, context: Context, path: tuple[str | int, ...]) -> Hover | None:
        """What there is to say of a text of the metadata; its span is the whole text, whatever the answer says."""
        return None


_NOBODY = LanguageService()


class Late(Struct, frozen=True):
    """A language whose service is made when it is first asked for, so that a notebook without it does not wait for its
    modules. `languages` as those of the service; `reach` gives its own, before there is one. `ahead` tells what to call
    in a thread before cells are followed in which its language may be spoken; None where that is nothing."""

    languages: frozenset[str]
    make: Callable[[], LanguageService]
    reach: Callable[[], Reach] | None = None
    ahead: Callable[[Iterable[Cell]], Callable[[], None] | None] | None = None


class Languages:
    """Services by the languages of cells. What is `Late` is made once, in whichever thread asks first."""

    def __init__(self, given: Iterable[LanguageService | Late]) -> None:
        self._made: dict[str, LanguageService] = {}
        self._late: dict[str, Late] = {}
        self._making = threading.Lock()
        self._ahead: list[Callable[[Iterable[Cell]], Callable[[], None] | None]] = []
        for one in given:
            if isinstance(one, Late):
                self._ahead += [one.ahead] if one.ahead is not None else []
                self._late.update(dict.fromkeys(one.languages, one))
            else:
                self._made.update(dict.fromkeys(one.languages, one))

    def __contains__(self, language: object) -> bool:
        return language in self._made or language in self._late

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys((*self._made, *self._late)))

    def get(self, language: str, default: LanguageService) -> LanguageService:
        made = self._made.get(language)
        if made is not None or language not in self._late:
            return made or default
        with self._making:
            if language not in self._made:
                late = self._late[language]
                self._made.update(dict.fromkeys(late.languages, late.make()))
        return self._made[language]

    def reach(self, language: str) -> Reach | None:
        """None where nobody has told it. Nothing is made for that."""
        made, late = self._made.get(language), self._late.get(language)
        if made is not None or late is None:
            return made.reach if made is not None else None
        return late.reach() if late.reach is not None else None

    def ahead(self, cells: Iterable[Cell]) -> list[Callable[[], None]]:
        """What to call in a thread before the cells are followed, which would hold up everybody else."""
        return [work for tell in self._ahead if (work := tell(cells)) is not None]

    def made(self) -> tuple[LanguageService, ...]:
        """The services that there are by now, some of them several times."""
        return tuple(self._made.values())


class Beside(Struct, frozen=True):
    """What is asked beside the languages; rules run on every code cell."""

    rules: tuple[Rule, ...] = ()
    offers: tuple[Offer, ...] = ()
    gatherers: tuple[Gatherer, ...] = ()
    topics: tuple[Topic, ...] = ()
    drawers: tuple[Drawer, ...] = ()
    metadata_offers: tuple[MetadataOffer, ...] = ()


class Services(Struct, frozen=True, dict=True):
    """Languages by name; `fallback` serves every other language, "" too. `make_beside` is called when something beside
    them is first asked. `hosts` gives the row of a host by its name, `listing` the names in a folder."""

    languages: Languages
    fallback: LanguageService = _NOBODY
    make_beside: Callable[[], Beside] = Beside
    hosts: Callable[[str], Host] = host
    listing: Listing | None = None

    @cached_property
    def beside(self) -> Beside:
        return self.make_beside()

    @property
    def rules(self) -> tuple[Rule, ...]:
        return self.beside.rules

    @property
    def offers(self) -> tuple[Offer, ...]:
        return self.beside.offers

    @property
    def gatherers(self) -> tuple[Gatherer, ...]:
        return self.beside.gatherers

    @cached_property
    def telling(self) -> tuple[tuple[str, Callable[..., tuple[Hashable, ...]]], ...]:
        """What each gatherer is called, and its `of_cell`."""
        return tuple((gatherer.name, gatherer.of_cell) for gatherer in self.gatherers)

    @property
    def topics(self) -> tuple[Topic, ...]:
        return self.beside.topics

    @property
    def drawers(self) -> tuple[Drawer, ...]:
        return self.beside.drawers

    @property
    def metadata_offers(self) -> tuple[MetadataOffer, ...]:
        return self.beside.metadata_offers

    def of(self, language: str) -> LanguageService:
        return self.languages.get(language, self.fallback)

    @property
    def all(self) -> tuple[LanguageService, ...]:
        """Each service once, though it may serve several languages, without those that nobody has asked for: these
        have started nothing, and have read nothing that could change."""
        return tuple({id(service): service for service in (*self.languages.made(), self.fallback)}.values())


def services(
    languages: Iterable[LanguageService | Late],
    rules: Iterable[Rule] = (),
    fallback: LanguageService = _NOBODY,
    offers: Iterable[Offer] = (),
    gatherers: Iterable[Gatherer] = (),
    topics: Iterable[Topic] = (),
    drawers: Iterable[Drawer] = (),
    metadata_offers: Iterable[MetadataOffer] = (),
    hosts: Callable[[str], Host] = host,
    listing: Listing | None = None,
) -> Services:
    beside = Beside(
        tuple(rules), tuple(offers), tuple(gatherers), tuple(topics), tuple(drawers), tuple(metadata_offers)
    )
    return Services(Languages(languages), fallback, lambda: beside, hosts, listing)
