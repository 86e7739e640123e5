"""What is measured of a network on the held-out questions."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from research.squad_metric import best_f1
from research.training.data import TrainingData, TrainingQuestion
from research.training.encoding import ChunkEncoder
from research.training.network import Network, match_feature, span_scores
from research.training.sampling import TrainingRow

_CANDIDATES = 3  # near and far chunks, each, that compete with a question's own


@dataclass(frozen=True, slots=True)
class BestSpan:
    """What a network reads out of some chunks."""

    log_odds: float  # that any of the chunks answers
    text: str
    chunk: int  # the number of the chunk that the span is in
    sentence: tuple[int, int]  # that the span is in: start and end in the chunk's text


def validate(network: Network, encoder: ChunkEncoder, data: TrainingData, limit: int = 0) -> dict[str, float]:
    """The metrics by name, each a share.

    Args:
        network: to measure.
        encoder: lays the questions out.
        data: whose held-out questions are asked.
        limit: of the questions of a kind; 0 means all.
    """
    held_out = [question for question in data.questions if question.is_held_out]
    squad2 = [question for question in held_out if question.source == "squad2"]
    answerable = [question for question in squad2 if question.gold][: limit or None]
    unanswerable = [question for question in squad2 if not question.gold][: limit or None]
    metrics = _squad2_metrics(network, encoder, data, answerable, unanswerable)
    wiki = [question for question in held_out if question.source == "new_wiki"][: limit or None]
    metrics |= _wiki_metrics(network, encoder, data, wiki)
    return {name: round(value, 4) for name, value in metrics.items()}


def _squad2_metrics(
    network: Network,
    encoder: ChunkEncoder,
    data: TrainingData,
    answerable: Sequence[TrainingQuestion],
    unanswerable: Sequence[TrainingQuestion],
) -> dict[str, float]:
    """Of questions put to their own paragraph: is the answer found, and is it known whether there is one?"""
    f1_scores, answerable_odds = [], []
    for question in answerable:
        span = read(network, encoder, data, question.text, question.own)
        answerable_odds.append(span.log_odds)
        f1_scores.append(best_f1(span.text, question.answers))
    unanswerable_odds = [
        read(network, encoder, data, question.text, question.own).log_odds for question in unanswerable
    ]
    balanced, threshold = best_balanced_accuracy(answerable_odds, unanswerable_odds)
    return {
        "span F1": float(np.mean(f1_scores)),
        "AUROC": auroc(answerable_odds, unanswerable_odds),
        "balanced": balanced,
        "threshold": threshold,
    }


def _wiki_metrics(
    network: Network, encoder: ChunkEncoder, data: TrainingData, questions: Sequence[TrainingQuestion]
) -> dict[str, float]:
    """Of questions put to their own and similar chunks: is the best span in a sentence that answers?"""
    is_first, f1_scores = [], []
    for question in questions:
        chunks = [*question.own, *question.near[:_CANDIDATES], *question.far[:_CANDIDATES]]
        span = read(network, encoder, data, question.text, chunks)
        start, end = span.sentence
        is_first.append(any(span.chunk == chunk and start <= answer < end for chunk, answer, _ in question.gold))
        f1_scores.append(best_f1(span.text, question.answers))
    return {"wiki first": float(np.mean(is_first)), "wiki F1 of all": float(np.mean(f1_scores))}


def read(network: Network, encoder: ChunkEncoder, data: TrainingData, question: str, chunks: Sequence[int]) -> BestSpan:
    """The network's best span for a question in some chunks."""
    rows = [TrainingRow(question, chunk, ()) for chunk in dict.fromkeys(chunks)]
    network.eval()
    with torch.no_grad():
        batch = encoder.batch([rows])
        match = match_feature(encoder.tokens(rows), batch.types)
        logits = network.joint_logits(encoder.states(rows), batch.mask, batch.types, match)
    scores = span_scores(logits, batch.sentence)
    best = int(scores.flatten().argmax().item())
    row, offset = divmod(best, scores.shape[1] ** 2)
    start, end = divmod(offset, scores.shape[1])
    number = rows[row].chunk
    encoded, chunk = encoder.chunk(number), data.chunks[number]
    question_length = len(encoder.question(question))
    first, last = encoded.offsets[start - question_length], encoded.offsets[end - question_length]
    text = chunk.text[first[0] : last[1]]
    sentence = chunk.sentences[int(batch.sentence[row, start])]
    return BestSpan(float(scores.flatten().logsumexp(0)), text, number, sentence)


def auroc(answerable: Sequence[float], unanswerable: Sequence[float]) -> float:
    """The probability that an answerable question scores higher than an unanswerable one."""
    return float(np.mean([[positive > negative for negative in unanswerable] for positive in answerable]))


def best_balanced_accuracy(answerable: Sequence[float], unanswerable: Sequence[float]) -> tuple[float, float]:
    """The best balanced accuracy that any threshold gives, and that threshold."""
    return max(
        (
            float(
                (
                    np.mean([score > threshold for score in answerable])
                    + np.mean([score <= threshold for score in unanswerable])
                )
                / 2
            ),
            threshold,
        )
        for threshold in [*answerable, *unanswerable]
    )
