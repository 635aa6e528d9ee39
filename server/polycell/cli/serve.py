"""`polycell serve`: the language server on standard input and output, or on a TCP port.

Parsed with argparse, because an editor waits for it: typer would cost a tenth of a second. Where nothing is to be
parsed, argparse is not loaded either.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

LEVELS = ("error", "warning", "info", "debug")
LEVEL = "warning"


def serve(arguments: Sequence[str]) -> int:
    """Run the server until its client goes away; the exit code."""
    options = _options(arguments)
    try:
        host, port = _address(options)
        _log_to(options.log_file, options.log_level)
    except ValueError as problem:
        print(f"polycell serve: {problem}", file=sys.stderr)
        return 2
    import_asyncio_without_tls()
    from polycell.lsp import garbage

    garbage.put_off()
    from polycell.lsp.server import serve_stdio, serve_tcp

    try:
        if port is None:
            serve_stdio()
        else:
            serve_tcp(host, port)
    except KeyboardInterrupt:
        return 130
    except OSError as problem:
        where = f"{host}:{port}" if port is not None else "standard input"
        print(f"polycell serve: cannot serve on {where}: {problem.strerror or problem}", file=sys.stderr)
        return 2
    return 0


def import_asyncio_without_tls() -> None:
    """asyncio loads TLS for connections that nobody makes here, and does without where Python has none."""
    if "asyncio" not in sys.modules and "ssl" not in sys.modules:
        sys.modules["ssl"] = None  # type: ignore[assignment]  # importing it raises ImportError
        try:
            import asyncio  # noqa: F401
        finally:
            del sys.modules["ssl"]


def _options(arguments: Sequence[str]) -> argparse.Namespace | SimpleNamespace:
    if all(argument == "--stdio" for argument in arguments):
        return SimpleNamespace(stdio=True, tcp=None, port=None, log_file=None, log_level=LEVEL)
    return _parser().parse_args(arguments)


def _parser() -> argparse.ArgumentParser:
    import argparse

    parser = argparse.ArgumentParser(
        prog="polycell serve",
        description="Run the language server. Without --tcp or --port it speaks on standard input and output.",
    )
    parser.add_argument("--stdio", action="store_true", help="speak on standard input and output (the default)")
    parser.add_argument("--tcp", metavar="HOST:PORT", help="listen on this address instead")
    parser.add_argument("--port", type=int, metavar="N", help="listen on 127.0.0.1:N instead")
    parser.add_argument("--log-file", metavar="FILE", help="write the log here instead of standard error")
    parser.add_argument("--log-level", choices=LEVELS, default=LEVEL, help=f"how much to log (default: {LEVEL})")
    return parser


def _address(options: argparse.Namespace | SimpleNamespace) -> tuple[str, int | None]:
    if options.tcp is None:
        if options.port is not None and not 0 <= options.port <= 65535:
            raise ValueError(f"--port takes a number from 0 to 65535, not {options.port}")
        return "127.0.0.1", options.port
    host, colon, port = str(options.tcp).rpartition(":")
    if not colon or not port.isdecimal() or int(port) > 65535:
        raise ValueError(f"--tcp takes HOST:PORT, such as 127.0.0.1:2087, not {options.tcp!r}")
    if options.port is not None:
        raise ValueError("give either --tcp or --port, not both")
    return host.strip("[]") or "127.0.0.1", int(port)


def _log_to(path: str | None, level: str) -> None:
    """Standard output belongs to the protocol, so the log goes to a file or to standard error."""
    form = "%(asctime)s %(levelname)s %(name)s: %(message)s"
    try:
        handler = logging.FileHandler(path, encoding="utf-8", errors="backslashreplace") if path else None
    except OSError as problem:
        raise ValueError(f"cannot write the log to {path}: {problem.strerror or problem}") from problem
    logging.basicConfig(level=level.upper(), format=form, handlers=[handler or logging.StreamHandler(sys.stderr)])
    if level != "debug":  # pygls logs every message in full at "info": whole notebooks would stand in the log
        for name in ("pygls", "asyncio"):
            logging.getLogger(name).setLevel(logging.WARNING)
