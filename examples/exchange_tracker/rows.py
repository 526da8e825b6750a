"""The spreadsheet: rows as people keep them, with dates in four notations and numbers in words, in two languages."""

from pathlib import Path
from typing import Any

import attrs

from examples.exchange_tracker import events
from timeline import Quantity, Timeline, about, at_least, unspecified
from timeline.events import editorial
from timeline.exchange.cells import Cells
from timeline.exchange.loading import Loaded
from timeline.exchange.table import Column, RowMapping, dated, slugged, split
from timeline.exchange.table import load as load_table

_DATE = dated("%Y-%m-%d", "%d/%m/%Y", "%d %B %Y", "%B %Y")
_BOUNDS = {"at least ": at_least, "ما لا يقل عن ": at_least, "about ": about, "نحو ": about}

_ACTS: dict[str, Any] = {
    "corrects": lambda target, event: editorial.EventCorrected(target=target, replacement=event),
    "disputes": lambda target, event: editorial.EventDisputed(target=target, rival=event),
    "repeats": lambda target, _: editorial.EventCorroborated(target=target),
}


def number(text: str) -> Quantity:
    """Read a number as people write it: `12`, `20-24`, `at least 30`, `dozens`, `عشرات`.

    >>> print(number("at least 30"), number("نحو ٤٠"), number("dozens"))
    ≥30 ≈40 ?
    """
    for words, bound in _BOUNDS.items():
        if text.startswith(words):
            return bound(Quantity.parse(text.removeprefix(words)).low)
    return Quantity.parse(text) if any(map(str.isdecimal, text)) else unspecified(text)


def said(cells: Cells) -> Any:
    """Return what a row reports; an act on an earlier row where `act` names one."""
    kind = getattr(events, cells["kind"])
    fields = {
        "deal": slugged(cells["deal"]),
        "by": slugged(cells["by"]) or None,
        "parties": split(";", slugged)(cells["parties"]),
        "quantity": number(cells["number"]) if cells["number"] else None,
        "detail": cells["wording"],
    }
    event = kind(**{field.name: fields[field.name] for field in attrs.fields(kind) if field.name in fields})
    act, _, target = cells["act"].partition(" ")
    return _ACTS[act](target, event) if act else event


MAPPING = RowMapping(
    said,
    occurred=Column("date", _DATE),
    modality=Column("modality"),
    id=Column("id"),
    fulfils=Column("fulfils"),
    report={"source": Column("source"), "published": Column("published", _DATE), "quote": Column("wording")},
)


def load(line: Timeline) -> Loaded:
    """Record the rows; doing so again changes nothing."""
    return load_table(line, Path(__file__).with_name("rows.csv"), MAPPING)
