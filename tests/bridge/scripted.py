"""A language server that does what it is told: a real process on real pipes, for what no installed server can be made
to do (crash, hang, answer "content modified"). It knows nothing of our code.

    python scripted.py SCRIPT.json

The script maps a method to what is done each time it comes, the last entry again and again:

    {"answer": value}  {"error": code}  {"silence": true}  {"exit": code}   and before any of these, if given,
    {"say": [method, params]}  {"ask": [method, params]}  {"complain": "a line on standard error"}

`test/log` answers with all messages so far, `test/children` starts a child that sleeps and answers with its id.
"""

from __future__ import annotations

import json
import sys
from typing import Any


def read() -> Any:
    length = 0
    while line := sys.stdin.buffer.readline().strip():
        if line.lower().startswith(b"content-length:"):
            length = int(line.partition(b":")[2])
    return json.loads(sys.stdin.buffer.read(length)) if length else None


def write(message: dict[str, Any]) -> None:
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    sys.stdout.buffer.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
    sys.stdout.buffer.flush()


def main() -> None:
    with open(sys.argv[1], encoding="utf-8") as file:
        script = json.load(file)
    seen: list[Any] = []
    times: dict[str, int] = {}
    while (message := read()) is not None:
        seen.append(message)
        method = message.get("method", "")
        steps = script.get(method, [{"answer": {"capabilities": {}} if method == "initialize" else None}])
        step = steps[min(times.get(method, 0), len(steps) - 1)]
        times[method] = times.get(method, 0) + 1
        if "complain" in step:
            print(step["complain"], file=sys.stderr, flush=True)
        if "say" in step:
            write({"method": step["say"][0], "params": step["say"][1]})
        if "ask" in step:
            write({"id": f"ask-{len(seen)}", "method": step["ask"][0], "params": step["ask"][1]})
        if "exit" in step or method == "exit":
            raise SystemExit(step.get("exit", 0))
        if "id" not in message or not method or step.get("silence"):
            continue
        if method == "test/log":
            write({"id": message["id"], "result": seen})
        elif method == "test/children":
            import subprocess  # only here: starting is what takes the time

            child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], stdin=subprocess.PIPE)
            write({"id": message["id"], "result": child.pid})
        elif "error" in step:
            write({"id": message["id"], "error": {"code": step["error"], "message": "as told"}})
        else:
            write({"id": message["id"], "result": step.get("answer")})


if __name__ == "__main__":
    main()
