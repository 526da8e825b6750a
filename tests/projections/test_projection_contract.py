"""The contract of projections: one suite, run against each of the library's, and one of a user's."""

from test_user_projections import ATTACKS, CHECKPOINTS, CheckpointAttacked, CheckpointCleared

from timeline.events import agreement, border, custody, entity, facility
from timeline.events.declare import registered_types
from timeline.projections.agreements import AGREEMENTS
from timeline.projections.border import BORDER
from timeline.projections.custody import CUSTODY
from timeline.projections.entities import ENTITIES
from timeline.projections.facilities import FACILITIES
from timeline.testing.projections import ProjectionContract
from timeline.testing.strategies import events


def of(*modules):
    """Draw events of these modules of the vocabulary."""
    names = {module.__name__ for module in modules}
    return events(*(kind.cls for kind in registered_types() if kind.cls.__module__ in names))


class TestFacilities(ProjectionContract):
    projection = FACILITIES
    events = of(facility)


class TestCustody(ProjectionContract):
    projection = CUSTODY
    events = of(custody, facility)


class TestAgreements(ProjectionContract):
    projection = AGREEMENTS
    events = of(agreement)


class TestBorder(ProjectionContract):
    projection = BORDER
    events = of(border, facility)


class TestEntities(ProjectionContract):
    projection = ENTITIES
    events = events(entity.EntityRegistered, facility.FacilityRegistered)


class TestCheckpoints(ProjectionContract):
    projection = CHECKPOINTS
    events = events(CheckpointAttacked, CheckpointCleared)


class TestAttacks(ProjectionContract):
    projection = ATTACKS
    events = events(CheckpointAttacked)
