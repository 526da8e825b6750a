"""The events and projections of your own: those of modules named by --with, and of installed packages.

A package is found by an entry point:

    [project.entry-points."timeline.domains"]
    tracker = "newsroom.tracker"

Importing a module declares its events; its projections are the `Projection` values among its names.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib import import_module
from importlib.metadata import entry_points
from types import ModuleType
from typing import Any

import click

from timeline.cli import out
from timeline.projections import BUILT_IN
from timeline.projections.projection import Projection

GROUP = "timeline.domains"
"""The group of entry points by which installed packages are found."""


def found(modules: Iterable[str]) -> tuple[Projection, ...]:
    """Import installed packages and the modules named; return their projections.

    A package that cannot be imported is named on stderr, and stops no command.

    Raises: click.UsageError for a module that cannot be imported.
    """
    loaded = [module for point in entry_points(group=GROUP) if (module := _installed(point)) is not None]
    loaded += [_named(name) for name in modules]
    own = (value for module in loaded for value in vars(module).values() if isinstance(value, Projection))
    return tuple({id(one): one for one in own if one not in BUILT_IN}.values())


def projections() -> tuple[Projection, ...]:
    """Return the projections of the command that runs."""
    context = click.get_current_context(silent=True)
    return () if context is None else context.find_root().obj or ()


def _installed(point: Any) -> ModuleType | None:
    try:
        module = point.load()
    except Exception as error:  # noqa: BLE001  # a package of others may raise anything
        out.complain(f"the package {point.value} was not loaded: {error}. Mend or uninstall it.")
        return None
    return module if isinstance(module, ModuleType) else None


def _named(name: str) -> ModuleType:
    if "" not in sys.path:
        sys.path.append("")  # an installed program does not look in the current folder; last, so that it hides nothing
    try:
        return import_module(name)
    except Exception as error:
        raise click.UsageError(
            f"--with {name} cannot be imported ({type(error).__name__}: {error}): expected a module that Python finds "
            "from this folder, such as newsroom.tracker."
        ) from error
