"""What is said of decisions that wait for somebody else's word: to those who may give it, and to who asked. Pure.

A group that is to be hidden and does not exist yet has no name here: who allows it need not know it.
"""

from dataclasses import replace
from typing import Final

from bridge.domain.directory import Group
from bridge.domain.document import Block, Code, Document, Inline, Items, Strong, document, paragraph
from bridge.domain.messages import Language, Message, Text, say, shown
from bridge.ports.pending import Pending
from bridge.rules.calling import called
from bridge.rules.decisions import LABELS
from bridge.rules.effects import effect_of
from bridge.rules.facts import Facts
from bridge.rules.policy import read_value
from bridge.services.approvals import Need, handle_of
from bridge.services.doorstep import News, Notice

GIVE: Final = {"en": "!approval give", "fr": "!accord donner"}
REFUSE: Final = {"en": "!approval refuse", "fr": "!accord refuser"}


def asked_for(item: Pending, facts: Facts) -> Message:
    """Who asks for what, in one sentence."""
    asked, user = item.document, called(facts, item.asker)
    group = facts.directory.groups.get(asked["group"])
    if group is None:
        if asked["secret"]:
            return say("{name} asks to make a hidden group. Its name stays with them.", name=user)
        return say("{name} asks to make the group {group}.", name=user, group=_called(item))
    if asked["need"] == Need.ADMIN:
        return say("{name} asks to hide the group {group}.", name=user, group=group.name)
    return say("{name} wants this for {group}: {what}", name=user, group=group.name, what=_what(item, group, facts))


def card_of(item: Pending, facts: Facts, language: Language) -> Document:
    """For those whose word is needed: who asks, why, and how to answer."""
    asked, handle = item.document, handle_of(item)
    rows: list[tuple[Inline, ...]] = [(say("account"), ": ", item.asker)]
    group = facts.directory.groups.get(asked["group"])
    if group is None and not asked["secret"]:
        rows += [(LABELS[name], ": ", str(asked["values"][name])) for name in ("visibility", "template", "parent")
                 if asked["values"].get(name)]  # fmt: skip
    if asked["reason"]:
        rows.append((say("reason"), ": ", asked["reason"]))
    rows.append((say("until"), ": ", shown(item.expires_at)))
    why = (
        say("Only administrators decide that here.")
        if asked["need"] == Need.ADMIN
        else say("This takes a second person who may decide it, too.")
    )
    return document(
        paragraph(Strong(asked_for(item, facts))),
        paragraph(why),
        Items(tuple(rows)),
        paragraph(say("Answer with ✅ or ❌ under this message, or write one of these, the second with a reason:")),
        Items(((Code(f"{GIVE[language]} {handle}"),), (Code(f"{REFUSE[language]} {handle} …"),))),
    )


def closed_card(item: Pending, facts: Facts) -> Document:
    """The same card once it is answered. What was said about a group that may be hidden by now stays with who said it,
    and so does the group's name."""
    ending = item.outcome.partition(" ")[0]
    if item.document["secret"]:
        name = called(facts, item.asker)
        said = say("not answered in time") if ending == "late" else say("answered")
        return document(paragraph(say("{name} asked for your word.", name=name), " – ", Strong(said)))
    ended = {"yes": say("accepted"), "no": say("refused"), "late": say("not answered in time")}
    return document(paragraph(asked_for(item, facts), " – ", Strong(ended[ending])))


def word_of(item: Pending, notice: Notice, group: Group | None) -> Document:
    """For who asked: how it ended. ``group`` is theirs to know, or their own words name it."""
    name = group.name if group else _called(item)
    blocks: list[Block] = [paragraph(_ending(notice.news, name))]
    if notice.news is News.DECLINED and notice.reason:
        blocks.append(paragraph(say("The reason: {reason}", reason=notice.reason)))
    return Document(tuple(blocks))


def _ending(news: News, group: Text) -> Message:
    match news:
        case News.GRANTED:
            return say("What you asked for about {group} is agreed to and done. The rooms follow within seconds.",
                       group=group)  # fmt: skip
        case News.DECLINED:
            return say("What you asked for about {group} was not agreed to, so nothing is done.", group=group)
        case News.UNANSWERED:
            return say("Nobody has answered in time what you asked for about {group}, so nothing is done. You may ask"
                       " again.", group=group)  # fmt: skip
        case _:
            return say("What you asked for about {group} was agreed to, but something had changed meanwhile, so nothing"
                       " is done. Ask again to see how it is now.", group=group)  # fmt: skip


def _called(item: Pending) -> Text:
    """What a group that does not exist yet is to be called."""
    name = read_value("name", item.document["values"].get("name"))
    return name if isinstance(name, Text) else Text()


def _what(item: Pending, group: Group, facts: Facts) -> Message:
    """What is decided, as it reads once it is so. Commands decide one thing at a time."""
    asked, values = item.document, item.document["values"]
    if naming := asked["naming"]:
        sign = "+" if naming["present"] else "−"
        return say("{field}: {value}", field=LABELS[naming["field"]], value=f"{sign}{called(facts, naming['user'])}")
    for name, value in values.items():
        return effect_of(replace(group, **{name: read_value(name, value)}), name, facts)
    return say("what was decided about its {field} is taken back", field=LABELS[asked["unset"][0]])
