"""All that is decided by command, as it stands in the store, and laid over a reading of the directory. Called by
``looking``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from bridge.domain.directory import Directory
from bridge.domain.partners import Guest, PartnerPolicy
from bridge.domain.policy import FilePolicy, GroupPolicy
from bridge.ports.store import UnitOfWork
from bridge.rules.layers import Governed, overlay
from bridge.rules.partner_layers import with_partners


@dataclass(frozen=True, slots=True, kw_only=True)
class Supposed:
    """Decisions that were not taken: what would be."""

    groups: tuple[GroupPolicy, ...] = ()
    partners: tuple[PartnerPolicy, ...] = ()
    guests: tuple[Guest, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.groups or self.partners or self.guests)


NOTHING: Final = Supposed()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """What is decided, by group, by partner and by user. ``edition`` is another one after every change, ``agreed``
    after every one about partners."""

    groups: Mapping[str, GroupPolicy] = field(default_factory=dict)
    partners: Mapping[str, PartnerPolicy] = field(default_factory=dict)
    guests: Mapping[str, Guest] = field(default_factory=dict)
    edition: str = ""
    agreed: int = 0

    @classmethod
    async def kept(cls, view: UnitOfWork) -> "Decisions":
        """Everything that the store has. Raises ``StoreError``."""
        agreed = await view.partners.edition()
        return cls(
            groups=await view.policies.all(),
            partners=await view.partners.policies(),
            guests=await view.partners.guests(),
            edition=f"{await view.policies.edition()} {agreed}",
            agreed=agreed,
        )

    def supposing(self, supposed: Supposed) -> "Decisions":
        """With these in place of what is decided about the same."""
        return replace(
            self,
            groups={**self.groups, **{one.group: one for one in supposed.groups}},
            partners={**self.partners, **{one.partner: one for one in supposed.partners}},
            guests={**self.guests, **{one.user: one for one in supposed.guests}},
        )

    @property
    def unmet(self) -> tuple[GroupPolicy | PartnerPolicy, ...]:
        """What the rooms may not follow yet."""
        groups = tuple(one for one in self.groups.values() if one.before is not None)
        return (*groups, *(one for one in self.partners.values() if one.before is not None))

    @property
    def followed(self) -> "Decisions":
        """What the rooms followed last."""
        groups = {id_: policy.followed for id_, policy in self.groups.items()}
        partners = {id_: policy.followed for id_, policy in self.partners.items()}
        return replace(
            self,
            groups={id_: policy for id_, policy in groups.items() if policy},
            partners={id_: policy for id_, policy in partners.items() if policy},
        )

    def over(self, directory: Directory, rules: FilePolicy, *, own_server: str) -> Governed:
        """The directory with all of this laid over it."""
        partnered = with_partners(directory, self.partners, self.guests, rules, own_server=own_server)
        governed = overlay(partnered.directory, self.groups, rules)
        return replace(governed, findings=(*partnered.findings, *governed.findings))
