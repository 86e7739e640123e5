"""A language model as judge: whether an answer is correct, and faithful to what it cites. Reported apart, never a gate.

Each is one question with yes or no for an answer (prompts/judge-correct.md, prompts/judge-faithful.md), after
G-Eval (Liu et al. 2023) and LlamaIndex's correctness and faithfulness evaluators, in few tokens.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from assistant.errors import ModelError
from assistant.evaluation.metrics import ScoredAnswer
from assistant.models.llm import LanguageModel, TokenUsage
from assistant.models.prompts import PromptMessage, escape_for_prompt, load_prompt
from assistant.rendering.terminal import progress_bar

Judgements = Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class Judged:
    """What a model said, by question, and why it ended early."""

    found: Mapping[str, Judgements] = field(default_factory=dict)
    unfinished: str = ""


def judge(marked: Sequence[ScoredAnswer], model: LanguageModel) -> Judged:
    """What the model says of each answer: ``correct`` where it is known what to say, ``faithful``.

    Refusals are not judged. A model that fails, or an interrupt, ends it: what is done by then is kept.
    """
    answered = [each for each in marked if not each.answer.refused and each.round == 1]
    found: dict[str, Judgements] = {}
    try:
        with progress_bar() as shown:
            for done, each in enumerate(answered, 1):
                found[each.id] = {name: _says_yes(chat, model) for name, chat in _chats(each).items()}
                shown(done, len(answered), "judging")
    except KeyboardInterrupt:
        return Judged(found, f"{len(found)} of {len(answered)} answers were judged; it was interrupted.")
    except ModelError as error:
        return Judged(found, f"{len(found)} of {len(answered)} answers were judged; {error}")
    return Judged(found)


def _chats(each: ScoredAnswer) -> dict[str, Sequence[PromptMessage]]:
    statements = " ".join(statement.text for statement in each.answer.statements)
    quotes = "\n".join(escape_for_prompt(citation.quote) for citation in each.answer.citations)
    chats: dict[str, Sequence[PromptMessage]] = {
        "faithful": load_prompt("judge-faithful", "answer", "quotes").filled(
            answer=escape_for_prompt(statements), quotes=quotes
        )
    }
    if wanted := each.details.get("must_say"):
        filled = {
            "question": escape_for_prompt(each.question),
            "reference": escape_for_prompt("; ".join(wanted)),
            "answer": escape_for_prompt(statements),
        }
        chats["correct"] = load_prompt("judge-correct", *filled).filled(**filled)
    return chats


def _says_yes(chat: Sequence[PromptMessage], model: LanguageModel) -> bool:
    return (model.odds(chat, TokenUsage()) or 0.0) > 0
