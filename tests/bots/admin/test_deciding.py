"""Decisions about groups in chat: what is taken at once, what is asked first, what is refused, in both languages."""

from collections.abc import Mapping
from dataclasses import replace
from html import unescape
from typing import Any

import pytest

from bots.admin.commands.deciding import decide_question
from bots.admin.commands.lifecycle import lifecycle_commands
from bots.admin.commands.policies import policy_commands
from bots.admin.commands.words import field_named, value_said
from bots.kit.people import People
from bots.kit.table import CommandTable
from bots.kit.talk import Talk
from bridge.adapters.policies.shapes import Shape
from bridge.domain.directory import GroupState, Visibility
from bridge.domain.document import document, paragraph
from bridge.domain.events import Event
from bridge.domain.messages import say
from bridge.domain.viewers import alone
from bridge.files.yaml_text import yaml_tree
from bridge.services.finding import Finding
from tests.bots.kit.conversation import CATALOGUES, said, tap
from tests.fakes.messenger import FakeMessenger
from tests.services.household import household
from tests.services.talking import refusals
from tests.services.test_policies import Company
from tests.world import BOT, directory, group, user


class Chat:
    """A bot that decides about a company's groups, alone with each of its people."""

    def __init__(self, company: Company) -> None:
        self.company, self.messenger = company, FakeMessenger(BOT)
        house = company.house
        society = house.society
        for name in ("ann", "bob", "ines"):
            self.messenger.room(f"!{name}", user(name))
        self.talk = Talk(
            name="admin",
            messenger=self.messenger,
            store=house.store,
            table=CommandTable(
                [
                    *policy_commands(company.policies, Finding(society, house.groups)),
                    *lifecycle_commands(company.policies),
                ]
            ),
            people=People(
                viewer_of=society.viewer_of,
                roles_of=society.roles_of,
                language_of=society.language_of,
                admits=society.admits,
                is_own=society.is_own,
            ),
            translator=CATALOGUES,
            clock=house.clock,
            hello=document(paragraph(say("Hello."))),
            refuse=refusals(house, self.messenger).note,
            questions=[decide_question(company.policies)],
        )
        self._asked = 0

    async def ask(self, line: str, *, by: str = "ann") -> Mapping[str, Any]:
        """What the bot replies; rooms follow."""
        self._asked += 1
        event = said(line, sender=user(by), event_id=f"${self._asked}", room=f"!{by}")
        return await self._heard(event)

    async def tap(self, emoji: str, *, by: str = "ann") -> Mapping[str, Any]:
        """An answer to what the bot said last."""
        self._asked += 1
        last = list(self.messenger.events)[-1]
        return await self._heard(tap(emoji, last, room=f"!{by}", sender=user(by), event_id=f"${self._asked}"))

    async def _heard(self, event: Event) -> Mapping[str, Any]:
        before = len(self.messenger.sent)
        await self.talk.handle(replace(event, sent_at=self.company.house.clock.now()))
        await self.company.house.settle()
        return self.messenger.sent[-1][1] if len(self.messenger.sent) > before else {}


def status(reply: Mapping[str, Any]) -> str:
    return str(reply["io.parvis.reply"]["status"])


@pytest.fixture
async def chat() -> Chat:
    house = household(
        directory(
            group("sales").owners("ann").members("ann", "bob"),
            group("board").hidden().owners("ann").members("ann"),
            people=["ines"],
        ),
        joins_directly=True,
    )
    company = Company(house)
    await house.settle()
    return Chat(company)


async def test_a_group_is_made_in_one_line_in_french_too(chat: Chat) -> None:
    made = await chat.ask("!groupe créer Salle Orion --visibilité publique", by="bob")
    assert status(made) == "ok"
    assert "Salle Orion is made, and you own it." in made["body"]
    found = next(one for one in chat.company.groups() if one.name.en == "Salle Orion")
    assert (found.visibility, found.owners) == (Visibility.PUBLIC, ("bob",))


async def test_what_opens_nothing_is_done_at_once(chat: Chat) -> None:
    reply = await chat.ask("!group set sales posting owners")
    assert status(reply) == "ok"
    assert "Owners and moderators write, everybody reads." in reply["body"]
    assert chat.company.group("sales").posting == "owners"
    await chat.ask("!groupe oublier sales écriture")
    assert chat.company.group("sales").posting == "all"


async def test_what_opens_is_asked_and_done_by_a_tap_of_who_asked(chat: Chat) -> None:
    asked = await chat.ask("!group visibility sales public")
    assert status(asked) == "confirm"
    assert asked["io.parvis.reply"]["reference"]
    assert "All that was said in Sales so far becomes readable to 1 more employee" in asked["body"]
    await chat.tap("✅", by="bob")
    assert chat.company.group("sales").visibility is Visibility.INVITE_ONLY
    done = await chat.tap("✅")
    assert status(done) == "ok"
    assert chat.company.group("sales").visibility is Visibility.PUBLIC


async def test_what_was_shown_and_is_otherwise_by_now_is_shown_again(chat: Chat) -> None:
    await chat.ask("!group visibility sales public")
    policies = chat.company.policies
    await chat.company.take(await policies.propose(alone(user("ann")), "sales", {"history": "joined"}), origin="$other")
    again = await chat.tap("✅")
    assert status(again) == "confirm"
    assert again["body"].startswith("Something has changed since this was shown.")
    assert chat.company.group("sales").visibility is Visibility.INVITE_ONLY


async def test_no_is_no_and_yes_may_be_said_at_once(chat: Chat) -> None:
    await chat.ask("!group archive sales")
    await chat.tap("❌")
    assert chat.company.group("sales").state is GroupState.ACTIVE
    assert status(await chat.ask("!groupe archiver sales --oui")) == "ok"
    assert chat.company.group("sales").state is GroupState.ARCHIVED
    assert status(await chat.ask("!groupe rouvrir sales")) == "ok"
    assert chat.company.group("sales").state is GroupState.ACTIVE


async def test_unknown_and_hidden_groups_give_the_same_bytes_for_every_command(chat: Chat) -> None:
    lines = (
        "!group set {} posting owners",
        "!group unset {} posting",
        "!group visibility {} public --yes",
        "!group rename {} Other",
        "!group template {} deal-room",
        "!group owner {} @bob:corp.example",
        "!group moderator {} @bob:corp.example",
        "!group delegate {} @bob:corp.example",
        "!group undelegate {} @bob:corp.example",
        "!group add {} @bob:corp.example",
        "!group remove {} @bob:corp.example",
        "!group archive {} --yes",
        "!group reopen {}",
        "!group retire {} --yes",
        "!group export {}",
    )
    for line in lines:
        told = [await chat.ask(line.format(name), by="ines") for name in ("board", "nowhere")]
        assert [status(reply) for reply in told] == ["denied", "denied"], line
        assert told[0]["body"] == told[1]["body"]
        assert told[0]["io.parvis.reply"] == told[1]["io.parvis.reply"]
    assert not chat.company.house.store.data.policies


async def test_people_are_named_by_mention_and_taken_out_again(chat: Chat) -> None:
    await chat.ask("!group owner sales https://matrix.to/#/@bob:corp.example --yes")
    assert chat.company.group("sales").owners == ("ann", "bob")
    await chat.ask("!groupe propriétaire sales @ann:corp.example --retirer --oui", by="bob")
    assert chat.company.group("sales").owners == ("bob",)
    refused = await chat.ask("!group add sales @ines:corp.example", by="bob")
    assert status(refused) == "usage"
    assert "The directory alone says who belongs" in refused["body"]
    await chat.ask("!group set sales membership both", by="bob")
    await chat.ask("!group add sales @ines:corp.example", by="bob")
    assert "ines" in chat.company.group("sales").members
    await chat.ask("!group remove sales @ines:corp.example", by="bob")
    assert "ines" not in chat.company.group("sales").members


async def test_a_misspelt_field_or_value_gets_a_suggestion(chat: Chat) -> None:
    assert "did you mean visibility?" in (await chat.ask("!group set sales visiblity public"))["body"]
    assert "did you mean hidden?" in (await chat.ask("!group visibility sales hiddn"))["body"]


async def test_an_export_is_read_again_as_a_policy_file(chat: Chat) -> None:
    await chat.ask("!group rename sales fr: Ventes: l’équipe en: Sales team")
    told = await chat.ask("!group export sales")
    text = told["formatted_body"].partition("<code>")[2].partition("</code>")[0]
    shape = Shape()
    policy = shape.policy(yaml_tree(unescape(text), "export"))
    assert not shape.faults
    assert policy.groups["sales"]["name"] == {"en": "Sales team", "fr": "Ventes: l’équipe"}
    assert policy.groups["sales"]["owners"] == ["ann"]


async def test_templates_are_listed(chat: Chat) -> None:
    assert "deal-room – Deal" in (await chat.ask("!group template"))["body"]


@pytest.mark.parametrize(
    ("field", "words", "value"),
    [
        ("visibilité", ["Cachée"], "hidden"),
        ("propriétaires", ["@ann:corp.example,", "@bob:corp.example"], ["@ann:corp.example", "@bob:corp.example"]),
        ("nom", ["fr", ":", "Ventes"], {"fr": "Ventes"}),
        ("nom", ["Ventes", "en", "ligne"], "Ventes en ligne"),
        ("historique", ["arrivée"], "joined"),
        ("Bienvenue", ["Bonjour"], "Bonjour"),
        ("parent", ["aucun"], ""),
    ],
)
def test_fields_and_values_have_french_words(field: str, words: list[str], value: Any) -> None:
    assert value_said(field_named(field), words) == value


async def test_a_text_goes_up_to_the_next_option_and_keeps_its_punctuation(chat: Chat) -> None:
    await chat.ask("!groupe créer Veille concurrence --visibilité invitation --but Suivre les concurrents", by="bob")
    found = next(one for one in chat.company.groups() if one.name.en == "Veille concurrence")
    assert found.purpose.en == "Suivre les concurrents"
    await chat.ask("!groupe régler sales bienvenue Bienvenue à tous !")
    assert chat.company.group("sales").welcome.en == "Bienvenue à tous !"


async def test_nobody_is_taken_out_who_does_not_exist_hidden_group_or_not(chat: Chat) -> None:
    for name in ("sales", "board"):
        await chat.ask(f"!group set {name} membership both")
        assert "zorglub is nobody of the company" in (await chat.ask(f"!group remove {name} zorglub"))["body"]


async def test_whoever_is_a_member_by_number_is_taken_out_by_user_id(chat: Chat) -> None:
    await chat.ask("!group set sales membership owners")
    await chat.ask("!group add sales bob")
    await chat.ask("!group remove sales @bob:corp.example")
    assert chat.company.group("sales").members in ((), ("ann",))
