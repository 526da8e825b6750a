"""A timeline as the data of a page: all that both clocks can ask of it, without a network.

`line.at` in Python and the page in a browser give the same answers; `tests/display/test_page_data.py` compares them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from timeline.answers import behind
from timeline.display.language.forms import agreement_noun
from timeline.display.maps.placed import map_data
from timeline.display.page.found import findings, helps
from timeline.display.page.layout import tables
from timeline.display.page.numbering import Numbering, offsets
from timeline.display.page.reported import Reported
from timeline.display.page.strips import Strips
from timeline.display.sentences import Sentences
from timeline.display.telling import Leaving
from timeline.display.words import LANGUAGES, Names, Words
from timeline.entry import Entry
from timeline.log.proofs import Seal
from timeline.values.instants import FUTURE, PAST

FEMININE_KINDS = frozenset({"base", "collective", "place"})
"""Kinds of facilities whose Arabic noun is feminine: قاعدة, مجموعة, منطقة."""


def page_data(told: Leaving, names: Names, seal: Seal) -> dict[str, Any]:
    """Return what a page needs, as JSON; the seal is that of the log it was made from.

    `times` and `values` are named by number in `rows`, the strips of `paths`; `rests`
    are the values where no strip covers a point. Moments are microseconds, as exclusive
    ends. `horizon` is where the page opens: the latest moment that anything speaks of (null: nothing has a date).
    """
    asked, entries = told.situation, told.entries()
    spanning = behind.spanning(asked, None)
    moments = Numbering()
    listed = {entry.id: entry.position for entry in entries}
    strips = Strips(told, spanning, moments, frozenset(listed.values()))
    events = {entry.id: entry.event for entry in entries}
    speakers = [Sentences(Words(code, names), events.get) for code in LANGUAGES]
    reported = Reported(told, entries, speakers)
    told_entries, claims = reported.entries(), reported.claims(spanning.claims)
    found = findings(told, spanning, listed)
    horizon = behind.horizon(asked)
    known = [m for entry in told_entries for m in (entry.get("end"), entry.get("pub")) if m is not None]
    return {
        "log": {"entries": seal.size, "digest": seal.digest.hex(), "root": seal.root.hex()},
        "horizon": horizon if PAST < horizon < FUTURE else None,
        "cut": asked.clocks.reported,
        "zone": {"name": str(asked.tz), "offsets": list(offsets(asked.tz, [*moments.found, *known]))},
        "times": moments.found,
        "values": strips.values,
        "paths": [list(path) for path in strips.paths],
        "rows": strips.rows,
        "rests": strips.rests,
        "tables": tables(asked, strips),
        "entries": told_entries,
        "reports": reported.reports,
        "claims": claims,
        "findings": found,
        "helps": helps(found),
        "unknown": sum(behind.unread_counts(asked).values()),
        "kinds": _kinds(told),
        "map": map_data(told),
        "feminine": _feminine(told, names),
        "bodies": bodies(entries),
        "names": shown_names(names),
    }


def _kinds(told: Leaving) -> dict[str, str]:
    """Return the kind of each facility, unless its registration stays."""
    hidden = told.hidden()
    found = told.situation.facilities.items()
    return {slug: facility.kind for slug, facility in found if facility.kind and slug not in hidden}


def _feminine(told: Leaving, names: Names) -> list[str]:
    """Return the entities whose Arabic noun is feminine: هدنة, عملية and some kinds of facilities."""
    asked = told.situation
    truces = [slug for slug in asked.agreements if agreement_noun(names.get(slug, {}).get("ar", "")) == "truce"]
    kinds = [slug for slug, kind in _kinds(told).items() if kind in FEMININE_KINDS]
    return [*kinds, *truces, *asked.custody.operations]


def bodies(entries: list[Entry]) -> list[str]:
    """Return the authorities that entries name, the most often named ones first."""
    tags = Counter(tag for entry in entries for tag in entry.tags if tag.startswith("authority:"))
    return [tag.partition(":")[2] for tag, _ in tags.most_common()]


def shown_names(names: Names) -> Mapping[str, Mapping[str, str]]:
    """Return the names of entities that are in a language of the page, or in any language where in none of these."""
    kept = {slug: {code: text for code, text in found.items() if code in LANGUAGES} for slug, found in names.items()}
    return {slug: kept[slug] or dict(found) for slug, found in names.items()}
