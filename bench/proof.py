"""``make proof``: every test with many more examples, crashes and servers; the result goes into ``docs/proof.txt``."""

import os
import sys

from bench.recording import record


def main() -> int:
    """The exit code of the tests; further words go to pytest."""
    together = ["-n", os.environ.get("WORKERS", "2"), "--dist", "loadfile", "--no-loadscope-reorder"]
    command = [sys.executable, "-m", "pytest", "-q", "--durations=20", *together, *sys.argv[1:]]
    return 1 if record("proof", {"proof": command}, {"PARVIS_PROOF": "1"}) else 0


if __name__ == "__main__":
    sys.exit(main())
