"""Findings: what is not as it should be and cannot be put right by a plan alone."""

from dataclasses import dataclass

from bridge.domain.messages import Message


@dataclass(frozen=True, slots=True)
class Finding:
    """``kind`` is a stable word for machines; ``group`` a group's id when it concerns one (so the gate can judge)."""

    kind: str
    subject: str
    text: Message
    group: str | None = None
