"""Followers: what is there, then what lands, on every kind of log."""

import secrets
import threading
from contextlib import contextmanager

import pytest

from support.postgres_server import new_schema
from timeline import Timeline
from timeline.entry import Draft
from timeline.errors import InvalidValue
from timeline.events import border
from timeline.log import BaseLog, MemoryLog, SqliteLog
from timeline.log.jetstream import JetStreamLog
from timeline.log.postgres import PostgresLog

LONG = 60.0
"""Seconds nobody waits for: a follower that has to be woken is woken."""


def opened(crossing="rabia", **given):
    """Make a draft of a crossing that opened."""
    return Draft(border.CrossingOpened(crossing=crossing), **given)


@pytest.fixture(params=["memory", "sqlite", "postgres", "jetstream"])
def kind(request):
    """The kind of log."""
    return request.param


@pytest.fixture
def log(kind, request, tmp_path):
    """One empty log."""
    match kind:
        case "memory":
            made = MemoryLog()
        case "sqlite":
            made = SqliteLog(tmp_path / "incidents.db")
        case "jetstream":
            made = JetStreamLog(request.getfixturevalue("nats_server").url, stream=f"follow-{secrets.token_hex(8)}")
        case _:
            made = PostgresLog(request.getfixturevalue("postgres").url, schema=new_schema())
    with made:
        yield made


@contextmanager
def in_background(work):
    """Run something in another thread meanwhile, and hand on what it raises."""
    raised = []

    def guarded():
        try:
            work()
        except BaseException as error:  # noqa: BLE001
            raised.append(error)

    thread = threading.Thread(target=guarded)
    thread.start()
    yield thread
    thread.join(timeout=LONG)
    assert not thread.is_alive()
    if raised:
        raise raised[0]


def test_a_follower_is_woken_by_what_lands(log):
    """It gives each entry as it is appended, without waiting for its time to be up."""
    seen = []
    ready, more = threading.Event(), threading.Semaphore(0)

    def follow():
        with log.follow(every=LONG) as news:
            for entry in news:
                seen.append(entry.position)
                ready.set()
                more.release()
                if len(seen) == 5:
                    return

    log.append(opened())
    with in_background(follow):
        assert ready.wait(LONG)
        for _ in range(4):
            assert more.acquire(timeout=LONG)
            log.append(opened())
    assert seen == [1, 2, 3, 4, 5]


def test_a_follower_is_stopped_from_another_thread(log):
    """Though nothing lands, and it waits."""
    news = log.follow(every=0.05)
    with in_background(lambda: list(news)):
        news.stop()


def test_a_stopped_follower_gives_nothing_more(log):
    """Not even what it has read already."""
    log.append([opened(), opened(), opened()])
    news = log.follow()
    assert next(news).position == 1
    news.stop()
    assert list(news) == []
    assert news.after == 1


def test_closing_the_log_ends_its_followers(log):
    """One that waits as well as one that comes after."""
    news = log.follow(every=0.05)
    with in_background(lambda: list(news)):
        log.close()
    assert list(log.follow()) == []


def test_a_consumer_may_leave(log):
    """Leaving the loop lets go of what the follower held, and following goes on from where it was."""
    log.append([opened(), opened(), opened()])
    with log.follow() as news:
        for entry in news:
            if entry.position == 2:
                break
    assert list(news) == []
    assert next(log.follow(after=news.after)).position == 3


def test_followers_under_load_miss_nothing_and_repeat_nothing(log):
    """Several of them see every entry of several writers, in order."""
    total = 4 * 25 * 2
    seen = [[] for _ in range(3)]

    def follow(mine):
        with log.follow() as news:
            for entry in news:
                mine.append((entry.position, entry.id))
                if len(mine) == total:
                    return

    def write(name):
        for turn in range(25):
            log.append([opened(id=f"{name}-{turn}-{n}") for n in range(2)])

    threads = [threading.Thread(target=follow, args=(mine,)) for mine in seen]
    threads += [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONG)
    expected = [(row.position, row.id) for row in log.stored()]
    assert [position for position, _ in expected] == list(range(1, total + 1))
    assert seen == [expected] * 3


def test_a_timeline_is_followed(log):
    """This holds for any writer, also through another timeline on the same log."""
    line = Timeline(log)
    with line.follow() as news:
        Timeline(log).record(border.CrossingOpened(crossing="rabia"))
        assert next(news).event.crossing == "rabia"
        line.record(border.CrossingClosed(crossing="rabia"))
        assert next(news).position == 2


def test_a_log_that_cannot_wake_is_looked_at(monkeypatch):
    """A log of one's own that supplies only the primitives can be followed."""

    class Plain(MemoryLog):
        watch = BaseLog.watch

    log = Plain()
    looked = threading.Event()
    last = log.last_row

    def looking():
        looked.set()
        return last()

    monkeypatch.setattr(log, "last_row", looking)
    news = log.follow(every=LONG)
    seen = []
    with in_background(lambda: seen.append(next(news))):
        assert looked.wait(LONG)
        log.append(opened())
    assert seen[0].position == 1


@pytest.mark.parametrize("every", [0, -1, True, "soon"])
def test_a_pause_that_is_none_is_refused_by_its_name(every):
    """Between two looks at a log pass some seconds."""
    with pytest.raises(InvalidValue, match="^every is .*: expected a number of seconds"):
        MemoryLog().follow(every=every)
