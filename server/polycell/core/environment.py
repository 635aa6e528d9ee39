"""Exports and the environment: which names a cell gives, and which it sees.

An `Environment` is never copied for a cell: an `Owners` index says for every name which cells bind it, and a `View`
answers for one cell by looking for the nearest owner that the host lets it see. Views used for derived results record
each answer they gave; as long as the same questions get equal answers, the result stands (`core.analysis`).
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, Protocol, TypeAlias

from msgspec import Struct

from polycell.core.hosts import Host, Reads
from polycell.core.types import UNKNOWN, Anchor, Module, Table, Type

# "internal": what its own language alone sees (Scala's methods, classes and private values).
BindingKind = Literal["variable", "function", "class", "import", "table", "result", "deleted", "parameter", "internal"]


# (name of a container, the path in it, name of what it holds there): one object under two names.
Part: TypeAlias = tuple[str, tuple[str, ...], str]


class Binding(Struct, frozen=True):
    """One name that a cell gives to others, with the type it has at the cell's end."""

    name: str
    type: Type = UNKNOWN
    kind: BindingKind = "variable"
    space: str = "python"
    origin: Anchor | None = None
    source: str = ""  # one line for people: `pd.read_csv("sales.csv")`
    maybe: bool = False
    aliases: tuple[str, ...] = ()  # other names of the very same object: a change in place reaches them too
    parts: tuple[Part, ...] = ()  # what it holds, or is held by, under another name: likewise
    dialect: str = ""  # of a database's table: whose spelling its columns have, where that is known
    connection: str = ""  # of a database's table: the variable or URL that it was made through, where that is known
    # The type in full as its own language writes it, where a text may declare the name so; "" where that is not known.
    native: str = ""
    definition: str = ""  # the text that gives it, where its own language shows that to other cells and no type

    @property
    def is_table(self) -> bool:
        return isinstance(self.type, Table)


class Exports(Struct, frozen=True):
    """The bindings of one cell, one a (space, name). `opens`: reasons why there may be more names than these."""

    bindings: tuple[Binding, ...] = ()
    opens: tuple[str, ...] = ()


NO_EXPORTS = Exports()

_SPARK_FLAVOURS = frozenset({"spark", "sql", "table"})


def crosses(binding: Binding, reads: Reads) -> bool:
    """Whether a binding of `reads.space` is among what is read of it."""
    if reads.what == "everything":
        return True
    if binding.kind == "deleted":
        return True
    if reads.what == "values":
        return binding.kind not in ("import", "internal") and not isinstance(binding.type, Module)
    if not isinstance(binding.type, Table):
        return False
    return reads.what == "tables" or binding.type.flavour in _SPARK_FLAVOURS


class Owned(Struct, frozen=True):
    """A binding and the index of the cell that gives it."""

    index: int
    order: int
    binding: Binding

    def __lt__(self, other: Owned) -> bool:
        return (self.index, self.order) < (other.index, other.order)


def _index_of(owned: Owned) -> int:
    return owned.index


def fold(name: str) -> str:
    return name.casefold()


class Owners:
    """Name → bindings by cell index. Copied on write: `copy` is shallow, lists are replaced, never changed in place."""

    __slots__ = ("_by_index", "_by_name", "opens")

    def __init__(self) -> None:
        self._by_name: dict[str, list[Owned]] = {}
        self._by_index: dict[int, tuple[Binding, ...]] = {}
        self.opens: dict[int, tuple[str, ...]] = {}

    def copy(self) -> Owners:
        made = Owners()
        made._by_name = dict(self._by_name)
        made._by_index = dict(self._by_index)
        made.opens = dict(self.opens)
        return made

    def add(self, index: int, exports: Exports) -> None:
        for order, binding in enumerate(exports.bindings):
            key = fold(binding.name)
            found = list(self._by_name.get(key, ()))
            insort(found, Owned(index, order, binding))
            self._by_name[key] = found
        if exports.bindings:
            self._by_index[index] = exports.bindings
        if exports.opens:
            self.opens[index] = exports.opens

    def remove(self, index: int, exports: Exports) -> None:
        for key in {fold(b.name) for b in exports.bindings}:
            left = [o for o in self._by_name.get(key, ()) if o.index != index]
            if left:
                self._by_name[key] = left
            else:
                self._by_name.pop(key, None)
        self._by_index.pop(index, None)
        self.opens.pop(index, None)

    def given(self, index: int) -> tuple[Binding, ...]:
        """What the cell at an index binds."""
        return self._by_index.get(index, ())

    def indices(self) -> Iterable[int]:
        """The cells that bind something, in no order."""
        return self._by_index

    def of(self, name: str) -> Sequence[Owned]:
        return self._by_name.get(fold(name), ())

    def items(self) -> Iterable[tuple[str, Sequence[Owned]]]:
        """(folded name, its owners in order of cells)."""
        return self._by_name.items()


class Sources(Protocol):
    """Ground state from outside the notebook, such as the schemas of data files. `read` never blocks on the loop.

    A key is any hashable value whose meaning the reader and the source agree on; None means "not known (yet)".
    """

    def read(self, key: Hashable) -> Any: ...


class NoSources:
    def read(self, key: Hashable) -> Any:
        return None


def same(left: object, right: object) -> bool:
    """Equality that is total: types nested too deep to compare count as different."""
    try:
        return left is right or left == right
    except RecursionError:
        return False


# What all cells say about a matter, in the order of the cells, each with the cell's id; "" for the notebook itself.
Gathered = tuple[tuple[str, tuple[Hashable, ...]], ...]

# Questions, as recorded: kind ("name", "fold", "later", "here", "opens", "gathered" or "source"), what it is about, and
# the language that asked where that is not the cell's own (a SQL fragment in a Python cell sees other spaces).
Question = tuple[str, Hashable, str]
_ANYWHERE = "anywhere"


class View:
    """What one cell sees. With `record`, every answer is kept for early cutoff.

    `overlay` are bindings that hold inside the cell at the place where the question is asked, and hide all others.
    """

    __slots__ = (
        *("_as", "_effects", "_evaluate", "_gather", "_overlay", "_owners", "_reads"),
        *("host", "index", "language", "record", "sources"),
    )

    def __init__(
        self,
        owners: Owners,
        index: int,
        language: str,
        host: Host,
        sources: Sources,
        *,
        space: str = "",
        record: dict[Question, Any] | None = None,
        overlay: Mapping[str, Binding] | None = None,
        evaluate: Callable[[str, str, View], Type] | None = None,
        gather: Callable[[str], Gathered] | None = None,
        effects: Callable[[str, str, View, str], Sequence[Binding]] | None = None,
    ) -> None:
        self._owners = owners
        self._reads = host.visible_spaces(language, space)
        self._overlay = overlay or {}
        self._evaluate = evaluate
        self._gather = gather
        self._effects = effects
        self._as = ""
        self.index = index
        self.language = language
        self.host = host
        self.sources = sources
        self.record = record

    def with_overlay(self, overlay: Mapping[str, Binding], language: str | None = None) -> View:
        made = View(
            self._owners,
            self.index,
            language or self.language,
            self.host,
            self.sources,
            record=self.record,
            overlay={**self._overlay, **overlay},
            evaluate=self._evaluate,
            gather=self._gather,
            effects=self._effects,
        )
        if language is None or language == self.language:
            made._reads, made._as = self._reads, self._as
        else:
            made._as = language
        return made

    def recording(self, record: dict[Question, Any]) -> View:
        """The same view, whose answers are recorded there."""
        made = self.with_overlay({})
        made.record = record
        return made

    def module(self, name: str, language: str) -> str:
        """The qualified name of the module that `name` is to a cell of `language` here; "" for anything else."""
        found = self.with_overlay({}, language).lookup(name)
        return found.type.qualified if found is not None and isinstance(found.type, Module) else ""

    # -- questions that are recorded

    def lookup(self, name: str) -> Binding | None:
        """The binding that `name` has for this cell, or None."""
        found: Binding | None = self._ask("name", name, lambda: self._nearest(name, folded=False))
        return found

    def lookup_folded(self, name: str) -> Binding | None:
        """The same, in a language that folds case: an exact spelling wins over a folded one."""
        found: Binding | None = self._ask(
            "fold", name, lambda: self._nearest(name, folded=False) or self._nearest(name, folded=True)
        )
        return found

    def defined_later(self, name: str) -> bool:
        """Whether a cell below gives `name` to this cell's language."""
        return bool(self._ask("later", name, lambda: self._later(name)))

    def defined_below(self, name: str) -> Anchor | None:
        """Where the first cell below that gives `name` does so; None when none does or its place is unknown."""
        found = self._ask("later", name, lambda: self._later(name))
        return found if isinstance(found, Anchor) else None

    def given_here(self, name: str) -> bool:
        """Whether the cell itself gives `name`, be it by a file that it runs."""
        return bool(self._ask("here", name, lambda: self._here(name)))

    def opens(self) -> tuple[str, ...]:
        """Reasons why names may exist that nobody sees: the host's, of the cells this one can see, and its own."""
        reasons: tuple[str, ...] = self._ask("opens", "", self._opens)
        return reasons

    def opens_anywhere(self) -> tuple[str, ...]:
        """The same for code that runs later, when the cells below may have run too."""
        reasons: tuple[str, ...] = self._ask("opens", _ANYWHERE, lambda: self._opens(anywhere=True))
        return reasons

    def gathered(self, name: str) -> Gathered:
        """What all cells say, above and below, as the gatherer of that name reads them; see `service.Gatherer`."""
        found: Gathered = self._ask("gathered", name, lambda: self._gather(name) if self._gather else ())
        return found

    def read(self, key: Hashable) -> Any:
        """Ask a source outside the notebook; see `Sources`."""
        return self._ask("source", key, lambda: self.sources.read(key))

    def evaluate(self, language: str, text: str) -> Type:
        """The type of a fragment of another language at this place; UNKNOWN when nobody serves that language."""
        return self._evaluate(language, text, self) if self._evaluate else UNKNOWN

    def effects(self, language: str, text: str, dialect: str = "") -> Sequence[Binding]:
        """What running a fragment of another language at this place does to names outside of it: tables that SQL
        makes, and those it drops as names deleted. `dialect` is what the code around it says, as in a Fragment."""
        return self._effects(language, text, self, dialect) if self._effects else ()

    # -- for completion: not recorded, since its results are not kept

    def bindings(self, prefix: str = "", suffix: str = "") -> Iterator[Binding]:
        """Everything visible whose name starts and ends so (case folded), one binding a name."""
        prefix, suffix = fold(prefix), fold(suffix)
        for binding in self._overlay.values():
            key = fold(binding.name)
            spelled = key.startswith(prefix) and key.endswith(suffix)
            if spelled and binding.kind != "deleted" and self._visible(binding):
                yield binding
        anywhere = self.host.order == "any"
        head, tail = len(prefix), -len(suffix)
        for key, owned in self._owners.items():
            if key[:head] != prefix or (suffix and key[tail:] != suffix):  # slices, which call nothing: names are many
                continue
            if owned[0].index >= self.index and not anywhere:
                continue
            if len(owned) == 1:  # nearly every name of a large notebook: no need to search for the nearest
                only = owned[0].binding
                elsewhere = owned[0].index != self.index
                if elsewhere and only.kind != "deleted" and only.name not in self._overlay and self._visible(only):
                    yield only
                continue
            for name in {o.binding.name for o in owned}:
                if name not in self._overlay:
                    found = self._nearest(name, folded=False)
                    if found is not None:
                        yield found

    def nearest(self, prefix: str = "") -> Iterator[tuple[int, Binding]]:
        """The same, lazily and nearest cell first, each with the number of cells between: who wants the first hundred
        of a large notebook's names pays for a hundred."""
        prefix = fold(prefix)
        seen = set(self._overlay)
        for binding in self._overlay.values():
            if binding.kind != "deleted" and self._visible(binding) and fold(binding.name).startswith(prefix):
                yield 0, binding
        anywhere = self.host.order == "any"
        here = self.index
        indices = self._owners.indices()
        for index in sorted((i for i in indices if (i < here or anywhere) and i != here), key=lambda i: abs(i - here)):
            for binding in self._owners.given(index):
                if binding.name in seen or not fold(binding.name).startswith(prefix) or not self._visible(binding):
                    continue
                seen.add(binding.name)
                found = self._nearest(binding.name, folded=False) if anywhere else binding
                if found is not None and found.kind != "deleted":
                    yield abs(index - here), found

    # -- how it is answered

    def answer(self, question: Question) -> Any:
        """Answer a recorded question anew, without recording."""
        kind, about, language = question
        if language:
            return self.with_overlay({}, language).answer((kind, about, ""))
        if kind == "source":
            return self.sources.read(about)
        if kind == "opens":
            return self._opens(anywhere=about == _ANYWHERE)
        if kind == "gathered":
            return self._gather(str(about)) if self._gather else ()
        name = str(about)
        if kind == "later":
            return self._later(name)
        if kind == "here":
            return self._here(name)
        found = self._nearest(name, folded=False)
        return found if found is not None or kind == "name" else self._nearest(name, folded=True)

    def _ask(self, kind: str, about: Hashable, compute: Callable[[], Any]) -> Any:
        if self.record is None:
            return compute()
        if kind in ("name", "fold") and about in self._overlay:
            return compute()
        question = (kind, about, self._as)
        if question not in self.record:
            self.record[question] = compute()
        return self.record[question]

    def _visible(self, binding: Binding) -> bool:
        reads = self._reads.get(binding.space)
        return reads is not None and crosses(binding, reads)

    def _nearest(self, name: str, *, folded: bool) -> Binding | None:
        if not folded and name in self._overlay:
            found = self._overlay[name]
            return None if found.kind == "deleted" else found
        if folded:
            for key, binding in self._overlay.items():
                if fold(key) == fold(name):
                    return None if binding.kind == "deleted" else binding
        owned = self._owners.of(name)
        anywhere = self.host.order == "any"
        for at in range(len(owned) - 1 if anywhere else bisect_left(owned, self.index, key=_index_of) - 1, -1, -1):
            binding = owned[at].binding
            if owned[at].index == self.index:
                continue
            if (folded or binding.name == name) and self._visible(binding):
                return None if binding.kind == "deleted" else binding
        return None

    def _later(self, name: str) -> Anchor | bool:
        for owned in self._owners.of(name):
            binding = owned.binding
            below = owned.index > self.index and binding.name == name
            if below and binding.kind != "deleted" and self._visible(binding):
                return binding.origin or True
        return False

    def _here(self, name: str) -> bool:
        given = self._owners.given(self.index)
        return any(b.name == name and b.kind != "deleted" and self._visible(b) for b in given)

    def _opens(self, anywhere: bool = False) -> tuple[str, ...]:
        everything = anywhere or self.host.order == "any"
        found = (
            reason
            for index, reasons in sorted(self._owners.opens.items())
            if everything or index <= self.index
            for reason in reasons
        )
        return (*self.host.opens, *found)
