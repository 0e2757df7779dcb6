"""The file of weights and the code that reads it belong together."""

import json
from importlib.resources import files

import pytest

from bridge.adapters.ranking import source
from bridge.rules.ranking.signals import KNOWN, NEW
from bridge.rules.ranking.weights import weights_of

TREE = json.loads(files("bridge.adapters.ranking").joinpath(source.FILE).read_text(encoding="utf-8"))


def test_every_weight_says_what_it_means() -> None:
    entries = [*TREE["new"].values(), *TREE["known"].values(), TREE["written"], TREE["same_group"], TREE["again"]]
    assert all(entry["means"] and isinstance(entry["weight"], float) for entry in entries)


def test_weights_stand_in_the_order_of_the_signals_whatever_that_of_the_file() -> None:
    turned = {**TREE, "new": dict(reversed(TREE["new"].items()))}
    assert weights_of(turned) == source.shipped_weights()
    assert source.shipped_weights().new[NEW.index("silence")] == TREE["new"]["silence"]["weight"]


@pytest.mark.parametrize("part", ["new", "known"])
def test_a_signal_without_a_weight_is_named(part: str) -> None:
    name = (NEW if part == "new" else KNOWN)[0]
    with pytest.raises(ValueError, match=name):
        weights_of({**TREE, part: {key: value for key, value in TREE[part].items() if key != name}})


def test_nothing_about_anybody_is_in_the_file() -> None:
    assert "@" not in json.dumps(TREE)
