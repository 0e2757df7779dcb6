"""What somebody does to the audit log who can write to the database file, but does not hold the audit key."""

import sqlite3
from collections.abc import Callable
from typing import Any, Final

from bridge.adapters.sealing import DataKeySealer
from bridge.adapters.signing import AuditKeySigner
from bridge.adapters.sql.values import chain_of
from bridge.adapters.sql.vault import Vault
from bridge.domain.audit import BEGINNING, link_hash, statement, words_of

SEALER: Final = DataKeySealer(bytes(32))
SIGNER: Final = AuditKeySigner(bytes(32))
STRANGER: Final = AuditKeySigner(b"x" * 32)
OPEN: Final = chain_of(Vault(SEALER), "")
BOARD: Final = chain_of(Vault(SEALER), "board")

Tamper = Callable[[sqlite3.Connection], Any]


def sql(statement: str, *values: object) -> Tamper:
    """One statement; ``:open`` and ``:board`` stand for the chains."""
    return lambda raw: raw.execute(statement, {"open": OPEN, "board": BOARD})


def both(*steps: Tamper) -> Tamper:
    """One after the other."""
    return lambda raw: [step(raw) for step in steps]


def swap(first: int, second: int, columns: str) -> Tamper:
    """Two records change places, in these columns."""

    def change(raw: sqlite3.Connection) -> None:
        names = [f"{name} = ?" for name in columns.split(", ")]
        rows = [raw.execute(f"SELECT {columns} FROM audit WHERE seq = ?", [seq]).fetchone() for seq in (first, second)]
        for seq in (first, second):
            raw.execute("UPDATE audit SET id = ? WHERE seq = ?", (f"moving {seq}", seq))
        for seq, row in ((first, rows[1]), (second, rows[0])):
            raw.execute(f"UPDATE audit SET {', '.join(names)} WHERE seq = ?", (*row, seq))

    return change


def remove(*seqs: int) -> Tamper:
    """Records and their links, and those behind close the gap."""

    def change(raw: sqlite3.Connection) -> None:
        for seq in seqs:
            raw.execute("DELETE FROM audit WHERE seq = ?", [seq])
            raw.execute("DELETE FROM audit_links WHERE entry = ?", [seq])
        relink()(raw)

    return change


def insert(after: int) -> Tamper:
    """A forged record behind link ``after``, as like the others as can be."""

    def change(raw: sqlite3.Connection) -> None:
        raw.execute("UPDATE audit SET seq = -seq - 1 WHERE seq > 2")
        raw.execute("UPDATE audit SET seq = -seq WHERE seq < 0")
        raw.execute("UPDATE audit_links SET entry = entry + 1 WHERE entry > 2")
        columns = "at, actor_sealed, kind, run, compartment_index, sealed"
        raw.execute(f"INSERT INTO audit (seq, id, {columns}) SELECT 3, 'forged', {columns} FROM audit WHERE seq = 2")
        raw.execute("UPDATE audit_links SET position = -position - 1 WHERE chain = ? AND position > ?", (OPEN, after))
        raw.execute("UPDATE audit_links SET position = -position WHERE position < 0")
        raw.execute(
            "INSERT INTO audit_links (chain, position, entry, part, at, commitment, hash) "
            "SELECT chain, ?, 3, part, at, commitment, hash FROM audit_links WHERE entry = 2 AND part = 0",
            [after + 1],
        )
        relink()(raw)

    return change


def relink(*, signed_by: AuditKeySigner | None = None) -> Tamper:
    """Number and hash the links of the open chain anew; ``signed_by`` somebody, with a head to them."""

    def change(raw: sqlite3.Connection) -> None:
        previous = BEGINNING
        rows = raw.execute(
            "SELECT l.position, l.part, l.at, l.commitment, l.signature, a.id, a.kind, a.run, a.outcome "
            "FROM audit_links l JOIN audit a ON a.seq = l.entry WHERE l.chain = ? ORDER BY l.position",
            [OPEN],
        ).fetchall()
        for position, (old, part, at, committed, signature, id_, kind, run, outcome) in enumerate(rows, 1):
            words = words_of(part, id_, kind=kind, run=run, outcome=outcome)
            previous = link_hash(previous, OPEN, position=position, part=part, at=at, words=words, committed=committed)
            said = statement(OPEN, position, previous, at)
            signed = signed_by.sign(said) if signed_by else signature
            raw.execute(
                "UPDATE audit_links SET position = ?, hash = ?, signature = ? WHERE chain = ? AND position = ?",
                (position, previous, signed, OPEN, old),
            )
            last = (position, previous, at, signed)
        if signed_by is not None:
            raw.execute("DELETE FROM audit_heads WHERE chain = ?", [OPEN])
            raw.execute(
                "INSERT INTO audit_heads (chain, day, length, hash, at, signature) VALUES (?, 0, ?, ?, ?, ?)",
                (OPEN, *last),
            )

    return change


def older_head(length: int) -> Tamper:
    """The head of when the chain had this many links, which was signed by us then."""
    return sql(
        "UPDATE audit_heads SET (length, hash, at, signature) = "
        f"(SELECT position, hash, at, signature FROM audit_links WHERE chain = :open AND position = {length}) "
        "WHERE chain = :open"
    )


def cut(length: int) -> Tamper:
    """The chain ends after so many links, and its head is the one of then."""
    return both(
        older_head(length),
        sql(f"DELETE FROM audit_links WHERE chain = :open AND position > {length}"),
        sql(
            "DELETE FROM audit WHERE compartment_index = :open "
            "AND seq NOT IN (SELECT entry FROM audit_links WHERE chain = :open)"
        ),
    )
