"""The commands together, and what becomes of errors."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO
from pathlib import Path

import click

from timeline.cli import asking, domains, importing, judging, keeping, out, recording, sending
from timeline.cli.exits import Exit, exit_of
from timeline.errors import TimelineError


class _Story(click.Group):
    """A group that lists its commands in the order in which people need them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click gives it
        return list(self.commands)


@click.group(cls=_Story, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="incident-timeline", message="%(version)s")
@click.option("--with", "modules", multiple=True, metavar="MODULE", help="A module of your own events and projections.")
@click.pass_context
def cli(context: click.Context, modules: tuple[str, ...]) -> None:
    """Publicly reported incidents on three clocks: occurred, reported, recorded.

    LOG is a path, sqlite:///path, postgresql://user@host/database or nats://host/stream; :memory: keeps nothing.
    Times are in EDTF: 2026-01-21, 2026-01, 2026-01-21T09:00:00Z.

    \b
    Example:
      timeline demo incidents.db
      timeline show incidents.db --at 2026-01-25
      timeline --with newsroom.tracker show tracker.db deals
    """
    context.obj = domains.found(modules)


for command in (
    recording.demo, recording.record, importing.import_, asking.show, asking.tell, asking.replay, asking.diff,
    asking.why, asking.findings, judging.judge, judging.entities, keeping.verify, keeping.evidence, keeping.follow,
    keeping.copy, sending.export, sending.page, keeping.schema,
):  # fmt: skip
    cli.add_command(command)


def _said(error: OSError) -> str:
    """Tell what the system refused, and which folder is missing."""
    if not isinstance(error.filename, str):
        return str(error)
    folder = Path(error.filename).parent
    if isinstance(error, FileNotFoundError) and not folder.exists():
        return f"{error.filename} cannot be written or read: there is no folder {folder}. Make it first."
    return f"{error.filename}: {error.strerror}"


def run(arguments: Sequence[str]) -> int:
    """Run a command line, and return its exit code; print an error of the library as one line on stderr."""
    out.any_encoding()
    try:
        return int(cli.main(list(arguments), prog_name="timeline", standalone_mode=False) or Exit.DONE)
    except click.ClickException as error:
        told = StringIO()
        error.show(told)
        out.complain(told.getvalue().rstrip("\n"))
        if isinstance(error, click.NoSuchOption) and error.option_name == "--with":
            out.complain("Write --with before the command: timeline --with MODULE COMMAND …")
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return Exit.INTERRUPTED
    except OSError as error:
        out.complain(f"Error: {_said(error)}")
        return exit_of(error)
    except TimelineError as error:
        out.complain(f"Error: {error}")
        return exit_of(error)
    finally:
        out.clear()
