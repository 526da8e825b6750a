"""The exit codes of commands, for scripts."""

from __future__ import annotations

from enum import IntEnum
from typing import Self

from timeline import errors


class Exit(IntEnum):
    """The exit code of a command, and its meaning."""

    meaning: str

    def __new__(cls, code: int, meaning: str) -> Self:
        made = int.__new__(cls, code)
        made._value_ = code
        made.meaning = meaning
        return made

    DONE = 0, "The command succeeded."
    FAILED = 1, "Any other failure."
    USAGE = 2, "The command line is not valid."
    BAD_INPUT = 3, "A value, a row or a file is not valid; the good rows of an import are recorded."
    NOT_FOUND = 4, "The log, file, entry or value does not exist."
    CONFLICT = 5, "The log holds other content, has newer entries, or refuses a contradiction."
    NOT_VERIFIED = (
        6,
        "The stored entries do not match their digests or the seal, or copies their fingerprints.",
    )
    NO_LOG = 7, "The log cannot be opened or reached."
    MISSING_EXTRA = 8, "An optional part of the installation is missing."
    INTERRUPTED = 130, "Ctrl-C, by the convention of shells; `follow` ends with 0 instead."
    BROKEN_PIPE = 141, "The reader of the output closed it, by the convention of shells."


_CODES: tuple[tuple[type[Exception], Exit], ...] = (
    (errors.MissingExtra, Exit.MISSING_EXTRA),
    (errors.FileMissing, Exit.NOT_FOUND),
    (errors.CannotRead, Exit.BAD_INPUT),
    (errors.UnknownTarget, Exit.NOT_FOUND),
    (errors.UnknownName, Exit.NOT_FOUND),
    (errors.EditorialRefused, Exit.CONFLICT),
    (errors.IllegalTransition, Exit.CONFLICT),
    (errors.InvalidValue, Exit.BAD_INPUT),
    (errors.TamperedLog, Exit.NOT_VERIFIED),
    (errors.DamagedLog, Exit.NOT_VERIFIED),
    (errors.CannotOpen, Exit.NO_LOG),
    (errors.LogUnreachable, Exit.NO_LOG),
    (errors.LogError, Exit.CONFLICT),
    (FileNotFoundError, Exit.NOT_FOUND),
)


def exit_of(error: Exception) -> Exit:
    """Return the exit code for an error.

    >>> exit_of(errors.IdConflict("taken")), exit_of(errors.LogError("line 3 is not an entry", line=3))
    (<Exit.CONFLICT: 5>, <Exit.BAD_INPUT: 3>)
    """
    if isinstance(error, errors.LogError) and "line" in vars(error):
        return Exit.BAD_INPUT
    return next((code for kind, code in _CODES if isinstance(error, kind)), Exit.FAILED)
