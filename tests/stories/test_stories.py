"""Stories one would love to read: late reports, corrections, disputes, plans, refusals."""

from __future__ import annotations

from timeline import Facility, Modality, Projection, Reading, Report, When, about, credible, event, exactly
from timeline.errors import EditorialRefused, IllegalTransition
from timeline.events.custody import DetaineesEscaped, DetaineesTransferred
from timeline.events.facility import ControlChanged, FacilityStatusChanged
from timeline.testing import (
    as_recorded,
    as_reported,
    asking,
    changes_nothing,
    corroborate,
    finds,
    finds_nothing,
    given,
    merge,
    on,
    plans,
    redact,
    refuses,
    retract,
    the,
)

HOL, SHADDADI, OP = "al-hol-camp", "al-shaddadi-prison", "transfer-2026"
CLOSED = FacilityStatusChanged(facility=HOL, status="closed")
REOPENED = FacilityStatusChanged(facility=HOL, status="operational")
EVACUATING = FacilityStatusChanged(facility=HOL, status="evacuating")


def moved(number: int) -> DetaineesTransferred:
    return DetaineesTransferred(quantity=exactly(number), origin=SHADDADI, operation=OP)


def escaped(number: int) -> DetaineesEscaped:
    return DetaineesEscaped(facility=SHADDADI, quantity=about(number))


def test_a_late_report_lands_where_it_belongs() -> None:
    """Reopened in February, learnt after closed in March: it stays closed."""
    closed = on("2026-03-05").as_reported("2026-03-06").told(CLOSED, by="AFP")
    reopened = on("2026-02-10").as_reported("2026-03-20").told(REOPENED, by="Reuters")

    given(closed).when(reopened).then(
        the("facilities", HOL, "status").is_("closed"),
        the("facilities", HOL, "status").follows_from(closed),
        on("2026-02-15").the("facilities", HOL, "status").is_("operational"),
        on("2026-02-15").as_reported("2026-03-20").the("facilities", HOL, "status").is_("operational"),
        on("2026-02-15").as_reported("2026-03-19").the("facilities", HOL, "status").is_(None),
        finds_nothing(),
    )


def test_a_correction_holds_from_the_day_it_was_recorded() -> None:
    """A hundred and fifty, they said; four days later it was a hundred and twenty-five."""
    batch = on("2026-01-21").as_recorded("2026-01-22").told(moved(150), by="CENTCOM")

    given(batch).when(as_recorded("2026-01-25").correct(batch, moved(125), reason="misread")).then(
        the("custody", "operations", OP, "moved").is_(exactly(125)),
        as_recorded("2026-01-24").the("custody", "operations", OP, "moved").is_(exactly(150)),
        on("2026-01-20").changes_nothing(),
        changes_nothing("facilities", "agreements"),
    )


def test_what_is_retracted_is_out_until_the_retraction_is() -> None:
    """Withdrawn by its source, who then says that it was true after all."""
    taken = on("2026-01-21").told(ControlChanged(facility=HOL, authority="syria-gov"))
    withdrawn = retract(taken, reason="the source withdrew it", by="AFP")

    (
        given(taken)
        .when(withdrawn)
        .then(the("facilities", HOL, "control").is_(None))
        .when(retract(taken))
        .then(refuses(EditorialRefused, saying="retracted already"), changes_nothing())
        .when(retract(withdrawn))
        .then(the("facilities", HOL, "control").is_("syria-gov"))
    )


def test_a_dispute_leaves_the_claim_standing_and_lets_the_asker_choose() -> None:
    """Fifteen hundred escaped, says one; a hundred and twenty, says the ministry."""
    escape = on("2026-01-19").told(escaped(1500), by=Report("AFP", published="2026-01-19", credibility=3))
    ministry = as_reported("2026-01-20").dispute(escape, rival=escaped(120), by=Report("INA", credibility=2))

    given(escape).when(ministry).then(
        the("custody", SHADDADI, "escaped").is_(about(1500)),
        finds("disputed"),
        asking(policy="lowest").the("custody", SHADDADI, "escaped").is_(about(120)),
        asking(accept=credible(2)).the("custody", SHADDADI, "escaped").is_(about(120)),
        as_reported("2026-01-19").finds_nothing(),
    )


def test_evidence_enough_comes_with_corroboration() -> None:
    """An unrated report counts for nothing to the cautious, until somebody credible says the same."""
    escape = on("2026-01-19").told(escaped(1500), by="local radio")
    cautious = asking(accept=credible(2))

    (
        given(escape)
        .then(cautious.the("custody", SHADDADI, "escaped").is_(None), cautious.left_out(escape))
        .when(corroborate(escape, by=Report("UN", credibility=1)))
        .then(cautious.the("custody", SHADDADI, "escaped").is_(about(1500)), cautious.left_out())
    )


def test_two_reports_of_one_event_count_once_when_they_are_merged() -> None:
    """Two agencies tell of one convoy."""
    one = on("2026-01-21").told(moved(150), by="AFP")
    other = on("2026-01-21").told(moved(150), by="Reuters")

    (
        given(one, other)
        .then(the("custody", "operations", OP, "moved").is_(exactly(300)), finds("possible_duplicate"))
        .when(merge(one, [other]))
        .then(the("custody", "operations", OP, "moved").is_(exactly(150)), finds_nothing())
    )


def test_what_is_redacted_was_never_known() -> None:
    """A strict timeline forgets it as well, though what follows makes less sense without it."""
    closed, reopened = (on(day).told(event) for day, event in (("2026-01-10", CLOSED), ("2026-01-20", REOPENED)))

    given(closed, reopened, strict=True).when(redact(closed, reason="endangers the source")).then(
        on("2026-01-15").the("facilities", HOL, "status").is_(None),
        the("facilities", HOL, "status").is_("operational"),
        changes_nothing("custody"),
    )


def test_a_plan_is_no_deed_until_it_is_fulfilled() -> None:
    """Foreseen for February, announced in January, done a week late."""
    foreseen = on("2026-02-01").as_reported("2026-01-20").told(moved(500), modality=Modality.PLANNED)
    done = on("2026-02-08").told(moved(480), fulfils=foreseen)

    (
        given(foreseen)
        .then(
            on("2026-01-20").plans(foreseen),
            on("2026-01-19").plans(),
            the("custody", "operations", OP, "moved").is_(None),
        )
        .when(done)
        .then(plans(), on("2026-02-07").plans(foreseen), the("custody", "operations", OP, "moved").is_(exactly(480)))
    )


def test_what_may_have_happened_by_then_is_possible() -> None:
    """Some time in January is certain by its end."""
    taken = on("2026-01").told(ControlChanged(facility=HOL, authority="syria-gov", manner="handed_over"))

    given().when(taken).then(
        on("2026-01-15").possible(taken),
        on("2026-01-15").the("facilities", HOL, "control").is_(None),
        on("2026-01-15").asking(certainty="possible").the("facilities", HOL, "control").is_("syria-gov"),
        on("2026-01-31").possible(),
        the("facilities", HOL, "since").is_(When("2026-01")),
    )


def test_a_strict_timeline_refuses_an_impossible_step() -> None:
    """Nobody is left to evacuate from what is closed."""
    given(on("2026-01-10").told(CLOSED), strict=True).when(on("2026-01-20").told(EVACUATING)).then(
        refuses(IllegalTransition, saying="evacuating on 20 January 2026 while closed"),
        changes_nothing(),
    )


def test_a_lenient_timeline_takes_it_as_reported_and_finds_it() -> None:
    """The same story, kept with its finding."""
    given(on("2026-01-10").told(CLOSED)).when(on("2026-01-20").told(EVACUATING)).then(
        the("facilities", HOL, "status").is_("evacuating"),
        finds("illegal_transition", "facilities", HOL, "status"),
    )


@event("stories.siren_heard")
class SirenHeard:
    """A siren went off."""

    facility: Facility


def sirens(reading: Reading) -> list[str]:
    return [reading.event.facility] if isinstance(reading.event, SirenHeard) else []


SIRENS = Projection(
    name="sirens",
    keys=sirens,
    evolve=lambda heard, reading, key: (heard or 0) + 1,
    is_sufficient=lambda reading, path: False,
)


def test_a_projection_of_ones_own_is_told_like_the_librarys() -> None:
    """Two sirens, one of them reported late."""
    first, second = (on(day).told(SirenHeard(facility=HOL)) for day in ("2026-01-20", "2026-01-10"))

    given(first, projections=[SIRENS]).when(second).then(
        the("sirens", HOL).is_(2),
        on("2026-01-15").the("sirens", HOL).is_(1),
        the("sirens", HOL).follows_from(second, first),
        changes_nothing("facilities", "custody", "agreements", "border"),
    )
