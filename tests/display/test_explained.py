"""Explanations of findings, in every language of the page."""

from __future__ import annotations

import re

import pytest
from attrs import asdict

from timeline.display.explained import explanations
from timeline.display.words import LANGUAGES
from timeline.history.finding_kinds import KINDS


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_is_explained(language):
    """Each kind of the library's has all four texts, in each language."""
    assert explanations(language).keys() == KINDS.keys()
    assert all(text for kind in explanations(language).values() for text in asdict(kind).values())


def test_the_same_code_is_named_in_arabic():
    """Latin letters stand in code only, and it is the code that the English text names."""
    for name, kind in explanations("ar").items():
        arabic = " ".join(asdict(kind).values())
        assert not re.search("[A-Za-z]", re.sub("`[^`]*`", "", arabic)), name
        assert set(re.findall("`[^`]*`", kind.remedy)) <= {
            "`cohort`",
            "`part_of`",
            *re.findall("`[^`]*`", KINDS[name].remedy),
        }
