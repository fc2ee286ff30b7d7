"""Connections to a PostgreSQL database with pgvector: the only module that knows the driver. What goes wrong there is told in one
line."""

import atexit
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import Any, LiteralString

import psycopg
from pgvector import HalfVector
from pgvector.psycopg import register_vector
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from psycopg_pool import ConnectionPool, PoolTimeout

from rag.datatypes import Floats
from rag.errors import BusyError, StoreError

CONNECTIONS = 10  # of a process, as many as it answers at once and two for looking after builds
_WAIT = 2.0  # seconds until a connection is given up: a question then gets 503
_CHANNEL = "verbatim"

Row = tuple[Any, ...]


class Database:
    """A pool of connections to one database. A query that a connection was lost under is tried once more on another: a server
    that was started again, or the replica that took over, answers it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._opening = Lock()
        self._pool: ConnectionPool[psycopg.Connection[Row]] | None = None
        self._listening: psycopg.Connection[Row] | None = None

    def close(self) -> None:
        """Close every connection."""
        if self._pool:
            self._pool.close()
        if self._listening:
            self._listening.close()

    def rows(self, query: LiteralString, *values: Any, schema: str = "public", table: str = "verbatim") -> list[Row]:
        """What a query finds; `{schema}` and `{table}` in it are names."""
        with self._told():
            try:
                return self._rows(_named(query, schema, table), values)
            except PoolTimeout:
                raise
            except (psycopg.OperationalError, psycopg.InterfaceError):
                self._opened().check()  # the others may be lost as well
                return self._rows(_named(query, schema, table), values)

    def _rows(self, query: sql.Composed, values: Sequence[Any]) -> list[Row]:
        with self._opened().connection() as connection:
            return connection.execute(query, values, binary=True).fetchall()

    def _opened(self) -> "ConnectionPool[psycopg.Connection[Row]]":
        """The pool, opened with the first query: after one connection that tells what is wrong where it fails."""
        with self._opening:
            if self._pool is None:
                self._connect().close()
                self._pool = ConnectionPool(
                    self._url,
                    min_size=1,
                    max_size=CONNECTIONS,
                    timeout=_WAIT,
                    reconnect_timeout=_WAIT,  # and again with the next question, not after ever longer waits
                    kwargs={"autocommit": True, "connect_timeout": int(_WAIT)},
                    configure=_configure,
                    open=True,
                )
            return self._pool

    @contextmanager
    def transaction(self) -> Iterator["Writing"]:
        """One connection on which all or nothing is done."""
        with self._told(), self._connect() as connection:
            yield Writing(connection)

    @contextmanager
    def locked(self) -> Iterator["Writing"]:
        """A transaction while which no other process may be in one of these. Raises BusyError where one is."""
        with self._told(), self._connect() as connection:  # of its own: the lock ends with it, however it ends
            [(free,)] = connection.execute("select pg_try_advisory_lock(%s)", [_lock()]).fetchall()
            if not free:
                raise BusyError(f"Another process is changing the builds in {self}; try again when it is done.")
            yield Writing(connection)

    def heard(self, seconds: float) -> bool:
        """Whether the current build changed within some seconds, which are waited for; as soon as it does. Raises StoreError
        while the database cannot be reached."""
        with self._told():
            try:
                if self._listening is None:
                    self._listening = self._connect(autocommit=True)
                    self._listening.execute(sql.SQL("listen {}").format(sql.Identifier(_CHANNEL)))
                return any(True for _ in self._listening.notifies(timeout=seconds, stop_after=1))
            except psycopg.Error:
                if self._listening:
                    self._listening.close()
                self._listening = None
                raise

    def __str__(self) -> str:
        given = conninfo_to_dict(self._url)
        return f"database {given.get('dbname') or 'of the user'} at {given.get('host') or 'the local socket'}"

    def _connect(self, autocommit: bool = False) -> psycopg.Connection[Row]:
        connection = psycopg.connect(self._url, autocommit=autocommit, connect_timeout=int(_WAIT))
        try:
            _configure(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except psycopg.errors.UndefinedTable as error:
            raise StoreError(f"The {self} holds no such build (any more); run `verbatim build`.") from error
        except psycopg.errors.InsufficientPrivilege as error:
            raise StoreError(f"The {self} does not let this user do that: {_first_line(error)}") from error
        except PoolTimeout as error:
            raise StoreError(f"The {self} cannot be reached; ask again in a moment.") from error
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            raise StoreError(f"The {self} cannot be reached: {_first_line(error)}; ask again in a moment.") from error
        except psycopg.Error as error:
            raise StoreError(f"The {self} refused: {_first_line(error)}") from error


class Writing:
    """A transaction that changes builds."""

    def __init__(self, connection: psycopg.Connection[Row]) -> None:
        self._connection = connection

    def run(self, statement: LiteralString, *values: Any, schema: str = "public", table: str = "verbatim") -> None:
        """Do what a statement says."""
        self._connection.execute(_named(statement, schema, table), values)

    def rows(self, query: LiteralString, *values: Any, schema: str = "public", table: str = "verbatim") -> list[Row]:
        """What a query finds."""
        return self._connection.execute(_named(query, schema, table), values, binary=True).fetchall()

    def copy(self, schema: str, table: str, columns: dict[str, str], rows: Iterable[Row]) -> None:
        """Write rows into a table of a schema; `columns` are the types by the names."""
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        into = sql.SQL("copy {}.{} ({}) from stdin (format binary)").format(sql.Identifier(schema), sql.Identifier(table), names)
        with self._connection.cursor() as cursor, cursor.copy(into) as copy:
            copy.set_types(list(columns.values()))
            for row in rows:
                copy.write_row(row)

    def tell(self, id: str) -> None:
        """Let all servers hear, once this is done, that a build is the current one."""
        self._connection.execute("select pg_notify(%s, %s)", [_CHANNEL, id])

    def settle(self) -> None:
        """Make what was done so far last, and begin another transaction."""
        self._connection.commit()


@cache
def database(url: str) -> Database:
    """The connections of this process to a database; none is made before something is asked."""
    opened = Database(url)
    atexit.register(opened.close)
    return opened


def halves(vector: Floats) -> HalfVector:
    """A vector as it is kept, in half precision."""
    return HalfVector(vector)


def _configure(connection: psycopg.Connection[Any]) -> None:
    """Make a connection read and write vectors; the extension is installed where that is allowed and it is not yet."""
    own = connection.autocommit
    connection.autocommit = True
    try:
        register_vector(connection)
    except psycopg.ProgrammingError:
        try:
            connection.execute("create extension if not exists vector")
            register_vector(connection)
        except psycopg.Error as error:
            raise StoreError(
                f"The database has no pgvector ({_first_line(error)}); install it, and let an administrator run"
                " `create extension vector` there."
            ) from error
    connection.autocommit = own


def _named(query: LiteralString, schema: str, table: str) -> sql.Composed:
    return sql.SQL(query).format(schema=sql.Identifier(schema), table=sql.Identifier(table))


def _lock() -> int:
    return int.from_bytes(hashlib.sha256(_CHANNEL.encode()).digest()[:8], "big", signed=True)


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return next((line.split("FATAL:")[-1].strip() for line in lines if "FATAL:" in line), lines[0]).rstrip(".")
