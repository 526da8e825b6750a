"""Strategies for the values that events and reports hold: times, numbers, names, texts, sources."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import permutations

from attrs import frozen
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from timeline.testing.code import print_as_code
from timeline.values.quantity import PEOPLE, Quantity, about, at_least, between, exactly, unspecified, up_to
from timeline.values.report import Report
from timeline.values.when import When

print_as_code(Quantity, Report, When)
FIRST, LAST = date(2026, 1, 1), date(2026, 2, 28)
SLUGS = {
    "facility": ("al-hol-camp", "al-sinaa-prison", "al-karkh-prison"),
    "authority": ("sdf", "syria-gov", "iraq-gov"),
    "operation": ("transfer-2026",),
    "agreement": ("agreement-2026-01-18",),
    "commitment": ("guard-the-prisons",),
    "cohort": ("iraqi", "syrian"),
    "sector": ("north", "south"),
    "entry": ("e0", "e1"),
}
"""Few of each kind, so that what is drawn meets."""
TAGS = tuple(f"{kind}:{name}" for kind, names in SLUGS.items() for name in names if kind != "entry")
PAIRS = tuple(pair for pair in permutations(TAGS, 2) if len({tag.partition(":")[0] for tag in pair}) == 1)
"""Two tags of one kind, which may be judged."""
"""The same names as tags."""


def whens(first: date = FIRST, last: date = LAST) -> SearchStrategy[When]:
    """Draw times of every form of EDTF, around two days; the simplest is the first day.

    >>> from hypothesis import find
    >>> find(whens(), lambda when: when.approximate)
    When('2026-01-01~')
    """
    day = st.dates(first, last).map(date.isoformat)
    year = day.map(lambda text: text[:4])
    month = day.map(lambda text: text[:7])
    season = st.builds("{}-{}".format, year, st.sampled_from(("21", "22", "23")))
    moment = st.builds(
        "{}T{}{}".format,
        day,
        st.times().map(lambda time: time.isoformat("seconds")),
        st.sampled_from(("Z", "+03:00", "-05:30")),
    )
    masked = st.one_of(month.map("{}-XX".format), year.map("{}-XX".format), day.map(lambda text: f"{text[:3]}X"))
    simple = st.one_of(day, month, year)
    qualified = st.builds("{}{}".format, simple, st.sampled_from("~?%"))
    pair = st.tuples(day, day).map(sorted)
    interval = pair.map("/".join)
    either = pair.map(lambda ends: f"[{ends[0]},{ends[1]}]")
    between_them = pair.map(lambda ends: f"[{ends[0]}..{ends[1]}]")
    half_open = st.builds(str.format, st.sampled_from(("../{}", "{}/..", "/{}", "{}/")), day)
    return st.one_of(
        simple, moment, qualified, masked, season, interval, half_open, either, between_them
    ).map(When)  # fmt: skip


def quantities(unit: str = PEOPLE, *, largest: int = 300) -> SearchStrategy[Quantity]:
    """Draw quantities of every kind; the simplest is exactly none.

    >>> from hypothesis import find
    >>> print(find(quantities(), lambda quantity: quantity.low > 7))
    8
    """
    number = st.integers(0, largest)
    ranges = st.lists(number, min_size=3, max_size=3).map(sorted)
    return st.one_of(
        number.map(lambda n: exactly(n, unit=unit)),
        number.map(lambda n: about(n, unit=unit)),
        number.map(lambda n: at_least(n, unit=unit)),
        number.map(lambda n: up_to(n, unit=unit)),
        ranges.map(lambda three: between(three[0], three[2], three[1], unit=unit)),
        st.sampled_from(("", "thousands", "آلاف")).map(lambda text: unspecified(text, unit=unit)),
    )


def slugs(kind: str) -> SearchStrategy[str]:
    """Draw names of entities of a kind, out of a few."""
    return st.sampled_from(SLUGS.get(kind, (f"{kind}-1", f"{kind}-2")))


def texts() -> SearchStrategy[str]:
    """Draw short texts, in several scripts."""
    return st.sampled_from(("", "a", "about 150 people", "نحو 150 شخصا", "two\nlines"))


@frozen(eq=False, repr=False)
class Values:
    """The strategies for the values of events, drafts and reports, under a `name` for the output."""

    name: str
    whens: SearchStrategy[When]
    quantities: Callable[[str], SearchStrategy[Quantity]]
    slugs: Callable[[str], SearchStrategy[str]]
    texts: SearchStrategy[str]
    units: tuple[str, ...] = (PEOPLE,)
    """The units of a quantity that may be of anything."""
    integers: SearchStrategy[int] = st.integers(0, 1000)
    filled: bool = False
    """True: every other event has all of its optional fields."""

    def __repr__(self) -> str:
        return self.name


ORDINARY = Values("ORDINARY", whens(), quantities, slugs, texts())

_DAYS = ("2026-01-01", "2026-01-02", "2026-01-03", "2026-01-10", "2026-01-20")
_ROUGH = ("2026-01", "2026-01-02/2026-01-10", "../2026-01-03", "2026-01-10/..", "2026-01-02~")
FEW = Values(
    "FEW",
    st.one_of(st.sampled_from(_DAYS).map(When), st.sampled_from(_ROUGH).map(When), whens()),
    quantities,
    slugs,
    texts(),
)
"""The same days again and again, so that times are often equal, nested and overlapping."""

_HOSTILE = (
    "", "\u202eright to left", "\u200f\u200e\u2067", "\x00", "' OR 1=1; --", '"}],"x":[{"', "%s {0} \\ \\u0000",
    "\r\n\t", "NaN", "null", "e\u0301 é", "👩‍👩‍👧", "ﷺ", "x" * 5000,
)  # fmt: skip
_HOSTILE_SLUGS = ("a", "..", "'", '"', "%", "a/b", "<b>", "null", "مخيم-الهول", "é", "e\u0301", "x" * 300)
_EXTREMES = (
    "0001-01-01", "9999-12-31", "0001", "9999", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z",
    "0001-01-01/9999-12-31", "../0001-01-01", "9999-12-31/..", "1970-01-01T00:00:00Z", "2026-01-01T00:00:00+23:59",
)  # fmt: skip
LARGEST = 1 << 53
"""The largest number that every reader of JSON keeps."""


def _extreme_quantities(unit: str = PEOPLE) -> SearchStrategy[Quantity]:
    far = st.sampled_from(
        (
            exactly(LARGEST, unit=unit),
            about(LARGEST, unit=unit),
            at_least(LARGEST, unit=unit),
            between(0, LARGEST, unit=unit),
        )
    )
    return st.booleans().flatmap(lambda is_far: far if is_far else quantities(unit))


HOSTILE = Values(
    "HOSTILE",
    st.one_of(st.just(When("2026-01-01")), st.sampled_from(_EXTREMES).map(When), whens()),
    _extreme_quantities,
    lambda kind: st.one_of(slugs(kind), st.sampled_from(_HOSTILE_SLUGS)),
    st.one_of(st.sampled_from(_HOSTILE), st.text(st.characters(exclude_categories=["Cs"]), max_size=20)),
    units=(PEOPLE, "families", "km"),
    integers=st.one_of(st.integers(0, 1000), st.sampled_from((-1, 1 << 31, LARGEST))),
    filled=True,
)
"""Values that break programs: control marks, directions, quotes of other languages, ends of scales, other units."""
CROWD = Values(
    "CROWD",
    whens(),
    quantities,
    lambda kind: st.integers(1, 1 << 20).map(lambda number: f"{kind}-{number}"),
    texts(),
)
"""Names that hardly ever meet, so that a few dozen events touch as many keys."""


def reports(values: Values = FEW) -> SearchStrategy[Report]:
    """Draw reports: dated or not, rated or not, quoting whom or nobody.

    >>> from hypothesis import find
    >>> find(reports(), lambda report: report.credibility == 1).published is None
    True
    """
    sources = st.one_of(st.sampled_from(("Reuters", "AFP", "وكالة")), values.texts.filter(str.strip))
    late = st.sampled_from(("2026-02-01", "2026-02", "2026-02-10")).map(When)
    words = st.none() | values.texts
    return st.builds(
        Report,
        sources,
        published=st.one_of(st.none(), late, values.whens),
        url=st.none() | st.just("https://example.org/1"),
        language=st.sampled_from((None, "en", "ar")),
        quote=words,
        attributed_to=words,
        reliability=st.sampled_from((None, "A", "F")),
        credibility=st.sampled_from((None, 1, 3, 6)),
        retrieved=st.none() | late,
        archived=st.sampled_from((None, "copies/1.html")),
        sha256=st.sampled_from((None, "ab" * 32)),
    )
