"""The build server as Metals talks to it, with the real compiler."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from polycell.bridge.framing import framed
from polycell.languages.scala.bsp.layout import CONNECTED, Build, Layout, mark
from polycell.languages.scala.host.classpath import Dependencies, resolve
from polycell.languages.scala.host.jars import MissingError
from polycell.languages.scala.host.versions import DEFAULT
from polycell.languages.scala.light import lacks

TEXT = '/* \U0001f600 */ object Notebook { val a: Int = "s"; val b = List(1) }'


class Client:
    """What it says comes in order; `ask` gives the answer and what was told before it."""

    def __init__(self, layout: Layout) -> None:
        (found,) = layout.root.glob(".bsp/*.json")
        connection = json.loads(found.read_text(encoding="utf-8"))
        assert {"name", "version", "bspVersion", "languages", "argv"} == connection.keys()
        self.process = subprocess.Popen(
            connection["argv"], cwd=layout.root, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.number = 0

    def tell(self, method: str, params: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(framed({"jsonrpc": "2.0", "method": method, "params": params}))
        self.process.stdin.flush()

    def ask(self, method: str, params: Any) -> tuple[Any, list[Any]]:
        self.number += 1
        assert self.process.stdin is not None
        message = {"jsonrpc": "2.0", "id": self.number, "method": method, "params": params}
        self.process.stdin.write(framed(message))
        self.process.stdin.flush()
        told = []
        while True:
            said = self.read()
            if said.get("id") == self.number:
                return said.get("result", said.get("error")), told
            told.append(said)

    def read(self) -> Any:
        assert self.process.stdout is not None
        length = 0
        while line := self.process.stdout.readline().strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        assert length, "the build server has ended"
        return json.loads(self.process.stdout.read(length))

    def compile(self, target: Any) -> tuple[Any, list[Any]]:
        """The answer, and the diagnostics published."""
        answer, told = self.ask("buildTarget/compile", {"targets": [target], "originId": "o"})
        return answer, [one["params"] for one in told if one["method"] == "build/publishDiagnostics"]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Client, Layout, Build]]:
    if lacking := lacks():
        pytest.skip(lacking)
    try:
        jars = resolve(Dependencies(), DEFAULT, download=True, progress=lambda text: None)
    except MissingError as error:
        pytest.skip(str(error))
    layout = Layout(tmp_path_factory.mktemp("a b"))
    build = Build(DEFAULT.scala, DEFAULT.binary, jars.compiler, jars.classpath)
    layout.make(build)
    client = Client(layout)
    yield client, layout, build
    assert client.process.stdin is not None
    client.process.stdin.close()
    assert client.process.wait() == 0  # at the end of its input, the compiler's threads or no


def test_it_tells_of_one_target(built: tuple[Client, Layout, Build]) -> None:
    client, layout, _ = built
    answer, _ = client.ask("build/initialize", {"displayName": "Metals", "rootUri": layout.root.as_uri()})
    capabilities = answer["capabilities"]
    assert capabilities.pop("compileProvider") == {"languageIds": ["scala"]}
    # Whoever reads one without a look whether it is there finds a boolean.
    assert {name for name, said in capabilities.items() if said is False} >= {
        "dependencyModulesProvider",
        "jvmRunEnvironmentProvider",
        "jvmTestEnvironmentProvider",
        "jvmCompileClasspathProvider",
    }
    assert all(isinstance(said, bool) for said in capabilities.values())
    client.tell("build/initialized", {})
    (target,) = client.ask("workspace/buildTargets", {})[0]["targets"]
    assert (target["dataKind"], target["data"]["scalaVersion"], target["data"]["platform"]) == ("scala", "2.13.16", 1)
    assert any("scala-compiler" in jar for jar in target["data"]["jars"])
    asked = {"targets": [target["id"]]}
    for method in ("buildTarget/scalacOptions", "buildTarget/javacOptions"):
        (options,) = client.ask(method, asked)[0]["items"]
        assert [Path(jar).name for jar in options["classpath"]] == ["scala-library-2.13.16.jar"]
        assert options["classDirectory"].startswith("file:///")
    (sources,) = client.ask("buildTarget/sources", asked)[0]["items"]
    assert [source["kind"] for source in sources["sources"]] == [2]
    (sources,) = client.ask("buildTarget/dependencySources", asked)[0]["items"]
    assert sources["sources"] == []
    said = [client.ask(f"buildTarget/{kind}", asked) for kind in ("scalaMainClasses", "scalaTestClasses")]
    assert [answer for answer, _ in said] == [{"items": []}] * 2
    # What it passes on once it has indexed, and once only.
    assert [one["params"]["message"] for _, told in said for one in told] == [CONNECTED]
    for place, targets in ((layout.sources / "A.scala", [target["id"]]), (layout.root / "A.scala", [])):
        asking = {"textDocument": {"uri": place.as_uri()}}
        assert client.ask("buildTarget/inverseSources", asking)[0] == {"targets": targets}
    assert client.ask("buildTarget/jvmRunEnvironment", asked)[0]["code"] == -32601


def test_what_is_saved_is_compiled(built: tuple[Client, Layout, Build]) -> None:
    client, layout, build = built
    (target,) = client.ask("workspace/buildTargets", {})[0]["targets"]
    path = layout.sources / "A.scala"
    path.write_text(TEXT, encoding="utf-8")
    (layout.sources / "B.scala").write_text("object A { val a = 1 }", encoding="utf-8")  # a document of its own
    # Whether anybody is there is no reason to compile.
    assert client.ask("buildTarget/compile", {"targets": []}) == ({"statusCode": 1}, [])
    answer, published = client.compile(target["id"])
    assert answer == {"statusCode": 2, "originId": "o"}
    assert [one["textDocument"]["uri"] for one in published] == [path.as_uri(), path.with_name("B.scala").as_uri()]
    assert all(one["reset"] and one["buildTarget"] == target["id"] for one in published)
    (error, marker), (only,) = (one["diagnostics"] for one in published)
    assert "type mismatch" in error["message"]
    assert error["range"]["start"]["character"] == len(TEXT.partition('"')[0].encode("utf-16-le")) // 2
    content = path.read_bytes()
    assert error["source"] == marker["source"] == mark(build.digest(content), path.stat().st_mtime_ns)
    assert [marker["severity"], only["severity"], only["message"]] == [4, 4, "compiled"]
    types = {one["name"]: one["type"] for one in layout.read_typed(build.digest(content))}
    assert types["b"] == "List[Int]"
    # Nothing was saved since; then one of them is.
    assert client.compile(target["id"]) == ({"statusCode": 1, "originId": "o"}, [])
    path.write_text("object A", encoding="utf-8")
    answer, published = client.compile(target["id"])
    assert (answer["statusCode"], [len(one["diagnostics"]) for one in published]) == (1, [1])
    # All of them again.
    assert client.ask("buildTarget/cleanCache", {"targets": [target["id"]]})[0]["cleaned"]
    assert len(client.compile(target["id"])[1]) == 2


def test_other_dependencies_are_told_and_compiled_with(built: tuple[Client, Layout, Build]) -> None:
    client, layout, build = built
    (target,) = client.ask("workspace/buildTargets", {})[0]["targets"]
    (layout.sources / "A.scala").write_text("object A { def m: scala.tools.nsc.Global = ??? }", encoding="utf-8")
    assert client.compile(target["id"])[0]["statusCode"] == 2
    layout.write(Build(build.scala, build.binary, build.compiler, build.compiler))
    said = client.read()
    assert (said["method"], said["params"]["changes"]) == (
        "buildTarget/didChange",
        [{"target": target["id"], "kind": 2}],
    )
    assert client.compile(target["id"])[0]["statusCode"] == 1
    (options,) = client.ask("buildTarget/scalacOptions", {"targets": [target["id"]]})[0]["items"]
    assert len(options["classpath"]) == len(build.compiler)
    layout.build.write_text("nothing", encoding="utf-8")  # is as if nobody had written
    assert client.compile(target["id"])[0]["statusCode"] == 1


def test_without_a_compiler_it_says_so(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    layout.make(Build("2.13.16", "2.13", (), ("/no.jar",)))
    client = Client(layout)
    (layout.sources / "A.scala").write_text("object A", encoding="utf-8")
    answer, ((published),) = client.compile({"uri": "x"})
    assert answer["statusCode"] == 1
    assert [one["message"] for one in published["diagnostics"]] == ["there is no compiler here"]
    client.ask("build/shutdown", None)
    client.tell("build/exit", None)
    assert client.process.wait() == 0
