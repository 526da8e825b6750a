"""Recording from the command line."""

from __future__ import annotations

import re

import pytest

from timeline import Timeline
from timeline.cli.exits import Exit


class TestRecord:
    """A person or a program puts events on a log: all that was meant, or nothing."""

    def test_everything_that_a_draft_can_say(self, timeline):
        """Fields, times, the report, the modality and links arrive as the library would have them."""
        timeline(
            "record",
            "d.db",
            "TransferPlanned",
            "operation=o-1",
            "quantity=<=7000",
            "--modality",
            "planned",
            "--id",
            "P",
            "--source",
            "A",
        )
        said = timeline(
            "record", "d.db", "custody.DetaineesTransferred", "quantity=120-1500 (200)", "origin=hasakah-prisons",
            "about=tlp:green,operation:o-1", "detail=a = b", "--occurred", "2026-01-21~", "--source", "CENTCOM", "--published",
            "2026-01-21", "--url", "https://example.org/1", "--quote", "نحو 150", "--language", "ar", "--attributed-to", "X",
            "--reliability", "B", "--credibility", "2", "--after", "#1", "--fulfils", "P", "--json",
        ).json()  # fmt: skip
        assert said["event"] == {
            "type": "custody.detainees_transferred",
            "version": 1,
            "data": {
                "quantity": {"low": 120, "best": 200, "high": 1500}, "origin": "hasakah-prisons",
                "about": ["tlp:green", "operation:o-1"], "detail": "a = b",
            },
        }  # fmt: skip
        assert (said["occurred"], said["after"], said["fulfils"]) == ("2026-01-21~", ["P"], "P")
        assert said["reports"] == [
            {
                "source": "CENTCOM", "published": "2026-01-21", "url": "https://example.org/1", "quote": "نحو 150",
                "language": "ar", "attributed_to": "X", "reliability": "B", "credibility": 2,
            }
        ]  # fmt: skip

    def test_who_records_it_and_the_copy_it_rests_on(self, timeline):
        """Lines on standard input get the recorder too, unless they name another one."""
        said = timeline(
            "record", "d.db", "CrossingOpened", "crossing=rabia", "--recorder", "desk-3", "--source", "SANA",
            "--retrieved", "2026-01-22", "--archived", "sana.html", "--sha256", "AB" * 32, "--json",
        ).json()  # fmt: skip
        copy = {"source": "SANA", "retrieved": "2026-01-22", "archived": "sana.html", "sha256": "ab" * 32}
        assert (said["recorder"], said["reports"]) == ("desk-3", [copy])
        event = '"event":{"type":"border.crossing_closed","data":{"crossing":"rabia"}}'
        lines = f'{{{event}}}\n{{{event},"recorder":"desk-4"}}\n'
        told = timeline("record", "d.db", "-", "--recorder", "desk-3", stdin=lines)
        assert re.findall(r"recorder (\S+)", told.out) == ["desk-3", "desk-4"]

    def test_values_by_key(self, timeline):
        """Names in several languages are given one by one, and a breakdown by cohort."""
        timeline(
            "record",
            "d.db",
            "FacilityRegistered",
            "facility=al-hol-camp",
            "kind=camp",
            "names.en=al-Hol",
            "names.ar=الهول",
        )
        timeline(
            "record", "d.db", "HeadcountReported", "facility=al-hol-camp", "quantity=~24000", "breakdown.iraqi=>=100"
        )
        with Timeline.open("d.db") as line:
            first, second = (entry.event for entry in line.entries())
        assert dict(first.names) == {"en": "al-Hol", "ar": "الهول"}
        assert str(second.breakdown["iraqi"]) == "≥100"

    def test_entries_are_named_by_position(self, desk):
        """A correction, and a merge of several, name entries as tables show them."""
        desk("record d.db DetaineesEscaped facility=al-shaddadi-prison quantity=~1400 --correct #1 --reason typo")
        desk("record", "d.db", "CrossingOpened", "crossing=a", "--part-of", "#1")
        desk("record", "d.db", "CrossingOpened", "crossing=b", "--id", "B")
        desk("record", "d.db", "EventsMerged", "kept=#1", "duplicates=#4,B")
        with Timeline.open("d.db") as line:
            _, dispute, correction, part, _, merge = line.entries()
        assert dispute.event.target == correction.event.target == part.part_of == merge.event.kept == "R1"
        assert merge.event.duplicates == (part.id, "B")

    def test_what_one_log_prints_another_records(self, chronicle):
        """Every entry of the chronicle, editorial ones included, piped through JSON lines, says the same again."""
        told = chronicle("follow", "i.db", "--limit", "417", "--json").out
        again = chronicle("record", "copy.db", "-", "--json", stdin=told)
        assert len(again.out.splitlines()) == 417
        with Timeline.open("i.db") as here, Timeline.open("copy.db") as there:
            assert here.at() == there.at()
        assert chronicle("record", "copy.db", "-", "--json", stdin=told).out == again.out, "twice is as once"

    def test_a_bad_line_keeps_all_of_them_out(self, timeline, tmp_path):
        """Each bad line is reported by its number, and nothing is recorded."""
        good = '{"event": {"type": "border.crossing_opened", "data": {"crossing": "al-qaim"}}, "id": "%s"}\n'
        bad = (
            "not json\n",
            '{"event": {"type": "CrossingOpened", "data": {"crosing": "x"}}}\n',
            '{"event": {"type": "CrossingOpened", "data": {}}}\n',
            '{"event": {"type": "CrossingOpend", "data": {"crossing": "x"}}}\n',
            '{"event": {"type": "CrossingOpened", "data": {"crossing": "two words"}}}\n',
            '{"event": {"type": "CrossingOpened", "data": {"crossing": "x"}}, "occured": "2025"}\n',
            '{"occurred": "2025"}\n',
            '{"event": {"type": "CrossingOpened", "data": {"crossing": "x"}}, "occurred": "soon"}\n',
            '{"event": "CrossingOpened"}\n',
            "[]\n",
        )
        timeline("record", "d.db", "-", stdin=good % "a")
        ended = timeline("record", "d.db", "-", stdin="".join([good % "b", *bad, good % "c"]))
        assert ended.code == Exit.BAD_INPUT
        assert [line.split(": ")[0] for line in ended.err.splitlines()] == [
            *(f"stdin:{number}" for number in range(2, 2 + len(bad))), "Nothing was recorded."
        ]  # fmt: skip
        with Timeline.open("d.db") as line:
            assert [entry.id for entry in line.entries()] == ["a"]

    def test_a_batch_that_the_log_refuses_leaves_nothing(self, timeline):
        """The second line names an entry that is not there, so the first is not recorded either."""
        lines = (
            '{"event": {"type": "CrossingOpened", "data": {"crossing": "al-qaim"}}, "id": "a"}\n'
            '{"event": {"type": "EventRetracted", "data": {"target": "nowhere"}}}\n'
        )
        assert timeline("record", "d.db", "-", stdin=lines).code == Exit.NOT_FOUND
        with Timeline.open("d.db") as line:
            assert line.entries() == ()

    @pytest.mark.parametrize("said", ["parties=sdf parties=iraq-gov", "agreement=a parties=sdf agreement=b"])
    def test_a_field_said_twice_is_refused(self, timeline, said):
        """Neither of two values is dropped without a word."""
        ended = timeline(f"record d.db AgreementSigned {said}")
        assert ended.code == 2
        assert re.search(
            "(parties|agreement) is given twice: expected it once, with commas between several values", ended.err
        )
