"""Calls: which rule answers, and what the call may do to its arguments."""

from __future__ import annotations

import ast
from functools import partial

from polycell.core.types import (
    INT64,
    NULL,
    STRING,
    UNKNOWN,
    Class,
    Collection,
    Function,
    GroupBy,
    Module,
    Opaque,
    Record,
    Row,
    Scalar,
    Schema,
    Series,
    Table,
    Type,
)
from polycell.core.values import replace
from polycell.languages.python.flow import containers, effects, objects
from polycell.languages.python.flow.access import attribute_of
from polycell.languages.python.flow.builtin_calls import builtin
from polycell.languages.python.flow.declared import annotated, instance, made_by
from polycell.languages.python.flow.inline import called
from polycell.languages.python.flow.interpreter import Interpreter
from polycell.languages.python.flow.iteration import read_on
from polycell.languages.python.flow.state import holds, mutable, opened
from polycell.languages.python.flow.targets import store
from polycell.languages.python.frames import column_index, figures, open_files, paths, row_labels, rules, series_methods
from polycell.languages.python.frames.columns import unknown_table
from polycell.languages.python.frames.readers import MOVED, OPEN_FILE, WRITTEN
from polycell.languages.python.frames.registry import FUNCTIONS, METHODS, Argument, bind, of_library, outcome
from polycell.languages.python.frames.relatives import relative
from polycell.languages.python.frames.schema_rules import conforming
from polycell.languages.python.frames.settings import PARSER
from polycell.languages.python.frames.spark_readers import BUILDERS
from polycell.languages.python.syntax.shapes import nodes
from polycell.languages.python.syntax.values import (
    NOT_KNOWN,
    PATH,
    collection,
    items_of,
    join_text,
    known_text,
    of_value,
    text_method,
    value_of,
)
from polycell.tables.evidence import merge

_EVERYTHING = frozenset({"exec", "globals", "locals", "vars"})


def call(run: Interpreter, node: ast.Call) -> Type:
    """The type of a call's value; its effects on what it was given are done."""
    before = len(run.state.escaped)
    held = frozenset(run.state.escaped)
    result = _dispatch(run, node)
    _functions_handed_over(run, node)
    if len(run.state.escaped) > before and isinstance(result, (Table, Series, Scalar)) and is_pure(run, node.func):
        # `pd.concat([a, b])`: the list is gone when the call is over, and nobody holds the frames through it.
        run.state.escaped = set(held)
    return result


def _dispatch(run: Interpreter, node: ast.Call) -> Type:
    function = node.func
    receiver: Type | None = None
    if isinstance(function, ast.Attribute):
        inner = function.value
        if isinstance(inner, ast.Attribute) and inner.attr in ("str", "dt", "cat"):
            series = run.evaluate(inner.value)
            if isinstance(series, Series):
                _arguments(run, node)
                return series_methods.accessor(series, inner.attr, function.attr, node)
            if isinstance(series, Collection) and series.kind == "array" and inner.attr == "str":
                return _names_changed(run, node, series, function.attr)
            receiver = attribute_of(run, inner, series)
        else:
            receiver = run.evaluate(inner)
        own = isinstance(receiver, Class) and function.attr in dict(receiver.members)
        if not isinstance(receiver, (Module, Record, Class)) or (rules.flavour_of(receiver) and not own):
            return _method(run, node, function, receiver)
    # What the function belongs to was looked at already.
    of_owner = isinstance(function, ast.Attribute) and receiver is not None
    callee = attribute_of(run, function, receiver) if of_owner else run.evaluate(function)  # type: ignore[arg-type]
    if isinstance(callee, Module):
        return _library(run, node, callee.qualified)
    if isinstance(callee, Function):
        return _own(run, node, callee, receiver)
    if isinstance(callee, Class):
        positional, named = _arguments(run, node)
        if callee.schema is not None and not callee.schema.row:  # pandera: the call checks the frame
            return conforming(callee.schema, positional[0].type if positional else None)
        made = objects.made(run, node, callee, positional, named, partial(is_pure, run))
        if made is not None:
            return made
        if callee.schema is None:
            _unknown_effects(run, node)
        return instance(callee)
    if isinstance(callee, Schema):
        positional, _ = _arguments(run, node)
        return conforming(callee, positional[0].type if positional else None)
    if isinstance(function, ast.Subscript) and isinstance(framed := annotated(run, function), Table):
        positional, _ = _arguments(run, node)
        return merge(framed, positional[0].type) if positional and isinstance(positional[0].type, Table) else framed
    if isinstance(receiver, Record) and receiver.name == "dict" and isinstance(function, ast.Attribute):
        return _method(run, node, function, receiver)
    if isinstance(function, ast.Name) and run.slot(function.id) is None:
        return _builtin(run, node, function.id)
    _arguments(run, node)
    _unknown_effects(run, node)
    if isinstance(receiver, Record) and isinstance(function, ast.Attribute) and _changeable(receiver):
        _touch(run, function.value)
    return UNKNOWN


def _changeable(receiver: Record) -> bool:
    """Whether methods of which nothing is known may change a value: those of the notebook's classes, and files."""
    return receiver.open or receiver.name == OPEN_FILE


def _names_changed(run: Interpreter, node: ast.Call, names: Collection, method: str) -> Type:
    """`df.columns.str.lower()`."""
    positional, named = _arguments(run, node)
    if positional is None or named.keys() - {"regex"}:
        return Collection("array", names.element)
    exact = "regex" in named and named["regex"].value is False
    return column_index.texts_changed(names, method, [a.value for a in positional], exact=exact)


def _functions_handed_over(run: Interpreter, node: ast.Call) -> None:
    """`map(f, frames)`: functions among the arguments will be called, with what only the callee knows."""
    if id(node) in run.piped:
        return
    for argument in (*node.args, *(k.value for k in node.keywords)):
        if isinstance(argument, ast.Lambda):
            callee: Type = run.evaluate(argument)
        elif isinstance(argument, ast.Name) and run.slot(argument.id) is not None:
            callee = run.type_of(argument.id)
        else:
            continue
        if not isinstance(callee, Function) or callee.changes == ():
            continue
        outer = set(callee.changes or ()) - set(callee.parameters)
        for name in outer:
            slot = run.slot(name)
            if slot is not None:
                run.open_up(slot.address)
        if callee.changes is None or outer != set(callee.changes):
            _touch_given(run, node, argument)


# Methods that call a function with rows, columns, values or groups, never with the frame itself.
_BY_PARTS = frozenset({
    "apply", "applymap", "map", "transform", "agg", "aggregate", "assign", "filter", "rename", "with_columns",
    "map_elements", "map_rows", "sort_values", "add_prefix", "select", "groupby",
})  # fmt: skip


def _touch_given(run: Interpreter, node: ast.Call, function: ast.expr) -> None:
    """What a callee may hand to a function that changes what it is given."""
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    by_parts = isinstance(node.func, ast.Attribute) and node.func.attr in _BY_PARTS
    if owner is not None and by_parts and isinstance(run.evaluate(owner), (Table, Series, GroupBy)):
        return
    for argument in (*node.args, *(k.value for k in node.keywords)):
        if argument is not function:
            _touch(run, argument.value if isinstance(argument, ast.Starred) else argument)
    if owner is not None:
        _touch(run, owner)
    run.change_unseen()


def apply(run: Interpreter, function: ast.expr, arguments: list[ast.expr], types: list[Type]) -> Type:
    """Calling `function` with a value that came from elsewhere (`df.pipe(f)`)."""
    if isinstance(function, ast.Lambda):
        return _lambda(run, function, types)
    if isinstance(function, ast.Attribute) and types:
        of_text = _text_function(run, function, types)
        if of_text is not None:
            return of_text
    callee = run.evaluate(function)
    if isinstance(callee, Function) and callee.definition and len(types) <= len(callee.parameters):
        nodes = [*arguments, *([ast.Constant(None)] * (len(types) - len(arguments)))]
        given = {p: Argument(n, t) for p, n, t in zip(callee.parameters, nodes, types, strict=False)}
        followed = called(run, function, callee, given, lambda f: is_pure(run, f))
        if followed is not None:
            return followed
    if isinstance(callee, Function) and callee.changes is not None:
        first = callee.parameters[0] if callee.parameters else ""
        if first not in callee.changes:
            return callee.returns or UNKNOWN
    elif isinstance(callee, Module) and effects.pure_function(callee.qualified):
        entry = FUNCTIONS.get(rules.canonical(callee.qualified))
        if entry is None or arguments:
            return UNKNOWN
        given_types = [Argument(function, type_) for type_ in types]
        call_of_it = ast.copy_location(ast.Call(function, [], []), function)
        return outcome(entry, UNKNOWN, bind(entry, run, call_of_it, UNKNOWN, given_types, {}))
    for argument in arguments:
        _touch(run, argument)
    return UNKNOWN


def _text_function(run: Interpreter, function: ast.Attribute, types: list[Type]) -> Type | None:
    """`str.upper` of a text, or `"_".join` of texts."""
    owner = function.value
    if isinstance(owner, ast.Name) and owner.id == "str" and run.slot("str") is None and len(types) == 1:
        return text_method(known_text(types[0]), function.attr, [])
    if isinstance(owner, ast.Constant) and isinstance(owner.value, str) and len(types) == 1:
        return text_method(owner.value, function.attr, [value_of(types[0])])
    return None


def _lambda(run: Interpreter, node: ast.Lambda, types: list[Type]) -> Type:
    """The value of `lambda d: …` applied to values; what it does to names stays inside."""
    arguments = [*node.args.posonlyargs, *node.args.args]
    if len(arguments) != len(types) or node.args.vararg or node.args.kwarg or node.args.kwonlyargs:
        return UNKNOWN
    before = run.state
    run.state = before.copy()
    try:
        for argument, type_ in zip(arguments, types, strict=True):
            run.bind(argument.arg, type_)
        with run.doubt():
            return run.evaluate(node.body)
    finally:
        run.state = before


def is_pure(run: Interpreter, function: ast.expr) -> bool:
    """Whether a callee is known to leave its arguments as they are."""
    if isinstance(function, ast.Name):
        slot = run.slot(function.id)
        if slot is None:
            return function.id in effects.PURE_BUILTINS
        type_ = run.object(slot.address)
        if isinstance(type_, Module):
            return effects.pure_function(type_.qualified)
        return isinstance(type_, Function) and type_.changes == ()
    if isinstance(function, ast.Attribute):
        if function.attr in effects.MUTATORS:
            return False
        names: list[str] = []
        node: ast.expr = function
        while isinstance(node, (ast.Attribute, ast.Call)):
            if isinstance(node, ast.Attribute):
                names.append(node.attr)
                node = node.value
            else:
                node = node.func  # `pl.lit(1).alias(name)`: what a library has made is the library's too
        if isinstance(node, ast.Name):
            slot = run.slot(node.id)
            if slot is not None and isinstance(module := run.object(slot.address), Module):
                return effects.pure_function(".".join([module.qualified, *reversed(names)]))
        return function.attr in _HARMLESS_METHODS
    return False


# Methods that take frames and leave them alone, whatever object they belong to.
_HARMLESS_METHODS = frozenset({
    "merge", "join", "concat", "fit", "predict", "transform", "fit_transform", "predict_proba", "score", "plot",
    "scatter", "hist", "bar", "barh", "boxplot", "isin", "map", "format", "sum", "mean", "groupby", "agg", "assign",
    "to_csv", "to_parquet", "to_sql", "head", "astype", "fillna", "filter", "select", "with_columns", "sort_values",
    "dot", "corr", "equals", "reindex", "split", "replace", "join_asof", "merge_asof", "register", "line", "pie",
    "info", "debug", "warning",
})  # fmt: skip


def _arguments(run: Interpreter, node: ast.Call) -> tuple[list[Argument] | None, dict[str, Argument]]:
    """Positional and named arguments, evaluated once and in order; positional is None beside `*` or `**`."""
    positional: list[Argument] | None = []
    named: dict[str, Argument] = {}
    for argument in node.args:
        if isinstance(argument, ast.Starred):
            run.evaluate(argument.value)
            positional = None
            continue
        found = Argument(argument, run.evaluate(argument))
        read_on(run, argument, found.type)
        if positional is not None:
            positional.append(found)
    for keyword in node.keywords:
        type_ = run.evaluate(keyword.value)
        read_on(run, keyword.value, type_)
        if keyword.arg is None:
            if isinstance(type_, Record) and type_.name == "dict" and not type_.open:
                named.update({name: Argument(keyword.value, field) for name, field in type_.fields})
            else:
                positional = None
        else:
            named[keyword.arg] = Argument(keyword.value, type_)
    return positional, named


def _touch(run: Interpreter, node: ast.expr) -> None:
    """An argument was handed to somebody unknown: what it names, or holds, may change."""
    container = containers.root(run, node) if isinstance(node, (ast.Attribute, ast.Subscript)) else None
    if container is not None and holds(run.object(container)) and mutable(held := run.evaluate(node)):
        containers.change_at(run, node, opened(held))
        run.state.holders.add(container)
    for part in nodes(node) if not isinstance(node, (ast.Name, ast.Constant)) else (node,):
        if isinstance(part, ast.Lambda):
            return
        if isinstance(part, ast.Name):
            address = run.address_of(part)
            if address is not None and (part is node or not isinstance(node, (ast.Attribute, ast.Subscript, ast.Call))):
                run.open_up(address)


def _unknown_effects(run: Interpreter, node: ast.Call) -> None:
    if is_pure(run, node.func):
        return
    arguments = [*node.args, *(k.value for k in node.keywords)]
    for argument in arguments:
        _touch(run, argument.value if isinstance(argument, ast.Starred) else argument)
    if arguments and run.state.escaped:
        run.change_unseen()


def _own(run: Interpreter, node: ast.Call, callee: Function, receiver: Type | None) -> Type:
    """A function of the notebook: what it changes is known from its body."""
    if run.uses is not None and receiver is None and (watcher := run.watcher) is not None:
        watcher.own(run, node, callee)
    positional, named = _arguments(run, node)
    # A function that was put into a field (`loader.read = read`) is no method: it is not handed the object.
    bound = isinstance(receiver, Record) and callee.changes is None
    if bound and isinstance(receiver, Record) and isinstance(node.func, ast.Attribute):
        pure = partial(is_pure, run)
        value = objects.method(run, node, node.func, callee, receiver, positional, named, pure)
        if value is not None:
            return value
    if callee.changes is None or positional is None:
        _unknown_effects(run, node)
        return callee.returns or UNKNOWN
    return _entered(run, node, callee, positional, named)


def _entered(
    run: Interpreter, node: ast.Call, callee: Function, positional: list[Argument], named: dict[str, Argument]
) -> Type:
    """The value of a call with these arguments, whoever writes them; its effects are done."""
    given: dict[str, Argument] = dict(zip(callee.parameters, positional, strict=False))
    given.update(named)
    surplus = positional[len(callee.parameters) :]
    if callee.definition and _worth_following(callee, given):
        followed = called(run, node, callee, given, lambda f: is_pure(run, f), surplus)
        if followed is not None:
            return _with_declared(followed, callee.returns)
    for handed in given.values():
        if containers.is_object(handed.type):
            _touch(run, handed.node)
    for name in callee.changes or ():
        argument = given.get(name)
        if argument is not None:
            _touch(run, argument.node)
            run.change_unseen()
        elif name not in callee.parameters:
            slot = run.slot(name)
            if slot is not None:
                run.open_up(slot.address)
                run.rebound(name)
    if callee.changes:
        for argument in surplus:
            _touch(run, argument.node)
    return callee.returns or UNKNOWN


def _worth_following(callee: Function, given: dict[str, Argument]) -> bool:
    """Whether a call may say more than the function's definition: a frame goes in, or something comes out of which the
    definition alone does not know what it is (a frame, or the path of one)."""
    if any(isinstance(a.type, (Table, Series, GroupBy)) for a in given.values()):
        return True
    plain = isinstance(callee.returns, Scalar) and callee.returns.type not in (STRING, PATH)
    return "return" in callee.definition and not plain


def _with_declared(followed: Type, returns: Type | None) -> Type:
    """What a call gives, and, where that is not known whole, what the function gives whatever it is called with."""
    if isinstance(followed, Table) and followed.open and isinstance(returns, Table):
        return merge(followed, returns)
    return followed if followed != UNKNOWN else returns or UNKNOWN


def _library(run: Interpreter, node: ast.Call, qualified: str) -> Type:
    name = rules.canonical(qualified)
    entry = FUNCTIONS.get(name)
    positional, named = _arguments(run, node)
    if run.uses is not None and (watcher := run.watcher) is not None:
        watcher.function(run, name, positional, named)
    if (row := made_by(run, name, node)) is not None:
        return row
    if entry is not None:
        bound = bind(entry, run, node, UNKNOWN, positional, named)
        found, library = outcome(entry, UNKNOWN, bound), relative(qualified)[1]
        return of_library(found, library) if library else found
    if name in ("pathlib.Path", "pathlib.PurePath", "os.path.join", "pathlib.PosixPath"):
        made = join_text([a.type for a in positional]) if positional is not None else None
        path = name.startswith("pathlib")
        return Scalar(PATH if path else STRING, made if made is not None or not path or node.args else ".")
    if name.startswith("pyspark.sql.SparkSession.builder."):
        ready = name.endswith(".getOrCreate")
        return Opaque("pyspark.sql.SparkSession") if ready else Module("pyspark.sql.SparkSession", "builder")
    if not effects.pure_function(name):
        _unknown_effects(run, node)
    if name in ("os.chdir", "os.fchdir"):
        run.remark(MOVED)
    last = name.rsplit(".", 1)[-1]
    return Opaque(name) if last[:1].isupper() and not last.isupper() else UNKNOWN


# Methods that call the function that they are given, with the frame itself and then all other arguments.
_PIPES = frozenset({("pandas", "pipe"), ("polars", "pipe"), ("polars-lazy", "pipe"), ("spark", "transform")})


def _method(run: Interpreter, node: ast.Call, function: ast.Attribute, receiver: Type) -> Type:
    name = function.attr
    if run.uses is not None and (watcher := run.watcher) is not None:
        watcher.called(run, function, receiver)
    if isinstance(receiver, Scalar) and receiver.type == STRING:
        positional, named = _arguments(run, node)
        values = [a.value for a in positional] if positional is not None and not named else [NOT_KNOWN]
        return text_method(receiver.value if isinstance(receiver.value, str) else None, name, values)
    if isinstance(receiver, Scalar) and receiver.type == PATH:
        positional, named = _arguments(run, node)
        if name == "open":
            mode = positional[0].type if positional else named["mode"].type if "mode" in named else None
            encoding = named["encoding"].type if "encoding" in named else None
            return open_files.opened(receiver, mode, encoding) if positional is not None else UNKNOWN
        return paths.method(run, receiver, name, [a.type for a in positional or []])
    flavour = rules.flavour_of(receiver)
    own = (flavour, name) in METHODS or name in effects.MUTATORS
    if isinstance(receiver, Row) and flavour == "pandas row" and not own:
        receiver, flavour = row_labels.as_series(receiver), "pandas series"
    if not flavour and (isinstance(receiver, Collection) or (isinstance(receiver, Record) and receiver.name == "dict")):
        return _collection_method(run, node, function, receiver)
    entry = METHODS.get((flavour, name)) if flavour else None
    address = run.address_of(function.value)
    positional, named = _arguments(run, node)
    if address is not None and type(now := run.object(address)) is type(receiver):
        receiver = now  # an argument may have changed it in place: `df.insert(0, "x", df.pop("x"))`
    if run.uses is not None and (watcher := run.watcher) is not None:
        watcher.method(run, node, function, receiver, positional, named)
    piped = positional[0].type if (flavour, name) in _PIPES and positional else None
    if positional and isinstance(piped, Function) and piped.definition and piped.changes is not None:
        run.piped.add(id(node))
        first = Argument(function.value, receiver)
        if (
            flavour == "pandas"
            and address is not None
            and piped.parameters[:1]
            and piped.parameters[0] in piped.changes
        ):
            # From pandas 3 on it is handed a copy, before the frame itself.
            first = Argument(ast.copy_location(ast.Constant(None), node), receiver)
            run.open_up(address)
        return _entered(run, node, piped, [first, *positional[1:]], named)
    if isinstance(receiver, Series) and entry is None and flavour == "pandas series":
        return series_methods.method(receiver, name, node)
    if entry is None:
        known = flavour or (isinstance(receiver, Opaque) and effects.pure_function(receiver.name))
        if address is not None and name in effects.MUTATORS:
            run.open_up(address)
        if not known:
            _unknown_effects(run, node)
            run.register(effects.table_named(name, positional, named), UNKNOWN, node)
        if isinstance(receiver, Table) and "inplace" in named and address is not None:
            run.open_up(address)
        return unknown_table("pandas") if receiver == UNKNOWN and name in effects.GIVE_FRAMES else UNKNOWN
    inplace = named.pop("inplace", None) if flavour == "pandas" else None
    in_place = named.pop("in_place", None) if flavour == "polars" else None
    if isinstance(receiver, Table) and name.startswith(("to_", "write_", "sink_")) and positional:
        _written(run, positional[0])
    if positional is None and flavour.startswith(("spark", "polars")) and all(k.arg for k in node.keywords):
        # `df.select(*columns)`: the rules for expressions read lists of them.
        nodes = [(a, a.value if isinstance(a, ast.Starred) else a) for a in node.args]
        positional = [Argument(a, run.evaluate(value)) for a, value in nodes]
    bound = bind(entry, run, node, receiver, positional, named)
    result = outcome(entry, receiver, bound)
    if flavour in (*BUILDERS, PARSER) and address is not None and isinstance(result, Record):
        run.change(address, result)  # a reader is told things in place
    if entry.itself or (in_place is not None and in_place.value is not False):
        result = result if in_place is None or in_place.value is True else opened(result)
        store(run, function.value, address, result)
        if address is None:
            run.lent.add(id(node))
        else:
            run.given_back[id(node)] = address
        return result
    if entry.changes:
        store(run, function.value, address, result)
        return entry.value(bound) if entry.value is not None and bound is not None else UNKNOWN
    if inplace is not None and inplace.value is not False and isinstance(result, Table):
        store(run, function.value, address, result if inplace.value is True else opened(receiver))
        return Scalar(NULL)
    return result


def _written(run: Interpreter, path: Argument) -> None:
    """A file that the notebook writes itself: what lies on the disk now may be older than the code."""
    text = known_text(path.type)
    if text:
        run.remark(WRITTEN + text.replace("\\", "/").rsplit("/", 1)[-1])


def _collection_method(run: Interpreter, node: ast.Call, function: ast.Attribute, receiver: Type) -> Type:
    name = function.attr
    positional, _ = _arguments(run, node)
    for argument in (*node.args, *(k.value for k in node.keywords)):
        run.escape(argument)
    address = run.address_of(function.value)
    values = [a.type for a in positional or []]
    if name == "append" and isinstance(receiver, Collection) and len(values) == 1 and address is not None:
        if receiver.items is not None and receiver.kind == "list":
            longer = collection("list", (*receiver.items, values[0]))
            run.change(address, replace(longer, unordered=receiver.unordered))
        else:
            element = receiver.element if receiver.element == values[0] else None
            run.change(address, replace(receiver, element=element, items=None))
        containers.put_in(run, address, values[0], node.args[0])
        return Scalar(NULL)
    if name in effects.MUTATORS:
        longer_or_shorter = _list_changed(receiver, name, values) if positional is not None else None
        store(run, function.value, address, longer_or_shorter or opened(receiver))
        for value, argument in zip(values, node.args, strict=False):
            containers.put_in(run, address, value, argument)
        return UNKNOWN
    if isinstance(receiver, Record):
        fields = receiver.fields
        if name == "items":
            pairs = tuple(collection("tuple", (of_value(n), t)) for n, t in fields)
            return collection("list", pairs) if not receiver.open else Collection("sequence")
        if name == "keys":
            return collection("list", tuple(of_value(n) for n, _ in fields)) if not receiver.open else UNKNOWN
        if name == "values":
            return collection("list", tuple(t for _, t in fields)) if not receiver.open else UNKNOWN
        if name == "copy":
            return receiver
        if name == "get" and values:
            key = value_of(values[0])
            return next((t for n, t in fields if n == key), UNKNOWN)
        return UNKNOWN
    if isinstance(receiver, Collection):
        if name == "copy":
            return receiver
        if receiver.kind == figures.GRID:
            return figures.flat(receiver) if name in ("flatten", "ravel") else UNKNOWN
        if receiver.kind == "array":
            first = node.args[0] if node.args else None
            return column_index.method(
                receiver, name, values, lambda item: run.apply(first, [], [item]) if first is not None else UNKNOWN
            )
        return Scalar(INT64) if name in ("count", "index") else UNKNOWN
    return UNKNOWN


def _list_changed(receiver: Type, name: str, values: list[Type]) -> Type | None:
    """A list of known items behind `remove`, `extend` or `insert`; None where it is not known."""
    if not isinstance(receiver, Collection) or receiver.kind != "list" or receiver.items is None or receiver.unordered:
        return None
    items = list(receiver.items)
    if name == "remove" and len(values) == 1:
        known = [value_of(item) for item in items]
        if NOT_KNOWN in known or value_of(values[0]) not in known:
            return None
        del items[known.index(value_of(values[0]))]
    elif name == "extend" and len(values) == 1 and (more := items_of(values[0])) is not None:
        items += more
    elif name == "insert" and len(values) == 2 and type(at := value_of(values[0])) is int:
        items.insert(at, values[1])
    else:
        return None
    return collection("list", tuple(items))


def _builtin(run: Interpreter, node: ast.Call, name: str) -> Type:
    if name in _EVERYTHING and not (name == "vars" and node.args):
        run.open_everything()
    positional, named = _arguments(run, node)
    if name not in effects.PURE_BUILTINS:
        _unknown_effects(run, node)
        return UNKNOWN
    if name == "open" and positional:
        mode = named["mode"].type if "mode" in named else positional[1].type if len(positional) > 1 else None
        if set(known_text(mode) or "") & set("wax+"):
            _written(run, positional[0])
        encoding = named["encoding"].type if "encoding" in named else None
        return open_files.opened(positional[0].type, mode, encoding) if len(positional) < 3 else UNKNOWN
    return builtin(run, node, name, positional, named)
