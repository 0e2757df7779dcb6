"""``parvis doctor``: is the homeserver set up as the bridge needs it, and does it keep closed what has to be. Found by
``cli``.
"""

import json
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import click
import yaml

from bridge.adapters.matrix.asking import Asked, ask
from bridge.adapters.matrix.outside import look
from bridge.adapters.time import SystemClock
from bridge.app.bots import bot_user, users_of
from bridge.app.context import Context, finish, pass_context
from bridge.app.doctor_report import remedy_of, report
from bridge.app.judging import refuse_what_cannot_run
from bridge.app.secrecy_sounding import secrecy_sounding
from bridge.app.sounding import Sounded, soundings
from bridge.app.speaking import Word
from bridge.app.terminal import Terminal
from bridge.app.verbs import DONE, FAILED
from bridge.config.registration import registration_of
from bridge.config.settings import Config
from bridge.domain.diagnosis import Diagnosis
from bridge.domain.document import Document
from bridge.domain.errors import ParvisError
from bridge.domain.messages import Message, say
from bridge.domain.problems import InvalidInput
from bridge.files.reading import read_bytes, refuse, text_of
from bridge.files.yaml_faults import fault_of
from bridge.files.yaml_text import refuse_fault
from bridge.rules.doctor import homeserver, outside, registration, running, secrecy, service_account, sources
from bridge.rules.doctor.setting import Tree, value_at

LARGEST: Final = 4
"""MiB of a homeserver's configuration."""
SECRETS: Final = frozenset({"as_token", "hs_token"})


@click.command("doctor", cls=Word)
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
@click.option(
    "--homeserver",
    "files",
    metavar="FILE",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="A configuration of Synapse; once for each file that it is started with.",
)
@click.option("--offline", is_flag=True, help="Read files alone; works without secrets.")
@pass_context
def doctor(context: Context, files: tuple[Path, ...], *, as_json: bool, offline: bool) -> None:
    """Check the homeserver's settings and what it answers. Exit code 1 when something is to be done."""
    finish(_doctor(context, files, as_json=as_json, offline=offline))


async def _doctor(context: Context, files: Sequence[Path], *, as_json: bool, offline: bool) -> int:
    """The exit code. Raises ``InvalidInput`` where a file that it is told to read cannot be read."""
    try:
        found = await _found(context, files, offline=offline)
    except ParvisError as error:
        if as_json:
            context.terminal.failed(error)
        raise
    if as_json:
        context.terminal.raw(_json(found, context.terminal))
    else:
        context.terminal.show(Document(tuple(report(found, files, partial(_words, context.terminal)))))
    return FAILED if any(one.ill for one in found) else DONE


async def _found(context: Context, files: Sequence[Path], *, offline: bool) -> list[Diagnosis]:
    config = context.config(stand_ins=offline)
    refuse_what_cannot_run(config)
    clock = SystemClock()
    sounded = await soundings(config, clock, offline=offline)
    partners = _partners(sounded, context.terminal, offline=offline)
    found = list(_read(config, files, partners, offline=offline))
    found += sources.examine([sounding for sounding, _ in sounded], clock.now())
    name = config.homeserver.server_name
    if offline:
        found += outside.unseen(name)
    else:
        if (checked := await secrecy_sounding(config, clock)) is not None:
            found += secrecy.examine(checked, clock.now())
        answers = await ask(_asked(config), sorted(partners))
        found += running.examine(answers, config.homeserver.room_version or "")
        if answers.service is not None:
            found.append(service_account.examine(answers.service, name, _people(config, sounded), answers.address))
        found += outside.examine(await look(name), outside.Meant(server_name=name, base_url=_public(files)))
    return found


def _asked(config: Config) -> Asked:
    admin_token = config.homeserver.admin_token
    return Asked(
        address=config.homeserver.address,
        token=config.appservice.as_token.reveal(),
        admin_token=admin_token.reveal() if admin_token else "",
        service=config.appservice.id,
        bot=bot_user(config),
        bots=users_of(config),
        clock=SystemClock(),
    )


def _public(files: Sequence[Path]) -> str:
    """Where the homeserver's configuration says that clients find it."""
    return str(value_at(_merged(files), "public_baseurl", ""))


def _partners(sounded: Sequence[Sounded], terminal: Terminal, *, offline: bool) -> frozenset[str]:
    """Exact names of the servers of partners that the directory names, where it can be read."""
    directories = [reading.directory for _, reading in sounded if reading]
    if len(directories) < len(sounded) and not offline:
        terminal.say(say("Servers of partners that a source names which could not be read are not looked at."))
    partners = (partner for one in directories for partner in one.partners.values())
    return frozenset(server for one in partners for server in one.servers if "*" not in server)


def _people(config: Config, sounded: Sequence[Sounded]) -> frozenset[str]:
    """User ids of employees; one that is merely made of a login is a guess where accounts are looked for."""
    guessed = bool(config.identities.strategies)
    people = (one for _, reading in sounded if reading for one in reading.directory.people.values())
    return frozenset(one.user for one in people if one.user and not (guessed and one.login))


def _read(config: Config, files: Sequence[Path], partners: frozenset[str], *, offline: bool) -> Iterator[Diagnosis]:
    """What files tell: the homeserver's configuration, and the registrations that it names."""
    if not files:
        return
    tree = _merged(files)
    ours = homeserver.Ours(
        server_name=config.homeserver.server_name,
        bot=bot_user(config),
        aliases=config.appservice.aliases,
        users=tuple(one["regex"] for one in registration_of(config)["namespaces"]["users"]),
        partners=partners,
    )
    yield from homeserver.examine(tree, ours, str(files[-1]))
    yield from _registrations(config, tree, offline=offline)


def _registrations(config: Config, tree: Tree, *, offline: bool) -> Iterator[Diagnosis]:
    wanted, others = registration_of(config), dict[str, Tree]()
    registered: tuple[str, Tree] | None = None
    listed = value_at(tree, "app_service_config_files", ())
    places = [str(file) for file in listed] if isinstance(listed, Sequence) and not isinstance(listed, str) else []
    unread = 0
    for file in places:
        try:
            found = _tree(Path(file))
        except InvalidInput as invalid:
            unread += 1
            yield registration.unread(file, invalid.problems[0].message, missing=_is_missing(Path(file)))
            continue
        if found.get("id") == wanted["id"] or found.get("sender_localpart") == wanted["sender_localpart"]:
            registered = (file, found)
        else:
            others[file] = found
    if others and registered is None and not unread:
        yield registration.nowhere(places)
    if registered is not None:
        place, known = registered
        for one in registration.examine(known, wanted, place):
            if not (offline and one.check.removeprefix("registration.") in SECRETS):
                yield one
    yield from registration.overlapping(others, wanted, config.homeserver.server_name)


def _is_missing(file: Path) -> bool:
    """Whether there is surely no such file; of a relative path only the homeserver knows where it leads."""
    try:
        file.stat()
    except (FileNotFoundError, NotADirectoryError):
        return file.is_absolute()
    except OSError:
        return False
    return False


def _merged(files: Sequence[Path]) -> dict[str, Any]:
    """All files as Synapse reads them: of a key that several have, the last one counts."""
    tree: dict[str, Any] = {}
    for file in files:
        tree |= _tree(file)
    return tree


def _tree(file: Path) -> dict[str, Any]:
    """The YAML of a file of the homeserver, which may use more of YAML than our own files. Raises ``InvalidInput``."""
    text = text_of(read_bytes(file, limit_mib=LARGEST), str(file))
    try:
        tree = yaml.load(text, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError) as error:  # a day such as 2026-02-31 is a ValueError
        refuse_fault(fault_of(error, text), str(file))
    if not isinstance(tree, dict):
        refuse(str(file), say("A table of keys and values is expected here."))
    return tree


def _json(found: Sequence[Diagnosis], terminal: Terminal) -> str:
    words = partial(_words, terminal)
    rows = [
        {
            "check": one.check,
            "place": one.place,
            "verdict": str(one.verdict),
            "found": words(one.found),
            "why": words(one.why) if one.why else None,
            "remedy": remedy_of(one, words) or None,
        }
        for one in found
    ]
    return json.dumps({"checks": rows}, ensure_ascii=False, indent=2)


def _words(terminal: Terminal, message: Message) -> str:
    return terminal.translator.translate(message, terminal.language)
