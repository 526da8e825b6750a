"""Messages on a stream that are none of the log's: what stands before them is kept, and nothing behind them counts."""

import asyncio
import json
import secrets
import threading
import time

import nats
import orjson
import pytest

from support.nats_servers import ask
from timeline import Timeline
from timeline.entry import Draft
from timeline.errors import LogError, ReadOnlyLog, TamperedLog
from timeline.events import border, editorial
from timeline.log import MemoryLog, copy_log
from timeline.log.jetstream import JetStreamLog
from timeline.log.jetstream.message import Message, batch, pack


def opened(name, **given):
    """Make a draft of a crossing that opened."""
    return Draft(border.CrossingOpened(crossing=name), id=name, **given)


def redacted(name):
    """Make a draft that erases another."""
    return Draft(editorial.EventRedacted(target=name), id=f"no-{name}")


@pytest.fixture
def stream():
    """A name no other test takes."""
    return f"test-{secrets.token_hex(8)}"


@pytest.fixture
def log(nats_server, stream):
    """An empty log."""
    with JetStreamLog(nats_server.url, stream=stream, patience=2) as made:
        yield made


@pytest.fixture
def publish(nats_server, stream):
    """Put a message at the end of the stream, as any client of the servers could."""
    return lambda said: ask(nats_server.url, (f"{stream}.entries", said))


@pytest.fixture
def reopened(nats_server, stream):
    """Open the log again."""
    logs = []

    def reopen():
        logs.append(JetStreamLog(nats_server.url, stream=stream, patience=2))
        return logs[-1]

    yield reopen
    for each in logs:
        each.close()


def sealed_next(log, draft):
    """Return the row that an append of a draft would add."""
    other = MemoryLog()
    copy_log(log, other)
    other.append(draft)
    return list(other.stored())[-1]


def changed(log, **names):
    """Publish the last message of a log once more, with other values."""
    said = orjson.loads(batch(log.stored(), ())[-1])
    said |= {"whole": 3} | {name: value for name, value in names.items() if name in ("whole", "digest", "erased")}
    said["entry"] |= {"position": 3} | {
        name: value for name, value in names.items() if name not in ("whole", "digest", "erased")
    }
    return json.dumps(said, separators=(",", ":"), ensure_ascii=False).encode()


STRAYS = {
    "nothing": lambda log: b"",
    "text": lambda log: b"hello",
    "no text": lambda log: b"\xff\xfe",
    "JSON of another kind": lambda log: b"[1]",
    "nested JSON": lambda log: b"[" * 5000,
    "half an entry": lambda log: b'{"entry":{},"digest":"zz","whole":3}',
    "the same entry again": changed,
    "a batch that ends as text": lambda log: changed(log, whole="3"),
    "a batch that ends nowhere": lambda log: changed(log, whole=None),
    "a batch that ended before": lambda log: changed(log, whole=1),
    "a batch without end": lambda log: changed(log, whole=10**9),
    "a batch that erased a number": lambda log: changed(log, erased=5),
    "tags that are a number": lambda log: changed(log, tags=5),
    "a time that is none": lambda log: changed(log, recorded_at="0001-01-01"),
    "an entry behind this position": lambda log: changed(log, position=4),
    "an id that is taken": lambda log: pack(Message(sealed_next(log, opened("c"))._replace(id="a"), 3)),
    "an entry with another digest": lambda log: pack(
        Message(sealed_next(log, opened("c"))._replace(digest=b"x" * 32), 3)
    ),
    "an entry with another content": lambda log: pack(
        Message(sealed_next(log, opened("c"))._replace(content=next(log.stored()).content), 3)
    ),
    "what nobody redacted, erased": lambda log: pack(
        Message(sealed_next(log, opened("c")), 3, (next(log.stored()).erased(),))
    ),
    "something else redacted, erased": lambda log: pack(
        Message(sealed_next(log, redacted("b")), 3, (next(log.stored()).erased(),))
    ),
    "what is not there, erased": lambda log: pack(
        Message(sealed_next(log, redacted("a")), 3, (next(log.stored()).erased()._replace(position=99),))
    ),
    "what is before all, erased": lambda log: pack(
        Message(sealed_next(log, redacted("a")), 3, (next(log.stored()).erased()._replace(position=-1),))
    ),
}


@pytest.mark.parametrize("kind", STRAYS)
def test_what_stands_before_a_stray_message_is_kept(log, publish, reopened, kind):
    """It is asked, copied and verified; the stray message is named, and nothing is appended behind it."""
    log.append([opened("a"), opened("b")])
    publish(STRAYS[kind](log))
    for each in (log, reopened()):
        with pytest.warns(RuntimeWarning, match=r"position 3 does not fit: .*[Cc]opy them to another stream"):
            assert each.head().position == 2
        assert [entry.id for entry in each.read()] == ["a", "b"]
        assert not any(row.redacted for row in each.stored())
        with pytest.raises(TamperedLog, match="position 3 does not fit") as caught:
            each.append(opened("d"))
        assert caught.value.position == 3
        with pytest.raises(TamperedLog, match="position 3 does not fit"):
            each.verify()
        assert each.append(opened("a"))[0].position == 1
        rescued = MemoryLog()
        assert copy_log(each, rescued) == rescued.verify() == each.head()
        assert rescued.append(opened("d"))[0].position == 3


def test_a_stray_message_that_was_deleted_leaves_its_position_empty(nats_server, stream, log, publish, reopened):
    """The messages before it are there still, and a writer learns of it at once."""
    log.append([opened("a"), opened("b")])
    publish(b"hello")
    ask(nats_server.url, (f"$JS.API.STREAM.MSG.DELETE.{stream}", {"seq": 3}))
    begun = time.monotonic()
    with pytest.raises(TamperedLog, match="position 3"):
        log.append(opened("c"))
    assert time.monotonic() - begun < 1.5
    with Timeline(reopened()) as line, pytest.warns(RuntimeWarning, match="position 3"):
        assert line.at().border.crossings["b"].status == "open"
        assert len(line.entries(before=2)) == 1


def test_entries_that_are_missing_are_never_passed_over(nats_server, stream, log, reopened):
    """Followers get only the entries before the gap, and an error if they ask for more."""
    for name in "abcde":
        log.append(opened(name))
    ask(nats_server.url, (f"$JS.API.STREAM.MSG.DELETE.{stream}", {"seq": 3}))
    fresh, read = reopened(), []
    assert [entry.id for entry in fresh.read(before=3)] == ["a", "b"]
    assert [entry.id for entry in fresh.read(limit=2)] == ["a", "b"]
    assert list(fresh.read(limit=0)) == []
    with pytest.raises(TamperedLog, match="position 3"):
        read.extend(fresh.read())
    for call in (fresh.head, fresh.verify, Timeline(fresh).at):
        with pytest.raises(TamperedLog, match="position 3"):
            call()
    rescued = MemoryLog()
    for _ in range(2):
        with pytest.raises(TamperedLog, match="position 3"):
            copy_log(fresh, rescued)
        assert [entry.id for entry in rescued.read()] == ["a", "b"]
        assert rescued.verify().position == 2


def test_half_a_batch_can_be_rescued(nats_server, stream, log, reopened):
    """Of one that was acknowledged, and misses an entry now."""
    log.append([opened("a"), opened("b"), opened("c")])
    ask(nats_server.url, (f"$JS.API.STREAM.MSG.DELETE.{stream}", {"seq": 3}))
    assert [entry.id for entry in reopened().read(before=3)] == ["a", "b"]


def test_a_follower_is_told_of_a_stray_message(log, publish):
    """After the entries before it: nothing more will come."""
    log.append([opened("a"), opened("b")])
    with log.follow(every=1) as news:
        assert [next(news).id for _ in range(2)] == ["a", "b"]
        publish(b"hello")
        with pytest.warns(RuntimeWarning), pytest.raises(TamperedLog, match="position 3"):
            next(news)


def test_a_batch_that_nobody_finishes_is_waited_for_once(log, publish):
    """Somebody said that there was more to come: a second append is refused at once."""
    log.append([opened("a"), opened("b")])
    publish(pack(Message(sealed_next(log, opened("c")), 10**9)))
    assert log.verify().position == 2
    with pytest.raises(LogError, match="holds only the first 1 entries .* interrupted"):
        log.append(opened("d"))
    begun = time.monotonic()
    with pytest.raises(LogError, match="was interrupted"):
        log.append(opened("d"))
    assert time.monotonic() - begun < 1


def test_a_follower_beside_a_batch_that_nobody_finishes_rests(log, publish, monkeypatch):
    """It looks after a notice of something new, and when its time is up, and not all the time."""
    log.append(opened("a"))
    publish(pack(Message(sealed_next(log, opened("b")), 10**9)))
    looked = []
    last = log._stream.last

    async def counted(known):
        looked.append(known)
        return await last(known)

    monkeypatch.setattr(log._stream, "last", counted)
    seen = []
    news = log.follow(every=0.2)
    thread = threading.Thread(target=lambda: seen.extend(news))
    thread.start()
    time.sleep(1)
    news.stop()
    thread.join()
    assert [entry.id for entry in seen] == ["a"]
    assert len(looked) < 10


def test_nothing_is_restored_behind_a_stray_message(log, publish):
    """The stream looks empty, and is not."""
    publish(b"hello")
    source = MemoryLog()
    source.append(opened("a"))
    with pytest.raises(TamperedLog, match="position 1 does not fit"):
        log.restore(source.stored())


def test_what_others_may_not_erase_is_erased_by_who_may(log, reopened, monkeypatch):
    """A reader that finds a redaction unfinished reads what it leaves."""
    log.append([opened("a"), opened("b")])

    async def refused(positions):
        raise ReadOnlyLog("this user may not do that")

    with monkeypatch.context() as patched:
        patched.setattr(log._stream, "delete", refused)
        with pytest.raises(ReadOnlyLog):
            log.append(redacted("a"))
    fresh = reopened()
    monkeypatch.setattr(fresh._stream, "delete", refused)
    assert [row.redacted for row in fresh.stored()] == [True, False, False]


def test_news_that_are_none_wake_a_follower_once(nats_server, stream, log, monkeypatch):
    """Anybody may publish them: text, or a position that is not there; real ones are heard afterwards."""
    log.append(opened("a"))
    looked = []
    last = log._stream.last

    async def counted(known):
        looked.append(known)
        return await last(known)

    async def announce():
        client = await nats.connect(nats_server.url)
        for sequence in (None, "x", "1000000000"):
            await client.publish(f"{stream}.news", b"", headers=sequence and {"Nats-Sequence": sequence})
            await client.publish(f"{stream}.waiting", b"hello")
        await client.drain()

    monkeypatch.setattr(log._stream, "last", counted)
    seen = []
    news = log.follow(every=30)
    thread = threading.Thread(target=lambda: seen.extend(news))
    thread.start()
    time.sleep(0.3)
    asyncio.run(announce())
    time.sleep(0.5)
    assert len(looked) < 6
    log.append(opened("b"))
    end = time.monotonic() + 20
    while len(seen) < 2 and time.monotonic() < end:
        time.sleep(0.01)
    log.close()
    thread.join()
    assert [entry.id for entry in seen] == ["a", "b"]
