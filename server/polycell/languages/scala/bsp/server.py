"""The build server's conversation: a thread that reads and answers at once, one that compiles, and one that looks
whether the classpath has changed."""

from __future__ import annotations

import os
import queue
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

from polycell import __version__
from polycell.bridge.files import path_of
from polycell.bridge.framing import Frames, framed, parse
from polycell.bridge.trace import trace_to
from polycell.languages.scala.bsp.compiling import Compiling
from polycell.languages.scala.bsp.layout import CONNECTED, SOURCE, Build, Layout

LOOK = 0.5  # seconds between two looks at what is built with what
_UNKNOWN, _FAILED = -32601, -32603
_OK, _ERROR = 1, 2  # status codes of a compile
_DIRECTORY, _CHANGED = 2, 2
_INFO = 3
_INDEXED = ("buildTarget/scalaMainClasses", "buildTarget/compile")  # what Metals asks once it knows the target


_PROVIDED = ("inverseSourcesProvider", "dependencySourcesProvider", "buildTargetChangedProvider", "canReload")
_NOT_PROVIDED = (
    "dependencyModulesProvider",
    "resourcesProvider",
    "outputPathsProvider",
    "jvmRunEnvironmentProvider",
    "jvmTestEnvironmentProvider",
    "jvmCompileClasspathProvider",
    "cargoFeaturesProvider",
)

_Params = Mapping[str, Any]


class BuildServer:
    """`out` takes the messages."""

    def __init__(self, out: IO[bytes], layout: Layout) -> None:
        self._out = out
        self._layout = layout
        self._build = layout.read()
        self._compiling = Compiling(layout)
        self._writing = threading.Lock()
        self._work: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._over = threading.Event()
        self._known = False  # that Metals knows the target
        self._trace = trace_to(Path(self._build.trace)) if self._build.trace else None

    def run(self, reading: IO[bytes]) -> int:
        """Serve until the input ends or `build/exit` comes; the exit code."""
        threading.Thread(target=self._compile_all, name="compile", daemon=True).start()
        threading.Thread(target=self._watch, name="watch", daemon=True).start()
        frames = Frames()
        while block := reading.read1(1 << 16):  # type: ignore[attr-defined]
            for body in frames.feed(block):
                message = parse(body)
                if not isinstance(message, dict):
                    continue
                if self._trace is not None:
                    self._trace("the build server", "to", message)
                if message.get("method") == "build/exit":
                    return 0
                self._take(message)
        self._over.set()
        return 0

    # -- the reading thread

    def _take(self, message: Mapping[str, Any]) -> None:
        method, id_ = str(message.get("method")), message.get("id")
        params = message.get("params") or {}
        if id_ is None:
            return
        targets = params.get("targets")
        if method in _INDEXED and targets and not self._known:
            # Metals hands this on to its client, whatever else it says and in which words.
            self._known = True
            self._tell("build/showMessage", {"type": _INFO, "message": CONNECTED})
        if method == "buildTarget/compile" and not targets:
            self._answer(id_, {"statusCode": _OK, **_origin(params)})  # how Metals asks whether anybody is there
        elif method == "buildTarget/compile":
            self._work.put(lambda: self._answer_compiled(id_, params))
        elif method == "buildTarget/cleanCache":
            self._work.put(self._compiling.forget)
            self._work.put(lambda: self._answer(id_, {"message": "", "cleaned": True}))
        elif method in _ANSWERS:
            self._answer(id_, _ANSWERS[method](self._layout, self._build, params))
        else:
            self._send({"id": id_, "error": {"code": _UNKNOWN, "message": f"no such method: {method}"}})

    # -- the compiling thread

    def _compile_all(self) -> None:
        while True:
            work = self._work.get()
            try:
                work()
            except SystemExit as end:
                os._exit(int(str(end.code)))
            except Exception:
                traceback.print_exc(file=sys.stderr)

    def _answer_compiled(self, id_: Any, params: _Params) -> None:
        try:
            self._answer(id_, self._compile(params))
        except Exception as error:
            traceback.print_exc(file=sys.stderr)
            self._send({"id": id_, "error": {"code": _FAILED, "message": str(error)}})

    def _compile(self, params: _Params) -> dict[str, Any]:
        status = _OK
        self._look()
        for compiled in self._compiling.saved(self._build):
            status = _ERROR if compiled.failed else status
            self._tell(
                "build/publishDiagnostics",
                {
                    "textDocument": {"uri": compiled.path.as_uri()},
                    "buildTarget": _target(self._layout),
                    "diagnostics": compiled.diagnostics,
                    "reset": True,
                    **_origin(params),
                },
            )
        return {"statusCode": status, **_origin(params)}

    # -- the watching thread

    def _watch(self) -> None:
        while not self._over.wait(LOOK):
            self._look()

    def _look(self) -> None:
        """The build may have been written anew, for other dependencies."""
        try:
            found = self._layout.read()
        except (OSError, ValueError, TypeError):
            return
        if found != self._build:
            self._build = found
            self._tell("buildTarget/didChange", {"changes": [{"target": _target(self._layout), "kind": _CHANGED}]})

    # -- messages

    def _answer(self, id_: Any, result: Any) -> None:
        self._send({"id": id_, "result": result})

    def _tell(self, method: str, params: Any) -> None:
        self._send({"method": method, "params": params})

    def _send(self, message: dict[str, Any]) -> None:
        with self._writing:
            if self._trace is not None:
                self._trace("the build server", "from", message)
            try:
                self._out.write(framed({"jsonrpc": "2.0", **message}))
            except OSError:
                self._over.set()  # nobody listens any more


def _origin(params: _Params) -> dict[str, Any]:
    return {"originId": params["originId"]} if params.get("originId") else {}


def _target(layout: Layout) -> dict[str, str]:
    return {"uri": f"{layout.root.as_uri()}/?id=notebook"}


def _uris(paths: Any) -> list[str]:
    return [Path(path).as_uri() for path in paths]


def _initialized(layout: Layout, build: Build, params: _Params) -> Any:
    capabilities = {"compileProvider": {"languageIds": ["scala"]}, **dict.fromkeys(_PROVIDED, True)}
    # The specification lets them be left out, but Metals takes each for true or false.
    capabilities |= dict.fromkeys(_NOT_PROVIDED, False)
    return {
        "displayName": SOURCE,
        "version": __version__,
        "bspVersion": "2.1.0",
        "capabilities": capabilities,
    }


def _targets(layout: Layout, build: Build, params: _Params) -> Any:
    scala = {
        "scalaOrganization": "org.scala-lang",
        "scalaVersion": build.scala,
        "scalaBinaryVersion": build.binary,
        "platform": 1,
        "jars": _uris(build.compiler),
    }
    target = {
        "id": _target(layout),
        "displayName": "notebook",
        "baseDirectory": layout.root.as_uri(),
        "tags": ["library"],
        "capabilities": {"canCompile": True, "canTest": False, "canRun": False, "canDebug": False},
        "languageIds": ["scala"],
        "dependencies": [],
        "dataKind": "scala",
        "data": scala,
    }
    return {"targets": [target]}


def _options(layout: Layout, build: Build, params: _Params) -> Any:
    found = {
        "options": list(build.options),
        "classpath": _uris(build.classpath),
        "classDirectory": layout.classes.as_uri(),
    }
    return {"items": [{"target": _target(layout), **found}]}


def _sources(layout: Layout, build: Build, params: _Params) -> Any:
    folder = {"uri": f"{layout.sources.as_uri()}/", "kind": _DIRECTORY, "generated": False}
    return {"items": [{"target": _target(layout), "sources": [folder]}]}


def _no_sources(layout: Layout, build: Build, params: _Params) -> Any:
    return {"items": [{"target": _target(layout), "sources": []}]}


def _nothing(layout: Layout, build: Build, params: _Params) -> Any:
    return {"items": []}


def _inverse_sources(layout: Layout, build: Build, params: _Params) -> Any:
    path = path_of(str((params.get("textDocument") or {}).get("uri")))
    return {"targets": [_target(layout)] if path is not None and layout.sources in path.parents else []}


_ANSWERS: Mapping[str, Callable[[Layout, Build, _Params], Any]] = {
    "build/initialize": _initialized,
    "build/shutdown": lambda layout, build, params: None,
    "workspace/buildTargets": _targets,
    "workspace/reload": lambda layout, build, params: None,
    "buildTarget/scalacOptions": _options,
    "buildTarget/javacOptions": _options,
    "buildTarget/sources": _sources,
    "buildTarget/dependencySources": _no_sources,
    "buildTarget/inverseSources": _inverse_sources,
    "buildTarget/scalaMainClasses": _nothing,
    "buildTarget/scalaTestClasses": _nothing,
}
