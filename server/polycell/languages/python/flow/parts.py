"""Frames in a container that have a name too: `df = loader.df`, `train = parts["train"]`, `self.df = df`.

Such a name and such a path are one object. While both are known, what is done through one is told to the other, and
neither becomes uncertain. As soon as either can be reached in a way that is not followed, both are what objects with
unknown holders are (`State.escaped`, `State.holders`). A path leads through fields and keys that are texts.
"""

from __future__ import annotations

from collections.abc import Sequence

from polycell.core.environment import Part
from polycell.core.types import UNKNOWN, Collection, Record, Table, Type
from polycell.core.values import replace
from polycell.languages.python.flow.state import State, opened

Key = str | int


def value_at(holder: Type, keys: Sequence[str]) -> Type:
    """What a container holds at the end of a path."""
    for key in keys:
        holder = dict(holder.fields).get(key, UNKNOWN) if isinstance(holder, Record) else UNKNOWN
    return holder


def with_value_at(holder: Type, keys: Sequence[Key], type_: Type) -> Type | None:
    """The container with another value at the end of the path; None where there is no such place."""
    if not keys:
        return type_
    first, *rest = keys
    if isinstance(holder, Record):
        held = dict(holder.fields)
        made = with_value_at(held[first], rest, type_) if isinstance(first, str) and first in held else None
        return replace(holder, fields=tuple({**held, str(first): made}.items())) if made is not None else None
    if isinstance(holder, Collection) and holder.items is not None and type(first) is int and not holder.unordered:
        items = list(holder.items)
        if not -len(items) <= first < len(items):
            return None
        made = with_value_at(items[first], rest, type_)
        if made is None:
            return None
        items[first] = made
        element = holder.element if all(item == items[0] for item in items) else None
        return replace(holder, items=tuple(items), element=items[0] if element is not None else None)
    return None


def tie(state: State, part: int, root: int, keys: tuple[str, ...]) -> bool:
    """Make a frame and what a container holds at a path one object; False where that is not all there is to it."""
    known = part in state.links and state.links[part] != (root, keys)
    if known or part == root or part in state.escaped or root in state.escaped or root in state.holders:
        return False
    state.links[part] = (root, keys)
    return True


def tied(state: State, root: int, keys: tuple[str, ...]) -> int | None:
    """The object that a container holds at a path, where it has a name."""
    return next((part for part, link in state.links.items() if link == (root, keys)), None)


def release(state: State, root: int, keys: Sequence[Key]) -> None:
    """The container gets another value at a path: what was there, or behind it, is its own from now on."""
    for part, (other, path) in list(state.links.items()):
        if other == root and path[: len(keys)] == tuple(keys):
            del state.links[part]


def follow(state: State, address: int, base: dict[int, Type]) -> None:
    """The object at an address was changed in place: a container with it, the parts of a container."""

    def held(at: int) -> Type:
        return state.objects.get(at, base.get(at, UNKNOWN))

    if address in state.links:
        root, keys = state.links[address]
        made = with_value_at(held(root), keys, held(address))
        if made is None:
            del state.links[address]
        else:
            state.objects[root] = made
    for part, (root, keys) in list(state.links.items()):
        if root == address:
            now = value_at(held(root), keys)
            if isinstance(now, Table):
                state.objects[part] = now
            else:  # nobody knows whether it is still there
                del state.links[part]
                state.objects[part] = opened(held(part))
                state.escaped.add(part)


def expose(state: State) -> None:
    """Where a part or its container can be reached in other ways, both can."""
    for part, (root, _) in list(state.links.items()):
        if part in state.escaped or root in state.escaped or root in state.holders:
            state.escaped.add(part)
            state.holders.add(root)
            del state.links[part]


def by_name(state: State, names: dict[int, list[str]]) -> dict[str, tuple[Part, ...]]:
    """The ties of names, for the cells below; `names` of each object."""
    found: dict[str, list[Part]] = {}
    for part, (root, keys) in state.links.items():
        for holder in names.get(root, ()):
            for name in names.get(part, ()):
                for one in (holder, name):
                    found.setdefault(one, []).append((holder, keys, name))
    return {name: tuple(sorted(ties)) for name, ties in found.items()}
