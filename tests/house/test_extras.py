"""Libraries that come with an extra: what is said where one is missing."""

import importlib
import sys

import pytest

from timeline.errors import MissingExtra
from timeline.extras import needs

PARTS = [
    ("postgres", "psycopg", "timeline.log.postgres.connection"),
    ("jetstream", "nats.aio.client", "timeline.log.jetstream.servers"),
    ("notebook", "vl_convert", "timeline.display.page.pictures"),
    ("signing", "cryptography.exceptions", "timeline.log.signing"),
]


@pytest.mark.parametrize(("extra", "library", "module"), PARTS)
def test_what_is_missing_is_said_with_how_to_get_it(monkeypatch, extra, library, module):
    """The library, and the extra that brings it."""
    monkeypatch.setitem(sys.modules, library, None)
    monkeypatch.delitem(sys.modules, module, raising=False)
    with pytest.raises(
        MissingExtra, match=rf'{library} is not installed.*pip install "incident-timeline\[{extra}\]"'
    ) as said:
        importlib.import_module(module)
    assert said.value.extra == extra


def test_a_library_that_is_not_whole_is_said_too():
    """psycopg without a wrapper of libpq, say: the first line of what it says, and how to get the rest."""
    with (
        pytest.raises(MissingExtra, match="^no pq wrapper available. Install it: pip install .*postgres"),
        needs("postgres"),
    ):
        raise ImportError("no pq wrapper available.\nAttempts made:")
