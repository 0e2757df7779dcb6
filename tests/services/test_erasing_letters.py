"""What is kept of letters by e-mail is shown to whom they went, and goes with them."""

from tests.fakes.clock import START
from tests.services.test_erasing import ANN, CLAIRE, INES, company, dossier, erased, left, settled, without_ann


async def test_what_became_of_letters_to_them_and_a_refused_address_go_with_them() -> None:
    house = await settled(company())
    async with house.store.work() as work:
        for user_id in (ANN, CLAIRE):
            await work.letters.promise(user_id, "2026-W47", now=START)
            await work.letters.refuse(user_id, "somebody@corp.example", at=START)
    assert [one.week for one in (await dossier(house, viewer=ANN)).letters] == ["2026-W47"]
    assert (await dossier(house, viewer=INES)).letters == ()
    await left(house, without_ann(company()))
    await erased(house)
    assert (await dossier(house)).letters == ()
    assert {user_id for user_id, _ in house.store.data.letters} == {CLAIRE}
    assert set(house.store.data.refused_addresses) == {CLAIRE}
