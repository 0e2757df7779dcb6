"""A real OpenLDAP server for tests: loopback, files of its own, gone when the tests are. Nothing is installed."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

PACKAGES: Final = (
    "slapd ldap-utils libldap-2.5-0 libodbc2 libltdl7 libsasl2-2 libsasl2-modules-db libargon2-1 libwrap0 libperl5.36"
)
CACHE: Final = Path(os.environ.get("PARVIS_CACHE") or Path.home() / ".cache/parvis") / "slapd"
START_SECONDS: Final = 20.0

CONF: Final = """\
include {schema}/core.schema
include {schema}/cosine.schema
include {schema}/nis.schema
include {schema}/inetorgperson.schema
modulepath {modules}
moduleload back_mdb
{sync}
{tls}
database mdb
maxsize 2147483648
suffix "dc=corp,dc=example"
rootdn "cn=root,dc=corp,dc=example"
rootpw secret
directory {folder}/db
limits dn.exact="cn=parvis,dc=corp,dc=example" size.soft={limit} size.hard={limit} size.prtotal={limit}
{overlay}
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="cn=parvis,dc=corp,dc=example" read by * none
"""

BASE: Final = """\
dn: dc=corp,dc=example
objectClass: domain
dc: corp

dn: cn=parvis,dc=corp,dc=example
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: parvis
userPassword: swordfish

dn: ou=people,dc=corp,dc=example
objectClass: organizationalUnit
ou: people

dn: ou=groups,dc=corp,dc=example
objectClass: organizationalUnit
ou: groups

"""


class MissingSlapd(Exception):
    """Why there can be no server here."""


def _root() -> Path:
    """Where slapd and its libraries are: the system's, or Debian's packages unpacked into the cache."""
    if Path("/usr/sbin/slapd").exists():
        return Path("/")
    if (CACHE / "ready").exists():
        return CACHE
    if not (shutil.which("apt-get") and shutil.which("dpkg")):
        raise MissingSlapd("slapd is not here, and neither is apt-get")
    packages = CACHE / "packages"
    packages.mkdir(parents=True, exist_ok=True)
    got = subprocess.run(["apt-get", "download", *PACKAGES.split()], cwd=packages, capture_output=True, check=False)
    if got.returncode:
        raise MissingSlapd("apt-get cannot download slapd")
    for package in packages.glob("*.deb"):
        subprocess.run(["dpkg", "-x", str(package), str(CACHE)], check=True, capture_output=True)
    (CACHE / "ready").touch()
    return CACHE


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@dataclass(slots=True)
class Slapd:
    """A server that can be stopped, started again and written to. ``tls``: certificate and key (PEM), used at once or
    once a client ``asks``; ``sync``: others may follow it, so that it tells when it changed; ``trust``: certificates
    (PEM) that may sign in."""

    folder: Path
    limit: str = "unlimited"
    tls: tuple[Path, Path] | None = None
    sync: bool = False
    trust: Path | None = None
    asks: bool = False
    root: Path = field(default_factory=_root)
    port: int = field(default_factory=_free_port)
    _process: subprocess.Popen[bytes] | None = None

    def load(self, ldif: str) -> None:
        """Fill it, before its first start."""
        (self.folder / "db").mkdir()
        schema = self.root / "etc/ldap/schema"
        tls = f"TLSCertificateFile {self.tls[0]}\nTLSCertificateKeyFile {self.tls[1]}" if self.tls else ""
        if self.trust:  # whoever shows a certificate of theirs is the reader
            subject = '"^cn=ldap$" "cn=parvis,dc=corp,dc=example"'
            tls += f"\nTLSCACertificateFile {self.trust}\nTLSVerifyClient demand\nauthz-regexp {subject}"
        conf = CONF.format(
            schema=schema,
            modules=self.root / "usr/lib/ldap",
            folder=self.folder,
            limit=self.limit,
            tls=tls,
            sync="moduleload syncprov" if self.sync else "",
            overlay="overlay syncprov" if self.sync else "",
        )
        (self.folder / "slapd.conf").write_text(conf)
        (self.folder / "load.ldif").write_text(BASE + ldif)
        files = "-f", self.folder / "slapd.conf", "-l", self.folder / "load.ldif"
        self._run("usr/sbin/slapd", "-T", "add", "-q", *files)

    def start(self) -> None:
        """Start it, and wait until it listens."""
        scheme = "ldaps" if self.tls and not self.asks else "ldap"
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(self.root / "usr/sbin/slapd"), "-f", str(self.folder / "slapd.conf"), "-d", "0",
                 "-h", f"{scheme}://127.0.0.1:{self.port}"],
                stdout=log, stderr=log, env=self._env(),
            )  # fmt: skip
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise RuntimeError((self.folder / "log").read_text(errors="replace")[-1000:])

    def stop(self) -> None:
        """End it at once, whoever is being answered."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def change(self, ldif: str) -> None:
        """Apply changes, as an administrator."""
        root = ("-D", "cn=root,dc=corp,dc=example", "-w", "secret")
        self._run("usr/bin/ldapmodify", "-x", "-H", f"ldap://127.0.0.1:{self.port}", *root, input_=ldif)

    def _run(self, tool: str, *arguments: object, input_: str | None = None) -> None:
        command = [str(self.root / tool), *map(str, arguments)]
        done = subprocess.run(command, input=input_, env=self._env(), capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr[-1000:])

    def _env(self) -> dict[str, str]:
        libraries = [str(path) for path in (self.root / "usr/lib").glob("*-linux-gnu")]
        return {**os.environ, "LD_LIBRARY_PATH": ":".join(libraries)}


@contextmanager
def slapd(
    ldif: str,
    *,
    limit: str = "unlimited",
    tls: tuple[Path, Path] | None = None,
    sync: bool = False,
    trust: Path | None = None,
    asks: bool = False,
) -> Iterator[Slapd]:
    """A server that holds ``ldif`` and a reader, ``cn=parvis`` with the password swordfish. Raises ``MissingSlapd``."""
    folder = Path(tempfile.mkdtemp(prefix="parvis-ldap-"))
    server = None
    try:
        server = Slapd(folder, limit, tls, sync, trust, asks)
        server.load(ldif)
        server.start()
        yield server
    finally:
        if server:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)
