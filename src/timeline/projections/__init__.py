"""The four projections of the library, built the way users build theirs."""

from timeline.projection import Projection
from timeline.projections.agreements import AGREEMENTS
from timeline.projections.border import BORDER
from timeline.projections.custody import CUSTODY
from timeline.projections.facilities import FACILITIES

BUILT_IN: tuple[Projection, ...] = (FACILITIES, CUSTODY, AGREEMENTS, BORDER)

__all__ = ["AGREEMENTS", "BORDER", "BUILT_IN", "CUSTODY", "FACILITIES"]
