"""The section ``mail``: what it means, and one clear sentence for each fault."""

from pathlib import Path

import pytest

from bridge.config.mail import Mail, MailPlace
from bridge.domain.mail import Mailbox
from tests.config import writing

GOOD = """
mail:
  server: smtp.corp.example:587
  user: parvis
  password: env:MAIL_PASSWORD
  sender: "Parvis <parvis@corp.example>"
  links: https://parvis.corp.example/
"""
ENV = {**writing.ENV, "MAIL_PASSWORD": "one with spaces"}


def loaded(folder: Path, section: str) -> Mail:
    found = writing.load(folder, writing.GOOD + section, ENV).mail
    assert found is not None
    return found


def test_a_server_a_sender_and_an_outside_address_are_enough(tmp_path: Path) -> None:
    mail = loaded(tmp_path, GOOD)
    assert (mail.server, mail.security) == (MailPlace("smtp.corp.example", 587), "starttls")
    assert mail.sender == Mailbox("parvis@corp.example", "Parvis")
    assert mail.password is not None
    assert mail.password.reveal() == "one with spaces"
    assert (mail.links, mail.hidden_groups, mail.bounces) == ("https://parvis.corp.example", False, None)


def test_without_the_section_there_is_no_mail(tmp_path: Path) -> None:
    assert writing.load(tmp_path).mail is None


@pytest.mark.parametrize(
    ("was", "becomes", "sentence"),
    [
        ("smtp.corp.example:587", "smtp.corp.example", "not a mail server with its port"),
        ("smtp.corp.example:587", "smtp.corp.example:99999", "not a mail server with its port"),
        ("Parvis <parvis@corp.example>", "Parvis", "is not a sender such as"),
        ("Parvis <parvis@corp.example>", "Parvis <parvis>", "is not a sender such as"),
        ("https://parvis", "http://parvis", "begin with https"),
        ("  user: parvis\n", "", "belong together"),
        ("  password: env:MAIL_PASSWORD\n", "", "belong together"),
        ("env:MAIL_PASSWORD", "env:NOT_THERE", "NOT_THERE is not set"),
        ("  user", "  security: none\n  user", "not sent in clear"),
        ("  user", "  bounces: nobody\n  user", "is not an e-mail address such as"),
        ("  user", "  securty: tls\n  user", "did you mean security?"),
        ("  user", "  security: ssl\n  user", "is not known here"),
    ],
    ids=range(12),
)
def test_each_fault_has_a_sentence_of_its_own(tmp_path: Path, was: str, becomes: str, sentence: str) -> None:
    assert was in GOOD
    found = writing.complaints(tmp_path, writing.GOOD + GOOD.replace(was, becomes), ENV)
    assert len(found) == 1, found
    assert sentence in found[0]


def test_the_password_is_shown_nowhere(tmp_path: Path) -> None:
    assert "one with spaces" not in repr(loaded(tmp_path, GOOD))


def test_a_server_on_this_machine_may_be_without_tls(tmp_path: Path) -> None:
    section = GOOD.replace("smtp.corp.example:587", "127.0.0.1:25\n  security: none")
    assert loaded(tmp_path, section).server.local
