"""``make bench``: what performance claims rest on, kept in ``docs/``. ``python -m bench NAME …`` runs only some."""

import sys
from typing import Final

from bench.recording import record

BENCHES: Final = {
    "ingestion": ["-m", "bench.ingestion"],
    "planning": ["-m", "bench.planning"],
    "looking": ["-m", "bench.looking"],
    "applying": ["-m", "bench.applying"],
    "applying-gathered": ["-m", "bench.applying", "--gather"],
    "applying-join": ["-m", "bench.applying", "--join"],
    "containment": ["-m", "bench.containment"],
    "welcome": ["-m", "bench.welcome"],
    "latency": ["-m", "bench.latency"],
    "events": ["-m", "bench.events"],
    "size": ["-m", "bench.size"],
    "digest": ["-m", "bench.digest"],
    "digest-scale": ["-m", "bench.digest.scale"],
    "ldap": ["-m", "bench.ldap"],
    "scim": ["-m", "bench.scim"],
}


def main() -> int:
    """Run those named on the command line, or all; 0 when every one could be run."""
    wanted = sys.argv[1:] or list(BENCHES)
    unknown = sorted(set(wanted) - BENCHES.keys())
    if unknown:
        print(f"There is no bench {', '.join(unknown)}; there are: {', '.join(BENCHES)}.", file=sys.stderr)
        return 2
    commands = {name: [sys.executable, *BENCHES[name]] for name in wanted}
    return 1 if record("bench" if len(wanted) == len(BENCHES) else f"bench-{'-'.join(wanted)}", commands) else 0


if __name__ == "__main__":
    sys.exit(main())
