"""The account behind ``homeserver.admin_token``, judged as it is at a start: pure. Called by ``parvis doctor``.

Without such a token there is nothing to judge.
"""

from collections.abc import Set as AbstractSet
from http import HTTPStatus
from shlex import quote as in_shell
from typing import Final
from urllib.parse import quote

from bridge.domain.diagnosis import Diagnosis, ServiceAccount, Verdict
from bridge.domain.messages import Message, say
from bridge.domain.service_account import Unfit, objection, unfit
from bridge.rules.doctor.running import UNREACHED
from bridge.rules.doctor.setting import AS_IT_SHOULD_BE

CHECK: Final = "running.admin_token"
WHY: Final = say("The bridge does not start with it, and nothing is planned or applied.")
LOGIN: Final = '{"type": "m.login.password", "identifier": {"type": "m.id.user", "user": "NAME"}, "password": "…"}'
NEW_TOKEN: Final = say("of its service account; the access_token of the answer belongs into homeserver.admin_token")
NEW_ACCOUNT: Final = say("then log it in, and put its token into homeserver.admin_token")
RAISED: Final = say("with an administrator's TOKEN, where the account is Parvis' alone")


def examine(account: ServiceAccount, server_name: str, people: AbstractSet[str], address: str) -> Diagnosis:
    """How it is. ``people`` are the user ids of persons, ``address`` is where the homeserver was asked."""
    if account.token.code == HTTPStatus.UNAUTHORIZED:
        found = say("The homeserver refuses the token in homeserver.admin_token ({error}).",
                    error=account.token.errcode or "401")  # fmt: skip
        return _fault(address, found, f"curl -d '{LOGIN}' {in_shell(f'{address}/_matrix/client/v3/login')}", NEW_TOKEN)
    if not account.owner:
        return Diagnosis(check=CHECK, place=address, verdict=Verdict.UNKNOWN, found=UNREACHED)
    reason = unfit(account.owner, server_name, people, administrator=not _is_refused(account))
    if reason is not None:
        return _fault(address, objection(reason, account.owner, server_name), *_mended(reason, account.owner, address))
    if _is_closed(account):
        found = say("The homeserver's administration, which homeserver.admin_token is for, cannot be reached there.")
        return _fault(address, found, "homeserver: {address: http://127.0.0.1:8008}   # config.yaml")
    if account.administrator is None:
        return Diagnosis(check=CHECK, place=address, verdict=Verdict.UNKNOWN, found=UNREACHED)
    return Diagnosis(check=CHECK, place=address, verdict=Verdict.GOOD, found=AS_IT_SHOULD_BE)


def _is_closed(account: ServiceAccount) -> bool:
    """Whether a proxy answers: of itself Synapse knows the page, and has a word for every refusal."""
    asked = account.administration
    return asked.code == HTTPStatus.NOT_FOUND or (asked.code == HTTPStatus.FORBIDDEN and not asked.errcode)


def _is_refused(account: ServiceAccount) -> bool:
    forbidden = account.administration.code == HTTPStatus.FORBIDDEN and bool(account.administration.errcode)
    return forbidden or account.administrator is False


def _mended(reason: Unfit, owner: str, address: str) -> tuple[str, Message]:
    """By another account, or by more rights for this one."""
    if reason is not Unfit.POWERLESS:
        return f"register_new_matrix_user -c homeserver.yaml --admin -u NAME {in_shell(address)}", NEW_ACCOUNT
    page = in_shell(f"{address}/_synapse/admin/v1/users/{quote(owner, safe='@:')}/admin")
    return f"curl -X PUT -H 'Authorization: Bearer TOKEN' -d '{{\"admin\": true}}' {page}", RAISED


def _fault(place: str, found: Message, remedy: str, note: Message | None = None) -> Diagnosis:
    return Diagnosis(check=CHECK, place=place, verdict=Verdict.FAULT, found=found, why=WHY, remedy=remedy, note=note)
