"""What is measured of a network on the questions that validate."""

import re
import string
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
import torch

from research.training.data import TrainingData
from research.training.network import Network, matched, span_scores
from research.training.sampling import Coder, Row


def validate(network: Network, coder: Coder, data: TrainingData, limit: int = 0) -> dict[str, float]:
    """Figures by name, each a share.

    Args:
        network: to measure.
        coder: lays the questions out.
        data: of which the questions that validate are asked.
        limit: of the questions of a kind; 0 means all.
    """
    held = [each for each in data.questions if each.held]
    figures: dict[str, float] = {}
    squad2 = [each for each in held if each.source == "squad2"]
    yes, no = ([each for each in squad2 if bool(each.gold) == kind][: limit or None] for kind in (True, False))
    chances, spans = [], []
    for each in [*yes, *no]:
        best, text, _ = read(network, coder, data, each.text, each.own)
        chances.append(best)
        if each.gold:
            spans.append(f1(text, each.answers))
    figures["span F1"] = float(np.mean(spans))
    figures["AUROC"] = auroc(chances[: len(yes)], chances[len(yes) :])
    figures["balanced"], figures["threshold"] = balanced(chances[: len(yes)], chances[len(yes) :])
    wiki = [each for each in held if each.source == "new_wiki"][: limit or None]
    right, spans = [], []
    for each in wiki:
        _, text, row = read(network, coder, data, each.text, [*each.own, *each.near[:3], *each.far[:3]])
        right.append(any(row[0] == passage and row[1] <= start < row[2] for passage, start, _ in each.gold))
        spans.append(f1(text, each.answers))
    figures["wiki first"], figures["wiki F1 of all"] = float(np.mean(right)), float(np.mean(spans))
    return {name: round(value, 4) for name, value in figures.items()}


def read(
    network: Network, coder: Coder, data: TrainingData, question: str, passages: Sequence[int]
) -> tuple[float, str, tuple[int, int, int]]:
    """The log-odds that any passage answers, the best span's text, and its sentence (passage, start, end)."""
    rows = [Row(question, passage, ()) for passage in dict.fromkeys(passages)]
    network.eval()
    with torch.no_grad():
        batch = coder.batch([rows])
        match = matched(coder.tokens(rows), batch.types)
        logits = network.together(coder.states(rows), batch.mask, batch.types, match)
    scores = span_scores(logits, batch.sentence)
    places = scores.flatten().argmax().item()
    row, rest = divmod(int(places), scores.shape[1] ** 2)
    start, end = divmod(rest, scores.shape[1])
    code, passage = coder.passage(rows[row].passage), data.passages[rows[row].passage]
    first = len(coder.question(question))
    number = int(batch.sentence[row, start])
    text = passage.text[code.offsets[start - first][0] : code.offsets[end - first][1]]
    return float(scores.flatten().logsumexp(0)), text, (rows[row].passage, *passage.sentences[number])


def normal(text: str) -> list[str]:
    """An answer's words as SQuAD's own measure compares them."""
    plain = "".join(sign for sign in text.lower() if sign not in string.punctuation)
    return re.sub(r"\b(a|an|the)\b", " ", plain).split()


def f1(text: str, answers: Iterable[str]) -> float:
    """The best overlap in words with any of the answers (Rajpurkar et al. 2016)."""
    found, best = normal(text), 0.0
    for answer in answers:
        wanted = normal(answer)
        same = sum((Counter(found) & Counter(wanted)).values())
        best = max(best, 2 * same / (len(found) + len(wanted)) if same else float(found == wanted))
    return best


def auroc(yes: Sequence[float], no: Sequence[float]) -> float:
    """The chance that one of ``yes`` stands above one of ``no``."""
    return float(np.mean([[a > b for b in no] for a in yes]))


def balanced(yes: Sequence[float], no: Sequence[float]) -> tuple[float, float]:
    """The best balanced accuracy that a threshold gives, and the threshold."""
    return max((float((np.mean([a > t for a in yes]) + np.mean([b <= t for b in no])) / 2), t) for t in [*yes, *no])
