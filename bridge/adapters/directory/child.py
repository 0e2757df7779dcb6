"""The process in which a large directory is read: a pickled source on standard input, its answer on standard output.

Started by ``apart`` alone.
"""

import gc
import pickle
import sys

from bridge.adapters.directory.apart import pieces_of


def main() -> None:
    """Read once, then end."""
    gc.disable()  # millions of values and no garbage: collecting would cost a third of the time
    source = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 - written by our own parent, over a pipe
    sys.stdout.buffer.writelines(pieces_of(source))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
