"""What the system and OpenSSL refuse, in both languages."""

import ssl
from pathlib import Path
from typing import Final

import pytest

from bridge.adapters.language import Catalogues
from bridge.domain.messages import Message, say
from bridge.files.refusals import BY_CODE, BY_NUMBER, BY_REASON, NOT_PEM, reason_of

NOBODY_KNOWS: Final = 9_999


def refused(code: int) -> ssl.SSLCertVerificationError:
    """As OpenSSL raises it for a certificate."""
    error = ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed")
    error.verify_code, error.verify_message = code, "in words of OpenSSL"
    return error


def broken(reason: str) -> ssl.SSLError:
    """As OpenSSL raises it for a connection or a file."""
    error = ssl.SSLError(1, f"[SSL: {reason}] in words of OpenSSL")
    error.reason = reason
    return error


ALL: Final = [
    *(OSError(number, "in words of the system") for number in BY_NUMBER),
    *map(refused, BY_CODE),
    *map(broken, BY_REASON),
]


@pytest.fixture(scope="module")
def catalogues() -> Catalogues:
    return Catalogues.load()


@pytest.mark.parametrize("error", ALL, ids=repr)
def test_a_reason_is_in_the_persons_language(error: OSError, catalogues: Catalogues) -> None:
    reason = reason_of(error)
    assert isinstance(reason, Message)
    whole = say("The system refuses: {reason}.", reason=reason)
    assert catalogues.translate(whole, "en") == f"The system refuses: {reason}."
    assert str(reason) not in catalogues.translate(whole, "fr")


def test_what_is_not_known_is_said_as_it_came() -> None:
    assert reason_of(OSError(NOBODY_KNOWS, "of its own")) == "of its own"
    assert reason_of(refused(NOBODY_KNOWS)) == "in words of OpenSSL"
    assert reason_of(ValueError("embedded null byte")) == "embedded null byte"
    assert reason_of(TimeoutError()) == "TimeoutError"


def test_a_file_that_is_no_certificate_is_told_in_the_persons_language(tmp_path: Path) -> None:
    (tmp_path / "a.pem").write_text("no certificate")
    with pytest.raises(ssl.SSLError) as caught:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(tmp_path / "a.pem")
    assert reason_of(caught.value) == NOT_PEM


def test_numbers_of_tls_are_not_those_of_the_system() -> None:
    assert reason_of(ssl.SSLError(1, "wrong version number")) == "wrong version number"
