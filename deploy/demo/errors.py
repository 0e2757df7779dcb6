"""What can go wrong in the demo, each with a sentence for the person who watches."""

from bridge.domain.messages import Text


class DemoError(Exception):
    """The demo itself cannot go on: something does not start."""


class Unmet(Exception):
    """A step of the story did not come true; ``text`` says what was wrong."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def expect(condition: bool, en: str, fr: str) -> None:
    """Go on only if this holds; the sentences say what is wrong when it does not."""
    if not condition:
        raise Unmet(Text(en=en, fr=fr))
