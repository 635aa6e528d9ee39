"""What is reported of imports and declarations, and what is certainly not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.dependencies.cases import case, found, polynote, said
from tests.dependencies.environments import install, make_environment


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return make_environment(tmp_path / ".venv", "3.12")


# -- imports against an interpreter


def test_missing_with_the_name_of_the_distribution(tmp_path: Path, site: Path) -> None:
    ((_, code, marked, finding),) = found(case("import yaml\nimport os", folder=tmp_path))
    assert (code, marked, finding.severity) == ("missing-dependency", "yaml", "warning")
    assert "pyyaml" in finding.message
    assert "Python 3.12" in finding.message


def test_installed_is_there(tmp_path: Path, site: Path) -> None:
    install(site, "PyYAML", "6.0", ["yaml"])
    install(site, "google-cloud-storage", "2", ["google"])
    (site / "single.py").touch()
    (site / "fast.cpython-312-x86_64-linux-gnu.so").touch()
    assert said("import yaml\nimport google.cloud.bigquery\nimport single, fast", folder=tmp_path) == []


@pytest.mark.parametrize(
    "text",
    [
        "try:\n    import nothing\nexcept ImportError:\n    pass",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import nothing",
        "import sys\nif sys.version_info < (3, 9):\n    import nothing",
        "def f():\n    import nothing",
        "from . import nothing",
        "import sys\nsys.path.append('lib')\nimport nothing",
        "# %%\n%run setup.ipynb\n# %%\nimport nothing",
        "# %%\nimport nothing\n# %%\n%run setup.ipynb",
        "exec(code)\nimport nothing",
        "!cp ../lib/nothing.py .\nimport nothing",
        "!git clone https://host/x\nimport nothing",
        "%pip install -e .\nimport nothing",
        "!pip install git+https://host/x.git\nimport nothing",
        "%pip install {package}\nimport nothing",
        "%pip install -r gone.txt\nimport nothing",
        "%pip install nothing\nimport nothing",
        "# %%\n%%writefile nothing.py\nx = 1\n# %%\nimport nothing",
        "# %%\n%%file pack/nothing.py\nx = 1\n# %%\nimport pack.nothing",
        "# %%\n%%bash\nmake it\n# %%\nimport nothing",
        "host: databricks\n# %%\nimport nothing",
        "host: colab\n# %%\nimport nothing",
        "host: deepnote\n# %%\nimport nothing",
        "host: polynote\n# %% [python]\nimport nothing",
        "%load_ext autoreload",
        "import IPython, ipykernel, pkg_resources",
    ],
)
def test_nothing_is_said_where_it_may_be_there(tmp_path: Path, site: Path, text: str) -> None:
    assert [line for line in said(text, folder=tmp_path) if "missing" in line] == []


@pytest.mark.parametrize("text", ["!ls\nimport nothing", "!pip freeze\nimport nothing", "!nvidia-smi\nimport nothing"])
def test_harmless_commands_hide_nothing(tmp_path: Path, site: Path, text: str) -> None:
    assert said(text, folder=tmp_path) == ["missing-dependency: nothing"]


def test_requirement_files_in_a_circle_hide_nothing(tmp_path: Path, site: Path) -> None:
    install(site, "one", "1", ["one"])
    (tmp_path / "a.txt").write_text("one\n-r b.txt\n", encoding="utf-8")
    (tmp_path / "b.txt").write_text("-r a.txt\n", encoding="utf-8")
    assert said("%pip install -r a.txt\nimport one, nothing", folder=tmp_path) == ["missing-dependency: nothing"]


def test_modules_beside_the_notebook(tmp_path: Path, site: Path) -> None:
    (tmp_path / "helpers.py").touch()
    (tmp_path / "space").mkdir()
    (tmp_path / "src/inner").mkdir(parents=True)
    assert said("import helpers\nimport space.part\nimport inner", folder=tmp_path) == []


def test_the_standard_library_of_that_python(tmp_path: Path, site: Path) -> None:
    ((_, code, marked, finding),) = found(case("import imp\nimport tomllib\nimport cgi", folder=tmp_path))
    assert (code, marked) == ("missing-dependency", "imp")
    assert "since Python 3.12" in finding.message


def test_an_extension_is_an_import(tmp_path: Path, site: Path) -> None:
    assert said("%load_ext line_profiler", folder=tmp_path) == ["missing-dependency: line_profiler"]


def test_without_an_interpreter_nothing_is_missing(tmp_path: Path) -> None:
    assert said("import nothing", folder=tmp_path) == []
    assert said("import nothing") == []


def test_a_file_beside_the_notebook_declares(tmp_path: Path, site: Path) -> None:
    (tmp_path / "requirements.txt").write_text("nothing>=1  # why\n-r more.txt\n", encoding="utf-8")
    (tmp_path / "environment.yml").write_text(
        "dependencies:\n- scikit-learn=1.5\n- pip:\n  - pyyaml\n", encoding="utf-8"
    )
    (tmp_path / "pyproject.toml").write_text('[project]\ndependencies = ["opencv-python"]\n', encoding="utf-8")
    (tmp_path / "uv.lock").write_text('[[package]]\nname = "attrs"\nversion = "25.1"\n', encoding="utf-8")
    assert said("import nothing\nimport sklearn\nimport yaml\nimport cv2\nimport attr", folder=tmp_path) == []


def test_an_editable_installation_that_cannot_be_read_leaves_everything_open(tmp_path: Path, site: Path) -> None:
    (site / "__editable__.tool-1.pth").write_text("import __editable___tool_1_finder; install()", encoding="utf-8")
    assert said("import nothing", folder=tmp_path) == []
    finder = "MAPPING: dict[str, str] = {'tool': '/src/tool'}\n"
    (site / "__editable___tool_1_finder.py").write_text(finder, encoding="utf-8")
    assert said("import nothing\nimport tool", folder=tmp_path) == ["missing-dependency: nothing"]


# -- imports against a complete list

BLOCK = "# /// script\n# dependencies = [{}]\n# ///\n"


@pytest.mark.parametrize(
    ("declared", "imported", "what"),
    [
        ('"pandas"', "pandas", []),
        ('"pandas"', "numpy", ["undeclared-dependency: numpy"]),
        ('"pandas"', "sklearn", ["missing-dependency: sklearn"]),
        ('"pandas", "polars"', "sklearn", ["missing-dependency: sklearn"]),
        ('"pandas", "some-tool"', "sklearn", ["undeclared-dependency: sklearn"]),
        ('"pandas", "some-tool"', "tool_core", []),
        ('"polars[pyarrow]"', "pyarrow", []),
        ('"polars[all]"', "numpy", ["undeclared-dependency: numpy"]),
        ('"git+https://host/x.git"', "sklearn", []),
        ('"cvxpy-base"', "cvxpy", []),
        ('"scikit-learn"', "sklearn", []),
        ('"opencv-python-headless"', "cv2", []),
        ('"Pillow"', "PIL", []),
        ("", "IPython", []),
        ('"pandas"', "os", []),
    ],
)
def test_without_an_interpreter_a_complete_list_decides(
    tmp_path: Path, declared: str, imported: str, what: list[str]
) -> None:
    assert said(BLOCK.format(declared) + f"import {imported}", folder=tmp_path) == what


def test_with_an_interpreter_what_comes_along_is_known(tmp_path: Path, site: Path) -> None:
    install(site, "some-tool", "1", requires=["mid>=1; extra == 'x'", "mid"])
    install(site, "mid", "1", requires=["deep"])
    install(site, "deep", "1")
    install(site, "other", "1")
    ((_, code, marked, finding), other) = found(
        case(BLOCK.format('"some-tool"') + "import deep\nimport other", folder=tmp_path)
    )
    assert (code, marked, finding.severity) == ("undeclared-dependency", "deep", "hint")
    assert "comes along with `some-tool`" in finding.message
    assert other[1:3] == ("undeclared-dependency", "other")


@pytest.mark.parametrize(
    "metadata",
    [
        {"polyglot": {"dependencies": {"python": ["pandas"]}}},
        {"runt": {"uv": {"dependencies": ["pandas"]}}},
        {"uv": {"dependencies": ["pandas"]}},
    ],
)
def test_the_complete_lists_of_metadata(tmp_path: Path, metadata: dict[str, Any]) -> None:
    assert said("import pandas\nimport sklearn", metadata, tmp_path) == ["missing-dependency: sklearn"]


# -- declarations against the interpreter


def test_versions_and_what_is_not_there(tmp_path: Path, site: Path) -> None:
    install(site, "pandas", "2.2.3")
    text = BLOCK.format('"pandas<2", "polars", "tomli; python_version<\'3.11\'"')
    assert said(text, folder=tmp_path) == [
        "dependency-version: pandas<2",
        "dependency-not-installed: polars",
    ]
    ((_, code, marked, finding),) = found(case("%pip install pandas==1.5 polars", folder=tmp_path))
    assert (code, marked, finding.severity) == ("dependency-version", "pandas==1.5", "information")


# -- declarations alone


@pytest.mark.parametrize(
    ("text", "metadata", "what"),
    [
        ("%pip install a==1 b\n%pip install a==2", None, ["conflicting-dependencies: a==2"]),
        ("# %%\n%pip install a==1\n# %%\n%pip install a>=1", None, []),
        ("# %%\n%pip install a<1\n# %%\n%pip install A==2", None, ["conflicting-dependencies: A==2"]),
        (BLOCK.format('"a<2"') + "%pip install a==2", None, ["conflicting-dependencies: a==2"]),
        ("%pip install pandas=2", None, ["malformed-dependency: ="]),
        (
            "language: scala\n# %%\nimport $ivy.`o:x_2.13:1`",
            {"kernelspec": {"name": "scala212"}},
            ["scala-version-mismatch: o:x_2.13:1"],
        ),
        ("language: scala\n# %%\nimport $ivy.`o::x:1`", {"kernelspec": {"name": "scala212"}}, []),
        (
            "language: scala\n# %%\n//> using scala 2.12\n//> using dep o:x_2.13:1",
            None,
            ["scala-version-mismatch: o:x_2.13:1"],
        ),
        (
            'language: scala\n# %%\nimport $ivy.`o:x:1`\n//> using dep "o:x:2"',
            None,
            ["conflicting-dependencies: o:x:2"],
        ),
        ("language: scala\n# %%\n// import $ivy.`o:x`", None, []),
        ("language: scala\n# %%\nimport $ivy.`o:x`", None, ["malformed-dependency: o:x"]),
        ("language: scala\n# %%\nimport $ivy.{`o:x`, `o:y:1`}", None, ["malformed-dependency: o:x"]),
        ('language: csharp\n# %%\n#r "nuget: Octokit, 13.0.1"\n#r "./lib.dll"', None, []),
        ('language: csharp\n# %%\n#r "nuget: A, [1,2)"\n#r "NuGet:B,1.0,usepackagetargets=true"', None, []),
        (
            'language: fsharp\n# %%\n#r "nuget: RestoreSources=https://host/i"\n#r "nuget: Include=A, version=1"',
            None,
            [],
        ),
        ('language: csharp\n# %%\n#r "nuget: , 1"', None, ["malformed-dependency: , 1"]),
        ('language: csharp\n# %%\n#r "nuget:"', None, ["malformed-dependency: nuget:"]),
        (
            "language: scala\n# %%\nimport $ivy.`a::b:1 compat`, $ivy.`c:d:1`; import $ivy.`e:f`",
            None,
            ["malformed-dependency: e:f"],
        ),
        ("language: scala\n# %%\n//> using dep com.lihaoyi::os-lib::0.9.1 a:b:1,url=https://host/b.jar", None, []),
        (
            'language: scala\n# %%\ninterp.load.ivy("a" %% "b" % "1", "c" % "d" % "")',
            None,
            ['malformed-dependency: "c" % "d" % ""'],
        ),
        ("%pip install a, b", None, ["malformed-dependency: ,"]),
        ('dbutils.library.installPyPI(pypiPackage="a b")', None, ["malformed-dependency: a b"]),
        ('language: csharp\n# %%\n#r "nuget: Octokit, thirteen"', None, ["malformed-dependency: thirteen"]),
        ('language: csharp\n# %%\n#r "nuget: Octokit', None, ['malformed-dependency: "nuget: Octokit']),
        ("# %% [scala]\n//> using dep org:x\nval a = 1", None, ["malformed-dependency: org:x"]),
        ("language: scala\n# %%\n%AddDeps org.a b", None, ["malformed-dependency: org.a b"]),
        ("language: scala\n# %%\n%AddDeps", None, ["malformed-dependency: %AddDeps"]),
        ("language: scala\n# %%\n%AddDeps org.a b 1 --transitive --repository https://r.example/m", None, []),
        ("language: scala\n# %%\n%AddJar lib.jar -f", None, ["malformed-dependency: lib.jar"]),
        ("language: scala\n# %%\n%AddJar -f https://r.example/lib.jar", None, []),
        ("# %% [scala]\n//> using deps a::b:1 c:d", None, ["malformed-dependency: c:d"]),
        ('# %% [scala]\n//> using dep\n//> using dep "a:b:1', None, []),
        ('%%configure -f\n{"conf": {"spark.jars.packages": "a:b,c:d:1"}}', None, ["malformed-dependency: a:b"]),
        ('%%configure\n{"conf": {"spark.jars.packages": "a:b:1"', None, []),
        ('%%configure\n{"conf": {"spark.jars.packages": 3}}', None, []),
        ("%%configure\n[1]", None, []),
        ('b.config("spark.jars.packages", "a:b,c:d:1")', None, ["malformed-dependency: a:b"]),
        ("# %% [scala]\nimport $plugin.$ivy.`a:::b`", None, ["malformed-dependency: a:::b"]),
        ('dbutils.library.installPyPI("a", version="1.x")', None, ["malformed-dependency: a"]),
        ("host: polynote\n# %% [sql]\nselect 1", polynote(), ["sql-needs-spark: select 1"]),
        ("host: polynote\n# %% [sql]\nselect 1", polynote(sparkConfig={"a": "b"}), []),
        ("host: polynote\n# %% [sql]\nselect 1", polynote(sparkTemplate={}), ["sql-needs-spark: select 1"]),
    ],
)
def test_declarations_alone(text: str, metadata: dict[str, Any] | None, what: list[str]) -> None:
    assert said(text, metadata) == what


@pytest.mark.parametrize(
    ("metadata", "code", "path", "words"),
    [
        (polynote(["o:x"]), "malformed-dependency", ("config", "dependencies", "scala", 0), "version is missing"),
        (polynote(["o::x:1"]), "malformed-dependency", ("config", "dependencies", "scala", 0), "not understood here"),
        (
            polynote(["o:x_2.13:1"], scalaVersion="2.12"),
            "scala-version-mismatch",
            ("config", "dependencies", "scala", 0),
            "2.13",
        ),
        (polynote(["o:x:1?nocache"]), "nocache-without-effect", ("config", "dependencies", "scala", 0), "no effect"),
        (polynote(["o:x:1", "o:x:2"]), "conflicting-dependencies", ("config", "dependencies", "scala", 1), "`o:x:1`"),
        (polynote(None, ["pandas=1"]), "malformed-dependency", ("config", "dependencies", "python", 0), "=="),
        (polynote(None, [7]), "malformed-dependency", ("config", "dependencies", "python", 0), "text"),
        (
            {"config": {"dependencies": {"python": "pandas"}}},
            "malformed-dependency",
            ("config", "dependencies", "python"),
            "list",
        ),
        ({"config": {"dependencies": []}}, "malformed-dependency", ("config", "dependencies"), "object"),
        (
            {"config": {"dependencies": {"ruby": ["a"]}}},
            "malformed-dependency",
            ("config", "dependencies", "ruby"),
            "nobody",
        ),
        (
            {"polyglot": {"dependencies": {"python": ["a b"]}}},
            "malformed-dependency",
            ("polyglot", "dependencies", "python", 0),
            "",
        ),
        ({"runt": {"uv": {"dependencies": [None]}}}, "malformed-dependency", ("runt", "uv", "dependencies", 0), "text"),
        (
            {"deepnote_settings": {"requirements": ["a=1"]}},
            "malformed-dependency",
            ("deepnote_settings", "requirements", 0),
            "==",
        ),
    ],
)
def test_declarations_of_the_metadata(metadata: dict[str, Any], code: str, path: tuple[Any, ...], words: str) -> None:
    rows = found(case("# %% [markdown]\nText\n# %%\nx = 1\n# %%\ny = 2", metadata))
    assert [(index, c, f.path) for index, c, _, f in rows] == [(1, code, path)]
    assert words in rows[0][3].message


@pytest.mark.parametrize(
    "metadata",
    [
        polynote(
            ["org.typelevel:cats-core_2.12:2.10.0", "file:///lib.jar?nocache", "s3://b/jars.txt"],
            ["requests", "list.txt"],
        ),
        polynote(["o:x_2.12:1"], scalaVersion="2.12"),
        {"config": {"dependencies": {"ruby": []}}},
        {"config": None, "polyglot": [], "runt": {"uv": 3}, "uv.lock": 5, "kernelspec": None, "language_info": []},
        {"dependencies": {"lakehouse": {"default_lakehouse": "x"}}},
        {"uv.lock": '[[package]]\nname = "a"\nversion = "1"\n'},
    ],
)
def test_sound_or_odd_metadata_is_no_finding(metadata: dict[str, Any]) -> None:
    assert said("x = 1", metadata) == []


def test_pins_are_asked_for() -> None:
    text = "%pip install a b==1 c>=2 d===3 e==4.*"
    assert said(text) == []
    assert said(text, asked="unpinned-dependency") == [
        f"unpinned-dependency: {name}" for name in ("a", "c>=2", "e==4.*")
    ]
