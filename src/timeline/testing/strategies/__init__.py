"""Strategies for Hypothesis: times, quantities, reports, events of any type, drafts, entries, histories.

They draw from few names and few days, so that events meet. Values shrink to little, and print as the Python
that builds them.
"""

from timeline.extras import needs as _needs

with _needs("testing"):
    import hypothesis  # noqa: F401 - so that what is missing is said at once

from hypothesis import strategies as _st
from hypothesis.strategies import SearchStrategy as _SearchStrategy

from timeline.testing.code import as_code
from timeline.testing.strategies.chronicle import START, Chronicle
from timeline.testing.strategies.coherent import coherent_histories
from timeline.testing.strategies.events import events
from timeline.testing.strategies.histories import adversarial_histories, drafts, entries, judgements, messy_histories
from timeline.testing.strategies.values import (
    FEW,
    HOSTILE,
    ORDINARY,
    Values,
    quantities,
    reports,
    slugs,
    texts,
    whens,
)

__all__ = [
    "FEW",
    "HOSTILE",
    "ORDINARY",
    "START",
    "Chronicle",
    "Values",
    "adversarial_histories",
    "as_code",
    "coherent_histories",
    "drafts",
    "entries",
    "events",
    "histories",
    "judgements",
    "messy_histories",
    "quantities",
    "reports",
    "slugs",
    "texts",
    "whens",
]


def histories() -> _SearchStrategy[Chronicle]:
    """Draw any history: messy, coherent or adversarial."""
    return _st.one_of(messy_histories(), coherent_histories(), adversarial_histories())
