"""The span reader's network: the encoder of multilingual-e5-small, half of which sees question and chunk together.

The first six layers read question and chunk each by itself, as the published weights were trained to (DeFormer, Cao
et al. 2020, arXiv:2005.00697). They stay as published, so that their states of a chunk are computed once and kept,
which lets two cores do the training. On top is one linear layer that gives each token four logits: how well a span
starts there, how well it ends there, how well the token's sentence answers, and, used of the first token alone, the
evidence against any answer. Tokens are word pieces.
"""

from typing import NamedTuple, cast

import torch
from torch import Tensor, nn

from assistant.models.word_pieces import FIRST_WORD_ID
from research.training.e5_weights import LAYERS, PublishedModel
from research.training.encoder import HIDDEN, MASKED_LOGIT, Encoder, padding_mask

SEPARATE_LAYERS = 6  # layers that see question and chunk each by itself
MAX_SPAN_TOKENS = 30  # 98% of the answers in the training data are no longer


class Network(nn.Module):
    """The encoder and the span reader's own layer.

    Args:
        dropout: of the layers' outputs, in training.
    """

    def __init__(self, dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder = Encoder(LAYERS)
        for layer in self.encoder.layers[SEPARATE_LAYERS:]:
            for part in (layer.merge, layer.narrow):
                part.register_forward_hook(self._apply_dropout)
        self._dropout = dropout
        self.side = nn.Embedding(2, HIDDEN)  # tells question from chunk in the first layer that sees both
        self.same = nn.Linear(1, HIDDEN, bias=False)  # tells which tokens the other side has too
        self.head = nn.Linear(HIDDEN, 4)

    def _apply_dropout(self, module: nn.Module, inputs: object, output: Tensor) -> Tensor:
        del module, inputs
        return nn.functional.dropout(output, self._dropout, self.training)

    def forward(self, words: Tensor, match: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Tensor:
        """Word vectors, the `match_feature` and two arrays of int64 → logits (batch, sequence, 4).

        A row is ``<s> question </s> <s> chunk </s>`` with the type 1 from the second ``<s>`` on. The logits are start,
        end, sentence, none.
        """
        question_lengths = (attention_mask * (1 - token_type_ids)).sum(1, keepdim=True)
        columns = torch.arange(words.shape[1], device=words.device)[None, :]
        positions = (columns - token_type_ids * question_lengths) * attention_mask
        on_other_side = (token_type_ids[:, None, :, None] != token_type_ids[:, None, None, :]).to(words.dtype)
        padding = padding_mask(attention_mask, words)
        states = self._separate_states(words, positions, padding + on_other_side * MASKED_LOGIT)
        return self.joint_logits(states, attention_mask, token_type_ids, match)

    def _separate_states(self, words: Tensor, positions: Tensor, mask: Tensor) -> Tensor:
        """The states of the tokens after the layers that see question and chunk each by itself."""
        x = self.encoder.first_states(words, positions)
        for layer in self.encoder.layers[:SEPARATE_LAYERS]:
            x = layer(x, mask)
        return x

    def joint_logits(self, states: Tensor, mask: Tensor, types: Tensor, match: Tensor) -> Tensor:
        """The logits, from the first layers' states (batch, sequence, 384) and the `match_feature`."""
        x, padding = states + self.side(types) + self.same(match[:, :, None]), padding_mask(mask, states)
        for layer in self.encoder.layers[SEPARATE_LAYERS:]:
            x = layer(x, padding)
        return cast("Tensor", self.head(x))

    def text_states(self, words: Tensor, mask: Tensor) -> Tensor:
        """The first layers' states of questions or chunks, each by itself; (batch, sequence, 384) → the same."""
        positions = torch.arange(words.shape[1], device=words.device)
        return self._separate_states(words, positions[None, :], padding_mask(mask, words))

    def trained_parameters(self) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
        """The parameters of the encoder's last layers, and those that aren't the encoder's."""
        last = list(self.encoder.layers[SEPARATE_LAYERS:].parameters())
        return last, [*self.side.parameters(), *self.same.parameters(), *self.head.parameters()]


def match_feature(ids: Tensor, types: Tensor) -> Tensor:
    """1 where the other side has the token too, else 0; (batch, sequence) float32.

    An old feature of readers (DrQA, Chen et al. 2017, arXiv:1704.00051): with it a little training goes further.
    """
    same = (ids[:, :, None] == ids[:, None, :]) & (types[:, :, None] != types[:, None, :])
    return (same.to(torch.float32).amax(2)) * (ids >= FIRST_WORD_ID).to(torch.float32)


class Batch(NamedTuple):
    """The targets for some chunks. The chunks of a question stand one after another."""

    mask: Tensor  # (chunks, tokens) int64: 1 where there is a token
    types: Tensor  # the same shape: 0 in the question, 1 in the chunk
    sentence: Tensor  # the same shape: the number of a token's sentence in its chunk, -1 outside sentences
    gold: Tensor  # (chunks, tokens, tokens) bool: start and end of the spans that answer
    group: Tensor  # (chunks,) int64: the number of the question in the batch


def new_network(published: PublishedModel, dropout: float = 0.1) -> Network:
    """The network with the published weights of the encoder, and a new head."""
    network = Network(dropout)
    network.encoder.load_state_dict(published.encoder)
    for new in (network.head.weight, network.side.weight):
        nn.init.normal_(new, std=0.02)
    nn.init.zeros_(network.head.bias)
    nn.init.zeros_(network.same.weight)
    return network


def span_scores(logits: Tensor, sentence: Tensor) -> Tensor:
    """The log-odds of every span against no answer in its chunk, (chunks, tokens, tokens) by start and end.

    A span lies within one sentence and has at most 30 tokens; it has the sum of its start's and its end's logit
    and its sentence's, the mean over the sentence's tokens, less the chunk's logit of no answer.
    """
    columns = torch.arange(logits.shape[1], device=logits.device)
    distance = columns[None, :] - columns[:, None]
    same_sentence = (sentence[:, :, None] == sentence[:, None, :]) & (sentence >= 0)[:, :, None]
    sentence_mean = (same_sentence.to(logits.dtype) @ logits[:, :, 2:3]).squeeze(2)
    sentence_mean = sentence_mean / same_sentence.sum(2).clamp(min=1)
    start = logits[:, :, 0] + sentence_mean - logits[:, :1, 3]
    allowed = same_sentence & (distance >= 0) & (distance < MAX_SPAN_TOKENS)
    return (start[:, :, None] + logits[:, None, :, 1]).masked_fill(~allowed, MASKED_LOGIT)


def loss(logits: Tensor, batch: Batch) -> Tensor:
    """The mean over the questions of minus the log of the probability given to what is right.

    One softmax over the spans of all the chunks of a question and "no answer", whose logit is 0: shared
    normalisation (Clark and Gardner 2018, arXiv:1710.10723) with a null option, over spans rather than over starts
    and ends apart (Fajcik et al. 2021, arXiv:2008.12804). Any of the gold spans will do; where there is none,
    "no answer" is right.
    """
    scores = span_scores(logits, batch.sentence)
    all_spans = scores.flatten(1).logsumexp(1)
    gold_spans = scores.masked_fill(~batch.gold, MASKED_LOGIT).flatten(1).logsumexp(1)
    has_gold = batch.gold.flatten(1).any(1)
    losses = []
    for number in range(int(batch.group.max()) + 1):
        rows = batch.group == number
        partition = torch.cat([all_spans[rows], all_spans.new_zeros(1)]).logsumexp(0)
        is_answerable = bool(has_gold[rows].any())
        losses.append(partition - gold_spans[rows & has_gold].logsumexp(0) if is_answerable else partition)
    return torch.stack(losses).mean()
