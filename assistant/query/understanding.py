"""The question as it is put to the documents: on one line, bounded, spelt as they spell, and standing alone."""

import json
from collections.abc import Mapping, Sequence
from functools import cache

from assistant.errors import QuestionError, WeightsError
from assistant.index.bm25 import BM25Index
from assistant.models.llm import LanguageModel, TokenUsage
from assistant.models.onnx_runtime import WEIGHTS_FOLDER
from assistant.models.prompts import escape_for_prompt, load_prompt
from assistant.nlp.tokens import single_line
from assistant.query.aliases import convert_series_numbers, rename_places
from assistant.query.followups import HistoryTurn, resolve_in_text, is_faithful_rewrite, is_followup, resolve_followup
from assistant.query.question import extract_question
from assistant.query.spelling import restore_capitals, correct_spelling
from assistant.segmentation.sentences import sentence_spans

MAX_QUESTION_CHARS = 4_000  # characters
_TURNS = 12  # of the conversation that a follow-up is read with: what it means may be named far back
_TOLD_TURNS = 4  # of these that a language model is told
_TOLD = 600  # characters of each question and answer in them


def normalize_question(text: str) -> str:
    """The question on one line.

    Raises:
        QuestionError: it is empty or too long.
    """
    question = single_line(text)
    if not question:
        raise QuestionError("The question is empty. Ask something about the documents.")
    if len(question) > MAX_QUESTION_CHARS:
        raise QuestionError(
            f"The question has {len(question):,} characters; {MAX_QUESTION_CHARS:,} are allowed. Ask a shorter one."
        )
    return question


def respell(question: str, lexical: BM25Index) -> str:
    """The question with its words as the documents have them: typing errors undone, places by their names there.

    Raises:
        WeightsError: the list of English words is missing.
    """
    question = correct_spelling(rename_places(question, lexical.contains_phrase), lexical, _english)
    return restore_capitals(convert_series_numbers(question, lexical.contains_phrase), lexical)


@cache
def _english() -> frozenset[str]:
    """The words of the bundled tokenizer: some 20,000 common English words and names, which are no typing errors."""
    try:
        tokens = json.loads((WEIGHTS_FOLDER / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
    except (OSError, ValueError, LookupError) as error:
        raise WeightsError(f"The bundled tokenizer can't be read ({error}). Install the package again.") from None
    return frozenset(token for token in tokens if token.isalpha())


def understand(
    text: str, history: Sequence[Mapping[str, str]], lexical: BM25Index, model: LanguageModel | None, usage: TokenUsage
) -> str:
    """What is asked: a question as it was written, in its conversation, so that it can be put to the documents.

    Raises:
        QuestionError: the question is empty or too long, or the history malformed.
        ModelError: the model can't be reached, or failed.
    """
    before, question = parse_history(history), resolve_within_text(respell(normalize_question(text), lexical))
    if is_followup(question):
        before = tuple(HistoryTurn(respell(turn.question, lexical), turn.answer) for turn in before)
    return resolve_history(question, before, model, usage)


def resolve_within_text(question: str) -> str:
    """Of a question of several sentences those that ask, with what they mean by "it" or leave out.

    The rest is not asked with them: beside a question of ten words, two hundred on other things lead a search astray.
    """
    part, rest = extract_question(question)
    said = [rest[start:end] for start, end in sentence_spans(rest)]
    return resolve_in_text(part, said)


def parse_history(history: Sequence[Mapping[str, str]]) -> tuple[HistoryTurn, ...]:
    """The last questions of a conversation with their answers.

    Args:
        history: messages in order, each with ``role``, "user" or "assistant", and ``content``; others are let be.

    Raises:
        QuestionError: a message is malformed.
    """
    found: list[HistoryTurn] = []
    for message in history:
        role, content = _message(message)
        if role == "user":
            found.append(HistoryTurn(content, ""))
        elif role == "assistant" and found:
            found[-1] = HistoryTurn(found[-1].question, f"{found[-1].answer} {content}".strip())
    return tuple(found[-_TURNS:])


def resolve_history(question: str, before: Sequence[HistoryTurn], model: LanguageModel | None, usage: TokenUsage) -> str:
    """The question so that it stands alone: by the model, where there is one and it adds nothing of its own.

    Raises:
        ModelError: the model can't be reached, or failed.
    """
    if not before or not is_followup(question):
        return question
    if model is not None:
        told = "\n".join(
            f"Question: {escape_for_prompt(turn.question)}\nAnswer: {escape_for_prompt(turn.answer)}"
            for turn in before[-_TOLD_TURNS:]
        )
        chat = load_prompt("rewrite", "conversation", "question").fill(
            conversation=told, question=escape_for_prompt(question)
        )
        reply = model.reply(chat, usage)
        if is_faithful_rewrite(reply, question, before):
            return single_line(reply)
    return resolve_followup(question, before)


def _message(message: Mapping[str, str]) -> tuple[str, str]:
    told = message if isinstance(message, Mapping) else {}
    role, content = told.get("role"), told.get("content")
    if not isinstance(role, str) or not isinstance(content, str):
        raise QuestionError("A message of the history has no text in 'role' and 'content'. Give both.")
    return role, single_line(content)[:_TOLD]
