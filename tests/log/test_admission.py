"""Admission of editorial entries: the same, with or without kept rulings."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from timeline import Draft, MemoryLog, Report, Timeline
from timeline.errors import EditorialRefused, TamperedLog
from timeline.events import border, editorial
from timeline.events.editorial import EventCorrected, EventRedacted, EventRetracted, EventsMerged, targets

OPENED = border.CrossingOpened(crossing="rabia")


class Oracle:
    """Decides by the words of the rules, from all events so far."""

    def __init__(self, events: dict[str, Any]) -> None:
        self.events = events

    def retracted(self, id: str) -> bool:
        """Tell whether any retraction of an entry stands."""
        events = self.events.items()
        named = [by for by, event in events if isinstance(event, EventRetracted) and event.target == id]
        return any(not self.retracted(by) for by in named)

    def above(self, id: str) -> Iterator[str]:
        """Return everything that an entry is a duplicate of, along any standing merge."""
        for by, event in self.events.items():
            if isinstance(event, EventsMerged) and id in event.duplicates and not self.retracted(by):
                yield event.kept
                yield from self.above(event.kept)

    def admits(self, event: Any) -> bool:
        """Tell whether a draft of this event may join them."""
        named = [self.events[name] for name in targets(event)]
        if any(named_event is None or isinstance(named_event, EventRedacted) for named_event in named):
            return False
        match event:
            case EventRedacted():
                return True
            case EventRetracted(target=target):
                revived, back = self.events[target], False
                while isinstance(revived, EventRetracted):
                    revived, back = self.events[revived.target], not back
                circle = back and isinstance(revived, EventsMerged) and self.circle(revived)
                return not self.retracted(target) and not circle
            case EventCorrected(target=target):
                return type(named[0]) not in (EventRetracted, EventsMerged) and not self.retracted(target)
            case EventsMerged():
                return all(isinstance(one, type(OPENED)) for one in named) and not self.circle(event)
        raise AssertionError(event)

    def circle(self, merge: EventsMerged) -> bool:
        """Tell whether a merge would go in a circle."""
        return bool({*self.above(merge.kept)} & {*merge.duplicates})

    def redact(self, id: str) -> None:
        """Erase an entry, and every editorial one that names it."""
        self.events[id] = None
        for by, event in list(self.events.items()):
            if event is not None and id in targets(event) and not isinstance(event, EventRedacted):
                self.redact(by)


@st.composite
def acts(draw: st.DrawFn) -> list[tuple[str, int, int]]:
    """Editorial acts on entries, each named by its number from the end."""
    kind = st.sampled_from(["retract"] * 6 + ["merge"] * 4 + ["correct", "redact"])
    return draw(st.lists(st.tuples(kind, st.integers(0, 11), st.integers(0, 11)), max_size=40))


def event_of(kind: str, ids: list[str], first: int, second: int) -> Any:
    """Make the event of an act."""
    target, other = ids[-1 - first % len(ids)], ids[second % 6]
    if kind == "merge":
        kept, duplicate = ids[first % 6], other
        return EventsMerged(kept=kept, duplicates=(duplicate,)) if kept != duplicate else None
    if kind == "correct":
        return EventCorrected(target=target, replacement=OPENED)
    return EventRetracted(target=target) if kind == "retract" else EventRedacted(target=target)


def shared(log: MemoryLog) -> MemoryLog:
    """Open another log on the same rows, as another program has it."""
    other = MemoryLog()
    other._rows, other._by_id, other._by_tag = log._rows, log._by_id, log._by_tag
    return other


@given(acts(), st.integers(1, 3), st.integers(1, 5))
@settings(deadline=None)
def test_what_is_admitted_follows_the_rules(told, writers, size):
    """This holds for any batches, and for any of several writers."""
    logs = [MemoryLog()]
    logs += [shared(logs[0]) for _ in range(writers - 1)]
    ids = [f"e{n}" for n in range(6)]
    logs[0].append([Draft(OPENED, id=id) for id in ids])
    oracle = Oracle(dict.fromkeys(ids, OPENED))
    batch: list[Draft] = []
    for number, (kind, first, second) in enumerate(told):
        log, event = logs[number % writers], event_of(kind, ids, first, second)
        if event is None:
            continue
        draft = Draft(event, id=f"a{number}")
        if not oracle.admits(event):
            log.append(batch)
            batch = []
            with pytest.raises(EditorialRefused):
                log.append(draft)
            continue
        ids.append(draft.id)
        oracle.events[draft.id] = event
        if kind == "redact":
            oracle.redact(event.target)
        batch.append(draft)
        if len(batch) >= size:
            log.append(batch)
            batch = []
    logs[0].append(batch)
    logs[0].verify()


def test_a_refused_batch_leaves_no_ruling_behind():
    """A target of a retraction in a failed batch can be retracted afterwards."""
    line = Timeline()
    entry = line.record(OPENED, id="e")
    line.record(editorial.EventCorroborated(target="e"))
    again = Draft(EventRetracted(target="e"))
    with pytest.raises(EditorialRefused, match="is retracted already"):
        line.record_all([again, again])
    assert line.retract(entry).position == 3


@pytest.mark.parametrize("size", [1, 3000])
def test_a_ladder_of_retractions_is_as_long_as_it_gets(size):
    """Each undoes the one before; the depth at which a program gives up is none of it."""
    log = MemoryLog()
    log.append(Draft(OPENED, id="e0"))
    ladder = [Draft(EventRetracted(target=f"e{n}"), id=f"e{n + 1}") for n in range(3000)]
    for first in range(0, 3000, size):
        log.append(ladder[first : first + size])
    with pytest.raises(EditorialRefused, match="'e2999' is retracted already"):
        log.append(Draft(EventRetracted(target="e2999")))
    log.append(Draft(EventCorrected(target="e0", replacement=OPENED)))


def chain(length):
    """Make a log of one entry and a chain of corrections of it."""
    log = MemoryLog()
    log.append(Draft(OPENED, id="e0"))
    for n in range(length):
        log.append(Draft(EventCorrected(target=f"e{n}", replacement=OPENED), id=f"e{n + 1}"))
    return log


def test_the_tags_of_a_long_chain_stay_few():
    """A correction is found by what it names, by what that names, and by every entity; not by all before."""
    *_, last = chain(50).read()
    assert last.tags == ("entry:e49", "facility:rabia", "entry:e48")


def test_a_chain_with_all_the_tags_there_are_verifies():
    """Earlier versions wrote them, and such a log is as good as ever; other tags are a change."""
    log = chain(5)
    rows = list(log.stored())
    older = [row._replace(tags=(*row.tags, *(f"entry:e{n}" for n in range(row.position - 3)))) for row in rows]
    other = MemoryLog()
    assert other.restore(older) == log.head()
    for tags in (("entry:e4", "facility:rabia"), (*rows[-1].tags, "entry:e0")):
        with pytest.raises(TamperedLog, match="position 6 "):
            MemoryLog().restore([*rows[:-1], rows[-1]._replace(tags=tags)])


def test_a_refusal_names_the_act_and_what_makes_no_claim():
    """The act that was tried, and the kind of the entry that it names."""
    line = Timeline()
    out = line.retract(line.record(OPENED))
    for act, name in ((line.corroborate, "EventCorroborated"), (line.dispute, "EventDisputed")):
        with pytest.raises(EditorialRefused, match=f"^{name} names entry '{out.id}', a EventRetracted: expected"):
            act(out, reports=[Report("AP")])
    with pytest.raises(EditorialRefused, match=f"^EventsMerged names entry '{out.id}', a EventRetracted: expected"):
        line.merge(line.record(OPENED), [out])


def test_a_recorder_is_a_tag_where_no_draft_names_an_entry():
    """Drafts that name no entries are admitted at once, and still bear the tag of their recorder."""
    signed, unsigned = MemoryLog().append([Draft(OPENED, recorder="desk-3"), Draft(OPENED)])
    assert (signed.tags, unsigned.tags) == (("facility:rabia", "recorder:desk-3"), ("facility:rabia",))
