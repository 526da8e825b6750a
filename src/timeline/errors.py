"""Every error this library raises, in one tree.

    TimelineError
    ├── InvalidValue (also a ValueError)   a value cannot be what it claims to be
    │   ├── InvalidWhen                    a time
    │   ├── InvalidQuantity                a number of people, or of anything else
    │   ├── InvalidReport                  an attribution
    │   ├── InvalidEvent                   an event, or the declaration of an event type
    │   ├── InvalidDraft                   a draft of an entry
    │   ├── InvalidProof                   a seal, a signature, or a proof of what is on the log
    │   └── EditorialRefused               an editorial entry that cannot take effect
    │       └── UnknownTarget              it names an entry that is not on the log
    ├── UnknownName (also a KeyError)      a question names an entity that no entry on the log names
    ├── ProjectionFailed                   a projection of yours raised, and cannot answer
    ├── IllegalTransition                  strict mode: the batch contradicts what is known
    ├── CannotRead (also an OSError)       a file was not opened, or not read to its end
    │   └── FileMissing                     it is not there (also a FileNotFoundError)
    ├── MissingExtra                       an optional part is not installed
    └── LogError                           the log, or the file it lives in
        ├── ConcurrencyConflict            somebody else appended first
        ├── IdConflict                     the id is taken by other content
        ├── TamperedLog                    stored bytes do not fit their digests
        ├── LogClosed                      the log was closed before
        ├── LogUnreachable                 its server does not answer
        └── CannotOpen                     the file was left as it was
            ├── NotATimeline               it holds something else
            ├── NewerFormat                a newer version of this library wrote it
            ├── ReadOnlyLog                it may not be written
            └── DamagedLog                 the storage engine cannot read it

A message says what was found, what was expected and what to do. The same facts are attributes of
the error, and every error survives pickling. Sources that contradict one another raise nothing:
they become findings.
"""

from __future__ import annotations

from linecache import getline
from traceback import walk_tb
from typing import Any


class _OneLine:
    """An error that a notebook shows without its traceback, since its message says all that the user needs.

    `traceback.print_last()` prints the whole.
    """

    def _render_traceback_(self) -> list[str]:
        """Return the lines that IPython prints: the line of the cell, and the message."""
        return [*_line_of_cell(self), f"{type(self).__name__}: {self}"]


def _line_of_cell(error: Any) -> list[str]:
    """Return the line of the user's own cell that led to an error; none outside a notebook."""
    frames = walk_tb(error.__traceback__)
    cells = [
        (frame.f_code.co_filename, line) for frame, line in frames if frame.f_globals.get("__name__") == "__main__"
    ]
    found = getline(*cells[-1]).strip() if cells else ""
    return [f"line {cells[-1][1]}: {found}"] if found else []


class TimelineError(Exception):
    """The root of the tree: catch this to catch everything the library raises on purpose.

    >>> try:
    ...     raise IdConflict("taken", id="e1")
    ... except TimelineError as error:
    ...     error.id
    'e1'
    """

    def __init__(self, message: str, **data: Any) -> None:
        super().__init__(message)
        self._data = data
        self.__dict__.update(data)

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), str(self), self._data)

    def __getattr__(self, name: str) -> Any:
        """Say that the error does not carry this attribute; Python calls this only for missing ones."""
        raise AttributeError(f"{type(self).__name__} carries no {name!r}")


def _rebuild(kind: type[TimelineError], message: str, data: dict[str, Any]) -> TimelineError:
    return kind(message, **data)


class InvalidValue(TimelineError, ValueError, _OneLine):
    """A value cannot be what it claims to be. Carries `value`, and often `path`."""


class InvalidWhen(InvalidValue):
    """A time that is impossible, ambiguous, or would need an invented precision."""


class InvalidQuantity(InvalidValue):
    """A quantity that is negative, not whole, out of order, or of another unit."""


class InvalidReport(InvalidValue):
    """An attribution with a missing source or a rating off the Admiralty scales."""


class InvalidEvent(InvalidValue):
    """A field of an event holds a value that it cannot hold, or an event type is declared wrongly."""


class InvalidDraft(InvalidValue):
    """A draft that is not an event with times, reports and references."""


class InvalidProof(InvalidValue):
    """A seal, signature or proof that cannot be read, or does not prove what it claims."""


class EditorialRefused(InvalidValue):
    """An editorial entry that cannot take effect. Carries `target`."""


class UnknownTarget(EditorialRefused):
    """It names an entry that is not on the log. Carries `target`."""


class UnknownName(TimelineError, KeyError, _OneLine):
    """A question or path names an entity that no entry on the log names. Carries `kind` and `name`."""

    def __str__(self) -> str:
        return str(self.args[0])


class NotInSituation(KeyError, _OneLine):
    """A mapping of a situation has no such key within the cuts; like any mapping, it raises a KeyError."""

    def __str__(self) -> str:
        return str(self.args[0])


class ProjectionFailed(TimelineError):
    """A projection of yours raised, so it cannot answer; nothing else depends on it.

    Carries `projection`, its name, and `id` and `position` of the entry on which it raised, or None.
    """


class IllegalTransition(TimelineError, _OneLine):
    """Strict mode refused a batch, and nothing was appended. Carries `findings`."""


class CannotRead(TimelineError, OSError, _OneLine):
    """A file to read is a folder, or may not be read, or is cut off. Carries `path`."""


class FileMissing(CannotRead, FileNotFoundError):
    """A file to read is not there. Carries `path`."""


class MissingExtra(TimelineError, _OneLine):
    """An optional part is not installed; the message says how to install it."""


class LogError(TimelineError, _OneLine):
    """Something about the log itself, or about where it is kept."""


class ConcurrencyConflict(LogError):
    """A matching entry was appended after the expected position. Carries `expected` and `found` (positions)."""


class IdConflict(LogError):
    """The id is taken by an entry with other content. Carries `id` and `position`."""


class TamperedLog(LogError):
    """Stored bytes do not fit their digests. Carries `position`, the first that does not."""


class LogClosed(LogError):
    """The log was closed before this call."""


class LogUnreachable(LogError):
    """The server of the log does not answer, even after several tries."""


class CannotOpen(LogError):
    """The log could not be opened, and the file was left as it was. Carries `path`."""


class NotATimeline(CannotOpen):
    """The file holds something else."""


class NewerFormat(CannotOpen):
    """A newer version of this library wrote the file. Carries `found` and `known`."""


class ReadOnlyLog(CannotOpen):
    """The file, or its directory, may not be written."""


class DamagedLog(CannotOpen):
    """The storage engine cannot read the file."""
