"""Findings in charts. What cannot be certain is not said, and one mistake is said once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from polycell.core.facts import Severity
from polycell.core.patterns import pattern
from polycell.core.results import Edit, Finding, Fix, Location, Related
from polycell.core.service import Context
from polycell.core.text import Span
from polycell.core.types import STRINGS, Certainty, Table
from polycell.core.values import replace
from polycell.languages.vega import vega_scopes
from polycell.languages.vega.data import Source
from polycell.languages.vega.fields import scope, views
from polycell.languages.vega.places import inside
from polycell.languages.vega.reading import Reading
from polycell.languages.vega.tree import Node, Path, walk
from polycell.languages.vega.validate import Problem, near, validate
from polycell.tables.charts.names import as_field, column_of, is_path

UNKNOWN_KEY = "vega-unknown-key"
MISSING_KEY = "vega-missing-key"
INVALID_VALUE = "vega-invalid-value"
UNKNOWN_FIELD = "vega-unknown-field"
UNKNOWN_NAME = "vega-unknown-name"
TYPE_MISMATCH = "vega-type-mismatch"

LISTED = 8  # values named in a message

# Names that Vega-Lite itself gives to what encodings make: `mean_price`, `bin_maxbins_10_x`, `yearmonth_date`.
_OWN_NAME = pattern(
    r"__|(?:bin|count|valid|missing|distinct|sum|product|mean|average|variancep?|stdevp?|stderr|median|q1|q3|ci0|ci1|min"
    r"|max|argmin|argmax|values|lower|upper|center|extent|mid|cumulative|exponential)_"
    r"|(?:utc|binned)*(?:year|quarter|month|week|dayofyear|day|date|hours|minutes|seconds|milliseconds)+_"
)
# Aggregates that count, whatever the values are.
_COUNTING = frozenset({"count", "valid", "missing", "distinct"})


def findings(reading: Reading, context: Context) -> Iterator[Finding]:
    root = reading.tree.root
    if root is None or root.kind != "object":
        return
    if not _is_specification(root):
        return
    if reading.outside.vega:
        found = list(of_schema(reading, root, context))
        yield from found
        if not found:
            yield from _of_names(reading, root, context)
    else:
        found = list(of_schema(reading, root, context))
        yield from found
        nodes = [v.node.get(key) for v in views(reading.outside) for key in ("encoding", "mark")]
        harmless = [node.span for node in nodes if node is not None]
        # What is wrong with data or transforms changes the fields; inside an encoding or a mark it does not.
        if all(any(h.start <= f.span.start < h.end for h in harmless) for f in found):
            yield from _of_fields(reading, context)


def _is_specification(root: Node) -> bool:
    """A cell that has just been begun has nothing to be judged."""
    return any(m.key not in ("$schema", "") for m in root.members)


# -- Vega's names


def _of_names(reading: Reading, root: Node, context: Context) -> Iterator[Finding]:
    """Names of data sets and scales that nothing in the specification has, and fields that the data do not have."""
    if reading.tree.mistakes or not reading.schemas:
        return
    fields: list[tuple[Path, Node]] = []
    for path, node in vega_scopes.texts(root):
        kind = vega_scopes.named_at(path)
        if kind is None:
            fields += [(path, node)] if reading.names_field(path) else []
        elif str(node.value) not in (known := vega_scopes.names(kind, path, root)):
            yield _unknown_name(kind, node, known, context)
    seen: set[Span] = set()
    # Data that lack a field in their own transforms lack others behind those: one mistake is said once.
    for made in (True, False):
        for path, node in fields:
            if ("transform" in path) is made:
                yield from _unknown(node, scope(path, reading.outside), context, seen)
        if seen:
            return


def _unknown_name(kind: str, node: Node, known: list[str], context: Context) -> Finding:
    name, what = str(node.value), "data set" if kind == "data" else "scale"
    meant = near(name, known)
    others = f"There are {_listed(known)}." if known else f"It has no {what}."
    advice = f"Did you mean `{meant}`?" if meant else others
    fixes = (_change(context, inside(node), meant, preferred=True),) if meant else ()
    return Finding(UNKNOWN_NAME, inside(node), f"`{name}` is no {what} of this chart. {advice}", "warning", fixes=fixes)


# -- the schema


def of_schema(reading: Reading, root: Node, context: Context) -> Iterator[Finding]:
    judged = []
    for schema in reading.schemas:
        judged.append(validate(schema, root))
        if not judged[-1]:
            return
    problems = judged[0] if judged else ()
    given = "" in reading.outside.given
    for problem in problems:
        if problem.kind == "missing-key" and problem.span.start == root.start:
            lacking = tuple(c for c in problem.choices if c != "data")
            if not lacking:
                continue
            problem = replace(problem, name=lacking[0], choices=lacking)
        yield _finding(problem, context)
    if reading.host == "polynote" and root.member("data") is None and not given and context.cell.magic is None:
        message = "Polynote draws a chart only when it has `data` at its top, such as `data: {values: name}`."
        yield Finding(MISSING_KEY, Span(root.start, root.start + 1), message, "warning")


def _finding(problem: Problem, context: Context) -> Finding:
    where = f" of `{problem.parent}`" if problem.parent else ""
    meant = problem.meant if problem.kind in ("unknown-key", "value") else ""
    severity: Severity = "warning"
    fixes = (_change(context, _without_marks(problem.span, context.cell.text), meant, preferred=True),) if meant else ()
    if problem.kind == "unknown-key":
        advice = f" Did you mean `{meant}`?" if meant else " It has no effect."
        text = f"`{problem.name}` is no property{where or ' of a chart'}.{advice}"
        return Finding(UNKNOWN_KEY, problem.span, text, severity, fixes=fixes)
    if problem.kind == "missing-key":
        subject = f"`{problem.parent}`" if problem.parent else "A chart"
        wanted = _listed(sorted(problem.choices, key=lambda c: c != "mark"))
        return Finding(MISSING_KEY, problem.span, f"{subject} needs {wanted}.", severity)
    if problem.kind == "value":
        advice = f"Did you mean `{meant}`?" if meant else f"It takes {_listed(problem.choices, problem.kinds)}."
        text = f"`{problem.name}` is no value{where}. {advice}"
        return Finding(INVALID_VALUE, problem.span, text, severity, fixes=fixes)
    subject = f"`{problem.parent}`" if problem.parent else "A chart"
    if problem.kind == "kind":
        wanted = _listed((), problem.choices)
        name = "null" if problem.name == "null" else _article(problem.name)
        return Finding(INVALID_VALUE, problem.span, f"{subject} takes {wanted}, not {name}.", severity)
    wanted = _listed(problem.choices, quoted=False)
    return Finding(INVALID_VALUE, problem.span, f"{subject} takes {wanted}, not {problem.name}.", severity)


def _listed(choices: Iterable[object], kinds: Iterable[str] = (), *, quoted: bool = True) -> str:
    texts = ["true" if c is True else "false" if c is False else "null" if c is None else str(c) for c in choices]
    shown = [f"`{t}`" if quoted else t for t in texts[:LISTED]]
    if len(texts) > LISTED:
        return ", ".join(shown) + ", …"
    shown += [_article(k) for k in kinds]
    return " or ".join(filter(None, [", ".join(shown[:-1]), shown[-1]])) if shown else "something else"


def _article(kind: str) -> str:
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


def _change(context: Context, span: Span, to: str, *, preferred: bool) -> Fix:
    """Write `to` at a string's inside or a bare word."""
    written = json.dumps(to, ensure_ascii=False)[1:-1]
    return Fix(f"Change to `{to}`", (Edit(context.cell.id, span, written),), preferred)


def _without_marks(span: Span, text: str) -> Span:
    """A string's or key's inside."""
    if text[span.start : span.start + 1] in ("'", '"') and span.end - span.start > 1:
        return Span(span.start + 1, span.end - 1)
    return span


# -- fields


def _of_fields(reading: Reading, context: Context) -> Iterator[Finding]:
    seen: set[Span] = set()
    for view in views(reading.outside):
        encoding = view.node.get("encoding")
        if encoding is not None and encoding.kind == "object":
            for channel in encoding.members:
                for definition in _definitions(channel.value):
                    field = definition.get("field")
                    if field is not None and field.kind == "string":
                        yield from _unknown(field, view.source, context, seen)
                    yield from _mismatch(definition, view.source.table, context)
        transforms = view.node.get("transform")
        if transforms is not None and transforms.kind == "array":
            for at, transform in enumerate(transforms.items):
                yield from _in_transform(transform, (*view.path, "transform", at), reading, context, seen)
        repeat = view.node.get("repeat")
        if repeat is not None:
            for path, node in walk(repeat):
                if node.kind == "string" and path and isinstance(path[-1], int):
                    yield from _unknown(node, view.source, context, seen)


def _definitions(channel: Node) -> Iterator[Node]:
    """The definitions of a channel: itself, each of a list, and those under `condition`."""
    for one in channel.items if channel.kind == "array" else (channel,):
        if one.kind == "object":
            yield one
            condition = one.get("condition")
            if condition is not None:
                yield from (c for c in (condition, *condition.items) if c.kind == "object")


# Where a transform names fields that must be there: the key, and inside a list of objects the inner key.
_FIELD_KEYS = frozenset(
    {
        "field",
        "groupby",
        "lookup",
        "fold",
        "flatten",
        "pivot",
        "value",
        "density",
        "regression",
        "loess",
        "on",
        "impute",
    }
    | {"key", "stack", "quantile"}
)


def _in_transform(
    transform: Node, path: Path, reading: Reading, context: Context, seen: set[Span]
) -> Iterator[Finding]:
    if transform.kind != "object" or transform.get("sample") is not None:
        return
    home = scope(path, reading.outside)
    is_impute = transform.get("impute") is not None
    for inner, node in walk(transform):
        if node.kind != "string" or not inner:
            continue
        keys = [step for step in inner if isinstance(step, str)]
        key = keys[-1]
        if "as" in keys or (key == "value" and is_impute) or key not in _FIELD_KEYS:
            continue
        if keys[0] == "from":
            if keys[-1] == "key" and len(keys) == 2:
                yield from _unknown(node, scope((*path, *inner), reading.outside), context, seen)
            continue
        if keys[0] == "filter" and key != "field":
            continue
        if len(keys) > 1 and key != "field":
            continue
        if key == "field" and node.value == "*":
            continue
        yield from _unknown(node, home, context, seen)
    origin = transform.get("from")
    fields = origin.get("fields") if origin is not None else None
    if fields is not None and fields.kind == "array":
        foreign = scope((*path, "from", "fields"), reading.outside)
        for node in fields.items:
            if node.kind == "string":
                yield from _unknown(node, foreign, context, seen)


def _unknown(field: Node, home: Source, context: Context, seen: set[Span]) -> Iterator[Finding]:
    table = home.table
    name = str(field.value)
    if not table.proves_absence or not table.columns or not name or field.span in seen:
        return
    if column_of(table, name) is not None or is_path(name) or _OWN_NAME.match(name):
        return
    index = home.binding.type.index if home.binding is not None and isinstance(home.binding.type, Table) else ()
    if any(c.name == name for c in index):
        return  # some ways of handing a frame over keep its index
    seen.add(field.span)
    meant = near(name, (c.name for c in table.columns))
    advice = f"Did you mean `{meant}`?" if meant else f"There are {_listed(c.name for c in table.columns)}."
    where = f"`{home.name}`" if home.name and home.name != "values" else "the data"
    text = f"`{name}` is no field of {where} here. {advice}"
    certain = meant.casefold() == name.casefold()
    fixes = (_change(context, inside(field), as_field(meant), preferred=certain),) if meant else ()
    yield Finding(UNKNOWN_FIELD, inside(field), text, "warning", _related(home, context), fixes)


def _related(home: Source, context: Context) -> tuple[Related, ...]:
    origin = home.binding.origin if home.binding is not None else None
    index = context.notebook.index(origin.cell) if origin is not None and origin.cell else None
    if origin is None or index is None:
        return ()
    place = origin.find(context.notebook.cells[index].text)
    return (Related(Location(Span(*place), origin.cell), f"`{home.name}` comes from here"),) if place else ()


def _mismatch(definition: Node, table: Table, context: Context) -> Iterator[Finding]:
    """A text measured as a quantity: a chart shows nothing of it."""
    said, name = definition.get("type"), definition.text("field")
    if said is None or said.value != "quantitative" or name is None:
        return
    if definition.text("aggregate") in _COUNTING or (definition.get("aggregate") or said).kind == "object":
        return
    column = table.column(name)
    if column is None or column.type is None or column.type.name not in STRINGS or column.maybe:
        return
    if column.certainty is Certainty.CERTAIN and column.type_certainty is Certainty.CERTAIN:
        text = f"`{name}` is text, which a quantitative scale does not show. Did you mean `nominal`?"
        fix = _change(context, inside(said), "nominal", preferred=False)
        yield Finding(TYPE_MISMATCH, inside(said), text, "hint", fixes=(fix,))
