"""The page on which people end letters by e-mail, with one click of their mail program or one of their own (RFC 8058).

A door of the inbound server. It says the same to every token, also to one that nobody was ever given.
"""

from html import escape
from typing import Final

import structlog
from aiohttp import web

from bridge.adapters.appservice import replies
from bridge.domain.errors import StoreError
from bridge.domain.messages import LANGUAGES, Message, Text, say
from bridge.ports.language import Translator
from bridge.services.mailing import PATH, Mailing

log = structlog.get_logger()

COMMAND: Final = Text(en="!digest e-mail yes", fr="!résumé courriel oui")
HTML: Final = "text/html"
STYLE: Final = (
    ":root{color-scheme:light dark}"
    "body{font:17px/1.5 system-ui,sans-serif;max-width:34rem;margin:12vh auto 0;padding:0 1.25rem}"
    "section+section{margin-top:2.5rem;padding-top:2rem;border-top:1px solid #8886}"
    "h1{font-size:1.3rem;margin:0 0 .5rem}p{margin:0 0 1rem}"
    "button{font:inherit;padding:.6rem 1.2rem;border:0;border-radius:.5rem;background:#14532d;color:#fff}"
)
POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"
HEADERS: Final = {
    # The address is a key: it goes into no cache, no index, no other page's log.
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": POLICY,
}


class UnsubscribePage:
    """GET asks, POST does it. Programs that look at every link in a letter only ask."""

    prefix: Final = PATH

    def __init__(self, mailing: Mailing, translator: Translator) -> None:
        self._mailing = mailing
        self._translator = translator

    async def answer(self, request: web.BaseRequest) -> web.Response:
        if request.method in ("GET", "HEAD"):
            return self._page(200, *self._asking())
        if request.method != "POST":
            return replies.wrong_method("GET, HEAD, POST")
        try:
            await self._mailing.unsubscribe(request.rel_url.raw_path.removeprefix(PATH))
        except StoreError as error:
            log.warning("unsubscribing could not be stored", reason=str(error), detail=error.detail)
            return self._page(503, say("That did not work"), say("Please try again in a moment."))
        return self._page(200, *self._done())

    def _asking(self) -> tuple[Message, Message, Message]:
        return (
            say("No more e-mails?"),
            say("Parvis will not write to you by e-mail any more. Your messages in Matrix stay as they are."),
            say("Unsubscribe"),
        )

    def _done(self) -> tuple[Message, Message]:
        return (
            say("Done"),
            say("Whoever this link was sent to gets no more e-mails. To get them again, write {command} to the digest "
                "bot in Matrix.", command=COMMAND),
        )  # fmt: skip

    def _page(self, status: int, title: Message, words: Message, button: Message | None = None) -> web.Response:
        """In all languages, as nobody knows who reads."""
        parts = [self._part(language, title, words, button) for language in reversed(LANGUAGES)]
        body = (
            '<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>Parvis</title>'
            f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>'
            f"<body>{''.join(parts)}</body></html>\n"
        )
        answer = replies.reply(status, body.encode(), HTML)
        answer.charset = "utf-8"
        answer.headers.update(HEADERS)
        return answer

    def _part(self, language: str, title: Message, words: Message, button: Message | None) -> str:
        def said(message: Message) -> str:
            return escape(self._translator.translate(message, language))

        # Sent to the page's own address; the field is what mail programs send (RFC 8058, 3.2).
        form = (
            '<form method="post"><input type="hidden" name="List-Unsubscribe" value="One-Click">'
            f"<button>{said(button)}</button></form>"
            if button
            else ""
        )
        return f'<section lang="{language}"><h1>{said(title)}</h1><p>{said(words)}</p>{form}</section>'
