"""A server that behaves as Metals 1.5 was observed to do, where that is what a bridge can stumble over. A real process
on real pipes, which starts the build server of its folder; it knows nothing of our code.

    python scripted_metals.py [CANCELS] [WORDS]

CANCELS: how many requests are given up (-32800) after the build is connected and after each compile. WORDS: "other" for
one that says in other words than those known today that it has indexed, "several" for one that knows of several build
servers and asks which it is to use, "hold" for one that connects to its build when its folder has a file `connect`.

Asked for members it answers `member` with the text that it has, `fallback` as long as no build is connected (or for a
file that is not in its folder). `test/log` answers with all messages so far, `test/build` with the build server's id.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO, Any
from urllib.parse import unquote, urlsplit

CANCELLED, FAILED = -32800, -32603
SEVERAL = "Multiple build servers detected, which one do you want to use?"
# Taken for what they are without a look whether they are there.
BOOLEANS = [
    *("dependencyModulesProvider", "dependencySourcesProvider", "inverseSourcesProvider", "canReload"),
    *("jvmRunEnvironmentProvider", "jvmTestEnvironmentProvider", "jvmCompileClasspathProvider"),
]


def read(stream: IO[bytes]) -> Any:
    length = 0
    while line := stream.readline().strip():
        if line.lower().startswith(b"content-length:"):
            length = int(line.partition(b":")[2])
    return json.loads(stream.read(length)) if length else None


def write(stream: IO[bytes], message: dict[str, Any]) -> None:
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    stream.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
    stream.flush()


class Metals:
    def __init__(self, cancels: int, words: str) -> None:
        self.cancels = cancels
        self.words = words
        self.giving_up = 0
        self.lock = threading.RLock()
        self.seen: list[Any] = []
        self.asked: dict[str, Any] = {}  # by id: what was asked of the client
        self.buffers: dict[str, str] = {}
        self.published: dict[str, list[Any]] = {}  # by file: what the build server said last
        self.snapshots: dict[str, str] = {}  # the files as they were then
        self.repeats: list[Any] = []
        self.folder = Path()
        self.capabilities: Any = {}
        self.options: Any = {}
        self.build: subprocess.Popen[bytes] | None = None
        self.connected = False
        self.imported = False
        self.classpath: list[str] = []
        self.version = ""
        self.waiting: dict[int, str] = {}  # by id: what was asked of the build server
        self.number = 0

    # -- the client

    def say(self, method: str, params: Any) -> None:
        with self.lock:
            write(sys.stdout.buffer, {"method": method, "params": params})

    def ask(self, method: str, params: Any) -> None:
        with self.lock:
            self.number += 1
            self.asked[f"m{self.number}"] = (method, params)
            write(sys.stdout.buffer, {"id": f"m{self.number}", "method": method, "params": params})

    def take(self, message: Any) -> None:
        method, params = message.get("method"), message.get("params") or {}
        if method is None:
            self.answered(*self.asked.pop(message["id"]), message)
        elif "id" in message:
            self.answer(message["id"], method, params)
        else:
            repeats, self.repeats = self.repeats, []
            for repeat in repeats:
                self.say("textDocument/publishDiagnostics", repeat)
            self.told(method, params)

    def answered(self, method: str, params: Any, message: Any) -> None:
        result = message.get("result")
        if method == "window/showMessageRequest" and params["message"] == SEVERAL:
            if result in params["actions"] and result["title"] == "polycell":
                self.connect()
        elif method == "window/showMessageRequest" and result is not None:
            self.imported = True  # Bloop, a build tool, the network: nothing that a scratch folder is for
        if method == "workspace/configuration" and params["items"]:
            if isinstance(result, list) and len(result) == len(params["items"]):
                if self.words == "several":
                    servers = [{"title": "a user's own"}, {"title": "polycell"}]
                    self.ask("window/showMessageRequest", {"type": 3, "message": SEVERAL, "actions": servers})
                elif self.words == "hold":
                    threading.Thread(target=self.hold, daemon=True).start()
                else:
                    self.connect()
            else:
                self.say("window/logMessage", {"type": 1, "message": "Unexpected error initializing server"})

    def told(self, method: str, params: Any) -> None:
        uri = params.get("textDocument", {}).get("uri", "")
        if method == "initialized":
            if self.capabilities.get("workspace", {}).get("configuration"):
                self.ask("workspace/configuration", {"items": []})
                self.ask("workspace/configuration", {"items": [{"scopeUri": "", "section": "metals"}]})
            message = "New sbt workspace detected, would you like to import the build?"
            self.ask("window/showMessageRequest", {"type": 3, "message": message, "actions": [{"title": "Import"}]})
            self.ask("workspace/applyEdit", {"edit": {"changes": {}}})
            self.ask("metals/inputBox", {"prompt": "Name?"})
            self.ask("metals/quickPick", {"items": []})
            self.ask("workspace/semanticTokens/refresh", None)
        elif method == "textDocument/didOpen":
            path = local(uri)
            if path is not None and path.is_file():
                self.buffers[uri] = params["textDocument"]["text"]
        elif method == "textDocument/didChange":
            self.buffers[uri] = params["contentChanges"][-1]["text"]  # whatever its range
            self.publish(uri)
        elif method == "textDocument/didSave":
            path = local(uri)
            if path is not None:
                self.buffers[uri] = path.read_text(encoding="utf-8")
            if self.connected:
                self.request("buildTarget/compile", {"targets": [self.target], "originId": "7"})
        elif method == "textDocument/didClose":
            self.buffers.pop(uri, None)
        elif method == "exit":
            os._exit(0)

    def answer(self, id_: Any, method: str, params: Any) -> None:
        with self.lock:
            if method == "initialize":
                self.folder = local(params["rootUri"]) or Path()
                self.capabilities = params["capabilities"]
                self.options = params.get("initializationOptions") or {}
                provided = {"textDocumentSync": {"openClose": True, "change": 1, "save": {"includeText": True}}}
                result: Any = {"capabilities": {**provided, "completionProvider": {}, "hoverProvider": True}}
            elif method == "test/log":
                result = self.seen
            elif method == "test/build":
                result = self.build.pid if self.build is not None else None
            elif method == "shutdown":
                result = None
            elif self.imported:
                os._exit(9)
            elif self.connected and self.giving_up:
                self.giving_up -= 1
                write(sys.stdout.buffer, {"id": id_, "error": {"code": CANCELLED, "message": "has been cancelled"}})
                return
            else:
                uri = params["textDocument"]["uri"]
                if uri not in self.buffers or local(uri) is None:
                    error = {"code": FAILED, "message": f"java.nio.file.NoSuchFileException: {uri}"}
                    write(sys.stdout.buffer, {"id": id_, "error": error})
                    return
                result = self.members(uri, params["position"])
            write(sys.stdout.buffer, {"id": id_, "result": result})

    def members(self, uri: str, position: Any) -> Any:
        path = local(uri)
        if not self.connected or path is None or self.folder not in path.parents:
            return {"isIncomplete": False, "items": [{"label": "fallback"}]}
        line = self.buffers[uri].split("\n")[position["line"]].encode("utf-16-le")
        before = line[: 2 * position["character"]].decode("utf-16-le", "replace")
        word = len(before) - len(before.rstrip("abcdefghijklmnopqrstuvwxyz"))
        start = {"line": position["line"], "character": position["character"] - word}
        edit = {"range": {"start": start, "end": position}, "newText": "member"}
        at = {"line": 0, "character": 0}
        detail = f"{self.version} {' '.join(unquote(jar).rpartition('/')[2] for jar in self.classpath)}"
        items = [{"label": "member: Int", "filterText": "member", "detail": detail, "textEdit": edit}]
        cell = "0123456789abcdef"
        for package in ("scala.collection.concurrent.TrieMap", f"Notebook.Given{cell}.Cell{cell}.Sale"):
            imported = {"range": {"start": at, "end": at}, "newText": f"import {package}\n"}
            label = package.rpartition(".")[2]
            items.append({"label": label, "textEdit": {**edit, "newText": label}, "additionalTextEdits": [imported]})
        return {"isIncomplete": False, "items": items, "text": self.buffers[uri]}

    def publish(self, uri: str) -> None:
        """What the build server said last, moved by as many lines as the text has grown since, and syntax errors: now,
        and once more when the next message has come, whatever that changes."""
        path = str(local(uri))
        found = self.published.get(path, [])
        now = self.buffers.get(uri, self.snapshots.get(path, ""))
        grown = now.count("\n") - self.snapshots.get(path, now).count("\n")
        moved = [
            {**one, "range": {end: {**at, "line": max(0, at["line"] + grown)} for end, at in one["range"].items()}}
            for one in found
        ]
        if now.count("(") != now.count(")"):
            at = {"line": 0, "character": 0}
            moved.append({"range": {"start": at, "end": at}, "severity": 1, "source": "scalameta", "message": "syntax"})
        self.say("textDocument/publishDiagnostics", {"uri": uri, "diagnostics": moved})
        self.repeats.append({"uri": uri, "diagnostics": moved})

    # -- the build server

    def hold(self) -> None:
        while not (self.folder / "connect").exists():
            time.sleep(0.01)
        with self.lock:
            self.connect()

    def connect(self) -> None:
        found = list((self.folder / ".bsp").glob("*.json"))
        if len(found) != 1:
            self.ask("window/showMessageRequest", {"type": 3, "message": SEVERAL, "actions": []})
            return
        argv = json.loads(found[0].read_text())["argv"]
        self.build = subprocess.Popen(argv, cwd=self.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        threading.Thread(target=self.listen, args=(self.build,), daemon=True).start()
        root = self.folder.as_uri()
        capabilities = {"languageIds": ["scala"]}
        self.request("build/initialize", {"displayName": "Metals", "rootUri": root, "capabilities": capabilities})

    def listen(self, build: subprocess.Popen[bytes]) -> None:
        assert build.stdout is not None
        while (message := read(build.stdout)) is not None:
            with self.lock:
                if "method" in message:
                    self.built(message["method"], message["params"])
                else:
                    self.went_on(self.waiting.pop(message["id"]), message.get("result"))

    def request(self, method: str, params: Any) -> None:
        with self.lock:
            self.number += 1
            self.waiting[self.number] = method
            assert self.build is not None
            assert self.build.stdin is not None
            write(self.build.stdin, {"id": self.number, "method": method, "params": params})

    def went_on(self, method: str, result: Any) -> None:
        """One request after the other, as Metals makes them."""
        if method == "build/initialize":
            assert all(isinstance(result["capabilities"][name], bool) for name in BOOLEANS), result
            assert self.build is not None
            assert self.build.stdin is not None
            write(self.build.stdin, {"method": "build/initialized", "params": {}})
            self.request("workspace/buildTargets", {})
        elif method == "workspace/buildTargets":
            (target,) = result["targets"]
            self.target = target["id"]
            self.version = target["data"]["scalaVersion"]
            self.request("buildTarget/scalacOptions", {"targets": [self.target]})
        elif method == "buildTarget/scalacOptions":
            self.classpath = result["items"][0]["classpath"]
            self.request("buildTarget/sources", {"targets": [self.target]})
        elif method == "buildTarget/sources":
            (source,) = result["items"][0]["sources"]
            assert local(source["uri"]) == self.folder / "src", source
            self.connected = True
            self.giving_up = self.cancels
            self.request("buildTarget/scalaMainClasses", {"targets": [self.target]})
            if self.words == "other":
                self.say("metals/status", {"text": "Alles durchgesehen", "show": True})
                self.say("window/logMessage", {"type": 4, "message": "fertig nach 1,2 s"})
                return
            if self.options.get("statusBarProvider") == "on":
                self.say("metals/status", {"text": "$(rocket) Indexing complete!", "show": True})
            self.say("window/logMessage", {"type": 4, "message": "time: indexed workspace in 1.2s"})
        elif method == "buildTarget/compile":
            self.giving_up = self.cancels

    def built(self, method: str, params: Any) -> None:
        if method == "build/showMessage":
            self.say("window/showMessage", params)
        elif method == "buildTarget/didChange":
            self.request("workspace/buildTargets", {})
        elif method == "build/publishDiagnostics":
            uri = params["textDocument"]["uri"]
            path = str(local(uri))
            assert params["reset"]
            self.published[path] = params["diagnostics"]
            self.snapshots[path] = Path(path).read_text(encoding="utf-8")
            self.publish(uri)


def local(uri: str) -> Path | None:
    parts = urlsplit(uri)
    return Path(unquote(parts.path)) if parts.scheme == "file" else None


def main() -> None:
    given = dict(enumerate(sys.argv))
    metals = Metals(int(given.get(1, 0)), given.get(2, ""))
    while (message := read(sys.stdin.buffer)) is not None:
        with metals.lock:
            metals.seen.append(message)
            metals.take(message)
    os._exit(0)  # as Metals does at the end of its input; its build server sees the end of its own


if __name__ == "__main__":
    main()
