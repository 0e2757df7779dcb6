"""The signer port on Ed25519; wiring makes one from the audit key, the store signs the ends of audit chains with it."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


class AuditKeySigner:
    """Signs with the audit key (32 bytes). Safe to use from several threads."""

    def __init__(self, key: bytes) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(key)
        self._public = self._private.public_key()

    @property
    def public(self) -> bytes:
        """32 bytes."""
        return self._public.public_bytes_raw()

    def sign(self, statement: bytes) -> bytes:
        """64 bytes that only this key makes."""
        return self._private.sign(statement)

    def is_ours(self, statement: bytes, signature: bytes) -> bool:
        """Whether the signature was made by this key over this statement."""
        return _made_by(self._public, statement, signature)

    def made_by(self, public: bytes, statement: bytes, signature: bytes) -> bool:
        """Whether the signature was made by the key with this public half; False when that is none."""
        try:
            key = Ed25519PublicKey.from_public_bytes(public)
        except ValueError:
            return False
        return _made_by(key, statement, signature)


def _made_by(key: Ed25519PublicKey, statement: bytes, signature: bytes) -> bool:
    try:
        key.verify(signature, statement)
    except InvalidSignature:
        return False
    return True
