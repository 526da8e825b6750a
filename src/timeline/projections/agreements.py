"""Agreements and diplomacy: parties, promises and statements, and the status of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Any

import attrs

from timeline.displayable import ProjectionView
from timeline.events import agreement as said
from timeline.events.naming import tags_of
from timeline.history.finding import Finding
from timeline.history.reading import Reading
from timeline.projections.building import ByClass, Mention, Register, changed
from timeline.projections.lifecycle import Lifecycle, verbs
from timeline.projections.projection import Accessor, Path, Projection, Snapshot, field
from timeline.values.containers import FrozenMapping, PersistentList, SharedSet
from timeline.values.discovery import pretty_fields
from timeline.values.when import When

Key = tuple[str, str]

_ALIVE = ("declared", "proposed", "signed", "provisional", "in_force", "suspended")


def _kept(*statuses: str) -> dict[str | None, str | None]:
    return {status: status for status in statuses}


AGREEMENT = Lifecycle(
    "agreement",
    {
        "CooperationAnnounced": {None: "declared", **_kept(*_ALIVE)},
        "AgreementProposed": {None: "proposed", "declared": "proposed", "proposed": "proposed", "ended": "proposed"},
        "AgreementSigned": {
            **dict.fromkeys((None, "declared", "proposed", "ended"), "signed"),
            **_kept("signed", "provisional", "in_force"),
        },
        "AgreementRatified": {None: "signed", **_kept("signed", "provisional", "in_force", "suspended")},
        "AgreementProvisionallyApplied": {
            s: "provisional" for s in (None, "declared", "proposed", "signed", "provisional")
        },
        "AgreementEnteredIntoForce": {
            s: "in_force" for s in (None, "declared", "proposed", "signed", "provisional", "in_force", "ended")
        },
        "AgreementAmended": {None: None, **_kept(*_ALIVE)},
        "AgreementExtended": {
            None: "in_force", "signed": "in_force", **_kept("declared", "provisional", "in_force", "suspended"),
        },
        "AgreementSuspended": {s: "suspended" for s in (None, "declared", "signed", "provisional", "in_force")},
        "AgreementResumed": {None: "in_force", "suspended": "in_force"},
        "PartyJoined": {None: None, **_kept(*_ALIVE)},
        "PartyWithdrew": {None: None, **_kept(*_ALIVE)},
        "AgreementTerminated": {s: "ended" for s in (None, *_ALIVE)},
        "AgreementExpired": {s: "ended" for s in (None, *_ALIVE)},
    },
)  # fmt: skip
"""An ended agreement can be proposed, signed or put in force again. Extending it is a finding."""

COMMITMENT = Lifecycle(
    "commitment",
    {
        "CommitmentMade": {None: "made", "made": "made", "broken": "made"},
        "CommitmentFulfilled": {s: "fulfilled" for s in (None, "made", "broken", "fulfilled")},
        "CommitmentBroken": {s: "broken" for s in (None, "made", "broken")},
    },
)

_STEPS = verbs(*(getattr(said, verb) for verb in AGREEMENT.moves))
_PROMISES = verbs(*(getattr(said, verb) for verb in COMMITMENT.moves))
_PARTY_STATUS = ByClass(
    {said.CooperationAnnounced: "declared", said.AgreementProposed: "proposed", said.AgreementSigned: "signed"}
)
_RESTARTS = (said.AgreementProposed, said.AgreementSigned, said.AgreementEnteredIntoForce)
"""Events that restart an ended agreement; its old term no longer counts."""
_FURTHER = {
    "declared": ("proposed", "signed", "ratified", "joined"),
    "proposed": ("signed", "ratified", "joined"),
    "signed": ("ratified",),
}
"""The later stages that a party may have reached already, by the stage that an event reports."""


@attrs.frozen(slots=False)
class AgreementState:
    """An agreement as of some situation.

    `parties` maps each party to its stage: declared, proposed, signed, ratified, joined, withdrawn.
    `until` None: no end is foreseen, or none was reported. `ending` says how it ended: terminated,
    expired, withdrawn or superseded. `overdue`: `until` has passed, and nobody reported an end. Without a
    moment in the question, `overdue` counts against the last moment that the log reports. `by_stage` has the parties at
    each stage.
    """

    _repr_pretty_ = pretty_fields

    slug: str
    status: str | None = None
    kind: str | None = None
    parties: FrozenMapping[str, str] = FrozenMapping()
    scopes: SharedSet[str] = attrs.field(default=SharedSet(), eq=tuple, repr=lambda scopes: repr(tuple(scopes)))
    until: When | None = None
    ending: str | None = None
    superseded_by: str | None = None
    talks: PersistentList[Mention] = PersistentList()
    commitments: PersistentList[Mention] = PersistentList()
    statements: PersistentList[Mention] = PersistentList()
    violations: PersistentList[Mention] = PersistentList()
    overdue: bool = False
    by_stage: FrozenMapping[str, SharedSet[str]] = attrs.field(default=FrozenMapping(), eq=False, repr=False)

    @property
    def staying(self) -> int:
        """The number of parties that have not withdrawn."""
        return sum(len(parties) for stage, parties in self.by_stage.items() if stage != "withdrawn")

    @property
    def scope(self) -> tuple[str, ...]:
        """The subjects of the agreement, in the order in which they were first named."""
        return tuple(self.scopes)


@attrs.frozen(slots=False)
class CommitmentState:
    """A promise with a name, and its status: made, fulfilled or broken."""

    slug: str
    status: str | None = None
    by: str | None = None
    to: str | None = None
    what: str = ""


_LISTS = ByClass(
    {
        said.TalksHeld: "talks",
        said.CommitmentMade: "commitments",
        said.CommitmentFulfilled: "commitments",
        said.CommitmentBroken: "commitments",
        said.StatementMade: "statements",
        said.ThreatAssessed: "assessments",
        said.AgreementViolated: "violations",
    }
)


def _keys(reading: Reading) -> Iterable[Key]:
    cls = type(reading.event)
    return () if _STEPS[cls] is None and _LISTS[cls] is None else _touched(reading.event)


def _touched(event: Any) -> Iterator[Key]:
    cls = type(event)
    if _STEPS[cls] is not None:
        yield "agreement", event.agreement
    heading = _LISTS[cls]
    if heading is not None:
        yield "list", heading
        if heading != "assessments":
            yield from (("agreement", tag[10:]) for tag in tags_of(event) if tag.startswith("agreement:"))
    if _PROMISES[cls] is not None and event.commitment is not None:
        yield "commitment", event.commitment


def _evolve(before: Any, reading: Reading, key: Key) -> Any:
    kind, slug = key
    if kind == "list":
        return (before or PersistentList()).append(Mention.of(reading))
    if kind == "commitment":
        return _commitment(before or CommitmentState(slug), reading)
    return _agreement(before or AgreementState(slug), reading)


def _commitment(before: CommitmentState, reading: Reading) -> CommitmentState:
    event = reading.event
    status = COMMITMENT.after(before.status, _PROMISES.of(event))
    if isinstance(event, said.CommitmentMade):
        by, to, what = event.by or before.by, event.to or before.to, event.what or before.what
        return changed(before, status=status, by=by, to=to, what=what)
    return changed(before, status=status)


def _agreement(before: AgreementState, reading: Reading) -> AgreementState:
    event = reading.event
    heading = _LISTS[type(event)]
    if heading is not None:
        return changed(before, **{heading: getattr(before, heading).append(Mention.of(reading))})
    status = AGREEMENT.after(before.status, _STEPS.of(event))
    after = changed(_staged(before, *_moved(before, event)), status=status, kind=before.kind or "agreement")
    if after.status != "ended":
        after = changed(after, ending=None, superseded_by=None)
        if isinstance(event, _RESTARTS) and before.status == "ended":
            after = changed(after, until=None)
    match event:
        case said.CooperationAnnounced():
            return changed(after, kind=before.kind or "cooperation", scopes=_joined(before.scopes, event.scope))
        case said.AgreementAmended():
            return changed(after, scopes=_joined(before.scopes, event.scope))
        case said.AgreementEnteredIntoForce():
            return changed(after, kind="agreement", until=event.until or after.until)
        case said.AgreementExtended():
            return changed(after, until=event.until)
        case said.AgreementTerminated():
            ending = "superseded" if event.superseded_by else "terminated"
            return changed(after, ending=ending, superseded_by=event.superseded_by)
        case said.AgreementExpired():
            return changed(after, ending="expired", superseded_by=None)
        case said.PartyWithdrew():
            return _without(after)
        case (
            said.AgreementProposed()
            | said.AgreementSigned()
            | said.AgreementRatified()
            | said.AgreementProvisionallyApplied()
        ):
            return changed(after, kind="agreement")
    return after


def _without(agreement: AgreementState) -> AgreementState:
    """End an agreement that has at most one party left."""
    if agreement.status == "ended" or agreement.staying > 1 or len(agreement.parties) < 2:
        return agreement
    return changed(agreement, status="ended", ending="withdrawn")


def _staged(agreement: AgreementState, stage: str, moved: Collection[str]) -> AgreementState:
    """Return an agreement after some parties moved to a stage."""
    if not moved:
        return agreement
    none, left = SharedSet[str](), defaultdict[str, set[str]](set)
    for party in moved:
        left[agreement.parties.get(party, stage)].add(party)
    by_stage = {before: agreement.by_stage.get(before, none) - parties for before, parties in left.items()}
    by_stage[stage] = agreement.by_stage.get(stage, none) | dict.fromkeys(moved).keys()
    parties = agreement.parties | dict.fromkeys(moved, stage)
    return changed(agreement, parties=parties, by_stage=agreement.by_stage | by_stage)


def _moved(before: AgreementState, event: Any) -> tuple[str, Collection[str]]:
    """Return the stage to which an event moves parties, and these parties."""
    status = _PARTY_STATUS[type(event)]
    if status is not None:
        gone = _FURTHER[status] if before.status != "ended" else ()
        if event.parties or not isinstance(event, said.AgreementSigned):
            return status, [party for party in event.parties if before.parties.get(party) not in gone]
        return status, _remaining(before, (status, "withdrawn", *gone))
    if isinstance(event, said.AgreementRatified):
        return "ratified", (event.party,)
    if isinstance(event, said.PartyJoined):
        return "joined", (event.party,)
    return "withdrawn", (event.party,) if isinstance(event, said.PartyWithdrew) else ()


def _remaining(agreement: AgreementState, past: Collection[str]) -> Collection[str]:
    """Return the parties that are not past some stages: those that a signature without names is of."""
    return [party for stage, parties in agreement.by_stage.items() if stage not in past for party in parties]


def _joined(before: SharedSet[str], more: tuple[str, ...]) -> SharedSet[str]:
    return before | dict.fromkeys(more).keys()  # in the order given


def _check(before: Any, reading: Reading, after: Any, key: Key) -> Iterable[Finding]:
    kind, slug = key
    table = {"agreement": AGREEMENT, "commitment": COMMITMENT}.get(kind)
    verb = (_STEPS if kind == "agreement" else _PROMISES)[type(reading.event)]
    if table is None or verb is None:
        return ()
    path = ("agreements", slug, "status") if kind == "agreement" else ("agreements", "commitments", slug, "status")
    return table.finding(before.status if before else None, verb, path, reading)


def _due(agreement: AgreementState) -> When | None:
    """Return the date after which an agreement is overdue; None if no end is foreseen, or it has ended."""
    return None if agreement.status == "ended" else agreement.until


class Agreements(ProjectionView, Register[AgreementState]):
    """Every agreement by slug, and all talks, promises, statements and assessments, about an agreement or not."""

    def __init__(self, snapshot: Snapshot) -> None:
        super().__init__(snapshot, "agreement")

    def __getitem__(self, slug: str) -> AgreementState:
        agreement = super().__getitem__(slug)
        due = _due(agreement)
        passed = due is not None and due.span(self._snapshot.tz).end <= self._snapshot.horizon
        return changed(agreement, overdue=True) if passed else agreement

    def __eq__(self, other: object) -> bool:
        return dict(_flat(self)) == dict(_flat(other)) if isinstance(other, Agreements) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    @property
    def commitments(self) -> Register[CommitmentState]:
        """The promises that have a name."""
        return Register(self._snapshot, "commitment")

    @property
    def talks(self) -> PersistentList[Mention]:
        """Every meeting and call."""
        return self._list("talks")

    @property
    def statements(self) -> PersistentList[Mention]:
        """Every statement."""
        return self._list("statements")

    @property
    def assessments(self) -> PersistentList[Mention]:
        """Every assessment of a threat."""
        return self._list("assessments")

    @property
    def promises(self) -> PersistentList[Mention]:
        """Every promise made, kept or broken, with a name or without."""
        return self._list("commitments")

    def _list(self, name: str) -> PersistentList[Mention]:
        found: PersistentList[Mention] = self._snapshot.get(("list", name), PersistentList())
        return found


_ATTRIBUTES = (
    "status", "kind", "parties", "scope", "until", "ending", "superseded_by", "talks", "commitments", "statements",
    "violations", "overdue",
)  # fmt: skip
_LIST_NAMES = {"talks": "talks", "statements": "statements", "assessments": "assessments", "promises": "commitments"}


def _flat(view: Agreements) -> Iterator[tuple[Path, Any]]:
    for slug, agreement in view.items():
        for name in _ATTRIBUTES:
            value = getattr(agreement, name)
            if value or isinstance(value, str):
                yield (slug, name), value
    for slug, commitment in view.commitments.items():
        yield ("commitments", slug, "status"), commitment.status
    for name in _LIST_NAMES:
        if getattr(view, name):
            yield (name,), getattr(view, name)


def _locate(view: Agreements, path: Path) -> Accessor:
    first, *rest = path
    if first == "commitments" and rest:
        slug, name = rest if len(rest) > 1 else (*rest, "status")
        return Accessor(("commitment", slug), field(name, CommitmentState), named={"commitment": slug})
    if first in _LIST_NAMES and not rest:
        return Accessor(("list", _LIST_NAMES[first]), lambda mentions: mentions, named={})
    (name,) = rest or ["status"]
    named = {"agreement": first}
    if name == "overdue":
        return Accessor(("agreement", first), _due, named=named, is_deadline=True, rest=False)
    return Accessor(("agreement", first), field(name, AgreementState), named=named)


_LIST_PATHS = {heading: (name,) for name, heading in _LIST_NAMES.items()}
_PARTIES = (said.PartyJoined, said.PartyWithdrew, said.AgreementRatified)


def _subject(reading: Reading, key: Key) -> Path:
    """Return the path of the status, parties or end of an agreement, the status of a promise, or a list."""
    kind, slug = key
    if kind == "commitment":
        return ("commitments", slug, "status")
    if kind == "list":
        return _LIST_PATHS.get(slug, ()) if getattr(reading.event, "commitment", None) is None else ()
    heading = _LISTS[type(reading.event)]
    if heading is not None:
        return (slug, heading)
    if isinstance(reading.event, said.AgreementExtended):
        return (slug, "until")
    return (slug, "parties" if isinstance(reading.event, _PARTIES) else "status")


def _is_sufficient(reading: Reading, path: Path) -> bool:
    """Tell whether an event alone explains a value: lists, parties and scope come from several, all else from one."""
    return _LISTS[type(reading.event)] is None and path[-1] not in ("parties", "scope")


AGREEMENTS = Projection(
    name="agreements", keys=_keys, evolve=_evolve, check=_check, view=Agreements, flat=_flat, locate=_locate,
    is_sufficient=_is_sufficient, subject=_subject, states=(AgreementState, CommitmentState), version=5,
)  # fmt: skip
