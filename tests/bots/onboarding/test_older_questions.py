"""Two things wait for a word, a question about a card and a step of a path: a word answers the newer one."""

from bridge.domain.relations import reaction_to
from tests.bots.onboarding.parlour import Parlour
from tests.services.household import household
from tests.world import directory, group, user

ANN = user("ann")
PICTURE = "mxc://corp.example/beach"


async def test_a_yes_to_a_newer_question_agrees_to_no_photo_and_a_tap_on_the_old_one_does() -> None:
    house = household(directory(group("sales").public().called("Sales").members("ann", "max")))
    house.media.elsewhere[PICTURE] = b"picture of a beach"
    await house.settle()
    parlour = Parlour(house)
    await parlour.go_round()
    parlour.come_in(ANN)
    picture = {"msgtype": "m.image", "body": "a.png", "url": PICTURE, "info": {}}
    await parlour.send(ANN, "m.room.message", picture)
    timeline = house.homeserver.synapse.rooms[parlour.room(ANN)].timeline
    [asked] = [one["event_id"] for one in timeline if "If you agree" in one["content"].get("body", "")]
    await parlour.send(ANN, "m.sticker", {"body": "hi", "url": PICTURE})
    await parlour.write(ANN, "oui")
    assert ANN not in house.store.data.cards
    await parlour.send(ANN, "m.reaction", dict(reaction_to(asked, "✅")))
    assert house.store.data.cards[ANN].photo is not None
