"""What the command-line tests share with the journeys: homeservers and installations."""

from tests.support.park import park

__all__ = ["park"]
