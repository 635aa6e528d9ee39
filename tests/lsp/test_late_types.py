"""The protocol's classes built late are those that are built at once."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from types import ModuleType

import attrs
import pytest
from lsprotocol import converters, types

from polycell.lsp import late_types

CLASSES = sorted(name for name, found in vars(types).items() if isinstance(found, type) and attrs.has(found))


@pytest.fixture
def late() -> Iterator[ModuleType]:
    """A second copy of the module, whose classes are built late."""
    spec = importlib.util.spec_from_file_location("lsprotocol.late_copy", types.__file__)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    with late_types.late(spec.name):
        spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def test_a_class_is_built_when_it_is_used_and_no_other(late: ModuleType) -> None:
    def built() -> set[str]:
        return {name for name in CLASSES if isinstance(vars(getattr(late, name))["__attrs_attrs__"], tuple)}

    before = built()
    assert late.Range(late.Position(1, 2), late.Position(1, 3)).end.character == 3
    assert built() - before == {"Range", "Position"}
    assert attrs.has(late.Hover)
    assert built() - before == {"Range", "Position", "Hover"}


def test_they_have_the_same_fields(late: ModuleType) -> None:
    def told(cls: type) -> list[tuple[object, ...]]:
        said = []
        for field in attrs.fields(cls):
            default = field.default.factory if isinstance(field.default, attrs.Factory) else field.default
            said.append((field.name, str(default), repr(field.validator), field.kw_only, field.eq, field.repr))
        return said

    assert len(CLASSES) > 500
    for name in CLASSES:
        ours, theirs = getattr(late, name), getattr(types, name)
        assert told(ours) == told(theirs)
        assert [b.__name__ for b in ours.__mro__] == [b.__name__ for b in theirs.__mro__]
        assert ours.__match_args__ == theirs.__match_args__


def test_it_compares_and_shows_itself_alike(late: ModuleType) -> None:
    def said(module: ModuleType) -> tuple[object, ...]:
        start, end = module.Position(0, 1), module.Position(2, 0)
        where = module.Range(start, end)
        item = module.CompletionItem("x", kind=module.CompletionItemKind.Field)
        return (
            start < end,
            start == module.Position(0, 1),
            where == module.Range(start, module.Position(2, 0)),
            where == module.Range(end, end),
            repr(where),
            repr(item).replace(module.__name__, ""),
        )

    assert said(late) == said(types)


def test_it_refuses_what_the_other_refuses(late: ModuleType) -> None:
    for module in (late, types):
        with pytest.raises(TypeError):
            module.Position(1)
        with pytest.raises((TypeError, ValueError)):
            module.Position(-1, 0)


_PROGRAM = """
import sys
from polycell.lsp import late_types
late_types.load()
from lsprotocol import converters, types
converter = converters.get_converter()
at = {"textDocument": {"uri": "x:"}, "position": {"line": 3, "character": 4}, "context": {"triggerKind": 1}}
asked = converter.structure({"jsonrpc": "2.0", "id": 0, "method": "textDocument/completion", "params": at},
                            types.CompletionRequest)
where = types.Range(asked.params.position, asked.params.position)
hover = types.Hover(types.MarkupContent(types.MarkupKind.Markdown, "x"), where)
finding = types.Diagnostic(where, "x", code="x", severity=types.DiagnosticSeverity.Hint)
told = types.PublishDiagnosticsParams("x:", [finding])
print([converter.unstructure(found) for found in (asked, hover, told)])
classes = [c for c in vars(types).values() if isinstance(c, type) and "__attrs_attrs__" in vars(c)]
print(sum(isinstance(vars(c)["__attrs_attrs__"], tuple) for c in classes) < len(classes) / 4, file=sys.stderr)
"""


def test_a_conversation_needs_few_and_converts_them_alike() -> None:
    late = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True)
    assert late.stderr.strip() == "True"
    converter = converters.get_converter()
    at = types.Position(3, 4)
    where = types.Range(at, at)
    document = types.TextDocumentIdentifier("x:")
    context = types.CompletionContext(types.CompletionTriggerKind.Invoked)
    asked = types.CompletionRequest(0, types.CompletionParams(document, at, context=context))
    hover = types.Hover(types.MarkupContent(types.MarkupKind.Markdown, "x"), where)
    finding = types.Diagnostic(where, "x", code="x", severity=types.DiagnosticSeverity.Hint)
    told = types.PublishDiagnosticsParams("x:", [finding])
    assert late.stdout.strip() == str([converter.unstructure(found) for found in (asked, hover, told)])
