"""A room that is adopted brings its past along: through the real homeserver calls, on the fake one."""

from datetime import timedelta

from bridge.services.activity.past import Past
from bridge.services.doorstep import News
from tests.services.test_adopting import ANN, EVE, LUC, settled
from tests.world import BOT


async def test_what_was_said_there_before_is_recorded_without_a_word_of_it() -> None:
    case = await settled()
    people = case.house.homeserver.people
    people.say(EVE, case.room_id, "And do you?")
    await case.agree()
    case.empower({ANN: 50, BOT: 100})
    await case.go()
    house = case.house
    past = Past(
        homeserver=house.homeserver, store=house.store, clock=house.clock, ours={BOT}, lasts=timedelta(weeks=26)
    )
    await past.go()
    known = house.store.data.activity.happenings.values()
    assert sorted((one.sender, one.group, one.form.question) for one in known) == [
        (EVE, "sales", True), (LUC, "sales", True),
    ]  # fmt: skip
    assert await case.news() == [News.ADOPTED, News.PAST_READ]
