"""A case as a notebook uses it: `case = civcas.open(DIR)`, then one call for each thing a person does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from civcas.case import backup, checking, difference, erasure, figure, folder, history, intake, subject, vintage
from civcas.catalog import Tables
from civcas.ledger import checkpoint as checkpoints
from civcas.ledger import deciding
from civcas.ledger.book import Appended
from civcas.ledger.entry import EntryKind
from civcas.ledger.moment import Moment
from civcas.ledger.replay import replay
from civcas.terms.decision import Decision
from civcas.terms.window import Window
from civcas.vault import Original

When = Moment | str | dt.date | None


class Case(folder.Folder):
    """The folder of one project. A moment is a day (2017-01-23), a time, an entry (@41) or now (None)."""

    def keep(self, path: str | Path) -> Original:
        """Take a file into the vault; it is part of the case when `commit` has said what was read of it."""
        return self.vault.keep(Path(path))

    def commit(
        self,
        *,
        dataset: str,
        format: str,
        original: Original,
        tables: Mapping[str, intake.Rows],
        given: int,
        author: str,
        unread: pa.Table | None = None,
        reason: str = "",
        notes: Mapping[str, Any] | None = None,
    ) -> intake.Import:
        """Make what an importer read of an original part of the case; see `civcas.case.intake.commit`."""
        return intake.commit(
            self, dataset=dataset, format=format, original=original, tables=tables, given=given,
            author=author, unread=unread, reason=reason, notes=notes,
        )  # fmt: skip

    def take_in(self, path: str | Path, **what: Any) -> intake.Import:
        """`keep` and `commit` in one: for tables that are already read."""
        return self.commit(original=self.keep(path), **what)

    def decide(self, *decisions: Decision, author: str, batch: str = "") -> Appended:
        """Append decisions as one batch. Raises for an unknown subject, and Conflict where one was decided meanwhile."""
        subject.refuse_unknown(self, {name for each in decisions for name in each.names})
        return deciding.decide(self.ledger, decisions, author=author, batch=batch)

    def standing(self, subject: str, about: str) -> Decision | None:
        """The decision that stands on one aspect of a subject; its sequence is what the next one supersedes."""
        return deciding.standing(self.ledger, subject, about)

    def decisions(self, until: When = None) -> pa.Table:
        """Every decision that stands at a moment; see `civcas.ledger.replay`."""
        return replay(self.ledger, moment(until))

    def tables(self, until: When = None) -> Tables:
        """The tables that stood at a moment, as imported; see `civcas.case.vintage`."""
        return vintage.tables(self, moment(until))

    def imports(self, until: When = None) -> list[intake.Import]:
        return intake.imports(self, moment(until))

    def log(self, subject: str | None = None, *, until: When = None) -> list[history.Event]:
        """Everything the ledger holds on a subject, or on all."""
        return history.history(self, subject, until=moment(until))

    def diff(self, start: When, to: When = None) -> difference.Difference:
        """What changed between two moments, and which import or decision did it."""
        return difference.difference(self, moment(start), moment(to))

    def figures(
        self,
        *,
        as_of: str | dt.date | None = None,
        known: When = None,
        belligerent: str | None = None,
        area: str | None = None,
        window: str | Window | None = None,
        measure: str | None = None,
    ) -> pa.Table:
        """The figures published by a day, as the case knew them at a moment; see `civcas.case.figure`."""
        asked = figure.Asked.of(belligerent=belligerent, area=area, window=window, measure=measure)
        return figure.figures(self, asked, as_of=figure.day(as_of), known=moment(known))

    def note(self, text: str, *, author: str, subject: str = "note") -> int:
        """Write a remark into the ledger; returns its entry."""
        return self.remember(EntryKind.NOTE, subject, {}, author=author, reason=text)

    def checkpoint(self, *, passphrase: str = "") -> checkpoints.Checkpoint:
        """Sign the last entry. A copy of what this returns, kept elsewhere, proves later that nothing was cut off."""
        key = checkpoints.read_key(self.key_path, passphrase=passphrase)
        return checkpoints.sign(self.ledger, key)

    def verify(
        self, *, originals: bool = False, against: Sequence[str | Path] = (), keys: Sequence[str] = ()
    ) -> checking.Checked:
        """Hold the ledger (and the originals) against their hashes; raises Damaged. See `civcas.case.checking`."""
        return checking.check(self, originals=originals, against=against, keys=keys)

    def erase(self, sha256: str, *, reason: str, author: str, second: str) -> int:
        """Erase an original for a lawful reason, which takes two people; its hash and the chain stay."""
        return erasure.erase(self, sha256, reason=reason, author=author, second=second)

    def backup(self, path: str | Path, *, author: str, to: str | None = None) -> backup.Backup:
        """Write one consistent file of the whole case while work goes on; see `civcas.case.backup`."""
        return backup.backup(self, Path(path), author=author, to=to)

    def status(self) -> checking.Status:
        return checking.status(self)


def moment(when: When) -> Moment:
    return when if isinstance(when, Moment) else Moment.parse(when)
