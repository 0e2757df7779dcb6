"""A private authority, a TLS certificate and a signing key per server name, kept in the cache."""

import base64
import datetime
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from deploy.localnet.cache import cache_folder, locked, make_folder, write_atomically

AUTHORITY_DAYS, SERVER_DAYS, RENEW_BEFORE_DAYS = 3650, 365, 30


@dataclass(frozen=True, kw_only=True)
class Keys:
    """Everything that proves a server is who it says, as file contents."""

    authority: bytes
    certificate: bytes
    private_key: bytes
    signing_key: bytes


@dataclass(frozen=True, kw_only=True)
class _Pair:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


async def keys_for(server_names: list[str]) -> dict[str, Keys]:
    folder = make_folder(cache_folder() / "keys")
    async with locked(folder / "lock"):
        authority = _kept(folder, "authority", None) or _make(folder, "authority", None)
        return {name: _keys(folder, name, authority) for name in server_names}


def _keys(folder: Path, name: str, authority: _Pair) -> Keys:
    pair = _kept(folder, name, authority) or _make(folder, name, authority)
    return Keys(
        authority=_pem(authority.certificate),
        certificate=_pem(pair.certificate),
        private_key=_key_pem(pair.key),
        signing_key=_signing_key(folder / f"{name}.signing.key"),
    )


def _kept(folder: Path, name: str, issuer: _Pair | None) -> _Pair | None:
    """What the cache holds, unless missing, damaged, expiring or signed by an authority of the past."""
    try:
        certificate = x509.load_pem_x509_certificate((folder / f"{name}.crt").read_bytes())
        key = serialization.load_pem_private_key((folder / f"{name}.key").read_bytes(), None)
        certificate.verify_directly_issued_by(issuer.certificate if issuer else certificate)
    except (OSError, ValueError, TypeError, InvalidSignature):
        return None
    soon = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=RENEW_BEFORE_DAYS)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or certificate.not_valid_after_utc < soon:
        return None
    return _Pair(certificate=certificate, key=key) if key.public_key() == certificate.public_key() else None


def _make(folder: Path, name: str, issuer: _Pair | None) -> _Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _builder(name, key, issuer)
    certificate = builder.sign(issuer.key if issuer else key, hashes.SHA256())
    write_atomically(folder / f"{name}.key", _key_pem(key))
    write_atomically(folder / f"{name}.crt", _pem(certificate))
    return _Pair(certificate=certificate, key=key)


def _builder(name: str, key: ec.EllipticCurvePrivateKey, issuer: _Pair | None) -> x509.CertificateBuilder:
    signer = issuer.key if issuer else key
    start = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    days = SERVER_DAYS if issuer else AUTHORITY_DAYS
    builder = (
        x509.CertificateBuilder()
        .subject_name(_subject(name))
        .issuer_name(issuer.certificate.subject if issuer else _subject(name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .add_extension(_usage(authority=issuer is None), critical=True)
    )
    if issuer is None:
        return builder
    return builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False).add_extension(
        x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False
    )


def _subject(name: str) -> x509.Name:
    # A common name holds 64 characters; what counts is the alternative name.
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Parvis localnet {name}"[:64])])


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority, key_cert_sign=authority, crl_sign=authority, content_commitment=False,
        key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _signing_key(path: Path) -> bytes:
    if not path.exists():
        seed = base64.b64encode(os.urandom(32)).decode().rstrip("=")
        write_atomically(path, f"ed25519 a_{secrets.token_hex(3)} {seed}\n".encode())
    return path.read_bytes()


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
