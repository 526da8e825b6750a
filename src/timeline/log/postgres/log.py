"""The log on a PostgreSQL server, for several machines, many readers, and writers that take turns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from typing import TypeVar

import attrs
import orjson

from timeline.entry import Draft, Entry
from timeline.errors import LogError, LogUnreachable
from timeline.events.declare import Redacted
from timeline.log import codec
from timeline.log.appending import drafts_of
from timeline.log.audit import tampered
from timeline.log.base import BaseLog
from timeline.log.clocks import Clock, refuse_ahead, utc_now
from timeline.log.follower import Wait
from timeline.log.forks import renew_after_fork, set_aside
from timeline.log.postgres import schema as postgres_schema
from timeline.log.postgres.connection import (
    PATIENCE,
    PAUSES,
    Connection,
    ReconnectingConnection,
    psycopg,
    schema_named,
    sql,
)
from timeline.log.query import Conditions, Query
from timeline.log.stored import Head, Stored
from timeline.progress import Progress

T = TypeVar("T")

_COLUMNS = sql.SQL("position, id, type, recorded, salt, content, leaf, digest, tags")
_INSERT = sql.SQL("""
WITH kept AS (
    INSERT INTO {schema}.entries (position, id, type, recorded, salt, content, leaf, digest, tags)
    SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::bigint[], %b::bytea[], %b::bytea[], %b::bytea[],
                         %b::bytea[], %s::jsonb[])
), named AS (
    INSERT INTO {schema}.tags (tag, position) SELECT * FROM unnest(%s::text[], %s::bigint[])
)
SELECT pg_notify({channel}, '')
""")
_ERASE = sql.SQL("""
WITH gone AS (
    UPDATE {schema}.entries SET type = %s, salt = '', content = '', tags = '[]' WHERE id = ANY(%s) RETURNING position
)
DELETE FROM {schema}.tags USING gone WHERE tags.position = gone.position
""")
_MISFILED = sql.SQL("""
WITH borne AS (SELECT position, tag FROM {schema}.entries, jsonb_array_elements_text(tags) AS tag),
     filed AS (SELECT position, tag FROM {schema}.tags)
SELECT min(position) FROM (
    (TABLE borne EXCEPT TABLE filed) UNION ALL (TABLE filed EXCEPT TABLE borne)
) AS misfiled
""")
"""The first position at which the table of tags and the tags of the entry differ."""
_GLANCE = 1.0
"""The most seconds between two looks at a server that gives no notices."""
_SCRUB = "CLUSTER {schema}.entries USING entries_pkey", "CLUSTER {schema}.tags USING tags_pkey"


class PostgresLog(BaseLog):
    """Entries in a schema of a PostgreSQL database (14 or newer), which is laid out if it is not there.

    1. When `append` returns, the batch is as durable as the server makes it. After a lost connection the append is
       repeated; because its entries are known by their ids, it lands once.
    2. Any number of processes and threads on any number of machines may read and append. Appends wait for one
       another, so positions become visible in order.
    3. Nothing outside the schema is touched. A server that is away is waited for up to `patience` seconds.
    4. When `append` returns, content redacted by the owner of the schema is in no table and no index: they are
       rewritten. The write-ahead log and the backups of the server are left to its administrator.

    Raises: CannotOpen, NotATimeline, NewerFormat, ReadOnlyLog, LogUnreachable.
    """

    def __init__(
        self, url: str, *, schema: str = "timeline", clock: Clock = utc_now, patience: float = PATIENCE
    ) -> None:
        super().__init__(clock)
        self.schema = schema
        name = schema_named(schema)
        self._link = ReconnectingConnection(url, patience=patience)
        key = int.from_bytes(sha256(f"timeline {schema}".encode()).digest()[:8], "big", signed=True)
        self._begin = sql.SQL("BEGIN; SELECT pg_advisory_xact_lock({})").format(key)
        self._channel = f"timeline {key:x}"
        self._insertion = _INSERT.format(schema=name, channel=sql.Literal(self._channel))
        self._erasure = _ERASE.format(schema=name)
        self._scrubbing = [sql.SQL(statement).format(schema=name) for statement in _SCRUB]
        self._overdue = False
        self._misfiled = _MISFILED.format(schema=name)
        self._selection = sql.SQL("SELECT {} FROM {}.entries ").format(_COLUMNS, name)
        self._tagged = sql.SQL("position IN (SELECT position FROM {}.tags WHERE tag = %s AND position > %s)").format(
            name
        )
        try:
            self._link.retry(lambda: postgres_schema.prepare_schema(self._link, schema, self._begin))
        except BaseException:
            self._link.close()
            raise

    def append(self, drafts: Iterable[Draft], *, expect: Conditions = None) -> tuple[Entry, ...]:
        named = [draft if draft.id else attrs.evolve(draft, id=codec.new_id()) for draft in drafts_of(drafts)]
        return super().append(named, expect=expect)

    def verify(self, *, progress: Progress | None = None) -> Head:
        """Recompute every leaf, digest and tag, check the table of tags too, and return the head."""
        head = super().verify(progress=progress)
        ((position,),) = self._link.retry(lambda: self._link.run(self._misfiled, rows=True))
        if position is not None:
            raise tampered(position)
        return head

    def close(self) -> None:
        super().close()
        self._link.close()

    def __repr__(self) -> str:
        return f"PostgresLog({self._link.place!r}, schema={self.schema!r})"

    def retry(self, work: Callable[[], T]) -> T:
        return self._link.retry(work)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self._link.transaction(self._begin):
            yield
        if self._overdue:
            self._scrub()

    def rows_by_id(self, ids: Sequence[str]) -> dict[str, Stored]:
        return {row.id: row for row in self._rows(sql.SQL("WHERE id = ANY(%s)"), [list(ids)])}

    def rows_at(self, positions: Sequence[int]) -> list[Stored]:
        return self._rows(sql.SQL("WHERE position = ANY(%s) ORDER BY position"), [list(positions)])

    def select(self, query: Query) -> list[Stored]:
        where: list[sql.Composable] = [sql.SQL("position > %s")]
        values: list[object] = [query.after]
        if query.before is not None:
            where.append(sql.SQL("position < %s"))
            values.append(query.before)
        for tag in query.tags or ():
            where.append(self._tagged)
            values += [tag, query.after]
        if query.types is not None:
            where.append(sql.SQL("type = ANY(%s)"))
            values.append(list(query.types))
        wanted = sql.SQL("WHERE {} ORDER BY position LIMIT %s").format(sql.SQL(" AND ").join(where))
        return self._rows(wanted, [*values, query.limit])

    def insert(self, rows: Sequence[Stored]) -> None:
        *columns, tags = ([row[n] for row in rows] for n in range(len(Stored._fields)))
        pairs = [(tag, row.position) for row in rows for tag in row.tags]
        listed = [orjson.dumps(some).decode() for some in tags]
        self._link.run(self._insertion, [*columns, listed, [tag for tag, _ in pairs], [at for _, at in pairs]])

    def erase(self, ids: Sequence[str]) -> None:
        self._link.run(self._erasure, [Redacted.type, list(ids)])
        self._overdue = True

    def now(self) -> int:
        moment = super().now()
        refuse_ahead(moment, self._link.clock, self._link.look_at_clock)
        return moment

    def _scrub(self) -> None:
        """Rewrite tables and indexes without the rows that were replaced."""
        try:
            for statement in self._scrubbing:
                self._link.run(statement)
        except LogUnreachable:
            raise
        except LogError as error:
            raise LogError(
                f"{self._link.place}: the redaction is kept, but the old bytes are still in the tables ({error}). "
                "As their owner, run CLUSTER on entries and tags."
            ) from error
        self._overdue = False

    def last_row(self) -> Stored | None:
        rows = self._rows(sql.SQL("ORDER BY position DESC LIMIT 1"), [])
        return rows[0] if rows else None

    def _rows(self, wanted: sql.SQL | sql.Composed, values: Sequence[object]) -> list[Stored]:
        query = self._selection + wanted
        found = self._link.retry(lambda: self._link.run(query, values, rows=True))
        return [Stored._make((*row[:-1], tuple(row[-1]))) for row in found]

    @contextmanager
    def watch(self) -> Iterator[Wait]:
        listener = _Listener(self._link, self._channel)
        try:
            yield listener.wait
        finally:
            listener.close()


class _Listener:
    """Waits for the notice of an append, on a connection of its own.

    When it starts to listen, and after a lost connection, it returns at once. The follower then reads the
    entries of which it got no notice. A standby gives no notices, and a server without a free slot no connection.
    In both cases the follower polls.
    """

    def __init__(self, link: ReconnectingConnection, channel: str) -> None:
        self._link = link
        self._listen = sql.SQL("LISTEN {}").format(sql.Identifier(channel))
        self._connection: Connection | None = None
        self._listening = False
        self._pause = PAUSES[0]
        renew_after_fork(self)

    def after_fork(self) -> None:
        """Leave the connection to the parent, and use another one."""
        set_aside(self._connection)
        self._connection, self._listening = None, False

    def wait(self, _after: int, seconds: float) -> None:
        try:
            if self._connection is None:
                self._connection = self._link.connect()
            if self._listening:
                next(self._connection.notifies(timeout=seconds, stop_after=1), None)
            elif self._is_standby(self._connection):
                self._link.rest(min(seconds, _GLANCE))
            else:
                self._connection.execute(self._listen)
                self._listening = True
            self._pause = PAUSES[0]
        except (psycopg.OperationalError, LogUnreachable):  # the follower's next look at the log waits for the server
            self.close()
            self._link.rest(min(seconds, self._pause))
            self._pause = min(2 * self._pause, PAUSES[1])
        except psycopg.Error as error:
            raise self._link.translate(error) from error

    def close(self) -> None:
        self._listening = False
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @staticmethod
    def _is_standby(connection: Connection) -> bool:
        return connection.execute("SELECT pg_is_in_recovery()").fetchone() == (True,)
