"""Maps of the places of a timeline, for pages and pictures."""

from timeline.display.maps.drawing import Map, draw
from timeline.display.maps.placed import map_data

__all__ = ["Map", "draw", "map_data"]
