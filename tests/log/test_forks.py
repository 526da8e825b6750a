"""Forked processes: parent and child go on by themselves, on every kind of log."""

import multiprocessing
import os
import secrets
import subprocess
import sys
import threading
import warnings
from pathlib import Path

import pytest

from support.postgres_server import new_schema
from timeline import Timeline
from timeline.entry import Draft
from timeline.events import border
from timeline.log import MemoryLog, SqliteLog
from timeline.log.jetstream import JetStreamLog
from timeline.log.postgres import PostgresLog
from timeline.subscription import Subscription
from timeline.subscription.postgres import PostgresModel

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork"),
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]
LONG = 30.0


def opened(name="rabia"):
    """Make a draft of a crossing that opened."""
    return Draft(border.CrossingOpened(crossing=name), id=name)


@pytest.fixture(params=["sqlite", "postgres", "jetstream"])
def log(request, tmp_path):
    """An empty log that several processes can use."""
    match request.param:
        case "sqlite":
            made = SqliteLog(tmp_path / "incidents.db")
        case "postgres":
            made = PostgresLog(request.getfixturevalue("postgres").url, schema=new_schema(), patience=10)
        case _:
            url = request.getfixturevalue("nats_server").url
            made = JetStreamLog(url, stream=f"fork-{secrets.token_hex(8)}", patience=10)
    with made:
        yield made


def forked(work):
    """Start a child of this process that does something; `finished` says what came of it."""
    context = multiprocessing.get_context("fork")
    receive, send = context.Pipe(duplex=False)

    def run():
        with warnings.catch_warnings(action="ignore"):
            try:
                send.send(work())
            except BaseException as error:  # noqa: BLE001
                send.send(repr(error))

    process = context.Process(target=run)
    process.start()
    return process, receive


def finished(child):
    """Return the answer of a child; it must have answered."""
    process, receive = child
    try:
        assert receive.poll(LONG), "the child neither answered nor raised"
        return receive.recv()
    finally:
        process.kill()
        process.join()


def test_a_child_reads_appends_and_verifies(log):
    """And so does its parent, before and after the child ends."""
    log.append(opened("a"))

    def work():
        log.append(opened("child"))
        return [entry.id for entry in log.read()], log.verify().position

    assert finished(forked(work)) == (["a", "child"], 2)
    log.append(opened("b"))
    assert [entry.id for entry in log.read()] == ["a", "child", "b"]
    assert log.verify().position == 3


def test_children_and_their_parent_append_at_once(log):
    """Nothing is lost."""
    log.append(opened("a"))

    def work(name):
        for number in range(8):
            log.append(opened(f"{name}-{number}"))
        return "done"

    children = [forked(lambda name=name: work(name)) for name in ("x", "y", "z")]
    work("mine")
    assert [finished(child) for child in children] == ["done"] * 3
    assert log.verify().position == 1 + 4 * 8


def test_a_child_is_asked_what_is_so(log):
    """A timeline that was opened before, and asked before."""
    line = Timeline(log)
    line.record(border.CrossingOpened(crossing="rabia"))
    assert line.at().border.crossings["rabia"].status == "open"
    assert finished(forked(lambda: line.at().border.crossings["rabia"].status)) == "open"


def test_a_child_follows(log):
    """With a follower that its parent had begun, and one of its own."""
    log.append(opened("a"))
    news = log.follow(every=0.05)
    assert next(news).id == "a"
    timer = threading.Timer(0.3, lambda: log.append([opened("b"), opened("c")]))
    timer.start()
    assert next(news).id == "b"  # it listens by now
    timer.join()
    log.append(opened("d"))

    def work():
        with log.follow(after=2) as own:
            return [next(news).id, next(news).id, next(own).id]

    assert finished(forked(work)) == ["c", "d", "c"]
    assert [next(news).id, next(news).id] == ["c", "d"]


EXITS = """
import os, sys, warnings
from support.openers import open_jetstream, open_postgres
from timeline import Draft, SqliteLog
from timeline.events import border
warnings.simplefilter("ignore")
opener, place = sys.argv[1:]
log = {"sqlite": SqliteLog, "postgres": open_postgres, "jetstream": open_jetstream}[opener](place)
log.append(Draft(border.CrossingOpened(crossing="a")))
for closes in (False, True):
    if os.fork() == 0:
        if closes:
            log.close()
        sys.exit(0)
    assert os.wait()[1] == 0
    log.append(Draft(border.CrossingOpened(crossing="b")))
print(log.verify().position)
"""


@pytest.mark.parametrize("kind", ["sqlite", "postgres", "jetstream"])
def test_a_child_that_exits_takes_nothing_along(kind, request, tmp_path):
    """The connection of the parent lives, if the child closes the log or not."""
    match kind:
        case "sqlite":
            place = str(tmp_path / "incidents.db")
        case "postgres":
            place = f"{request.getfixturevalue('postgres').url} {new_schema()}"
        case _:
            place = f"{request.getfixturevalue('nats_server').url} fork-{secrets.token_hex(8)}"
    ran = subprocess.run(
        [sys.executable, "-c", EXITS, kind, place], cwd=Path(__file__).parents[1], capture_output=True, text=True,
        timeout=LONG, check=False,
    )  # fmt: skip
    assert (ran.stdout, ran.stderr) == ("3\n", "")


@pytest.mark.parametrize("kind", ["memory", "sqlite", "postgres", "jetstream"])
def test_a_lock_that_another_thread_held_is_not_waited_for(kind, request, tmp_path):
    """The thread is not in the child."""
    match kind:
        case "memory":
            log = MemoryLog()
        case "sqlite":
            log = SqliteLog(tmp_path / "incidents.db")
        case "postgres":
            log = PostgresLog(request.getfixturevalue("postgres").url, schema=new_schema(), patience=5)
        case _:
            log = JetStreamLog(request.getfixturevalue("nats_server").url, stream=f"fork-{secrets.token_hex(8)}")
    inside, leave = threading.Event(), threading.Event()

    def hold():
        with log._link.lock if kind == "postgres" else log._lock:
            inside.set()
            leave.wait(LONG)

    with log:
        log.append(opened("a"))
        thread = threading.Thread(target=hold)
        thread.start()
        assert inside.wait(LONG)
        child = forked(lambda: [entry.id for entry in log.read()])
        leave.set()
        thread.join()
        assert finished(child) == ["a"]
        assert log.append(opened("b"))[0].position == 2


def test_a_closed_log_stays_closed_in_a_child(log):
    """It says so."""
    log.close()
    assert "LogClosed" in finished(forked(log.head))


def test_a_child_keeps_a_model_up_to_date(postgres):
    """On a connection of its own."""
    log = MemoryLog()
    log.append(opened("a"))
    with PostgresModel(postgres.url, schema=new_schema()) as model:
        subscription = Subscription(
            log, model,
            create=lambda cursor: cursor.execute("CREATE TABLE opened (crossing text)"),
            apply=lambda entry, cursor: cursor.execute("INSERT INTO opened VALUES (%s)", [entry.event.crossing]),
        )  # fmt: skip
        assert finished(forked(subscription.catch_up)) == 1
        assert subscription.position == 1
        log.append(opened("b"))
        assert subscription.catch_up() == 2
