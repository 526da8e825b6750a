"""Subscriptions: each entry applied once, whatever fails; parked entries; rebuilding; many processes."""

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

import timeline
from support.postgres_server import new_schema
from timeline import Timeline
from timeline.entry import Draft
from timeline.errors import InvalidValue, LogError, LogUnreachable
from timeline.events import border
from timeline.log import MemoryLog, SqliteLog
from timeline.log.postgres import PostgresLog
from timeline.subscription import Parked, SqliteModel, Subscription
from timeline.subscription import subscription as subscription_module
from timeline.subscription.postgres import PostgresModel

SOURCE = Path(timeline.__file__).parents[1]


def opened(crossing="rabia", **given):
    """Make a draft of a crossing that opened."""
    return Draft(border.CrossingOpened(crossing=crossing), **given)


class Kept:
    """A read model of one kind, and a way to look into it that does not go through the library."""

    def __init__(self, model, look):
        self.model = model
        self._look = look

    def rows(self):
        """Return the crossings in the model, in the order in which they were applied."""
        return self._look("SELECT crossing FROM opened ORDER BY number")

    def create(self, cursor):
        number = "integer PRIMARY KEY" if self.model.slot == "?" else "serial PRIMARY KEY"
        cursor.execute(f"CREATE TABLE opened (number {number}, crossing text)")

    def apply(self, entry, cursor):
        cursor.execute(f"INSERT INTO opened (crossing) VALUES ({self.model.slot})", [entry.event.crossing])


@pytest.fixture(params=["sqlite", "postgres"])
def kept(request, tmp_path):
    """An empty model of each kind."""
    if request.param == "sqlite":
        path = tmp_path / "model.db"

        def look(query):
            connection = sqlite3.connect(path)
            found = [row[0] for row in connection.execute(query)]
            connection.close()
            return found

        model = SqliteModel(path)
    else:
        url, schema = request.getfixturevalue("postgres").url, new_schema()

        def look(query):
            with psycopg.connect(url) as connection:
                connection.execute(sql.SQL("SET search_path TO {}").format(sql.Identifier(schema)))
                return [row[0] for row in connection.execute(query)]

        model = PostgresModel(url, schema=schema)
    with model:
        yield Kept(model, look)


@pytest.fixture
def log():
    """Five entries: a to e."""
    with MemoryLog() as made:
        made.append([opened(name, id=f"e-{name}") for name in "abcde"])
        yield made


@pytest.fixture
def subscribe(kept, log):
    """Makes subscriptions of the model to the log; what is not given is as the model has it."""

    def made(**given):
        options = {"create": kept.create, "apply": kept.apply, "retries": (0, 0)} | given
        return Subscription(options.pop("log", log), kept.model, **options)

    return made


# -- catching up ------------------------------------------------------------------------------------


def test_a_model_takes_what_is_there_and_then_what_is_new(subscribe, kept, log):
    """In order, and nothing twice."""
    subscription = subscribe()
    assert subscription.position == 0
    assert subscription.catch_up() == subscription.position == 5
    assert subscription.catch_up() == 5
    log.append([opened("f"), opened("g")])
    assert subscribe().catch_up() == 7
    assert kept.rows() == list("abcdefg")


@pytest.mark.parametrize("size", [1, 2, 4, 5, 6])
def test_a_model_takes_a_long_log_in_pieces(subscribe, kept, monkeypatch, size):
    """This holds at every boundary of a transaction."""
    monkeypatch.setattr(subscription_module, "BATCH", size)
    assert subscribe().catch_up() == 5
    assert kept.rows() == list("abcde")


def test_a_model_of_another_log_is_refused(subscribe, log):
    """The tables that the model was built in must exist; nothing is applied."""
    subscribe().catch_up()
    short, other = MemoryLog(), MemoryLog()
    short.append(opened())
    other.append([opened() for _ in range(9)])
    for wrong in (short, other):
        with pytest.raises(LogError, match="made from another log.*Rebuild"):
            subscribe(log=wrong).catch_up()
    assert subscribe().position == 5


def test_a_file_that_holds_something_else_is_left_alone(tmp_path):
    """A log, say: a rebuild would write over it."""
    with SqliteLog(tmp_path / "incidents.db") as log:
        log.append(opened())
    before = (tmp_path / "incidents.db").read_bytes()
    with pytest.raises(LogError, match="holds something else, which was left as it was"):
        SqliteModel(tmp_path / "incidents.db")
    assert (tmp_path / "incidents.db").read_bytes() == before


def test_a_schema_that_holds_something_else_is_left_alone(postgres):
    """A schema of the log itself is refused, since a rebuild would remove it."""
    with PostgresLog(postgres.url, schema=new_schema()) as log:
        log.append(opened())
        with pytest.raises(LogError, match="holds something else, which was left as it was"):
            PostgresModel(postgres.url, schema=log.schema)
        assert log.verify().position == 1


def test_a_schema_has_a_name_that_leaves_room_for_the_one_beside_it(postgres):
    """The server would cut a longer one, and take the one for the other."""
    PostgresModel(postgres.url, schema="m" * 55).close()
    with pytest.raises(InvalidValue, match="1 to 55 bytes"):
        PostgresModel(postgres.url, schema="m" * 56)


def test_a_file_that_is_no_database_is_said(tmp_path):
    """As an error of this library."""
    (tmp_path / "model.db").write_bytes(b"incidents: none\n" * 100)
    with pytest.raises(LogError, match="SQLite reports file is not a database"):
        SqliteModel(tmp_path / "model.db")


# -- running ----------------------------------------------------------------------------------------


def test_a_running_subscription_takes_each_entry_as_it_lands(subscribe, kept, log):
    """Until it is stopped from another thread."""
    reached = threading.Semaphore(0)

    def apply(entry, cursor):
        kept.apply(entry, cursor)
        reached.release()

    subscription = subscribe(apply=apply)
    thread = threading.Thread(target=subscription.run)
    thread.start()
    for name in "fgh":
        log.append(opened(name))
    for _ in range(8):
        assert reached.acquire(timeout=60)
    subscription.stop()
    thread.join(60)
    assert not thread.is_alive()
    assert subscribe().catch_up() == 8
    assert kept.rows() == list("abcdefgh")


def test_a_subscription_can_be_run_again_after_an_error(subscribe, kept, log, monkeypatch):
    """A model that returns goes on from its position; a stopped one stays stopped."""
    subscription = subscribe()
    select = log.select

    def unreachable(query):
        raise LogUnreachable("the server is away")

    monkeypatch.setattr(log, "select", unreachable)
    if isinstance(kept.model, PostgresModel):  # it would wait for a server of its own
        monkeypatch.setattr(kept.model._link, "patience", 0.1)
    for _ in range(2):
        with pytest.raises(LogUnreachable):
            subscription.run()
    monkeypatch.setattr(log, "select", select)
    thread = threading.Thread(target=subscription.run)
    thread.start()
    log.append(opened("another"))
    while subscription.position < log.head().position:
        thread.join(0.01)  # a look without a pause would leave it no time
        assert thread.is_alive()
    subscription.stop()
    thread.join()
    subscription.run()


def test_a_subscription_ends_with_its_log(subscribe, log):
    """Closing the log ends what runs on it, at once or as soon as it is run."""
    subscription = subscribe()
    subscription.catch_up()
    thread = threading.Thread(target=subscription.run)
    thread.start()
    log.close()
    thread.join(60)
    assert not thread.is_alive()
    subscribe().run()


# -- what fails -------------------------------------------------------------------------------------


class Failing:
    """Applies as the model does, and fails after it for some crossings, so often."""

    def __init__(self, kept, **times):
        self.kept = kept
        self.times = times
        self.tried = []

    def __call__(self, entry, cursor):
        self.kept.apply(entry, cursor)
        name = entry.event.crossing
        self.tried.append(name)
        if self.times.get(name, 0):
            self.times[name] -= 1
            raise RuntimeError(f"{name} is too much")


def test_what_fails_for_a_while_is_tried_again(subscribe, kept):
    """And nothing is left of the tries that failed."""
    failing = Failing(kept, b=2)
    assert subscribe(apply=failing).catch_up() == 5
    assert failing.tried == list("abbbcde")
    assert kept.rows() == list("abcde")
    assert subscribe().parked() == ()


def test_what_keeps_failing_is_parked_and_the_rest_goes_on(subscribe, kept):
    """With its position, its id and its error; nothing else is lost."""
    subscribe(apply=Failing(kept, b=9, d=9)).catch_up()
    assert kept.rows() == list("ace")
    assert subscribe().parked() == (
        Parked(2, "e-b", "RuntimeError: b is too much"),
        Parked(4, "e-d", "RuntimeError: d is too much"),
    )
    assert subscribe().position == 5


def test_a_parked_entry_is_applied_later(subscribe, kept):
    """Once, and then it is parked no more."""
    subscribe(apply=Failing(kept, b=9, d=9)).catch_up()
    assert subscribe().retry(4) is True
    assert kept.rows() == list("aced")
    assert [parked.position for parked in subscribe().parked()] == [2]
    with pytest.raises(InvalidValue, match="no entry is parked at position 4"):
        subscribe().retry(4)


def test_a_redaction_erases_the_error_of_a_parked_entry(subscribe, kept):
    """An error may quote what the entry said; of other parked entries the error stays."""
    line = Timeline()
    line.record_all([opened("SECRET", id="e-1"), opened("b", id="e-2")])

    def apply(entry, cursor):
        if entry.type == "border.crossing_opened":
            raise ValueError(f"cannot place {entry.event}")

    subscribe(log=line.log, apply=apply).catch_up()
    line.redact("e-1")
    subscribe(log=line.log, apply=apply).catch_up()
    first, second = subscribe(log=line.log).parked()
    assert first == Parked(1, "e-1", "ValueError: erased, because the entry was redacted")
    assert "crossing='b'" in second.error
    if isinstance(kept.model, SqliteModel):
        files = kept.model.path.parent.glob("*")
        assert not [file for file in files if b"SECRET" in file.read_bytes()]


def test_a_parked_entry_that_fails_again_stays_parked(subscribe, kept):
    """With the error it has now."""

    def worse(entry, cursor):
        raise ValueError("worse")

    subscribe(apply=Failing(kept, b=9)).catch_up()
    assert subscribe(apply=worse).retry(2) is False
    assert subscribe().parked() == (Parked(2, "e-b", "ValueError: worse"),)
    assert kept.rows() == list("acde")


def test_an_error_of_the_database_is_an_error_of_the_handler(subscribe, kept):
    """SQL that does not fit parks the entry, and the transaction goes on."""

    def apply(entry, cursor):
        kept.apply(entry, cursor)
        if entry.event.crossing == "c":
            cursor.execute("INSERT INTO missing VALUES (1)")

    subscribe(apply=apply).catch_up()
    assert kept.rows() == list("abde")
    (parked,) = subscribe().parked()
    assert (parked.position, "missing" in parked.error) == (3, True)


def test_a_handler_that_commits_is_found_out(subscribe, kept):
    """It would tear the model from its checkpoint; the subscription stops."""

    def apply(entry, cursor):
        kept.apply(entry, cursor)
        cursor.connection.commit()

    with pytest.raises(LogError, match="(?i)savepoint"):
        subscribe(apply=apply).catch_up()


def test_making_the_tables_is_part_of_the_first_step(subscribe, kept):
    """A failed creation leaves nothing, and a later attempt succeeds."""

    def create(cursor):
        kept.create(cursor)
        raise RuntimeError("no room")

    with pytest.raises(RuntimeError, match="no room"):
        subscribe(create=create).catch_up()
    assert subscribe().catch_up() == 5
    assert kept.rows() == list("abcde")


@pytest.mark.parametrize("at", list("ace"))
def test_an_interruption_loses_nothing_and_repeats_nothing(subscribe, kept, monkeypatch, at):
    """Every part of a transaction is undone, and done again."""
    monkeypatch.setattr(subscription_module, "BATCH", 2)

    def interrupted(entry, cursor):
        kept.apply(entry, cursor)
        if entry.event.crossing == at:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        subscribe(apply=interrupted).catch_up()
    reached = subscribe().position
    assert len(kept.rows()) == reached
    subscribe().catch_up()
    assert kept.rows() == list("abcde")
    assert subscribe().parked() == ()


# -- rebuilding ----------------------------------------------------------------------------------


def test_a_model_is_built_anew_and_switched_to(subscribe, kept, log):
    """The old one can be asked until the new one is whole; what was parked gets another chance."""
    subscribe(apply=Failing(kept, b=9)).catch_up()
    seen = []

    def apply(entry, cursor):
        seen.append(kept.rows())
        cursor.execute(f"INSERT INTO opened (crossing) VALUES ({kept.model.slot})", [entry.event.crossing.upper()])

    subscription = subscribe(apply=apply)
    assert subscription.rebuild() == 5
    assert seen == [list("acde")] * 5
    assert kept.rows() == list("ABCDE")
    assert subscription.parked() == ()
    log.append(opened("f"))
    assert subscription.catch_up() == 6
    assert kept.rows() == list("ABCDEF")


def test_building_anew_that_fails_leaves_the_old_model(subscribe, kept):
    """And nothing beside it; the next time starts from nothing."""
    subscribe().catch_up()

    def create(cursor):
        kept.create(cursor)
        raise RuntimeError("no room")

    with pytest.raises(RuntimeError):
        subscribe(create=create).rebuild()
    assert kept.rows() == list("abcde")
    assert subscribe().rebuild() == 5
    assert kept.rows() == list("abcde")


def test_what_a_dead_process_built_is_thrown_away(subscribe, kept):
    """A rebuild never continues a half-done one."""
    subscribe().catch_up()
    left = kept.model.beside()
    Subscription(MemoryLog(), left, create=kept.create, apply=kept.apply).catch_up()
    left.close()
    assert subscribe().rebuild() == 5
    assert kept.rows() == list("abcde")


def test_a_model_of_another_log_can_be_built_anew(subscribe, kept):
    """As the message says."""
    subscribe().catch_up()
    other = MemoryLog()
    other.append(opened("z"))
    assert subscribe(log=other).rebuild() == 1
    assert kept.rows() == ["z"]


# -- on a server ------------------------------------------------------------------------------------


@pytest.fixture
def server_model(postgres):
    """A model on the server, as the other fixtures have it, and its log there too."""
    schema = new_schema()
    with PostgresLog(postgres.url, schema=new_schema()) as log, PostgresModel(postgres.url, schema=schema) as model:
        log.append([opened(name) for name in "abcde"])
        yield log, Kept(model, None), schema


def test_a_lost_connection_does_not_park_an_entry(server_model, postgres):
    """The transaction is done again: the entry is not to blame."""
    log, kept, schema = server_model
    cuts = [True]

    def apply(entry, cursor):
        kept.apply(entry, cursor)
        if entry.event.crossing == "c" and cuts:
            cuts.pop()
            with psycopg.connect(postgres.url, autocommit=True) as admin:
                admin.execute("SELECT pg_terminate_backend(%s)", [cursor.connection.info.backend_pid])
            cursor.execute("SELECT 1")

    subscription = Subscription(log, kept.model, create=kept.create, apply=apply, retries=(0,))
    assert subscription.catch_up() == 5
    assert subscription.parked() == ()
    with psycopg.connect(postgres.url) as connection:
        query = sql.SQL("SELECT crossing FROM {}.opened ORDER BY number").format(sql.Identifier(schema))
        assert [row[0] for row in connection.execute(query)] == list("abcde")


def test_a_subscription_outlives_a_restart_of_the_server(server_model, postgres):
    """Log and model come back, and each entry is applied once."""
    log, kept, schema = server_model
    landed = threading.Semaphore(0)

    def apply(entry, cursor):
        kept.apply(entry, cursor)
        landed.release()

    subscription = Subscription(log, kept.model, create=kept.create, apply=apply)
    thread = threading.Thread(target=subscription.run)
    thread.start()
    assert landed.acquire(timeout=60)
    postgres.kill()
    postgres.start()
    log.append(opened("f"))
    while subscription.position < 6:
        assert thread.is_alive()
    subscription.stop()
    thread.join(60)
    with psycopg.connect(postgres.url) as connection:
        query = sql.SQL("SELECT crossing FROM {}.opened ORDER BY number").format(sql.Identifier(schema))
        assert [row[0] for row in connection.execute(query)] == list("abcdef")


def test_a_server_that_stays_away_is_said(postgres):
    """After the patience of the model."""
    with PostgresModel(postgres.url, schema=new_schema(), patience=0.1) as model:
        postgres.kill()
        try:
            with pytest.raises(LogUnreachable):
                Subscription(MemoryLog(), model, create=lambda _: None, apply=lambda *_: None).catch_up()
        finally:
            postgres.start()


def test_readers_may_read_the_model_also_when_it_was_built_anew(server_model, postgres):
    """And change nothing in it."""
    log, kept, schema = server_model
    role = sql.Identifier(f"looks_at_{schema}")
    with psycopg.connect(postgres.url, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE ROLE {} LOGIN").format(role))
    theirs = postgres.url_of(f"looks_at_{schema}")
    with PostgresModel(postgres.url, schema=schema, readers=[f"looks_at_{schema}"]) as model:
        subscription = Subscription(log, model, create=kept.create, apply=kept.apply)
        subscription.catch_up()
        for _ in range(2):
            with psycopg.connect(theirs) as reader:
                table = sql.Identifier(schema, "opened")
                assert reader.execute(sql.SQL("SELECT count(*) FROM {}").format(table)).fetchone() == (5,)
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    reader.execute(sql.SQL("DELETE FROM {}").format(table))
            subscription.rebuild()


# -- processes --------------------------------------------------------------------------------------

CHILD = """
import os, signal, sys
from timeline.log import SqliteLog
from timeline.subscription import SqliteModel, Subscription, subscription

subscription.BATCH = 3
log_path, model_path, doomed = sys.argv[1:]
done = 0

def create(cursor):
    cursor.execute("CREATE TABLE opened (number integer PRIMARY KEY, crossing text)")

def apply(entry, cursor):
    global done
    cursor.execute("INSERT INTO opened (crossing) VALUES (?)", [entry.event.crossing])
    done += 1
    if done == int(doomed):
        os.kill(os.getpid(), signal.SIGKILL)

Subscription(SqliteLog(log_path), SqliteModel(model_path), create=create, apply=apply).catch_up()
"""


@pytest.fixture
def crossings(tmp_path):
    """A log of twenty entries in a file, and where its model goes."""
    with SqliteLog(tmp_path / "incidents.db") as log:
        log.append([opened(f"c{n}") for n in range(20)])
    return tmp_path / "incidents.db", tmp_path / "model.db"


def child(crossings, doomed):
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(CHILD), *map(str, crossings), str(doomed)], env=environment
    )


def applied(path):
    connection = sqlite3.connect(path)
    found = [row[0] for row in connection.execute("SELECT crossing FROM opened ORDER BY number")]
    connection.close()
    return found


def test_a_process_killed_again_and_again_applies_each_entry_once(crossings):
    """This holds at any point of a transaction."""
    for doomed in (1, 2, 3, 4, 5, 7):
        ended = child(crossings, doomed)
        assert ended.wait(60) == -signal.SIGKILL
    assert child(crossings, 0).wait(60) == 0
    assert applied(crossings[1]) == [f"c{n}" for n in range(20)]


def test_processes_that_run_the_same_subscription_share_the_work(crossings):
    """Each entry is applied by one of them."""
    children = [child(crossings, 0) for _ in range(4)]
    assert [one.wait(60) for one in children] == [0] * 4
    assert applied(crossings[1]) == [f"c{n}" for n in range(20)]
