"""Labels beside dots: where each finds room."""

from __future__ import annotations

from typing import NamedTuple

_LETTER, _LINE = 5.8, 12


class Label(NamedTuple):
    """A text at a point, and how it is anchored there."""

    text: str
    x: float
    y: float
    anchor: str


class Room:
    """The free room of a picture."""

    def __init__(self, width: float, height: float) -> None:
        self._size = width, height
        self._taken: list[tuple[float, float, float, float]] = []

    def take(self, x: float, y: float, reach: float) -> None:
        """Take the room of a dot."""
        self._taken.append((x - reach, y - reach, x + reach, y + reach))

    def label(self, text: str, x: float, y: float, gap: float = 8) -> Label | None:
        """Find room for a text beside a point: right, left, above or below; None where there is none."""
        wide = len(text) * _LETTER
        for label, box in (
            (Label(text, x + gap, y + 4, "start"), (x + gap, y - 6, x + gap + wide, y + 6)),
            (Label(text, x - gap, y + 4, "end"), (x - gap - wide, y - 6, x - gap, y + 6)),
            (Label(text, x, y - gap - 1, "middle"), (x - wide / 2, y - gap - _LINE, x + wide / 2, y - gap)),
            (Label(text, x, y + gap + 9, "middle"), (x - wide / 2, y + gap, x + wide / 2, y + gap + _LINE)),
        ):
            if self._is_free(box):
                self._taken.append(box)
                return label
        return None

    def apart(self, x: float, y: float, reach: float) -> tuple[float, float]:
        """Return a point near a point at which a dot covers no other dot."""
        from_x, from_y, turn = x, y, 0
        while turn < 40 and not self._is_clear(from_x, from_y, reach):
            turn += 1
            away = 3 + turn * 0.9
            from_x, from_y = x + away * _COS[turn % 8], y + away * _COS[(turn + 6) % 8]
        return from_x, from_y

    def _is_clear(self, x: float, y: float, reach: float) -> bool:
        dots = (((a + c) / 2, (b + d) / 2) for a, b, c, d in self._taken)
        return all((x - a) ** 2 + (y - b) ** 2 >= (2 * reach) ** 2 for a, b in dots)

    def _is_free(self, box: tuple[float, float, float, float]) -> bool:
        left, top, right, bottom = box
        if left < 0 or top < 0 or right > self._size[0] or bottom > self._size[1]:
            return False
        return all(right <= a or left >= c or bottom <= b or top >= d for a, b, c, d in self._taken)


_COS = (1.0, 0.7071, 0.0, -0.7071, -1.0, -0.7071, 0.0, 0.7071)
"""The cosine of each eighth of a turn."""
