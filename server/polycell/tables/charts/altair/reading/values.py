"""What the values in Altair code are: JSON, parameters, expressions over rows. Nothing is run.

Source: altair 5 and 6, `expr.core` for how expressions are written, `api` for parameters and data.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct, field

from polycell.core.types import Table
from polycell.tables.charts.altair.words import PREDICATES

Spec = dict[str, Any]
_DEEPEST = 30


class UnclearError(Exception):
    """Some of the code means what only a run can tell, or is not known here."""


class Names(Struct, frozen=True):
    """What the names of the code stand for: `module` is altair's, `table` tells the frame of a variable, `bound` are
    names that have one value."""

    module: str
    table: Callable[[str], Table | None]
    bound: Mapping[str, ast.expr] = field(default_factory=dict)


class Parameter(Struct, frozen=True):
    """`empty`: what its predicate says while nothing is selected, None for Vega-Lite's default."""

    content: Spec
    empty: bool | None = None

    @property
    def name(self) -> str:
        return str(self.content["name"])

    @property
    def is_selection(self) -> bool:
        return "select" in self.content

    @property
    def predicate(self) -> Spec:
        return {"param": self.name} if self.empty is None else {"param": self.name, "empty": self.empty}


class Formula(Struct, frozen=True):
    """An expression of Vega. `refers`: as a value it is `{"expr": …}`, since a parameter is in it."""

    text: str
    refers: bool = False


class Predicate(Struct, frozen=True):
    """A test of rows as JSON: of a field, or several put together."""

    content: Spec


# Classes whose keywords are the members of the object that they make, and what they take by position.
_OBJECTS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys((
        "AggregatedFieldDef", "AutoSizeParams", "Axis", "AxisConfig", "Bin", "BinParams", "BrushConfig", "DataFormat",
        "CsvDataFormat", "JsonDataFormat", "DsvDataFormat", "DateTime", "EncodingSortField", "FacetedEncoding",
        "GradientStop", "Header", "Impute", "ImputeParams", "JoinAggregateFieldDef", "Legend", "LegendConfig",
        "LinearGradient", "LogicalAndPredicate", "LogicalOrPredicate", "LogicalNotPredicate", "LookupSelection",
        "MarkConfig", "MarkDef", "OverlayMarkDef", "Padding", "Projection", "ScaleConfig", "Scale", "SortField",
        "TimeUnitParams", "ViewBackground", "ViewConfig", "WindowFieldDef", "ScaleBinParams", "Sort",
    ), ()),
    "EncodingSortField": ("field", "op", "order"),
    "ExprRef": ("expr",),
    "Gradient": ("gradient", "stops"),
    "RepeatRef": ("repeat",),
    "ScaleInterpolateParams": ("type", "gamma"),
    "SortByEncoding": ("encoding", "order"),
    "SortField": ("field", "order"),
    "Step": ("step",),
    "Title": ("text",),
    "TitleParams": ("text",),
    "TopoDataFormat": ("feature",),
}  # fmt: skip
_INPUTS: Mapping[str, str] = {f"binding_{kind}": kind for kind in ("checkbox", "radio", "range", "select")}
_OPERATORS: Mapping[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Mod: "%", ast.BitAnd: "&&", ast.BitOr: "||",
    ast.Eq: "===", ast.NotEq: "!==", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip
_LOGICAL: frozenset[type[ast.AST]] = frozenset({ast.BitAnd, ast.BitOr})


def value(node: ast.expr, names: Names, depth: int = 0) -> Any:
    """JSON with parameters, expressions and predicates in it."""
    if depth > _DEEPEST:
        raise UnclearError
    if isinstance(node, ast.Name) and node.id in names.bound:
        return _of_name(node.id, names, depth)
    if isinstance(node, ast.Dict):
        keys = [value(key, names, depth + 1) if key is not None else None for key in node.keys]
        if not all(isinstance(key, str) for key in keys):
            raise UnclearError
        return dict(zip(keys, (value(inner, names, depth + 1) for inner in node.values), strict=True))
    if isinstance(node, ast.List | ast.Tuple):
        return [value(item, names, depth + 1) for item in node.elts]
    if isinstance(node, ast.BinOp | ast.Compare | ast.UnaryOp):
        return _operation(node, names, depth)
    if isinstance(node, ast.Attribute | ast.Subscript):
        return _member(node, names, depth)
    if isinstance(node, ast.Call):
        return _call(node, names, depth)
    return ast.literal_eval(node)


def json_of(made: Any) -> Any:
    """What Altair writes of a value where any may stand."""
    if isinstance(made, Parameter):
        return {"param": made.name} if made.is_selection else {"expr": made.name}
    if isinstance(made, Formula):
        return {"expr": made.text} if made.refers else made.text
    if isinstance(made, Predicate):
        return json_of(made.content)
    if isinstance(made, dict):
        return {key: json_of(inner) for key, inner in made.items()}
    return [json_of(inner) for inner in made] if isinstance(made, list) else made


def plain(node: ast.expr, names: Names) -> Any:
    return json_of(value(node, names))


def called(node: ast.expr, names: Names) -> str:
    """`X` of a call `alt.X(…)`; "" for any other expression."""
    owner = node.func if isinstance(node, ast.Call) else None
    return _of_module(owner, names) if owner is not None else ""


def _of_module(node: ast.expr, names: Names) -> str:
    """`datum` of `alt.datum`."""
    owner = node.value if isinstance(node, ast.Attribute) else None
    named = isinstance(owner, ast.Name) and owner.id == names.module and bool(names.module)
    return node.attr if isinstance(node, ast.Attribute) and named else ""


def keywords(node: ast.Call) -> dict[str, ast.expr]:
    """The arguments by keyword; there may be no others behind stars."""
    if any(k.arg is None for k in node.keywords) or any(isinstance(a, ast.Starred) for a in node.args):
        raise UnclearError
    return {str(k.arg): k.value for k in node.keywords}


def arguments(node: ast.Call, positions: tuple[str, ...]) -> dict[str, ast.expr]:
    """All arguments of a call by their names."""
    named = keywords(node)
    given = dict(zip(positions, node.args, strict=False))
    if len(node.args) > len(positions) or set(given) & set(named):
        raise UnclearError
    return {**given, **named}


def _of_name(name: str, names: Names, depth: int) -> Any:
    """A name's one value. A parameter that has no name of its own is called by that of its variable."""
    bound = names.bound[name]
    made = value(bound, names, depth + 1)
    if isinstance(made, Parameter) and not made.name:
        return Parameter({**made.content, "name": name}, made.empty)
    return made


# -- expressions over rows


def script(made: Any) -> str:
    """A value as it is written inside of an expression."""
    if made is None or isinstance(made, bool):
        return {None: "null", True: "true", False: "false"}[made]
    if isinstance(made, Formula):
        return made.text
    if isinstance(made, Parameter):
        return made.name
    if isinstance(made, str | int | float):
        return repr(made)
    raise UnclearError


def _refers(*made: Any) -> bool:
    return any(isinstance(m, Parameter) or (isinstance(m, Formula) and m.refers) for m in made)


def every(tests: list[Any], fields: Mapping[str, Any]) -> Any:
    """Tests that must hold together, as Altair reads several arguments: `year=2000` compares a field."""
    made = [*tests, *(Formula(f"(datum.{name} === {script(inner)})") for name, inner in fields.items())]
    if not made:
        raise UnclearError
    found = made[0]
    for test in made[1:]:
        if isinstance(found, str | dict) or isinstance(test, str | dict):
            raise UnclearError
        found = _both("&&", found, test)
    return found


def _both(operator: str, first: Any, second: Any) -> Any:
    """Two tests put together by `&&` or `||`."""
    if not _is_test(first) and not _is_test(second):
        return Formula(f"({script(first)} {operator} {script(second)})", _refers(first))
    if not _is_test(first):
        raise UnclearError
    return Predicate({"and" if operator == "&&" else "or": [_test(first), _test(second)]})


def _operation(node: ast.BinOp | ast.Compare | ast.UnaryOp, names: Names, depth: int) -> Any:
    if isinstance(node, ast.UnaryOp):
        inner = value(node.operand, names, depth + 1)
        if isinstance(node.op, ast.Invert):
            if isinstance(inner, Predicate):
                return Predicate({"not": inner.content})
            if isinstance(inner, Parameter) and inner.is_selection:
                return Predicate({"not": inner.predicate})
        sign = {ast.Invert: "!", ast.USub: "-", ast.UAdd: "+"}.get(type(node.op))
        if isinstance(inner, Formula | Parameter) and sign is not None:
            return Formula(f"({sign}{script(inner)})", _refers(inner))
        return ast.literal_eval(node)
    if isinstance(node, ast.Compare):
        if len(node.ops) != 1:
            raise UnclearError
        left, operator, right = node.left, type(node.ops[0]), node.comparators[0]
    else:
        left, operator, right = node.left, type(node.op), node.right  # type: ignore[assignment]
    first, second = value(left, names, depth + 1), value(right, names, depth + 1)
    if operator in _LOGICAL and any(_is_test(one) for one in (first, second)):
        return _both(_OPERATORS[operator], first, second)
    if not isinstance(first, Formula | Parameter) and not isinstance(second, Formula | Parameter):
        return ast.literal_eval(node)
    if operator not in _OPERATORS or (isinstance(node, ast.Compare) and not isinstance(first, Formula | Parameter)):
        raise UnclearError
    # The expression is of the kind of the operand whose method makes it.
    refers = _refers(first if isinstance(first, Formula | Parameter) else second)
    return Formula(f"({script(first)} {_OPERATORS[operator]} {script(second)})", refers)


def _is_test(made: Any) -> bool:
    return isinstance(made, Predicate) or (isinstance(made, Parameter) and made.is_selection)


def _test(made: Any) -> Any:
    if isinstance(made, Parameter) and made.is_selection:
        return made.predicate
    if isinstance(made, Predicate):
        return made.content
    if isinstance(made, Formula) and not made.refers:
        return made.text
    raise UnclearError


def _member(node: ast.Attribute | ast.Subscript, names: Names, depth: int) -> Any:
    owner = _of_module(node.value, names)
    if owner == "expr" and isinstance(node, ast.Attribute) and node.attr.isupper():
        return Formula(node.attr)
    group = "datum" if owner == "datum" else ""
    if not group and not owner:
        made = value(node.value, names, depth + 1)
        group = made.name if isinstance(made, Parameter) else ""
        if group and isinstance(node, ast.Attribute) and made.is_selection:
            raise UnclearError  # Altair makes different things of it by the fields of the selection
    if not group:
        raise UnclearError
    if isinstance(node, ast.Attribute):
        return Formula(f"{group}.{node.attr}")
    return Formula(f"{group}[{script(value(node.slice, names, depth + 1))}]")


# -- calls


def _call(node: ast.Call, names: Names, depth: int) -> Any:
    if isinstance(node.func, ast.Attribute) and _of_module(node.func.value, names) == "expr":
        if node.keywords:
            raise UnclearError
        parts = ",".join(script(value(argument, names, depth + 1)) for argument in node.args)
        return Formula(f"{node.func.attr.rstrip('_')}({parts})")
    name = called(node, names)
    if name == "expr" and len(node.args) == 1 and not node.keywords:
        return Formula(str(ast.literal_eval(node.args[0])), refers=True)
    if name in ("value", "datum"):
        given = arguments(node, (name,))
        return {key: value(inner, names, depth + 1) for key, inner in given.items()}
    test = next((key for key, class_ in PREDICATES.items() if class_ == name), "")
    if test:
        given = arguments(node, ("equal", "field") if test == "equal" else ("field", test))
        return Predicate({key: value(inner, names, depth + 1) for key, inner in given.items()})
    if name in _OBJECTS:
        given = arguments(node, _OBJECTS[name])
        return {key.rstrip("_"): value(inner, names, depth + 1) for key, inner in given.items()}
    if name in _INPUTS or name == "binding":
        said = {"input": _INPUTS[name]} if name in _INPUTS else {}
        given = arguments(node, () if said else ("input",))
        return {**said, **{key: value(inner, names, depth + 1) for key, inner in given.items()}}
    if name in ("param", "selection", "selection_point", "selection_interval"):
        return _parameter(name, node, names, depth)
    raise UnclearError


_OF_PARAMETERS = frozenset({"name", "bind", "value", "empty", "expr"})


def _parameter(name: str, node: ast.Call, names: Names, depth: int) -> Parameter:
    positions = {"param": ("name", "value", "bind", "empty", "expr"), "selection": ("type",)}
    given = {
        key: json_of(value(inner, names, depth + 1))
        for key, inner in arguments(node, positions.get(name, ("name",))).items()
    }
    empty, own = given.pop("empty", None), {"name": given.pop("name", None) or ""}
    if name == "param":
        if isinstance(given.get("expr"), dict) or "views" in given or "init" in given:
            raise UnclearError
        return Parameter({**own, **given}, empty)
    kind = given.pop("type", None) if name == "selection" else name.removeprefix("selection_")
    if kind not in ("point", "interval") or {"views", "init"} & set(given):
        raise UnclearError
    select = {"type": kind, **{key: inner for key, inner in given.items() if key not in _OF_PARAMETERS}}
    return Parameter({**own, "select": select, **{k: v for k, v in given.items() if k in _OF_PARAMETERS}}, empty)


# -- data

MADE = frozenset({"url", "values", "sequence", "graticule", "sphere"})  # what data that are no frame's have
_KINDS: Mapping[str, tuple[str, ...]] = {
    "UrlData": ("url",), "InlineData": ("values",), "Data": (), "SequenceGenerator": ("sequence",),
    "GraticuleGenerator": ("graticule",), "SphereGenerator": ("sphere",),
}  # fmt: skip
_MAKERS = frozenset({*_KINDS, "topo_feature", "sphere", "graticule", "sequence"})


def data(node: ast.expr, names: Names) -> Spec:
    """The `data` of a chart: a frame by its variable, an address, one of Altair's classes."""
    if isinstance(node, ast.Name):
        bound = names.bound.get(node.id)
        return data(bound, names) if bound is not None and _is_data(bound, names) else {"name": node.id}
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {"url": node.value}
    name = called(node, names)
    if isinstance(node, ast.Dict):
        return _own_data(plain(node, names))
    if not isinstance(node, ast.Call):
        raise UnclearError
    if name == "topo_feature":
        given = {key: plain(inner, names) for key, inner in arguments(node, ("url", "feature")).items()}
        url = given.pop("url", None)
        return {"url": url, "format": {"type": "topojson", **given}}
    if name == "sphere" and not node.args and not node.keywords:
        return {"sphere": True}
    if name == "graticule":
        given = {key: plain(inner, names) for key, inner in arguments(node, ()).items()}
        return {"graticule": given or True}
    if name == "sequence":
        given = {k: plain(v, names) for k, v in arguments(node, ("start", "stop", "step", "as_")).items()}
        return {"sequence": {key.rstrip("_"): inner for key, inner in given.items()}}
    if name not in _KINDS:
        raise UnclearError
    return _own_data({key: plain(inner, names) for key, inner in arguments(node, _KINDS[name]).items()})


def _own_data(given: Spec) -> Spec:
    if not MADE & set(given):
        raise UnclearError
    return given


def _is_data(node: ast.expr, names: Names) -> bool:
    text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return (
        text
        or isinstance(node, ast.Dict)
        or called(node, names) in {*_KINDS, "topo_feature", "sphere", "graticule", "sequence"}
    )
