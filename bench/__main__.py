"""``make bench``: everything that performance claims rest on. ``python -m bench NAME …`` runs only those named."""

import subprocess
import sys
from typing import Final

BENCHES: Final = {
    "ingestion": ["-m", "bench.ingestion"],
    "planning": ["-m", "bench.planning"],
    "applying": ["-m", "bench.applying"],
    "applying-join": ["-m", "bench.applying", "--join"],
}


def main() -> int:
    """Run those named on the command line, or all; 0 when every one could be run."""
    wanted = sys.argv[1:] or list(BENCHES)
    unknown = sorted(set(wanted) - BENCHES.keys())
    if unknown:
        print(f"There is no bench {', '.join(unknown)}; there are: {', '.join(BENCHES)}.", file=sys.stderr)
        return 2
    failed = [name for name in wanted if subprocess.run([sys.executable, *BENCHES[name]], check=False).returncode]
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
