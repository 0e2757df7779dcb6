"""Invite codes as they are written: three times four letters and digits, none of which looks like another. Pure."""

from hashlib import sha256
from typing import Final

ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without 0 and O, 1 and I: 32 signs, so that twelve of them are 60 bits."""
PARTS: Final = 3
LENGTH: Final = 4


def code_of(chance: str) -> str:
    """A code made of a random word."""
    number = int.from_bytes(sha256(chance.encode()).digest()[:8], "big")
    signs = [ALPHABET[number >> 5 * place & 31] for place in range(PARTS * LENGTH)]
    return "-".join("".join(signs[start : start + LENGTH]) for start in range(0, len(signs), LENGTH))


def secret_in(text: str) -> str:
    """What somebody typed as the code that it may be: capitals, no dashes or spaces; empty when it cannot be one."""
    plain = "".join(text.upper().replace("-", " ").replace("‑", " ").replace("–", " ").split())
    return plain if len(plain) == PARTS * LENGTH and all(sign in ALPHABET for sign in plain) else ""


def looks_like_a_code(words: tuple[str, ...]) -> bool:
    """Whether a line is nothing but a code."""
    return 1 <= len(words) <= PARTS and bool(secret_in(" ".join(words)))
