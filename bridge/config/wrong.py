"""The one exception of our own validators: pydantic collects it, ``complaints`` makes problems of it."""

from bridge.domain.messages import Message


class Wrong(ValueError):
    """A value that cannot be used, with the sentence that says why. The sentence never holds a secret."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message
