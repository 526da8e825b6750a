"""A map of the places, drawn as SVG: who held what at a moment, and who was moved between which places."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from timeline.answers.situation import Situation
from timeline.display.charts.captions import caption_text, clocks, directed, require_look
from timeline.display.colours import Colours
from timeline.display.maps.arcs import arcs
from timeline.display.maps.labels import Room
from timeline.display.maps.outlines import MapProjection, countries_within
from timeline.display.maps.placed import AREAS, areas_of, box_of, is_point, placed_transfers, places_of, unplaced
from timeline.display.telling import Telling, telling
from timeline.display.web import Html, static, tag
from timeline.display.words import Names, Words
from timeline.events.facility import ControlChanged
from timeline.log.replacing import replacing
from timeline.timeline import Timeline
from timeline.values.entities import NOBODY
from timeline.values.place import Place

_DOT = 5.2
_LETTER = 5.6
"""The width of a letter below the map, in pixels."""


class Map(NamedTuple):
    """A drawn map: its SVG, and the slugs of the facilities that it lists instead of drawing them."""

    svg: str
    unplaced: tuple[str, ...]

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the map as an SVG file, which needs no network."""
        with replacing(path) as draft:
            draft.write_text(self.svg, encoding="utf-8")

    def _repr_svg_(self) -> str:
        return self.svg


class _Held(NamedTuple):
    """The holder of a place, and the one that may hold it already."""

    holder: Any
    maybe: Any
    contested: bool


def draw(
    of: Timeline | Situation | Telling,
    *,
    language: str = "en",
    names: Names | None = None,
    colours: Colours | None = None,
    title: str | None = None,
    width: int = 680,
) -> Map:
    """Draw the facilities with coordinates on a map, each in the colour of its holder at the moment asked about.

    A dashed ring is held by nobody, a hollow one by somebody unknown; half a dot may have changed hands already. Places
    known to a district or a region only are areas, never dots. What has no coordinates, or only a country, is listed
    below. Arcs are transfers between two places, dark within eight days, dashed where an end is not known to a town.
    `language`, `names`, `colours` and `title` are those of `charts.control`.

    Raises: InvalidValue.

    >>> from timeline import Timeline
    >>> drawn = draw(Timeline.demo().at("2026-01-21"), language="en")
    >>> "iraq-undisclosed-site" in drawn.unplaced, drawn.svg.startswith("<svg")
    (True, True)
    """
    require_look(title, width=width)
    shown = telling(of)
    words = Words(language, shown.names(names))
    places = places_of(shown)
    heading = title or caption_text(words, "map")
    box = box_of(places)
    absent = tuple(unplaced(shown, places))
    if box is None:
        empty = tag("text", directed(caption_text(words, "nowhere"), words), x="0", y="44", cls="tl-axis")
        return Map(_svg(width, 60, heading, [empty], words), absent)
    projection = MapProjection.onto(box, width)
    room = Room(width, projection.height)
    flows = placed_transfers(shown, places)
    spots = dict(_spots({slug: p for slug, p in places.items() if is_point(p)}, projection, room))
    picture = [
        tag("g", *_land(projection), cls="tl-land"),
        tag("g", *_areas(places, shown, words, colours, projection)),
        tag("g", *arcs(flows, places, spots=spots, shown=shown, words=words, projection=projection)),
        tag("g", *_dots(spots, shown, words, colours)),
        tag("g", *_names(spots, areas_of(shown, places), words, projection, room), cls="tl-names"),
        tag("g", *_countries(words, projection, room)),
    ]
    framed = tag("svg", *picture, x="0", y="26", width=str(width), height=f"{projection.height:.0f}")
    below = [
        *_key([*spots, *areas_of(shown, places)], shown, words, colours, projection.height + 44),
        *_foot(absent, shown, words, projection),
    ]
    return Map(_svg(width, projection.height + 88, heading, [framed, *below], words), absent)


def _svg(width: float, height: float, title: str, inside: Iterable[Html], words: Words) -> str:
    head = tag("text", directed(title, words), x="0", y="15", cls="tl-title")
    style = Html(f"<style>{static('map.css')}</style>")
    size = {"width": f"{width:.0f}", "height": f"{height:.0f}", "viewBox": f"0 0 {width:.0f} {height:.0f}"}
    return tag(
        "svg", style, head, *inside, xmlns="http://www.w3.org/2000/svg", role="img", cls="tl-map",
        lang=words.spoken, **size, **{"aria-label": title},
    )  # fmt: skip


def _spots(
    places: Mapping[str, Place], projection: MapProjection, room: Room
) -> Iterator[tuple[str, tuple[float, float]]]:
    """Yield where each dot stands; those on one spot are moved a little apart."""
    for slug, place in places.items():
        x, y = room.apart(projection.x(place.longitude), projection.y(place.latitude), _DOT)
        room.take(x, y, _DOT + 0.8)
        yield slug, (x, y)


def _land(projection: MapProjection) -> Iterator[Html]:
    for country in countries_within(projection.box):
        rings = ("L".join(f"{projection.x(x):.1f},{projection.y(y):.1f}" for x, y in ring) for ring in country["rings"])
        yield tag("path", d="".join(f"M{ring}Z" for ring in rings))


def _countries(words: Words, projection: MapProjection, room: Room) -> Iterator[Html]:
    for country in countries_within(projection.box):
        name = country["names"].get(words.spoken)
        if country["label"] and name:
            x, y = projection.x(country["label"][0]), projection.y(country["label"][1])
            if (label := room.label(name.upper(), x, y, gap=-len(name) * 2.9)) is not None:
                yield _text(label, "tl-country")


def _held(slug: str, shown: Telling) -> _Held:
    facility = shown.situation.facilities[slug]
    later = [entry.event for entry in shown.situation.possible if isinstance(entry.event, ControlChanged)]
    maybe = [event.authority or NOBODY for event in later if event.facility == slug and event.role == "control"]
    return _Held(facility.holder("control"), maybe[-1] if maybe else None, bool(facility.contested))


def _paint(holder: Any, colours: Colours) -> str | None:
    return colours.get(str(holder)) if isinstance(holder, str) else None


def _said(slug: str, held: _Held, words: Words) -> str:
    holder = words("nobody") if held.holder is NOBODY else words.name(held.holder) if held.holder else words("unknown")
    return f"{words.name(slug)}: {holder}" + (f" ({words('contested')})" if held.contested else "")


def _dots(
    spots: Mapping[str, tuple[float, float]], shown: Telling, words: Words, given: Colours | None
) -> Iterator[Html]:
    colours = shown.colours(given)
    for slug, (x, y) in spots.items():
        held = _held(slug, shown)
        kind = "tl-nobody" if held.holder is NOBODY else "tl-held" if held.holder else "tl-unknown"
        marks = [
            tag("title", _said(slug, held, words)),
            tag("circle", r=f"{_DOT}", cls=kind, fill=_paint(held.holder, colours)),
        ]
        if held.maybe is not None:
            marks.append(tag("path", d=_half(_DOT), cls="tl-maybe", fill=_paint(held.maybe, colours) or "none"))
        if held.contested:
            marks.append(tag("circle", r=f"{_DOT + 2.4}", cls="tl-contested"))
        yield tag("g", *marks, transform=f"translate({x:.1f},{y:.1f})")


def _half(radius: float) -> str:
    return f"M0,{radius} A{radius},{radius} 0 0 0 0,-{radius}Z"


def _areas(
    places: Mapping[str, Place], shown: Telling, words: Words, given: Colours | None, projection: MapProjection
) -> Iterator[Html]:
    colours = shown.colours(given)
    for slug, place in areas_of(shown, places).items():
        held = _held(slug, shown)
        at = {"cx": f"{projection.x(place.longitude):.1f}", "cy": f"{projection.y(place.latitude):.1f}"}
        radius = f"{AREAS[place.precision] * projection.km:.1f}"
        paint = _paint(held.holder, colours)
        yield tag(
            "circle",
            tag("title", _said(slug, held, words)),
            r=radius,
            cls="tl-area",
            fill=paint,
            stroke=paint,
            **at,
        )


def _names(
    spots: Mapping[str, tuple[float, float]],
    areas: Mapping[str, Place],
    words: Words,
    projection: MapProjection,
    room: Room,
) -> Iterator[Html]:
    for slug, (x, y) in spots.items():
        if (label := room.label(main_name(words.name(slug), slug), x, y)) is not None:
            yield _text(label, "tl-name")
    for slug, place in areas.items():
        at = projection.x(place.longitude), projection.y(place.latitude)
        if (label := room.label(main_name(words.name(slug), slug), *at)) is not None:
            yield _text(label, "tl-name")


def main_name(name: str, slug: str = "") -> str:
    """Return a name without what only describes it; a slug that tells two of one name apart stays.

    >>> main_name("Rabia / al-Yarubiyah (Tal Kocher)"), main_name("County Jail, Utah (wash)", "wash")
    ('Rabia', 'County Jail (wash)')
    """
    apart = f" ({slug})" if slug and name.endswith(f" ({slug})") else ""
    return name.partition(" (")[0].partition(",")[0].partition(" / ")[0] + apart


def _text(label: Any, kind: str) -> Html:
    anchor = {"text-anchor": label.anchor, "direction": "ltr"}
    return tag("text", label.text, x=f"{label.x:.1f}", y=f"{label.y:.1f}", cls=kind, **anchor)


def _key(spots: Iterable[str], shown: Telling, words: Words, given: Colours | None, y: float) -> Iterator[Html]:
    """Draw the colours of the holders, and the signs that occur."""
    colours, held = shown.colours(given), [_held(slug, shown) for slug in spots]
    holders = {holder for h in held for holder in (h.holder, h.maybe) if isinstance(holder, str)}
    signs: list[tuple[str, str, str | None]] = [(words.name(h), "tl-held", colours.get(h)) for h in sorted(holders)]
    signs += [(words("nobody"), "tl-nobody", None)] * any(h.holder is NOBODY for h in held)
    signs += [(caption_text(words, "not_known"), "tl-unknown", None)] * any(h.holder is None for h in held)
    signs += [(caption_text(words, "maybe"), "tl-half", None)] * any(h.maybe is not None for h in held)
    x = 8.0
    for text, kind, paint in signs:
        mark = (
            tag("path", d=_half(4.5), cls="tl-maybe tl-half")
            if kind == "tl-half"
            else tag("circle", r="4.5", cls=kind, fill=paint)
        )
        yield tag("g", mark, tag("text", text, x="9", y="4", cls="tl-axis"), transform=f"translate({x:.0f},{y:.0f})")
        x += 26 + len(text) * 6.2


def _foot(absent: Iterable[str], shown: Telling, words: Words, projection: MapProjection) -> Iterator[Html]:
    """Write what is not drawn, and the clocks."""
    listed = list(dict.fromkeys(main_name(words.name(slug), slug) for slug in absent))
    some = _fitting(listed, words, projection.width / _LETTER - 24)
    lines = [caption_text(words, "not_drawn", places=some)] if listed else []
    lines.append(f"{clocks(shown.situation, words)}. {caption_text(words, 'outlines')}")
    start = {"x": f"{projection.width:.0f}", "direction": "rtl"} if words.spoken == "ar" else {"x": "0"}
    for n, line in enumerate(lines):
        yield tag("text", line, y=f"{projection.height + 64 + n * 16:.0f}", cls="tl-axis", **start)


def _fitting(listed: Sequence[str], words: Words, letters: float) -> str:
    """Write as many names as fit in a line, and how many more there are."""
    comma, many = "، " if words.spoken == "ar" else ", ", len(listed)
    while many > 1 and len(comma.join(listed[:many])) > letters:
        many -= 1
    return comma.join(listed[:many]) + (f" +{len(listed) - many}" if many < len(listed) else "")
