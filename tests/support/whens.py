"""Random texts of times, and zones that tests ask in."""

from datetime import timedelta, timezone
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from timeline.errors import InvalidWhen
from timeline.values.when import When

HOUR = 3_600_000_000
BAGHDAD = ZoneInfo("Asia/Baghdad")
DAMASCUS = ZoneInfo("Asia/Damascus")
BERLIN = ZoneInfo("Europe/Berlin")


years = st.integers(1, 9999)
dates = st.dates()
qualifiers = st.sampled_from(["", "~", "?", "%"])
offsets = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
instants = st.datetimes(timezones=offsets)
singles = st.one_of(
    st.builds("{:04d}{}".format, years, qualifiers),
    st.builds("{:04d}-{:02d}{}".format, years, st.integers(1, 12), qualifiers),
    st.builds("{:04d}-{}{}".format, st.integers(1, 9998), st.integers(21, 24), qualifiers),
    st.builds("{}{}".format, dates, qualifiers),
    st.builds("{:04d}-{:02d}-XX{}".format, years, st.integers(1, 12), qualifiers),
    st.builds("{:04d}-XX{}".format, years, qualifiers),
    st.builds("{:03d}X".format, st.integers(1, 999)),
    st.builds("{:02d}XX".format, st.integers(1, 99)),
    instants.map(lambda moment: str(When.of(moment))),
)


@st.composite
def pairs(draw):
    """Draw two singles, the earlier first."""
    a, b = draw(singles), draw(singles)
    ordered = When(a).span().start <= When(b).span().start and When(a).span().end <= When(b).span().end
    return (a, b) if ordered else (b, a)


@st.composite
def intervals(draw):
    """Draw any interval that runs forwards."""
    a, b = draw(pairs())
    shape = draw(st.sampled_from(["{0}/{1}", "../{0}", "{0}/..", "/{0}", "{0}/", "[{0}..{1}]", "[{0}..]", "[..{0}]"]))
    return shape.format(a, b)


sets = st.lists(singles, min_size=1, max_size=4).map(lambda members: f"[{','.join(members)}]")
texts = st.one_of(singles, intervals(), sets)


def readable(text):
    """Return the time if the text runs forwards (pairs that nest have no order)."""
    try:
        return When(text)
    except InvalidWhen as error:
        assert "runs backwards" in str(error)
        return None


whens = texts.map(readable).filter(bool)
