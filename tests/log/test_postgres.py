"""The log on a PostgreSQL server: opening, roles, secrets, several programs, and a server that goes away."""

import logging
import pickle
import threading
import traceback

import psycopg
import pytest
from psycopg import sql

from support.postgres_server import new_schema
from timeline import Timeline
from timeline.entry import Draft
from timeline.errors import (
    CannotOpen,
    ConcurrencyConflict,
    InvalidValue,
    LogClosed,
    LogError,
    LogUnreachable,
    NewerFormat,
    NotATimeline,
    ReadOnlyLog,
)
from timeline.events import border, editorial
from timeline.log import Expect, MemoryLog
from timeline.log.appending import land, prepare
from timeline.log.postgres import PostgresLog
from timeline.log.postgres import schema as postgres_schema
from timeline.log.rulings import Rulings

SECRET = "pass-wörd@:/7"
QUOTED = "pass-w%C3%B6rd%40%3A%2F7"


def opened(crossing="rabia", *, about=(), detail="", **given):
    """Make a draft of a crossing that opened."""
    return Draft(border.CrossingOpened(crossing=crossing, about=about, detail=detail), **given)


@pytest.fixture
def schema():
    """A schema that is not there yet."""
    return new_schema()


@pytest.fixture
def log(postgres, schema):
    """An empty log."""
    with PostgresLog(postgres.url, schema=schema) as made:
        yield made


@pytest.fixture
def admin(postgres):
    """A connection of the database's owner, to look at things and to change them behind the library's back."""
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        yield connection


def run(admin, text, **names):
    return admin.execute(sql.SQL(text).format(**{name: sql.Identifier(value) for name, value in names.items()}))


def tables(admin):
    """Return everything in the database that is not the system's."""
    query = """SELECT nspname, relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
               WHERE nspname NOT LIKE 'pg_%' AND nspname <> 'information_schema'"""
    return set(admin.execute(query).fetchall())


# -- opening ----------------------------------------------------------------------------------------


def test_a_timeline_is_opened_by_url(postgres):
    """Its log is kept in the schema `timeline`, and is there when it is opened again."""
    for scheme in ("postgresql", "postgres"):
        with Timeline.open(postgres.url.replace("postgresql", scheme)) as line:
            line.record(border.CrossingOpened(crossing="rabia"), id="e1")
            assert line.log.schema == "timeline"
            assert line.head().position == 1


def test_opening_touches_nothing_else(postgres, admin, schema):
    """Only tables and indexes of its own schema are made, and again none when it is opened again."""
    before = tables(admin)
    PostgresLog(postgres.url, schema=schema).close()
    after = tables(admin)
    assert {name for name, _ in after - before} == {schema}
    PostgresLog(postgres.url, schema=schema).close()
    assert tables(admin) == after >= before


@pytest.mark.parametrize("name", ['a "quoted" one', "حوادث", "x; DROP TABLE y", "Select", "{}"])
def test_a_schema_has_any_name(postgres, name):
    """Names are quoted, whatever stands in them."""
    for _ in range(2):
        with PostgresLog(postgres.url, schema=name) as log:
            log.append(opened(id="a"))
            assert [e.id for e in log.read(tags="facility:rabia")] == ["a"]


@pytest.mark.parametrize("name", ["", "x" * 64, "ا" * 32, "a\0b", "%s", 7])
def test_a_schema_has_a_name_of_the_server_s_length(postgres, name):
    """The server would cut a longer one."""
    with pytest.raises(InvalidValue, match="expected a name of 1 to 63 bytes"):
        PostgresLog(postgres.url, schema=name)


def test_logs_in_two_schemas_are_two_logs(postgres, schema):
    """They neither see nor wait for one another."""
    with PostgresLog(postgres.url, schema=schema) as one, PostgresLog(postgres.url, schema=new_schema()) as other:
        with one.transaction():
            other.append(opened(id="a"))
        one.append(opened("far", id="a"))
        assert [e.event.crossing for log in (one, other) for e in log.read()] == ["far", "rabia"]


def test_an_empty_schema_is_used(postgres, admin, schema):
    """Somebody made it for the owner of the log."""
    run(admin, "CREATE SCHEMA {s}", s=schema)
    with PostgresLog(postgres.url, schema=schema) as log:
        assert log.append(opened())[0].position == 1


@pytest.mark.parametrize("made", ["TABLE {s}.entries (x int)", "VIEW {s}.v AS SELECT 1", "SEQUENCE {s}.q"])
def test_another_program_s_schema_is_left_alone(postgres, admin, schema, made):
    """Even if its table has the same name."""
    run(admin, "CREATE SCHEMA {s}", s=schema)
    run(admin, f"CREATE {made}", s=schema)
    before = tables(admin)
    with pytest.raises(NotATimeline, match="belongs to another program; it was left as it was"):
        PostgresLog(postgres.url, schema=schema)
    assert tables(admin) == before


def test_a_newer_format_is_left_alone(postgres, admin, log, schema):
    """A later version of the library laid it out; the message says to upgrade."""
    run(admin, "UPDATE {s}.format SET version = 7", s=schema)
    with pytest.raises(NewerFormat, match=r"has format 7, .* knows up to 1.*Upgrade") as caught:
        PostgresLog(postgres.url, schema=schema)
    assert (caught.value.found, caught.value.known) == (7, 1)
    assert run(admin, "SELECT version FROM {s}.format", s=schema).fetchall() == [(7,)]


def test_an_older_format_is_brought_up(postgres, admin, log, schema, monkeypatch):
    """Step by step, keeping its entries; of several that open it at once, one does so."""
    log.append(opened())
    steps = (
        *postgres_schema.STEPS,
        "ALTER TABLE {schema}.entries ADD COLUMN note text",
        "CREATE TABLE {schema}.more ()",
    )
    monkeypatch.setattr(postgres_schema, "STEPS", steps)
    threads = [threading.Thread(target=lambda: PostgresLog(postgres.url, schema=schema).close()) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert run(admin, "SELECT version FROM {s}.format", s=schema).fetchall() == [(3,)]
    assert run(admin, "SELECT position, note FROM {s}.entries", s=schema).fetchall() == [(1, None)]
    assert log.verify().position == 1


def test_a_step_that_fails_leaves_the_older_format(postgres, admin, log, schema, monkeypatch):
    """The steps are made together, or none of them."""
    steps = (*postgres_schema.STEPS, "CREATE TABLE {schema}.more ()", "ALTER TABLE {schema}.missing ADD COLUMN x int")
    monkeypatch.setattr(postgres_schema, "STEPS", steps)
    before = tables(admin)
    with pytest.raises(LogError, match="missing"):
        PostgresLog(postgres.url, schema=schema)
    assert tables(admin) == before
    assert run(admin, "SELECT version FROM {s}.format", s=schema).fetchall() == [(1,)]


def test_several_open_a_new_log_at_once(postgres, schema):
    """They lay it out once, and use the same."""
    logs = []
    threads = [threading.Thread(target=lambda: logs.append(PostgresLog(postgres.url, schema=schema))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(log.append(opened())[0].position for log in logs) == [1, 2, 3, 4, 5, 6]
    for log in logs:
        log.close()


@pytest.mark.parametrize("level", ["serializable", "repeatable read"])
def test_another_isolation_level_is_refused(postgres, admin, schema, level):
    """At those an append would not see the one it waited for; nothing is laid out."""
    level_of_url = level.replace(" ", "%5C%20")
    url = f"{postgres.url}&options=-c%20default_transaction_isolation%3D{level_of_url}"
    before = tables(admin)
    with pytest.raises(CannotOpen, match=f"begins transactions at '{level}': expected 'read committed'"):
        PostgresLog(url, schema=schema)
    assert tables(admin) == before


def test_a_database_that_cannot_hold_every_language_is_refused(postgres, admin):
    """Arabic slugs have no place in Latin 1."""
    admin.execute("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    with pytest.raises(CannotOpen, match="keeps text as LATIN1: expected UTF8"):
        PostgresLog(postgres.url.replace("/postgres?", "/latin?"))


def test_what_is_appended_is_on_disk_whatever_the_role_is_set_to(postgres, log):
    """A role that does not wait for the disk does so here; one that waits for more is left so."""
    for given, used in [("off", "on"), ("local", "local"), ("remote_apply", "remote_apply")]:
        with PostgresLog(f"{postgres.url}&options=-c%20synchronous_commit%3D{given}", schema=log.schema) as other:
            assert other._link.run(sql.SQL("SHOW synchronous_commit"), rows=True) == [(used,)]


# -- roles ------------------------------------------------------------------------------------------


@pytest.fixture
def roles(postgres, admin, log, schema):
    """The URLs of a reader, a writer and a stranger, with the rights the documentation names."""
    for role in ("reader", "writer", "stranger"):
        if not admin.execute("SELECT FROM pg_roles WHERE rolname = %s", [role]).rowcount:
            run(admin, "CREATE ROLE {r} LOGIN", r=role)
    for line in postgres_schema.__doc__.splitlines():
        if line.strip().startswith("GRANT"):
            run(admin, line.replace("SCHEMA timeline", "SCHEMA {s}").replace("timeline.", "{s}."), s=schema)
    return {role: postgres.url_of(role) for role in ("reader", "writer", "stranger")}


def test_a_reader_reads_and_follows(log, roles):
    """And is woken by what a writer appends."""
    with (
        PostgresLog(roles["reader"], schema=log.schema) as reader,
        PostgresLog(roles["writer"], schema=log.schema) as writer,
    ):
        writer.append([opened(id="a"), opened("b", id="b")])
        with reader.follow() as news:
            assert [next(news).id, next(news).id] == ["a", "b"]
            writer.append(opened(id="c"), expect=Expect(tags="facility:b", after=2))
            assert next(news).id == "c"
        assert [e.id for e in reader.read(tags="facility:rabia")] == ["a", "c"]
        assert reader.verify() == log.head()
        assert Timeline(reader).at().border.crossings["rabia"].status == "open"


def test_a_reader_cannot_write(log, roles):
    """The message says what to ask for, and nothing is kept."""
    with PostgresLog(roles["reader"], schema=log.schema) as reader:
        with pytest.raises(ReadOnlyLog, match="does not let this role do that.*rights of a writer"):
            reader.append(opened())
        assert reader.head().position == 0


@pytest.mark.parametrize("role", ["reader", "writer"])
@pytest.mark.parametrize(
    "change",
    ["DELETE FROM {t}", "UPDATE {t} SET position = 9", "TRUNCATE {t}", "DROP TABLE {t}", "ALTER TABLE {t} ADD x int"],
)
@pytest.mark.parametrize("table", ["entries", "tags"])
def test_neither_reader_nor_writer_can_change_what_is_there(log, roles, role, change, table):
    """Not even with SQL of their own."""
    log.append(opened())
    with psycopg.connect(roles[role]) as theirs, pytest.raises(psycopg.errors.InsufficientPrivilege):
        theirs.execute(sql.SQL(change).format(t=sql.Identifier(log.schema, table)))
    assert log.verify().position == 1


def test_a_stranger_cannot_open_a_log(log, roles):
    """Nor make one: the message says whom to ask."""
    with pytest.raises(CannotOpen, match="does not let this role read schema.*Ask its owner"):
        PostgresLog(roles["stranger"], schema=log.schema)
    with pytest.raises(ReadOnlyLog, match="does not let this role make one. Open it once as the owner"):
        PostgresLog(roles["stranger"], schema=new_schema())


# -- redaction --------------------------------------------------------------------------------------

MARK = "zqx-marker"


def test_no_byte_of_what_is_redacted_is_left_in_the_tables(log, postgres, admin):
    """Nor in their indexes, nor beside them: in no file of the server but its write-ahead log."""
    long = " ".join(f"{MARK} {n}" for n in range(2000))
    log.append([opened(), opened(MARK, id="a", about=[f"x:{MARK}"], detail=long), opened()])
    held = admin.execute("SELECT pg_relation_filepath(%s)", [f'"{log.schema}".entries']).fetchone()[0]
    admin.execute("CHECKPOINT")
    assert MARK.encode() in (postgres.data / held).read_bytes()
    log.append(Draft(editorial.EventRedacted(target="a")))
    admin.execute("CHECKPOINT")
    files = [file for file in (postgres.data / held).parent.iterdir() if file.is_file()]
    assert [file.name for file in files if MARK.encode() in file.read_bytes()] == []
    assert log.verify().position == 4


def test_a_redaction_that_cannot_write_the_tables_anew_says_so(postgres, log, admin, schema):
    """It is kept, and the message says what is left to do; the next append makes it good."""
    with PostgresLog(postgres.url, schema=schema, patience=0.05) as other:
        other.append([opened(id="a"), opened(id="b")])
        with psycopg.connect(postgres.url) as reader:
            reader.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, "entries")))
            with pytest.raises(LogError, match="the redaction is kept, but the old bytes are still in the tables"):
                other.append(Draft(editorial.EventRedacted(target="a")))
        assert next(other.stored()).redacted
        other.append(opened())
        assert not other._overdue


def test_a_writer_cannot_redact(log, roles):
    """Redaction is for the owner of the schema."""
    log.append(opened(id="a"))
    with (
        PostgresLog(roles["writer"], schema=log.schema) as writer,
        pytest.raises(ReadOnlyLog, match="does not let this role do that"),
    ):
        writer.append(Draft(editorial.EventRedacted(target="a")))
    assert not next(log.stored()).redacted


# -- secrets ----------------------------------------------------------------------------------------


def told(work, kind=LogError):
    """Return everything that an error holds: message, traceback, data, and what survives pickling."""
    with pytest.raises(kind) as caught:
        work()
    error = caught.value
    return "".join(
        [*traceback.format_exception(error), repr(error), repr(vars(error)), repr(pickle.loads(pickle.dumps(error)))]
    )


BAD_URLS = {
    "another role": "postgresql://nobody:{quoted}@/postgres?host={host}",
    "another database": "postgresql://postgres:{quoted}@/nowhere?host={host}",
    "no server": "postgresql://postgres:{quoted}@127.0.0.1:1/postgres",
    "no such host": "postgresql://postgres:{quoted}@/postgres?host=/nowhere",
    "no port": "postgresql://postgres:{quoted}@localhost:{secret}/postgres",
    "not quoted": "postgresql://postgres:{secret}%zz@localhost/postgres",
    "no such parameter": "postgresql://postgres:{quoted}@localhost/postgres?passwort={secret}",
    "parameter without value": "postgresql://postgres@localhost/postgres?{secret}",
    "another scheme": "postgressql://postgres:{secret}@localhost/postgres",
}


@pytest.mark.parametrize("kind", BAD_URLS)
def test_errors_keep_the_password(postgres, caplog, kind):
    """No fault of a URL reveals the password in it."""
    caplog.set_level(logging.DEBUG)
    url = BAD_URLS[kind].format(quoted=QUOTED, secret=SECRET, host=postgres.socket.parent)
    said = told(lambda: Timeline.open(url)) + caplog.text
    for secret in ("wörd", "w%C3%B6rd", ":/7"):
        assert secret not in said


def test_a_wrong_password_is_said_at_once(postgres, admin):
    """It is not tried again, and the error shows neither it nor the right one."""
    admin.execute(sql.SQL("CREATE ROLE guarded LOGIN SUPERUSER PASSWORD {}").format(SECRET))
    with PostgresLog(postgres.url_of("guarded", QUOTED), schema=new_schema()) as log:
        assert log.append(opened())[0].position == 1
    for wrong in ("zqx-wrong", ""):
        said = told(lambda: PostgresLog(postgres.url_of("guarded", wrong)), CannotOpen)
        assert "Check role, password and database in the URL" in said
        assert "zqx" not in said
        assert "wörd" not in said


@pytest.mark.parametrize(
    ("right", "wrong"), [("postgres:@", "nobody:@"), ("/postgres?", "/nowhere?")], ids=["role", "database"]
)
def test_a_role_or_database_that_is_not_there_is_said_at_once(postgres, right, wrong):
    """With what to check."""
    with pytest.raises(CannotOpen, match="does not exist. Check role"):
        PostgresLog(postgres.url.replace(right, wrong))


def test_a_log_shows_where_it_is_and_not_its_password(postgres, schema):
    """In its representation and in that of what it holds."""
    with PostgresLog(postgres.url_of("postgres", QUOTED), schema=schema) as log:
        shown = f"{log!r} {log} {log._link!r}"
        assert f"schema='{schema}'" in shown
        assert "postgresql://postgres@" in shown
        assert "wörd" not in shown
        assert QUOTED not in shown


# -- a server that goes away ------------------------------------------------------------------------


def disconnect(admin):
    """End every other connection, as an administrator or a network may."""
    admin.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename IS NOT NULL"
    )


def test_a_lost_connection_is_made_again(log, admin):
    """For reading, appending and conditions alike, and nobody notices."""
    log.append(opened(id="a"))
    disconnect(admin)
    assert log.head().position == 1
    disconnect(admin)
    assert log.append(opened(id="b"))[0].position == 2
    disconnect(admin)
    assert [e.id for e in log.read()] == ["a", "b"]
    disconnect(admin)
    with pytest.raises(ConcurrencyConflict):
        log.append(opened(), expect=Expect(after=1))


def test_a_connection_that_the_server_ended_for_idling_is_made_again(postgres, admin, schema):
    """The next call may be a question, an append, or a restore."""
    url = f"{postgres.url}&options=-c%20idle_session_timeout%3D200"
    source = MemoryLog()
    source.append(opened(id="a"))
    with PostgresLog(url, schema=schema) as log:
        idle = "SELECT count(*) FROM pg_stat_activity WHERE pid = %s"
        for work in (
            lambda: log.restore(source.stored()),
            lambda: log.append(opened(id="b")),
            log.verify,
            lambda: list(log.read()),
        ):
            pid = log._link._connection.info.backend_pid
            while admin.execute(idle, [pid]).fetchone()[0]:
                pass
            work()
        assert log.head().position == 2


@pytest.mark.parametrize("moment", ["rows_by_id", "last_row", "insert"])
def test_an_append_that_is_cut_off_is_done_again(log, admin, monkeypatch, moment):
    """Whole: nothing of the first try is left, and the batch lands once."""
    done = getattr(log, moment)
    cuts = [True]

    def cut(*given):
        if cuts:
            cuts.pop()
            disconnect(admin)
        return done(*given)

    monkeypatch.setattr(log, moment, cut)
    assert [e.position for e in log.append([opened(), opened()])] == [1, 2]
    assert not cuts
    assert log.verify().position == 2


def test_a_follower_outlives_a_lost_connection(log, admin):
    """Entries that landed while it was not listening come in their place."""
    log.append(opened(id="a"))
    with log.follow(every=0.05) as news:
        assert next(news).id == "a"
        log.append(opened(id="b"))
        assert next(news).id == "b"
        disconnect(admin)
        log.append([opened(id="c"), opened(id="d")])
        assert [next(news).id, next(news).id] == ["c", "d"]


def test_a_follower_listens_on_a_connection_of_its_own_and_lets_go_of_it(log, admin):
    """Leaving the loop closes it."""
    count = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND state = 'idle'"
    log.append([opened(), opened()])
    before = admin.execute(count).fetchone()[0]
    news = log.follow(every=0.01)
    seen = []
    thread = threading.Thread(target=lambda: seen.extend(news))
    thread.start()
    while admin.execute(count).fetchone()[0] == before:
        pass
    news.stop()
    thread.join()
    while admin.execute(count).fetchone()[0] != before:
        pass
    assert len(seen) == 2


def test_a_server_that_stays_away_is_said(postgres, schema):
    """After its patience, with the question whether it runs; once it is back, the log goes on."""
    with PostgresLog(postgres.url, schema=schema, patience=0.1) as log:
        log.append(opened())
        postgres.kill()
        try:
            with pytest.raises(LogUnreachable, match="cannot be reached: .*Is the server running"):
                log.head()
            with pytest.raises(LogUnreachable):
                log.append(opened())
        finally:
            postgres.start()
        assert log.append(opened())[0].position == 2


def test_closing_ends_the_wait_for_a_server(postgres, schema):
    """A thread that waits gets the error that the log was closed."""
    log = PostgresLog(postgres.url, schema=schema)
    postgres.kill()
    try:
        errors = []

        def ask():
            try:
                log.head()
            except LogError as error:
                errors.append(error)

        thread = threading.Thread(target=ask)
        thread.start()
        while not log._link._connection.closed:
            pass
        log.close()
        thread.join()
        assert [type(error) for error in errors] == [LogClosed]
    finally:
        postgres.start()


def test_a_lock_that_is_never_given_back_is_said(postgres, log, schema):
    """After waiting its turn in vain."""
    with PostgresLog(postgres.url, schema=schema, patience=0.05) as other, log.transaction():
        with pytest.raises(LogError, match="stayed locked by another program"):
            other.append(opened())
        assert other.head().position == 0


# -- several programs -------------------------------------------------------------------------------


def test_a_timeline_stays_current_with_what_others_append(postgres, schema):
    """Each question takes in what is new on the server, editorial entries too."""
    with (
        Timeline(PostgresLog(postgres.url, schema=schema)) as mine,
        Timeline(PostgresLog(postgres.url, schema=schema)) as theirs,
    ):
        entry = theirs.record(border.CrossingOpened(crossing="rabia"), occurred="2026-01-20")
        assert mine.at().border.crossings["rabia"].status == "open"
        theirs.record(border.CrossingClosed(crossing="rabia"), occurred="2026-01-22")
        assert mine.at().border.crossings["rabia"].status == "closed"
        assert mine.at("2026-01-21").border.crossings["rabia"].status == "open"
        theirs.retract(entry)
        assert "rabia" not in mine.at("2026-01-21").border.crossings


def test_appends_are_seen_in_order_of_position(log, postgres, schema, admin):
    """An append that waits for another's end gets a position behind it, and is not visible before."""
    with PostgresLog(postgres.url, schema=schema) as other:
        thread = threading.Thread(target=lambda: other.append(opened(id="second")))
        with log.transaction():
            thread.start()
            waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            while not admin.execute(waiting).fetchone()[0]:
                assert thread.is_alive()
            land(log, prepare([opened(id="first")]), (), lambda last: last + 1, Rulings())
        thread.join()
    assert [e.id for e in log.read()] == ["first", "second"]
    assert log.verify().position == 2
