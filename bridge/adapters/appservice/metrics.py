"""What the inbound endpoint counts, as Prometheus reads it. No label names a group, a room or a person, and nothing
that happens in hidden groups' rooms is counted (``bridge.services.counting``).
"""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from bridge.domain.secrecy import Standing, Verdict
from bridge.ports.store import InboxCounts

CONTENT_TYPE: Final = "text/plain"
SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """Counters in a registry of their own: two bridges in one process do not meet."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        transactions = Counter(
            "parvis_transactions",
            "Transactions pushed by the homeserver; of those that were read, those about open rooms.",
            ["outcome"],
            registry=self.registry,
        )
        self.accepted = transactions.labels("accepted")
        self.unauthorised = transactions.labels("unauthorised")
        self.malformed = transactions.labels("malformed")
        self.failed = transactions.labels("failed")
        self.events = Counter("parvis_events", "New events stored, of open rooms.", registry=self.registry)
        self.passed_over = Counter(
            "parvis_events_passed_over", "Events without event id or room id.", registry=self.registry
        )
        self.seconds = Histogram(
            "parvis_transaction_seconds",
            "From the whole body to stored, about open rooms.",
            buckets=SECONDS,
            registry=self.registry,
        )
        self._inbox = Gauge(
            "parvis_inbox", "Events stored and not handled, outside hidden rooms.", ["state"], registry=self.registry
        )

        self._checked = Gauge(
            "parvis_secrecy_checked_timestamp_seconds",
            "When the last secrecy check ended; 0 before the first.",
            registry=self.registry,
        )
        self._channels = Gauge(
            "parvis_secrecy_channels",
            "Channels of the last secrecy check, by the worst that was seen there.",
            ["verdict"],
            registry=self.registry,
        )
        self._failed = Gauge(
            "parvis_secrecy_failed", "1 if the last secrecy check could not be made.", registry=self.registry
        )
        self._unheard = Gauge(
            "parvis_secrecy_unheard", "1 if it raised an alarm and no room could take it.", registry=self.registry
        )

    def show(self, counts: InboxCounts, secrecy: Standing) -> bytes:
        """Everything in Prometheus' text format."""
        report = secrecy.report
        self._checked.set(report.at.timestamp() if report else 0)
        for verdict in Verdict:
            self._channels.labels(verdict).set(report.channels(verdict) if report else 0)
        self._failed.set(secrecy.failed is not None)
        self._unheard.set(secrecy.unheard)
        self._inbox.labels("waiting").set(counts.waiting)
        self._inbox.labels("retrying").set(counts.retrying)
        self._inbox.labels("set_aside").set(counts.set_aside)
        return generate_latest(self.registry)
