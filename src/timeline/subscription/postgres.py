"""A read model in a schema of a PostgreSQL database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Self, TypeVar

from timeline.errors import LogError
from timeline.log.postgres.connection import PATIENCE, ReconnectingConnection, schema_named, sql
from timeline.subscription.model import Cursor, ReadModel

T = TypeVar("T")
_BESIDE = "_rebuild"


class PostgresModel(ReadModel):
    """A read model in a schema of its own, which is created if it does not exist (its name takes up to 55 bytes).

    Names in the SQL of `create` and `apply` are looked up in that schema. The roles in `readers` may read all its
    tables. A server that is away is waited for up to `patience` seconds.
    """

    slot = "%s"
    blob = "bytea"

    def __init__(self, url: str, *, schema: str, readers: Iterable[str] = (), patience: float = PATIENCE) -> None:
        self.schema = schema
        self._url = url
        self._readers = tuple(readers)
        self._name = schema_named(schema, longest=63 - len(_BESIDE))
        self._link = ReconnectingConnection(url, patience=patience)
        key = int.from_bytes(sha256(f"timeline model {schema}".encode()).digest()[:8], "big", signed=True)
        self._begin = sql.SQL("BEGIN; SELECT pg_advisory_xact_lock({}); SET LOCAL search_path TO {}").format(
            key, self._name
        )
        try:
            self._link.retry(self._check)
        except BaseException:
            self._link.close()
            raise

    @contextmanager
    def transaction(self) -> Iterator[Cursor]:
        with self._link.transaction(self._begin) as cursor:
            yield cursor

    def retry(self, work: Callable[[], T]) -> T:
        return self._link.retry(work)

    def laid_out(self, cursor: Cursor) -> bool:
        cursor.execute(
            "SELECT 1 FROM pg_tables WHERE (schemaname, tablename) = (%s, 'timeline_checkpoint')", [self.schema]
        )
        return cursor.fetchone() is not None

    def lay_out(self, cursor: Cursor) -> None:
        cursor.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(self._name))
        super().lay_out(cursor)
        for reader in map(sql.Identifier, self._readers):
            cursor.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(self._name, reader))
            cursor.execute(
                sql.SQL("ALTER DEFAULT PRIVILEGES IN SCHEMA {} GRANT SELECT ON TABLES TO {}").format(self._name, reader)
            )

    def beside(self) -> Self:
        built = type(self)(
            self._url, schema=f"{self.schema}{_BESIDE}", readers=self._readers, patience=self._link.patience
        )
        built.retry(built.drop)
        return built

    def switch(self, built: Self) -> None:
        def once() -> None:
            with self.transaction() as cursor:
                if not built.laid_out(cursor):  # an earlier try succeeded, but its answer was lost
                    return
                cursor.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(self._name))
                cursor.execute(sql.SQL("ALTER SCHEMA {} RENAME TO {}").format(built._name, self._name))

        self.retry(once)

    def discard(self) -> None:
        self.retry(self.drop)
        self.close()

    def close(self) -> None:
        self._link.close()

    def scrub(self) -> None:
        """Do nothing: the autovacuum of the server removes the old rows."""

    def __repr__(self) -> str:
        return f"PostgresModel({self._link.place!r}, schema={self.schema!r})"

    def _check(self) -> None:
        """Refuse a schema with other content, which a rebuild would remove."""
        with self.transaction() as cursor:
            if not self.laid_out(cursor):
                found = "SELECT 1 FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE nspname = %s"
                cursor.execute(found, [self.schema])
                if cursor.fetchone():
                    raise LogError(
                        f"schema {self.schema!r} of {self._link.place} holds something else, which was left as it "
                        "was: expected no schema, or an empty one. Choose a schema for the read model alone."
                    )

    def drop(self) -> None:
        """Drop the schema of the model, with everything in it."""
        """Remove the schema and everything in it."""
        with self.transaction() as cursor:
            cursor.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(self._name))
