"""PostgreSQL with something around it: a pooler before it, a standby behind it, and no slot that is free."""

import threading
import time

import psycopg
import pytest
from psycopg import sql

from support.pooler import Pooler
from support.postgres_server import Standby, new_schema
from timeline import Timeline
from timeline.entry import Draft
from timeline.errors import CannotOpen, LogUnreachable, ReadOnlyLog
from timeline.events import border
from timeline.log import MemoryLog
from timeline.log.postgres import PostgresLog, pooler


def opened(name="rabia"):
    """Make a draft of a crossing that opened."""
    return Draft(border.CrossingOpened(crossing=name), id=name)


@pytest.fixture
def schema():
    """A schema that is not there yet."""
    return new_schema()


@pytest.fixture
def log(postgres, schema):
    """An empty log."""
    with PostgresLog(postgres.url, schema=schema) as made:
        yield made


# -- poolers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["transaction", "statement"])
@pytest.mark.parametrize("size", [1, 5])
def test_a_pooler_that_shares_sessions_is_told_at_opening(postgres, schema, mode, size):
    """The error names the pooler and the choices; nothing is laid out."""
    between = Pooler(postgres.socket, mode, size)
    with pytest.raises(CannotOpen, match="is a pooler that shares sessions .*pool_mode = session"):
        PostgresLog(f"postgresql://postgres@127.0.0.1:{between.port}/postgres", schema=schema)
    between.close()
    with psycopg.connect(postgres.url) as admin:
        assert not admin.execute("SELECT FROM pg_namespace WHERE nspname = %s", [schema]).rowcount


@pytest.mark.parametrize("size", [1, 5])
def test_a_pooler_that_lends_whole_sessions_will_do(postgres, schema, size, monkeypatch):
    """Also one that has none left to compare with."""
    monkeypatch.setattr(pooler, "_SECONDS", 0.2)
    between = Pooler(postgres.socket, "session", size)
    with PostgresLog(f"postgresql://postgres@127.0.0.1:{between.port}/postgres", schema=schema) as log:
        assert log.append(opened())[0].position == log.verify().position == 1
    between.close()


def test_a_pooler_that_takes_no_second_client_shares_nothing(postgres, schema, monkeypatch):
    """Then it has no other session to give."""
    between, clients, connect = Pooler(postgres.socket, "session"), [], psycopg.connect

    def limited(*given, **options):
        clients.append(given)
        if len(clients) == 2:
            raise psycopg.OperationalError("no more connections allowed (max_client_conn)")
        return connect(*given, **options)

    monkeypatch.setattr(psycopg, "connect", limited)
    with PostgresLog(f"postgresql://postgres@127.0.0.1:{between.port}/postgres", schema=schema) as log:
        assert log.append(opened())[0].position == 1
    between.close()
    assert len(clients) == 2


# -- standbys ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def standby(postgres):
    """A server that keeps a copy of the other."""
    server = Standby(postgres)
    yield server
    server.close()


def test_a_standby_is_read_and_followed(log, standby):
    """It wakes nobody, so a follower looks; whoever appends is sent to the primary."""
    log.append([opened("a"), opened("b")])
    until_there(standby, log)
    with PostgresLog(standby.url, schema=log.schema) as copy, copy.follow() as news:
        assert copy.verify() == log.head()
        assert Timeline(copy).at().border.crossings["b"].status == "open"
        assert [next(news).id, next(news).id] == ["a", "b"]
        log.append(opened("c"))
        assert next(news).id == "c"
        with pytest.raises(ReadOnlyLog, match="can only be read: .*Append at the primary server"):
            copy.append(opened("d"))


def until_there(standby, log):
    """Wait until the standby has all of a log."""
    while True:
        with psycopg.connect(standby.url) as connection:
            (there,) = connection.execute("SELECT to_regclass(%s) IS NOT NULL", [f"{log.schema}.format"]).fetchone()
            if there and connection.execute(f'SELECT count(*) FROM "{log.schema}".entries').fetchone() == (
                log.head().position,
            ):
                return


# -- followers that cannot listen -------------------------------------------------------------------


def test_a_follower_without_a_free_slot_reads_all_the_same(postgres, log, monkeypatch):
    """It asks for a connection of its own now and then, and not all the time."""
    with psycopg.connect(postgres.url, autocommit=True) as admin:
        admin.execute("CREATE ROLE lonely LOGIN CONNECTION LIMIT 1")
        admin.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO lonely").format(sql.Identifier(log.schema)))
        admin.execute(sql.SQL("GRANT SELECT ON ALL TABLES IN SCHEMA {} TO lonely").format(sql.Identifier(log.schema)))
    log.append(opened("a"))
    tries, seen = [], []
    with PostgresLog(postgres.url_of("lonely"), schema=log.schema) as reader:
        connect = reader._link.connect

        def counted():
            tries.append(time.monotonic())
            return connect()

        monkeypatch.setattr(reader._link, "connect", counted)
        news = reader.follow(every=1)
        thread = threading.Thread(target=lambda: seen.extend(news))
        thread.start()
        time.sleep(0.5)
        log.append(opened("b"))
        time.sleep(1.5)
        news.stop()
        thread.join()
    assert [entry.id for entry in seen] == ["a", "b"]
    assert 1 < len(tries) < 10


def test_what_a_follower_may_not_is_told_as_an_error_of_this_library(log, monkeypatch):
    """This holds for every answer of the server."""
    log.append(opened("a"))

    class Refusing:
        """A connection on which nothing is allowed."""

        def execute(self, query):
            raise psycopg.errors.InsufficientPrivilege("permission denied")

        def close(self):
            """Close nothing."""

    monkeypatch.setattr(log._link, "connect", Refusing)
    news = log.follow()
    assert next(news).id == "a"
    with pytest.raises(ReadOnlyLog, match="does not let this role do that"):
        next(news)


def test_a_follower_goes_on_after_an_error(monkeypatch):
    """It can be asked again, and gives what comes next."""
    log = MemoryLog()
    log.append([opened("a"), opened("b")])
    news = log.follow()
    assert next(news).id == "a"
    select = log.select

    def unreachable(query):
        raise LogUnreachable("the server is away")

    monkeypatch.setattr(log, "select", unreachable)
    news = log.follow(after=1)
    for _ in range(2):
        with pytest.raises(LogUnreachable):
            next(news)
    monkeypatch.setattr(log, "select", select)
    assert next(news).id == "b"
    news.stop()
    assert next(news, None) is None
