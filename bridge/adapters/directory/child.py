"""The process in which a large directory is read: a pickled source on standard input, an ``Answer`` on standard output.

Started by ``apart`` alone.
"""

import gc
import pickle
import sys

from bridge.adapters.directory.apart import answer_of


def main() -> None:
    """Read once, then end."""
    gc.disable()  # millions of values and no garbage: collecting would cost a third of the time
    source = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 - written by our own parent, over a pipe
    pickle.dump(answer_of(source), sys.stdout.buffer, protocol=pickle.HIGHEST_PROTOCOL)


if __name__ == "__main__":
    main()
