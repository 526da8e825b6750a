"""The command line: the library's words, typed.

    exits      what a command ends with
    logs       which log an argument means
    out        what is printed: tables or JSON, progress, errors
    shapes     values as JSON
    options    what several commands take
    asking     show, why, findings, diff, replay
    recording  demo, record
    importing  import
    keeping    verify, follow, copy
    sending    export, page
    app        the commands together, and what becomes of errors

Nothing here decides anything about timelines; it opens a log, asks the library and prints what it says.
"""

from __future__ import annotations

import sys

from timeline.cli.exits import Exit
from timeline.errors import MissingExtra
from timeline.extras import needs


def main() -> None:
    """The program `timeline`; without the extra `cli` it says what to install."""
    try:
        with needs("cli"):
            from timeline.cli.app import run
    except MissingExtra as error:
        print(error, file=sys.stderr)  # noqa: T201  # there is nothing else to print with
        sys.exit(Exit.MISSING_EXTRA)
    sys.exit(run(sys.argv[1:]))
