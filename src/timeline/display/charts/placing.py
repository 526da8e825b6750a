"""Names beside points: where each finds room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from timeline.display.charts.base import Extent, Record

Place = tuple[int, int, str]
"""The distance of a name from its point, to the right and down in pixels, and the end by which it is aligned."""
Box = tuple[float, float, float, float]
"""The left, the top, the right and the bottom of a name or a line, in pixels."""
_LETTER, _LINE, _GAP = 5.6, 12, 8
_LONG = 30
"""The most letters of a name; longer ones end in an ellipsis."""
_SHIFTS = (-8, 9, -20, 21, -32, 33, -44, 45, -56, 57)


def placed(points: Sequence[Record], drawn: Extent, top: float, size: tuple[int, int]) -> list[Record]:
    """Return a record for each point that has a name: what stands beside it, and where.

    Points in one place share a name. Names keep clear of one another and of the lines of points. A
    name that finds no free room nearby stands where it would have stood first,
    over others: every point is named.
    """
    boxes = [_line(record, drawn, top, size) for record in points if record["level"] is not None]
    found: list[Record] = []
    for record, name, (x, y) in _shared(points, drawn, top, size):
        wide = len(name) * _LETTER
        spots = [(box, spot) for box, spot in _spots(x, y, wide, size) if _is_free(box, boxes)]
        box, spot = spots[0] if spots else next(_spots(x, y, wide, size))
        boxes.append(box)
        found.append({**record, "name": name, "placed": spot})
    return found


def _line(record: Record, drawn: Extent, top: float, size: tuple[int, int]) -> Box:
    """Return the box of the line over the time that a point may speak of."""
    left, right = (_across(drawn.clip(record[side]), drawn, size) for side in ("start", "end"))
    y = (1 - record["level"] / top) * size[1]
    return left, y - 1, right, y + 1


def _across(moment: float, drawn: Extent, size: tuple[int, int]) -> float:
    """Return the distance of a moment from the left, in pixels."""
    return (moment - drawn.start) / max(drawn.end - drawn.start, 1) * size[0]


def _shared(
    points: Sequence[Record], drawn: Extent, top: float, size: tuple[int, int]
) -> Iterator[tuple[Record, str, tuple[float, float]]]:
    """Yield one point for each place, with the names of all that stand there, and the place in pixels."""
    spots: dict[tuple[int, int], list[Record]] = {}
    for record in points:
        if record["level"] is not None:
            x = _across((drawn.clip(record["start"]) + drawn.clip(record["end"])) / 2, drawn, size)
            y = (1 - record["level"] / top) * size[1]
            spots.setdefault((round(x), round(y)), []).append(record)
    for spot, there in sorted(spots.items()):
        names = list(dict.fromkeys(record["sources"] for record in there))
        more = f" +{len(names) - 1}" if len(names) > 1 else ""
        yield there[0], _cut(names[0]) + more, spot


def _spots(x: float, y: float, wide: float, size: tuple[int, int]) -> Iterator[tuple[Box, Place]]:
    """Yield the boxes in which a name may stand, the best first."""
    for dy in _SHIFTS:
        middle = y + dy
        sides = [(x + _GAP, x + _GAP + wide, "left", _GAP), (x - _GAP - wide, x - _GAP, "right", -_GAP)]
        for left, right, align, dx in sides if x + _GAP + wide <= size[0] else sides[::-1]:
            if left >= 0 and right <= size[0] and 0 <= middle <= size[1]:
                yield (left, middle - _LINE / 2, right, middle + _LINE / 2), (dx, dy, align)
    yield (x, y, x + wide, y), (_GAP, 0, "left")


def _is_free(box: Box, boxes: Sequence[Box]) -> bool:
    left, top, right, bottom = box
    return all(right <= a or left >= c or bottom <= b or top >= d for a, b, c, d in boxes)


def _cut(text: str) -> str:
    return text if len(text) <= _LONG else text[: _LONG - 1].rstrip() + "…"
