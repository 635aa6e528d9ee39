"""Python's own semantics with ty: members, call forms, places, across cells with magics around them."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from typing import Any

import pytest

from polycell.bridge.server import Server
from polycell.bridge.text import Text
from polycell.core.notebook import Notebook
from polycell.core.types import STRING, Collection, Scalar
from polycell.languages.python.engine import completion
from polycell.languages.python.engine.declarations import declared
from polycell.languages.python.engine.items import Entry, entries
from polycell.languages.python.engine.members import rehearse, rehearse_modules
from polycell.languages.python.engine.slices import slice_of
from polycell.languages.python.engine.typed import receiver_slice
from tests import dsl
from tests.languages.python.engines import Running, running


@pytest.fixture(scope="module")
def ty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("notebooks")
    (folder / "helper.py").write_text('def assist(what: str) -> str:\n    """Lend a hand."""\n    return what\n')
    with running("ty", folder) as made:
        yield made


MAGICS = {
    "above": "# %%\n%matplotlib inline\n!ls\n{}",
    "in the middle": "# %%\nx = 1\n%time y = 2\n!echo {{x}}\n{}",
    "below": "# %%\n{}\n\n%timeit x\nfiles = !ls\n",
    "of the cell": "# %%\n%%time\n{}",
}


@pytest.mark.parametrize("around", MAGICS.values(), ids=MAGICS)
def test_members_of_library_objects(ty: Running, around: str) -> None:
    above = "# %%\nimport math, json as j\ntext = 'abc'\n"
    assert "sqrt" in ty.labels(above + around.format("math.<|>"))
    assert "loads" in ty.labels(above + around.format("j.lo<|>"))
    assert "upper" in ty.labels(above + around.format("text.<|>"))


def test_what_the_host_puts_in_place_of_a_builtin_is_used_as_that(ty: Running) -> None:
    assert "readline" in ty.labels("# %%\nwith open('a.txt') as file:\n    file.<|>")


def test_members_of_modules_are_those_of_the_text_and_asked_for_once(
    ty: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    at = Server.at

    async def counted(self: Server, text: Text, method: str, offset: int | None = None, **more: Any) -> Any:
        asked.append(method)
        return await at(self, text, method, offset, **more)

    monkeypatch.setattr(Server, "at", counted)
    assert "dom" not in ty.labels("# %%\nimport xml.sax\n# %%\nxml.<|>")
    assert "dom" in ty.labels("# %%\nimport xml.sax\n# %%\nfrom xml.dom import Node\nimport xml\nxml.<|>")
    found = ty.labels("# %%\nimport fractions\n# %%\nx = 1\nfractions.<|>")
    asked.clear()
    assert ty.labels("# %%\nimport fractions, json\nother = 2\n# %%\ny = other\nfractions.<|>") == found
    assert ty.labels("# %%\nimport fractions as f\n# %%\nif True:\n    f.<|>") == found
    assert asked == []
    ty.engine.files_changed({str(ty.folder / "other.py"): "created"})
    assert ty.labels("# %%\nimport fractions\n# %%\nfractions.<|>") == found
    assert asked == ["textDocument/completion"]


def test_members_of_frames_are_asked_for_before_anybody_asks(ty: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    notebook = dsl.parse("# %%\nimport json, pandas as pd\n# %%\npd<|>", ty.folder)[0]
    ty.engine.files_changed({})
    ty.run(rehearse(ty.engine, notebook, [cell.text for cell in notebook.cells]))

    async def nobody(*asked: Any) -> None:
        raise AssertionError(f"{asked} is asked")

    monkeypatch.setattr(ty.engine, "ask", nobody)
    assert "groupby" in ty.labels("# %%\nimport pandas as pd\ndf = pd.DataFrame({'a': [1]})\n# %%\ndf.<|>")


def test_members_of_large_modules_are_asked_for_before_anybody_asks(
    ty: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "# %%\nimport numpy as np, json\nimport pandas as pd\n# %%\nnp.<|>"
    notebook = dsl.parse(text, ty.folder)[0]
    asked: list[str] = []
    inner = ty.engine.ask

    async def told(notebook: Notebook, name: str, *rest: Any) -> Any:
        asked.append(name.rpartition("import ")[2].split()[0])
        return await inner(notebook, name, *rest)

    monkeypatch.setattr(ty.engine, "ask", told)
    ty.engine.files_changed({})
    ty.run(rehearse_modules(ty.engine, notebook, [cell.text for cell in notebook.cells]))
    assert asked == ["numpy", "pandas"]
    assert "linspace" in ty.labels(text)
    assert "read_csv" in ty.labels(text.replace("np.", "pd."))
    assert asked == ["numpy", "pandas"]


def test_a_changed_module_is_read_again(ty: Running) -> None:
    module = ty.folder / "grows.py"
    module.write_text("first = 1\n")
    text = "# %%\nimport grows\n# %%\ngrows.<|>"
    ty.engine.files_changed({str(module): "created"})
    assert {"first", "second"} & set(ty.labels(text)) == {"first"}
    module.write_text("first = 1\nsecond = 2\n")
    ty.engine.files_changed({str(module): "changed"})
    assert {"first", "second"} <= set(ty.labels(text))


@pytest.mark.parametrize(
    ("text", "member"),
    [
        ("x = f(os.path.<|>\n      index=[1])", "join"),
        ("x = f(os.path.jo<|>\n      index=[1])", "join"),
        ("x = {'a': os.path.<|>\n     'b': 1}", "join"),
        ("x = [i.<|>\n     for i in ['a']]", "upper"),
    ],
)
def test_the_next_line_is_not_read_as_the_member(ty: Running, text: str, member: str) -> None:
    assert member in ty.labels(f"# %%\nimport os\ndef f(*a, **k): ...\n# %%\n{text}")


def test_inside_of_a_word(ty: Running) -> None:
    assert "sqrt" in ty.labels("# %%\nimport math\n# %%\nmath.<|>sqrt(2)")
    assert "sqrt" in ty.labels("# %%\nimport math\n# %%\nx = math.sq<|>rt(2) + 1\nprint(x)")


def test_types_asked_for_at_once_keep_their_own_members(ty: Running) -> None:
    """What is asked of one text is not answered from another, though nobody waits for the first."""
    texts = [f"# %%\nx = {value}\n# %%\nx.<|>" for value in ("'a'", "1", "1.5", "b'a'", "[1]", "{1: 2}")]
    found = ty.labels_at_once(texts)
    wanted = ["casefold", "bit_length", "is_integer", "decode", "append", "popitem"]
    assert [[w for w in wanted if w in labels] for labels in found] == [[w] for w in wanted]


def test_names_of_a_script_that_is_run(ty: Running) -> None:
    assert "upper" in ty.labels("# %%\n%run helper.py\n# %%\nassist('a').<|>")
    assert ty.signature("# %%\n%run helper\n# %%\nassist(<|>") == ("assist(what: str) -> str", "what: str")


def test_members_of_an_own_class_that_uses_an_import_of_another_cell(ty: Running) -> None:
    found = ty.labels("""
        # %%
        import fractions
        # %%
        class Maker:
            def make(self) -> fractions.Fraction:
                return fractions.Fraction(1, 2)
        # %%
        made = Maker().make()
        # %%
        made.<|>
        """)
    assert "numerator" in found


def test_the_nearest_binding_counts(ty: Running) -> None:
    found = ty.labels("""
        # %%
        import fractions, pathlib
        thing = fractions.Fraction(1)
        # %%
        thing = pathlib.PurePath(str(thing))
        # %%
        thing.<|>
        """)
    assert "parent" in found
    assert "numerator" not in found


def test_columns_come_before_members_and_nothing_twice(ty: Running) -> None:
    found = ty.labels("""
        # %%
        import pandas as pd
        sales = pd.DataFrame({"day": ["x"], "price": [1.0]})
        # %%
        %time total = 1
        sales[sales.price > 1].<|>
        """)
    assert found[:2] == ["day", "price"]
    assert {"groupby", "to_csv", "merge"} <= set(found)
    assert len(found) == len(set(found))


def test_a_method_that_hides_a_column(ty: Running) -> None:
    found = ty.items("# %%\nimport pandas as pd\ndf = pd.DataFrame({'count': [1]})\n# %%\ndf.<|>")
    assert [(i.kind, i.insert) for i in found if i.label == "count"] == [("column", '["count"]'), ("method", "")]


def test_accessors(ty: Running) -> None:
    assert "contains" in ty.labels("""
        # %%
        import pandas as pd
        sales = pd.DataFrame({"day": ["x"]})
        # %%
        sales["day"].str.<|>
        """)


@pytest.mark.parametrize(
    ("value", "member"),
    [
        ("re.match('a', 'b').gr", "group"),
        ("if True:\n    re.match('a', 'b').", "group"),
        ("plt.subplots(2, 2)[1].", "ravel"),
        ("pd.DataFrame({'b': ['x']}).columns.str.", "upper"),
    ],
    ids=["may be None", "may be None, indented", "axes", "names of columns"],
)
def test_members_that_ty_alone_does_not_tell(ty: Running, value: str, member: str) -> None:
    assert member in ty.labels(
        f"# %%\nimport re\nimport pandas as pd, matplotlib.pyplot as plt\n# %%\n{value}<|>\ny = 1"
    )


@pytest.mark.parametrize("line", ["%time made.<|>", "%timeit made.<|>\nx = 1", "!ls {made.<|>}", "?made.<|>"])
def test_members_in_lines_that_are_no_python_while_they_are_written(ty: Running, line: str) -> None:
    found = ty.labels(f"# %%\nimport subprocess\nmade = subprocess.run('x')\n# %%\n{line}")
    assert "returncode" in found
    assert "abs" not in found


def test_plots_have_a_call_form_and_a_hover(ty: Running) -> None:
    frame = "# %%\nimport pandas as pd\ndf = pd.DataFrame({'b': ['x']})\n# %%\n"
    assert (ty.signature(f"{frame}df.plot('b', <|>") or ("", ""))[1] == "y"
    assert (ty.signature(f"{frame}df['b'].plot(title=<|>)") or ("", ""))[1] == "title"
    assert "Make plots" in ty.hover(f"{frame}df.pl<|>ot()")


@pytest.mark.parametrize(
    ("cell", "member"),
    [
        ("%%capture out\nprint(1)\n# %%\nout.<|>", "stdout"),
        ("files = !ls\n# %%\nfiles.<|>", "append"),
        ("display<|>", "display"),
        ("%%sql --save x\nselect 1\n# %%\nimport helper\n# %%\nhelper.<|>", "assist"),
    ],
    ids=["%%capture", "! lines", "of the host", "module beside the notebook"],
)
def test_names_from_elsewhere(ty: Running, cell: str, member: str) -> None:
    assert member in ty.labels(f"# %%\n{cell}")


@pytest.mark.parametrize("above", ["", "# %%\n"], ids=["in the same cell", "in a cell below"])
@pytest.mark.parametrize("command", ["!ls", "!!ls -l", "%sx ls", "%system ls"])
def test_lines_of_commands_have_what_ipython_gives_them(ty: Running, command: str, above: str) -> None:
    made = f"# %%\nfiles = {command}\n{above}"
    assert {"fields", "grep", "n", "append"} <= set(ty.labels(made + "files.<|>"))
    assert {"fields", "grep"} <= set(ty.labels(made + "files.grep('a').<|>"))
    assert "upper" in ty.labels(made + "files[0].<|>")
    assert ty.define(made + "files.gre<|>p('a')") == [("text.py", "")]
    assert "grep" in ty.labels(f"# %%\nif True:\n    files = {command}\n    files.<|>")


def test_lines_are_a_list_where_ipython_is_not_installed(ty: Running) -> None:
    said = declared(Collection("list", Scalar(STRING), name="nowhere.text.SList"))
    assert said is not None
    text = receiver_slice(said)
    notebook = dsl.parse("# %%\n1", ty.folder)[0]
    answer = ty.run(ty.engine.ask(notebook, "members", text, "textDocument/completion", len(text)))
    assert answer is not None
    assert "append" in {entry.label for entry in entries(answer.result)}


def test_what_other_magics_yield(ty: Running) -> None:
    assert "average" in ty.labels("# %%\ntook = %timeit -o 1\ntook.<|>")
    assert "upper" in ty.labels("# %%\nhere = %pwd\n# %%\nhere.<|>")


def test_files_are_opened_by_python(ty: Running) -> None:
    assert "readline" in ty.labels("# %%\nwith open('a') as file:\n    file.<|>")


def test_blanks_of_magics_are_not_shown_to_an_engine() -> None:
    # Some split lines at form feeds, which begin the indentation anew behind a magic.
    text = "# %%\nfor i in [1]:\n    %time y = i\n%time z = 'ü'\n%timeit -n 3 z"
    case = dsl.load(text)
    context = case.snapshot.analysis.context(0)
    cut = slice_of(context)
    assert "\f" not in cut.text
    assert [line for line in cut.text.splitlines() if "_polycell" not in line][:3] == [
        "for i in [1]:",
        "    y = i",
        "z = 'ü'",
    ]
    for word in ("i in [1]", "y = i", "z = 'ü'"):
        at = cut.map.to_document("c0", context.cell.text.index(word))
        assert at is not None
        assert cut.text.startswith(word, at)


def test_an_engine_that_knows_less_than_we_do(ty: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    async def nothing(*_: object) -> list[Entry]:
        return [Entry("mro", "method"), Entry("__class__", "property")]

    monkeypatch.setattr(completion, "_members", nothing)
    found = ty.labels("# %%\nimport pandas as pd\ndf = pd.DataFrame({'a': [1]})\ndf.<|>")
    assert found[0] == "a"
    assert "groupby" in found


def test_own_methods_have_their_documentation(ty: Running) -> None:
    above = '# %%\nclass Maker:\n    def make(self):\n        """Make it."""\nmaker = Maker()\n# %%\n!ls\n'
    assert "Make it." in ty.hover(above + "maker.ma<|>ke()")


def test_keyword_arguments_come_first(ty: Running) -> None:
    assert ty.labels("# %%\nimport json\n# %%\njson.dumps({}, ind<|>)")[0] == "indent="


def test_what_only_stubs_call_a_builtin_is_not_offered(ty: Running) -> None:
    assert not hasattr(builtins, "ellipsis")
    found = ty.labels("# %%\nmax(1, <|>)")
    assert "default=" in found
    assert "ellipsis" not in found
    own = "# %%\ndef f():\n    ellipsis = 1\n    elli<|>"
    assert "ellipsis" in ty.labels(own)


def test_names_inside_of_functions(ty: Running) -> None:
    assert ty.labels("# %%\ndef f(alphabetical):\n    return alphab<|>")[0] == "alphabetical"


def test_what_begins_as_typed_comes_first_and_private_names_last(ty: Running) -> None:
    found = ty.labels("# %%\nimport json\n# %%\njson.de<|>")
    assert found[:2] == ["decoder", "detect_encoding"]
    names = ty.labels("# %%\nfrom collections import <|>")
    private = [name.startswith("_") for name in names]
    assert private == sorted(private)


def test_modules(ty: Running) -> None:
    assert "colorsys" in ty.labels("# %%\nimport colors<|>")
    assert "OrderedDict" in ty.labels("# %%\nfrom collections import Ord<|>")


def test_hover_tells_documentation_from_where_it_is(ty: Running) -> None:
    assert "Lend a hand." in ty.hover("# %%\nimport helper\n# %%\n!ls\nhelper.ass<|>ist('x')")
    shown = ty.hover("# %%\nfrom helper import assist\n# %%\nass<|>ist('x')")
    assert "Lend a hand." in shown
    assert "from cell 1" in shown


@pytest.mark.parametrize(
    ("value", "type_"),
    [
        ("{'a': ['b'], 'c': 0}", "dict[str, list[str] | int]"),
        ("[(1, 'a')]", "list[tuple[int, str]]"),
        ("[1, 2]", "list[int]"),
        ("dict(nobody)", "dict"),
    ],
)
def test_hover_tells_what_is_in_a_collection(ty: Running, value: str, type_: str) -> None:
    found = ty.hover(f"# %%\nx = {value}\n# %%\nprint(x<|>)")
    assert found.startswith(f"```python\nx: {type_}\n```")


def test_members_of_what_only_we_know_are_told(ty: Running) -> None:
    frame = "# %%\nimport pandas as pd\ndf = pd.DataFrame({'a': [1]})\n# %%\n"
    assert "Return the mean of the values" in ty.hover(f"{frame}df['a'].me<|>an()")
    assert ty.define(f"{frame}df['a'].me<|>an()") == [("series.py", "")]
    assert ty.hover(f"{frame}df['a'].nobod<|>y()") == ""
    made = "# %%\nclass A:\n    @property\n    def norm(self) -> float:\n        'Length.'\na = A()\na.no<|>rm"
    assert ty.hover(made).startswith("```python\nfloat\n```")


CALLS = [
    ("df['a'].mean({})", "axis", "skipna"),
    ("df.a.fillna(0, {})", "value", "inplace"),
    ("df['b'].str.split(',', {})", "pat", "expand"),
    ("df[df.a > 1].drop_duplicates({})", "subset", "ignore_index"),
    ("df.plot.bar({})", "x", "color"),
    ("x = [1, len(df['b'].str.replace({}))]", "pat", "regex"),
]


@pytest.mark.parametrize("unfinished", [False, True])
@pytest.mark.parametrize(("call", "parameter", "argument"), CALLS, ids=[call for call, _, _ in CALLS])
def test_calls_of_members_of_what_only_we_know(
    ty: Running, call: str, parameter: str, argument: str, unfinished: bool
) -> None:
    frame = "# %%\nimport pandas as pd\ndf = pd.DataFrame({'a': [1], 'b': ['x']})\n# %%\n"
    written = frame + (call.partition("{}")[0] + "<|>\nprint(1)" if unfinished else call.format("<|>"))
    labels = ty.labels(written)
    assert f"{argument}=" in labels[:8]
    assert "_polycell" not in repr(labels)
    found = ty.signature(written)
    assert found is not None
    assert f"({parameter}" in found[0]


def test_accessors_are_told(ty: Running) -> None:
    frame = "# %%\nimport pandas as pd\ndf = pd.DataFrame({'b': ['x']})\n# %%\n"
    assert "Split strings" in ty.hover(f"{frame}df['b'].str.sp<|>lit()")
    assert ty.define(f"{frame}df['b'].str.sp<|>lit()") == [("accessor.py", "")]


@pytest.mark.parametrize(
    ("call", "argument"),
    [("json.dumps({}, skipkeys=True, ", True), ("x = (1, json.dumps(1, ", True), ("json.dumps([1, [", False)],
)
def test_arguments_of_a_call_without_its_end(ty: Running, call: str, argument: bool) -> None:
    labels = ty.labels(f"# %%\nimport json\n# %%\n{call}<|>\ny = 2\nprint(y)\n")
    assert ("indent=" in labels) == argument


def test_what_may_be_a_column_has_the_members_of_one(ty: Running) -> None:
    frame = "# %%\nimport pandas as pd\ndf = pd.read_csv(somewhere)\n# %%\n"
    assert {"value_counts", "fillna"} <= set(ty.labels(f"{frame}df.price.<|>"))
    assert "value_counts" not in ty.labels(f"{frame}df.to_csv.<|>")


@pytest.mark.parametrize("value", ["pd.DataFrame({'a': [1]})", "pd.read_csv(somewhere)"])
def test_the_type_of_a_frame_is_its_library_s(ty: Running, value: str) -> None:
    text = f"# %%\nimport pandas as pd\ndf = {value}\n# %%\nprint(d<|>f)"
    assert ty.define(text, "type_definition") == [("frame.py", "")]


def test_nothing_of_the_glue_is_shown(ty: Running) -> None:
    above = "# %%\nimport pandas as pd\nsales = pd.DataFrame({'day': ['x']})\n# %%\n"
    shown = ty.hover(above + "copied = sales.cop<|>y()")
    assert "DataFrame" in shown
    assert "_polycell" not in shown
    for text in ("sales.<|>", "sal<|>", "_poly<|>", "pd.DataFrame(sales, <|>)"):
        assert not [i for i in ty.items(above + text) if "_polycell" in repr(i)]


def test_the_call_of_a_model_tells_types_and_defaults(ty: Running) -> None:
    above = "# %%\nfrom pydantic import BaseModel\nclass Item(BaseModel):\n    sku: str\n    price: float = 1.0\n"
    assert ty.signature(f"{above}# %%\nItem(<|>)") == ("Item(sku: str, price: float = 1.0)", "sku: str")


def test_the_call_of_a_dataclass(ty: Running) -> None:
    fields = "x: float; y: int = 0; z: ClassVar[int] = 1; tags: list = field(default_factory=list)"
    more = "w: str = field(default='a'); hidden: int = field(init=False); _: KW_ONLY; last: int = field(default=3)"
    text = f"# %%\n@dataclass\nclass P:\n    {fields}; {more}\nP(1, <|>)"
    form = "P(x: float, y: int = 0, tags: list = …, w: str = 'a', *, last: int = 3)"
    assert ty.signature(text) == (form, "y: int = 0")


def test_call_forms(ty: Running) -> None:
    found = ty.signature("# %%\nimport json\n# %%\n%time x = 1\njson.dumps({}, indent=<|>)")
    assert found is not None
    assert found[1].startswith("indent")
    assert ty.signature("# %%\nimport helper\n# %%\nhelper.assist(<|>") == ("(what: str) -> str", "what: str")


def test_definitions_in_cells_and_files(ty: Running) -> None:
    above = "# %%\nclass Maker:\n    def make(self): ...\n# %%\nmaker = Maker()\n# %%\n!ls\n"
    assert ty.define(above + "maker.ma<|>ke()") == [("c0", "make")]
    assert ty.define(above + "ma<|>ker.make()", "type_definition") == [("c0", "Maker")]
    assert ty.define("# %%\nimport helper\n# %%\nhelper.ass<|>ist('')") == [("helper.py", "")]


def test_imported_names_lead_to_where_they_are_defined(ty: Running) -> None:
    above = "# %%\n%time 1\nimport helper as h\nfrom helper import assist\nimport nowhere\n# %%\n!ls\n"
    assert ty.define(above + "h<|>.assist('')") == [("helper.py", "")]
    assert ty.define(above + "ass<|>ist('')") == [("helper.py", "")]
    assert ty.define("# %%\nfrom helper import ass<|>ist") == [("helper.py", "")]
    assert ty.define(above + "now<|>here.x") == [("c0", "nowhere")]
    assert ty.define("# %%\n%timeit li<|>st()") == [("builtins.pyi", "")]


def test_nothing_is_said_about_text_that_the_engine_does_not_see(ty: Running) -> None:
    assert ty.hover("# %%\nimport json\n# %%\n!echo json.du<|>mps") == ""
    assert ty.define("# %%\nimport json\n# %%\n%time json.dum<|>ps(1)") == [("__init__.py", "")]


def test_a_cell_in_a_process_of_its_own_sees_nothing(ty: Running) -> None:
    assert ty.labels("# %%\nimport math\n# %%\n%%python\nmath.<|>") == []


def test_a_chain_through_many_cells_is_followed(ty: Running) -> None:
    cells = ["import fractions\nx0 = [fractions.Fraction(1)]"]
    cells += [f"x{n} = list(reversed(x{n - 1}))" for n in range(1, 30)]
    text = "".join(f"# %%\n{cell}\n" for cell in cells)
    assert "numerator" in ty.labels(text + "# %%\nx29[0].<|>")


def test_marimo_cells_may_stand_in_any_order(ty: Running) -> None:
    found = ty.labels("host: marimo\n# %%\nmade.<|>\n# %%\nmade = frac.Fraction(1)\n# %%\nimport fractions as frac\n")
    assert "numerator" in found
