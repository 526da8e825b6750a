"""Places: where a facility lies, and how precisely that is known."""

from __future__ import annotations

from math import isfinite
from typing import Any, Literal, get_args

from attrs import field, frozen

from timeline.errors import InvalidValue

Precision = Literal["exact", "vicinity", "town", "district", "region", "country"]
"""The precisions at which a place can be known, the most precise first. All but `exact` give a point within an area."""
PRECISIONS: tuple[Precision, ...] = get_args(Precision)

ACLED_PRECISIONS: dict[int, Precision] = {1: "town", 2: "district", 3: "region"}
"""ACLED's codes of geo-precision. Source: ACLED Codebook, "Geo-precision"."""
UCDP_PRECISIONS: dict[int, Precision] = {
    1: "town", 2: "district", 3: "district", 4: "region", 5: "region", 6: "country", 7: "country",
}  # fmt: skip
"""UCDP GED's codes of `where_prec`. Source: UCDP GED Codebook, "where_prec"."""

_DECIMALS = 5
"""The decimals that are kept: the fifth is about a metre."""


def _latitude(value: Any) -> float:
    return _degrees("latitude", value, 90)


def _longitude(value: Any) -> float:
    return _degrees("longitude", value, 180)


def _degrees(name: str, value: Any, limit: int) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value) or abs(value) > limit:
        raise InvalidValue(
            f"{name} is {value!r}: expected degrees from -{limit} to {limit}, such as 36.375.", value=value
        )
    return round(float(value), _DECIMALS) + 0.0


def precision_given(value: Any) -> Precision:
    """Return the value if it is a precision.

    Raises: InvalidValue.

    >>> precision_given("town")
    'town'
    """
    if not isinstance(value, str) or value not in PRECISIONS:
        raise InvalidValue(f"precision is {value!r}: expected one of {', '.join(PRECISIONS)}.", value=value)
    return PRECISIONS[PRECISIONS.index(value)]


@frozen
class Place:
    """A point in degrees (WGS 84), and how precisely it is known.

    With a precision of `exact` the point is the site itself. With any other the site is somewhere in an area: the
    vicinity, the town, the district, the region or the country. Five decimals are kept.

    Raises: InvalidValue.
    Source: schema.org `GeoCoordinates`; the scales of ACLED and UCDP GED map to the precision.

    >>> print(Place(36.39042, 41.14983, precision="town"))
    36.39042, 41.14983 (town)
    """

    latitude: float = field(converter=_latitude)
    longitude: float = field(converter=_longitude)
    precision: Precision = field(converter=precision_given, kw_only=True)

    def is_within(self, precision: Precision) -> bool:
        """Tell whether the place is known at least as precisely as asked.

        >>> Place(33, 44, precision="country").is_within("town")
        False
        """
        return PRECISIONS.index(self.precision) <= PRECISIONS.index(precision_given(precision))

    @classmethod
    def parse(cls, text: str) -> Place:
        """Read a place as it is printed.

        Raises: InvalidValue.

        >>> Place.parse("36.375, 41.149 (town)").precision
        'town'
        """
        degrees, bracket, precision = text.strip().removesuffix(")").partition("(")
        parts = degrees.split(",")
        try:
            latitude, longitude = map(float, parts)
        except ValueError as error:
            raise InvalidValue(
                f"{text!r} is not a place: expected latitude, longitude and precision, such as "
                "'36.375, 41.149 (town)'.",
                value=text,
            ) from error
        return cls(latitude, longitude, precision=precision_given(precision if bracket else None))

    def __str__(self) -> str:
        return f"{self.latitude:.7g}, {self.longitude:.8g} ({self.precision})"
