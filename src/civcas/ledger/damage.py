"""The ways a ledger can have been changed, each with the exit code `civcas verify` leaves with."""

from __future__ import annotations

from civcas import errors


class Damage(errors.Damage):
    """What was found of a ledger."""

    ALTERED = 10, "an entry does not have the content its hash was made of"
    REORDERED = 11, "an entry stands where another belongs"
    SPLICED = 12, "an entry is whole but does not follow the one before it: it comes from another chain"
    GAP = 13, "an entry is missing from the middle"
    TRUNCATED = 14, "the file ends before its trailer"
    TAIL_DROPPED = 15, "the ledger ends before an entry that a checkpoint signed"
    REWRITTEN = 16, "the chain is whole, but it is not the one a checkpoint signed"
    WRONG_KEY = 17, "a checkpoint is not signed with the key it should be"
    ORIGINALS = 18, "an original is missing, or is not the file that was taken in"


class Damaged(errors.Damaged):
    """The ledger, or what it vouches for, is not as it was written."""

    def __init__(self, damage: Damage, found: str, *, where: str, sequence: int | None = None) -> None:
        self.sequence = sequence
        super().__init__(
            damage,
            found,
            where=where,
            expected="the ledger as it was written",
            do="Keep this copy as evidence, do not write to it, and compare it with a backup (civcas restore)",
        )
