"""Times in the reader's language. The EDTF text itself says the same, for those who can read it."""

from __future__ import annotations

import re

from timeline.display.language.forms import forms
from timeline.values.spoken import ENGLISH, Table, beginning_in_words, in_words, since_in_words
from timeline.values.when import When

_EXACT = re.compile(r"\d{4}-\d\d-\d\d(T[^/]*)?")


def spoken(when: When, language: str = "en") -> str:
    """Write a time in words.

    >>> spoken(When("2026-01-20/2026-02-12")), spoken(When("2026-01-20T09:30:00+03:00"))
    ('between 20 January 2026 and 12 February 2026', '20 January 2026, 09:30 (+03:00)')
    >>> spoken(When("2026-01-20~"), "ar")
    'نحو 20 كانون الثاني 2026'
    """
    return in_words(when, _table(language))


def is_exact(when: When) -> bool:
    """Tell whether a time is a day or an instant, and nothing about it is in doubt.

    >>> is_exact(When("2026-01-21")), is_exact(When("2026-01")), is_exact(When("2026-01-21~"))
    (True, False, False)
    """
    return _EXACT.fullmatch(when.text) is not None


def since(when: When, language: str = "en") -> str:
    """Write a beginning in words; one with an open start lies at its end or before."""
    return since_in_words(when, _table(language))


def beginning(when: When, language: str = "en") -> str:
    """Write a beginning in words, to stand behind *since*."""
    return beginning_in_words(when, _table(language))


def month_names(language: str = "en") -> list[str]:
    """Return the names of the months, from January on."""
    return list(_table(language)["months"])


def _table(language: str) -> Table:
    return ENGLISH if language == "en" else forms()["dates"][language]
