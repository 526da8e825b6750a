"""The pixels of a PNG file, read with nothing but the standard library."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

Pixel = tuple[int, int, int, int]


def pixels(png: bytes) -> Iterator[Pixel]:
    """Read every pixel of an 8-bit RGBA image as (red, green, blue, alpha), row by row."""
    width, height, depth, kind = struct.unpack(">IIBB", png[16:26])
    assert (depth, kind) == (8, 6), "an 8-bit RGBA image"
    packed, at = b"", 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        packed += png[at + 8 : at + 8 + length] if png[at + 4 : at + 8] == b"IDAT" else b""
        at += length + 12
    raw, step, above = zlib.decompress(packed), width * 4, bytes(width * 4)
    for row in range(height):
        start = row * (step + 1)
        above = _unfiltered(raw[start], raw[start + 1 : start + 1 + step], above)
        yield from zip(*[iter(above)] * 4, strict=True)  # type: ignore[arg-type]


def _unfiltered(kind: int, line: bytes, above: bytes) -> bytes:
    """Decode one row of pixels from its filtered bytes and the row above it."""
    found = bytearray(line)
    for n, up in enumerate(above):
        left, corner = (found[n - 4], above[n - 4]) if n >= 4 else (0, 0)
        near = (0, left, up, (left + up) // 2, _paeth(left, up, corner))[kind]
        found[n] = (found[n] + near) & 255
    return bytes(found)


def _paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    return min((left, up, corner), key=lambda near: abs(guess - near))
