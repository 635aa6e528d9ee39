"""A real MariaDB server that lives as long as it is needed, in a folder of its own, under an unprivileged user."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.tables.databases.ports import free_port

PASSWORD = "s3cret/with:odd@signs"
SCHEMA = f"""
create database shop;
create database hidden;
create table shop.customers (
    id bigint unsigned not null auto_increment primary key,
    name varchar(40) not null comment 'as they write it',
    joined timestamp not null default current_timestamp,
    born date,
    score decimal(10, 2),
    active boolean not null,
    age tinyint unsigned,
    state enum('sad', 'ok'),
    weight double,
    since year,
    photo blob,
    extra json
) comment 'people who buy';
create table shop.Orders (
    id int primary key, customer_id bigint unsigned, foreign key (customer_id) references shop.customers (id)
);
create view shop.totals as select customer_id, count(*) as n from shop.Orders group by 1;
create table hidden.secrets (id int);
create user reader@'%' identified by '{PASSWORD}';
grant select on shop.* to reader@'%'
"""


@dataclass
class MariaDB:
    """`port` on 127.0.0.1; `reader` may read the database `shop`."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]

    def url(self) -> str:
        return f"mysql://reader:{quote(PASSWORD, safe='')}@127.0.0.1:{self.port}/shop"


def running() -> Iterator[MariaDB]:
    """For a fixture: a server, ended behind it. Skips with what is missing."""
    program = shutil.which("mariadbd") or shutil.which("mariadbd", path="/usr/sbin")
    install = shutil.which("mariadb-install-db")
    if program is None or install is None:
        pytest.skip("MariaDB is not installed (Debian's package: mariadb-server)")
    pytest.importorskip("sqlalchemy", reason="polycell[databases] is not installed")
    pytest.importorskip("pymysql", reason="pymysql is not installed")
    folder = Path(tempfile.mkdtemp(prefix="polycell-mariadb-"))
    owner = []
    if os.getuid() == 0:
        user = pwd.getpwnam("nobody")
        os.chown(folder, user.pw_uid, user.pw_gid)
        owner = ["--user=nobody"]
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    plain = ["--no-defaults", f"--datadir={folder / 'data'}", *owner]
    subprocess.run(
        [install, *plain, "--auth-root-authentication-method=normal", "--skip-test-db"], check=True, cwd=folder, **quiet
    )
    port = free_port()
    process = subprocess.Popen(
        [program, *plain, f"--socket={folder / 'socket'}", f"--port={port}", "--bind-address=127.0.0.1",
         f"--pid-file={folder / 'pid'}", "--innodb-buffer-pool-size=16M", "--skip-log-bin"],
        cwd=folder, **quiet,
    )  # fmt: skip
    try:
        _make(folder, process)
        yield MariaDB(folder, port, process)
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _make(folder: Path, process: subprocess.Popen[bytes]) -> None:
    import pymysql

    while True:
        assert process.poll() is None, "the server did not start"
        try:
            connection = pymysql.connect(unix_socket=str(folder / "socket"), user="root")
            break
        except pymysql.err.OperationalError:
            time.sleep(0.05)
    with connection, connection.cursor() as cursor:
        for statement in SCHEMA.split(";"):
            cursor.execute(statement)
