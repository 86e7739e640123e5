"""The reader's network: the encoder of all-MiniLM-L6-v2 whose last three layers see question and passage together.

The first three layers read question and passage each by itself, as the published weights were made to (DeFormer, Cao
et al. 2020, arXiv:2005.00697). They are left as published, so that their states of a passage are computed once and
kept, which halves the work of training and lets two cores do it. On top is one linear layer that gives each token
four figures: how well a span starts there, how well it ends there, how well the token's sentence answers, and, used
of the first token alone, the evidence against any answer.
"""

from pathlib import Path
from typing import NamedTuple, cast

import torch
from torch import Tensor, nn

from research.training.export_minilm import HIDDEN, LAYERS, POSITIONS, WORDS, Layer, load

APART = 3  # layers that see question and passage each by itself
LONGEST = 30  # tokens of a span: 98% of the answers in the training data are no longer
NOTHING = -1e4  # the logit of what can't be
_FIRST_WORD = 999  # of the vocabulary: below it are marks such as [CLS], and what is never used


class Network(nn.Module):
    """The encoder and the reader's own layer.

    Args:
        dropout: of the layers' outputs, while training.
    """

    def __init__(self, dropout: float = 0.1) -> None:
        super().__init__()
        self.words = nn.Embedding(WORDS, HIDDEN)
        self.positions = nn.Embedding(POSITIONS, HIDDEN)
        self.types = nn.Embedding(2, HIDDEN)
        self.norm = nn.LayerNorm(HIDDEN, eps=1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        for layer in self.layers:
            for part in (layer.merge, layer.narrow):
                part.register_forward_hook(self._dropped)
        self._dropout = dropout
        self.side = nn.Embedding(2, HIDDEN)  # tells question from passage where they first meet
        self.same = nn.Linear(1, HIDDEN, bias=False)  # tells which words stand on the other side too
        self.head = nn.Linear(HIDDEN, 4)

    def _dropped(self, module: nn.Module, inputs: object, output: Tensor) -> Tensor:
        del module, inputs
        return nn.functional.dropout(output, self._dropout, self.training)

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Tensor:
        """Three (batch, sequence) arrays of int64 → logits (batch, sequence, 4): start, end, sentence, none.

        A row is ``[CLS] question [SEP] [CLS] passage [SEP]`` with the type 1 from the second ``[CLS]`` on.
        """
        asked = (attention_mask * (1 - token_type_ids)).sum(1, keepdim=True)
        here = torch.arange(input_ids.shape[1], device=input_ids.device)[None, :] - token_type_ids * asked
        apart = (token_type_ids[:, None, :, None] != token_type_ids[:, None, None, :]).to(self.side.weight.dtype)
        padding = _padding(attention_mask, self.side.weight)
        alone = self.alone(input_ids, here, padding + apart * NOTHING)
        return self.together(alone, attention_mask, token_type_ids, matched(input_ids, token_type_ids))

    def alone(self, ids: Tensor, positions: Tensor, mask: Tensor) -> Tensor:
        """What the first layers, which see question and passage each by itself, make of the tokens."""
        x = cast("Tensor", self.norm(self.words(ids) + self.positions(positions) + self.types.weight[0]))
        for layer in self.layers[:APART]:
            x = layer(x, mask)
        return x

    def together(self, states: Tensor, mask: Tensor, types: Tensor, match: Tensor) -> Tensor:
        """The logits, from the first layers' states (batch, sequence, 384) and what ``matched`` gives."""
        x, padding = states + self.side(types) + self.same(match[:, :, None]), _padding(mask, states)
        for layer in self.layers[APART:]:
            x = layer(x, padding)
        return cast("Tensor", self.head(x))

    def text(self, ids: Tensor, mask: Tensor) -> Tensor:
        """The first layers' states of questions or passages, each by itself; (batch, sequence) → (…, 384)."""
        here = torch.arange(ids.shape[1], device=ids.device)
        return self.alone(ids, here[None, :], _padding(mask, self.side.weight))

    def parts(self) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
        """What is trained: the last layers, and what isn't the encoder's."""
        last = list(self.layers[APART:].parameters())
        return last, [*self.side.parameters(), *self.same.parameters(), *self.head.parameters()]


def matched(ids: Tensor, types: Tensor) -> Tensor:
    """1 where a token stands on the other side too, else 0; (batch, sequence) float32.

    An old feature of readers (DrQA, Chen et al. 2017, arXiv:1704.00051): with it a little training goes further.
    """
    same = (ids[:, :, None] == ids[:, None, :]) & (types[:, :, None] != types[:, None, :])
    return (same.to(torch.float32).amax(2)) * (ids >= _FIRST_WORD).to(torch.float32)


def _padding(mask: Tensor, like: Tensor) -> Tensor:
    return (1.0 - mask.to(like.dtype)[:, None, None, :]) * NOTHING


class Batch(NamedTuple):
    """What is right of some passages. The passages of a question stand one after another."""

    mask: Tensor  # (passages, tokens) int64: 1 where there is a token
    types: Tensor  # the same shape: 0 in the question, 1 in the passage
    sentence: Tensor  # the same shape: the number of a token's sentence in its passage, -1 outside sentences
    gold: Tensor  # (passages, tokens, tokens) bool: start and end of the spans that answer
    group: Tensor  # (passages,) int64: the number of the question in the batch


def published(path: Path, dropout: float = 0.1) -> Network:
    """The network with the published weights of the encoder, and a new head."""
    network = Network(dropout)
    network.load_state_dict(load(path).state_dict(), strict=False)
    for new in (network.head.weight, network.side.weight):
        nn.init.normal_(new, std=0.02)
    nn.init.zeros_(network.head.bias)
    nn.init.zeros_(network.same.weight)
    return network


def span_scores(logits: Tensor, sentence: Tensor) -> Tensor:
    """The log-odds of every span against no answer in its passage, (passages, tokens, tokens) by start and end.

    A span lies within one sentence and has at most 30 tokens; it has the sum of its start's and its end's logit
    and its sentence's, the mean over the sentence's tokens, less the passage's logit of no answer.
    """
    here = torch.arange(logits.shape[1], device=logits.device)
    ahead = here[None, :] - here[:, None]
    same = (sentence[:, :, None] == sentence[:, None, :]) & (sentence >= 0)[:, :, None]
    mean = (same.to(logits.dtype) @ logits[:, :, 2:3]).squeeze(2) / same.sum(2).clamp(min=1)
    start = logits[:, :, 0] + mean - logits[:, :1, 3]
    allowed = same & (ahead >= 0) & (ahead < LONGEST)
    return (start[:, :, None] + logits[:, None, :, 1]).masked_fill(~allowed, NOTHING)


def loss(logits: Tensor, batch: Batch) -> Tensor:
    """The mean over the questions of minus the log of the chance given to what is right.

    One softmax over the spans of all the passages of a question and "no answer", whose logit is 0: shared
    normalisation (Clark and Gardner 2018, arXiv:1710.10723) with a null option, over spans rather than over starts
    and ends apart (Fajcik et al. 2021, arXiv:2008.12804). Any of the gold spans will do; where there is none,
    "no answer" is right.
    """
    scores = span_scores(logits, batch.sentence)
    every = scores.flatten(1).logsumexp(1)
    right = scores.masked_fill(~batch.gold, NOTHING).flatten(1).logsumexp(1)
    has = batch.gold.flatten(1).any(1)
    total = []
    for number in range(int(batch.group.max()) + 1):
        rows = batch.group == number
        partition = torch.cat([every[rows], every.new_zeros(1)]).logsumexp(0)
        answered = bool(has[rows].any())
        total.append(partition - right[rows & has].logsumexp(0) if answered else partition)
    return torch.stack(total).mean()
