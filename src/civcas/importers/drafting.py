"""A mapping while it is being proposed: fields, questions, and the columns that a field or a question names."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Draft:
    """`told` are columns that a question names: they are not dropped in silence."""

    fields: dict[str, object] = field(default_factory=dict)
    questions: list[str] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    told: set[str] = field(default_factory=set)
    of_column: dict[str, str] = field(default_factory=dict)  # a question about the cells of one column

    def take(self, wanted: str, cell: object, *columns: str, question: str = "") -> None:
        self.fields[wanted] = cell
        self.taken.update(columns)
        if question:
            self.of_column[columns[0]] = question

    def ask(self, question: str, *columns: str) -> None:
        """Put a question; where it is about one column that has another, the two are one question."""
        if len(columns) == 1 and (other := self.of_column.pop(columns[0], "")):
            question += "; " + other.removeprefix(f"{columns[0]}: ")
        self.questions.append(question)
        self.told.update(columns)

    def settle(self) -> None:
        """Questions about the cells of single columns, first; one question for columns that ask the same."""
        same: dict[str, list[str]] = {}
        for column, question in self.of_column.items():
            same.setdefault(question.removeprefix(f"{column}: "), []).append(column)
        left = [
            (f"{', '.join(columns)}: {asked}" if self.of_column[columns[0]].startswith(f"{columns[0]}: ") else asked)
            for asked, columns in same.items()
        ]
        self.of_column.clear()
        self.questions = (left if len(left) < 3 else ["; ".join(left)]) + self.questions
