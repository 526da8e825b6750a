"""Places: a point, and how precisely it is known."""

import pytest

from timeline import Place
from timeline.entry import Draft
from timeline.errors import InvalidEvent, InvalidValue
from timeline.events import facility
from timeline.exchange import texts
from timeline.log import codec
from timeline.values.place import ACLED_PRECISIONS, PRECISIONS, UCDP_PRECISIONS

HOL = Place(36.39042, 41.14983, precision="town")


@pytest.mark.parametrize("degrees", [90.00001, -91, float("nan"), float("inf"), True, "36", None])
def test_latitude_is_on_the_globe(degrees):
    """In degrees, as a number."""
    with pytest.raises(InvalidValue, match="latitude is .*: expected degrees from -90 to 90"):
        Place(degrees, 0, precision="exact")


def test_longitude_goes_farther():
    """Twice as far, and no farther."""
    assert Place(0, -180, precision="exact").longitude == -180
    with pytest.raises(InvalidValue, match="longitude is 180.1"):
        Place(0, 180.1, precision="exact")


@pytest.mark.parametrize("precision", ["city", "", None, 1, ["town"]])
def test_the_precision_is_one_of_six(precision):
    """Nobody may leave it out: a point without one says more than is known."""
    with pytest.raises(InvalidValue, match="expected one of exact, vicinity, town, district, region, country"):
        Place(36, 41, precision=precision)
    with pytest.raises(TypeError):
        Place(36, 41)


def test_places_compare_by_precision():
    """Each is within every coarser one, and within itself."""
    places = [Place(33, 44, precision=precision) for precision in PRECISIONS]
    within = [[place.is_within(asked) for asked in PRECISIONS] for place in places]
    assert within == [[one <= other for other in range(6)] for one in range(6)]


@pytest.mark.parametrize(
    "place", [HOL, Place(-0.00001, 180, precision="country"), Place(33.0, -44.5, precision="exact")]
)
def test_what_is_printed_is_read_again(place):
    """Also where a command line says it."""
    assert Place.parse(str(place)) == place
    kind = texts.named("FacilityRegistered")
    assert texts.event_of(kind, {"facility": "x", "coordinates": str(place)}).coordinates == place


@pytest.mark.parametrize(
    "text", ["", "36.4", "36.4, 41.1", "36.4, 41.1 (city)", "north, 41 (town)", "36,4, 41,1 (town)"]
)
def test_what_is_not_a_place_is_refused(text):
    """With an example, or with what a precision can be."""
    with pytest.raises(InvalidValue, match="such as '36.375, 41.149|expected one of exact"):
        Place.parse(text)


@pytest.mark.parametrize("place", [HOL, Place(0.0000001, 1e-9, precision="exact"), Place(36, 41, precision="region")])
def test_a_place_is_stored_and_read(place):
    """Its canonical bytes give it again, whatever the numbers."""
    draft = Draft(facility.FacilityRegistered(facility="x", coordinates=place))
    stored = codec.encode(draft)
    assert codec.draft_of(stored) == draft
    assert codec.encode(codec.draft_of(stored)) == stored


def test_a_registration_takes_a_place_only():
    """Two numbers do not say how precisely."""
    with pytest.raises(InvalidEvent, match=r"expected a Place such as Place\(36.375, 41.149, precision='town'\)"):
        facility.FacilityRegistered(facility="x", coordinates=(36.4, 41.1))


def test_the_codes_of_others_have_a_precision():
    """None of them is taken for more precise than its codebook says."""
    assert set(ACLED_PRECISIONS) == {1, 2, 3}
    assert set(UCDP_PRECISIONS) == set(range(1, 8))
    for codes in (ACLED_PRECISIONS, UCDP_PRECISIONS):
        order = [PRECISIONS.index(codes[code]) for code in sorted(codes)]
        assert order == sorted(order)
        assert "exact" not in codes.values()
