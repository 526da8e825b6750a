"""Opening files that others made: their bytes, their encoding, and errors for files that are not text.

A byte order mark at the beginning gives the encoding of a text. It is not part of the text.
"""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import Any

from timeline.errors import CannotRead, FileMissing, InvalidValue

_HEAD = 64
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
"""Longer marks first: that of UTF-32 begins as that of UTF-16 does."""
_UNPACK = "Unpack it first."
_SAVE = "Save its sheet as CSV first."
_OTHERS = (
    (rb"PK\x03\x04", "a workbook or another zip archive", f"{_SAVE[:-7]}, or unpack it first."),
    (rb"\xd0\xcf\x11\xe0", "an old workbook", _SAVE),
    (rb"\x1f\x8b", "a gzip archive", _UNPACK),
    (rb"BZh[1-9]1AY&SY", "a bzip2 archive", _UNPACK),
    (rb"\xfd7zXZ\0", "an xz archive", _UNPACK),
    (rb"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
    (rb"\x28\xb5\x2f\xfd", "a zstd archive", _UNPACK),
    (rb"SQLite format 3\0", "a database", "To copy a log: timeline copy."),
    (rb"PAR1[\x00-\x1f]", "a Parquet file", "Write it as CSV first."),
    (rb"%PDF-", "a PDF document", "Write its table as CSV first."),
    (rb"\{\\rtf", "a text document (RTF)", "Save it as plain text first."),
    (rb"(?i)\s*<(!doctype|html|\?xml)", "a web page or XML", "Was it downloaded without signing in?"),
)
"""Files that are not text, recognised by their first bytes."""


def path_given(value: Any) -> Path:
    """Return a value as a path.

    Raises: InvalidValue for a value that cannot be a path.

    >>> path_given("census.csv").suffix
    '.csv'
    """
    try:
        path = Path(value)
    except TypeError:
        path = None
    if path is None or not str(value):
        raise InvalidValue(f"path is {value!r}: expected text or a Path, such as 'census.csv'.", value=value)
    if "\0" in str(path):
        raise InvalidValue(f"path is {str(path)!r}: expected one without a NUL character.", value=value)
    return path


@contextmanager
def opened_file(path: str | os.PathLike[str]) -> Iterator[BufferedReader]:
    """Open a text file to read its bytes once; a pipe will do.

    Raises: InvalidValue for an archive, a workbook and the like; FileMissing, CannotRead.
    """
    file = path_given(path)
    try:
        with file.open("rb") as found:
            _require_text(found.peek(_HEAD)[:_HEAD], file)
            yield found
    except FileNotFoundError as error:
        raise FileMissing(f"{file} is not there: expected a file to read. Mend the path.", path=str(file)) from error
    except OSError as error:
        raise CannotRead(
            f"{file} cannot be read ({error.strerror or error}): expected a file that this program may read.",
            path=str(file),
        ) from error


def marked(file: BufferedReader) -> str | None:
    """Return the encoding named by the byte order mark of a file; None without a mark."""
    head = file.peek(4)
    return next((encoding for mark, encoding in _MARKS.items() if head.startswith(mark)), None)


def without_mark(head: bytes, file: str) -> bytes:
    r"""Return the beginning of a UTF-8 text without its byte order mark.

    Raises: InvalidValue when the mark names another encoding.

    >>> without_mark(b"\xef\xbb\xbf{}", "a.json")
    b'{}'
    """
    for mark, encoding in _MARKS.items():
        if head.startswith(mark):
            if encoding != "utf-8-sig":
                raise InvalidValue(f"{file} is in {encoding.upper()}: expected UTF-8. Save it so, and read it again.")
            return head[len(mark) :]
    return head


def text(path: str | os.PathLike[str]) -> str:
    """Return a file as text, in the encoding named by its byte order mark, or else in UTF-8.

    Bytes that cannot be decoded become U+FFFD.

    Raises: InvalidValue when the file is not text, CannotRead.
    """
    with opened_file(path) as file:
        encoding = marked(file) or "utf-8"
        return file.read().decode(encoding, "replace")


def _require_text(head: bytes, file: Path) -> None:
    for begins, what, do in _OTHERS:
        if re.match(begins, head):
            raise InvalidValue(f"{file.name} is {what}: expected text. {do}", path=str(file))
