"""The weights of the digest's ranking as they are shipped, read from the file beside this one. Called by the wiring
and the bench.
"""

import json
from functools import cache
from importlib.resources import files
from typing import Final

from bridge.rules.ranking.weights import Weights, weights_of

FILE: Final = "weights.json"
"""Written by ``python -m bench.digest.learn``; says of every weight what it means."""


@cache
def shipped_weights() -> Weights:
    """The weights of the distribution."""
    return weights_of(json.loads(files(__package__).joinpath(FILE).read_text(encoding="utf-8")))
