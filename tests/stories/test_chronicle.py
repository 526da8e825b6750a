"""The chronicle of northeast Syria, loaded: every row is there, and nobody is counted twice."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from examples.northeast_syria import load
from timeline import NOBODY, Entry, Modality, Quantity, Timeline, When, about, at_least, credible, exactly, up_to
from timeline.events import agreement, custody, editorial, facility
from timeline.events.editorial import EDITORIAL

DATA = Path(__file__).parents[2] / "examples" / "northeast_syria"
MISSION = "centcom-transfer-2026"
DAYS = ("2026-01-19", "2026-01-22", "2026-01-25", "2026-01-31", "2026-02-15", "2026-03-31", "2026-05-31")
AGREEMENT = {
    "agreement_proposed": "proposed",
    "agreement_signed": "signed",
    "agreement_in_force": "in_force",
    "agreement_extended": "in_force",
    "agreement_ended": "ended",
}


@pytest.fixture(scope="module")
def line() -> Timeline:
    line = Timeline()
    load(line)
    return line


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for name in ("chronicle", "links", "places", "sources", "subjects"):
        shutil.copy(DATA / f"{name}.csv", tmp_path)
    return tmp_path


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# -- a reader of its own, by the rules of the data, to compare with -------------------------------------


def first_day(occurred: str) -> str:
    """Return the key that sorts a date: an open start comes first."""
    start = occurred.partition("/")[0].rstrip("~?")
    return "" if start == ".." else start


def counts_by(occurred: str, day: str) -> bool:
    """Return the moment from which a date counts: a full date from its first day, a partial one after its last."""
    start = first_day(occurred)
    if not start:
        return True
    if len(start) == 10:
        return start <= day
    return When.parse(start).latest <= date.fromisoformat(day)


def confirmed(kinds: set[str], subject: str, day: str) -> Iterator[dict[str, str]]:
    found = [
        r for r in rows("chronicle") if r["event"] in kinds and r["subject"] == subject and r["status"] == "confirmed"
    ]
    for row in sorted(found, key=lambda r: (first_day(r["occurred"]), r["row_id"])):
        if counts_by(row["occurred"], day):
            yield row


def holder_by_the_rule(slug: str, day: str) -> object:
    found = list(confirmed({"facility_registered", "control_changed"}, slug, day))
    return None if not found else NOBODY if found[-1]["to_authority"] == "none" else found[-1]["to_authority"]


def status_by_the_rule(slug: str, day: str) -> str | None:
    found = list(confirmed(set(AGREEMENT), slug, day))
    return AGREEMENT[found[-1]["event"]] if found else None


def seen_by(slug: str, day: str) -> bool:
    """Tell whether a source had seen the holder by then (before, the holder is an inference)."""
    kinds = {"facility_registered", "control_changed"}
    return any(When.parse(row["occurred"]).definitely_before(day) for row in confirmed(kinds, slug, day))


HELD = sorted({r["subject"] for r in rows("chronicle") if r["event"] in {"facility_registered", "control_changed"}})
AGREED = sorted({r["subject"] for r in rows("chronicle") if r["event"] in AGREEMENT})


# -- loading ---------------------------------------------------------------------------------------------


def test_every_row_is_an_entry_of_its_own():
    """No row is dropped, and none is a problem."""
    line = Timeline()
    report = load(line)
    assert report.problems == ()
    assert {r["row_id"] for r in rows("chronicle")} <= {entry.id for entry in line.entries()}


def test_loading_twice_changes_nothing():
    """Ids come from the rows, so the second load finds what the first put there."""
    line = Timeline()
    first = load(line).entries
    head = line.log.head()
    assert load(line).entries == first
    assert line.log.head() == head


def test_every_facility_spoken_of_is_registered_with_its_names(line):
    """Kind, English and Arabic name are known of each, at any date."""
    spoken_of = {tag for entry in line.entries() for tag in entry.tags if tag.startswith("facility:")}
    for tag in spoken_of:
        known = line.at("2025-01-01").facilities[tag.removeprefix("facility:")]
        assert known.kind
        assert {"en", "ar"} <= set(known.names)


def test_hindsight_is_not_loaded(line):
    """No note of a row or of a link is anywhere on the log."""
    notes = {r["note"] for name in ("chronicle", "links") for r in rows(name) if r["note"]}
    said = {quote for entry in line.entries() for report in entry.reports for quote in [report.quote]}
    said |= {getattr(entry.event, "detail", "") for entry in line.entries()}
    said |= {getattr(entry.event, "reason", "") for entry in line.entries()}
    assert not notes & said


def test_a_report_says_who_published_it_when_and_citing_whom(line):
    """Outlet, date, address, language, the one cited, the wording and the rating of the row."""
    report = line.at().claims("R171")[0].reports[0]
    assert (report.source, str(report.published), report.language) == ("TRT World", "2026-01-21", "en")
    assert (report.attributed_to, report.quote, report.credibility) == ("CENTCOM", "150", 1)


def test_the_undated_article_is_published_within_an_interval(line):
    """Nobody gives it a date it does not bear."""
    (report,) = next(entry for entry in line.entries() if entry.id == "R001").reports
    assert str(report.published) == "2026-01-21~/2026-02-12~"


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("occurred", "2026-02-30", "2026-02-30"),
        ("count_best", "about 150", "not a whole number"),
        ("status", "rumoured", "not known"),
        ("source_id", "nobody-0101", "not known"),
        ("subject", "atlantis", "not known"),
    ],
)
def test_a_bad_cell_is_reported_with_its_place_and_stops_nothing_else(copied, column, value, reason):
    """The row is left out, with file, line, column and reason; the other 305 are loaded."""
    number = spoil(copied, "R016", column, value)
    report = load(Timeline(), copied)
    problem = report.problems[0]
    assert (problem.file, problem.line, problem.column) == ("chronicle.csv", number, column)
    assert reason in problem.reason
    assert report.rows == 305


def test_links_to_a_row_that_cannot_be_read_are_reported_one_by_one(copied):
    """The report of a lost row names the links lost with it, since its versions now stand alone."""
    spoil(copied, "R171", "count_best", "?")
    report = load(Timeline(), copied)
    lost = [problem for problem in report.problems if problem.file == "links.csv"]
    assert len(lost) == len([link for link in rows("links") if link["target"] == "R171"])
    assert all(problem.column == "target" and "'R171'" in problem.reason for problem in lost)


def test_an_unknown_kind_of_row_is_reported(copied):
    """A kind that no table maps is a problem of the column that names it."""
    spoil(copied, "R016", "event", "facility_painted")
    (problem,) = load(Timeline(), copied).problems
    assert problem.column == "event"
    assert "facility_painted" in problem.reason


def test_a_circle_of_links_is_reported_and_opened(copied):
    """Of links that go round, one is dropped and named."""
    with (copied / "links.csv").open("a", encoding="utf-8") as file:
        file.write("R171,repeat,R172,\n")
    report = load(Timeline(), copied)
    assert report.rows == 306
    assert [p.file for p in report.problems] == ["links.csv"]


def spoil(folder: Path, row_id: str, column: str, value: str) -> int:
    """Put a value into one cell; gives the line it is on."""
    path = folder / "chronicle.csv"
    with path.open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    number = next(n for n, row in enumerate(table) if row["row_id"] == row_id)
    table[number][column] = value
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, table[0])
        writer.writeheader()
        writer.writerows(table)
    return number + 2


# -- who held what ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", HELD)
def test_what_is_confirmed_gives_the_holder_that_the_rows_give(line, slug):
    """From the day somebody saw who holds a facility, the answer is that of the data's own rule."""
    for day in DAYS:
        known = line.at(day, accept=credible(1)).facilities[slug].holder() if seen_by(slug, day) else None
        assert known == (holder_by_the_rule(slug, day) if seen_by(slug, day) else None), day


@pytest.mark.parametrize("slug", HELD)
def test_claims_alone_change_the_default_answer_only_where_nothing_speaks_against_them(line, slug):
    """With every report taken in, one base counts as left that only an unconfirmed report says was."""
    differing = {day for day in DAYS if line.at(day).facilities[slug].holder() != confirmed_holder(line, slug, day)}
    expected = {"kharab-al-jir-base": {"2026-02-15", "2026-03-31", "2026-05-31"}}
    assert differing == expected.get(slug, set())


def confirmed_holder(line: Timeline, slug: str, day: str) -> object:
    return line.at(day, accept=credible(1)).facilities[slug].holder()


def test_a_month_counts_once_it_is_over(line):
    """Yarubiyah changed hands in January: on the 30th that is possible, on the 31st it is so."""
    crossing = "rabia-yarubiyah-crossing"
    assert line.at("2026-01-30").facilities[crossing].holder() == "sdf"
    assert line.at("2026-01-31").facilities[crossing].holder() == "syria-gov"
    assert line.at("2026-01-30", certainty="possible").facilities[crossing].holder() == "syria-gov"


def test_al_hol_was_left_without_a_holder_for_a_day(line):
    """The SDF left on 20 January, the government came on the 21st."""
    held = [line.at(f"2026-01-{day}").facilities["al-hol-camp"].holder() for day in (19, 20, 21)]
    assert held == ["sdf", NOBODY, "syria-gov"]


def test_a_past_answer_changes_with_what_is_published(line):
    """Al-Aqtan on 21 January: the government's, said Reuters; until the handover of the 23rd was announced."""
    told = [
        line.at("2026-01-21", reported=day).facilities["al-aqtan-prison"].holder()
        for day in ("2026-01-20", "2026-01-22", "2026-01-23")
    ]
    assert told == ["sdf", "syria-gov", "sdf"]


def test_a_number_of_sites_lost_to_nobody_named_has_no_known_holder(line):
    """The collective left the SDF; to whom is not said."""
    held = line.at("2026-02-15").facilities["ne-syria-detention-sites"]
    assert (held.kind, held.holder()) == ("collective", None)


# -- agreements ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", AGREED)
def test_what_is_confirmed_gives_the_status_that_the_rows_give(line, slug):
    """Agreement by agreement and day by day, as the data's own rule has it."""
    for day in DAYS:
        found = line.at(day, accept=credible(1)).agreements.get(slug)
        assert (found.status if found else None) == status_by_the_rule(slug, day), day


def test_the_truce_was_over_and_then_extended(line):
    """Declared over and extended on one day, it runs to 8 February, and is overdue after."""
    truce = line.at("2026-01-25").agreements["ceasefire-2026-01-20"]
    assert (truce.status, str(truce.until), truce.overdue) == ("in_force", "2026-02-08", False)
    assert line.at("2026-02-15").agreements["ceasefire-2026-01-20"].overdue


def test_an_accord_dated_otherwise_is_one_accord(line):
    """The 30 (or 29) January accord was signed once, with a rival date."""
    signed = line.at().claims("R160")
    assert [str(claim.occurred) for claim in signed] == ["2026-01-30", "2026-01-29"]
    assert all(isinstance(claim.event, agreement.AgreementSigned) for claim in signed)


# -- nobody is counted twice -------------------------------------------------------------------------------


def test_the_first_batch_is_counted_once(line):
    """150 moved: not also the receipt, the 85 + 65 it breaks down into, or the 144 of another version."""
    assert line.at("2026-01-22").custody.operations[MISSION].moved == exactly(150)
    assert line.at("2026-01-22").custody.received(facility="iraq-undisclosed-site") == exactly(150)
    assert line.at("2026-01-22", policy="lowest").custody.operations[MISSION].moved == exactly(144)


def test_a_breakdown_says_who_they_were(line):
    """Iraqis and foreigners of the first batch, each by themselves."""
    custody_then = line.at("2026-01-22").custody
    assert custody_then.sent(facility="hasakah-prisons", cohort="iraqi") == exactly(85)
    assert custody_then.sent(facility="hasakah-prisons", cohort="foreign") == exactly(65)
    assert custody_then.sent(facility="hasakah-prisons") == exactly(150)


def test_the_transfer_as_planned_moved_and_claimed(line):
    """Up to 7,000 planned; batches reported one by one stay below the 5,704 claimed at the end."""
    mission = line.at("2026-02-15").custody.operations[MISSION]
    assert mission.status == "completed"
    assert str(mission.planned) == str(up_to(7000))
    assert str(mission.moved) == str(at_least(1150))
    assert str(mission.claimed) == str(exactly(5704))
    assert str(mission.remaining) == str(up_to(5850))


def test_running_totals_are_no_increments(line):
    """Twenty-odd totals leave the sum of batches where it was."""
    before = line.at("2026-02-06").custody.operations[MISSION].moved
    assert line.at("2026-02-16").custody.operations[MISSION].moved == before


def test_rival_totals_of_a_day_are_claims_about_one_total(line):
    """3,000, 5,064 (then 5,703), 5,640 and 5,704 stand side by side."""
    numbers = {claim.quantity.best for claim in line.at().claims("R212") if claim.quantity}
    assert numbers == {3000, 5640, 5703, 5704}
    before = line.at(reported="2026-02-13").claims("R212")
    assert {claim.quantity.best for claim in before} == {3000, 5064, 5640, 5704}


def test_a_forecast_of_the_closing_count_is_no_new_plan(line):
    """5,500 were expected by sources of an outlet; the plan stays, and the count fulfils the forecast."""
    then = line.at("2026-02-12", reported="2026-02-12")
    assert str(then.custody.operations[MISSION].planned) == "≤7,000"
    assert "R204" in [plan.id for plan in then.plans]
    assert "R204" not in [plan.id for plan in line.at().plans]


def test_escapes_from_shaddadi_are_one_escape_in_rival_versions(line):
    """1,500, 200, 120 and over 100 are not added, and the lowest and the highest can be asked for."""
    escaped = {
        policy: str(line.at("2026-01-22", policy=policy).custody.escaped(facility="al-shaddadi-prison"))
        for policy in ("standing", "lowest", "highest")
    }
    assert escaped == {"standing": "≈1,500", "lowest": "≥100", "highest": "≈1,500"}


def test_a_denial_stands_beside_what_it_denies(line):
    """The SDF denies having released anybody: the claim it answers is marked, and nothing is deleted."""
    (denial,) = [claim for claim in line.at().claims("R093") if claim.denies]
    assert (denial.entry.id, denial.denies) == ("R099", "R092")


def test_returns_from_al_hol_add_up_convoy_by_convoy(line):
    """Convoys that took place, each in its first version; forecasts and second versions are left aside."""
    linked = {r["row_id"] for r in rows("links") if r["relation"] == "rival"}
    convoys = [
        int(r["count_best"])
        for r in rows("chronicle")
        if r["event"] == "detainees_repatriated" and r["status"] != "planned" and r["row_id"] not in linked
    ]
    assert line.at("2026-01-01").custody.repatriated(facility="al-hol-camp") == exactly(sum(convoys))


def test_earlier_handovers_are_inside_their_later_total(line):
    """2,760 until 2024 are part of the 3,194 until 2026."""
    handovers = "iraq-sdf-earlier-handover"
    assert line.at("2025-12-31").custody.operations[handovers].moved == exactly(2760)
    assert line.at("2026-01-21").custody.operations[handovers].moved == exactly(3194)


def test_a_headcount_within_that_of_two_camps_still_counts_its_own(line):
    """About 24,000 at al-Hol are part of 28,000 in both camps, and are al-Hol's headcount all the same."""
    camps = line.at("2026-01-22").custody
    assert str(camps.counted(facility="al-hol-camp")) == str(about(24000))
    assert str(camps.counted(facility="al-hol-and-roj-camps")) == str(about(28000))


def test_a_count_of_families_is_no_headcount_of_people(line):
    """ "Only 20 families" gives no number of people, and takes none away."""
    assert str(line.at("2026-02-08").custody.counted(facility="al-hol-camp")) == str(about(24000))
    (told,) = [entry for entry in line.entries() if entry.id == "R135"]
    assert (told.event.quantity.known, told.event.quantity.text) == (False, "only 20 families")


def test_no_two_unlinked_movements_look_like_one(line):
    """Of possible duplicates, none counts people: one source tells of both convoys of January."""
    moving = (custody.DetaineesTransferred, custody.DetaineesRepatriated, custody.DetaineesEscaped)
    pairs = [f.entries for f in line.at().findings if f.kind == "possible_duplicate"]
    assert [{e.id for e in pair} for pair in pairs if isinstance(pair[0].event, moving)] == []


def test_parts_that_rivals_break_down_are_not_added_together(line):
    """Two breakdowns of the closing count, by region and by nationality, do not exceed it."""
    assert not [f for f in line.at().findings if f.kind == "parts_exceed_whole"]


# -- modality and links --------------------------------------------------------------------------------------


def test_plans_are_fulfilled_by_what_came_of_them(line):
    """A convoy forecast for the next day is a plan until it leaves."""
    assert "R061" in [plan.id for plan in line.at("2025-12-01", reported="2025-12-01", accept=not_r062).plans]
    assert line.at("2025-12-02").plans == ()


def not_r062(claim) -> bool:
    return claim.entry.id != "R062"


def test_a_denial_of_nothing_on_the_log_changes_nothing(line):
    """No infiltration was recorded, says the ministry: kept as a denial, and no incident."""
    (denied,) = line.at().entries(modality=Modality.DENIED)
    assert denied.id == "R069"
    assert line.at().border.incidents_of(kind="infiltration") == ()


def test_every_link_has_its_effect(line):
    """Each relation is found again in what the row was recorded as, or in the entry beside it."""
    entries = {entry.id: entry for entry in line.entries()}
    merged = {id for e in entries.values() if isinstance(e.event, editorial.EventsMerged) for id in e.event.duplicates}
    for link in rows("links"):
        row, target = entries[link["row_id"]], entries[link["target"]]
        effect = {
            "part": row.part_of is not None,
            "includes": target.part_of == row.id,
            "outcome": row.fulfils is not None or names(row, target),
            "remark": names(row, target),
            "repeat": isinstance(row.event, EDITORIAL) or row.id in merged or names(row, target),
        }.get(link["relation"], isinstance(row.event, EDITORIAL) or row.id in merged)
        assert effect, link


def names(row: Entry, target: Entry) -> bool:
    return f"entry:{target.id}" in row.tags


def test_every_number_of_a_row_is_a_number(line):
    """The count may be in the row's own event, in the statement beside it, or in the rival that it backs."""
    entries = {entry.id: entry for entry in line.entries()}
    for row in rows("chronicle"):
        counts = [row[f"count_{name}"] for name in ("low", "best", "high")]
        if any(counts):
            told = [entries[row["row_id"]], entries.get(f"{row['row_id']}-figure")]
            told += [entries[e.event.target] for e in told if e and isinstance(e.event, editorial.EventCorroborated)]
            found = {number for e in told if e for q in quantities(e.event) for number in (q.low, q.best, q.high)}
            assert {int(count) for count in counts if count} <= found, row["row_id"]


def quantities(event: object) -> Iterator[Quantity]:
    """Yield the quantities of an event, and of one that it proposes."""
    proposed = editorial.proposed(event)
    for value in (getattr(told, a.name) for told in (event, proposed) if told for a in type(told).__attrs_attrs__):
        if isinstance(value, Quantity):
            yield value


def test_a_figure_in_another_unit_is_no_count_of_people(line):
    """Nationalities, clauses, days and drones are numbers of their own, and rivals among them are kept."""
    told = {entry.id: entry.event.quantity for entry in line.at().entries(types=[agreement.StatementMade])}
    assert [str(told[id]) for id in ("R207", "R220")] == ["23 days", "61 nationalities"]
    assert {str(c.quantity) for c in line.at().claims("R081-figure")} == {"14 clauses", "10 clauses"}
    assert {c.quantity.best for c in line.at().claims("R220") if c.quantity} == {60, 61, 66}
    violations = line.at().entries(types=[agreement.AgreementViolated])
    assert {str(e.event.quantity) for e in violations if e.event.quantity} >= {"3 soldiers-killed", "≥25 drones"}


def test_saying_that_a_flight_was_the_last_gives_no_total(line):
    """On 12 February the mission was said to be over; how many had been moved was published a day later."""
    then = line.at("2026-02-12", reported="2026-02-12").custody.operations[MISSION]
    assert (then.status, str(then.claimed)) == ("completed", "≥4,500")
    assert [claim.event.total for claim in line.at(reported="2026-02-12").claims("R206")] == [None]
    assert str(line.at("2026-02-12", reported="2026-02-13").custody.operations[MISSION].claimed) == "≥5,700"


def test_a_plan_told_in_a_statement_is_a_plan(line):
    """The goal of the second batch, and the offer of the south, are foreseen; neither came about."""
    plans = {plan.id: plan for plan in line.at().plans}
    assert {"R183", "R184", "R241", "R264"} <= set(plans)
    assert plans["R183"].event.destination == "al-hoot-prison+al-karkh-prison"
    assert str(plans["R264"].event.quantity) == "≤7,000"
    assert "entry:R183" in next(entry for entry in line.entries() if entry.id == "R247").tags


def test_who_was_seen_to_hold_a_place_still_is_an_observation(line):
    """It dates what was seen, and moves no holder since."""
    seen = {e.id: e.event for e in line.entries(types=[facility.ControlChanged]) if e.event.manner == "observed"}
    assert (seen["R306"].authority, seen["R149-control"].authority) == ("sdf", "sdf")
    assert str(line.at().facilities["roj-camp"].since()) == "../2025-12-18"
    assert [claim.event.authority for claim in line.at().claims("R289")[:2]] == [None, "us-coalition"]


def test_a_camp_is_managed_by_one_body_and_held_by_another(line):
    """UNHCR manages al-Hol since 1 January, or since the force that held it left, as others say."""
    camp = line.at("2026-01-19").facilities["al-hol-camp"]
    assert (camp.holder("control"), camp.holder("administration")) == ("sdf", "unhcr")
    assert [str(claim.occurred) for claim in line.at().claims("R131")] == ["2026-01-01", "2026-01-22~"]


def test_a_row_that_agrees_with_one_report_and_denies_another_does_both(line):
    """Kharab al-Jir: nobody is left, which repeats one report and contradicts one of the same day."""
    claims = line.at().claims("R289")
    assert [claim.entry.id for claim in claims] == ["R289", "R290", "R291-denial"]
    assert [report.source for report in claims[0].reports] == ["Shafaq News", "Okaz"]


def test_registered_rows_say_who_was_seen_holding(line):
    """They move no holder since; a seen one is dated by when it was seen."""
    (seen,) = [entry for entry in line.entries() if entry.id == "R008"]
    assert seen.event.manner == "observed"
    assert isinstance(seen.event, facility.ControlChanged)
    assert str(line.at("2026-01-01").facilities["al-hol-camp"].since()) == "../2025-12-18"


def test_a_promise_says_what_is_promised(line: Timeline) -> None:
    """Each commitment holds its content, not the title of the page that tells of it."""
    titles = {source["title_in_own_words"].removeprefix("(date inferred) ") for source in rows("sources")}
    events = (event for entry in line.entries() for event in (entry.event, editorial.proposed(entry.event)))
    promises = [event for event in events if isinstance(event, agreement.CommitmentMade)]
    assert len(promises) >= 20
    assert all(promise.what and promise.what not in titles for promise in promises)
