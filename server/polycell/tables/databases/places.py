"""Which database a notebook means, and whether it may be read.

Files (SQLite, DuckDB) follow the rules of data files. A server is read only when the user's settings name it, or allow
what notebooks name themselves; in either case by the user's own credentials, from the environment or a connection file.
"""

from __future__ import annotations

import configparser
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal
from urllib.parse import quote, unquote, urlsplit

from msgspec import Struct, field

from polycell.core.patterns import pattern
from polycell.core.types import Connection
from polycell.tables.databases.secrets import expand
from polycell.tables.files import FileRequest, resolve

PlaceKind = Literal["sqlite", "duckdb", "server"]

CONNECTION_FILES = ("~/.jupysql/connections.ini", "~/.config/jupysql/connections.ini")
_FILES: Mapping[str, PlaceKind] = {"sqlite": "sqlite", "sqlite3": "sqlite", "duckdb": "duckdb"}
_MEMORY = frozenset({"", ":memory:", ":default:"})
_REFERENCE = pattern(r"\$\{\w+\}\Z")
_PORTS = {"postgresql": 5432, "mysql": 3306, "mssql": 1433, "oracle": 1521}
_FAMILIES = {"postgres": "postgresql", "cockroachdb": "postgresql", "mariadb": "mysql"}


class DatabaseRequest(Struct, frozen=True):
    """The key for `View.read`: `source` as the notebook writes it (a URL, a file, a name, `${NAME}` for an environment
    variable, `[section]` of a connection file), `dialect` if the code tells it, `folder` the notebook's own, `file` the
    connection file where the notebook chooses one."""

    source: str
    dialect: str = ""
    folder: str = ""
    file: str = ""

    @staticmethod
    def of(connection: Connection) -> DatabaseRequest:
        return DatabaseRequest(connection.source, connection.dialect, connection.folder, connection.file)


class Allowed(Struct, frozen=True):
    """What the user allows: `named` databases (name → URL, with `${NAME}` for the environment), `notebooks`: those that
    notebooks and the connection files name; `roots` and `anywhere` as for data files."""

    named: Mapping[str, str] = field(default_factory=dict)
    notebooks: bool = False
    roots: Sequence[Path] = ()
    anywhere: bool = False


class Place(Struct, frozen=True):
    """A database that may be read: the file's path, or the server's URL with credentials. `label` has none."""

    kind: PlaceKind
    target: str
    label: str


def place(request: DatabaseRequest, allowed: Allowed, environment: Mapping[str, str] = os.environ) -> Place | None:
    """None for a database that nobody may read, in memory, or not there. Raises LookupError where something that the
    user set up is missing: an environment variable, a section."""
    source = request.source.strip()
    name = source.strip("[]")
    if name in allowed.named:
        return _of_url(expand(allowed.named[name], environment), request.folder, allowed, name, trusted=True)
    for known, url in allowed.named.items():
        if source == url or (_is_server(source) and _is_server(url) and _same_server(source, url, environment)):
            return _of_url(expand(url, environment), request.folder, allowed, known, trusted=True)
    if _is_server(source):
        return _of_url(expand(source, environment), request.folder, allowed, "") if allowed.notebooks else None
    if _REFERENCE.match(source) or source.startswith("["):
        if not allowed.notebooks:
            return None
        url = expand(source, environment) if source.startswith("$") else _section(name, request, allowed)
        return _of_url(url, request.folder, allowed, name) if url else None
    return _file(source, request, allowed)


def file_of(source: str) -> tuple[PlaceKind | None, str]:
    """(kind, path) of a database file as code writes it; ("", "") for what is none."""
    scheme, separator, rest = source.partition("://")
    if separator and (kind := _FILES.get(scheme.partition("+")[0].lower())) is not None:
        return kind, unquote(rest.partition("?")[0].removeprefix("/"))
    if source.startswith("file:"):  # sqlite3.connect("file:x.db?mode=ro", uri=True)
        return "sqlite", unquote(re.sub(r"^//(?=/)", "", source[5:].partition("?")[0]))
    return None, source if not separator and not source.startswith("md:") else ""


def _file(source: str, request: DatabaseRequest, allowed: Allowed) -> Place | None:
    kind, path = file_of(source)
    kind = kind or _FILES.get(request.dialect)
    if kind is None or path in _MEMORY or path.startswith(":"):
        return None
    found = resolve(FileRequest(path, request.folder), allowed.roots, anywhere=allowed.anywhere)
    if found is None or not found.is_file():
        return None
    return Place("sqlite" if kind == "duckdb" and _is_sqlite(found) else kind, str(found), path)


def _is_sqlite(path: Path) -> bool:
    """DuckDB opens such files too."""
    with path.open("rb") as opened:
        return opened.read(16) == b"SQLite format 3\0"


def _of_url(url: str, folder: str, allowed: Allowed, name: str, *, trusted: bool = False) -> Place | None:
    if not _is_server(url):
        # A file that the settings name may lie anywhere: whoever wrote them knows where.
        anywhere = allowed.anywhere or trusted
        request = DatabaseRequest(url, "", folder)
        return _file(url, request, Allowed(roots=allowed.roots, anywhere=anywhere))
    parts = urlsplit(url)
    where = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname or ""
    database = unquote(parts.path.lstrip("/"))
    kind = parts.scheme.partition("+")[0]
    label = " ".join(filter(None, (name or database, f"({kind}{f' at {where}' if where else ''})")))
    return Place("server", url, label)


def _is_server(source: str) -> bool:
    scheme, separator, _ = source.partition("://")
    plain = re.sub(r"[+_\-.]", "", scheme)
    return bool(separator) and plain.isalnum() and scheme.partition("+")[0].lower() not in _FILES and scheme != "file"


def _same_server(written: str, configured: str, environment: Mapping[str, str]) -> bool:
    """Whether two URLs mean one database, whoever logs in."""
    try:
        left, right = (_server(expand(url, environment)) for url in (written, configured))
    except (LookupError, ValueError):
        return False
    return left == right


def _server(url: str) -> tuple[str, str, int | None, str]:
    parts = urlsplit(url)
    scheme = parts.scheme.partition("+")[0].lower()
    family = _FAMILIES.get(scheme, scheme)
    host = (parts.hostname or "localhost").lower()
    return family, "localhost" if host == "127.0.0.1" else host, parts.port or _PORTS.get(family), parts.path.strip("/")


def _section(name: str, request: DatabaseRequest, allowed: Allowed) -> str:
    """The URL that a section of a JupySQL connection file stands for. Raises LookupError when no file has it."""
    files = [Path(request.folder) / "connections.ini"] if request.folder else []
    if request.file:
        chosen = resolve(FileRequest(request.file, request.folder), allowed.roots, anywhere=allowed.anywhere)
        files = [chosen, *files] if chosen is not None else files
    for file in [*files, *(Path(f).expanduser() for f in CONNECTION_FILES)]:
        parser = configparser.ConfigParser(interpolation=None)
        try:
            with file.open(encoding="utf-8") as opened:
                parser.read_string(opened.read(64 * 1024))
        except (OSError, UnicodeError, configparser.Error):
            continue
        if parser.has_section(name):
            return _url(dict(parser.items(name)))
    raise LookupError(f"no connection file has a section {name}")


def _url(said: Mapping[str, str]) -> str:
    driver = said.get("drivername", "")
    user = quote(said.get("username", ""), safe="")
    if user and said.get("password"):
        user += ":" + quote(said["password"], safe="")
    port = f":{said['port']}" if said.get("port") else ""
    return f"{driver}://{user}{'@' if user else ''}{said.get('host', '')}{port}/{said.get('database', '')}"
