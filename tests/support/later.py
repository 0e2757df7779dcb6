"""The command line on another day: ``python -m tests.support.later --config FILE digest run``.

``PARVIS_LATER`` is the number of seconds by which the bridge's clock is ahead of the machine's. Homeservers keep the
real time, as they do where somebody waits for a week.
"""

import os
from datetime import UTC, datetime, timedelta
from typing import Final

from bridge.adapters.time import SystemClock
from bridge.app.cli import main

LATER: Final = "PARVIS_LATER"


def shift(seconds: float) -> None:
    """From now on the bridge's clock is ahead."""

    def now(_: SystemClock) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=seconds)

    setattr(SystemClock, "now", now)  # noqa: B010 - a method cannot be assigned to


if __name__ == "__main__":
    shift(float(os.environ[LATER]))
    main()
