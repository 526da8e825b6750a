"""Random histories: late, corrected, disputed, retracted, merged, planned, undated, in parts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, timezone

import attrs
from hypothesis import strategies as st

from timeline import Draft, EntryId, Modality, Report, Timeline, about, at_least, exactly, unspecified
from timeline.errors import EditorialRefused
from timeline.events import agreement, border, custody, facility
from timeline.events.editorial import (
    EventCorrected,
    EventCorroborated,
    EventDisputed,
    EventRetracted,
    EventsMerged,
    targets,
)

START = datetime(2026, 3, 1, tzinfo=timezone.utc)
DAYS = [f"2026-01-{day:02}" for day in (1, 2, 3, 10, 20)]
PLACES = ("al-hol-camp", "al-sinaa-prison", "al-karkh-prison")
AUTHORITIES = ("sdf", "syria-gov", "iraq-gov")
COHORTS = (None, "iraqi", "syrian")

places = st.sampled_from(PLACES)
authorities = st.sampled_from(AUTHORITIES)
cohorts = st.sampled_from(COHORTS)
quantities = st.one_of(
    st.integers(0, 300).map(exactly),
    st.integers(0, 300).map(about),
    st.integers(0, 300).map(at_least),
    st.just(unspecified("آلاف")),
)
whens = st.one_of(
    st.none(),
    st.sampled_from(DAYS),
    st.sampled_from(["2026-01", "2026-01-02/2026-01-10", "../2026-01-03", "2026-01-10/..", "2026-01-02~"]),
)
published = st.one_of(st.none(), st.sampled_from([*DAYS, "2026-02-01", "2026-02", "2026-02-10"]))
reports = st.lists(
    st.builds(
        lambda source, date, rating: Report(source, published=date, credibility=rating),
        st.sampled_from(["Reuters", "AFP", "وكالة"]),
        published,
        st.sampled_from([None, 1, 3, 6]),
    ),
    max_size=2,
).map(tuple)

events = st.one_of(
    st.builds(
        lambda f, k: facility.FacilityRegistered(facility=f, kind=k), places, st.sampled_from(["camp", "collective"])
    ),
    st.builds(
        lambda f, a, m: facility.ControlChanged(facility=f, authority=None if m == "vacated" else a, manner=m),
        places,
        authorities,
        st.sampled_from(["seized", "observed", "vacated"]),
    ),
    st.builds(
        lambda f, s: facility.FacilityStatusChanged(facility=f, status=s),
        places,
        st.sampled_from(["operational", "closed", "evacuating"]),
    ),
    st.builds(
        lambda q, o, d, c, op: custody.DetaineesTransferred(
            quantity=q, origin=o, destination=d, cohort=c, operation=op
        ),
        quantities,
        places | st.none(),
        places | st.none(),
        cohorts,
        st.sampled_from([None, "transfer-2026"]),
    ),
    st.builds(lambda q, f, c: custody.DetaineesEscaped(facility=f, quantity=q, cohort=c), quantities, places, cohorts),
    st.builds(lambda q, f, c: custody.DetaineesReleased(facility=f, quantity=q, cohort=c), quantities, places, cohorts),
    st.builds(lambda q, f, c: custody.HeadcountReported(facility=f, quantity=q, cohort=c), quantities, places, cohorts),
    st.builds(lambda q: custody.TransferPlanned(operation="transfer-2026", quantity=q), quantities),
    st.builds(lambda q: custody.TransferProgressReported(operation="transfer-2026", moved=q), quantities),
    st.just(custody.TransferCompleted(operation="transfer-2026")),
    st.just(agreement.AgreementSigned(agreement="agreement-2026-01-18", parties=("sdf", "syria-gov"))),
    st.just(agreement.AgreementTerminated(agreement="agreement-2026-01-18")),
    st.builds(lambda a: agreement.StatementMade(by=a), authorities | st.none()),
    st.builds(
        lambda s: border.BorderIncidentReported(kind="infiltration", sector=s), st.sampled_from(["north", "south"])
    ),
    st.builds(lambda f: border.CrossingOpened(crossing=f), places),
)
actual = st.just(Modality.ACTUAL)
modalities = st.one_of(actual, actual, actual, st.sampled_from(list(Modality)))


@attrs.frozen
class Act:
    """A draft, and the number of minutes after the start at which it is recorded."""

    draft: Draft
    minute: int


@st.composite
def histories(draw: st.DrawFn, *, max_size: int = 9, editorial: bool = True) -> list[Act]:
    """Acts that a log admits, in the order of recording."""
    acts: list[Act] = []
    for number in range(draw(st.integers(1, max_size))):
        draft = draw(_draft(number, acts, editorial=editorial))
        if admits(acts, draft):
            acts.append(Act(draft, number))
    return acts


@st.composite
def _draft(draw: st.DrawFn, number: int, acts: Sequence[Act], *, editorial: bool) -> Draft:
    ids = [act.draft.id for act in acts]
    event = draw(_editorial(ids) if ids and editorial and draw(st.integers(0, 2)) == 0 else events)
    link = draw(st.sampled_from([None, None, None, "after", "part_of", "fulfils"])) if ids and editorial else None
    links = {link: draw(st.sampled_from(ids))} if link and not targets(event) else {}
    return Draft(
        event,
        occurred=None if targets(event) else draw(whens),
        reports=draw(reports),
        modality=Modality.ACTUAL if targets(event) else draw(modalities),
        id=f"e{number}",
        **links,
    )


def _editorial(ids: Sequence[EntryId]) -> st.SearchStrategy[object]:
    known = st.sampled_from(list(ids))
    return st.one_of(
        st.builds(lambda t, e, w: EventCorrected(target=t, replacement=e, occurred=w), known, events, whens),
        st.builds(lambda t: EventRetracted(target=t), known),
        st.builds(lambda t, e, w: EventDisputed(target=t, rival=e, occurred=w), known, events | st.none(), whens),
        st.builds(lambda t: EventCorroborated(target=t), known),
        st.lists(known, min_size=2, max_size=3, unique=True).map(
            lambda names: EventsMerged(kept=names[0], duplicates=tuple(names[1:]))
        )
        if len(ids) > 1
        else st.nothing(),
    )


class Minutes:
    """A clock that stands at the minute it was set to."""

    def __init__(self) -> None:
        self.minute = 0

    def __call__(self) -> datetime:
        return START + timedelta(minutes=self.minute)


def timeline_of(acts: Iterable[Act]) -> Timeline:
    """A timeline in memory, with each act recorded at its minute."""
    clock = Minutes()
    line = Timeline(clock=clock)
    for act in acts:
        clock.minute = act.minute
        line.record_all([act.draft])
    return line


def admits(acts: Sequence[Act], draft: Draft) -> bool:
    """Whether a log of these acts would take the draft."""
    try:
        timeline_of([*acts, Act(draft, len(acts))])
    except EditorialRefused:
        return False
    return True


def without(acts: Sequence[Act], id: str) -> list[Act]:
    """The acts without one, without the editorial ones naming it, and without references to it."""
    gone, kept = {id}, []
    for act in acts:
        draft = act.draft
        if draft.id in gone or gone.intersection(targets(draft.event)):
            gone.add(str(draft.id))
            continue
        kept.append(
            attrs.evolve(
                act,
                draft=attrs.evolve(
                    draft,
                    after=tuple(name for name in draft.after if name not in gone),
                    part_of=None if draft.part_of in gone else draft.part_of,
                    fulfils=None if draft.fulfils in gone else draft.fulfils,
                ),
            )
        )
    return kept
