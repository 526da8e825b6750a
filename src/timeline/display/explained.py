"""Explanations of each kind of finding, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import orjson

from timeline.display.web import static
from timeline.history.finding_kinds import KINDS, Kind


@cache
def explanations(language: str) -> Mapping[str, Kind]:
    """Return the explanation of each kind of finding in a language, `en` or `ar`.

    A kind that a projection of a user declares has none.

    >>> explanations("en")["total_fell"].meaning
    'a running total is lower than the one before'
    """
    if language == "en":
        return KINDS
    found = orjson.loads(static("explanations.json"))[language]
    return {kind: Kind(**texts) for kind, texts in found.items()}
