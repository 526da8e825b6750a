"""Questions asked from the command line."""

from __future__ import annotations

import re
import subprocess
import sys

import orjson
import pytest

from timeline import Timeline


class TestAsking:
    """The output says the same as the library."""

    def test_a_part_and_its_clocks(self, chronicle):
        """The clocks stand in the title, and cut as `Timeline.at` does."""
        told = chronicle("show i.db facilities --at 2026-01-20 --reported 2026-02-01 --recorded 2030").out
        assert told.startswith("Facilities occurred by 2026-01-20, recorded by 2030-12-31, reported by 2026-02-01")
        assert re.search(r"Al-Hol camp +camp +nobody", told)
        assert re.search(r"al-hol-camp +camp +nobody", chronicle("show i.db facilities --at 2026-01-20 --slugs").out)
        assert "مخيم الهول" in chronicle("show i.db facilities --at 2026-01-20 --language ar").out

    def test_evidence_and_policy(self, desk):
        """The lowest of rival claims; nothing, where it must be credible; what only may have happened."""
        held = ["show", "d.db", "--json"]

        def escaped(*more):
            values = {tuple(one["path"]): one["value"] for one in desk(*held, *more).json()["values"]}
            return values.get(("custody", "al-shaddadi-prison", "escaped"))

        assert escaped()["best"] == 1500
        assert escaped("--policy", "lowest")["best"] == 120
        assert escaped("--credible", "2") is None
        desk(
            "record",
            "d.db",
            "DetaineesEscaped",
            "facility=al-shaddadi-prison",
            "quantity=5",
            "--occurred",
            "2026-02-01/2026-02-28",
        )
        assert escaped("--at", "2026-02-10")["best"] == 1500
        assert escaped("--at", "2026-02-10", "--possible")["best"] == 1505

    def test_a_day_ends_where_the_zone_says(self, timeline):
        """At the end of a day in Baghdad it is still that day in UTC."""
        timeline("record z.db CrossingOpened crossing=al-qaim --occurred 2026-01-20T22:30:00Z")
        assert "al-qaim" in timeline("show z.db border --at 2026-01-20").out
        assert "al-qaim" not in timeline("show z.db border --at 2026-01-20 --tz Asia/Baghdad").out

    def test_a_report_in_words(self, chronicle):
        """It is what the library tells, in the language that is asked for."""
        told = chronicle("tell i.db --at 2026-01-25 --since 2026-01-20 --language ar").out
        assert told == Timeline.demo().at("2026-01-25").tell(language="ar", since="2026-01-20") + "\n"
        assert "## What changed since 20 January 2026" in chronicle("tell i.db --at 2026-01-25 --since 2026-01-20").out

    def test_kinds_of_findings_are_explained_on_demand(self, chronicle):
        """Each kind that is there, once: its meaning and what to do."""
        told = chronicle("findings i.db --at 2026-01-25 --kind drift --explain").out
        assert told.count("A headcount and the stock computed since the last headcount cannot both be true.") == 1
        assert "Look for movements that nobody recorded." in told
        assert "Look for movements" not in chronicle("findings i.db --at 2026-01-25 --kind drift").out

    def test_sources_are_shown_on_demand(self, chronicle):
        """Under the row of a facility stand the entries that it follows from, with their sources."""
        words = ["show", "i.db", "facilities", "--at", "2026-01-20"]
        assert "Xinhua" not in chronicle(*words).out
        assert "Xinhua" in chronicle(*words, "--sources").out
        assert "Al-Hol camp director" in chronicle("findings i.db --kind drift --sources").out

    def test_why_names_the_claims(self, desk):
        """The entry that counts with its report, then the rival with its own."""
        told = desk("why d.db custody al-shaddadi-prison escaped").out
        assert re.search(r"value.*≈1,500.*entries.*#1 .*AFP.*rival claims.*#2 .*≈120.*AP", told, re.DOTALL)
        shape = desk("why d.db custody al-shaddadi-prison escaped --json").json()
        assert shape["value"] == {"low": 0, "best": 1500, "high": None}
        assert [claim["reports"][0]["source"] for claim in shape["claims"]["R1"]] == ["AFP", "AP"]

    def test_nothing_is_known(self, desk):
        """Facts that nobody had reported by then have no entry, and the output says so."""
        told = desk("why d.db custody al-shaddadi-prison escaped --at 2025-01-01")
        assert (told.code, "nothing is known of it" in told.out) == (0, True)

    @pytest.mark.parametrize("shape", ["", " --json"])
    def test_a_misspelt_name_is_not_answered(self, desk, shape):
        """The exit code says so, and what is near."""
        ended = desk(f"why d.db custody al-shadadi-prison escaped{shape}")
        assert (ended.code, ended.out) == (4, "")
        assert "no entry on the log names the facility 'al-shadadi-prison'" in ended.err
        assert "near it: al-shaddadi-prison" in ended.err

    @pytest.mark.parametrize("name", ["al-shadadi-prison", "authority:al-shaddadi-prison"])
    def test_findings_about_a_misspelt_name_are_not_answered(self, name, desk):
        """No findings would be a fact."""
        ended = desk(f"findings d.db --about {name}")
        assert (ended.code, ended.out) == (4, "")
        assert f"no entry on the log names {name!r}" in ended.err
        assert "near it: al-shaddadi-prison" in ended.err

    @pytest.mark.parametrize("name", ["al-shaddadi-prison", "facility:al-shaddadi-prison"])
    def test_findings_about_a_name_outside_the_cut(self, name, desk):
        """There are none by then."""
        assert "0 in all" in desk(f"findings d.db --about {name} --at 2020-01-01").out

    def test_findings_of_a_kind(self, desk):
        """Only those asked for, each with the entries involved."""
        assert re.search(r"disputed .* #1, #2", desk("findings", "d.db").out)
        assert "0 in all" in desk("findings d.db --kind drift").out

    def test_a_kind_misspelt_is_refused(self, desk):
        """No findings is an answer; an unknown kind is an error."""
        ended = desk("findings d.db --kind control-gap")
        assert (ended.code, ended.out) == (2, "")
        assert "'control-gap' is not one of 'illegal_transition'" in ended.err

    def test_diff_by_another_clock(self, desk):
        """The difference shows the changes that the publications of a day made."""
        told = desk("diff d.db 2026-01-18 2026-01-19 --by reported --at 2026-01-19 --json").json()
        assert {
            "path": ["custody", "al-shaddadi-prison", "escaped"],
            "before": None,
            "after": {"low": 0, "best": 1500, "high": None},
        } in told

    def test_nobody_is_told_from_not_known(self, chronicle):
        """In JSON, too."""
        told = chronicle("why i.db facilities al-hol-camp control --at 2026-01-20 --json").json()
        assert told["value"] == {"nobody": True}

    def test_replay_begins_where_it_is_told(self, chronicle):
        """Every step on that date or after it, and none before; all of them go by."""
        steps = chronicle("replay i.db --from 2026-02-20 --json").out.splitlines()
        occurred = [orjson.loads(step)["entry"]["occurred"] for step in steps]
        assert "2026-02-20~" in occurred
        with Timeline.open("i.db") as line:
            later = [
                step for step in line.replay() if step.after.clocks.occurred >= line.at("2026-02-20").clocks.occurred
            ]
        assert len(steps) == len(later)
        assert chronicle("replay i.db --from 2026-02-20 --all").out.count("Step occurred by") == len(steps)

    def test_follow_begins_and_ends_where_it_is_told(self, chronicle):
        """After a position, up to a number."""
        told = chronicle("follow i.db --after 3 --limit 2 --json").out.splitlines()
        assert [orjson.loads(line)["position"] for line in told] == [4, 5]


def test_a_facility_that_is_only_registered_is_shown(timeline):
    """Its kind and its name are known, and its holder is not."""
    timeline("record d.db FacilityRegistered facility=al-hol-camp kind=camp names.en=x")
    out = timeline("show d.db facilities").out
    assert re.search(r"\nx\s+camp\s+\?", out), out


@pytest.mark.parametrize("how", ["-h", "--help"])
@pytest.mark.parametrize("command", ["", "show "])
def test_help_has_two_names(timeline, command, how):
    """The short one is what people try first."""
    ended = timeline(f"{command}{how}")
    assert ended.code == 0
    assert ended.out.startswith("Usage: timeline")


def test_the_package_runs_as_a_module(tmp_path):
    """`python -m timeline` is the program."""
    ended = subprocess.run([sys.executable, "-m", "timeline", "--version"], capture_output=True, check=True, text=True)
    assert re.match(r"\d+\.\d+", ended.stdout)


def test_entities_are_listed_in_a_language(timeline):
    """The name in the reader's language comes first, and judgements are translated; tags stay."""
    timeline("record n.db FacilityRegistered facility=al-hol-camp kind=camp names.en=Al-Hol names.ar=الهول")
    timeline("record n.db FacilityRegistered facility=al-hawl kind=camp")
    timeline("judge n.db same facility:al-hol-camp facility:al-hawl")
    english = timeline("entities n.db").out
    assert re.search(r"facility:al-hol-camp +Al-Hol; الهول +facility:al-hawl +.* same ", english), english
    arabic = timeline("entities n.db --language ar").out
    assert re.search(r"facility:al-hol-camp +الهول; Al-Hol +facility:al-hawl +.* واحد ", arabic), arabic
    assert arabic.startswith("الكيان")
