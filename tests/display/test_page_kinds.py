"""Pages of logs with facts of one kind: counts alone, agreements alone, names that several places share."""

from __future__ import annotations

from pathlib import Path

import pytest

from timeline import Report, Timeline, about, exactly
from timeline.events import agreement, border, custody

SOURCE = [Report("A", published="2026-01-20")]


@pytest.fixture
def shown(driver, tmp_path: Path):
    """Return a function that opens the page of a timeline, and returns what an expression finds there."""

    def opened(line: Timeline, expression: str = "document.querySelector('#state').textContent", **options: object):
        line.to_html(tmp_path / "p.html", **options)
        driver.get("about:blank")
        driver.get((tmp_path / "p.html").as_uri())
        found = driver.execute_script(f"return {expression}")
        assert driver.get_log("browser") == []
        return found.translate(dict.fromkeys(range(0x2066, 0x206A))) if isinstance(found, str) else found

    return opened


def counted(*numbers: int, **options: object) -> Timeline:
    """Record how many were counted in as many jails."""
    line = Timeline()
    for at, number in enumerate(numbers):
        event = custody.HeadcountReported(facility=f"jail-{at}", quantity=exactly(number), **options)
        line.record(event, occurred="2026-01-20", reports=SOURCE)
    return line


class TestSentence:
    """The sentence above the fold says what there is."""

    def test_people_held_where_nobody_controls_anything(self, shown):
        """The largest numbers, their places, and how many places were counted."""
        said = shown(counted(12, 0, 2079, 5, 40, 7))
        assert said.endswith("Held: 2,079 in Jail-2, 40 in Jail-4, 12 in Jail-0, 7 in Jail-5; 6 places counted.")
        assert shown(counted(12), language="ar").endswith("المحتجزون: 12 في Jail-0.")

    def test_headcounts_of_authorities(self, shown):
        """By authority and cohort, as exactly as they are known."""
        line = Timeline()
        event = custody.HeadcountReported(authority="ukraine", cohort="prisoners-of-war", quantity=about(496))
        line.record(event, occurred="2026-01-20", reports=SOURCE)
        assert shown(line).endswith("Held by ukraine: about 496 (prisoners-of-war).")

    def test_many_agreements_are_counted_by_status(self, shown):
        """Of a few, the sentence names the one to know."""
        line = Timeline()
        for at in range(13):
            line.record(agreement.AgreementSigned(agreement=f"deal-{at}"), occurred="2026-01-18", reports=SOURCE)
        line.record(agreement.AgreementTerminated(agreement="deal-3"), occurred="2026-01-20", reports=SOURCE)
        assert shown(line).endswith("Agreements: 12 signed, 1 terminated.")

    def test_anything_else_is_counted_in_entries(self, shown):
        """A sentence is never empty."""
        line = Timeline()
        line.record(border.CrossingClosed(crossing="al-qaim"), occurred="2026-01-20", reports=SOURCE)
        assert shown(line).endswith("Entries: 1 of 1 entries.")
