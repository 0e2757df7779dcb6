"""What the journeys share: homeservers, and companies with a bridge on them."""

from tests.support.park import park

__all__ = ["park"]
