"""Streams as others make and change them: what loses entries is refused, and whoever deletes one is noticed."""

import secrets
import time

import pytest

from support.nats_servers import ask
from timeline import Timeline
from timeline.entry import Draft
from timeline.errors import CannotOpen, LogError, LogUnreachable, NotATimeline
from timeline.events import border
from timeline.log.jetstream import JetStreamLog
from timeline.log.jetstream import stream as log_stream


def opened(name="rabia"):
    """Make a draft of a crossing that opened."""
    return Draft(border.CrossingOpened(crossing=name))


@pytest.fixture
def stream():
    """A name no other test takes."""
    return f"test-{secrets.token_hex(8)}"


@pytest.fixture
def make(nats_server, stream):
    """Make the stream as somebody else could, with something of one's own."""

    def made(**more):
        config = {
            "name": stream, "subjects": [f"{stream}.entries"], "storage": "file", "num_replicas": 1,
            "allow_atomic": True, "metadata": {"incident-timeline": "1"},
        }  # fmt: skip
        (answer,) = ask(nats_server.url, (f"$JS.API.STREAM.CREATE.{stream}", config | more))
        assert "error" not in answer

    return made


@pytest.fixture
def change(nats_server, stream):
    """Change the stream as an administrator could."""

    def changed(**more):
        (found,) = ask(nats_server.url, (f"$JS.API.STREAM.INFO.{stream}", {}))
        (answer,) = ask(nats_server.url, (f"$JS.API.STREAM.UPDATE.{stream}", found["config"] | more))
        assert "error" not in answer

    return changed


LOSING = {
    "max_msgs": ({"max_msgs": 5}, r"throws entries away \(max_msgs 5\): expected a stream that keeps all"),
    "max_bytes": ({"max_bytes": 4000}, "max_bytes 4000"),
    "max_age": ({"max_age": 3600 * 10**9}, "max_age 3600 seconds"),
    "a limit by subject": ({"max_msgs_per_subject": 1}, "max_msgs_per_subject 1"),
    "a limit by subject with discard": ({"max_msgs_per_subject": 1, "discard": "new"}, "max_msgs_per_subject 1"),
    "interest": ({"retention": "interest"}, "retention interest"),
    "a queue": ({"retention": "workqueue"}, "retention workqueue"),
    "messages that expire": ({"allow_msg_ttl": True}, "allow_msg_ttl"),
    "messages that clear": ({"allow_rollup_hdrs": True}, "allow_rollup_hdrs"),
    "memory": ({"storage": "memory"}, r"is kept in memory .*expected storage file"),
    "no answer": ({"no_ack": True, "allow_atomic": False}, "acknowledges entries before it has stored them"),
    "late answers": (
        {"persist_mode": "async", "allow_atomic": False},
        "acknowledges entries before it has stored them",
    ),
    "other subjects": ({"subjects": ["x.y"]}, r"takes messages of \['x.y'\]: expected those of 'test-"),
    "another beginning": ({"first_seq": 100}, "begins at position 100: expected one that begins at 1"),
    "no batches": ({"allow_atomic": False}, "takes no batch as a whole: expected allow_atomic"),
}


@pytest.mark.parametrize("kind", LOSING)
def test_a_stream_that_loses_entries_is_refused(nats_server, stream, make, kind):
    """With what it would do, and how to change it."""
    config, said = LOSING[kind]
    make(**config)
    with pytest.raises(CannotOpen, match=f"{said}.*nats stream edit {stream}"):
        JetStreamLog(nats_server.url, stream=stream)


@pytest.mark.parametrize("mark", ["abc", "", "-1", "1.0", "²"])
def test_a_stream_with_an_odd_mark_is_no_timeline(nats_server, stream, make, mark):
    """Anything may stand in place of the format."""
    make(metadata={"incident-timeline": mark})
    with pytest.raises(NotATimeline, match="another program"):
        JetStreamLog(nats_server.url, stream=stream)


@pytest.mark.parametrize(("limit", "value"), [("max_msgs", 3), ("max_bytes", 2000), ("max_msgs_per_subject", 3)])
def test_a_stream_that_refuses_what_it_has_no_room_for_is_taken(nats_server, stream, make, change, limit, value):
    """Refusals of the stream are reported at once, and nothing kept is lost; with room it goes on."""
    make(**{limit: value}, discard="new", discard_new_per_subject=limit == "max_msgs_per_subject")
    with JetStreamLog(nats_server.url, stream=stream) as log:
        begun = time.monotonic()
        with pytest.raises(LogError, match="no room for more.*exceeded"):
            for _ in range(9):
                log.append(opened())
        assert time.monotonic() - begun < 5
        kept = log.verify().position
        change(**{limit: -1}, discard_new_per_subject=False)
        assert log.append(opened())[0].position == kept + 1


def test_a_stream_that_begins_to_lose_entries_is_noticed(nats_server, stream, change):
    """By whoever appends and whoever asks; and when it was changed back, the log goes on."""
    with JetStreamLog(nats_server.url, stream=stream) as log:
        log.append([opened(), opened()])
        change(max_msgs=5)
        time.sleep(2 * log_stream._FRESH)
        for call in (lambda: log.append(opened()), log.head, log.verify, lambda: list(log.read())):
            with pytest.raises(CannotOpen, match="throws entries away"):
                call()
        change(max_msgs=-1)
        assert log.append(opened())[0].position == 3


def test_replicas_may_change_under_an_open_log(nats_cluster, stream):
    """They are looked at when it is opened."""
    with JetStreamLog(nats_cluster.url, stream=stream, replicas=1) as log:
        log.append(opened())
        (found,) = ask(nats_cluster.url, (f"$JS.API.STREAM.INFO.{stream}", {}))
        ask(nats_cluster.url, (f"$JS.API.STREAM.UPDATE.{stream}", found["config"] | {"num_replicas": 3}))
        assert log.verify().position == 1


def test_a_deleted_stream_is_told(nats_server, stream):
    """This holds for every call, within about a second, with what to do."""
    with Timeline(JetStreamLog(nats_server.url, stream=stream)) as line:
        line.record(border.CrossingOpened(crossing="rabia"), id="a")
        ask(nats_server.url, (f"$JS.API.STREAM.DELETE.{stream}", {}))
        for call in (
            lambda: line.record(border.CrossingOpened(crossing="rabia")),
            lambda: line.redact("a"),
            line.at,
            line.head,
            line.entries,
            line.verify,
            lambda: next(line.follow()),
        ):
            with pytest.raises(LogError, match="was deleted: expected the log that was opened") as caught:
                call()
            assert not isinstance(caught.value, LogUnreachable)
