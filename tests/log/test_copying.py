"""Moving house: any log into any other, verbatim, verified, and going on after an interruption."""

import itertools
import secrets

import pytest

from support.postgres_server import new_schema
from timeline.entry import Draft
from timeline.errors import LogError, TamperedLog
from timeline.events import border, editorial
from timeline.log import MemoryLog, SqliteLog, copy_log
from timeline.log import store as log_store
from timeline.log.copying import extend
from timeline.log.jetstream import JetStreamLog
from timeline.log.postgres import PostgresLog

KINDS = ["memory", "sqlite", "postgres", "jetstream"]


def opened(crossing="rabia", **given):
    """Make a draft of a crossing that opened."""
    return Draft(border.CrossingOpened(crossing=crossing), **given)


@pytest.fixture
def make(request, tmp_path):
    """Makes an empty log of a kind, and closes it in the end."""
    made = []

    def factory(kind):
        match kind:
            case "memory":
                log = MemoryLog()
            case "sqlite":
                log = SqliteLog(tmp_path / f"{len(made)}.db")
            case "jetstream":
                log = JetStreamLog(request.getfixturevalue("nats_server").url, stream=f"copy-{secrets.token_hex(8)}")
            case _:
                log = PostgresLog(request.getfixturevalue("postgres").url, schema=new_schema())
        made.append(log)
        return log

    yield factory
    for log in made:
        log.close()


@pytest.fixture
def source():
    """Ten entries, in Arabic too, with an editorial one."""
    with MemoryLog() as log:
        log.append([opened("معبر-ربيعة", id="e1"), *(opened(f"c{n}") for n in range(8))])
        log.append(Draft(editorial.EventRetracted(target="e1", reason="\u200fخطأ")))
        yield log


@pytest.fixture
def small_pages(monkeypatch):
    """Three entries a page."""
    monkeypatch.setattr(log_store, "PAGE", 3)


@pytest.mark.parametrize(("first", "second"), list(itertools.product(KINDS, KINDS)), ids="-".join)
def test_a_copy_is_verbatim(make, source, first, second):
    """Rows, digests and tags are the same in every kind, from every kind; and appending goes on."""
    one, other = make(first), make(second)
    copy_log(source, one)
    assert copy_log(one, other) == source.head() == other.verify()
    assert list(other.stored()) == list(source.stored())
    assert [e.position for e in other.read(tags="entry:e1")] == [10]
    assert other.append(opened())[0].position == 11


@pytest.mark.usefixtures("small_pages")
def test_progress_is_told(make, source):
    """After each page: how many of how many."""
    told = []
    copy_log(source, make("memory"), progress=lambda done, total: told.append((done, total)))
    assert told == [(3, 10), (6, 10), (9, 10), (10, 10)]


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("at", [3, 6, 9])
def test_an_interrupted_copy_goes_on(make, source, kind, at):
    """Called again, it adds what is missing, and no more; what was there was a sound beginning."""
    target = make(kind)

    def interrupted(done, _):
        if done == at:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy_log(source, target, progress=interrupted)
    assert target.verify().position == at
    inserted = []
    insert = target.insert
    target.insert = lambda rows: (inserted.extend(row.position for row in rows), insert(rows))
    assert copy_log(source, target) == source.head()
    assert inserted == list(range(at + 1, 11))
    assert list(target.stored()) == list(source.stored())


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("there", range(11))
def test_a_copy_goes_on_from_anywhere(source, there):
    """Also in the middle of a page, and when nothing is missing."""
    target = MemoryLog()
    target.restore(itertools.islice(source.stored(), there))
    assert copy_log(source, target) == source.head()
    assert list(target.stored()) == list(source.stored())


def test_a_copy_takes_what_came_since(source):
    """Copied again after the source grew, it takes the rest."""
    target = MemoryLog()
    copy_log(source, target)
    source.append(opened())
    assert copy_log(source, target).position == 11


@pytest.mark.usefixtures("small_pages")
def test_what_comes_meanwhile_is_copied_too(source):
    """And counted in the progress."""
    target, told = MemoryLog(), []

    def meanwhile(done, total):
        told.append((done, total))
        if done == 9:
            source.append(opened())

    assert copy_log(source, target, progress=meanwhile) == source.head()
    assert told == [(3, 10), (6, 10), (9, 10), (11, 11)]


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_redacted_is_copied_as_it_is(make, source, kind):
    """The rest of the entry is copied, and so is the entry that says so."""
    source.append(Draft(editorial.EventRedacted(target="e1")))
    target = make(kind)
    assert copy_log(source, target) == source.head()
    assert list(target.stored()) == list(source.stored())
    assert [row.position for row in target.stored() if row.redacted] == [1, 10]


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("at", [3, 9])
def test_what_is_redacted_between_two_calls_is_erased_in_the_target_too(make, source, kind, at):
    """A copy keeps no content that its source has erased."""
    target = make(kind)

    def interrupted(done, _):
        if done == at:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy_log(source, target, progress=interrupted)
    assert not next(target.stored()).redacted
    source.append(Draft(editorial.EventRedacted(target="e1")))
    assert copy_log(source, target) == source.head()
    assert list(target.stored()) == list(source.stored())
    assert list(target.read(tags="facility:معبر-ربيعة")) == []


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("named", ["e1", "last"])
def test_what_is_redacted_meanwhile_is_no_alarm(source, named):
    """It is erased in the target too, copied already or not."""
    target, told = MemoryLog(), []
    source.append(opened(id="last"))

    def meanwhile(done, _):
        told.append(done)
        if told == [3]:
            source.append(Draft(editorial.EventRedacted(target=named)))

    assert copy_log(source, target, progress=meanwhile) == source.head()
    assert list(target.stored()) == list(source.stored())


def test_an_empty_log_is_copied():
    """Into an empty one."""
    assert copy_log(MemoryLog(), MemoryLog()).position == 0


@pytest.mark.parametrize(
    "drafts", [[opened(id="mine")], [opened(id=f"mine-{n}") for n in range(20)]], ids=["short", "long"]
)
@pytest.mark.usefixtures("small_pages")
def test_another_log_is_not_written_over(source, drafts):
    """The target must hold the beginning of the source."""
    target = MemoryLog()
    target.append(drafts)
    with pytest.raises(
        LogError, match=f"the target holds {len(drafts)} entries that are not the beginning of the source"
    ):
        copy_log(source, target)
    assert target.head().position == len(drafts)


@pytest.mark.usefixtures("small_pages")
def test_a_changed_source_is_found(source):
    """The entries before it were copied, and are sound."""
    source._rows[7] = source._rows[7]._replace(content=source._rows[7].content.replace(b"c6", b"c9"))
    target = MemoryLog()
    with pytest.raises(TamperedLog, match="position 8"):
        copy_log(source, target)
    assert target.verify().position == 7


def test_a_target_that_keeps_something_else_is_found(source):
    """The rows of the target are read back."""

    class Careless(MemoryLog):
        def insert(self, rows):
            super().insert([row._replace(content=row.content.replace(b"c3", b"c4")) for row in rows])

    with pytest.raises(TamperedLog, match="position 5"):
        copy_log(source, Careless())


@pytest.mark.usefixtures("small_pages")
def test_a_target_others_write_to_is_left(source):
    """Somebody appends between two pages: the copy says so, and theirs is kept."""
    target = MemoryLog()
    with pytest.raises(LogError, match="ends at position 4: expected 3"):
        copy_log(source, target, progress=lambda done, _: target.append(opened(id="theirs")) if done == 3 else None)
    assert target.head().position == 4


def test_rows_that_are_there_already_are_left(source):
    """As when the answer to a page was lost, and it is handed over again."""
    rows, target = list(source.stored()), MemoryLog()
    nothing = target.head()
    for _ in range(2):
        extend(target, rows[:4], nothing)
    assert list(target.stored()) == rows[:4]
