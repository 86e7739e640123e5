"""From the text that was typed to the question that is searched for, in four stages.

1. `normalize_question`: one line, not empty, not too long.
2. `respell`: words as the documents spell them.
3. `resolve_within_text`: of several sentences those that ask, with what they take from the others.
4. `resolve_history`: a follow-up stands alone, by what was said before it.

`understand` runs them all.
"""

from collections.abc import Mapping, Sequence
from functools import partial

from assistant.errors import QuestionError
from assistant.index.bm25 import BM25Index
from assistant.models.llm import LanguageModel
from assistant.models.prompts import escape_for_prompt, load_prompt
from assistant.nlp import lexicon
from assistant.nlp.languages import ENGLISH, are_different, languages_of
from assistant.nlp.tokens import single_line
from assistant.query.aliases import convert_series_numbers, rename_places
from assistant.query.followups import is_faithful_rewrite, is_followup, resolve_followup, resolve_in_text
from assistant.query.history import HistoryTurn, parse_history
from assistant.query.question import extract_question
from assistant.query.spelling import correct_spelling, restore_capitals
from assistant.segmentation.sentences import sentence_spans

MAX_QUESTION_CHARS = 4_000
_MAX_PROMPT_TURNS = 4  # of the history, that a language model is shown


def understand(text: str, history: Sequence[Mapping[str, str]], bm25: BM25Index, model: LanguageModel | None) -> str:
    """Makes a question of what was typed: on one line, spelt as the documents spell, standing alone.

    Args:
        text: what was typed.
        history: the conversation before it, as messages; see `assistant.query.history.parse_history`.
        bm25: the index of the documents' words.
        model: rewrites follow-ups; None leaves them to the rules of `assistant.query.followups`.

    Raises:
        QuestionError: the question is empty or too long, or the history is malformed.
        ModelError: the model can't be reached, or failed.
    """
    turns = parse_history(history)
    question = normalize_question(text)
    question = respell(question, bm25)
    question = resolve_within_text(question)
    if not is_followup(question):
        return question
    turns = tuple(HistoryTurn(respell(turn.question, bm25), turn.answer) for turn in turns)
    return resolve_history(question, turns, model)


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


def respell(question: str, bm25: BM25Index) -> str:
    """The question with words as the documents have them: typing errors corrected, places by their names there.

    A question in another language than English stays as it is.
    """
    if are_different(languages_of(question), ENGLISH):
        return question
    question = rename_places(question, bm25.contains_phrase)
    question = correct_spelling(question, bm25, partial(lexicon.entries, "english_words"))
    question = convert_series_numbers(question, bm25.contains_phrase)
    return restore_capitals(question, bm25)


def resolve_within_text(text: str) -> str:
    """Of several sentences those that ask, with what they mean by "it" or leave out.

    The others are not searched for: two hundred words about other things would lead the search for a question of ten
    astray.
    """
    question, rest = extract_question(text)
    return resolve_in_text(question, [rest[start:end] for start, end in sentence_spans(rest)])


def resolve_history(question: str, turns: Sequence[HistoryTurn], model: LanguageModel | None) -> str:
    """The question so that it stands alone; a model's rewriting counts if it adds nothing of its own.

    Args:
        question: unchanged where it is no follow-up.
        turns: the history, oldest first.
        model: rewrites the question; without one the rules of `assistant.query.followups` do.

    Raises:
        ModelError: the model can't be reached, or failed.
    """
    if not turns or not is_followup(question):
        return question
    if model is not None:
        rewritten = _rewrite(question, turns, model)
        if is_faithful_rewrite(rewritten, question, turns):
            return single_line(rewritten)
    return resolve_followup(question, turns)


def _rewrite(question: str, turns: Sequence[HistoryTurn], model: LanguageModel) -> str:
    """What a language model makes of a follow-up and the last turns before it."""
    conversation = "\n".join(
        f"Question: {escape_for_prompt(turn.question)}\nAnswer: {escape_for_prompt(turn.answer)}"
        for turn in turns[-_MAX_PROMPT_TURNS:]
    )
    prompt = load_prompt("rewrite", "conversation", "question")
    return model.reply(prompt.fill(conversation=conversation, question=escape_for_prompt(question)))
