"""Letters as mail servers carry them: one message with a plain and an HTML form. Called by ``smtp``."""

from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from html import escape
from typing import Final

from bridge.domain.mail import Letter, Mail

WHOLE: Final = frozenset({"Message-ID", "List-Unsubscribe"})
LONGEST_SUBJECT: Final = 120
LONGEST_NAME: Final = 60

STYLE: Final = (
    "margin:0;padding:24px;background:#ffffff;color:#1b1d22;"
    "font:16px/1.5 -apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"
)

SHEET: Final = (
    "h4{font-size:18px;line-height:1.3;margin:28px 0 8px}p{margin:0 0 14px}ol,ul{margin:0 0 14px;padding-left:26px}"
    "li{margin:0 0 8px}a{color:#0b57d0}"
    "@media(prefers-color-scheme:dark){body{background:#16181d!important;color:#e8eaed!important}a{color:#8ab4f8}}"
)
"""What programs that leave it out can do without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who writes: name and address, where answers go if not there, and what the list of letters is called
    (``digest.corp.example``, RFC 2919)."""

    address: str
    name: str
    list_id: str
    reply_to: str = ""


class _WholeLinks(EmailPolicy):
    """Python folds at 78 letters, and writes what has no spaces as encoded words: a link in a header would be broken.
    A line may have 998 (RFC 5322, 2.1.1)."""

    def fold_binary(self, name: str, value: str) -> bytes:
        if name in WHOLE:
            return f"{name}: {value}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


def written(mail: Mail, sender: Sender) -> bytes:
    """The message, in seven bits, with CRLF. All addresses are some (``is_address``)."""
    letter = mail.letter
    message = EmailMessage(policy=_WholeLinks(linesep="\r\n"))
    message["From"] = Address(_line(sender.name, LONGEST_NAME), addr_spec=sender.address)
    message["To"] = Address(_line(mail.name, LONGEST_NAME), addr_spec=mail.to)
    if sender.reply_to:
        message["Reply-To"] = Address(addr_spec=sender.reply_to)
    message["Subject"] = _line(letter.subject, LONGEST_SUBJECT)
    message["Date"] = mail.written_at
    message["Message-ID"] = f"<{mail.id}@{_domain(sender.address)}>"
    message["List-Id"] = f"<{sender.list_id}>"
    message["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    # Whoever is on holiday keeps it to themselves (RFC 3834; the second is what Exchange reads).
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["Precedence"] = "bulk"
    message.set_content(letter.text, cte="quoted-printable")
    message.add_alternative(_page(letter), subtype="html", cte="quoted-printable")
    _enclose(message, letter)
    # Last: what is about content moves with the content that becomes a part.
    message["Content-Language"] = letter.language
    return message.as_bytes()


def _enclose(message: EmailMessage, letter: Letter) -> None:
    """Pictures stand beside the HTML that shows them (RFC 2387), so that plain readers see none."""
    page = message.get_body(("html",))
    assert isinstance(page, EmailMessage)
    for one in letter.enclosures:
        page.add_related(one.png, "image", "png", cid=f"<{one.cid}>", disposition="inline", filename=f"{one.cid}.png")


def _page(letter: Letter) -> str:
    """``letter.html`` is whole and escaped already."""
    return (
        f'<!DOCTYPE html><html lang="{escape(letter.language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
        f"<title>{escape(_line(letter.subject, LONGEST_SUBJECT))}</title><style>{SHEET}</style></head>"
        f'<body style="{STYLE}"><div style="max-width:640px;margin:0 auto">{letter.html}</div></body></html>\n'
    )


def _line(text: str, most: int) -> str:
    """One line without control characters: others wrote what stands in it."""
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return plain if len(plain) <= most else f"{plain[: most - 1].rstrip()}…"


def _domain(address: str) -> str:
    return address.rpartition("@")[2]
