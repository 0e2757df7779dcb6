"""The signer port on Ed25519; wiring makes one from the audit key, the store signs the ends of audit chains with it."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class AuditKeySigner:
    """Signs with the audit key (32 bytes). Safe to use from several threads."""

    def __init__(self, key: bytes) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(key)
        self._public = self._private.public_key()

    def sign(self, statement: bytes) -> bytes:
        """64 bytes that only this key makes."""
        return self._private.sign(statement)

    def is_ours(self, statement: bytes, signature: bytes) -> bool:
        """Whether the signature was made by this key over this statement."""
        try:
            self._public.verify(signature, statement)
        except InvalidSignature:
            return False
        return True
