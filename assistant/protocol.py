"""What every door to an index can do: `assistant.Assistant` in this process, `assistant.remote.Remote` over HTTP."""

from typing import Protocol

from assistant.types import Answer, Hit


class QuestionAnswering(Protocol):
    """An index that can be asked."""

    def ask(self, question: str) -> Answer:
        """As `assistant.Assistant.ask`."""

    def search(self, text: str, k: int = 10) -> list[Hit]:
        """As `assistant.Assistant.search`."""
