"""The administrators' bot, which is also everybody's first address: help, status, groups, plans, language."""

from collections.abc import Mapping
from typing import Any, ClassVar

from bots.admin.approval_porter import ApprovalPorter
from bots.admin.awaiting import Awaiting
from bots.admin.bailiff import Bailiff
from bots.admin.commands.adopt import adopt_command, adopt_question
from bots.admin.commands.approving import approval_commands, approval_question
from bots.admin.commands.audit import audit_commands
from bots.admin.commands.deciding import decide_question
from bots.admin.commands.digest import digest_command
from bots.admin.commands.find import find_command
from bots.admin.commands.glass import glass_commands, glass_question
from bots.admin.commands.granting import grant_commands, grant_question
from bots.admin.commands.groups import group_commands
from bots.admin.commands.identity import identity_commands
from bots.admin.commands.joining import join_commands, join_question
from bots.admin.commands.language import language_command
from bots.admin.commands.lifecycle import lifecycle_commands
from bots.admin.commands.onboarding import onboarding_command
from bots.admin.commands.parting import parting_commands, parting_question
from bots.admin.commands.partner import partner_commands
from bots.admin.commands.partner_deciding import partner_question
from bots.admin.commands.plans import plan_commands, plan_question
from bots.admin.commands.policies import policy_commands
from bots.admin.commands.secrecy import secrecy_command
from bots.admin.commands.sections import table_of
from bots.admin.commands.status import status_command
from bots.admin.commands.undo import undo_command, undo_question
from bots.admin.commands.why import why_command
from bots.admin.echo import Echoes, document_of, partner_document
from bots.admin.envoy import Envoy
from bots.admin.glazier import Glazier
from bots.admin.guests import Guests
from bots.admin.herald import Herald
from bots.admin.office import Office
from bots.admin.partner_porter import PartnerPorter
from bots.admin.porter import Porter
from bots.admin.renewals import Renewals
from bots.admin.sentry import Sentry
from bots.admin.usher import Usher
from bots.admin.warden import Warden
from bots.admin.watchman import Watchman
from bots.admin.who_is_here import WhoIsHere
from bots.cards.parts import CardParts
from bots.kit.cards import Cards
from bots.kit.civility import Civility
from bots.kit.commands import Command
from bots.kit.rendering import Renderer
from bots.kit.speaking import Speaker
from bots.kit.talk import Talk
from bots.knowing import people_of
from bridge.domain.document import Document, Strong, paragraph
from bridge.domain.events import Event
from bridge.domain.messages import Text, say
from bridge.domain.problems import WrongSettings
from bridge.files.spelling import shown
from bridge.services.adopting import Adopting
from bridge.services.approvals import APPROVAL, Approvals
from bridge.services.botapi import BotApi, Judging
from bridge.services.bulletins import Bulletins
from bridge.services.ending import ENDING, Endings
from bridge.services.farewells import Farewells
from bridge.services.finding import Finding
from bridge.services.granting import Granting
from bridge.services.parting import Parting
from bridge.services.partner_readback import PartnerReadBack
from bridge.services.presence import Presence
from bridge.services.readback import ReadBack
from bridge.services.receipts import Receipts
from bridge.services.taking_over import TakingOver
from bridge.services.witnessing import Witnessing

HELP = Text(en="help", fr="aide")
HELLO = Document(
    (
        paragraph(say("Hello! I look after the groups of this network.")),
        paragraph(say("Here you can write to me without any mark. Begin with this word:"), " ", Strong(HELP)),
    )
)


class AdminBot:
    """Speaks as the application service's own user."""

    localpart: ClassVar[str] = ""
    purpose: ClassVar[Text] = Text(
        en="I look after the groups of this network.", fr="Je m’occupe des groupes de ce réseau."
    )
    """Why it invites somebody to a conversation."""
    name = "admin"

    def __init__(self, api: BotApi, config: Mapping[str, Any]) -> None:
        no_settings(config)
        society = api.society
        finding = Finding(society, api.groups)
        people = people_of(api, finding)
        speaker = Speaker(
            messenger=api.messenger, renderer=Renderer(api.translator), store=society.store, clock=api.clock
        )
        readback = ReadBack(policies=api.policies, last=api.status.last)
        cards, adopting = Cards(speaker, people), Adopting(policies=api.policies)
        approvals = Approvals(policies=api.policies)
        parting = Parting(partnerships=api.partnerships, receipts=Receipts(store=society.store))
        endings = Endings(parting=parting, policies=api.policies)
        granting = Granting(policies=api.policies, partnerships=api.partnerships)
        guests = Guests.of(api, cards)
        renewals = Renewals.of(api, cards)
        office = Office(cards=cards, admin_room=api.admin_room, society=society)
        profile = CardParts.of(api, people, speaker)
        self._guests = guests
        self._talk = Talk(
            name=self.name,
            messenger=api.messenger,
            store=society.store,
            table=table_of(
                [
                    *group_commands(api.groups, api.policies),
                    *policy_commands(api.policies, finding),
                    *lifecycle_commands(api.policies),
                    *partner_commands(api.partnerships),
                    *grant_commands(granting),
                    adopt_command(adopting, cards),
                    *join_commands(api.requests),
                    *approval_commands(approvals, endings),
                    *parting_commands(parting, endings),
                    *guests.commands,
                    *renewals.commands,
                    *plan_commands(api.plans),
                    find_command(finding),
                    *profile.commands,
                    why_command(society, finding),
                    undo_command(api.undoing, api.plans),
                    *audit_commands(api.auditing, finding),
                    secrecy_command(api.secrecy, api.slow_rounds.wake),
                    *glass_commands(api.glass),
                    status_command(api.status, api.clock),
                    *identity_commands(api.linking, society),
                    onboarding_command(api.cards.guide, api.welcoming),
                    digest_command(api.editor),
                    language_command(society),
                ]
            ),
            people=people,
            translator=api.translator,
            clock=api.clock,
            hello=HELLO,
            refuse=api.refusals.note,
            questions=[
                plan_question(api.plans),
                undo_question(api.undoing, api.plans),
                decide_question(api.policies),
                partner_question(api.partnerships),
                grant_question(granting),
                adopt_question(adopting),
                join_question(api.requests),
                approval_question(approvals, APPROVAL),
                approval_question(endings, ENDING),
                parting_question(endings),
                *guests.questions,
                *renewals.questions,
                glass_question(api.glass),
                *profile.questions,
            ],
            dialogues=(
                *profile.dialogues,
                Awaiting(speaker=speaker, desk=guests.desk),
                Civility(speaker=speaker, hello=HELLO),
            ),
            leads=api.leads,
        )
        api.rounds.add(TakingOver(adopting=adopting).go)
        api.rounds.add(Glazier(cards=cards, glass=api.glass, admin_room=api.admin_room).go)
        farewells = Farewells(society=society, reconciler=api.partnerships.reconciler)
        api.rounds.add(Envoy(cards=cards, farewells=farewells).go)
        api.rounds.add(Bailiff(speaker=speaker, people=people, parting=parting, office=office).go)
        of_partners = PartnerReadBack(partnerships=api.partnerships)
        api.rounds.add(Echoes(speaker=speaker, people=people, readback=readback, words=document_of).tell)
        api.rounds.add(Echoes(speaker=speaker, people=people, readback=of_partners, words=partner_document).tell)
        api.rounds.add(endings.expire_all)
        porter = Porter(
            cards=cards,
            requests=api.requests,
            approvals=ApprovalPorter(cards=cards, approvals=approvals, office=office),
            guests=guests.porter,
            partners=PartnerPorter(cards=cards, endings=endings, office=office),
        )
        api.rounds.add(porter.deliver)
        presence = Presence(store=society.store, teller=api.messenger.user_id)
        api.rounds.add(WhoIsHere(speaker=speaker, society=society, presence=presence).tell)
        herald = herald_of(api, speaker)
        api.rounds.add(herald.tell)
        usher = Usher(
            speaker=speaker,
            admin_room=api.admin_room,
            language=society.default_language,
            fit=herald.insiders_alone,
        )
        api.rounds.add(usher.tell)
        sentry = Sentry(
            speaker=speaker,
            admin_room=api.admin_room,
            language=society.default_language,
            secrecy=api.secrecy,
            fit=herald.insiders_alone,
        )
        api.rounds.add(sentry.tell)
        warden = Warden(speaker=speaker, society=society, admin_room=api.admin_room, fit=herald.insiders_alone)
        api.rounds.add(warden.tell)
        api.rounds.add(Watchman(speaker=speaker, society=society).tell)
        api.slow_rounds.add(herald.keep_watch)

    @classmethod
    def check(cls, config: Mapping[str, Any], judging: Judging) -> None:
        """Raises ``WrongSettings``: there are no settings."""
        del judging
        no_settings(config)

    @property
    def commands(self) -> tuple[Command, ...]:
        """Every command that it understands."""
        return self._talk.commands

    def wants(self, event: Event) -> bool:
        return self._talk.wants(event) or self._guests.wants(event)

    def expect(self, event: Event) -> bool:
        return self._talk.expect(event)

    async def handle(self, event: Event) -> None:
        if self._guests.wants(event):
            self._guests.notice()
        if self._talk.wants(event):
            await self._talk.handle(event)


def no_settings(config: Mapping[str, Any]) -> None:
    """Raises ``WrongSettings`` where there is one."""
    if config:
        told = (
            ((key,), say("The admin bot has no settings, but {keys} is set for it.", keys=shown(key))) for key in config
        )
        raise WrongSettings(told)


def herald_of(api: BotApi, speaker: Speaker) -> Herald:
    """The voice in the administrators' room."""
    return Herald(
        speaker=speaker,
        society=api.society,
        admin_room=api.admin_room,
        bulletins=Bulletins(
            store=api.society.store, last=api.status.last, clock=api.clock, teller=api.messenger.user_id
        ),
        witnessing=Witnessing(auditing=api.auditing, admin_room=api.admin_room, messenger=api.messenger),
    )
