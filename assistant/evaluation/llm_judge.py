"""A language model as judge: is an answer correct, and faithful to what it cites? Reported apart; no part of the gate.

Each judgement is one question that is answered by yes or no (prompts/judge-correct.md, prompts/judge-faithful.md),
after G-Eval (Liu et al. 2023) and LlamaIndex's correctness and faithfulness evaluators, in few tokens.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from assistant.errors import ModelError
from assistant.evaluation.metrics import ScoredAnswer
from assistant.models.llm import LanguageModel
from assistant.models.prompts import PromptMessage, escape_for_prompt, load_prompt
from assistant.rendering.terminal import progress_bar

Judgements = Mapping[str, bool]  # by "correct" and "faithful"


@dataclass(frozen=True, slots=True)
class JudgeResult:
    """The model's judgements by the question's id, and why it ended early, empty where it didn't."""

    by_question: Mapping[str, Judgements] = field(default_factory=dict)
    unfinished: str = ""


def judge_answers(results: Sequence[ScoredAnswer], model: LanguageModel) -> JudgeResult:
    """Asks the model about the answers of the first round, refusals left out.

    Every answer is judged on being ``faithful``; on being ``correct`` where it is known what it must say. A failing
    model or an interrupt ends the judging; the judgements made by then are kept.
    """
    answered = [result for result in results if not result.answer.refused and result.round == 1]
    by_question: dict[str, Judgements] = {}
    try:
        with progress_bar() as show_progress:
            for count, result in enumerate(answered, 1):
                by_question[result.id] = {name: _says_yes(chat, model) for name, chat in _chats(result).items()}
                show_progress(count, len(answered), "judging")
    except KeyboardInterrupt:
        return JudgeResult(
            by_question, f"{len(by_question)} of {len(answered)} answers were judged; it was interrupted."
        )
    except ModelError as error:
        return JudgeResult(by_question, f"{len(by_question)} of {len(answered)} answers were judged; {error}")
    return JudgeResult(by_question)


def _chats(result: ScoredAnswer) -> dict[str, Sequence[PromptMessage]]:
    """The messages that ask for each judgement, by its name."""
    statements = " ".join(statement.text for statement in result.answer.statements)
    quotes = "\n".join(escape_for_prompt(citation.quote) for citation in result.answer.citations)
    chats: dict[str, Sequence[PromptMessage]] = {
        "faithful": load_prompt("judge-faithful", "answer", "quotes").fill(
            answer=escape_for_prompt(statements), quotes=quotes
        )
    }
    if must_say := result.details.get("must_say"):
        fields = {
            "question": escape_for_prompt(result.question),
            "reference": escape_for_prompt("; ".join(must_say)),
            "answer": escape_for_prompt(statements),
        }
        chats["correct"] = load_prompt("judge-correct", *fields).fill(**fields)
    return chats


def _says_yes(chat: Sequence[PromptMessage], model: LanguageModel) -> bool:
    return (model.yes_log_odds(chat) or 0.0) > 0
