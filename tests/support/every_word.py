"""Imports all that any word of the command line needs. For ``preloaded``."""

from importlib import import_module

from bridge.app.cli import WORDS

BOTS = ("bots.admin.bot", "bots.onboarding.bot", "bots.digest.bot")

for name in (*(place.partition(":")[0] for place in WORDS.values()), *BOTS):
    import_module(name)
