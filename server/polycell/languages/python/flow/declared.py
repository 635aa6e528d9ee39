"""Classes that declare columns, and annotations that name them.

Read off the class's body: pandera's `DataFrameModel`, patito's `Model`, and classes of which a value is one row
(`dataclass`, `NamedTuple`, `TypedDict`, pydantic's `BaseModel`). A base class that declares columns passes them on.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Literal

from polycell.core.types import UNKNOWN, Class, Collection, Column, Flavour, Module, Record, Schema, Table, Type
from polycell.core.values import replace
from polycell.languages.python.flow.interpreter import Interpreter
from polycell.languages.python.frames import rules
from polycell.languages.python.frames.columns import UNKNOWN_INDEX, unknown_table, with_columns
from polycell.languages.python.frames.schema_rules import PANDERA, conforming, declared_column, schema_of
from polycell.languages.python.frames.type_nodes import named_type
from polycell.languages.python.syntax.shapes import dotted

Kind = Literal["pandera", "patito", "dataclass", "tuple", "dict", "model"]

_BASES: dict[str, Kind] = {
    **{f"{module}.{name}": "pandera" for module in PANDERA for name in ("DataFrameModel", "SchemaModel")},
    "patito.Model": "patito",
    "typing.NamedTuple": "tuple",
    "typing.TypedDict": "dict",
    "typing_extensions.TypedDict": "dict",
    "pydantic.BaseModel": "model",
    "pydantic.main.BaseModel": "model",
    "sqlmodel.SQLModel": "model",
}
_DECORATORS = frozenset({"dataclasses.dataclass", "pydantic.dataclasses.dataclass"})
# Annotations `X[Schema]`: a frame that a class describes.
_FRAMES: dict[str, Flavour] = {
    **{f"{m}.DataFrame": "pandas" for m in ("pandera.typing", "pandera.typing.pandas", "pandera.pandas.typing")},
    "pandera.typing.polars.DataFrame": "polars",
    "pandera.typing.polars.LazyFrame": "polars-lazy",
    "pandera.typing.pyspark_sql.DataFrame": "spark",
    "patito.DataFrame": "polars",
    "patito.LazyFrame": "polars-lazy",
    "strictly_typed_pandas.DataSet": "pandas",
}
_LISTS = frozenset({"list", "List", "Sequence", "Iterable"})


def class_schema(run: Interpreter, node: ast.ClassDef) -> Schema | None:
    """The columns that a class declares; None for a class that declares none."""
    kind: Kind | None = None
    inherited: list[Schema] = []
    module = ""
    for base in node.bases:
        type_ = run.evaluate(base)
        if isinstance(type_, Module):
            kind = kind or _BASES.get(type_.qualified)
            module = type_.qualified
        elif isinstance(type_, Class) and type_.schema is not None:
            inherited.append(type_.schema)
    if kind is None and inherited:
        kind = _kind_of(inherited[0])
    if any(_is_dataclass(run, decorator) for decorator in node.decorator_list):
        kind = "dataclass"
    if kind is None:
        return None
    columns: dict[str, Column] = {c.name: c for schema in inherited for c in schema.table.columns}
    index: list[Column] = [c for schema in inherited for c in schema.table.index if c.name]
    frames = kind in ("pandera", "patito")
    regular = all(not schema.table.open or frames for schema in inherited)
    for statement in node.body:
        if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
            continue
        found = _column(run, statement, kind)
        if found is None:
            regular = False
        elif (column := found[0]) is not None and found[1] == "Index":
            index.append(column)
        elif column is not None:
            columns[column.name] = column
    flavour: Flavour = "polars" if kind == "patito" or "polars" in module else "pandas" if frames else "table"
    if inherited and frames:
        flavour = inherited[0].table.flavour
    strict = _strict(node) or any(not s.table.open for s in inherited) if frames else True
    table = with_columns(Table(open=not (regular and strict), flavour=flavour), columns.values())
    if kind == "pandera" and flavour == "pandas":
        table = replace(table, index=tuple(index) or UNKNOWN_INDEX)
    return Schema(table, "model" if kind == "patito" else "" if kind == "pandera" else kind)


def _kind_of(schema: Schema) -> Kind:
    if schema.row == "model" and schema.table.flavour == "polars":
        return "patito"
    return schema.row or "pandera"


def _is_dataclass(run: Interpreter, decorator: ast.expr) -> bool:
    node = decorator.func if isinstance(decorator, ast.Call) else decorator
    type_ = run.evaluate(node)
    return isinstance(type_, Module) and type_.qualified in _DECORATORS


def _column(run: Interpreter, node: ast.AnnAssign, kind: Kind) -> tuple[Column | None, str] | None:
    """(the column of a field, Series or Index); (None, "") for what is no field; None for one that makes several."""
    assert isinstance(node.target, ast.Name)
    name = node.target.id
    text = run.text_of(node.annotation)
    if name.startswith("_") or "ClassVar" in text or "InitVar" in text or name == "model_config":
        return None, ""
    given: dict[str | None, ast.expr] = {}
    if isinstance(node.value, ast.Call):
        given = {k.arg: k.value for k in node.value.keywords}
    if kind == "pandera":
        alias, regex = given.get("alias"), given.get("regex")
        if isinstance(regex, ast.Constant) and regex.value:
            return None
        if isinstance(alias, ast.Constant) and isinstance(alias.value, str):
            name = alias.value
        elif alias is not None:
            return None
    said = named_type(node.annotation)
    type_, nullable = said.type, said.nullable
    if kind == "patito" and "dtype" in given:
        type_ = named_type(given["dtype"]).type
    if kind == "pandera":
        flag = given.get("nullable")
        nullable = isinstance(flag, ast.Constant) and flag.value is True
    elif said.optional and type_ is not None and kind != "patito":
        type_ = None if "int" in type_.name or type_.name == "bool" else type_  # missing values make it another
    column = declared_column(
        run, name, type_, node, nullable=nullable or None, maybe=kind == "pandera" and said.optional,
        certain=kind in ("pandera", "patito"),
    )  # fmt: skip
    if name == node.target.id:  # `place` looks for texts; a field is a name
        column = replace(column, origin=run.anchor(run.source.span(node.target).start, name))
    return column, said.wrapper


def _strict(node: ast.ClassDef) -> bool:
    """`class Config: strict = True`."""
    for statement in node.body:
        if isinstance(statement, ast.ClassDef) and statement.name == "Config":
            for setting in statement.body:
                if isinstance(setting, ast.Assign) and isinstance(setting.value, ast.Constant):
                    names = {t.id for t in setting.targets if isinstance(t, ast.Name)}
                    if "strict" in names and setting.value.value in (True, "filter"):
                        return True
    return False


def instance(callee: Class) -> Record:
    """A value of a class: its fields are the class's members."""
    if callee.schema is not None and callee.schema.row == "dict":
        return Record(callee.members, "dict", open=True, schema=callee.schema)
    return Record(callee.members, callee.name.rsplit(".", 1)[-1], open=True, schema=callee.schema)


def annotated(run: Interpreter, node: ast.expr) -> Type:
    """What an annotation says that describes rows or a frame by a class; UNKNOWN for others."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        sides = [s for s in (node.left, node.right) if not (isinstance(s, ast.Constant) and s.value is None)]
        return annotated(run, sides[0]) if len(sides) == 1 else UNKNOWN
    if isinstance(node, (ast.Name, ast.Attribute)):
        type_ = run.evaluate(node)
        if isinstance(type_, Class) and type_.schema is not None and type_.schema.row:
            return instance(type_)
        return rules.of_class_name(type_.qualified) if isinstance(type_, Module) else UNKNOWN
    if not isinstance(node, ast.Subscript):
        return UNKNOWN
    name = dotted(node.value).rpartition(".")[2]
    if name == "Optional":
        return annotated(run, node.slice)
    if name in _LISTS:
        inner = annotated(run, node.slice)
        return Collection("list", inner if inner != UNKNOWN else None)
    if name == "Annotated" and isinstance(node.slice, ast.Tuple) and node.slice.elts:
        frame = annotated(run, node.slice.elts[0])
        for note in node.slice.elts[1:]:
            schema = schema_of(run.evaluate(note))
            if schema is not None and isinstance(frame, Table):
                return conforming(schema, frame)
        return frame
    owner = run.evaluate(node.value)
    flavour = _FRAMES.get(owner.qualified) if isinstance(owner, Module) else None
    if flavour is None:
        return UNKNOWN
    schema = schema_of(run.evaluate(node.slice))
    if schema is None:
        return unknown_table(flavour)
    return replace(schema.table, flavour=flavour, index=schema.table.index if flavour == "pandas" else ())


def made_by(run: Interpreter, qualified: str, node: ast.Call) -> Class | None:
    """The class that a call makes: `namedtuple("Row", "a b")`, `NamedTuple("Row", [("a", int)])`, `TypedDict(…)`."""
    if qualified not in ("collections.namedtuple", "typing.NamedTuple", "typing.TypedDict") or len(node.args) != 2:
        return None
    columns = [*_listed(run, node.args[1])]
    if not columns:
        return None
    name = node.args[0].value if isinstance(node.args[0], ast.Constant) else "row"
    row: Literal["tuple", "dict"] = "dict" if qualified.endswith("Dict") else "tuple"
    schema = Schema(with_columns(Table(), columns), row)
    return Class(str(name), "", "", tuple((c.name, UNKNOWN) for c in columns), schema)


def _listed(run: Interpreter, node: ast.expr) -> Iterator[Column]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        for name in node.value.replace(",", " ").split():
            yield declared_column(run, name, None, node)
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield declared_column(run, key.value, named_type(value).type, key, certain=False)
    elif isinstance(node, (ast.List, ast.Tuple)):
        for element in node.elts:
            pair = element.elts if isinstance(element, ast.Tuple) else [element]
            if isinstance(pair[0], ast.Constant) and isinstance(pair[0].value, str):
                type_ = named_type(pair[1]).type if len(pair) > 1 else None
                yield declared_column(run, pair[0].value, type_, pair[0], certain=False)
