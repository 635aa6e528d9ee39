"""pandas: merge, join and concat."""

from __future__ import annotations

import ast

from polycell.core.types import (
    BOOL,
    CATEGORY,
    INT64,
    STRING,
    UNKNOWN,
    Certainty,
    Collection,
    Column,
    Opaque,
    Record,
    Series,
    Table,
    Type,
)
from polycell.core.values import replace
from polycell.languages.python.frames import duplicates, key_types, labels, row_labels
from polycell.languages.python.frames.columns import UNKNOWN_INDEX, get, unknown_table, untyped, with_columns
from polycell.languages.python.frames.key_types import Side
from polycell.languages.python.frames.registry import Call, function, method
from polycell.languages.python.syntax.values import items_in_any_order, value_of

_MERGE = "how on left_on right_on left_index right_index sort suffixes copy indicator validate"


@method("pandas", "merge", f"right {_MERGE}")
def merge_method(call: Call) -> Type:
    right = call["right"]
    owner = call.node.func.value if isinstance(call.node.func, ast.Attribute) else None
    return _merge(call, call.receiver, right.type if right is not None else UNKNOWN, owner)


@function("pandas.merge", f"left right {_MERGE}", gives=unknown_table("pandas"))
def merge_function(call: Call) -> Type:
    left, right = call["left"], call["right"]
    owner = left.node if left is not None else None
    return _merge(call, left.type if left is not None else UNKNOWN, right.type if right is not None else UNKNOWN, owner)


def _frame(type_: Type) -> Table:
    if isinstance(type_, Table):
        return type_
    if isinstance(type_, Series) and type_.column.name:
        return Table((type_.column,), flavour="pandas", index=type_.index)
    return unknown_table("pandas")


def _merge(call: Call, first: Type, second: Type, owner: ast.expr | None) -> Table:
    """`owner` is the expression that the left table is the value of."""
    left, right = _frame(first), _frame(second)
    how = call.value("how", "inner")
    on, left_on, right_on = call.texts("on"), call.texts("left_on"), call.texts("right_on")
    left_index, right_index = call.value("left_index", False), call.value("right_index", False)
    suffixes = call.value("suffixes", ["_x", "_y"])
    unknown = unknown_table("pandas")
    if how not in ("inner", "left", "right", "outer", "cross"):
        return unknown
    if not isinstance(left_index, bool) or not isinstance(right_index, bool):
        return unknown
    for name, known in (("on", on), ("left_on", left_on), ("right_on", right_on)):
        if call[name] is not None and known is None:
            return unknown
    if not (isinstance(suffixes, list) and len(suffixes) == 2):
        return unknown
    suffixes = ["" if s is None else s for s in suffixes]
    if not all(isinstance(s, str) for s in suffixes):
        return unknown
    if how == "cross":
        on = []
    elif on is None and left_on is None and right_on is None and not left_index and not right_index:
        if left.open or right.open or any(c.maybe for c in (*left.columns, *right.columns)):
            return unknown
        on = [c.name for c in left.columns if right.column(c.name) is not None]
    by_index = left_index or right_index
    if by_index and (left_index != right_index or on):
        return _by_one_index(left, right, left_on, right_on, how, suffixes, call)
    pairs = [(n, n) for n in on] if on is not None else list(zip(left_on or [], right_on or [], strict=False))
    if len(left_on or []) != len(right_on or []):
        return unknown
    index = () if not by_index else left.index if left.index == right.index else UNKNOWN_INDEX
    other = call["right"]
    key_types.judge(call, Side(left, owner), Side(right, other.node if other is not None else None), pairs)
    duplicates.judge_merge(call, left, right, pairs, suffixes)
    made = put_together(left, right, pairs, how, suffixes, index, call)
    mixed = any((left.column(a) or Column(a)).type != (right.column(b) or Column(b)).type for a, b in pairs)
    truths = {BOOL} & {c.type for a, b in pairs for c in (left.column(a), right.column(b)) if c is not None}
    return untyped(made) if mixed and truths else made  # numbers beside truth values become objects


def _by_one_index(
    left: Table, right: Table, left_on: list[str] | None, right_on: list[str] | None, how: str, suffixes: list[str],
    call: Call,
) -> Table:  # fmt: skip
    """Columns of one side against the index of the other: an outer or opposite join may add the key's column."""
    if how not in ("inner", "left") or (left_on is None) == (right_on is None) or right_on is not None:
        return unknown_table("pandas")
    if any(right.column(name) is not None for name in left_on or []):
        return unknown_table("pandas")  # the key comes once more, beside its two halves
    if {c.name for c in right.index} & {c.name for c in left.columns} - set(left_on or []):
        return unknown_table("pandas")
    if right.index and any(c.name and c.name not in (left_on or []) for c in right.index):
        return unknown_table("pandas")
    return put_together(left, right, [], how, suffixes, UNKNOWN_INDEX, call)


def put_together(
    left: Table, right: Table, pairs: list[tuple[str, str]], how: str, suffixes: list[str],
    index: tuple[Column, ...], call: Call,
) -> Table:  # fmt: skip
    """The columns of two frames joined by pairs of keys."""
    shared = {a for a, b in pairs if a == b}
    # A key that the table does not have may be the name of an index level, which then is no column of the result.
    for a, b in pairs:
        if left.column(a) is None and (not left.open or left.index):
            return unknown_table("pandas")
        if right.column(b) is None and (not right.open or right.index):
            if a != b or left.column(a) is None or not any(c.name == b and not c.maybe for c in right.index):
                return unknown_table("pandas")
            index = UNKNOWN_INDEX
    sides = (left, {c.name for c in left.columns} | {a for a, _ in pairs}), (right, {c.name for c in right.columns})
    (_, left_names), (_, right_names) = sides
    right_names |= {b for _, b in pairs}
    overlapping = (left_names & right_names) - shared
    unsure = left.open or right.open
    columns: list[Column] = []
    seen: set[str] = set()
    # The two sides may be one and the same object.
    for table, names, other, suffix, loose, second in (
        (left, left_names, right, suffixes[0], how in ("right", "outer"), False),
        (right, right_names, left, suffixes[1], how in ("left", "outer"), True),
    ):
        added = [Column(n, None) for n in names if table.column(n) is None]
        for column in (*table.columns, *added):
            name = column.name
            if name in shared:
                if second:
                    continue
                mine, theirs = get(left, name), get(right, name)
                same = mine.type == theirs.type
                column = mine if same else replace(mine, type=None)
                columns.append(replace(column, maybe=False).one_with(theirs))
                continue
            if loose:
                column = _missing(column)
            if name in overlapping:
                partner = other.column(name)
                if (partner is not None and partner.maybe) or column.maybe:
                    return replace(unknown_table("pandas"), columns=())
                column = replace(column, name=f"{name}{suffix}")
            elif unsure and other.open and suffix:
                column = replace(column, maybe=True, type=None)  # the other side may have one of that name too
            columns.append(column)
            seen.add(column.name)
    if call["indicator"] is not None and call.value("indicator") is not False:
        label = "_merge" if call.value("indicator") is True else call.text("indicator")
        if not label:
            return unknown_table("pandas")
        columns.append(Column(label, CATEGORY))
    return with_columns(Table(open=unsure, flavour="pandas", index=index), columns)


def _missing(column: Column) -> Column:
    """The column where rows may be missing: numbers may have become double, truth values objects."""
    type_ = column.type
    keeps = type_ is not None and (type_.name in ("double", "string", "timestamp", "duration", "dictionary"))
    return replace(column, type=type_ if keeps and type_ != BOOL else None, nullable=True)


@method("pandas", "join", "other on how lsuffix rsuffix sort validate")
def join(call: Call) -> Type:
    other = call["other"]
    left = call.table
    if other is None or not isinstance(other.type, (Table, Series)):
        return unknown_table("pandas")
    right = _frame(other.type)
    how, ls, rs = call.value("how", "left"), call.value("lsuffix", ""), call.value("rsuffix", "")
    if how not in ("left", "inner", "right", "outer") or not isinstance(ls, str) or not isinstance(rs, str):
        return unknown_table("pandas")
    if call["on"] is not None and how not in ("left", "inner"):
        return unknown_table("pandas")
    overlapping = {c.name for c in left.columns} & {c.name for c in right.columns}
    duplicates.judge_join(call, left, right, overlapping if not (ls or rs) else ())
    if overlapping and not (ls or rs):
        return unknown_table("pandas")
    if any(c.maybe for c in (*left.columns, *right.columns) if c.name in overlapping):
        return unknown_table("pandas")
    columns = []
    for table, opposite, suffix, loose in (
        (left, right, ls, how in ("right", "outer")), (right, left, rs, how in ("left", "outer")),
    ):  # fmt: skip
        for column in table.columns:
            column = _missing(column) if loose else column
            if column.name in overlapping:
                # A key is put together of both sides, and either may be of another type.
                type_ = None if call["on"] is not None and column.name in (call.texts("on") or ()) else column.type
                column = replace(column, name=f"{column.name}{suffix}", type=type_)
            elif opposite.open and suffix:
                column = replace(column, maybe=True, type=None)
            columns.append(column)
    index = left.index if how == "left" else UNKNOWN_INDEX
    return with_columns(Table(open=left.open or right.open, flavour="pandas", index=index), columns)


@function("pandas.concat", "objs axis join ignore_index keys levels names verify_integrity sort copy")
def concat(call: Call) -> Type:
    objs = call["objs"]
    axis = call.value("axis", 0)
    unknown = unknown_table("pandas")
    if objs is None:
        return unknown
    parts = objs.type.fields if isinstance(objs.type, Record) else ()
    items = items_in_any_order(objs.type) if not parts else None
    if parts and axis in (0, "index") and all(isinstance(t, Table) for _, t in parts):
        return _stacked(call, [t for _, t in parts if isinstance(t, Table)], [name for name, _ in parts])
    if parts and axis in (1, "columns") and call["keys"] is None and call["names"] is None:
        return _beside(call, [type_ for _, type_ in parts], [name for name, _ in parts])
    if items is None or not items:
        element = getattr(objs.type, "element", None)
        if isinstance(element, Table) and axis in (0, "index") and call["keys"] is None:
            # All frames have these columns; which of them are there on some paths only may differ.
            index = () if call.value("ignore_index", False) is True else UNKNOWN_INDEX
            return replace(element, index=index)
        return unknown
    items = tuple(i for i in items if value_of(i) is not None)
    if axis in (0, "index", "rows"):
        if not all(isinstance(i, Table) and i.flavour == "pandas" for i in items):
            return UNKNOWN if not any(isinstance(i, Table) for i in items) else unknown
        tables = [i for i in items if isinstance(i, Table)]
        made = _stacked(call, tables)
        unordered = isinstance(objs.type, Collection) and objs.type.unordered
        alike = len({tuple(c.name for c in table.columns) for table in tables}) == 1
        return made if alike or not unordered else replace(made, open=True)  # whose columns come first is not known
    if axis in (1, "columns"):
        if call.value("ignore_index", False) is not False:
            return unknown
        if call["keys"] is not None:
            keys = call.texts("keys") if isinstance(call["keys"].type, Collection) else None
            return _beside(call, list(items), keys) if keys is not None and call["names"] is None else unknown
        if not all(isinstance(i, Table) or (isinstance(i, Series) and i.column.name) for i in items):
            return unknown
        tables = [_frame(i) for i in items]
        index = tables[0].index if all(t.index == tables[0].index for t in tables) else UNKNOWN_INDEX
        columns = [_missing(c) for t in tables for c in t.columns]
        return with_columns(Table(open=any(t.open for t in tables), flavour="pandas", index=index), columns)
    return unknown


def _beside(call: Call, items: list[Type], keys: list[str]) -> Type:
    """Side by side under keys: of frames the first level of labels, of columns their names. What stands under a key of
    a frame that is not known is no column."""
    unknown: Type = Opaque("pandas.DataFrame")
    if len(keys) != len(items) or call["join"] is not None or "" in keys:
        return unknown
    if all(isinstance(item, Series) for item in items):
        columns = [_missing(replace(i.column.named(k, call.place("keys", k)), maybe=False))
                   for k, i in zip(keys, items, strict=True) if isinstance(i, Series)]  # fmt: skip
        indexes = {i.index for i in items if isinstance(i, Series)}
        index = indexes.pop() if len(indexes) == 1 else UNKNOWN_INDEX
        return with_columns(Table(flavour="pandas", index=index), columns)
    tables = [item for item in items if isinstance(item, Table) and not item.open and item.flavour == "pandas"]
    if len(tables) != len(items) or any(c.maybe for t in tables for c in t.columns):
        return unknown
    index = tables[0].index if all(t.index == tables[0].index for t in tables) else UNKNOWN_INDEX
    keyed = zip(keys, tables, strict=True)
    return labels.table_of([((key, c.name), _missing(c)) for key, table in keyed for c in table.columns], index)


def _keyed_index(call: Call, keys: list[str] | None, index: tuple[Column, ...]) -> tuple[Column, ...]:
    """The index of frames on top of one another under keys: a level more, and all of them named by `names`."""
    names = call.texts("names") if call["names"] is not None else []
    if keys is None or names is None or index == UNKNOWN_INDEX or call["levels"] is not None:
        return UNKNOWN_INDEX
    levels = (Column("", STRING, labels=row_labels.named(keys)), *(index or (Column("", INT64),)))
    if len(names) > len(levels) or (names and len(names) not in (1, len(levels))):
        return UNKNOWN_INDEX
    given = [*names, *(level.name for level in levels[len(names) :])]
    pairs = zip(levels, given, strict=True)
    return tuple(level if level.name == n else level.named(n, call.place("names", n)) for level, n in pairs)


def _stacked(call: Call, tables: list[Table], keys: list[str] | None = None) -> Table:
    inner = call.value("join", "outer")
    if inner not in ("outer", "inner"):
        return unknown_table("pandas")
    ordered: dict[str, list[Column]] = {}
    for table in tables:
        for column in table.columns:
            ordered.setdefault(column.name, []).append(column)
    columns = []
    for found in ordered.values():
        everywhere = len(found) == len(tables)
        if inner == "inner" and not everywhere:
            if any(t.open for t in tables):
                columns.append(replace(found[0], maybe=True, type=None))  # it has rows of another type
            continue
        column = found[0].one_with(*found[1:])
        if any(c.type != column.type for c in found):
            column = replace(column, type=None)
        if not everywhere or any(c.maybe for c in found):
            column = _missing(column)
        if not everywhere and any(t.open for t in tables):  # one that is not known may have it, of another type
            column = replace(column, type_certainty=Certainty.LIKELY)
        maybe = any(c.maybe for c in found) if inner == "inner" else all(c.maybe for c in found)
        columns.append(replace(column, maybe=maybe))
    index = tables[0].index if all(t.index == tables[0].index for t in tables) else UNKNOWN_INDEX
    if call["keys"] is not None or keys is not None:
        chosen = call["keys"]
        listed = chosen is not None and isinstance(chosen.type, Collection)
        given = call.texts("keys") if listed and keys is None else keys if chosen is None else None
        index = _keyed_index(call, given if given is not None and len(given) == len(tables) else None, index)
    elif call["names"] is not None:
        index = UNKNOWN_INDEX
    if call.value("ignore_index", False) is not False:
        index = ()
    return Table(tuple(columns), any(t.open for t in tables), "pandas", index)
