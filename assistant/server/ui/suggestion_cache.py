"""Suggested questions that the documents really answer, worked out once for each state of the index."""

import threading
from collections.abc import Sequence

from assistant.client import Assistant
from assistant.errors import AssistantError
from assistant.server.ui.suggestions import suggested_questions
from assistant.types import DocumentSummary

_MAX_SUGGESTIONS = 4
_MAX_TRIED = 24  # questions that are asked before they are suggested
_MAX_DOCUMENTS = 12  # that suggestions come from
_MIN_CONFIDENCE = 0.6  # of the answer to a suggested question

_IndexState = tuple[tuple[str, str, int], ...]  # id, title and number of sentences of each document


class SuggestionCache:
    """The suggested questions of an index; threads may share it."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._state: _IndexState = ()
        self._questions: tuple[str, ...] = ()
        self._updating = threading.Lock()

    def suggest(self) -> tuple[str, ...]:
        """A few questions that the documents answer: each has been asked before it is suggested.

        Raises:
            StoreError: the index can't be read.
        """
        summaries = self._assistant.documents()
        state = tuple((summary.id, summary.title, summary.sentences) for summary in summaries)
        with self._updating:
            if state != self._state:
                self._state, self._questions = state, tuple(self._answered_questions(summaries))
            return self._questions

    def _answered_questions(self, summaries: Sequence[DocumentSummary]) -> list[str]:
        documents = [self._assistant.document(summary.id) for summary in summaries[:_MAX_DOCUMENTS]]
        answered: list[str] = []
        for question in suggested_questions(documents)[:_MAX_TRIED]:
            try:
                answer = self._assistant.ask(question, mode="quotes")
            except AssistantError:
                continue
            if not answer.refused and answer.score > _MIN_CONFIDENCE:
                answered.append(question)
            if len(answered) == _MAX_SUGGESTIONS:
                break
        return answered
