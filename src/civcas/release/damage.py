"""The ways a release can have been changed, each with the exit code `civcas release verify` leaves with."""

from __future__ import annotations

from civcas import errors


class Damage(errors.Damage):
    """What was found of a release."""

    MANIFEST = 20, "release.json cannot be read, or does not have the content its hash was made of"
    MISSING = 21, "a file that release.json names is not there"
    CHANGED = 22, "a file does not have the content that release.json names"
    EXTRA = 23, "there is a file that release.json does not name"
    ANOTHER = 24, "the release is whole, but it is not the one that was asked for"


class Damaged(errors.Damaged):
    """A release is not as it was written."""

    def __init__(self, damage: Damage, found: str, *, where: str) -> None:
        super().__init__(
            damage,
            found,
            where=where,
            expected="the release as it was written",
            do="Take it again from where it was published, or build it again: civcas release build OUT --until @ENTRY",
        )
