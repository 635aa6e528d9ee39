"""Functions of other libraries through which frames pass."""

from __future__ import annotations

from itertools import combinations, permutations

from polycell.core.types import DATE, TIMESTAMP, UNKNOWN, Collection, Scalar, Type
from polycell.languages.python.frames.registry import Call, function
from polycell.languages.python.syntax.values import collection, items_of, of_json

MOST = 8  # items whose pairs are told; loops over more of them are not unrolled


@function("copy.copy copy.deepcopy", "x memo")
def copied(call: Call) -> Type:
    argument = call["x"]
    return argument.type if argument is not None else UNKNOWN


@function("itertools.combinations itertools.permutations", "iterable r")
def chosen(call: Call) -> Type:
    """Pairs of known names, for the columns that are made of them."""
    over, size = call["iterable"], call.value("r")
    items = items_of(over.type) if over is not None else None
    last = getattr(call.node.func, "attr", "") or getattr(call.node.func, "id", "")
    if items is None or len(items) > MOST or size != 2 or last not in ("combinations", "permutations"):
        return Collection("sequence")
    pairs = (combinations if last == "combinations" else permutations)(items, 2)
    return collection("sequence", tuple(collection("tuple", pair) for pair in pairs))


@function("sklearn.model_selection.train_test_split", "*arrays test_size train_size random_state shuffle stratify")
def train_test_split(call: Call) -> Type:
    """Each array twice: the train and the test part."""
    return collection("list", tuple(a.type for a in call.rest for _ in range(2)))


@function("datetime.datetime datetime.datetime.now datetime.datetime.today pandas.Timestamp", "*args **")
def moment(call: Call) -> Type:
    """With a time zone the type is another one."""
    return Scalar(TIMESTAMP) if not call.extra and len(call.rest) < 8 else UNKNOWN


@function("datetime.date datetime.date.today", "*args **")
def day(call: Call) -> Type:
    return Scalar(DATE)


@function("sklearn.utils.shuffle", "*arrays random_state n_samples")
def shuffled(call: Call) -> Type:
    return call.rest[0].type if len(call.rest) == 1 else collection("list", tuple(a.type for a in call.rest))


@function("json.loads", "s")
def loaded(call: Call) -> Type:
    text = call.value("s")
    return of_json(text) if isinstance(text, str) else UNKNOWN
