"""The log on NATS: how it is opened, what it keeps from others, and what it does when servers do not answer."""

from __future__ import annotations

import asyncio
import base64
import json
import threading
import time

import nats
import pytest

from support.drafts import many, opened
from support.nats_servers import Cluster, Node, ask, free_ports, replace_stream, until
from support.proxy import STORED, Cutter
from timeline import Timeline, about
from timeline.entry import Draft
from timeline.errors import (
    CannotOpen,
    IdConflict,
    LogClosed,
    LogError,
    LogUnreachable,
    NewerFormat,
    NotATimeline,
    TamperedLog,
)
from timeline.events import custody, editorial
from timeline.log import Expect, Head, MemoryLog
from timeline.log import store as log_store
from timeline.log.jetstream import JetStreamLog
from timeline.log.jetstream.message import batch
from timeline.values.report import Report


@pytest.fixture
def log(nats_server, stream):
    with JetStreamLog(nats_server.url, stream=stream) as made:
        yield made


# -- opening ----------------------------------------------------------------------------------------


def test_a_timeline_is_opened_at_a_url(nats_server, stream):
    """The stream is made, and found again with what was recorded."""
    url = f"{nats_server.url}/{stream}?replicas=1"
    with Timeline.open(url) as line:
        line.record(
            custody.DetaineesTransferred(quantity=about(150), operation="transfer"),
            occurred="2026-01-21", reports=[Report("CENTCOM", published="2026-01-21")],
        )  # fmt: skip
    with Timeline.open(url) as line:
        assert str(line.at("2026-01-25").custody.operations["transfer"].moved) == "≈150"
        assert line.verify().position == 1


def test_a_stream_of_another_program_is_left_alone(nats_server, stream):
    """It is refused, and nothing in it changes."""
    ask(nats_server.url, (f"$JS.API.STREAM.CREATE.{stream}", {"name": stream, "subjects": [f"{stream}.x"]}))
    with pytest.raises(NotATimeline, match="another program"):
        JetStreamLog(nats_server.url, stream=stream)
    (found,) = ask(nats_server.url, (f"$JS.API.STREAM.INFO.{stream}", {}))
    assert found["config"]["subjects"] == [f"{stream}.x"]


def test_a_stream_of_a_newer_format_is_left_alone(nats_server, log, stream):
    """Found and known are said, and what to do."""
    (found,) = ask(nats_server.url, (f"$JS.API.STREAM.INFO.{stream}", {}))
    found["config"]["metadata"]["incident-timeline"] = "2"
    ask(nats_server.url, (f"$JS.API.STREAM.UPDATE.{stream}", found["config"]))
    with pytest.raises(NewerFormat, match="pip install --upgrade") as caught:
        JetStreamLog(nats_server.url, stream=stream)
    assert (caught.value.found, caught.value.known) == (2, 1)


def test_replicas_are_those_that_were_asked_for(nats_server, log, stream):
    """A stream with fewer is not taken for one with more."""
    with pytest.raises(CannotOpen, match=r"kept by 1 server\(s\): expected 3"):
        JetStreamLog(nats_server.url, stream=stream, replicas=3)


def test_replicas_need_servers(nats_server, stream):
    """One server alone cannot keep a stream three times, and the error quotes the servers' answer."""
    with pytest.raises(CannotOpen, match="replicas > 1 not supported"):
        JetStreamLog(nats_server.url, stream=stream, replicas=3)


def test_servers_that_are_still_to_come_are_waited_for(nats_cluster, stream):
    """As long as patience lasts: those that have just started have yet to find one another."""
    with pytest.raises(CannotOpen, match="answered as expected for 0.5 seconds .*no suitable peers"):
        JetStreamLog(nats_cluster.url, stream=stream, replicas=5, patience=0.5)


def test_several_may_make_the_stream_at_once(nats_cluster, stream):
    """All of them find the same one."""
    failed = []

    def work(number):
        try:
            with JetStreamLog(nats_cluster.url, stream=stream, replicas=3) as log:
                log.append(opened(id=f"e{number}"))
        except BaseException as error:  # noqa: BLE001
            failed.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with JetStreamLog(nats_cluster.url, stream=stream) as log:
        assert {entry.id for entry in log.read()} == {"e0", "e1", "e2", "e3"}


def test_a_stream_that_a_server_does_not_know_yet_is_asked_for_again(nats_server, stream):
    """A server that is behind the others says of a new stream that there is none."""
    with JetStreamLog(nats_server.url, stream=stream) as log:
        (found,) = ask(nats_server.url, (f"$JS.API.STREAM.INFO.{stream}", {}))
        ask(nats_server.url, (f"$JS.API.STREAM.DELETE.{stream}", {}))
        made = threading.Timer(0.2, lambda: ask(nats_server.url, (f"$JS.API.STREAM.CREATE.{stream}", found["config"])))
        made.start()
        assert log.head().position == 0
        assert log.append(opened())[0].position == 1
        made.join()


def test_nobody_there_is_said_when_patience_ends(stream):
    """The error says the servers, the time waited, and what to check."""
    (port,) = free_ports(1)
    with pytest.raises(CannotOpen, match=f"127.0.0.1:{port}: no server answered as expected for 0.2 seconds"):
        JetStreamLog(f"nats://127.0.0.1:{port}", stream=stream, patience=0.2)


def test_servers_that_went_away_are_said_when_patience_ends(tmp_path, stream):
    """This holds for every call; once the servers are back, the same log goes on."""
    with Cluster(tmp_path / "own", 1) as server, JetStreamLog(server.url, stream=stream, patience=1) as log:
        log.append(opened(id="a"))
        server.nodes[0].kill()
        for call in (log.head, lambda: list(log.read()), lambda: log.append(opened())):
            with pytest.raises(LogUnreachable, match="See that most of them run"):
                call()
        server.nodes[0].start()
        server.ready()
        assert [entry.id for entry in log.read()] == ["a"]
        assert log.append(opened())[0].position == 2


def test_a_log_can_be_closed_while_nobody_answers(tmp_path, stream):
    """Closing needs no server."""
    with Cluster(tmp_path / "own", 1) as server:
        log = JetStreamLog(server.url, stream=stream)
        server.nodes[0].kill()
    log.close()
    with pytest.raises(LogClosed):
        log.head()
    assert not [thread for thread in threading.enumerate() if thread.name == f"timeline {stream}"]


# -- appending ----------------------------------------------------------------------------------------


def test_the_largest_batch_the_servers_take_lands(log):
    """A thousand entries, by default."""
    assert log.append(many(1000))[-1].position == 1000
    assert log.verify().position == 1000


def test_a_batch_that_is_too_large_is_refused_as_a_whole(log):
    """The error says how many there were, what the servers say, and what to do; the log goes on."""
    with pytest.raises(LogError, match=r"a batch of 1001 entries .* too large: 1000 .* Append it in parts, or raise"):
        log.append(many(1001))
    assert log.head().position == 0
    assert log.append(opened())[0].position == 1


def test_an_entry_that_is_too_large_is_refused(tmp_path, stream):
    """Alone, and in a batch, of which nothing lands."""
    large = opened(id="large", reports=[Report("SANA", quote="x" * 20000)])
    with Node(tmp_path, "own", "max_payload: 20000") as node, JetStreamLog(node.url, stream=stream) as log:
        for drafts in ([large], [opened(), large]):
            with pytest.raises(LogError, match="more than these servers take: shorten it, or raise max_payload"):
                log.append(drafts)
        assert log.head().position == 0


def test_the_longest_entry_there_is_fits(log):
    """Servers take by default what the library takes."""
    assert log.append(opened(reports=[Report("SANA", quote="x" * 999_000)]))[0].position == 1


LARGE = "x" * 300_000


def ballast(url: str, size: int) -> str:
    """Make a stream of another program that takes up room; return the subject that deletes it."""
    ask(url, ("$JS.API.STREAM.CREATE.ballast", {"name": "ballast", "subjects": ["ballast"]}), ("ballast", b"x" * size))
    return "$JS.API.STREAM.DELETE.ballast"


def test_servers_that_may_store_no_more_refuse_at_once(tmp_path, stream):
    """The error says so, and what to do; nothing that was promised is lost, and with room it goes on."""
    with Node(tmp_path, "own", limits="max_file_store: 2000000") as node:
        make_room = ballast(node.url, 900_000)
        with JetStreamLog(node.url, stream=stream) as log:
            kept = []
            with pytest.raises(LogError, match=r"no room for more.*max_file_store.*same ids") as said:
                for number in range(9):
                    kept += log.append(opened(id=f"e{number}", reports=[Report("SANA", quote=LARGE)]))
            assert not isinstance(said.value, LogUnreachable)
            assert [entry.id for entry in log.read()] == [entry.id for entry in kept] == ["e0", "e1", "e2", "e3"]
            ask(node.url, (make_room, {}))
            assert log.append(opened(id="e4"))[0].position == log.verify().position == 5


def test_a_batch_that_ran_out_of_room_is_finished_once_there_is_some(tmp_path, stream):
    """A server alone keeps the beginning of it, which nobody takes for the whole."""
    with Node(tmp_path, "own", limits="max_file_store: 2000000") as node:
        make_room = ballast(node.url, 900_000)
        batch = [opened(id=f"e{number}", reports=[Report("SANA", quote=LARGE)]) for number in range(5)]
        with JetStreamLog(node.url, stream=stream) as log, JetStreamLog(node.url, stream=stream) as reader:
            landed = []
            thread = threading.Thread(target=lambda: landed.extend(log.append(batch)))
            thread.start()
            until(lambda: node.stream(stream)["state"]["last_seq"] == 4, "keeping the beginning")
            assert reader.head() == reader.verify() == Head(0, b"")
            ask(node.url, (make_room, {}))
            thread.join()
            assert [entry.position for entry in landed] == [1, 2, 3, 4, 5]
            assert reader.verify() == log.verify() == Head(5, landed[-1].digest)


def test_refusals_of_the_servers_are_told(nats_server, log, stream):
    """A stream that somebody sealed, for example."""
    (found,) = ask(nats_server.url, (f"$JS.API.STREAM.INFO.{stream}", {}))
    ask(nats_server.url, (f"$JS.API.STREAM.UPDATE.{stream}", found["config"] | {"sealed": True}))
    with pytest.raises(LogError, match="the servers answer .*sealed"):
        log.append(opened())


def test_what_is_known_is_not_all(nats_server, log, stream):
    """A log that was overtaken decides again on everything: ids, conditions, targets."""
    with JetStreamLog(nats_server.url, stream=stream) as other:
        other.append([opened(id="a"), opened(id="b")])
        assert log.append(Draft(editorial.EventRetracted(target="a"), id="r"))[0].position == 3
        other.append([opened("raqqa", id="c"), opened(id="d")])
        with pytest.raises(IdConflict):
            log.append(opened("hasakah", id="c"))
        assert log.append(opened("raqqa", id="c"))[0].position == 4
        other.append(opened(id="e"))
        assert log.append(opened(id="f"), expect=Expect(after=6))[0].position == 7


def test_every_answer_is_up_to_date(nats_server, log, stream):
    """The next question sees the appends of another."""
    with JetStreamLog(nats_server.url, stream=stream) as other:
        for number in range(1, 20):
            other.append(opened())
            assert log.head().position == number
            assert len(list(log.read())) == number


def test_who_calls_again_and_again_is_given_more_room(nats_server, stream):
    """One that others overtake calls out, and says how often; the next append of the others waits for as much longer."""

    async def call(calls):
        client = await nats.connect(nats_server.url)
        await client.publish(f"{stream}.waiting", b"%d" % calls)
        await client.drain()

    with JetStreamLog(nats_server.url, stream=stream) as log:
        asyncio.run(call(12))
        assert [log.head().position for _ in range(2)] == [0, 0]  # the call came before the answers
        begun = time.monotonic()
        log.append([opened()])
        assert time.monotonic() - begun > 0.3


@pytest.mark.parametrize("size", [1, 3])
def test_an_answer_that_was_lost_is_found_again(nats_server, stream, size):
    """The message was stored and the connection cut: the entries are there once, at the positions returned."""
    proxy = Cutter(nats_server.nodes[0].port, STORED, every=2)
    with JetStreamLog(f"nats://127.0.0.1:{proxy.port}", stream=stream) as log:
        for number in range(6):
            entries = log.append([opened() for _ in range(size)])  # without ids of their own
            assert [entry.position for entry in entries] == list(range(number * size + 1, (number + 1) * size + 1))
        assert log.verify().position == 6 * size
    assert proxy.cut >= 3
    proxy.close()


# -- restoring ----------------------------------------------------------------------------------------


def test_a_restore_is_of_any_size_and_seen_only_when_it_is_whole(nats_server, stream, monkeypatch):
    """It goes out in pieces, and a reader who looks in between finds an empty log."""
    monkeypatch.setattr(log_store, "PAGE", 100)
    source = MemoryLog()
    source.append(many(350))
    seen = []
    with JetStreamLog(nats_server.url, stream=stream) as log, JetStreamLog(nats_server.url, stream=stream) as reader:
        append = log._stream.append

        async def watched(payloads, after):
            await append(payloads, after)
            seen.append((after + len(payloads), reader.head().position))

        monkeypatch.setattr(log._stream, "append", watched)
        assert log.restore(source.stored()) == source.head() == reader.verify()
        assert seen == [(100, 0), (200, 0), (300, 0), (350, 350)]


def test_a_restore_that_was_broken_off_is_finished_by_the_same_rows(nats_server, stream, monkeypatch):
    """Until then the log is empty, and takes nothing else."""
    monkeypatch.setattr(log_store, "PAGE", 100)
    source, other = MemoryLog(), MemoryLog()
    source.append(many(350))
    other.append(many(350, "x"))
    with JetStreamLog(nats_server.url, stream=stream, patience=1) as log:
        append = log._stream.append

        async def broken(payloads, after):
            if after == 200:
                raise RuntimeError("killed")
            await append(payloads, after)

        with monkeypatch.context() as patched:
            patched.setattr(log._stream, "append", broken)
            with pytest.raises(RuntimeError, match="killed"):
                log.restore(source.stored())
        assert log.head() == Head(0, b"")
        for refused in (lambda: log.append(opened()), lambda: log.restore(other.stored())):
            with pytest.raises(LogError, match="first 200 entries of a restore or a batch that was interrupted"):
                refused()
        assert log.verify() == Head(0, b"")
        with JetStreamLog(nats_server.url, stream=stream) as again:
            assert again.restore(source.stored()) == source.head() == again.verify()
        assert log.head() == source.head()
        assert log.append(opened())[0].position == 351


# -- what the stream holds ----------------------------------------------------------------------------


def test_a_message_is_the_line_of_a_dump(nats_server, log, stream, tmp_path):
    """Other tools read an entry; besides, its digest and where its batch ends."""
    log.append(many(2))
    (found,) = ask(nats_server.url, (f"$JS.API.STREAM.MSG.GET.{stream}", {"seq": 1}))
    said = json.loads(base64.b64decode(found["message"]["data"]))
    Timeline(log).dump(tmp_path / "dump.jsonl")
    assert said["entry"] == json.loads((tmp_path / "dump.jsonl").read_text().splitlines()[0])
    assert said["whole"] == 2
    assert found["message"]["subject"] == f"{stream}.entries"


@pytest.mark.parametrize("position", [1, 2, 3])
def test_a_message_that_was_deleted_by_others_is_missed(nats_server, log, stream, position):
    """By a log that had read it, when it verifies, and by one that opens it."""
    log.append(many(3))
    ask(nats_server.url, (f"$JS.API.STREAM.MSG.DELETE.{stream}", {"seq": position}))
    with JetStreamLog(nats_server.url, stream=stream) as other:
        for call in (log.verify, other.head):
            with pytest.raises(TamperedLog, match=f"position {position} does not fit") as caught:
                call()
            assert caught.value.position == position


def test_a_stream_that_was_replaced_is_found(nats_server, log, stream):
    """A shorter one is not believed; one of the same length does not verify."""
    log.append(many(3))
    other = MemoryLog()
    other.append(many(3, "x"))
    replace_stream(log.address, batch(other.stored(), ()))
    with pytest.raises(TamperedLog, match="position 3"):
        log.verify()
    replace_stream(log.address, batch(list(other.stored())[:2], ()))
    with JetStreamLog(nats_server.url, stream=stream) as fresh:
        assert fresh.head().position == 2


def test_messages_of_a_batch_agree_on_where_it_ends(log, nats_server, stream):
    """One that says something else was changed."""
    log.append(many(3))
    first, second, third = batch(log.stored(), ())
    replace_stream(log.address, [first, second.replace(b'"whole":3', b'"whole":7'), third])
    with JetStreamLog(nats_server.url, stream=stream) as fresh, pytest.raises(TamperedLog, match="position 2"):
        fresh.verify()


def test_entries_are_not_lost_from_sight(nats_server, stream):
    """Servers that lost entries differ from servers with nothing new."""
    with JetStreamLog(nats_server.url, stream=stream, patience=1) as log:
        log.append(many(3))
        replace_stream(log.address, [])
        with pytest.raises(LogUnreachable, match="ends at position 0, though it had 3 before"):
            log.head()


# -- redacting ----------------------------------------------------------------------------------------


def redacted(target):
    return Draft(editorial.EventRedacted(target=target, reason="asked for"), id=f"r-{target}")


SECRET = "said-by-a-witness"


def bytes_of(node: Node) -> bytes:
    return b"".join(file.read_bytes() for file in node.folder.rglob("*.blk"))


def test_a_redacted_message_is_overwritten(tmp_path, stream):
    """No byte of it is in the server's blocks, and logs that are open, or opened later, read what is left."""
    with (
        Cluster(tmp_path / "own", 1) as server,
        JetStreamLog(server.url, stream=stream) as log,
        JetStreamLog(server.url, stream=stream) as other,
    ):
        log.append([opened(id="a"), opened(id="b", reports=[Report("SANA", quote=SECRET)]), opened(id="c")])
        assert other.head().position == 3
        assert SECRET.encode() in bytes_of(server.nodes[0])
        log.append(redacted("b"))
        assert SECRET.encode() not in bytes_of(server.nodes[0])
        with JetStreamLog(server.url, stream=stream) as fresh:
            rows = [list(each.stored()) for each in (log, other, fresh)]
            assert rows[0] == rows[1] == rows[2]
            assert rows[0][1].redacted
            assert log.verify() == other.verify() == fresh.verify() == log.head()
            assert fresh.append(opened(id="b"))[0].position == 2


def test_a_redaction_that_was_broken_off_is_finished_by_whoever_opens_the_log(nats_server, log, stream, monkeypatch):
    """The redaction landed, and its writer died before the old message was deleted."""
    log.append([opened(id="a"), opened(id="b", reports=[Report("SANA", quote=SECRET)])])

    async def broken(positions):
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(log._stream, "delete", broken)
        with pytest.raises(RuntimeError, match="killed"):
            log.append(redacted("b"))
    get = (f"$JS.API.STREAM.MSG.GET.{stream}", {"seq": 2})
    assert "message" in ask(nats_server.url, get)[0]
    with JetStreamLog(nats_server.url, stream=stream) as fresh:
        assert fresh.head().position == 3
        assert "error" in ask(nats_server.url, get)[0]
        assert [row.redacted for row in fresh.stored()] == [False, True, False]
    assert [row.redacted for row in log.stored()] == [False, True, False]


# -- following ----------------------------------------------------------------------------------------


def test_a_follower_is_woken_by_what_another_appends(nats_server, log, stream):
    """The servers say so: it does not look again meanwhile."""
    with JetStreamLog(nats_server.url, stream=stream) as other, log.follow(every=50) as news:
        other.append(opened(id="a"))
        assert next(news).id == "a"
        timer = threading.Timer(0.2, lambda: other.append(many(3, "b")))
        timer.start()
        assert [next(news).id for _ in range(3)] == ["b0", "b1", "b2"]
        timer.join()
