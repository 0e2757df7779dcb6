"""What every signal counts. The file that is shipped is read by ``adapters.ranking``; this says what must be in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bridge.rules.ranking.signals import KNOWN, NEW, OF_GROUP, OF_THREAD, Signals


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """A weight for each signal, in the order of ``signals``: the three parts of ``NEW``, and ``KNOWN``.

    ``written`` is added where the reader has written before, which makes both kinds comparable. Taken off for each
    thread that was already picked: ``same_group`` where it is of the same group, ``again`` where the reader has written
    in both.
    """

    of_thread: Signals
    of_group: Signals
    of_reader: Signals
    known: Signals
    written: float
    same_group: float
    again: float

    @property
    def new(self) -> Signals:
        """The weights of ``signals.NEW``."""
        return self.of_thread + self.of_group + self.of_reader


def weights_of(tree: Mapping[str, Any]) -> Weights:
    """From ``{"new": {signal: {"weight": …}}, "known": {…}, "written": {…}, "same_group": {…},
    "again": {…}}``.

    Raises ``ValueError`` when a signal is missing or unknown: the file and the code were not changed together.
    """
    new = _in_order(tree["new"], NEW)
    thread, group = len(OF_THREAD), len(OF_THREAD + OF_GROUP)
    return Weights(
        of_thread=new[:thread],
        of_group=new[thread:group],
        of_reader=new[group:],
        known=_in_order(tree["known"], KNOWN),
        written=float(tree["written"]["weight"]),
        same_group=float(tree["same_group"]["weight"]),
        again=float(tree["again"]["weight"]),
    )


def _in_order(part: Mapping[str, Any], names: tuple[str, ...]) -> Signals:
    if part.keys() != set(names):
        raise ValueError(f"weights and signals differ: {', '.join(sorted(part.keys() ^ set(names)))}")
    return tuple(float(part[name]["weight"]) for name in names)
