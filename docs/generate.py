"""Rewrites the sections of the documentation that are drawn from the code.

    python docs/generate.py            write them
    python docs/generate.py --check    only say which are out of date

A section stands between `<!-- generated: name -->` and `<!-- end -->`.
"""

from __future__ import annotations

import inspect
import json
import re
import sys
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import attrs
import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from timeline import Draft, MemoryLog, Quantity, Report, When
from timeline.cli.app import cli
from timeline.cli.exits import Exit
from timeline.events import agreement, border, custody, editorial, entity, facility
from timeline.events.declare import PERSONAL, PERSONAL_DATA, PERSONS, EventType, registered_types
from timeline.events.fields import Unit
from timeline.events.naming import type_name
from timeline.exchange.frames import SCHEMAS
from timeline.history.finding_kinds import KINDS
from timeline.history.policies import POLICIES
from timeline.log import codec, merkle, proofs
from timeline.log.schema import schema
from timeline.log.signing import sign
from timeline.log.stored import Stored
from timeline.projections import agreements as agreements_view
from timeline.projections import border as border_view
from timeline.projections import facilities as facilities_view
from timeline.projections import operations as operations_view
from timeline.projections.flows import RESERVED
from timeline.projections.lifecycle import Lifecycle
from timeline.values.entities import Slug
from timeline.values.instants import microseconds, stamp

DOCS = Path(__file__).parent
SCHEMA = DOCS.parent / "src" / "timeline" / "data" / "schema.json"
VOCABULARY = (facility, custody, agreement, border, entity, editorial)
LIFECYCLES = (
    facilities_view.STATUS,
    operations_view.OPERATION,
    agreements_view.AGREEMENT,
    agreements_view.COMMITMENT,
    border_view.CROSSING,
)
_SECTION = re.compile(r"(<!-- generated: ([\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def render(text: str) -> str:
    """Render a page with every generated section rewritten."""
    return _SECTION.sub(lambda match: f"{match[1]}\n{SECTIONS[match[2]]()}\n\n{match[3]}", text)


# -- events ------------------------------------------------------------------------------------------


def events() -> str:
    """List every event of the vocabulary with its fields, by namespace."""
    blocks = []
    for module in VOCABULARY:
        name = module.__name__.rpartition(".")[2]
        rows = [_event(kind) for kind in registered_types() if kind.cls.__module__ == module.__name__]
        header = "| event | stored as | fields | what it says |\n|---|---|---|---|"
        blocks.append("\n".join([f"### Events: `{name}`", "", _first(inspect.getdoc(module)), "", header, *rows]))
    return "\n\n".join(blocks)


def _event(kind: EventType) -> str:
    hints = get_type_hints(kind.cls, include_extras=True)
    told = (field for field in attrs.fields(kind.cls) if field.name not in ("detail", "about"))
    fields = (_field(field, hints[field.name]) for field in told)
    return f"| `{kind.cls.__name__}` | `{kind.name}` | {', '.join(fields)} | {_first(inspect.getdoc(kind.cls))} |"


def _field(field: attrs.Attribute[Any], hint: Any) -> str:
    needed = "" if field.default is attrs.NOTHING else "?"
    return f"`{field.name}{needed}` {_holds(hint)}"


def _holds(hint: Any) -> str:
    """Describe the type of a field in a word or two."""
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        mark = next((mark for mark in args[1:] if isinstance(mark, Slug | Unit)), None)
        return mark.kind if isinstance(mark, Slug) else mark.name if isinstance(mark, Unit) else _holds(args[0])
    if origin in (Union, types.UnionType):
        return " or ".join(_holds(arg) for arg in args if arg is not type(None))
    if origin is Literal:
        return "(" + ", ".join(map(str, args)) + ")"
    if origin is tuple:
        return f"{_holds(args[0])} …"
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return f"{_holds(args[0])} → {_holds(args[1])}"
    return _WORDS.get(hint, getattr(hint, "__name__", str(hint)).lower())


_WORDS: dict[Any, str] = {str: "text", When: "when", Quantity: "quantity", Any: "event"}


# -- lifecycles --------------------------------------------------------------------------------------


def lifecycles() -> str:
    """Draw and write out every table of allowed transitions."""
    return "\n\n".join(f"### Statuses: {table.name}\n\n{diagram(table)}\n\n{_matrix(table)}" for table in LIFECYCLES)


def diagram(table: Lifecycle) -> str:
    """Draw a Mermaid state diagram; steps that change nothing appear only in the table."""
    free = _free(table)
    arrows: dict[tuple[str, str], list[str]] = {}
    for before, verb, after in table.arrows():
        if after is not None and before != after and not {before, after} <= free:
            start = "[*]" if before is None else _name(table) if before in free else before
            verbs = arrows.setdefault((start, _name(table) if before is None and after in free else after), [])
            if verb not in (*statuses(table), *verbs):
                verbs.append(verb)
    lines = ["```mermaid", "stateDiagram-v2"]
    if free:
        lines += [f"    state {_name(table)} {{", *(f"        {status}" for status in _ordered(table, free)), "    }"]
    lines += [f"    {a} --> {b}{' : ' + ', '.join(verbs) if verbs else ''}" for (a, b), verbs in arrows.items()]
    return "\n".join([*lines, "```"])


def _free(table: Lifecycle) -> set[str | None]:
    """Find statuses between which, and from which, the same steps are allowed: they are drawn as one box."""
    leads: dict[str, frozenset[Any]] = {}
    for status in statuses(table):
        leads[status] = frozenset(after for before, _, after in table.arrows() if before == status) | {status}
    groups: dict[frozenset[Any], set[str | None]] = {}
    for status, reached in leads.items():
        groups.setdefault(reached, set()).add(status)
    return next((group for reached, group in groups.items() if len(group) > 2 and group <= reached), set())


def _name(table: Lifecycle) -> str:
    return f"any_{table.name.split()[0]}_in_use"


def statuses(table: Lifecycle) -> list[str]:
    """List every status of a lifecycle, in the order of its table."""
    return list(dict.fromkeys(s for before, _, after in table.arrows() for s in (before, after) if s is not None))


def _ordered(table: Lifecycle, some: Iterable[str | None]) -> list[str]:
    return [status for status in statuses(table) if status in set(some)]


def _matrix(table: Lifecycle) -> str:
    columns: list[str | None] = [None, *statuses(table)]
    head = "| | " + " | ".join(f"*{column or 'not known'}*" for column in columns) + " |"
    rows = [
        f"| `{verb}` | " + " | ".join(_step(verb, moves, before) for before in columns) + " |"
        for verb, moves in table.moves.items()
    ]
    return "\n".join([head, "|---" * (len(columns) + 1) + "|", *rows])


def _step(verb: str, moves: Mapping[str | None, str | None], before: str | None) -> str:
    if before not in moves:
        return ""
    after = moves[before]
    return "=" if after == before or after is None else "✓" if after == verb else after


# -- the rest ----------------------------------------------------------------------------------------


def finding_kinds() -> str:
    """List the kinds of finding, each in one line."""
    rows = (f"| [`{name}`](findings.md#{name}) | {kind.meaning} |" for name, kind in KINDS.items())
    return "\n".join(["| kind | meaning |", "|---|---|", *rows])


def finding_kind(name: str) -> Callable[[], str]:
    """Explain one kind of finding, as the finding itself does."""
    kind = KINDS[name]
    return lambda: f"**It says:** {kind.says}\n\n**It matters:** {kind.matters}\n\n**What to do:** {kind.remedy}"


def policies() -> str:
    """List the named policies."""
    rows = (f"| `{name}` | {_first(inspect.getdoc(choose))} |" for name, choose in POLICIES.items())
    return "\n".join(["| policy | which claim is folded |", "|---|---|", *rows])


def words(names: Iterable[str]) -> Callable[[], str]:
    """List some names in order."""
    return lambda: ", ".join(f"`{name}`" for name in sorted(names)) + "."


def _first(doc: str | None) -> str:
    """Return the first sentence of a docstring, on one line."""
    paragraph = " ".join((doc or "").split("\n\n")[0].split())
    return re.split(r"(?<=[.?]) (?=[A-Z`(])", paragraph, maxsplit=1)[0] if paragraph else ""


# -- test vectors ------------------------------------------------------------------------------------


def vectors() -> str:
    """Write out a small log with fixed salts and times: every value, and the texts made from it."""
    log = MemoryLog()
    log.restore(_vector_rows())
    seals = [proofs.seal(log, size) for size in (2, 4)]
    key = Ed25519PrivateKey.from_private_bytes(_PUBLISHED_KEY)
    made = {
        "entries": [_vector(row) for row in log.stored()],
        "leaf_hashes": [node.hex() for node in merkle.hashes([row.leaf for row in log.stored()])],
        "seals": [str(seal) for seal in seals],
        "inclusion": [str(proofs.prove(log, id, seals[1])) for id in ("opened", "فرار")],
        "consistency": str(proofs.prove(log, seals[0], seals[1])),
        "public_key": key.public_key().public_bytes_raw().hex(),
        "signed_seal": str(sign(seals[1], key)),
    }
    return f"```json\n{json.dumps(made, indent=2, ensure_ascii=False)}\n```"


_PUBLISHED_KEY = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")


def _vector_rows() -> Iterator[Stored]:
    drafts = (
        Draft(border.CrossingOpened(crossing="al-qaim-bukamal-crossing"), occurred="2025-06", id="opened"),
        Draft(border.CrossingClosed(crossing="semalka-crossing"), reports=[Report("وكالة")], id="فرار"),
        Draft(border.CrossingClosed(crossing="al-qaim-bukamal-crossing"), after=["opened"], id="closed"),
        Draft(editorial.EventRedacted(target="فرار", reason="endangers a source"), id="erased"),
    )
    digest = b""
    for position, draft in enumerate(drafts, 1):
        salt, content = bytes([position]) * 16, codec.encode(draft)
        recorded = microseconds(datetime(2026, 3, 1, 9, position, tzinfo=timezone.utc))
        leaf = codec.leaf(salt, content, str(draft.id), recorded)
        digest = codec.digest(digest, leaf)
        name = type_name(draft.event)
        row = Stored(position, str(draft.id), name, recorded, salt, content, leaf, digest, draft.tags)
        yield row.erased() if draft.id == "فرار" else row


def _vector(row: Stored) -> dict[str, Any]:
    said = {} if row.redacted else {"salt": row.salt.hex(), "content": row.content.decode()}
    named = {"position": row.position, "id": row.id, "recorded_at": stamp(row.recorded)}
    return {**named, **said, "leaf": row.leaf.hex(), "digest": row.digest.hex()}


def columns() -> str:
    """List the columns of each table of frames, with their Arrow types."""
    rows = (
        f"| `{name}` | {', '.join(f'`{field.name}` {field.type}' for field in schema)} |"
        for name, schema in SCHEMAS.items()
    )
    return "\n".join(["| table | columns |", "|---|---|", *rows])


def commands() -> str:
    """List each command of the command line, with its arguments and options."""
    return "\n\n".join(_command(command) for command in cli.commands.values())


def _command(command: click.Command) -> str:
    assert command.help is not None
    said = inspect.cleandoc(command.help).partition("\b")[0].rstrip()
    usage = " ".join(["timeline", str(command.name), *command.collect_usage_pieces(click.Context(command))])
    rows = [f"| {_option(option)} | {option.help} |" for option in command.params if isinstance(option, click.Option)]
    return "\n".join([f"### {command.name}", "", f"`{usage}`", "", said, "", "| option | |", "|---|---|", *rows])


def _option(option: click.Option) -> str:
    match option.type:
        case click.Choice(choices=choices):
            taken = " " + ", ".join(f"`{choice}`" for choice in choices)
        case _:
            taken = "" if option.is_flag else f" {option.metavar or option.type.name.upper().removesuffix(' RANGE')}"
    return f"`{option.opts[0]}`{taken}"


def exits() -> str:
    """List the exit codes of commands."""
    return "\n".join(["| code | |", "|---|---|", *(f"| {code.value} | {code.meaning} |" for code in Exit)])


SECTIONS: dict[str, Callable[[], str]] = {
    "events": events,
    "statuses": lifecycles,
    "findings": finding_kinds,
    **{name: finding_kind(name) for name in KINDS},
    "policies": policies,
    "vectors": vectors,
    "personal": words(PERSONAL),
    "persons": words(PERSONS),
    "personal_data": words(PERSONAL_DATA),
    "reserved": words(RESERVED),
    "frames": columns,
    "commands": commands,
    "exits": exits,
}


def main(arguments: list[str]) -> int:
    """Write what is out of date, or with --check only name it."""
    checking = "--check" in arguments
    stale = 0
    for page in sorted(DOCS.glob("*.md")):
        text = page.read_text("utf-8")
        if (fresh := render(text)) != text:
            stale += 1
            print(f"{page.name} {'is out of date: run docs/generate.py' if checking else 'written'}")
            if not checking:
                page.write_text(fresh, "utf-8")
    stale += _write_schema(checking=checking)
    return int(checking and stale > 0)


def _write_schema(*, checking: bool) -> bool:
    """Write the JSON Schema of the vocabulary, which comes with the library and with the site."""
    modules = {module.__name__ for module in VOCABULARY}
    kinds = [kind for kind in registered_types() if kind.cls.__module__ in modules]
    text = json.dumps(schema(kinds), ensure_ascii=False, indent=1) + "\n"
    stale = not SCHEMA.exists() or SCHEMA.read_text("utf-8") != text
    if stale:
        print(f"{SCHEMA.name} {'is out of date: run docs/generate.py' if checking else 'written'}")
    if stale and not checking:
        SCHEMA.write_text(text, "utf-8")
    return stale


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
