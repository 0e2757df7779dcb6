"""How people's accounts are found where the directory does not name them, as config.yaml says it. For ``settings``."""

import string
from typing import Annotated

from pydantic import BeforeValidator, ValidationInfo, field_validator

from bridge.config.sections import Section, text
from bridge.config.wrong import Wrong
from bridge.domain.identities import Known, Strategies, Strategy
from bridge.domain.messages import say
from bridge.files.spelling import shown

WORDS = frozenset({"login", "email", "id"})


def _template(written: str) -> str:
    """The first part of user ids, with words in braces."""
    try:
        words = {name for _, name, form, change in string.Formatter().parse(written) if name is not None}
        plain = not any(form or change for _, _, form, change in string.Formatter().parse(written))
    except ValueError:
        words, plain = set(), False
    if not words or not words <= WORDS or not plain:
        raise Wrong(
            say("{text} does not say who is meant: it holds {{login}}, {{email}} or {{id}}.", text=shown(written))
        )
    return written


class Identities(Section):
    """Whose account is whose."""

    strategies: tuple[Strategy, ...] = ()
    """What is tried, in this order: ``external``, ``email``, ``template``. Without any, everybody has the account that
    homeservers usually make of their login. With any, accounts are found among those that there are
    (``homeserver.admin_token``), stored, and kept whatever becomes of the login."""
    provider: str = ""
    """The sign-in service, as Synapse calls it in its database: ``oidc-corp``, ``oidc``, ``saml``."""
    external: Known = Known.ID
    """What this service calls people by, as the directory has it: ``id``, ``login`` or ``email``."""
    template: Annotated[str, BeforeValidator(text(_template))] = "{login}"
    """The first part of user ids: ``{login}``, ``{email}`` (up to its @), ``{id}``; other characters become ``=xx``."""

    @field_validator("provider")
    @classmethod
    def _is_named(cls, provider: str, info: ValidationInfo) -> str:
        if not provider and Strategy.EXTERNAL in info.data.get("strategies", ()):
            raise Wrong(say("Say in provider whose ids are external, such as oidc-corp."))
        return provider

    def strategies_now(self) -> Strategies:
        """The same as the rules want it."""
        return Strategies(order=self.strategies, provider=self.provider, external=self.external, template=self.template)
