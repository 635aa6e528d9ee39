"""The abstract store: names point to objects, objects have types. Two names may point to the same object.

An object that is reachable in ways that are not followed (from inside a list, through a function's argument) has
*escaped*: when anything unnamed is changed in place, every escaped object may be the one. A *holder* is a container
that has such objects in it.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct, field

from polycell.core.environment import BindingKind, Part
from polycell.core.types import (
    UNKNOWN,
    Anchor,
    Certainty,
    Class,
    Collection,
    Column,
    Function,
    GroupBy,
    Record,
    Row,
    Scalar,
    Series,
    Table,
    Type,
)
from polycell.core.values import replace
from polycell.languages.python.frames.columns import UNKNOWN_INDEX

DELETED = -1
_CHANGEABLE = frozenset({Table, GroupBy, Row, Record, Collection})


class Slot(Struct, frozen=True):
    """A name: which object it points to, and what people are told about it."""

    address: int
    kind: BindingKind = "variable"
    origin: Anchor | None = None
    source: str = ""
    maybe: bool = False
    aliases: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()


class State(Struct):
    """What holds at one point of the program. `live` is False behind a `return`, `raise`, `break` or `continue`."""

    names: dict[str, Slot] = field(default_factory=dict)
    objects: dict[int, Type] = field(default_factory=dict)
    escaped: set[int] = field(default_factory=set)
    holders: set[int] = field(default_factory=set)
    live: bool = True
    # Object → (the container that holds it, where): see `parts`.
    links: dict[int, tuple[int, tuple[str, ...]]] = field(default_factory=dict)

    def copy(self) -> State:
        return State(
            dict(self.names), dict(self.objects), set(self.escaped), set(self.holders), self.live, dict(self.links)
        )


def mutable(type_: Type) -> bool:
    """Whether a change in place could make what is known of a value wrong."""
    kind = type(type_)
    return kind in _CHANGEABLE or (kind is Class and bool(type_.constants))  # type: ignore[union-attr]


def opened(type_: Type) -> Type:
    """What is left to say of a value that somebody may have changed in place."""
    if isinstance(type_, Table):
        return _doubted(type_)
    if isinstance(type_, (GroupBy, Row)):
        return replace(type_, table=_doubted(type_.table))
    if isinstance(type_, Collection):
        return Collection(type_.kind)
    if isinstance(type_, Record):
        return replace(type_, fields=tuple((name, _left(field)) for name, field in type_.fields), open=True)
    if isinstance(type_, Class):
        return replace(type_, constants=())
    return type_


def _left(field: Type) -> Type:
    """What is left of a field that may have another value: methods, and columns of a frame that it may have."""
    return field if isinstance(field, Function) else opened(field) if isinstance(field, Table) else UNKNOWN


def holds(type_: Type) -> bool:
    """Whether there are values in a container that can be changed in place."""
    if isinstance(type_, Record):
        return any(mutable(field) for _, field in type_.fields)
    return isinstance(type_, Collection) and any(map(mutable, type_.items or (type_.element or UNKNOWN,)))


def inside_opened(type_: Type) -> Type:
    """A container when any of what it holds may have been changed in place."""
    if isinstance(type_, Record):
        return replace(type_, fields=tuple((name, _changed(field)) for name, field in type_.fields))
    if isinstance(type_, Collection) and holds(type_):
        items = tuple(map(_changed, type_.items)) if type_.items is not None else None
        return replace(type_, element=_changed(type_.element) if type_.element is not None else None, items=items)
    return type_


def _changed(held: Type) -> Type:
    return opened(held) if mutable(held) else held


def _doubted(table: Table) -> Table:
    """Columns may have come, gone, or changed their types."""
    known = table.labelled or table.index != UNKNOWN_INDEX
    if table.open and not known and all(c.maybe and c.type_certainty < Certainty.CERTAIN for c in table.columns):
        return table
    columns = (replace(c, maybe=True, type_certainty=Certainty.LIKELY) for c in table.columns)
    return replace(table, columns=tuple(columns), open=True, index=UNKNOWN_INDEX, labelled=())


def join(a: Type, b: Type) -> Type:
    """The type of a value that is `a` on one path and `b` on another."""
    if a == b:
        return a
    if isinstance(a, Table) and isinstance(b, Table) and a.flavour == b.flavour:
        return join_tables(a, b)
    if isinstance(a, Scalar) and isinstance(b, Scalar) and a.type == b.type:
        return Scalar(a.type)
    if isinstance(a, Collection) and isinstance(b, Collection) and a.kind == b.kind:
        element = a.element if a.element == b.element else None
        return Collection(a.kind, element, a.key if a.key == b.key else None)
    if isinstance(a, Record) and isinstance(b, Record) and a.name == b.name:
        other = dict(b.fields)
        shared = tuple((name, join(type_, other[name])) for name, type_ in a.fields if name in other)
        return Record(shared, a.name, open=True)
    if isinstance(a, Series) and isinstance(b, Series) and a.flavour == b.flavour and a.column.name == b.column.name:
        type_ = a.column.type if a.column.type == b.column.type else None
        return replace(
            a,
            column=replace(a.column, type=type_).one_with(b.column),
            index=a.index if a.index == b.index else UNKNOWN_INDEX,
        )
    return UNKNOWN


def join_tables(a: Table, b: Table) -> Table:
    """The union of the columns; those that only one of the two has are `maybe`. Of columns in two orders nobody knows
    which is the first: open, since a closed table is asked for columns by their places."""
    theirs = {c.name: c for c in b.columns}
    mine = {c.name for c in a.columns}
    moved = [c.name for c in a.columns if c.name in theirs] != [c.name for c in b.columns if c.name in mine]
    columns = []
    for column in a.columns:
        other = theirs.get(column.name)
        if other is None:
            columns.append(_of_one(column, b))
        elif other == column:
            columns.append(column)
        else:
            type_ = column.type if column.type == other.type else None
            nullable = column.nullable if column.nullable == other.nullable else None
            made = replace(
                column,
                type=type_,
                nullable=nullable,
                certainty=min(column.certainty, other.certainty),
                type_certainty=min(column.type_certainty, other.type_certainty),
                maybe=column.maybe or other.maybe,
            )
            columns.append(made.one_with(other))
    columns += [_of_one(c, a) for c in b.columns if c.name not in mine]
    index = a.index if a.index == b.index else UNKNOWN_INDEX
    return Table(tuple(columns), a.open or b.open or moved, a.flavour, index, a.case_sensitive)


def _of_one(column: Column, other: Table) -> Column:
    """A column that the other table is not known to have; where that is open it may have it, of another type."""
    return replace(column, maybe=True, type=None, nullable=None) if other.open else replace(column, maybe=True)


def join_states(states: Iterable[State], fresh: Iterable[int], known: dict[str, Slot], base: dict[int, Type]) -> State:
    """What holds where several paths meet. `fresh` gives addresses for objects that differ between paths; `known` are
    the names that came from outside, `base` the types that their objects had there."""
    live = [s for s in states if s.live]
    if not live:
        return State(live=False)
    result = live[0]
    for other in live[1:]:
        result = _join_two(result, other, iter(fresh), known, base)
    return result


def _join_two(a: State, b: State, fresh: Iterable[int], known: dict[str, Slot], base: dict[int, Type]) -> State:
    addresses = iter(fresh)
    objects = dict(a.objects)
    for address, type_ in b.objects.items():
        if address in a.objects:
            mine = a.objects[address]
        elif address in base:
            mine = base[address]
        else:
            objects[address] = type_
            continue
        objects[address] = mine if mine is type_ else join(mine, type_)
    for address, type_ in a.objects.items():
        if address not in b.objects and address in base:
            objects[address] = join(type_, base[address])
    links = {part: link for part, link in a.links.items() if b.links.get(part) == link}
    loose = {part: link[0] for state in (a, b) for part, link in state.links.items() if part not in links}
    escaped, containers = a.escaped | b.escaped | loose.keys(), a.holders | b.holders | set(loose.values())
    owners: dict[int, set[str]] = {}
    for held in (a.names, b.names, known):
        for name, slot in held.items():
            owners.setdefault(slot.address, set()).add(name)
    names: dict[str, Slot] = {}
    for name in dict.fromkeys((*a.names, *b.names)):
        left, right = a.names.get(name) or known.get(name), b.names.get(name) or known.get(name)
        if left is None or right is None or DELETED in (left.address, right.address):
            one = left if right is None or right.address == DELETED else right
            names[name] = replace(one, maybe=True) if one is not None else Slot(DELETED)
            continue
        if left.address == right.address:
            names[name] = left if left == right else replace(left, maybe=left.maybe or right.maybe)
            continue
        address = next(addresses)
        first = a.objects.get(left.address, base.get(left.address, UNKNOWN))
        second = b.objects.get(right.address, base.get(right.address, UNKNOWN))
        objects[address] = join(first, second)
        others = (owners.get(left.address, set()) | owners.get(right.address, set())) - {name}
        if (mutable(first) or mutable(second)) and (others or {left.address, right.address} & escaped):
            escaped |= {address, left.address, right.address}
        if {left.address, right.address} & containers:
            containers.add(address)
        names[name] = replace(right, address=address, maybe=left.maybe or right.maybe)
    return State(names, objects, escaped, containers, links=links)
