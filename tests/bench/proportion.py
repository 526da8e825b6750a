"""Measure how the cost of a history grows with its length: twice as many entries should cost near twice as much."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from time import process_time

from bench import workload
from timeline import Draft, Modality, Report, Timeline, exactly
from timeline.events import agreement, border, custody, editorial, entity, facility

ESCAPED = custody.DetaineesEscaped(facility="a", quantity=exactly(1))


def moved(number: int) -> custody.DetaineesTransferred:
    """Make a transfer of one detainee."""
    return custody.DetaineesTransferred(origin="a", destination=f"b{number % 50}", quantity=exactly(1))


def corrections_one_by_one(line: Timeline, many: int) -> None:
    """Correct one entry again and again, and ask once."""
    first = line.record(ESCAPED, occurred="2026-01-01")
    for number in range(many):
        line.correct(first, custody.DetaineesEscaped(facility="a", quantity=exactly(number)))
    line.at().custody.escaped(facility="a")


def retractions_of_retractions(line: Timeline, many: int) -> None:
    """Retract a retraction of a retraction, all in one batch."""
    acts = [Draft(editorial.EventRetracted(target=f"e{number}"), id=f"e{number + 1}") for number in range(many)]
    line.record_all([Draft(ESCAPED, occurred="2026-01-01", id="e0"), *acts])
    line.at().custody.escaped(facility="a")


def duplicates_of_one(line: Timeline, many: int) -> None:
    """Merge one duplicate after another into one entry."""
    told = [Draft(ESCAPED, id=f"e{n}", reports=[Report(f"s{n}", published="2026-01-02")]) for n in range(many)]
    merged = [Draft(editorial.EventsMerged(kept="e0", duplicates=(f"e{number}",))) for number in range(1, many)]
    line.record_all([*told, *merged])
    line.at().custody.escaped(facility="a")


def parts_one_by_one(line: Timeline, many: int) -> None:
    """Record the parts of one whole, and ask after each."""
    whole = line.record(moved(0), occurred="2026-01-01")
    for number in range(many):
        line.record(moved(number), occurred="2026-01-02", part_of=whole)
        line.at().custody.held(facility="a")


def parts_as_published(line: Timeline, many: int) -> None:
    """Publish the parts of one whole day by day, ask as of each day, and ask how the answer was learned."""
    days = [date(2000, 1, 1) + timedelta(days=n) for n in range(many)]
    reports = [[Report("s", published=day)] for day in days]
    parts = [Draft(moved(n), occurred=days[0], part_of="whole", reports=reports[n]) for n in range(1, many)]
    line.record_all([Draft(moved(0), occurred=days[0], id="whole", reports=reports[0]), *parts])
    for day in days:
        line.at(reported=day).custody.sent(facility="a")
    line.learned(None, "custody", "a", "sent")


def one_after_the_other(line: Timeline, many: int) -> None:
    """Record deeds each of which follows the one before, and ask after each."""
    last = None
    for number in range(many):
        last = line.record(moved(number), occurred="2026-01", after=[last] if last else [])
        line.at().custody.held(facility="a")


def values_in_both_clocks(line: Timeline, many: int) -> None:
    """Ask for every value of every path, as published and as it happened."""
    line.record_all(workload.drafts(many))
    for path in line.paths():
        line.spans(*path)


def watches_that_end(line: Timeline, many: int) -> None:
    """Begin many watches of one stretch, and end each by the name of its measure."""
    began = [Draft(border.MonitoringStarted(sector="x", measure=f"m{n}"), occurred="2026-01-01") for n in range(many)]
    ended = [Draft(border.MonitoringEnded(sector="x", measure=f"m{n}"), occurred="2026-01-02") for n in range(many)]
    line.record_all(began + ended)
    line.at().border.monitored.get("x")


def closures_that_end(line: Timeline, many: int) -> None:
    """Close one crossing under many measures, and end each by its name."""
    closed = [Draft(border.CrossingClosed(crossing="x", measure=f"m{n}"), occurred="2026-01-01") for n in range(many)]
    opened = [Draft(border.CrossingOpened(crossing="x", measure=f"m{n}"), occurred="2026-01-02") for n in range(many)]
    line.record_all(closed + opened)
    line.at().border.crossings.get("x")


def parties_that_withdraw(line: Timeline, many: int) -> None:
    """Join many parties to one agreement, each with a subject more, and have each withdraw."""
    told = [
        draft
        for n in range(many)
        for draft in (
            Draft(agreement.PartyJoined(agreement="x", party=f"p{n}"), occurred="2026-01-01"),
            Draft(agreement.AgreementAmended(agreement="x", scope=(f"s{n}",)), occurred="2026-01-02"),
            Draft(agreement.PartyWithdrew(agreement="x", party=f"p{n}"), occurred="2026-01-03"),
        )
    ]
    line.record_all(told)
    line.at().agreements.get("x")


def flows_of_no_cohort(line: Timeline, many: int) -> None:
    """Count people of many cohorts in one place, and then flows that state none."""
    counted = [
        Draft(custody.HeadcountReported(facility="a", cohort=f"c{n}", quantity=exactly(1)), occurred="2026-01-01")
        for n in range(many)
    ]
    line.record_all([*counted, *(Draft(ESCAPED, occurred="2026-01-02") for _ in range(many))])
    line.at().custody.held(facility="a")


def signatures_of_all(line: Timeline, many: int) -> None:
    """Join many parties to one agreement, and report as many signatures that name none of them."""
    joined = [Draft(agreement.PartyJoined(agreement="x", party=f"p{n}"), occurred="2026-01-01") for n in range(many)]
    signed = [Draft(agreement.AgreementSigned(agreement="x"), occurred="2026-01-02") for _ in range(many)]
    line.record_all(joined + signed)
    line.at().agreements.get("x")


def copies_of_reports(line: Timeline, many: int) -> None:
    """Corroborate one entry by many reports, each with a copy."""
    told = [Report(f"s{n}", published="2026-01-02", archived=f"{n}.html") for n in range(many)]
    backed = [Draft(editorial.EventCorroborated(target="e0"), reports=[report]) for report in told]
    line.record_all([Draft(ESCAPED, occurred="2026-01-01", id="e0"), *backed])
    line.at().custody.escaped(facility="a")


def pairs_of_names(line: Timeline, many: int) -> None:
    """Judge many pairs of names to be the same, and ask about one of them."""
    judged = (
        entity.IdentityJudged(left=f"facility:a{n}", right=f"facility:b{n}", judgement="same") for n in range(many)
    )
    line.record_all([Draft(ESCAPED, occurred="2026-01-01"), *map(Draft, judged)])
    line.at().custody.escaped(facility="a")


def pairs_asked_one_by_one(line: Timeline, many: int) -> None:
    """Judge two names to be the same, and ask about another one; again and again."""
    line.record(ESCAPED, occurred="2026-01-01")
    for n in range(many):
        line.record(entity.IdentityJudged(left=f"facility:a{n}", right=f"facility:b{n}", judgement="same"))
        line.at().custody.escaped(facility="a")


def aliases_asked_one_by_one(line: Timeline, many: int) -> None:
    """Judge one more name to mean one facility, and ask about that; again and again."""
    line.record(ESCAPED, occurred="2026-01-01")
    for n in range(many):
        line.record(entity.IdentityJudged(left="facility:a", right=f"facility:a{n}", judgement="same"))
        line.at().custody.escaped(facility="a")


def names_that_contradict(line: Timeline, many: int) -> None:
    """Judge many names to mean one facility, and each second one to differ from the next."""
    aliases = [f"facility:a{n}" for n in range(many)]
    same = (entity.IdentityJudged(left="facility:a", right=alias, judgement="same") for alias in aliases)
    pairs = zip(aliases[::2], aliases[1::2], strict=False)
    apart = (entity.IdentityJudged(left=left, right=right, judgement="different") for left, right in pairs)
    line.record_all([*map(Draft, same), *map(Draft, apart)])
    line.at().findings.counts()


def judgements_along_recordings(line: Timeline, many: int) -> None:
    """Judge many pairs of names, and ask as of each recording."""
    for n in range(many):
        line.record(entity.IdentityJudged(left=f"facility:a{n}", right=f"facility:b{n}", judgement="same"))
    for entry in line.entries():
        line.at(recorded=entry.recorded_at).custody.escaped()


def plan_fulfilled_as_published(line: Timeline, many: int) -> None:
    """Publish day by day many deeds that fulfil one plan, and ask how their number was learned."""
    days = [date(2000, 1, 1) + timedelta(days=n) for n in range(many)]
    deeds = (Draft(moved(0), occurred=day, fulfils="plan", reports=[Report("s", published=day)]) for day in days)
    plan = Draft(moved(0), id="plan", modality=Modality.PLANNED, reports=[Report("s", published="1999-12-01")])
    line.record_all([plan, *deeds])
    line.learned(None, "custody", "a", "sent")


def disputes_elsewhere(line: Timeline, many: int) -> None:
    """Dispute escapes from many places, and ask what is disputed of one of them."""
    for number in range(many):
        said, rival = (custody.DetaineesEscaped(facility=f"a{number}", quantity=exactly(n)) for n in (1, 2))
        line.dispute(line.record(said, occurred="2026-01-01"), rival=rival)
    line.at().disputed("custody", "a0", "escaped")


def rivals_of_one_value(line: Timeline, many: int) -> None:
    """Dispute one number again and again, and ask how far the versions lie apart."""
    rivals = (custody.DetaineesEscaped(facility="a", quantity=exactly(number)) for number in range(2, many + 2))
    disputes = [Draft(editorial.EventDisputed(target="e0", rival=rival)) for rival in rivals]
    line.record_all([Draft(ESCAPED, occurred="2026-01-01", id="e0"), *disputes])
    line.at().spread("custody", "a", "escaped")


def learned_day_by_day(line: Timeline, many: int) -> None:
    """Admit somebody every day, published days later, and ask how the number held was learned."""
    days = [date(2000, 1, 1) + timedelta(days=n) for n in range(many)]
    told = custody.DetaineesAdmitted(facility="a", quantity=exactly(1))
    for n, day in enumerate(days):
        line.record(told, occurred=day, reports=[Report("s", published=day + timedelta(days=n % 7))])
    line.learned(None, "custody", "a", "held")


def collectives_within_collectives(line: Timeline, many: int) -> None:
    """Register collectives each of which has the next one as its member, and ask about the first."""
    told = (
        facility.FacilityRegistered(facility=f"c{n}", kind="collective", members=[f"c{n + 1}"]) for n in range(many)
    )
    line.record_all(map(Draft, told))
    line.at().custody.held(facility="c0")
    line.at().why("custody", "c0", "held")


KINDS = (
    corrections_one_by_one,
    retractions_of_retractions,
    duplicates_of_one,
    parts_one_by_one,
    parts_as_published,
    one_after_the_other,
    values_in_both_clocks,
    watches_that_end,
    closures_that_end,
    parties_that_withdraw,
    flows_of_no_cohort,
    signatures_of_all,
    copies_of_reports,
    pairs_of_names,
    pairs_asked_one_by_one,
    aliases_asked_one_by_one,
    names_that_contradict,
    judgements_along_recordings,
    plan_fulfilled_as_published,
    disputes_elsewhere,
    rivals_of_one_value,
    learned_day_by_day,
    collectives_within_collectives,
)


def seconds(kind: Callable[[Timeline, int], None], many: int) -> float:
    """Measure the processor time of a history of some length: the best of three."""
    times = []
    for _ in range(3):
        line, began = Timeline(), process_time()
        kind(line, many)
        times.append(process_time() - began)
    return min(times)


def in_proportion(many: int = 1000) -> None:
    """Print a row for each kind of history."""
    print(f"\n| history | {many:,} entries, s | twice as many, s | ratio |\n|---|---|---|---|")
    for kind in KINDS:
        once, twice = seconds(kind, many), seconds(kind, 2 * many)
        print(f"| {kind.__name__.replace('_', ' ')} | {once:.3f} | {twice:.3f} | {twice / once:.2f} |")
