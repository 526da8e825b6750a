"""The tables of a log in PostgreSQL: laid out and brought up to date in their own schema, and nowhere else.

    GRANT USAGE ON SCHEMA timeline TO reader, writer;
    GRANT SELECT ON ALL TABLES IN SCHEMA timeline TO reader, writer;
    GRANT INSERT ON timeline.entries, timeline.tags TO writer;

is all that roles other than the owner need. Only the owner can change or remove an entry.
"""

from __future__ import annotations

from timeline.errors import CannotOpen, NewerFormat, NotATimeline, ReadOnlyLog
from timeline.log.postgres.connection import ReconnectingConnection, sql

STEPS = (
    """
    CREATE TABLE {schema}.entries (
        position bigint PRIMARY KEY,
        id       text COLLATE "C" NOT NULL UNIQUE,
        type     text COLLATE "C" NOT NULL,
        recorded bigint NOT NULL,           -- microseconds since 1970 UTC
        salt     bytea  NOT NULL,
        content  bytea  NOT NULL,           -- canonical JSON
        leaf     bytea  NOT NULL,
        digest   bytea  NOT NULL,
        tags     jsonb  NOT NULL            -- a list, as indexed below
    );
    CREATE TABLE {schema}.tags (tag text COLLATE "C", position bigint, PRIMARY KEY (tag, position));
    CREATE INDEX entries_by_type ON {schema}.entries (type, position);
    CREATE TABLE {schema}.format (version integer NOT NULL);
    INSERT INTO {schema}.format VALUES (0);
    """,
)
"""The step from each format to the next; the first lays out an empty schema."""


def prepare_schema(link: ReconnectingConnection, schema: str, begin: sql.Composed) -> None:
    """Find the tables of this version in the schema, or lay them out in a transaction begun by `begin`.

    Raises: NotATimeline, NewerFormat, ReadOnlyLog.
    """
    if _format(link, schema) == len(STEPS):
        return
    try:
        with link.transaction(begin):
            for step in STEPS[_format(link, schema) :]:  # another may have laid them out meanwhile
                link.run(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(schema)))
                link.run(sql.SQL(step).format(schema=sql.Identifier(schema)))
            link.run(sql.SQL("UPDATE {}.format SET version = {}").format(sql.Identifier(schema), len(STEPS)))
    except ReadOnlyLog as error:
        raise ReadOnlyLog(
            f"{link.place} has no log of this format in schema {schema!r}, and does not let this role make one. "
            "Open it once as the owner of the database, who then grants the rights of a reader or a writer.",
            path=link.place,
        ) from error


def _format(link: ReconnectingConnection, schema: str) -> int:
    """Return the format laid out in the schema; 0 for a schema that is empty or missing."""
    found = link.run(_TABLES, [schema], rows=True)
    tables = {str(name) for name, _ in found}
    if not tables:
        return 0
    if not {"entries", "tags", "format"} <= tables:
        raise NotATimeline(
            f"schema {schema!r} of {link.place} belongs to another program; it was left as it was. "
            "Choose another schema.",
            path=link.place,
        )
    if not all(readable for _, readable in found):
        raise CannotOpen(
            f"{link.place} does not let this role read schema {schema!r}. Ask its owner for the rights of a reader.",
            path=link.place,
        )
    ((version,),) = link.run(sql.SQL("SELECT version FROM {}.format").format(sql.Identifier(schema)), rows=True)
    if version > len(STEPS):
        raise NewerFormat(
            f"schema {schema!r} of {link.place} has format {version}, and this version of incident-timeline knows up "
            f"to {len(STEPS)}; it was left as it was. Upgrade: pip install --upgrade incident-timeline.",
            path=link.place,
            found=version,
            known=len(STEPS),
        )
    return int(version)


_TABLES = sql.SQL("""
SELECT relname,
       relkind <> 'r' OR has_schema_privilege(relnamespace, 'USAGE') AND has_table_privilege(pg_class.oid, 'SELECT')
FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE nspname = %s AND relkind NOT IN ('i', 't')
""")
