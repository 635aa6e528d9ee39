"""A real PostgreSQL server that lives as long as it is needed, in a folder of its own, under an unprivileged user."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.tables.databases.ports import free_port

PASSWORD = "s3cret/with:odd@signs"

SCHEMA = """
create schema sales;
create type mood as enum ('sad', 'ok', 'happy');
create table customers (
    id bigint generated always as identity primary key,
    name text not null,
    joined timestamptz not null default now(),
    score numeric(10, 2),
    "Mixed Case" int,
    tags text[],
    state mood,
    extra jsonb
);
comment on table customers is 'people who buy';
comment on column customers.score is 'what they are worth';
create table sales."Orders" (
    id int primary key, customer_id bigint references public.customers (id), amount double precision, day date
);
create table sales.measures (day date not null, value real) partition by range (day);
create table sales.measures_2026 partition of sales.measures for values from ('2026-01-01') to ('2027-01-01');
create view sales.totals as select customer_id, sum(amount) as total from sales."Orders" group by 1;
create materialized view sales.best as select * from sales.totals;
create schema hidden;
create table hidden.secrets (id int, word text);
revoke all on schema hidden from public;
create role reader login password '{password}';
create role slow login password '{password}' ;
"""


def missing() -> str:
    """What the machine lacks to start a server; empty when it lacks nothing."""
    if _bin() is None:
        return "PostgreSQL is not installed (Debian's package: postgresql)"
    if os.getuid() == 0 and _user() is None:
        return "PostgreSQL does not run as root, and there is no user nobody or postgres"
    return ""


def _bin() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")) if Path("/usr/lib/postgresql").is_dir() else []
    if found:
        return found[-1].parent
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


def _user() -> pwd.struct_passwd | None:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None


@dataclass
class Postgres:
    """`port` on 127.0.0.1; the superuser is `admin`, `reader` may read what is public. Both have `PASSWORD`."""

    folder: Path
    port: int
    _as: dict[str, Any] = field(default_factory=dict)

    def start(self) -> None:
        options = f"-h 127.0.0.1 -p {self.port} -k {self.folder} -c fsync=off -c shared_buffers=16MB"
        self._run(
            "pg_ctl", "start", "-w", "-D", str(self.folder / "data"), "-o", options, "-l", str(self.folder / "log")
        )

    def stop(self) -> None:
        self._run("pg_ctl", "stop", "-w", "-m", "immediate", "-D", str(self.folder / "data"))

    def sql(self, text: str) -> None:
        import psycopg

        with psycopg.connect(
            host="127.0.0.1", port=self.port, user="admin", password=PASSWORD, dbname="postgres", autocommit=True
        ) as connection:
            for statement in text.split(";"):
                if statement.strip():
                    connection.execute(statement.encode())

    def url(self, user: str = "reader", password: str = PASSWORD) -> str:
        from urllib.parse import quote

        return f"postgresql://{user}:{quote(password, safe='')}@127.0.0.1:{self.port}/postgres"

    def _run(self, program: str, *arguments: str) -> None:
        folder = _bin()
        assert folder is not None
        command = [str(folder / program), *arguments]
        # Of a server that lives on, no pipe may be waited for.
        run = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, cwd=self.folder, **self._as)
        assert run.returncode == 0, f"{program} left with {run.returncode}"


def make() -> Postgres:
    """A running server with `SCHEMA` in it; whoever made it stops it and removes its folder."""
    folder = Path(tempfile.mkdtemp(prefix="polycell-postgres-"))
    owner: dict[str, Any] = {}
    user = _user() if os.getuid() == 0 else None
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
        owner = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    made = Postgres(folder, free_port(), owner)
    (folder / "password").write_text(PASSWORD, encoding="utf-8")
    (folder / "password").chmod(0o644)
    made._run(
        "initdb", "-D", str(folder / "data"), "-U", "admin", "--pwfile", str(folder / "password"),
        "-A", "scram-sha-256", "-E", "UTF8", "--no-sync", "--no-instructions",
    )  # fmt: skip
    made.start()
    made.sql(SCHEMA.format(password=PASSWORD))
    return made
