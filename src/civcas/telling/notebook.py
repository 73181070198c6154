"""Checked claims as a notebook shows them: the verdict, why, and the curve."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

from civcas.claims.checked import CheckedArticle, CheckedClaim
from civcas.telling.curve import curve_html, has_curve


@dataclass(frozen=True, slots=True)
class ShownClaim:
    """A checked claim that draws itself in Jupyter."""

    checked: CheckedClaim

    @property
    def verdict(self) -> str:
        return str(self.checked.verdict)

    @property
    def answer(self) -> str:
        return self.checked.answer

    @property
    def because(self) -> str:
        return self.checked.because

    def to_dict(self) -> dict[str, Any]:
        return self.checked.to_dict()

    def __repr__(self) -> str:
        return f"{self.checked.claim.id}: {self.verdict}. {self.answer}"

    def _repr_html_(self) -> str:
        told = self.to_dict()
        picture = curve_html(told) if has_curve(told) else ""
        return (
            f'<section><p dir="auto"><strong>{escape(told["id"])}</strong> {escape(told["says"])}</p>'
            f'<p dir="auto"><strong>{escape(self.verdict)}</strong>. {escape(self.answer)}</p>{picture}</section>'
        )


@dataclass(frozen=True, slots=True)
class ShownArticle:
    """A checked article: index it by claim id, loop over its claims, or let a notebook show it."""

    checked: CheckedArticle

    @property
    def claims(self) -> tuple[ShownClaim, ...]:
        return tuple(ShownClaim(claim) for claim in self.checked.claims)

    def __getitem__(self, claim_id: str) -> ShownClaim:
        return ShownClaim(self.checked[claim_id])

    def to_dict(self) -> dict[str, Any]:
        return self.checked.to_dict()

    def __repr__(self) -> str:
        return "\n".join(
            f"{shown.checked.claim.id:>5}  {shown.verdict:22}  {shown.checked.claim.says}" for shown in self.claims
        )

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><td>{escape(shown.checked.claim.id)}</td><td dir="auto">{escape(shown.checked.claim.says)}</td>'
            f"<td>{escape(shown.verdict)}</td></tr>"
            for shown in self.claims
        )
        return f"<table><thead><tr><th>id</th><th>claim</th><th>verdict</th></tr></thead><tbody>{rows}</tbody></table>"
