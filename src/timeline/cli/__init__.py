"""The command line: the library's words as commands.

    exits      exit codes
    logs       opening the log that an argument names
    out        output: tables or JSON, progress, errors
    shapes     values as JSON
    options    options of several commands
    asking     show, why, findings, diff, replay
    recording  demo, record
    importing  import
    keeping    verify, follow, copy
    sending    export, page
    app        all commands together, and their errors

The commands contain no rules of their own. Each opens a log, asks the library and prints the answer.
"""

from __future__ import annotations

import sys

from timeline.cli.exits import Exit
from timeline.errors import MissingExtra
from timeline.extras import needs


def main() -> None:
    """Run the program `timeline`; without the extra `cli`, print what to install."""
    try:
        with needs("cli"):
            from timeline.cli.app import run
    except MissingExtra as error:
        print(error, file=sys.stderr)  # noqa: T201  # there is nothing else to print with
        sys.exit(Exit.MISSING_EXTRA)
    sys.exit(run(sys.argv[1:]))
