"""What weekly digests leave behind of a person is shown to them, and goes with them."""

from datetime import date

from bridge.domain.sending import Choices, Delivery, Opinion, Sending, Shown
from tests.fakes.clock import START
from tests.services.test_erasing import ANN, CLAIRE, INES, company, dossier, erased, left, settled, without_ann


async def test_what_they_chose_were_sent_and_thought_goes_with_them() -> None:
    house = await settled(company())
    item = Shown(number=1, kind="thread", group="sales", about="$root", by=ANN, near=(ANN, CLAIRE))
    async with house.store.work() as work:
        for user_id in (ANN, CLAIRE):
            await work.digests.put_choices(Choices(reader=user_id, hour=9))
            await work.digests.put(
                Delivery(reader=user_id, week="2026-W47", ends=date(2026, 11, 23), state=Sending.SENT, at=START,
                         items=(item,))
            )  # fmt: skip
            await work.digests.put_opinion(
                Opinion(reader=user_id, week="2026-W47", number=1, liked=True, kind="thread", group="sales", at=START)
            )
    shown = (await dossier(house, viewer=ANN)).digests
    assert (len(shown.deliveries), len(shown.opinions)) == (1, 1)
    assert not (await dossier(house, viewer=INES)).digests
    await left(house, without_ann(company()))
    await erased(house)
    assert not (await dossier(house)).digests
    [kept] = house.store.data.deliveries.values()
    assert (kept.reader, kept.items[0].by, kept.items[0].near) == (CLAIRE, "", (CLAIRE,))
    assert [*house.store.data.digest_choices] == [CLAIRE]
