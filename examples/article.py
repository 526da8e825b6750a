"""One undated newspaper article, fact by fact: who said what, and in what sense.

The facts F1 to F20 come from an Arabic article of Al-Arab (London). Its subject is Iraqi and US steps against a
return of the Islamic State organisation. The article has no date. Its content shows that it was published between
21 January and 12 February 2026. The facts have no dates either; their order comes from the article (`after=`).

Announcements, promises and statements are deeds and ACTUAL, but their objects are not. Fears are HYPOTHETICAL:
nobody escaped, nobody crossed, nobody attacked.

`python -m examples.article` prints the situation that follows.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from timeline import Draft, Modality, Report, Timeline, about, unspecified
from timeline.events import agreement, border, custody, facility

SITES = "ne-syria-detention-sites"
MISSION = "centcom-transfer-2026"
COOPERATION = "iraq-us-border-coordination"
BORDER = "iraq-syria-border"
IRAQ, USA, CENTCOM, SDF = "iraq-gov", "us-gov", "us-centcom", "sdf"
ACTUAL, PLANNED, HYPOTHETICAL = Modality.ACTUAL, Modality.PLANNED, Modality.HYPOTHETICAL


def build() -> Timeline:
    """Build a timeline of the article in memory: entries F1 to F20, and second entries such as `F8-plan`."""
    line = Timeline()
    line.record_all([*_control(), *_cooperation(), *_transfer(), *_reactions(), *_fears()])
    return line


def _fact(
    id: str,
    event: Any,
    *,
    by: str = "the article itself",
    quote: str | None = None,
    modality: Modality = ACTUAL,
    after: tuple[str, ...] = (),
    part_of: str | None = None,
) -> Draft:
    """Make the draft of a fact; `by` is the source that the article cites."""
    report = Report(
        "Al-Arab News (London), Arabic",
        published="2026-01-21~/2026-02-12~",
        language="ar",
        quote=quote,
        attributed_to=by,
    )
    return Draft(event, reports=[report], modality=modality, after=after, part_of=part_of, id=id)


def _control() -> Iterator[Draft]:
    """Yield the facts about unnamed prisons and camps: the SDF guarded and lost them, nobody says to whom."""
    names = {"en": "a number of prisons and camps", "ar": "عدد من السجون والمخيمات"}
    yield _fact("F3-sites", facility.FacilityRegistered(facility=SITES, kind="collective", names=names, place="Syria"))
    yield _fact("F4", facility.ControlChanged(facility=SITES, role="guarding", authority=SDF, manner="observed"))
    # Guarding and control are two roles. The article mentions both, so the change ends both.
    yield _fact("F3", facility.ControlChanged(facility=SITES, previous=SDF), quote="عدد من", after=("F4",))
    yield _fact(
        "F3-guarding",
        facility.ControlChanged(facility=SITES, role="guarding", previous=SDF),
        quote="عدد من",
        after=("F4",),
    )
    # The article leaves open which of two things happened, so this is a statement and changes no state.
    yield _fact(
        "F18",
        agreement.StatementMade(
            detail="some forces withdrew, or centres of control changed", about=(f"facility:{SITES}",)
        ),
    )


def _cooperation() -> Iterator[Draft]:
    """Yield the facts about declared cooperation, for which no instrument or signature is named."""
    steps = _cooperation_on("broad practical steps against a resurgence of the organisation", parties=(IRAQ, CENTCOM))
    yield _fact("F1", steps, after=("F3", "F18"))
    # A description of the relation that F1 declares, not a second announcement.
    yield _said("F2", "close cooperation between Iraq and the United States", by=None)
    # Officials say what the cooperation includes: parts of it, without proof that any has begun.
    for id, included in (
        ("F16", "watching the border"),
        ("F17", "countering infiltration and smuggling of arms and members at unofficial crossings"),
    ):
        yield _fact(id, _cooperation_on(included), by="Iraqi officials", after=("F1",), part_of="F1")
    talks = agreement.TalksHeld(
        parties=(IRAQ, USA),
        level="high-level",
        topics=("possible border threats",),
        about=(f"agreement:{COOPERATION}",),
    )
    yield _fact("F14", talks)
    to_continue = _cooperation_on("continued military and intelligence coordination", parties=(IRAQ, USA))
    yield _fact("F20", to_continue, by="informed sources", modality=PLANNED)


def _cooperation_on(subject: str, *, parties: tuple[str, ...] = ()) -> Any:
    return agreement.CooperationAnnounced(agreement=COOPERATION, parties=parties, scope=(subject,))


def _transfer() -> Iterator[Draft]:
    """Yield the facts about an operation that was launched, and moved one batch."""
    launched = custody.TransferPlanned(operation=MISSION, quantity=unspecified("آلاف"), by=CENTCOM)
    yield _fact("F6", launched, by="CENTCOM", quote="آلاف")
    batch = custody.DetaineesTransferred(
        quantity=about(150, text="نحو 150"), operation=MISSION, batch="1", carried_by=CENTCOM
    )
    yield _fact("F7", batch, by="CENTCOM", quote="نحو 150", after=("F6",))
    # The expected transfer is PLANNED. The expectation itself is a deed: it puts a number to the "thousands" of the
    # launch. Hence there are two entries, and neither moves anybody.
    total = about(7000, text="حوالي 7 آلاف")
    expected = custody.DetaineesTransferred(quantity=total, operation=MISSION)
    yield _fact("F8", expected, by="unattributed", quote="حوالي 7 آلاف", modality=PLANNED)
    figure = custody.TransferPlanRevised(operation=MISSION, quantity=total)
    yield _fact("F8-plan", figure, by="unattributed", quote="حوالي 7 آلاف", after=("F6",))


def _reactions() -> Iterator[Draft]:
    """Yield the reactions of governments."""
    mission = f"operation:{MISSION}"
    decisive = "coordination with the Iraqi government was decisive for a safe transfer"
    yield _said("F9", decisive, by=CENTCOM, cited="the US commander concerned", tag=mission)
    yield _said(
        "F10", "welcomed the step", by=IRAQ, stance="welcomed", cited="Iraqi government", tag=mission, after=("F6",)
    )
    promised = agreement.CommitmentMade(
        commitment="iraq-holds-transferees",
        by=IRAQ,
        what="hold Iraqi and non-Iraqi fighters in facilities under its control",
        about=(mission,),
    )
    yield _fact("F11", promised, by="Iraqi government")
    yield _said("F12", "it took the initiative in the cooperation", by=IRAQ, stance="claimed", cited="Iraqi government")
    yield _said("F13", "Iraq's role is essential", by=USA, stance="praised", cited="US officials")
    priority = agreement.ThreatAssessed(
        by=IRAQ, detail="the Syrian file is back at the top of national-security priorities"
    )
    yield _fact("F19", priority)


def _fears() -> Iterator[Draft]:
    """Yield the fears: what may still happen."""
    slip_out = custody.DetaineesEscaped(facility=SITES, detail="members slip out, or exploit disorder for new attacks")
    yield _fact("F5", slip_out, modality=HYPOTHETICAL, after=("F3",))
    cross = border.BorderIncidentReported(
        kind="infiltration", sector=BORDER, detail="desert and remote areas used to position itself or to cross"
    )
    yield _fact("F15", cross, modality=HYPOTHETICAL)


def _said(
    id: str,
    what: str,
    *,
    by: str | None,
    stance: str | None = None,
    cited: str = "the article itself",
    tag: str = f"agreement:{COOPERATION}",
    after: tuple[str, ...] = (),
) -> Draft:
    return _fact(id, agreement.StatementMade(by=by, stance=stance, detail=what, about=(tag,)), by=cited, after=after)


if __name__ == "__main__":
    situation = build().at()
    print(situation)
    print("Feared, and not happened")
    for entry in situation.entries(modality=HYPOTHETICAL):
        print(f"  {entry.event.detail}")
