"""A child that is killed before it answers."""

import os
import signal

os.kill(os.getpid(), signal.SIGKILL)
