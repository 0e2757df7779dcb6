"""``!identity``: whose account is whose, for administrators. What is said here counts more than what is found."""

from collections.abc import Mapping
from typing import Final

from bots.kit.commands import Call, Command, Reply, argument, denied
from bridge.domain.directory import Person
from bridge.domain.document import Block, Code, Document, Inline, Items, Strong, document, paragraph
from bridge.domain.identities import Doubt, Identity
from bridge.domain.messages import say, say_n
from bridge.domain.viewers import OPEN
from bridge.services.linking import FOUND, Linking
from bridge.services.society import Society

ADMIN: Final = frozenset({"admin"})
NAMED: Final = 20
"""People who are waited for are named up to this number, then counted."""


def identity_commands(linking: Linking, society: Society) -> list[Command]:
    """The commands; where others than insiders read along, they tell nothing."""

    async def tell(call: Call) -> Reply:
        if not _among_us(society, call):
            return denied()
        doubts = await linking.doubts()
        asked = {doubt.person for doubt in doubts}
        waiting = [one for one in linking.waiting() if one.id not in asked]
        return Reply(_standing(await linking.links(), doubts, waiting))

    async def show(call: Call) -> Reply:
        if not _among_us(society, call):
            return denied()
        person = linking.person(call.arguments["whose"])
        return Reply(_shown(person, (await linking.links()).get(person.id)))

    async def link(call: Call) -> Reply:
        if not _among_us(society, call):
            return denied()
        found = await linking.link(call.arguments["whose"], call.arguments["user"], by=call.sender)
        person = linking.person(found.person)
        text = say("{user} is the account of {person} from now on, and nobody else’s.", user=found.user,
                   person=person.name or person.id)  # fmt: skip
        return Reply(document(paragraph(text)))

    async def unlink(call: Call) -> Reply:
        if not _among_us(society, call):
            return denied()
        gone = await linking.unlink(call.arguments["whose"], by=call.sender)
        text = say("{user} is nobody’s account until one is found for {person} again, or you say which.",
                   user=gone.user, person=linking.called(gone.person))  # fmt: skip
        return Reply(document(paragraph(text)))

    person = argument("whose", label=say("person"), help=say("Their id in the directory, login, address or name."))
    user = argument("user", label=say("account"), help=say("A user id of our own server."))
    return [
        Command(
            path=("identity",),
            french=("identité",),
            summary=say("Whose accounts cannot be told, and who has none yet."),
            run=tell,
            rights=ADMIN,
        ),
        Command(
            path=("identity", "show"),
            french=("identité", "montrer"),
            summary=say("Which account somebody has, and how that is known."),
            run=show,
            rights=ADMIN,
            parameters=(person,),
        ),
        Command(
            path=("identity", "link"),
            french=("identité", "lier"),
            summary=say("Say which account is somebody’s."),
            run=link,
            rights=ADMIN,
            parameters=(person, user),
            details=say("It counts more than what the directory says and what is found, until it is taken back."),
        ),
        Command(
            path=("identity", "unlink"),
            french=("identité", "délier"),
            summary=say("Forget which account is somebody’s; it is looked for again."),
            run=unlink,
            rights=ADMIN,
            parameters=(person,),
        ),
    ]


def _among_us(society: Society, call: Call) -> bool:
    access = society.access()
    return access is not None and OPEN in access.compartments(call.viewer)


def _standing(links: Mapping[str, Identity], doubts: list[Doubt], waiting: list[Person]) -> Document:
    blocks: list[Block] = [
        paragraph(say_n("{count} account is stored.", "{count} accounts are stored.", len(links))),
    ]
    if doubts:
        blocks.append(paragraph(Strong(say("Only you can say whose these are:"))))
        blocks.append(Items(tuple(_doubtful(one) for one in doubts)))
    if waiting:
        count = say_n(
            "{count} person has no account yet; it is found once they have signed in.",
            "{count} people have no account yet; they are found once they have signed in.",
            len(waiting),
        )
        blocks.append(paragraph(count))
        names = [one.name or one.id for one in waiting[:NAMED]]
        blocks.append(Items(tuple((name,) for name in (*names, *(["…"] if len(waiting) > NAMED else [])))))
    return Document(tuple(blocks))


def _doubtful(doubt: Doubt) -> tuple[Inline, ...]:
    line = say("!identity link {id} {user}", id=doubt.person, user=doubt.users[0])
    return (", ".join(doubt.users), " – ", line)


def _shown(person: Person, link: Identity | None) -> Document:
    rows: list[tuple[Inline, ...]] = [(Strong(person.name or person.id),), (say("Id"), ": ", Code(person.id))]
    if person.login:
        rows.append((say("Login"), ": ", Code(person.login)))
    how = FOUND[link.how] if link else say("as the directory says")
    if person.user:
        rows.append((say("Account"), ": ", Code(person.user), " – ", how))
    else:
        rows.append((say("Account"), ": ", say("none yet")))
    return Document((Items(tuple(rows)),))
