"""Files below a reply: pictures as pictures, others as files, once."""

from bots.kit.commands import Attachment
from tests.bots.kit.conversation import ANN, Bot, said

FILES = (
    Attachment(uri="mxc://corp.example/a", name="photo.jpg", mimetype="image/jpeg", size=9, width=4, height=3),
    Attachment(uri="mxc://corp.example/b", name="card.json", mimetype="application/json", size=2),
)


async def test_files_of_a_reply_stand_below_it_once() -> None:
    bot = Bot(files=FILES)
    bot.messenger.room("!dm", ANN)
    for _ in range(2):
        await bot.hear(said("status", event_id="$said"))
    shown = [content for _, content in bot.messenger.sent]
    assert [one["msgtype"] for one in shown] == ["m.notice", "m.image", "m.file"]
    assert shown[1]["info"] == {"mimetype": "image/jpeg", "size": 9, "w": 4, "h": 3}
    assert (shown[2]["url"], shown[2]["filename"]) == ("mxc://corp.example/b", "card.json")
    assert {one["m.relates_to"]["m.in_reply_to"]["event_id"] for one in shown} == {"$said"}
