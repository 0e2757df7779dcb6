"""Certificates of directory sources, judged: the server's, and those in files. Pure. For ``sources`` beside."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bridge.domain.diagnosis import Diagnosis, Verdict
from bridge.domain.messages import Message, say
from bridge.domain.soundings import Certificate, Handshake, PemFile, Sounding, Trust
from bridge.rules.doctor.setting import AS_IT_SHOULD_BE

SOON: Final = timedelta(days=21)
"""Time in which somebody can have a certificate renewed."""
STOPS: Final = say("The last good reading stays in force, and nothing new is learnt until that is mended.")
WILL_STOP: Final = say("From that day on the source cannot be read, and the last good reading stays in force.")


def of_server(sounding: Sounding, shook: Handshake, check: str, now: datetime) -> Diagnosis:
    """The certificate of a server."""
    shown = shook.certificate
    if shook.trust is Trust.GOOD:
        if shown and shown.until - now < SOON:
            found = say("The certificate of {server} ends on {day}.", server=sounding.place, day=shown.until.date())
            return _ill(check, sounding.place, found, WILL_STOP, _dates(sounding), lasting=True)
        return Diagnosis(check=check, place=sounding.place, verdict=Verdict.GOOD, found=AS_IT_SHOULD_BE)
    ill = _ill(check, sounding.place, _found(sounding.place, shook, now), STOPS, _remedy(sounding, shook))
    return replace(ill, note=say("the authority's certificate")) if shook.trust is Trust.OTHER_AUTHORITY else ill


def _found(server: str, shook: Handshake, now: datetime) -> Message:
    shown = shook.certificate
    if shook.trust is Trust.ENDED:
        if shown and shown.until < now:
            return say("The certificate of {server} ended on {day}.", server=server, day=shown.until.date())
        return say("A certificate by which that of {server} is signed has ended.", server=server)
    if shook.trust is Trust.EARLY and shown:
        return say("The certificate of {server} counts from {day} on; is the clock of this machine right?",
                   server=server, day=shown.since.date())  # fmt: skip
    if shook.trust is Trust.OTHER_HOST:
        hosts = shown.hosts if shown else ()
        return say("The certificate of {server} is for other hosts: {hosts}.", server=server, hosts=hosts or ("–",))
    if shook.trust is Trust.OTHER_AUTHORITY:
        return say("The certificate of {server} is signed by an authority that is not trusted here.", server=server)
    return say("There is no TLS with {url}: {reason}.", url=server, reason=shook.reason or "?")


def _remedy(sounding: Sounding, shook: Handshake) -> str:
    if shook.trust is Trust.OTHER_AUTHORITY:
        return "directory:\n  ca_file: ca.pem"
    hosts = [host for host in shook.certificate.hosts if "*" not in host] if shook.certificate else []
    if shook.trust is Trust.OTHER_HOST and hosts:
        scheme, _, rest = sounding.place.partition("://")
        return f"directory:\n  url: {scheme}://{hosts[0]}{_behind_host(rest)}"
    return "timedatectl set-ntp true" if shook.trust is Trust.EARLY else _dates(sounding)


def _behind_host(rest: str) -> str:
    """The port, which stays."""
    host = rest.partition("/")[0]
    return "".join(host.rpartition(":")[1:]) if not host.endswith("]") and ":" in host else ""


def _dates(sounding: Sounding) -> str:
    scheme, _, rest = sounding.place.partition("://")
    host = rest.partition("/")[0]
    bare = host if _behind_host(rest) else f"{host}:443"
    asked = " -starttls ldap" if scheme == "ldap" else ""
    return f"openssl s_client{asked} -connect {bare} </dev/null | openssl x509 -noout -subject -issuer -dates"


def of_files(sounding: Sounding, prefix: str, now: datetime) -> Iterator[Diagnosis]:
    """The files with certificates that the configuration names."""
    for file in sounding.files:
        yield _of_file(file, f"{prefix}.{file.key}", now)
        if file.exposed:
            found = say("Other users of this machine may read the key of {file}.", file=file.path)
            why = say("Whoever has it signs in as the bridge.")
            yield _ill(f"{prefix}.{file.key}.mode", file.path, found, why, f"chmod 600 {file.path}", lasting=True)


def _of_file(file: PemFile, check: str, now: datetime) -> Diagnosis:
    last = max(file.certificates, key=_end, default=None)
    if file.trouble or last is None:
        return _ill(check, file.path, file.trouble or say("It holds no certificate."), STOPS, "")
    look = f"openssl x509 -in {file.path} -noout -subject -dates"
    if last.until < now:
        found = say("The certificate in {file} ended on {day}.", file=file.path, day=last.until.date())
        return _ill(check, file.path, found, STOPS, look)
    if last.until - now < SOON:
        found = say("The certificate in {file} ends on {day}.", file=file.path, day=last.until.date())
        return _ill(check, file.path, found, WILL_STOP, look, lasting=True)
    return Diagnosis(check=check, place=file.path, verdict=Verdict.GOOD, found=AS_IT_SHOULD_BE)


def _end(certificate: Certificate) -> datetime:
    return certificate.until


def _ill(check: str, place: str, found: Message, why: Message, remedy: str, *, lasting: bool = False) -> Diagnosis:
    verdict = Verdict.WARNING if lasting else Verdict.FAULT
    return Diagnosis(check=check, place=place, verdict=verdict, found=found, why=why, remedy=remedy)
