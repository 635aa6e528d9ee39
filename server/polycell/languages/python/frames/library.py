"""Functions of other libraries through which frames pass."""

from __future__ import annotations

from polycell.core.types import DATE, TIMESTAMP, UNKNOWN, Scalar, Type
from polycell.languages.python.frames.registry import Call, function
from polycell.languages.python.values import collection, of_json


@function("copy.copy copy.deepcopy", "x memo")
def copied(call: Call) -> Type:
    argument = call["x"]
    return argument.type if argument is not None else UNKNOWN


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
