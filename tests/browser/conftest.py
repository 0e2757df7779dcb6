"""Homeservers and installations for what is seen in a browser."""

from tests.support.park import park

__all__ = ["park"]
