"""What a command ends with, for scripts to tell apart."""

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

    DONE = 0, "It did what it was asked to do."
    FAILED = 1, "None of the below."
    USAGE = 2, "The command line cannot be understood."
    BAD_INPUT = 3, "A value, a row or a file is not what it should be; the good rows of an import are in."
    NOT_FOUND = 4, "There is no such log, file, entry or value."
    CONFLICT = 5, "The log holds something else, has moved on, or refuses what contradicts it."
    NOT_VERIFIED = 6, "What is stored does not fit its digests, or the seal."
    NO_LOG = 7, "The log cannot be opened or reached."
    MISSING_EXTRA = 8, "An optional part of the installation is missing."
    INTERRUPTED = 130, "Ctrl-C, as shells have it; `follow` takes it as its end instead, and is DONE."
    BROKEN_PIPE = 141, "Whoever read the output had enough, as shells have it."


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
    """The exit code for an error.

    >>> exit_of(errors.IdConflict("taken")), exit_of(errors.LogError("line 3 is not an entry", line=3))
    (<Exit.CONFLICT: 5>, <Exit.BAD_INPUT: 3>)
    """
    if isinstance(error, errors.LogError) and "line" in vars(error):
        return Exit.BAD_INPUT
    return next((code for kind, code in _CODES if isinstance(error, kind)), Exit.FAILED)
