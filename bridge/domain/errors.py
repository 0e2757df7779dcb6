"""Errors with a kind, a sentence for people and, once logged, a reference that joins the two.

The kind decides what happens: temporary ones are retried, the others are told.
"""

from enum import StrEnum

from bridge.domain.messages import Message


class ErrorKind(StrEnum):
    """What may be done about an error."""

    TEMPORARY = "temporary"
    """Repeat later: the other side is down, slow or busy."""
    REFUSED = "refused"
    """The other side said no, and will say no again."""
    CONFLICT = "conflict"
    """The world moved meanwhile: look again, then decide again."""
    USAGE = "usage"
    """The person's words or files are wrong; the sentence says how to put them right."""
    BROKEN = "broken"
    """A fault of ours or of the machine: disk full, damaged store."""


class ParvisError(Exception):
    """What every error that we raise on purpose is made of.

    ``message`` is for people; ``detail`` is for the log alone and may name what people must not see.
    """

    kind: ErrorKind = ErrorKind.BROKEN

    def __init__(self, message: Message, *, detail: str = "", kind: ErrorKind | None = None) -> None:
        super().__init__(str(message))
        self.message = message
        self.detail = detail
        if kind is not None:
            self.kind = kind


def only_ours(group: BaseExceptionGroup[BaseException]) -> ParvisError | None:
    """The first error of tasks that failed side by side, when all of them are ours; None when another is among them."""
    ours, others = group.split(ParvisError)
    if ours is None or others is not None:
        return None
    first: BaseException = ours
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    return first if isinstance(first, ParvisError) else None


class InputError(ParvisError):
    """Words or files of a person that cannot be used."""

    kind = ErrorKind.USAGE


class HomeserverError(ParvisError):
    """The homeserver did not do what was asked.

    ``errcode`` is Matrix's own (``M_FORBIDDEN``), ``status`` HTTP's (0 when no answer came).
    ``certain`` is false when the request may have taken effect all the same.
    """

    def __init__(
        self,
        message: Message,
        *,
        kind: ErrorKind,
        status: int = 0,
        errcode: str = "",
        certain: bool = True,
        detail: str = "",
    ) -> None:
        super().__init__(message, detail=detail, kind=kind)
        self.status = status
        self.errcode = errcode
        self.certain = certain


class StoreError(ParvisError):
    """The database cannot be used: locked, read-only, full, damaged, or of a newer version."""
